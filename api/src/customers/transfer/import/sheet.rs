//! Tables of Excel: the first sheet, cell by cell, after its weight was looked at.

use super::super::cells::rounded;
use super::super::files::{Line, Unread};
use super::read::{COLUMNS, Take, number, refuse};
use super::weigh::{Weight, weigh};
use calamine::{DataRef, Dimensions, ExcelDateTime, Reader as _, Xlsx};
use domain::Violation;
use std::io::Cursor;

/// Merged cells that are looked at.
const MERGED: usize = 1_000;
/// From here on Excel keeps no more digits.
const EXACT: f64 = 1e15;

/// Reads the first sheet of a file of which `limit` bytes may arrive.
pub(super) fn read(bytes: &[u8], limit: usize, take: &mut Take<'_>) -> Result<(), Violation> {
    let Weight { merges, late } = weigh(bytes, limit)?;
    let broken = |_| refuse("file_broken");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let name = book.sheet_names().into_iter().next().ok_or_else(|| refuse("file_broken"))?;
    let merged = if merges { book.merge_cells_by_sheet_name(&name).map_err(broken)? } else { Vec::new() };
    if merged.len() > MERGED {
        return Err(refuse("merged_too_many"));
    }
    let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
    let mut line = begun(1, late, &merged);
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(broken)? {
        let (row, column) = cell.pos;
        let row = i64::from(row) + 1;
        if row != line.number {
            // Rows that go backwards are no rows of Excel's.
            if row < line.number {
                return Err(refuse("file_broken"));
            }
            take(std::mem::replace(&mut line, begun(row, late, &merged)))?;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        match (&cell.value, &cell.formula) {
            // Whatever wrote the file left counting to Excel.
            (DataRef::Empty, Some(_)) => {
                within(column)?;
                line.unread.push((column, Unread::Uncounted));
            }
            (value, _) => put(&mut line, column, value)?,
        }
    }
    take(line)
}

/// A row, with what merged cells hide of it.
fn begun(row: i64, late: bool, merged: &[Dimensions]) -> Line {
    let mut line = Line { late, ..Line::of(row, Vec::new()) };
    for Dimensions { start, end } in merged {
        // Only the first of them has the value; those right of it in the same row hide nothing.
        if i64::from(start.0) + 1 < row && row <= i64::from(end.0) + 1 {
            let columns = start.1..=end.1.min(u32::try_from(COLUMNS).unwrap_or(u32::MAX));
            line.unread.extend(columns.filter_map(|column| Some((usize::try_from(column).ok()?, Unread::Merged))));
        }
    }
    line
}

fn put(line: &mut Line, column: usize, value: &DataRef<'_>) -> Result<(), Violation> {
    let text = match value {
        DataRef::Empty => return Ok(()),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(whole) => whole.to_string(),
        DataRef::Float(float) => spelled(*float),
        DataRef::Bool(yes) => if *yes { "是" } else { "否" }.to_owned(),
        DataRef::DateTime(at) if at.is_datetime() => moment(*at),
        DataRef::DateTime(at) => at.as_f64().to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    };
    within(column)?;
    match value {
        DataRef::Error(_) => line.unread.push((column, Unread::Error)),
        DataRef::Float(float) if float.abs() >= EXACT => line.unread.push((column, Unread::Lost)),
        DataRef::Int(_) | DataRef::Float(_) if rounded(&text) => line.rounded.push(column),
        _ => {}
    }
    if line.cells.len() <= column {
        line.cells.resize(column + 1, String::new());
    }
    if let Some(cell) = line.cells.get_mut(column) {
        *cell = text;
    }
    Ok(())
}

fn within(column: usize) -> Result<(), Violation> {
    if column < COLUMNS { Ok(()) } else { Err(Violation::new("file", "columns_too_many").with("max", number(COLUMNS))) }
}

/// A number as it was typed: a phone stays eleven digits.
fn spelled(float: f64) -> String {
    if float.fract() == 0.0 && float.abs() < EXACT { format!("{float:.0}") } else { float.to_string() }
}

fn moment(at: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let day = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { day } else { format!("{day} {hour:02}:{minute:02}:{second:02}") }
}
