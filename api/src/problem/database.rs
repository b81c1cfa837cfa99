//! What the database refused, as a Problem.

use super::Problem;
use crate::db::{Taken, refusal};
use sea_orm::DbErr;

impl From<DbErr> for Problem {
    /// A refusal that no caller gave a name to. The driver's text may quote values, so only its kind
    /// is kept.
    fn from(error: DbErr) -> Self {
        match refusal(&error) {
            Some(Taken::Id) => Self::conflict("id_taken", Some("id")),
            Some(Taken::Unique) => Self::conflict("name_taken", Some("name")),
            Some(Taken::Reference) => Self::NotFound,
            // Two transactions stood in each other's way and this one lost; nothing was written, so the
            // client may simply ask again.
            None if crate::db::collided(&error) => Self::conflict("in_progress", None),
            None if matches!(&error, DbErr::Custom(code) if code == crate::db::READ_ONLY) => {
                Self::Forbidden("row_read_only")
            }
            None => Self::Internal(anyhow::anyhow!("database: {}", kind(&error))),
        }
    }
}

/// The kind of a database error without the values in it.
fn kind(error: &DbErr) -> String {
    match error {
        DbErr::Exec(_) | DbErr::Query(_) => {
            let text = error.to_string();
            // `Duplicate entry '…'`, `Incorrect string value: '…'`: cut what stands between quotes.
            text.split('\'').step_by(2).collect::<Vec<_>>().join("…")
        }
        other => other.to_string(),
    }
}
