//! Which tests failed and what they said, read from what libtest prints: told again above the table, where it is not lost
//! among a thousand lines of output and the frames of a backtrace.

/// Of one message: more of it stands above.
const LINES: usize = 8;
const CHARACTERS: usize = 800;

/// The name of each test that failed, with what it panicked with and the last line that it wrote before.
pub fn of_output(output: &str) -> Vec<String> {
    let mut failures = Vec::new();
    let mut lines = output.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(name) = name_of_section(line) else {
            continue;
        };
        let mut said = Vec::new();
        while let Some(line) = lines.next_if(|line| !ends_section(line) && !is_backtrace(line)) {
            let is_heading = line.starts_with("thread '") && line.contains("panicked at ");
            if !line.trim().is_empty() && !is_heading {
                said.push(line);
            } else if is_heading {
                said.drain(..said.len().saturating_sub(1));
            }
        }
        failures.push(format!("{name}{}", shortened(&said)));
    }
    failures
}

/// `---- the::name stdout ----`, and `output` where wasm-bindgen's runner prints it.
fn name_of_section(line: &str) -> Option<&str> {
    let inner = line.trim().strip_prefix("---- ")?.strip_suffix(" ----")?;
    inner
        .strip_suffix(" stdout")
        .or_else(|| inner.strip_suffix(" output"))
}

fn ends_section(line: &str) -> bool {
    name_of_section(line).is_some() || line == "failures:" || line.contains("test result: ")
}

fn is_backtrace(line: &str) -> bool {
    line == "stack backtrace:" || line.starts_with("note: run with")
}

fn shortened(said: &[&str]) -> String {
    let text: String = said
        .iter()
        .take(LINES)
        .map(|line| format!("\n    {line}"))
        .collect();
    match text.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_told_without_its_backtrace() {
        let output = "test a::b ... FAILED\ntest c ... FAILED\n\nfailures:\n\n---- a::b stdout ----\nthe first row\nthe second row\n\n\
            thread 'a::b' (12) panicked at tests/e2e/tab.rs:1:2:\nassertion `left == right` failed\n  left: 1\n right: 2\n\
            stack backtrace:\n   0: __rustc::rust_begin_unwind\n\n---- c stdout ----\nError: no browser\n\n\nfailures:\n    a::b\n    c\n\n\
            test result: FAILED. 0 passed; 2 failed; 0 ignored\n";
        assert_eq!(
            of_output(output),
            [
                "a::b\n    the second row\n    assertion `left == right` failed\n      left: 1\n     right: 2",
                "c\n    Error: no browser",
            ]
        );
    }

    #[test]
    fn what_passed_is_not_told() {
        let output = "---- nothing ----\ntest a ... ok\ntest result: ok. 1 passed; 0 failed\n";
        assert!(of_output(output).is_empty());
    }

    #[test]
    fn a_long_message_is_cut() {
        let page = "ä".repeat(2 * CHARACTERS);
        let output =
            format!("---- a stdout ----\nthread 'a' panicked at b.rs:1:1:\n{page}\nnote: run with it\n");
        let told = of_output(&output).remove(0);
        assert_eq!(told.chars().count(), "a".len() + CHARACTERS + 1);
    }
}
