//! Money as Polar sends it: whole minor units beside a currency in lower case. No floating point touches it.

/// ISO 4217 currencies without minor units, among those Polar and its payment provider know.
const WITHOUT_MINOR: &[&str] = &[
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof",
    "xpf",
];

/// `1,234.50 USD`: grouped by thousands, the currency in upper case behind it.
pub fn format(minor: i64, currency: &str) -> String {
    let decimals = if WITHOUT_MINOR.contains(&currency) { 0 } else { 2 };
    let digits = format!("{:0width$}", minor.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let mut text = String::from(if minor < 0 { "−" } else { "" });
    for (index, digit) in whole.char_indices() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if decimals > 0 {
        text.push('.');
        text.push_str(fraction);
    }
    format!("{text} {}", currency.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_the_point_where_the_currency_has_it() {
        for (minor, currency, text) in [
            (0, "usd", "0.00 USD"),
            (5, "usd", "0.05 USD"),
            (39_900, "usd", "399.00 USD"),
            (-11_880, "eur", "−118.80 EUR"),
            (123_456_789, "usd", "1,234,567.89 USD"),
            (1_500, "jpy", "1,500 JPY"),
            (0, "jpy", "0 JPY"),
            (i64::MIN, "usd", "−92,233,720,368,547,758.08 USD"),
        ] {
            assert_eq!(format(minor, currency), text);
        }
    }
}
