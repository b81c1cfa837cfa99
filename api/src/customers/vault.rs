//! What is sealed under a person's own key. Destroying the key erases it all at once.

use super::Customer;
use super::contacts::{EMAIL, WECHAT};
use super::custom::keys::folded;
use crate::crypto::Sealer;
use crate::problem::Problem;
use crate::scope::Scope;
use domain::customers::CustomerPhone;
use domain::phone::Phone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

const COLUMN: &str = "customers.vault";

/// A customer, as far as it is sealed.
pub(crate) trait Person {
    /// Whom it is about.
    fn id(&self) -> Uuid;
    /// The person's data key, wrapped; `None`: erased.
    fn key(&self) -> Option<&[u8]>;
    /// What is sealed.
    fn vault(&self) -> Option<&[u8]>;
}

/// For rows that hold the three columns.
macro_rules! person {
    ($row:ty) => {
        impl crate::customers::vault::Person for $row {
            fn id(&self) -> uuid::Uuid {
                self.id
            }

            fn key(&self) -> Option<&[u8]> {
                self.person_key.as_deref()
            }

            fn vault(&self) -> Option<&[u8]> {
                self.vault.as_deref()
            }
        }
    };
}
pub(super) use person;

person!(Customer);

/// The sealed part of a customer.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Vault {
    pub(super) phones: Vec<SealedPhone>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) emails: Vec<SealedText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) wechat_ids: Vec<SealedText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<String>,
    /// A secret remark; empty when there is none yet, but the next one is to be secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) remark: Option<String>,
    /// What is sealed of the business's own fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) custom: BTreeMap<Uuid, String>,
}

impl Vault {
    /// The ways to reach somebody of which this says something else than another, by the names of their fields.
    pub(super) fn contacts_unlike(&self, other: &Self) -> impl Iterator<Item = &'static str> {
        let unlike = [
            ("phones", self.phones != other.phones),
            ("emails", self.emails != other.emails),
            ("wechat_ids", self.wechat_ids != other.wechat_ids),
            ("address", self.address != other.address),
        ];
        unlike.into_iter().filter(|(_, unlike)| *unlike).map(|(field, _)| field)
    }
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SealedPhone {
    /// E.164.
    pub(super) number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) label: Option<String>,
}

/// An e-mail address or a WeChat id.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SealedText {
    pub(super) text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) label: Option<String>,
}

impl SealedPhone {
    pub(super) fn phone(&self) -> Option<Phone> {
        Phone::parse(&self.number)
    }
}

impl Vault {
    /// Of phones that the rules have passed; a number given twice is kept once.
    pub(super) fn of(phones: Vec<CustomerPhone>) -> Self {
        let mut vault = Self::default();
        for given in phones {
            let Some(phone) = Phone::parse(&given.number) else { continue };
            if !vault.phones.iter().any(|known| known.number == phone.e164()) {
                vault.phones.push(SealedPhone { number: phone.e164().to_owned(), label: given.label });
            }
        }
        vault
    }

    /// The text whose digest stands under a kind and position, as it is compared.
    pub(super) fn folded(&self, kind: &str, position: i64) -> Option<String> {
        let at = usize::try_from(position).ok()?;
        let text = match kind {
            EMAIL => &self.emails.get(at)?.text,
            WECHAT => &self.wechat_ids.get(at)?.text,
            field => self.custom.get(&Uuid::parse_str(field).ok()?)?,
        };
        Some(folded(text))
    }

    pub(super) fn seal(&self, scope: &Scope, key: &Sealer, customer: Uuid) -> Result<Vec<u8>, Problem> {
        let plain = serde_json::to_vec(self).map_err(anyhow::Error::from)?;
        Ok(key.seal(&scope.keys().place(COLUMN, customer), &plain))
    }

    pub(super) fn open(scope: &Scope, customer: &impl Person) -> Result<Self, Problem> {
        let Some(sealed) = customer.vault() else { return Ok(Self::default()) };
        let plain = person_key(scope, customer)?.open(&scope.keys().place(COLUMN, customer.id()), sealed)?;
        Ok(serde_json::from_slice(&plain).map_err(anyhow::Error::from)?)
    }
}

/// The keys for what is sealed with a customer.
///
/// # Errors
/// When it was erased.
pub(crate) fn person_key(scope: &Scope, customer: &impl Person) -> Result<Sealer, Problem> {
    let stored = customer.key().ok_or(Problem::NotFound)?;
    Ok(scope.keys().person_keys(customer.id(), stored)?.vault)
}

/// A customer's phones, whole: for what the person may see or a business must hand out.
pub(crate) fn numbers(scope: &Scope, customer: &impl Person) -> Result<Vec<Phone>, Problem> {
    Ok(Vault::open(scope, customer)?.phones.iter().filter_map(SealedPhone::phone).collect())
}
