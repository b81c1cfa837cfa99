//! The rows of a table that comes in or goes out: some in a piece, sealed under the business's key, in the
//! database, where every server finds them.

use super::entity::chunk;
use crate::problem::Problem;
use crate::scope::{Reads, Scope, Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, Set};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Rows in a piece; a piece is what one transaction of an import does.
pub(super) const ROWS: usize = 200;
/// Bytes after which a piece is full.
pub(super) const BYTES: usize = 256 * 1024;

/// What cannot be read off a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Unread {
    /// A formula that came to an error.
    #[serde(rename = "e")]
    Error,
    /// A number of more digits than Excel keeps.
    #[serde(rename = "l")]
    Lost,
    /// A formula of which the file does not say what it comes to.
    #[serde(rename = "f")]
    Uncounted,
    /// A part of a merged cell that is not its first.
    #[serde(rename = "m")]
    Merged,
}

/// A row of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// Its number as Excel shows it.
    #[serde(rename = "n")]
    pub(super) number: i64,
    #[serde(rename = "c")]
    pub(super) cells: Vec<String>,
    /// Columns of which nothing can be said, and why.
    #[serde(rename = "u", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unread: Vec<(usize, Unread)>,
    /// Columns with a number so round that its end may be lost: nobody's phone, though it may be an amount.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) rounded: Vec<usize>,
    /// Columns with a number that goes out, to be counted with.
    #[serde(rename = "v", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) numbers: Vec<usize>,
    /// Days that are numbers are counted from 1904.
    #[serde(rename = "d", default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) late: bool,
}

impl Line {
    pub(super) fn of(number: i64, cells: Vec<String>) -> Self {
        Self { number, cells, ..Self::default() }
    }

    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map(String::as_str).unwrap_or_default()
    }

    /// Bytes that it takes, about.
    pub(super) fn size(&self) -> usize {
        self.cells.iter().map(|cell| cell.len() + 3).sum()
    }

    pub(super) fn is_blank(&self) -> bool {
        self.unread.is_empty() && self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

fn place(scope: &Scope, file: Uuid, position: i64) -> String {
    format!("{}|{position}", scope.keys().place("file_chunks.sealed", file))
}

/// Keeps a piece of a file.
pub(super) async fn put(tx: &Tx<'_>, file: Uuid, position: i64, lines: &[Line]) -> Result<(), Problem> {
    let plain = serde_json::to_vec(lines).map_err(anyhow::Error::from)?;
    let piece = chunk::ActiveModel {
        file_id: Set(file),
        position: Set(position),
        sealed: Set(Some(tx.keys().files.seal(&place(tx, file, position), &plain))),
        ..Default::default()
    };
    Ok(tx.insert_many::<chunk::Entity>([piece]).await?)
}

/// A file, and until when its rows may be read.
pub(super) type File = (Uuid, DateTime<Utc>);

/// A piece of a file; none when its time is over, when it is not there any more, or the key that sealed it is not.
pub(super) async fn get(rows: &impl Reads, (file, until): File, position: i64) -> Result<Option<Vec<Line>>, Problem> {
    if until <= rows.scope().now() {
        return Ok(None);
    }
    let found = rows
        .rows::<chunk::Entity>()
        .filter(chunk::Column::FileId.eq(file))
        .filter(chunk::Column::Position.eq(position))
        .one()
        .await?;
    let scope = rows.scope();
    let sealed = found.and_then(|piece| piece.sealed).unwrap_or_default();
    let Ok(plain) = scope.keys().files.open(&place(scope, file, position), &sealed) else { return Ok(None) };
    Ok(Some(serde_json::from_slice(&plain).map_err(anyhow::Error::from)?))
}

/// Lets the rows of a file go.
pub(super) async fn forget(tx: &Tx<'_>, file: Uuid) -> Result<(), Problem> {
    tx.remove::<chunk::Entity>(chunk::Column::FileId.eq(file)).await?;
    Ok(())
}
