//! What people put into cells: dates in many spellings, numbers that a program has spoilt, quotes that keep a
//! text a text.

use crate::clock::CHINA;
use chrono::{DateTime, Days, Duration, NaiveDate, NaiveDateTime, TimeZone as _, Utc};
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
    cell.split(|c| c == '\n' || text::SEPARATORS.contains(&c)).map(str::trim).filter(|part| !part.is_empty())
}

/// Whether a cell that a program kept as a number is what becomes of `1.38E+10` when it is saved again: 13800000000.
pub(super) fn rounded(number: &str) -> bool {
    number.len() == 11 && number.starts_with('1') && number.ends_with("00000000")
}

/// A phone as it was meant. Digits that are written out are taken, however round they are.
///
/// # Errors
/// How a program spoilt it.
pub(super) fn phone(cell: &str) -> Result<&str, Violation> {
    let number = match cell.split_once('.') {
        Some((whole, rest)) if rest.bytes().all(|b| b == b'0') => whole,
        _ => cell,
    };
    if scientific(number) {
        return Err(Violation::new("", "number_lost"));
    }
    // Of numbers that begin with 1 only those of Beijing, 010, ever had a zero in front: the others lack a digit.
    let zero = !number.starts_with('1') || number.starts_with("10");
    if zero && Phone::parse(number).is_none() && Phone::parse(&format!("0{number}")).is_some() {
        return Err(Violation::new("", "zero_lost"));
    }
    Ok(number)
}

/// `1.38E+10`.
pub(super) fn scientific(cell: &str) -> bool {
    let Some((digits, exponent)) = cell.trim_start_matches(['+', '-']).split_once(['E', 'e']) else { return false };
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    number(exponent.trim_start_matches(['+', '-'])) && number(&digits.replacen('.', "", 1))
}

/// Days between what Excel counts from and what it does on a Mac of before.
const LATE: u64 = 1462;

/// The number with which Excel counts days, and the part of a day behind its point. `1990` is rather a year than a
/// day of 1905.
fn counted(cell: &str, late: bool) -> Option<NaiveDateTime> {
    let (days, part) = cell.split_once('.').unwrap_or((cell, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if days.len() != 5 || !digits(days) || !digits(part) {
        return None;
    }
    let days = days.parse::<u64>().ok()? + if late { LATE } else { 0 };
    let day = NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))?;
    // Whole minutes: no float of Excel's tells a second for sure.
    let tenths: u64 = format!("{part:0<9}").get(..9)?.parse().ok()?;
    let minutes = (tenths * 1440 + 500_000_000) / 1_000_000_000;
    day.and_hms_opt(0, 0, 0)?.checked_add_signed(Duration::minutes(i64::try_from(minutes).ok()?))
}

/// A day in whichever spelling, also as the number that Excel counts days with: from 1900, or `late`, from 1904.
pub(super) fn day(cell: &str, late: bool) -> Option<NaiveDate> {
    if let Some(at) = counted(cell, late) {
        return Some(at.date());
    }
    let day = cell.split([' ', 'T']).next().unwrap_or_default();
    if day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit()) {
        return moment::date(&format!("{}-{}-{}", day.get(..4)?, day.get(4..6)?, day.get(6..)?));
    }
    let parts: Vec<&str> = day.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect();
    let [year, month, date] = parts.as_slice() else { return None };
    moment::date(&format!("{year:0>4}-{month:0>2}-{date:0>2}"))
}

/// A moment on the clocks of China; a day alone is its beginning.
pub(super) fn instant(cell: &str, late: bool) -> Option<DateTime<Utc>> {
    let at = counted(cell, late).or_else(|| {
        let day = day(cell, late)?;
        let time = cell.split_once([' ', 'T']).map_or("00:00:00", |(_, time)| time.trim());
        let spelled = format!("{day} {time}");
        let read = |format| NaiveDateTime::parse_from_str(&spelled, format).ok();
        read("%Y-%m-%d %H:%M:%S").or_else(|| read("%Y-%m-%d %H:%M"))
    })?;
    Some(CHINA.from_local_datetime(&at).single()?.to_utc())
}

/// Yuan as people write them, in fen; or, where they are none, what is left without signs and groups, to be told why.
pub(super) fn fen(cell: &str) -> Result<i64, String> {
    let bare = cell.replace([',', '，', '¥', '￥', '元', ' '], "");
    let (yuan, cents) = bare.split_once('.').unwrap_or((&bare, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let size = yuan.strip_prefix('-').unwrap_or(yuan);
    if size.is_empty() || size.len() > 15 || !digits(size) || cents.len() > 2 || !digits(cents) {
        return Err(bare);
    }
    format!("{yuan}{cents:0<2}").parse().map_err(|_| bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_however_it_is_written() {
        let wanted = NaiveDate::from_ymd_opt(1990, 2, 28);
        for cell in ["1990-02-28", "1990/2/28", "1990.2.28", "1990年2月28日", "19900228", "32932", "1990-2-28 00:00:00"]
        {
            assert_eq!(day(cell, false), wanted, "{cell}");
        }
        for cell in ["", "1990", "1990.2", "1990-02-30", "昨天", "28/2/1990"] {
            assert!(day(cell, false).is_none(), "{cell}");
        }
        assert_eq!(day("31470", true), wanted);
        for cell in ["2024-05-01 08:30", "45413.354166666664", "2024/5/1 8:30"] {
            let at = instant(cell, false).map(|at| at.to_rfc3339());
            assert_eq!(at.as_deref(), Some("2024-05-01T00:30:00+00:00"), "{cell}");
        }
    }

    #[test]
    fn a_spoilt_number_says_how_it_was_spoilt() {
        let spoilt = |cell| phone(cell).map_err(|violation| violation.code);
        assert_eq!(spoilt("1.38E+10"), Err("number_lost"));
        assert_eq!((spoilt("+1.38E10"), spoilt("13800000000")), (Err("number_lost"), Ok("13800000000")));
        assert!(rounded("13800000000") && !rounded("13800138000") && !rounded("1380000000"));
        assert_eq!(spoilt("57188886666"), Err("zero_lost"));
        assert_eq!(phone("13800138000.0"), Ok("13800138000"));
        assert_eq!(bare("=\"057188886666\""), "057188886666");
        assert_eq!((bare("'+8613800138000"), bare("'一")), ("+8613800138000".into(), "'一".into()));
        assert_eq!(
            (fen("¥1,234.5"), fen("12"), fen("1.234"), fen("")),
            (Ok(123_450), Ok(1200), Err("1.234".to_owned()), Err(String::new()))
        );
    }
}
