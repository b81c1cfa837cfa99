//! E-mails, WeChat ids and the address of a customer: sealed like phones. E-mails have a field rule of their own;
//! WeChat ids and the address follow that of phones.

use super::custom::entity::blind;
use super::custom::keys::folded;
use super::digests;
use super::vault::{SealedText, Vault};
use crate::problem::Problem;
use crate::scope::{Scope, Tx, changeable};
use domain::contacts::{CustomerEmail, CustomerWechat, masked};
use domain::permission::FieldRule;
use sea_orm::{ColumnTrait as _, Condition};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) const EMAIL: &str = "email";
pub(super) const WECHAT: &str = "wechat";

/// Phones, e-mails or WeChat ids of a customer at most, as the rules of a body say (`domain::customers`).
pub(in crate::customers) const SEVERAL: usize = 5;

/// An e-mail address or a WeChat id, masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactView {
    /// `z***@qq.com`.
    pub masked: String,
    /// What it is for.
    pub label: Option<String>,
}

/// What a body says about them; what it does not name stays.
#[derive(Default)]
pub(super) struct Contacts {
    pub(super) emails: Option<Vec<CustomerEmail>>,
    pub(super) wechat_ids: Option<Vec<CustomerWechat>>,
    pub(super) address: Option<Option<String>>,
}

impl Contacts {
    /// Refuses what the actor's role may not set.
    pub(super) fn allowed(&self, scope: &Scope) -> Result<(), Problem> {
        let named = [
            ("emails", self.emails.is_some()),
            ("wechat_ids", self.wechat_ids.is_some()),
            ("address", self.address.is_some()),
        ];
        named
            .iter()
            .filter(|(_, named)| *named)
            .try_for_each(|(field, _)| changeable(contact_rule(scope, field), field))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.emails.is_none() && self.wechat_ids.is_none() && self.address.is_none()
    }

    /// Puts them among what is sealed; one that is given twice is kept once.
    pub(super) fn put_into(&self, vault: &mut Vault) {
        if let Some(emails) = &self.emails {
            vault.emails = unlike(emails.iter().map(|given| (&given.email, &given.label)));
        }
        if let Some(ids) = &self.wechat_ids {
            vault.wechat_ids = unlike(ids.iter().map(|given| (&given.account, &given.label)));
        }
        if let Some(address) = &self.address {
            vault.address.clone_from(address);
        }
    }

    /// Writes their blind indexes anew.
    pub(super) async fn index(&self, tx: &Tx<'_>, customer: Uuid, vault: &Vault, new: bool) -> Result<(), Problem> {
        let kinds = [(EMAIL, self.emails.is_some()), (WECHAT, self.wechat_ids.is_some())];
        let old: Vec<&str> = kinds.into_iter().filter(|(_, named)| *named).map(|(kind, _)| kind).collect();
        if !new && !old.is_empty() {
            let of = Condition::all().add(blind::Column::CustomerId.eq(customer));
            tx.remove::<blind::Entity>(of.add(blind::Column::Kind.is_in(old))).await?;
        }
        Ok(tx.insert_many::<blind::Entity>(self.rows(tx, customer, vault)).await?)
    }

    /// Their blind indexes.
    pub(super) fn rows(&self, scope: &Scope, customer: Uuid, vault: &Vault) -> Vec<blind::ActiveModel> {
        let row = |kind: &'static str| {
            move |(text, at): (&SealedText, i64)| digests::row(scope, customer, (kind, at), &folded(&text.text), false)
        };
        let emails = vault.emails.iter().zip(0..).filter(|_| self.emails.is_some()).map(row(EMAIL));
        emails.chain(vault.wechat_ids.iter().zip(0..).filter(|_| self.wechat_ids.is_some()).map(row(WECHAT))).collect()
    }
}

/// The rule by which one sees and changes a way to reach somebody, by the name of its field; what is none is
/// shown to whoever sees the customer.
pub(crate) fn contact_rule(scope: &Scope, field: &str) -> FieldRule {
    let rules = scope.fields();
    match field {
        "emails" => rules.emails(),
        "phones" | "wechat_ids" | "address" => rules.phones,
        _ => FieldRule::Show,
    }
}

fn unlike<'a>(given: impl Iterator<Item = (&'a String, &'a Option<String>)>) -> Vec<SealedText> {
    let mut kept: Vec<SealedText> = Vec::new();
    for (text, label) in given {
        if !kept.iter().any(|known| folded(&known.text) == folded(text)) {
            kept.push(SealedText { text: text.clone(), label: label.clone() });
        }
    }
    kept
}

/// Masked, as far as they are shown at all.
pub(super) fn shown(rule: FieldRule, held: &[SealedText]) -> Vec<ContactView> {
    if rule == FieldRule::Hide {
        return Vec::new();
    }
    held.iter().map(|text| ContactView { masked: masked(&text.text), label: text.label.clone() }).collect()
}
