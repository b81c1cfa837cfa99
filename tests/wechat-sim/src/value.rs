//! The limits of a template value, by the type its key starts with.

use std::ops::RangeInclusive;

use chrono::NaiveDate;

/// Whether the value keeps the limits of its key's type. Lengths count characters, not bytes.
pub(crate) fn fits(key: &str, text: &str, allowed: Option<&Vec<String>>) -> bool {
    let length = text.chars().count();
    let all = |test: fn(char) -> bool| text.chars().all(test);
    match key.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "thing" => length <= 20,
        "number" => is_decimal(text, 1..=32),
        "letter" => length <= 32 && all(|c| c.is_ascii_alphabetic()),
        "symbol" => length <= 5 && all(is_symbol),
        "character_string" => length <= 32 && all(|c| c.is_ascii_graphic()),
        "time" => is_range(text, is_time_maybe_dated),
        "date" => is_range(text, is_date_maybe_timed),
        "amount" => is_amount(text),
        "phone_number" => length <= 17 && all(|c| c.is_ascii_digit() || is_symbol(c)),
        "car_number" => length <= 8 && is_car_number(text),
        "name" => is_name(text, length),
        "phrase" => length <= 5 && all(is_chinese),
        "enum" => allowed.is_some_and(|allowed| allowed.iter().any(|value| value == text)),
        _ => false,
    }
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_symbol(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace() && !c.is_control()
}

fn is_decimal(text: &str, digits: RangeInclusive<usize>) -> bool {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let only_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    only_digits(whole)
        && fraction.is_none_or(only_digits)
        && digits.contains(&(whole.len() + fraction.map_or(0, str::len)))
}

/// One currency symbol, at most ten digits, maybe 元 at the end.
fn is_amount(text: &str) -> bool {
    let text = text.strip_suffix('元').unwrap_or(text);
    let text = text.strip_prefix(|c: char| is_symbol(c) && !matches!(c, '-' | '+' | '.')).unwrap_or(text);
    is_decimal(text, 1..=10)
}

fn is_car_number(text: &str) -> bool {
    let last = text.chars().count().saturating_sub(1);
    text.chars()
        .enumerate()
        .all(|(place, c)| c.is_ascii_alphanumeric() || (is_chinese(c) && (place == 0 || place == last)))
}

/// Ten characters once one of them is Chinese, twenty otherwise; never a digit.
fn is_name(text: &str, length: usize) -> bool {
    let limit = if text.chars().any(is_chinese) { 10 } else { 20 };
    length <= limit && !text.chars().any(char::is_numeric)
}

fn is_range(text: &str, part: fn(&str) -> bool) -> bool {
    match text.split_once('~') {
        None => part(text),
        Some((from, to)) => part(from.trim_end()) && part(to.trim_start()),
    }
}

fn is_time_maybe_dated(text: &str) -> bool {
    match text.split_once(' ') {
        None => is_time(text),
        Some((date, time)) => is_date(date) && is_time(time),
    }
}

fn is_date_maybe_timed(text: &str) -> bool {
    match text.split_once(' ') {
        None => is_date(text),
        Some((date, time)) => is_date(date) && is_time(time),
    }
}

/// `15:01`, also with seconds.
fn is_time(text: &str) -> bool {
    let parts: Vec<Option<u32>> = text.split(':').map(two_digits).collect();
    match parts.as_slice() {
        [Some(hour), rest @ ..] if (1..=2).contains(&rest.len()) => {
            *hour < 24 && rest.iter().all(|part| part.is_some_and(|part| part < 60))
        }
        _ => false,
    }
}

/// `2019年10月1日`, and it must exist.
fn is_date(text: &str) -> bool {
    let parts = text
        .strip_suffix('日')
        .and_then(|text| text.split_once('年'))
        .and_then(|(year, rest)| Some((year, rest.split_once('月')?)));
    let Some((year, (month, day))) = parts else {
        return false;
    };
    let year = (year.len() == 4).then(|| year.parse().ok()).flatten();
    match (year, two_digits(month), two_digits(day)) {
        (Some(year), Some(month), Some(day)) => NaiveDate::from_ymd_opt(year, month, day).is_some(),
        _ => false,
    }
}

fn two_digits(text: &str) -> Option<u32> {
    let plain = matches!(text.len(), 1 | 2) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_keeps_its_limit() {
        let good: &[(&str, &[&str])] = &[
            ("thing1", &["熟客", "20个字以内ok😀", "一二三四五六七八九十一二三四五六七八九十"]),
            ("number2", &["0", "12.5", "12345678901234567890123456789012"]),
            ("letter3", &["abcXYZ"]),
            ("symbol4", &["!@#￥。"]),
            ("character_string5", &["NO.2026-001_#", "a1234567890123456789012345678901"]),
            (
                "time6",
                &[
                    "15:01",
                    "9:05",
                    "2019年10月1日 15:01",
                    "15:01~16:30",
                    "2019年10月1日 15:01:59 ~ 2019年10月2日 16:00",
                ],
            ),
            ("date7", &["2019年10月1日", "2024年02月29日 09:00", "2019年10月1日~2019年10月7日"]),
            ("amount8", &["100", "¥100.50", "￥1234567890元", "100.5元", "$9"]),
            ("phone_number9", &["13800138000", "+86-0766-66888866"]),
            ("car_number10", &["粤A8Z888挂", "粤A12345", "A12345"]),
            ("name11", &["张三", "一二三四五六七八九十", "John-Smith.Jr", "张 John"]),
            ("phrase12", &["已预约", "一二三四五"]),
            ("enum13", &["room", "hall"]),
        ];
        let bad: &[(&str, &[&str])] = &[
            ("thing1", &["一二三四五六七八九十一二三四五六七八九十一"]),
            ("number2", &["12a", "1.2.3", ".5", "5.", "-1", "123456789012345678901234567890123"]),
            ("letter3", &["abc1", "中", "abcdefghijklmnopqrstuvwxyzabcdefg"]),
            ("symbol4", &["a", "!!!!!!"]),
            ("character_string5", &["中文", "a b", "a12345678901234567890123456789012"]),
            ("time6", &["24:00", "15:60", "1501", "2019年10月1日", "15:01~", "15:01~x", "2019-10-01 15:01"]),
            ("date7", &["15:01", "2019年13月1日", "2023年2月29日", "2019-10-01", "2019年10月1日 25:00"]),
            ("amount8", &["¥", "¥¥1", "12345678901", "-5", "1,000", "abc"]),
            ("phone_number9", &["1380013800a", "138001380001380013"]),
            ("car_number10", &["粤A粤12345", "粤A123456789"]),
            ("name11", &["一二三四五六七八九十一", "张三2", "ABCDEFGHIJKLMNOPQRSTU"]),
            ("phrase12", &["一二三四五六", "ok", "已预约1"]),
            ("enum13", &["roof"]),
            ("nothing14", &["x"]),
        ];
        let allowed = vec!["room".to_owned(), "hall".to_owned()];
        for (key, texts) in good {
            for text in *texts {
                assert!(fits(key, text, Some(&allowed)), "{key}: {text} should fit");
            }
        }
        for (key, texts) in bad {
            for text in *texts {
                assert!(!fits(key, text, Some(&allowed)), "{key}: {text} should not fit");
            }
        }
    }
}
