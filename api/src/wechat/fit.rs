//! Values of a subscribe message, made to fit. One that breaks its field's limits fails the whole
//! message (47003), and the reminder matters more than the end of a long title.

use crate::clock::CHINA;
use chrono::{DateTime, Datelike as _, Timelike as _, Utc};

/// What a `thing…` field holds.
const THING: usize = 20;

/// An instant as `time…` and `date…` fields show it: `2026年11月21日 15:30`.
pub(crate) fn when(at: DateTime<Utc>) -> String {
    let at = at.with_timezone(&CHINA);
    format!("{}年{}月{}日 {:02}:{:02}", at.year(), at.month(), at.day(), at.hour(), at.minute())
}

/// The value, within the limits of the type that `key` begins with. Where a shorter value would say
/// something else (an amount, a time) it is left alone, and WeChat refuses it.
pub(super) fn fit(key: &str, value: &str) -> String {
    let value = one_line(value);
    let only = |keep: fn(char) -> bool| value.chars().filter(|c| keep(*c)).collect::<String>();
    let (fitted, nothing) = match key.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "thing" => (shorten(&value, THING), "无"),
        "number" | "amount" => (only(|c| !matches!(c, ',' | '，' | ' ')), "0"),
        "letter" => (first(&only(|c| c.is_ascii_alphabetic()), 32), "N"),
        "symbol" => (first(&only(is_symbol), 5), "-"),
        "character_string" => (first(&only(|c| c.is_ascii_graphic()), 32), "-"),
        "phone_number" => (first(&only(|c| c.is_ascii_digit() || is_symbol(c)), 17), "-"),
        "car_number" => (first(&only(char::is_alphanumeric), 8), "无"),
        "name" => (name(&only(|c| !c.is_numeric())), "无"),
        "phrase" => (first(&only(is_chinese), 5), "无"),
        _ => (value, ""),
    };
    if fitted.is_empty() { nothing.to_owned() } else { fitted }
}

/// What a message says of several things of which it can name one: `写信等 3 项`. The name gives way, not the number.
pub(crate) fn and_others(key: &str, value: &str, all: u64) -> String {
    let end = format!("等 {all} 项");
    let value = one_line(value);
    let room = if key.starts_with("thing") { THING.saturating_sub(length(&end)) } else { usize::MAX };
    format!("{}{end}", shorten(&value, room))
}

/// Line breaks, tabs and runs of blanks become one blank.
fn one_line(value: &str) -> String {
    let visible: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether an emoji counts as one or two is not documented: it counts as two.
fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

fn first(text: &str, most: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.len_utf16();
        used <= most
    };
    text.chars().take_while(fits).collect()
}

/// Cuts with `…`, so that the reader knows.
fn shorten(text: &str, most: usize) -> String {
    if length(text) <= most {
        return text.to_owned();
    }
    format!("{}…", first(text, most.saturating_sub(1)).trim_end())
}

/// Ten characters once one of them is not a plain letter, twenty otherwise.
fn name(text: &str) -> String {
    first(text.trim(), if text.is_ascii() { 20 } else { 10 }).trim_end().to_owned()
}

fn is_symbol(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace() && !c.is_control()
}

const fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_shown_in_the_shop_s_time() {
        let at = "2026-11-21T07:30:59Z".parse().expect("an instant");
        assert_eq!(when(at), "2026年11月21日 15:30");
        let at = "2026-12-31T16:05:00Z".parse().expect("an instant");
        assert_eq!(when(at), "2027年1月1日 00:05");
    }

    #[test]
    fn each_type_has_its_limit() {
        for (key, value, fitted) in [
            ("thing1", "一二三四五六七八九十一二三四五六七八九十", "一二三四五六七八九十一二三四五六七八九十"),
            ("thing1", "一二三四五六七八九十一二三四五六七八九十一", "一二三四五六七八九十一二三四五六七八九…"),
            ("thing12", "😀😀😀😀😀😀😀😀😀😀😀", "😀😀😀😀😀😀😀😀😀…"),
            ("thing1", " 回访\r\n\t客户 ", "回访 客户"),
            ("thing1", "", "无"),
            ("thing1", "\u{0}\n", "无"),
            ("number2", "1,234", "1234"),
            ("number2", "", "0"),
            ("letter3", "ab-中c", "abc"),
            ("symbol4", "!!a!!!!", "!!!!!"),
            ("character_string5", "NO 中1", "NO1"),
            ("character_string5", "中文", "-"),
            ("amount8", "¥1,280.50", "¥1280.50"),
            ("phone_number9", "+86 138-0013-8000 x", "+86138-0013-8000"),
            ("car_number10", "粤A·8Z888 挂", "粤A8Z888挂"),
            ("name11", "张三2号", "张三号"),
            ("name11", "一二三四五六七八九十一", "一二三四五六七八九十"),
            ("name11", "John Smith the Younger", "John Smith the Young"),
            ("name11", "42", "无"),
            ("phrase12", "ok已预约待付款", "已预约待付"),
            ("phrase12", "ok", "无"),
            ("time6", "2026年11月21日 15:30", "2026年11月21日 15:30"),
            ("time6", "", ""),
            ("enum13", "room", "room"),
        ] {
            assert_eq!(fit(key, value), fitted, "{key} {value}");
        }
    }

    #[test]
    fn of_many_the_name_gives_way_and_not_their_number() {
        assert_eq!(and_others("thing1", "回访\n客户", 3), "回访 客户等 3 项");
        let long = "一二三四五六七八九十一二三四五六七八九十";
        let said = and_others("thing1", long, 12);
        assert_eq!(said, "一二三四五六七八九十一二三…等 12 项");
        assert_eq!(fit("thing1", &said), said);
        assert_eq!(and_others("time1", long, 2), format!("{long}等 2 项"));
    }

    #[test]
    fn a_long_value_never_breaks_a_limit() {
        let long = "长 long-12.3，😀é\n".repeat(30);
        for (key, most) in [("thing", 20), ("letter", 32), ("symbol", 5), ("character_string", 32)].into_iter().chain([
            ("phone_number", 17),
            ("car_number", 8),
            ("name", 10),
            ("phrase", 5),
        ]) {
            let fitted = fit(&format!("{key}1"), &long);
            assert!((1..=most).contains(&length(&fitted)), "{key}: {fitted}");
        }
    }
}
