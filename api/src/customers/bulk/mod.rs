//! Bulk actions: one change to many customers, in the background, with progress, and an undo for half an hour.

mod apply;
mod custom;
pub(crate) mod entity;
mod job;
mod routes;
mod undo;

pub(crate) use apply::BulkMessage;
pub(crate) use custom::resealed;
pub(crate) use job::BulkAsked;
pub(super) use routes::{of_all, of_one};

use domain::bulk::{BulkChange, Selection};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is done to each customer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Asked {
    Change(BulkChange),
    Delete(Selection),
}

impl Asked {
    const fn selection(&self) -> &Selection {
        match self {
            Self::Change(change) => &change.selection,
            Self::Delete(selection) => selection,
        }
    }
}

/// What stood in a row before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Before {
    /// Owner and pool, if they changed.
    owner: Option<(Uuid, Option<Uuid>)>,
    type_: Option<String>,
    /// Tags that were not there.
    added: Vec<Uuid>,
    /// Tags that were.
    removed: Vec<Uuid>,
    deleted: bool,
    /// The offer that they were given, as it lies in their hands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offered: Option<Uuid>,
    /// What the business's own fields held, sealed under the key of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    custom: Option<String>,
}
