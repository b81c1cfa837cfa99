//! What an import looks like from outside.

use super::super::columns;
use super::super::entity::{import, mapping};
use super::super::files::{self, Line};
use crate::customers::custom;
use crate::problem::Problem;
use crate::scope::Reads;
use chrono::{DateTime, Utc};
use domain::transfer::{ColumnUse, ImportState, TableFormat};
use sea_orm::ColumnTrait as _;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Rows that are shown before anything is imported.
const SHOWN: usize = 20;

/// An import and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportView {
    /// Id.
    pub id: Uuid,
    /// Who sent the file.
    pub staff_id: Uuid,
    /// What the file is called.
    pub name: String,
    /// How it is written; what is wrong with it is answered in the same way.
    pub format: TableFormat,
    /// How far it is.
    pub state: ImportState,
    /// Rows of the file, without the words of the columns.
    pub rows: i64,
    /// New customers; of a trial, those that there would be.
    pub created: i64,
    /// Customers that were changed.
    pub updated: i64,
    /// Rows that were left out.
    pub skipped: i64,
    /// Rows that are wrong.
    pub failed: i64,
    /// Rows that were taken back.
    pub reverted: i64,
    /// Rows that were to be taken back and stayed; `errors` says why.
    pub kept: i64,
    /// Rows that came in with something to be told about them.
    pub hinted: i64,
    /// When the file was sent.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// When its rows go: from then on it can be neither started nor taken back.
    pub expires_at: DateTime<Utc>,
}

impl From<import::Model> for ImportView {
    fn from(row: import::Model) -> Self {
        Self {
            id: row.id,
            staff_id: row.staff_id,
            name: row.name,
            format: row.format.0,
            state: row.state.0,
            rows: row.row_count,
            created: row.created,
            updated: row.updated,
            skipped: row.skipped,
            failed: row.failed,
            reverted: row.reverted,
            // Whatever came in was looked at when it was taken back.
            kept: if row.state.0 == ImportState::Reverted { row.created + row.updated - row.reverted } else { 0 },
            hinted: row.hinted.unwrap_or_default(),
            created_at: row.created_at,
            finished_at: row.finished_at,
            expires_at: row.expires_at,
        }
    }
}

/// A row of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowView {
    /// Its number as Excel shows it.
    pub line: i64,
    /// Its cells.
    pub cells: Vec<String>,
}

/// An import with what its file says. Only whoever sent it is shown the rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub import: ImportView,
    /// The words of the columns.
    pub headers: Vec<String>,
    /// The first rows, at most twenty.
    pub preview: Vec<RowView>,
    /// What the columns were meant for the last time, or are probably meant for.
    pub columns: Vec<ColumnUse>,
    /// Whether these columns were imported before.
    pub remembered: bool,
}

pub(super) async fn find(rows: &impl Reads, id: Uuid) -> Result<import::Model, Problem> {
    rows.rows::<import::Entity>().filter(import::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)
}

/// The words of the columns.
pub(super) async fn headers(rows: &impl Reads, import: &import::Model) -> Result<Option<Vec<String>>, Problem> {
    let first = files::get(rows, import.file(), 0).await?;
    Ok(first.and_then(|lines| lines.into_iter().next()).map(|line| line.cells))
}

impl ImportDetail {
    pub(super) async fn of(rows: &impl Reads, row: import::Model) -> Result<Self, Problem> {
        let (mut detail, scope) = (Self::bare(row.clone()), rows.scope());
        if scope.who().id != Some(row.staff_id) {
            return Ok(detail);
        }
        detail.headers = headers(rows, &row).await?.unwrap_or_default();
        let first = files::get(rows, row.file(), 1).await?.unwrap_or_default().into_iter().take(SHOWN);
        detail.preview = first.map(|Line { number, cells, .. }| RowView { line: number, cells }).collect();
        let digest = row.header_digest.unwrap_or_default();
        let known = rows.rows::<mapping::Entity>().filter(mapping::Column::HeaderDigest.eq(digest)).one().await?;
        let known: Option<Vec<ColumnUse>> = known.and_then(|row| serde_json::from_str(row.columns.as_deref()?).ok());
        detail.remembered = known.is_some();
        let own = custom::definitions(rows).await?;
        // A field that is gone since is meant no more.
        let still = |of: &ColumnUse| columns::reads(&of.field, &own).is_ok();
        detail.columns = match known {
            Some(known) => known.into_iter().filter(still).collect(),
            None => columns::guess(&detail.headers, &own),
        };
        Ok(detail)
    }

    fn bare(row: import::Model) -> Self {
        Self { import: row.into(), headers: Vec::new(), preview: Vec::new(), columns: Vec::new(), remembered: false }
    }
}
