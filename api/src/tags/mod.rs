//! Tags 标签 in groups.

pub(crate) mod entity;
mod routes;

pub use entity::tag::Model as Tag;
pub(crate) use routes::routes;

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
}

impl From<Tag> for TagLabel {
    fn from(tag: Tag) -> Self {
        Self { id: tag.id, name: tag.name, colour: tag.colour }
    }
}
