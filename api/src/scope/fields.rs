//! Field rights: what a scope shows of fields that not everybody should see, and what it lets be
//! changed. An amount or a phone reaches an answer only through here.

use super::Scope;
use crate::problem::Problem;
use domain::permission::FieldRule;
use domain::phone::Phone;
use serde::Serialize;
use utoipa::ToSchema;

/// Fen, or `null` for whoever does not see amounts. Only a scope makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Option<i64>)]
pub struct Amount(Option<i64>);

impl Scope {
    /// An amount in fen, as far as it is shown.
    #[must_use]
    pub fn amount(&self, fen: i64) -> Amount {
        Amount(self.fields().amounts.opens().then_some(fen))
    }

    /// A phone masked, as far as it is shown.
    #[must_use]
    pub fn phone_masked(&self, phone: &Phone) -> Option<String> {
        (self.fields().phones != FieldRule::Hide).then(|| phone.masked())
    }

    /// Whether whole numbers may be asked for and looked for.
    ///
    /// # Errors
    /// 403 `field_masked`.
    pub fn opens_phones(&self) -> Result<(), Problem> {
        if self.fields().phones.opens() { Ok(()) } else { Err(Problem::Forbidden("field_masked")) }
    }
}

/// Refuses a change to `field`, unless the rule of its kind lets one see and change it.
///
/// # Errors
/// 422 `field_read_only`.
pub fn changeable(rule: FieldRule, field: &str) -> Result<(), Problem> {
    if rule == FieldRule::Show { Ok(()) } else { Err(Problem::field(field, "field_read_only")) }
}
