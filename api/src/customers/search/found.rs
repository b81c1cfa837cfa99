//! Why somebody is in the answer to a search.

use serde::Serialize;
use utoipa::ToSchema;

/// Why a customer is in the answer to a search: what to mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Found {
    /// In which field.
    #[serde(rename = "in")]
    pub field: FoundIn,
    /// The first character, counted from 0 in Unicode scalars.
    pub from: usize,
    /// How many characters.
    pub length: usize,
}

/// The fields that a search looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FoundIn {
    /// The name.
    Name,
    /// The company.
    Company,
    /// A phone, of which nothing more is shown than ever.
    Phone,
    /// A field of the business's own, which the list may not show; nothing to mark.
    Own,
}
