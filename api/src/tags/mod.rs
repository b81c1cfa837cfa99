//! Tags 标签 in groups.

pub(crate) mod entity;
mod routes;

pub(crate) use routes::{TagGroupView, TagView, routes};

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A tag as it is shown on a customer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TagLabel {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// `#RRGGBB`.
    pub colour: String,
    /// Whether a rule gave it, which takes it away when its filter does not hold any more.
    pub by_rule: bool,
}
