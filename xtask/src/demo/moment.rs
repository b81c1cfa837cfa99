//! Instants as the API writes them, counted from now and from today in China.

use std::time::{SystemTime, UNIX_EPOCH};

const DAY: i64 = 86_400;
/// China has one time zone and no summer time.
const BEIJING: i64 = 8 * 3600;

/// Seconds since 1970.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

/// So many days from today, at a time of day in China.
pub fn day_at(days: i64, hour: i64, minute: i64) -> i64 {
    let today = (now() + BEIJING).div_euclid(DAY);
    (today + days) * DAY + hour * 3600 + minute * 60 - BEIJING
}

/// `2026-11-21T07:30:00Z`.
pub fn instant(seconds: i64) -> String {
    let time = seconds.rem_euclid(DAY);
    format!("{}T{:02}:{:02}:{:02}Z", date(seconds.div_euclid(DAY)), time / 3600, time / 60 % 60, time % 60)
}

/// `2026-11-21`, of days since 1970 (Howard Hinnant's `civil_from_days`).
fn date(days: i64) -> String {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_the_api_reads_them() {
        assert_eq!(instant(0), "1970-01-01T00:00:00Z");
        assert_eq!(instant(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(instant(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(instant(1_795_246_200), "2026-11-21T07:30:00Z");
    }

    #[test]
    fn the_day_begins_at_midnight_in_china() {
        assert!(instant(day_at(0, 0, 0)).ends_with("T16:00:00Z"));
    }
}
