//! Special dates in cells: `结婚纪念日：2010-05-20; 生日 农历八月十五`, as an export writes them and as people do.

use chrono::Datelike as _;
use domain::dates::{Calendar, SpecialDate};
use serde_json::{Value, json};

/// Characters of a name.
const LABEL: usize = 10;
/// What says that a date is the moon's.
const LUNAR: [&str; 3] = ["农历", "阴历", "旧历"];
/// How only the moon's days are called.
const MOON: [&str; 4] = ["正月", "腊月", "初", "廿"];

/// The dates of a cell, as a form would say them. What has no name of its own has that of its column.
pub(super) fn read(cell: &str, header: &str, late: bool) -> Option<Vec<Value>> {
    let parts = cell.split([';', '；', '、', ',', '，', '\n']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| one(part, header, late)).collect()
}

/// Whether a cell means a date of the moon's.
pub(super) fn is_lunar(text: &str) -> bool {
    LUNAR.iter().chain(&MOON).any(|word| text.contains(word))
}

fn one(part: &str, header: &str, late: bool) -> Option<Value> {
    let lunar = is_lunar(part) || is_lunar(header);
    let leap = part.contains('闰');
    let bare = without_calendar(part).replace('闰', "");
    // The name ends where a date begins that reaches to the end.
    let (name, (year, month, day)) = bare.char_indices().find_map(|(at, _)| {
        let (name, rest) = bare.split_at_checked(at)?;
        // No date begins within another.
        let whole = !name.ends_with(|c: char| c.is_ascii_digit() || "-/.".contains(c));
        date(rest, late).filter(|_| whole).map(|date| (name, date))
    })?;
    let name = trimmed(if trimmed(name).is_empty() { header } else { name });
    let label: String = name.chars().take(LABEL).collect();
    let label = if label.is_empty() { "纪念日".to_owned() } else { label };
    let calendar = if lunar { Calendar::Lunar } else { Calendar::Solar };
    Some(json!({ "label": label, "calendar": calendar, "month": month, "day": day, "leap": leap, "year": year }))
}

fn without_calendar(text: &str) -> String {
    let solar = ["公历", "阳历", "新历"];
    LUNAR.iter().chain(&solar).fold(text.to_owned(), |text, word| text.replace(word, ""))
}

/// A name without what stands around it.
fn trimmed(name: &str) -> String {
    let bare = without_calendar(name);
    bare.trim_matches(|c: char| c.is_whitespace() || "*:：()（）[]【】".contains(c)).to_owned()
}

/// Year, if it is said, month and day.
fn date(text: &str, late: bool) -> Option<(Option<i64>, i64, i64)> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || "()（）[]【】".contains(c));
    let text = text.strip_suffix(" 00:00:00").unwrap_or(text);
    let digits = matches!(text.len(), 5 | 8) && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(day) = super::cells::day(text, late).filter(|_| digits) {
        return Some((Some(day.year().into()), day.month().into(), day.day().into()));
    }
    let parts: Vec<&str> =
        text.split(['-', '/', '.', '年', '月']).map(|part| part.trim_end_matches(['日', '号'])).collect();
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => (Some(year.parse().ok()?), *month, *day),
        [month, day] => (None, *month, *day),
        _ => return None,
    };
    let month = match month {
        "正" => 1,
        "冬" => 11,
        "腊" => 12,
        other => number(other)?,
    };
    Some((year, month, number(day.trim_start_matches('初'))?))
}

/// `8`, `08`, `八`, `十五`, `廿三`, `三十`.
fn number(text: &str) -> Option<i64> {
    if !text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    let digit =
        |c: char| "零一二三四五六七八九".chars().position(|known| known == c).and_then(|at| i64::try_from(at).ok());
    let mut letters = text.chars();
    let (first, second, third, rest) = (letters.next()?, letters.next(), letters.next(), letters.next());
    if rest.is_some() {
        return None;
    }
    match (first, second, third) {
        ('十', None, None) => Some(10),
        ('十', Some(ones), None) => Some(10 + digit(ones)?),
        ('廿', None, None) => Some(20),
        ('廿', Some(ones), None) => Some(20 + digit(ones)?),
        (tens, Some('十'), None) => Some(10 * digit(tens)?),
        (tens, Some('十'), Some(ones)) => Some(10 * digit(tens)? + digit(ones)?),
        (ones, None, None) => digit(ones).filter(|ones| *ones > 0),
        _ => None,
    }
}

/// As an import reads it again.
pub(crate) fn spoken(dates: &[SpecialDate]) -> String {
    let one = |date: &SpecialDate| {
        let lunar = if date.calendar == Calendar::Lunar { "农历" } else { "" };
        let year = date.year.map(|year| format!("{year}年")).unwrap_or_default();
        let leap = if date.leap { "闰" } else { "" };
        format!("{}：{lunar}{year}{leap}{}月{}日", date.label, date.month, date.day)
    };
    dates.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_dates_are_read_as_people_write_them_and_as_an_export_does() {
        let said = |label, calendar, year: Option<i64>, (month, day), leap| json!({ "label": label, "calendar": calendar, "month": month, "day": day, "leap": leap, "year": year });
        for (cell, header, wanted) in [
            ("2010-05-20", "结婚纪念日", said("结婚纪念日", "solar", Some(2010), (5, 20), false)),
            ("2010年5月20日", "* 结婚纪念日", said("结婚纪念日", "solar", Some(2010), (5, 20), false)),
            ("20100520", "店庆", said("店庆", "solar", Some(2010), (5, 20), false)),
            ("5/20", "店庆", said("店庆", "solar", None, (5, 20), false)),
            ("八月十五", "农历生日", said("生日", "lunar", None, (8, 15), false)),
            ("生日 农历腊月廿三", "纪念日", said("生日", "lunar", None, (12, 23), false)),
            ("农历闰六月初一", "生日", said("生日", "lunar", None, (6, 1), true)),
            ("母亲生日：农历1960年正月三十日", "纪念日", said("母亲生日", "lunar", Some(1960), (1, 30), false)),
            ("10周年5-20", "", said("10周年", "solar", None, (5, 20), false)),
            ("40318", "开业", said("开业", "solar", Some(2010), (5, 20), false)),
        ] {
            assert_eq!(read(cell, header, false), Some(vec![wanted.clone()]), "{cell}");
            let date: SpecialDate = serde_json::from_value(wanted.clone()).expect("a date");
            assert_eq!(read(&spoken(&[date.clone(), date]), "", false), Some(vec![wanted.clone(), wanted]), "{cell}");
        }
        for cell in ["随便", "2010", "五月", "农历", "2010-05-20-01"] {
            assert_eq!(read(cell, "纪念日", false), None, "{cell}");
        }
    }
}
