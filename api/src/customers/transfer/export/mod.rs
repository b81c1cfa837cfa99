//! Exports: the customers that a selection finds, as whoever asked sees them, written by a job and fetched by a
//! link that ends.

mod file;
mod job;
mod routes;
mod rows;

pub(crate) use job::ExportAsked;
pub(super) use routes::routes;

use domain::bulk::Selection;
use serde::{Deserialize, Serialize};

/// What was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Asked {
    selection: Selection,
    columns: Vec<String>,
}
