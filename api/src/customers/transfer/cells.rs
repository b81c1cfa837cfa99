//! What people put into cells: dates in many spellings, numbers that a program has spoilt, quotes that keep a
//! text a text.

use crate::clock::CHINA;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeZone as _, Utc};
use domain::phone::Phone;
use domain::{Violation, moment, text};

/// The text of a cell without what keeps it a text: `="0571…"`, `'+86…`.
pub(super) fn bare(cell: &str) -> String {
    let folded = text::fold(cell);
    if let Some(inner) = folded.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return inner.trim().to_owned();
    }
    match folded.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest.to_owned(),
        _ => folded,
    }
}

/// The parts of a cell that holds several things.
pub(super) fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(['/', ';', '；', '、', ',', '，', '|', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

/// A phone as it was meant.
///
/// # Errors
/// How a program spoilt it.
pub(super) fn phone(cell: &str) -> Result<&str, Violation> {
    let number = cell.strip_suffix(".0").unwrap_or(cell);
    if scientific(number) {
        return Err(Violation::new("", "number_lost"));
    }
    if Phone::parse(number).is_none() && Phone::parse(&format!("0{number}")).is_some() {
        return Err(Violation::new("", "zero_lost"));
    }
    Ok(number)
}

/// `1.38E+10`.
pub(super) fn scientific(cell: &str) -> bool {
    let Some((digits, exponent)) = cell.split_once(['E', 'e']) else { return false };
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    number(exponent.trim_start_matches(['+', '-'])) && number(&digits.replacen('.', "", 1))
}

/// A day in whichever spelling, also as the number that Excel counts days with.
pub(super) fn day(cell: &str) -> Option<NaiveDate> {
    let day = cell.split([' ', 'T']).next().unwrap_or_default();
    if day.bytes().all(|b| b.is_ascii_digit()) {
        return match day.len() {
            8 => moment::date(&format!("{}-{}-{}", day.get(..4)?, day.get(4..6)?, day.get(6..)?)),
            // The first of 1900 is 1; what Excel believes of February 1900 is before anybody's birthday.
            1..=5 => NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(day.parse().ok()?)),
            _ => None,
        };
    }
    let parts: Vec<&str> = day.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect();
    let [year, month, date] = parts.as_slice() else { return None };
    moment::date(&format!("{year:0>4}-{month:0>2}-{date:0>2}"))
}

/// A moment on the clocks of China; a day alone is its beginning.
pub(super) fn instant(cell: &str) -> Option<DateTime<Utc>> {
    let day = day(cell)?;
    let time = cell.split_once([' ', 'T']).map_or("00:00:00", |(_, time)| time.trim());
    let spelled = format!("{day} {time}");
    let read = |format| NaiveDateTime::parse_from_str(&spelled, format).ok();
    let at = read("%Y-%m-%d %H:%M:%S").or_else(|| read("%Y-%m-%d %H:%M"))?;
    Some(CHINA.from_local_datetime(&at).single()?.to_utc())
}

/// Yuan as people write them, in fen.
pub(super) fn fen(cell: &str) -> Option<i64> {
    let bare = cell.replace([',', '，', '¥', '￥', '元', ' '], "");
    let (yuan, cents) = bare.split_once('.').unwrap_or((&bare, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if yuan.is_empty() || yuan.len() > 12 || !digits(yuan) || cents.len() > 2 || !digits(cents) {
        return None;
    }
    format!("{yuan}{cents:0<2}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_however_it_is_written() {
        let wanted = NaiveDate::from_ymd_opt(1990, 2, 28);
        for cell in ["1990-02-28", "1990/2/28", "1990.2.28", "1990年2月28日", "19900228", "32932", "1990-2-28 00:00:00"]
        {
            assert_eq!(day(cell), wanted, "{cell}");
        }
        for cell in ["", "1990", "1990-02-30", "昨天", "28/2/1990"] {
            assert!(day(cell).is_none_or(|day| Some(day) != wanted), "{cell}");
        }
        let at = instant("2024-05-01 08:30").map(|at| at.to_rfc3339());
        assert_eq!(at.as_deref(), Some("2024-05-01T00:30:00+00:00"));
    }

    #[test]
    fn a_spoilt_number_says_how_it_was_spoilt() {
        let spoilt = |cell| phone(cell).map_err(|violation| violation.code);
        assert_eq!(spoilt("1.38E+10"), Err("number_lost"));
        assert_eq!(spoilt("57188886666"), Err("zero_lost"));
        assert_eq!(phone("13800138000.0"), Ok("13800138000"));
        assert_eq!(bare("=\"057188886666\""), "057188886666");
        assert_eq!((bare("'+8613800138000"), bare("'一")), ("+8613800138000".into(), "'一".into()));
        assert_eq!((fen("¥1,234.5"), fen("12"), fen("1.234"), fen("")), (Some(123_450), Some(1200), None, None));
    }
}
