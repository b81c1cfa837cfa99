//! What a file is called: as it was sent, without what a name is not for, and with an ending that says what it is.

use domain::attachments::AttachmentKind;

/// Characters of a name that are kept.
const LENGTH: usize = 100;
/// Characters of an ending that are looked at.
const ENDING: usize = 6;

/// A name that may stand on any disk.
pub(super) fn kept(given: &str) -> String {
    let folded = domain::text::fold(given);
    let bare = folded.rsplit(['/', '\\']).next().unwrap_or_default();
    let wrong = |c: &char| c.is_control() || matches!(c, '"' | ':' | '*' | '?' | '<' | '>' | '|') || turns(*c);
    let name: String = bare.chars().filter(|c| !wrong(c)).collect();
    let name = name.trim_matches(['.', ' ']);
    let over = name.chars().count().saturating_sub(LENGTH);
    if over == 0 {
        return name.to_owned();
    }
    // What is cut is the middle, so that the ending stays.
    let tail: String = name.chars().skip(LENGTH + over - ENDING).collect();
    name.chars().take(LENGTH - ENDING).chain(tail.chars()).collect()
}

/// Letters that turn the direction of reading: `gpj.exe` would be read as `exe.jpg`.
const fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The name with an ending that says what it is.
pub(super) fn ending(name: &str, kind: AttachmentKind) -> String {
    let lower = name.to_lowercase();
    if kind.endings().iter().any(|ending| lower.ends_with(ending)) {
        return name.to_owned();
    }
    let first = kind.endings().first().copied().unwrap_or_default();
    let name = if name.is_empty() { "附件" } else { name };
    format!("{name}{first}")
}

/// `Content-Disposition` of a file that is saved (RFC 6266): the name in letters that everybody reads, and as it is.
pub(super) fn disposition(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' };
    let mut spelled = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            spelled.push(char::from(byte));
        } else {
            spelled.push_str(&format!("%{byte:02X}"));
        }
    }
    let ascii: String = name.chars().map(plain).collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{spelled}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_only_a_name() {
        assert_eq!(kept("C:\\照片\\张三 身份证.JPG"), "张三 身份证.JPG");
        assert_eq!(kept("../../etc/passwd"), "passwd");
        assert_eq!(kept("a\u{202e}gpj.exe\r\n"), "agpj.exe");
        assert_eq!(kept("..."), "");
        let long = format!("{}.jpeg", "长".repeat(300));
        let cut = kept(&long);
        assert!(cut.chars().count() == 100 && cut.ends_with("长.jpeg"), "{cut}");
    }

    #[test]
    fn the_ending_says_what_it_is() {
        assert_eq!(ending("合同.PDF", AttachmentKind::Pdf), "合同.PDF");
        assert_eq!(ending("页面.html", AttachmentKind::Text), "页面.html.txt");
        assert_eq!(ending("", AttachmentKind::Jpeg), "附件.jpg");
    }

    #[test]
    fn a_name_in_a_header_is_spelled_for_everybody() {
        assert_eq!(
            disposition("合同 1.pdf"),
            "attachment; filename=\"__ 1.pdf\"; filename*=UTF-8''%E5%90%88%E5%90%8C%201.pdf"
        );
    }
}
