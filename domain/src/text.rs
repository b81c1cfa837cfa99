//! Text as people type it on phones: full-width letters, stray spaces, invisible characters.

use crate::prelude::*;

/// Folds full-width ASCII (`Ａ１＠`, and the ideographic space) to half-width and trims.
/// Full-width punctuation that Chinese text uses on purpose (，。！？：；（）) is kept.
#[must_use]
pub fn fold(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        out.push(match c {
            '\u{3000}' => ' ',
            '，' | '！' | '？' | '：' | '；' | '（' | '）' => c,
            '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
            _ => c,
        });
    }
    let trimmed = out.trim();
    if trimmed.len() == out.len() { out } else { trimmed.to_owned() }
}

/// The rule for one line of text: not blank, no line breaks, no control or invisible formatting
/// characters (they make two different names look the same).
///
/// # Errors
/// `blank` or `control_character`.
pub fn line(value: &str) -> Result<(), ValidationError> {
    if value.trim().is_empty() {
        return fail("blank");
    }
    if value.chars().any(|c| c.is_control() || invisible(c)) {
        return fail("control_character");
    }
    Ok(())
}

/// The rule for the name of something that stands in one cell of a table with others of its kind, such as a tag: as
/// [`line`], and without the characters that keep them apart there.
///
/// # Errors
/// `blank`, `control_character` or `separator_inside`.
pub fn listed(value: &str) -> Result<(), ValidationError> {
    line(value)?;
    if value.chars().any(|c| SEPARATORS.contains(&c)) { fail("separator_inside") } else { Ok(()) }
}

/// The rule for text of several lines: as [`line`], but line breaks and tabs are allowed.
///
/// # Errors
/// `blank` or `control_character`.
pub fn lines(value: &str) -> Result<(), ValidationError> {
    if value.trim().is_empty() {
        return fail("blank");
    }
    if value.chars().any(|c| (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || invisible(c)) {
        return fail("control_character");
    }
    Ok(())
}

/// What keeps several things in one cell of a table apart.
pub const SEPARATORS: [char; 7] = ['、', ',', '，', ';', '；', '/', '|'];

/// Bidirectional overrides, zero-width spaces and the byte-order mark. The zero-width joiner
/// (U+200D) stays: family emoji are made of it.
fn invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The rule for codes such as tracking numbers: ASCII letters, digits, `-` and `_`.
///
/// # Errors
/// `code_invalid`.
pub fn code(value: &str) -> Result<(), ValidationError> {
    let valid = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if valid { Ok(()) } else { fail("code_invalid") }
}

/// The rule for a colour: `#` and six hexadecimal digits.
///
/// # Errors
/// `colour_invalid`.
pub fn colour(value: &str) -> Result<(), ValidationError> {
    let valid =
        value.len() == 7 && value.strip_prefix('#').is_some_and(|hex| hex.chars().all(|c| c.is_ascii_hexdigit()));
    if valid { Ok(()) } else { fail("colour_invalid") }
}

/// The rule for a time of day: `HH:MM`.
///
/// # Errors
/// `time_invalid`.
pub fn clock(value: &str) -> Result<(), ValidationError> {
    if hour_and_minute(value).is_some() { Ok(()) } else { fail("time_invalid") }
}

/// Hour and minute of `HH:MM`.
#[must_use]
pub fn hour_and_minute(value: &str) -> Option<(u32, u32)> {
    let [h1, h2, b':', m1, m2] = value.as_bytes() else { return None };
    let two = |tens: u8, ones: u8| Some(char::from(tens).to_digit(10)? * 10 + char::from(ones).to_digit(10)?);
    let (hour, minute) = (two(*h1, *h2)?, two(*m1, *m2)?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_input_is_folded_and_chinese_punctuation_is_kept() {
        assert_eq!(fold("　１３８００１３８０００ "), "13800138000");
        assert_eq!(fold("你好，世界！"), "你好，世界！");
        assert_eq!(fold("ＡＢＣ＠qq．com"), "ABC@qq.com");
    }

    #[test]
    fn invisible_characters_are_refused_but_emoji_are_not() {
        assert!(line("张\u{200b}三").is_err());
        assert!(line("张\u{202e}三").is_err());
        assert!(line("a\u{0}b").is_err());
        assert!(line("👨‍👩‍👧 一家").is_ok());
        assert!(line("两\n行").is_err());
        assert!(lines("两\n行").is_ok());
        assert!(line("  ").is_err());
    }

    #[test]
    fn times_of_day_have_two_digits_each() {
        assert_eq!(hour_and_minute("09:05"), Some((9, 5)));
        assert_eq!(hour_and_minute("23:59"), Some((23, 59)));
        for bad in ["24:00", "9:05", "09:60", "09:5", "0905", "０9:05", "09：05", ""] {
            assert!(clock(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn colours_are_six_digits() {
        assert!(colour("#0B7A5B").is_ok());
        for bad in ["0B7A5B", "#0B7A5", "#0B7A5G", "#0B7A5BA", ""] {
            assert!(colour(bad).is_err(), "{bad}");
        }
    }
}
