//! RFC 7396 merge patches. In a struct under `#[patch]` every field is a [`Change`] or a [`Patch`].
//!
//! They are plain options, so a handler writes `if let Some(company) = changes.company { row.company
//! = Set(company) }`. What an alias cannot say (`null` in a `Change` is refused, `null` in a `Patch`
//! clears) the attribute says to serde, to OpenAPI and to the rule table at once.

use serde::{Deserialize, Deserializer};

/// A field that can be changed but not cleared: absent = untouched, `null` = `required`.
pub type Change<T> = Option<T>;

/// A field that can be changed and cleared: absent = untouched, `null` = `Some(None)`.
pub type Patch<T> = Option<Option<T>>;

/// How serde reads a [`Change`].
///
/// # Errors
/// When the value is `null` or does not fit.
pub fn change<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Change<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// How serde reads a [`Patch`].
///
/// # Errors
/// When the value does not fit.
pub fn patch<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Patch<T>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
