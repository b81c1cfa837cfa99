//! What a workbook unfolds to, looked at before anybody reads it: what a file says about its own size is believed
//! only when it says too much.

use super::read::{LINE, number, refuse};
use domain::Violation;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// How many times the size that may arrive a file may unfold to. Of the texts that cells share, which are held in
/// memory, it is half as much again.
const UNFOLDED: u64 = 10;
/// Parts of a file.
const PARTS: usize = 2_000;
/// Letters of a tag that are looked at.
const TAG: usize = 300;

/// What was seen on the way.
#[derive(Default)]
pub(super) struct Weight {
    /// There are merged cells.
    pub(super) merges: bool,
    /// Days are counted from 1904, as Excel for the Mac did.
    pub(super) late: bool,
}

/// Unfolds the parts of a file without keeping them, as far as they may go.
pub(super) fn weigh(bytes: &[u8], limit: usize) -> Result<Weight, Violation> {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    let (all, shared) = (limit.saturating_mul(UNFOLDED), limit.saturating_mul(3) / 2);
    let broken = |_| refuse("file_broken");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > PARTS {
        return Err(refuse("file_kind_unknown"));
    }
    let (mut weight, mut total, mut book, mut buffer) = (Weight::default(), 0_u64, false, vec![0; 64 * 1024]);
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(broken)?;
        let name = part.name().map_err(broken)?.to_ascii_lowercase();
        book = book || name.ends_with("workbook.xml");
        // Pictures are never unfolded.
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        let most = if name.contains("sharedstrings") { shared } else { all };
        if part.size() > most || total.saturating_add(part.size()) > all {
            return Err(too_large(most));
        }
        let (mut own, mut tag) = (0_u64, Tag::default());
        loop {
            let read = part.read(&mut buffer).map_err(|_| refuse("file_broken"))?;
            if read == 0 {
                break;
            }
            own += u64::try_from(read).unwrap_or(u64::MAX);
            if own > most || total + own > all {
                return Err(too_large(most));
            }
            tag.goes_on(buffer.get(..read).unwrap_or_default(), &mut |tag| {
                weight.merges = weight.merges || tag.starts_with(b"mergeCell ");
                weight.late = weight.late || tag.starts_with(b"workbookPr ") && counts_from_1904(tag);
            })?;
        }
        total += own;
    }
    if book { Ok(weight) } else { Err(refuse("file_kind_unknown")) }
}

fn too_large(most: u64) -> Violation {
    refuse("archive_too_large").with("max", i64::try_from(most / (1024 * 1024)).unwrap_or(i64::MAX))
}

fn counts_from_1904(tag: &[u8]) -> bool {
    let tag = String::from_utf8_lossy(tag);
    ["date1904=\"1\"", "date1904=\"true\"", "date1904='1'"].iter().any(|said| tag.contains(said))
}

/// The tag that is being read, and the text behind it.
#[derive(Default)]
struct Tag {
    start: Vec<u8>,
    length: usize,
}

impl Tag {
    /// Reads on and shows every tag that ends. A cell as long as a book would be held in memory as a whole.
    fn goes_on(&mut self, piece: &[u8], seen: &mut dyn FnMut(&[u8])) -> Result<(), Violation> {
        for (at, text) in piece.split(|byte| *byte == b'<').enumerate() {
            if at > 0 {
                seen(&self.start);
                self.start.clear();
                self.length = 0;
            }
            let room = TAG.saturating_sub(self.start.len()).min(text.len());
            self.start.extend_from_slice(text.get(..room).unwrap_or_default());
            self.length += text.len();
            if self.length > LINE {
                return Err(refuse("cell_too_long").with("max", number(LINE / (1024 * 1024))));
            }
        }
        Ok(())
    }
}
