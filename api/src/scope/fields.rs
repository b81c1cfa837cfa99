//! Field rights: what a scope shows of fields that not everybody should see, and what it lets be
//! changed. An amount or a phone reaches an answer only through here.

use super::{Eyes, Scope};
use crate::problem::Problem;
use domain::custom_fields::{CustomKind, Definition};
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

    /// What is shown of a field that the business made itself: what its roles say, for what is sealed
    /// no more than of phones, and for money no more than of amounts. Jobs and the person themselves see them all.
    #[must_use]
    pub fn custom_field(&self, definition: &Definition) -> FieldRule {
        let Eyes::Staff(sight) = &self.eyes else { return FieldRule::Show };
        let named = |roles: &[String]| roles.contains(&sight.role);
        let own = if named(&definition.rules.hidden_from) {
            FieldRule::Hide
        } else if named(&definition.rules.read_only_for) {
            FieldRule::ReadOnly
        } else {
            FieldRule::Show
        };
        // The rules are ordered from open to closed.
        let own = if definition.sealed() { own.max(self.fields().phones) } else { own };
        match definition.kind {
            // A sum has no mask: whoever does not see it whole does not see it.
            CustomKind::Money if !self.opens_money(definition) => FieldRule::Hide,
            CustomKind::Money => own.max(self.fields().amounts),
            _ => own,
        }
    }

    /// Whether the field is no money, or money is shown.
    #[must_use]
    pub(crate) fn opens_money(&self, definition: &Definition) -> bool {
        definition.kind != CustomKind::Money || self.fields().amounts.opens()
    }

    /// The field as whoever asks sees it, with whether they may fill it in; none when they do not.
    #[must_use]
    pub fn custom_seen(&self, definition: &Definition) -> Option<Definition> {
        let rule = self.custom_field(definition);
        (rule != FieldRule::Hide).then(|| Definition { writable: rule == FieldRule::Show, ..definition.clone() })
    }

    /// Whether whole numbers may be asked for and looked for.
    ///
    /// # Errors
    /// 403 `field_masked`.
    pub fn opens_phones(&self) -> Result<(), Problem> {
        opened(self.fields().phones)
    }

    /// Whether whole e-mail addresses may be.
    ///
    /// # Errors
    /// 403 `field_masked`.
    pub fn opens_emails(&self) -> Result<(), Problem> {
        opened(self.fields().emails())
    }
}

fn opened(rule: FieldRule) -> Result<(), Problem> {
    if rule.opens() { Ok(()) } else { Err(Problem::Forbidden("field_masked")) }
}

/// Refuses a change to `field`, unless the rule of its kind lets one see and change it.
///
/// # Errors
/// 422 `field_read_only`.
pub fn changeable(rule: FieldRule, field: &str) -> Result<(), Problem> {
    if rule == FieldRule::Show { Ok(()) } else { Err(Problem::field(field, "field_read_only")) }
}
