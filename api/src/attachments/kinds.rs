//! What a file is: its bytes say so, never its name.

use domain::attachments::AttachmentKind;
use encoding_rs::GB18030;
use std::io::Cursor;
use zip::ZipArchive;

/// Names in an archive that are looked at: a document has some dozens.
const ENTRIES: usize = 2_000;

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    /// This kind.
    Is(AttachmentKind),
    /// An archive: which one, says what is in it.
    Packed,
    /// Nothing that is taken.
    Refused,
}

/// Looks at the beginning of a file; `whole` says that there is no more of it.
pub(super) fn first(head: &[u8], whole: bool) -> First {
    let webp = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP");
    match head {
        _ if head.starts_with(b"\xff\xd8\xff") => First::Is(AttachmentKind::Jpeg),
        _ if head.starts_with(b"\x89PNG\r\n\x1a\n") => First::Is(AttachmentKind::Png),
        _ if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") => First::Is(AttachmentKind::Gif),
        _ if webp => First::Is(AttachmentKind::Webp),
        _ if head.starts_with(b"%PDF-") => First::Is(AttachmentKind::Pdf),
        _ if head.starts_with(b"PK\x03\x04") => First::Packed,
        _ if text(head, whole) => First::Is(AttachmentKind::Text),
        _ => First::Refused,
    }
}

/// Whether these bytes may stand in a plain text, wherever they are cut.
pub(super) fn plain(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte >= 0x20 && *byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\r'))
}

/// Plain text in UTF-8 or GBK that no browser would take for a page or a drawing.
fn text(head: &[u8], whole: bool) -> bool {
    let bare = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if !plain(bare) || bare.trim_ascii_start().starts_with(b"<") {
        return false;
    }
    let lower = bare.to_ascii_lowercase();
    let marks: [&[u8]; 4] = [b"<html", b"<svg", b"<script", b"<!doctype"];
    if marks.iter().any(|mark| lower.windows(mark.len()).any(|some| some == *mark)) {
        return false;
    }
    match std::str::from_utf8(bare) {
        Ok(_) => true,
        // The last letter may be cut.
        Err(error) if error.error_len().is_none() && !whole => true,
        Err(_) => gbk(bare, whole),
    }
}

fn gbk(bytes: &[u8], whole: bool) -> bool {
    let read = |bytes: &[u8]| GB18030.decode_without_bom_handling_and_without_replacement(bytes).is_some();
    // A letter has at most four bytes.
    let cut = if whole { 0 } else { 3 };
    (0..=cut).any(|left| bytes.get(..bytes.len().saturating_sub(left)).is_some_and(read))
}

/// What is in an archive; none for what is no document.
pub(super) fn packed(bytes: &[u8]) -> Option<AttachmentKind> {
    let archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    if archive.len() > ENTRIES || archive.index_for_name("[Content_Types].xml").is_none() {
        return None;
    }
    // A document that brings programs along is none, nor one whose names cannot be read.
    if !archive.file_names().all(|name| name.is_ok_and(|name| !name.ends_with("vbaProject.bin"))) {
        return None;
    }
    let has = |name: &str| archive.index_for_name(name).is_some();
    match (has("word/document.xml"), has("xl/workbook.xml")) {
        (true, false) => Some(AttachmentKind::Docx),
        (false, true) => Some(AttachmentKind::Xlsx),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use zip::write::SimpleFileOptions;

    fn archive(names: &[&str]) -> Vec<u8> {
        let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            out.start_file(*name, SimpleFileOptions::default()).expect("a file");
            out.write_all(b"<x/>").expect("written");
        }
        out.finish().expect("an archive").into_inner()
    }

    #[test]
    fn the_bytes_say_what_a_file_is() {
        for (bytes, kind) in [
            (b"\xff\xd8\xff\xe0\0\x10JFIF".as_slice(), First::Is(AttachmentKind::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", First::Is(AttachmentKind::Png)),
            (b"GIF89a\x01\0", First::Is(AttachmentKind::Gif)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", First::Is(AttachmentKind::Webp)),
            (b"RIFF\x10\0\0\0WAVEfmt ", First::Refused),
            (b"%PDF-1.7\n%\xe2\xe3", First::Is(AttachmentKind::Pdf)),
            (b"PK\x03\x04\x14\0", First::Packed),
            ("合同要点\n1 < 2".as_bytes(), First::Is(AttachmentKind::Text)),
            (b"\xd5\xc5\xc8\xfd\n", First::Is(AttachmentKind::Text)),
            (b"\xef\xbb\xbf a\tb", First::Is(AttachmentKind::Text)),
            (b" \n<svg xmlns='http://www.w3.org/2000/svg'/>", First::Refused),
            (b"<?xml version='1.0'?>", First::Refused),
            (b"hello <SCRIPT>alert(1)</SCRIPT>", First::Refused),
            (b"MZ\x90\0\x03", First::Refused),
            (b"\x7fELF\x02", First::Refused),
        ] {
            assert_eq!(first(bytes, true), kind, "{bytes:?}");
        }
    }

    #[test]
    fn a_letter_that_is_cut_in_two_is_no_reason_to_refuse_a_text() {
        let bytes = "山月".as_bytes();
        assert_eq!(first(&bytes[..4], false), First::Is(AttachmentKind::Text));
        assert_eq!(first(&[b"\xd5\xc5".as_slice(), b"\xc8"].concat(), false), First::Is(AttachmentKind::Text));
    }

    #[test]
    fn an_archive_is_what_is_in_it() {
        let types = "[Content_Types].xml";
        assert_eq!(packed(&archive(&[types, "word/document.xml"])), Some(AttachmentKind::Docx));
        assert_eq!(packed(&archive(&["xl/workbook.xml", types])), Some(AttachmentKind::Xlsx));
        for names in
            [&["word/document.xml"][..], &[types, "a.exe"], &[types, "word/document.xml", "word/vbaProject.bin"]]
        {
            assert_eq!(packed(&archive(names)), None, "{names:?}");
        }
        assert_eq!(packed(b"PK\x03\x04 and nothing more"), None);
    }

    #[test]
    fn whatever_is_done_to_a_file_it_is_looked_at() {
        let samples = [archive(&["[Content_Types].xml", "word/document.xml"]), "张三\n".as_bytes().to_vec()];
        crate::mutants::endure(&samples, |bytes| {
            first(bytes, bytes.len() % 2 == 0);
            packed(bytes);
        });
    }
}
