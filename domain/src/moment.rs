//! The exact spellings of dates, instants and ids. chrono and uuid read many more; one spelling
//! means one meaning on every client, and their parsers would be a third of the phone's module.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use uuid::Uuid;

/// Years that every supported database stores (MySQL's DATETIME starts at 1000).
const YEARS: std::ops::RangeInclusive<i32> = 1000..=9999;

/// From the first day of year 1 to the first of 1970, both in chrono's count of days.
const DAYS_TO_1970: i32 = 719_163;

/// `2026-11-22`.
#[must_use]
pub fn date(text: &str) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
        return None;
    };
    let year = i32::try_from(number(&[*y1, *y2, *y3, *y4])?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(&[*m1, *m2])?, number(&[*d1, *d2])?)?;
    YEARS.contains(&year).then_some(date)
}

/// RFC 3339: `2026-11-22T08:30:00Z`, with a fraction of up to nine digits and any offset. Held in
/// UTC and cut to microseconds, which is what the databases keep.
#[must_use]
pub fn instant(text: &str) -> Option<DateTime<Utc>> {
    let (day, time) = text.split_at_checked(10)?;
    let [b'T', h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = time.as_bytes() else {
        return None;
    };
    let (micros, zone) = fraction(rest)?;
    let (hour, minute, second) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?, number(&[*s1, *s2])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = i64::from(date(day)?.num_days_from_ce() - DAYS_TO_1970);
    let seconds = i64::from((hour * 60 + minute) * 60 + second) - offset(zone)? * 60;
    let utc = DateTime::from_timestamp(days * 86_400 + seconds, micros * 1000)?;
    YEARS.contains(&utc.year()).then_some(utc)
}

/// Thirty-two hexadecimal digits in five groups.
#[must_use]
pub fn uuid(text: &str) -> Option<Uuid> {
    if text.len() != 36 {
        return None;
    }
    let mut value = 0_u128;
    for (at, c) in text.chars().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if c != '-' {
                return None;
            }
        } else {
            value = value << 4 | u128::from(c.to_digit(16)?);
        }
    }
    Some(Uuid::from_u128(value))
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| Some(sum * 10 + char::from(*digit).to_digit(10)?))
}

/// Microseconds of `.123456789`, and what follows it.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let [b'.', digits @ ..] = text else {
        return Some((0, text));
    };
    let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at_checked(count)?;
    if !(1..=9).contains(&count) {
        return None;
    }
    let kept = digits.get(..6).unwrap_or(digits);
    let scale = 10_u32.pow(u32::try_from(6 - kept.len()).ok()?);
    Some((number(kept)? * scale, rest))
}

/// Minutes east of UTC.
fn offset(text: &[u8]) -> Option<i64> {
    if text == b"Z" {
        return Some(0);
    }
    let [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] = text else {
        return None;
    };
    let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let east = i64::from(hours * 60 + minutes);
    Some(if *sign == b'-' { -east } else { east })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_on_the_calendar() {
        assert!(date("2024-02-29").is_some());
        for bad in
            ["2023-02-29", "2024-13-01", "2024-1-01", "24-01-01", "0999-12-31", "2024/01/01", "", "２０２４-01-01"]
        {
            assert_eq!(date(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_instant_is_the_same_wherever_it_was_written() {
        let utc = instant("2026-11-22T00:30:00Z");
        assert!(utc.is_some());
        assert_eq!(instant("2026-11-22T08:30:00+08:00"), utc);
        assert_eq!(instant("2026-11-21T19:00:00.000-05:30"), utc);
        assert_eq!(instant("2026-11-22T00:30:00.123456789Z"), instant("2026-11-22T00:30:00.123456Z"));
        assert_eq!(instant("2026-11-22T00:30:00.5Z"), instant("2026-11-22T00:30:00.500000Z"));
        for bad in [
            "2026-11-22",
            "2026-11-22 00:30:00Z",
            "2026-11-22T00:30Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T00:30:60Z",
            "2026-11-22T00:30:00",
            "2026-11-22T00:30:00.Z",
            "2026-11-22T00:30:00z",
            "2026-11-22T00:30:00+0800",
            "2026-11-22T00:30:00+24:00",
            "1000-01-01T00:00:00+08:00",
            "2026-11-22T00:30:00.1234567890Z",
        ] {
            assert_eq!(instant(bad), None, "{bad}");
        }
    }

    #[test]
    fn ids_have_one_spelling() {
        let id = "01939f0e-7c1a-7abc-8def-0123456789ab";
        assert_eq!(uuid(id).map(|id| id.to_string()).as_deref(), Some(id));
        assert_eq!(uuid(&id.to_uppercase()), uuid(id));
        for bad in [
            "",
            "01939f0e7c1a7abc8def0123456789ab",
            "{01939f0e-7c1a-7abc-8def-0123456789ab}",
            "01939f0e-7c1a-7abc-8def-0123456789ag",
        ] {
            assert_eq!(uuid(bad), None, "{bad}");
        }
    }
}
