//! Moments in RFC 3339, as Polar writes them: UTC, `Z`, usually microseconds.

/// 2026-01-12T09:30:00Z, when the seeded world begins.
pub(crate) const BASE: i64 = 1_768_210_200;

pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 24 * HOUR;

/// Seconds since the epoch, without a fraction.
pub(crate) fn rfc3339(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    let clock = seconds.rem_euclid(DAY);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        clock / HOUR,
        clock / 60 % 60,
        clock % 60
    )
}

/// The same with microseconds, which `seconds` stands in for.
pub(crate) fn precise(seconds: i64) -> String {
    let micros = (seconds.wrapping_mul(7919)).rem_euclid(1_000_000);
    rfc3339(seconds).replace('Z', &format!(".{micros:06}Z"))
}

/// Days since the epoch to a date of the Gregorian calendar (Howard Hinnant, `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let moved = (5 * of_year + 2) / 153;
    let day = of_year - (153 * moved + 2) / 5 + 1;
    let month = if moved < 10 { moved + 3 } else { moved - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_dates() {
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (BASE, "2026-01-12T09:30:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"),
        ];
        for (seconds, date) in cases {
            assert_eq!(rfc3339(seconds), date);
        }
    }
}
