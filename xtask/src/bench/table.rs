//! Samples as a table: the median of each, its range, and beside another build their ratio.

use super::Sample;

#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

struct Row {
    name: String,
    unit: &'static str,
    goal: Option<f64>,
    values: Vec<f64>,
}

impl Table {
    pub fn add(&mut self, samples: Vec<Sample>) {
        for sample in samples {
            match self.rows.iter_mut().find(|row| row.name == sample.name) {
                Some(row) => row.values.push(sample.value),
                None => self.rows.push(Row {
                    name: sample.name,
                    unit: sample.unit,
                    goal: sample.goal,
                    values: vec![sample.value],
                }),
            }
        }
    }
}

impl Row {
    fn median(&self) -> f64 {
        let mut values = self.values.clone();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        match values.len() % 2 {
            0 if middle > 0 => (values[middle - 1] + values[middle]) / 2.0,
            _ => values.get(middle).copied().unwrap_or_default(),
        }
    }

    fn range(&self) -> (f64, f64) {
        let least = self.values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.values.iter().copied().fold(0.0, f64::max);
        (least, most)
    }

    fn text(&self) -> String {
        let (least, most) = self.range();
        // Small numbers differ in their second place.
        let digits = if most < 10.0 { 2 } else { 1 };
        format!(
            "{:>9.digits$} {:<5} {:>8.digits$} to {:<8.digits$}",
            self.median(),
            self.unit,
            least,
            most
        )
    }
}

/// The first build, and beside it the one that it is compared with.
pub fn print(tables: &[Table]) {
    for line in lines(tables) {
        println!("{line}");
    }
}

fn lines(tables: &[Table]) -> Vec<String> {
    let Some((first, others)) = tables.split_first() else {
        return Vec::new();
    };
    let width = first.rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    let head = format!("{:width$} {:>9} {:<5} {:<20}", "", "median", "", "    range");
    let mut lines = vec![head];
    for row in &first.rows {
        let mut line = format!("{:width$} {}", row.name, row.text());
        for other in others {
            if let Some(other) = other.rows.iter().find(|it| it.name == row.name) {
                let ratio = row.median() / other.median();
                line += &format!(" | {}  ratio {ratio:.2}", other.text());
            }
        }
        if let Some(goal) = row.goal {
            let verdict = if row.median() < goal {
                "reached"
            } else {
                "not reached"
            };
            line += &format!("  goal below {goal}: {verdict}");
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(values: &[f64], goal: Option<f64>) -> Table {
        let mut table = Table::default();
        for value in values {
            table.add(vec![Sample {
                name: "script".to_owned(),
                unit: "ms",
                value: *value,
                goal,
            }]);
        }
        table
    }

    #[test]
    fn a_row_has_the_median_the_range_and_the_goal() {
        let lines = lines(&[table(&[90.0, 70.0, 80.0], Some(100.0))]);
        for part in ["script", "80.0 ms", "70.0 to 90.0", "goal below 100: reached"] {
            assert!(lines[1].contains(part), "{part}: {}", lines[1]);
        }
        assert!(super::lines(&[table(&[101.0], Some(100.0))])[1].ends_with("not reached"));
        assert_eq!(table(&[1.0, 2.0, 3.0, 10.0], None).rows[0].median(), 2.5);
    }

    #[test]
    fn another_build_stands_beside_it_with_the_ratio_of_the_medians() {
        let lines = lines(&[table(&[50.0], None), table(&[100.0], None)]);
        assert!(
            lines[1].contains("100.0 ms") && lines[1].ends_with("ratio 0.50"),
            "{}",
            lines[1]
        );
    }
}
