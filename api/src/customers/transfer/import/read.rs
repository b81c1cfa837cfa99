//! Reading a table that somebody sent, whatever wrote it: row by row, so that a large one costs no more memory
//! than a small one, and with a clear reason for a file that cannot be read.

use super::super::columns;
use super::super::files::Line;
use super::{sheet, text};
use domain::Violation;
use domain::transfer::TableFormat;

/// Columns of a table at most.
pub(super) const COLUMNS: usize = 200;
/// Bytes of a row at most.
pub(super) const LINE: usize = 1024 * 1024;

/// Takes a row; a refusal ends the reading.
pub(super) type Take<'t> = dyn FnMut(Line) -> Result<(), Violation> + 't;

/// What is wrong with the file as a whole.
pub(super) fn refuse(code: &'static str) -> Violation {
    Violation::new("file", code)
}

/// Whether a row is a title that stands above a table: it names no column, and the row below it does.
fn is_title(line: &Line, below: &Line) -> bool {
    let names = |line: &Line| !columns::guess(&line.cells, &[]).is_empty();
    line.cells.iter().filter(|cell| !cell.trim().is_empty()).count() == 1 && !names(line) && names(below)
}

/// Reads a table of which `limit` bytes may arrive, blank rows and a title above it aside; the first one that is taken
/// holds the words of the columns.
///
/// # Errors
/// Why the file cannot be read; nothing of it is to be kept then.
pub(super) fn read(bytes: &[u8], limit: usize, take: &mut Take<'_>) -> Result<TableFormat, Violation> {
    let (mut count, mut first) = (0_usize, None::<Line>);
    let mut taken = |line: Line| {
        if line.cells.len() > COLUMNS {
            return Err(Violation::new("file", "columns_too_many").with("max", number(COLUMNS)));
        }
        if line.size() > LINE {
            return Err(Violation::new("file", "line_too_long").with("row", line.number));
        }
        if line.is_blank() {
            return Ok(());
        }
        count += 1;
        if count == 1 {
            first = Some(line);
            return Ok(());
        }
        match first.take() {
            Some(title) if is_title(&title, &line) => count = 1,
            Some(words) => take(words)?,
            None => {}
        }
        take(line)
    };
    let format = if bytes.starts_with(b"PK") {
        sheet::read(bytes, limit, &mut taken)?;
        TableFormat::Xlsx
    } else {
        text::read(bytes, &mut taken)?;
        TableFormat::Csv
    };
    if count < 2 { Err(refuse("file_empty")) } else { Ok(format) }
}

pub(super) fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::transfer::sheet::{Out, Sheet};

    #[test]
    fn a_table_endures_whatever_is_done_to_it() {
        let rows =
            [["姓名", "手机", "生日"], ["张三", "13800138000", "1990-02-28"], ["=cmd|' /C calc'!A0", "1.38E+10", ""]];
        let mut book = Sheet::new(TableFormat::Xlsx);
        let mut xlsx = Vec::new();
        for row in rows {
            xlsx.extend(book.row(row.iter().copied()).expect("a row"));
        }
        let Out(rest) = book.finish().expect("an end");
        xlsx.extend(rest);
        let csv = rows.map(|row| row.join(",")).join("\r\n");
        let gbk = encoding_rs::GB18030.encode(&csv).0.into_owned();
        let samples = [xlsx, csv.clone().into_bytes(), gbk, format!("\u{feff}{csv}").into_bytes(), b"\"a\nb".to_vec()];
        for sample in samples.iter().take(4) {
            let mut lines = Vec::new();
            read(sample, LINE, &mut |line| {
                lines.push(line);
                Ok(())
            })
            .expect("a table");
            assert_eq!(lines.iter().map(|line| line.cell(1)).collect::<Vec<_>>(), ["手机", "13800138000", "1.38E+10"]);
        }
        crate::mutants::endure(&samples, |bytes| {
            let _ = read(bytes, LINE, &mut |_| Ok(()));
        });
    }
}
