//! Replacing keys 更换密钥: what an operator may ask for.

use crate::prelude::*;

codes! {
    /// Which key of a business.
    pub enum RotationKind {
        /// The one that wraps the keys of its persons.
        Keys = "keys",
        /// The one of the digests by which phones are found.
        Indexes = "indexes",
    }
}

/// Replaces a key of a business, in the background.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRotation {
    /// Which key.
    pub what: RotationKind,
}
