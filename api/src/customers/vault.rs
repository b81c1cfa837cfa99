//! What is sealed under a person's own key. Destroying the key erases it all at once.

use super::Customer;
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

/// The sealed part of a customer.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Vault {
    pub(super) phones: Vec<SealedPhone>,
    /// What is sealed of the business's own fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) custom: BTreeMap<Uuid, String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SealedPhone {
    /// E.164.
    pub(super) number: String,
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

    /// The same with other phones, where there are any.
    pub(super) fn with(&self, phones: Option<&Self>) -> Self {
        let phones = phones.map_or_else(|| self.phones.clone(), |other| other.phones.clone());
        Self { phones, custom: self.custom.clone() }
    }

    /// The text whose digest stands under a kind and position, as it is compared.
    pub(super) fn folded(&self, kind: &str, position: i64) -> Option<String> {
        let text = match Uuid::parse_str(kind) {
            Ok(field) if position == 0 => self.custom.get(&field),
            _ => None,
        };
        text.map(|text| folded(text))
    }

    pub(super) fn seal(&self, scope: &Scope, key: &Sealer, customer: Uuid) -> Result<Vec<u8>, Problem> {
        let plain = serde_json::to_vec(self).map_err(anyhow::Error::from)?;
        Ok(key.seal(&scope.keys().place(COLUMN, customer), &plain))
    }

    pub(super) fn open(scope: &Scope, customer: &Customer) -> Result<Self, Problem> {
        let Some(sealed) = &customer.vault else { return Ok(Self::default()) };
        let plain = person_key(scope, customer)?.open(&scope.keys().place(COLUMN, customer.id), sealed)?;
        Ok(serde_json::from_slice(&plain).map_err(anyhow::Error::from)?)
    }
}

/// The keys for what is sealed with a customer.
///
/// # Errors
/// When it was erased.
pub(crate) fn person_key(scope: &Scope, customer: &Customer) -> Result<Sealer, Problem> {
    let stored = customer.person_key.as_deref().ok_or(Problem::NotFound)?;
    Ok(scope.keys().person_keys(customer.id, stored)?.vault)
}

/// A customer's phones, whole: for what the person may see or a business must hand out.
pub(crate) fn numbers(scope: &Scope, customer: &Customer) -> Result<Vec<Phone>, Problem> {
    Ok(Vault::open(scope, customer)?.phones.iter().filter_map(SealedPhone::phone).collect())
}
