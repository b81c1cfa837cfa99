//! Writing a table that goes out, row by row and with no more memory than a row takes.

use super::files::Line;
use crate::problem::Problem;
use domain::transfer::TableFormat;
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

/// Bytes that are ready to be sent.
pub(super) struct Out(pub(super) Vec<u8>);

/// A table that is being written.
pub(super) enum Sheet {
    /// Texts with commas between.
    Csv {
        /// Whether something was written.
        begun: bool,
    },
    /// Excel.
    Xlsx(Box<Book>),
}

/// A workbook with one sheet. The parts around it are the fewest that Excel opens; the library for writing
/// workbooks would hold all cells in memory, or on the disk where nobody seals them.
pub(super) struct Book {
    zip: ZipWriter<StreamWriter<Shared>>,
    out: Shared,
    row: u64,
}

#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const PARTS: [(&str, &str); 4] = [
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
];
const DECLARED: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> Problem {
    Problem::Internal(anyhow::Error::new(error))
}

impl Sheet {
    pub(super) fn new(format: TableFormat) -> Self {
        match format {
            TableFormat::Csv => Self::Csv { begun: false },
            TableFormat::Xlsx => {
                let out = Shared::default();
                Self::Xlsx(Box::new(Book { zip: ZipWriter::new_stream(out.clone()), out, row: 0 }))
            }
        }
    }

    /// What a browser is told.
    pub(super) fn content_type(format: TableFormat) -> &'static str {
        match format {
            TableFormat::Csv => "text/csv; charset=utf-8",
            TableFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// Writes a row and hands out what is ready.
    ///
    /// # Errors
    /// Never for a table in memory.
    pub(super) fn row<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> Result<Vec<u8>, Problem> {
        self.cells(cells.map(|cell| (cell, false)))
    }

    /// As [`Sheet::row`], with numbers that Excel counts with.
    ///
    /// # Errors
    /// As [`Sheet::row`].
    pub(super) fn line(&mut self, line: &Line) -> Result<Vec<u8>, Problem> {
        self.cells(line.cells.iter().enumerate().map(|(at, cell)| (cell.as_str(), line.numbers.contains(&at))))
    }

    fn cells<'c>(&mut self, cells: impl Iterator<Item = (&'c str, bool)>) -> Result<Vec<u8>, Problem> {
        match self {
            Self::Csv { begun } => {
                // Excel knows UTF-8 by its mark.
                let head: &[u8] = if std::mem::replace(begun, true) { b"" } else { "\u{feff}".as_bytes() };
                let mut writer = csv::WriterBuilder::new()
                    .terminator(csv::Terminator::CRLF)
                    .flexible(true)
                    .from_writer(head.to_vec());
                writer.write_record(cells.map(|(cell, _)| harmless(cell).into_owned())).map_err(broken)?;
                writer.into_inner().map_err(|error| Problem::Internal(anyhow::anyhow!("{error}")))
            }
            Self::Xlsx(book) => book.write(cells).map_err(broken),
        }
    }

    /// Ends the table.
    ///
    /// # Errors
    /// Never for a table in memory.
    pub(super) fn finish(self) -> Result<Out, Problem> {
        match self {
            Self::Csv { .. } => Ok(Out(Vec::new())),
            Self::Xlsx(book) => book.finish().map_err(broken),
        }
    }
}

impl Book {
    fn begin(&mut self) -> io::Result<()> {
        let options = SimpleFileOptions::default();
        for (name, content) in PARTS {
            self.zip.start_file(name, options)?;
            self.zip.write_all(DECLARED.as_bytes())?;
            self.zip.write_all(content.as_bytes())?;
        }
        self.zip.start_file("xl/worksheets/sheet1.xml", options.large_file(true))?;
        self.zip.write_all(DECLARED.as_bytes())?;
        self.zip
            .write_all(b"<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>")
    }

    fn write<'c>(&mut self, cells: impl Iterator<Item = (&'c str, bool)>) -> io::Result<Vec<u8>> {
        if self.row == 0 {
            self.begin()?;
        }
        self.row += 1;
        let mut row = format!("<row r=\"{}\">", self.row);
        for (cell, counted) in cells {
            if counted && is_number(cell) && cell.len() <= EXACT {
                row.push_str(&format!("<c><v>{cell}</v></c>"));
                continue;
            }
            // A text is never taken for a formula.
            row.push_str("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">");
            cell.chars().for_each(|c| escaped(c, &mut row));
            row.push_str("</t></is></c>");
        }
        row.push_str("</row>");
        self.zip.write_all(row.as_bytes())?;
        Ok(self.out.0.take())
    }

    fn finish(mut self) -> io::Result<Out> {
        if self.row == 0 {
            self.begin()?;
        }
        self.zip.write_all(b"</sheetData></worksheet>")?;
        self.zip.finish()?;
        Ok(Out(self.out.0.take()))
    }
}

fn escaped(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '\t' | '\n' => out.push(c),
        // What XML cannot hold.
        '\u{fffe}' | '\u{ffff}' => {}
        c if c.is_control() => {}
        c => out.push(c),
    }
}

/// Characters of a number that Excel keeps as it is.
const EXACT: usize = 15;

/// `-12.50`: digits with at most a sign and a point.
fn is_number(cell: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let bare = cell.strip_prefix('-').unwrap_or(cell);
    match bare.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(bare),
    }
}

/// A cell that no program takes for a formula: what begins like one gets a `'` in front, which an import takes
/// away again.
fn harmless(cell: &str) -> std::borrow::Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) && !is_number(cell) {
        return format!("'{cell}").into();
    }
    cell.into()
}
