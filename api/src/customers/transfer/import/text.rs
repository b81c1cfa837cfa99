//! Tables as text: which letters they are written in, what stands between the columns.

use super::super::files::Line;
use super::read::{LINE, Take, number, refuse};
use csv::ReaderBuilder;
use domain::Violation;
use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// Bytes in which a file shows that it is no text.
const HEAD: usize = 8 * 1024;
/// What may stand between columns.
const BETWEEN: [char; 4] = [',', '\t', ';', '|'];

pub(super) fn read(bytes: &[u8], take: &mut Take<'_>) -> Result<(), Violation> {
    let text = decoded(bytes)?;
    let mut rows =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(&text)).from_reader(text.as_bytes());
    let (mut record, mut line) = (csv::StringRecord::new(), 0_i64);
    while rows.read_record(&mut record).map_err(|_| refuse("file_broken"))? {
        // csv passes blank lines over; the number is the one that a table shows.
        line = record.position().and_then(|at| i64::try_from(at.line()).ok()).unwrap_or(line + 1);
        if record.as_slice().len() > LINE {
            return Err(Violation::new("file", "line_too_long").with("row", line));
        }
        take(Line::of(line, record.iter().map(str::to_owned).collect()))?;
    }
    Ok(())
}

/// The text of a file: UTF-8 or UTF-16 as its first bytes say, else UTF-8 if all of it is, else GBK.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Violation> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(mark..).unwrap_or_default();
        if is_page(rest) {
            return Err(refuse("file_kind_unknown"));
        }
        let text = encoding.decode_without_bom_handling_and_without_replacement(rest);
        let wide = encoding == UTF_16LE || encoding == UTF_16BE;
        return text.ok_or_else(|| if wide { refuse("file_broken") } else { mixed(rest) });
    }
    let head = bytes.get(..HEAD.min(bytes.len())).unwrap_or_default();
    if head.contains(&0) || head.starts_with(b"%PDF") || is_page(head) {
        return Err(refuse("file_kind_unknown"));
    }
    for (at, line) in (1_i64..).zip(bytes.split(|byte| *byte == b'\n')) {
        if line.len() > LINE {
            return Err(Violation::new("file", "line_too_long").with("row", at));
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    // A line that says whole Chinese characters as UTF-8 is no GBK by chance.
    if bytes.split(|byte| *byte == b'\n').any(unmistakable) {
        return Err(mixed(bytes));
    }
    GB18030.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| mixed(bytes))
}

/// A page of the web: many programs call one `.xls`.
fn is_page(head: &[u8]) -> bool {
    let words: Vec<u8> = head.trim_ascii_start().iter().take(20).map(u8::to_ascii_lowercase).collect();
    let begins: [&[u8]; 6] = [b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta", b"<style"];
    begins.iter().any(|begin| words.starts_with(begin))
}

fn unmistakable(line: &[u8]) -> bool {
    std::str::from_utf8(line).is_ok_and(|text| text.chars().any(|c| c >= '\u{800}'))
}

/// Names the first line that is written in other letters than those before it.
fn mixed(bytes: &[u8]) -> Violation {
    let mut first = None;
    let differs = bytes.split(|byte| *byte == b'\n').position(|line| {
        let utf8 = std::str::from_utf8(line).is_ok();
        // Plain letters are the same in both.
        let plain = line.is_ascii();
        !plain && *first.get_or_insert(utf8) != utf8
    });
    Violation::new("file", "encoding_mixed").with("row", number(differs.unwrap_or_default() + 1))
}

/// What stands between columns most often in the first line, outside quotes.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let bare: String = first
        .chars()
        .filter(|c| {
            quoted ^= *c == '"';
            !quoted
        })
        .collect();
    let most = BETWEEN.into_iter().rev().max_by_key(|mark| bare.matches(*mark).count());
    most.and_then(|mark| u8::try_from(mark).ok()).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Result<Vec<Vec<String>>, Violation> {
        let mut rows = Vec::new();
        read(bytes, &mut |line| {
            rows.push(line.cells);
            Ok(())
        })?;
        Ok(rows)
    }

    #[test]
    fn whatever_wrote_it_the_same_is_read() {
        let text = "姓名,公司\n张三,\"山月, 茶行\"\n";
        let wide: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let marked = format!("\u{feff}{text}").into_bytes();
        let tabs = text.replace(',', "\t").replace("\t 茶行", ", 茶行").into_bytes();
        let gbk = GB18030.encode(text).0.into_owned();
        for bytes in [text.as_bytes().to_vec(), wide, marked, tabs, gbk] {
            assert_eq!(
                rows(&bytes),
                Ok(vec![vec!["姓名".into(), "公司".into()], vec!["张三".into(), "山月, 茶行".into()]])
            );
        }
    }

    #[test]
    fn two_ways_of_writing_in_one_file_are_named_by_the_row() {
        let bytes = [b"name\n".as_slice(), "张三\n".as_bytes(), &GB18030.encode("李四\n").0].concat();
        let refused = rows(&bytes).expect_err("mixed");
        assert_eq!((refused.code, refused.params), ("encoding_mixed", vec![("row", 3.into())]));
    }

    #[test]
    fn what_is_no_text_and_a_row_without_an_end_are_refused() {
        let refused = |bytes: &[u8]| rows(bytes).expect_err("refused").code;
        assert_eq!(refused(b"\x89PNG\r\n\x1a\n\0\0\0"), "file_kind_unknown");
        assert_eq!(refused(&[b"a\n".as_slice(), &vec![b'x'; LINE + 1]].concat()), "line_too_long");
        // A quote that nobody closes.
        let lines = "b\n".repeat(LINE);
        assert_eq!(refused(format!("a\n\"{lines}").as_bytes()), "line_too_long");
    }
}
