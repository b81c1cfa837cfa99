//! Where an order goes, sealed under the customer's own key.

use super::Order;
use crate::crypto::Sealer;
use crate::problem::Problem;
use crate::scope::Scope;
use domain::phone::Phone;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const COLUMN: &str = "orders.vault";

/// The sealed part of an order.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Destination {
    pub(crate) receiver: String,
    /// E.164.
    pub(crate) phone: String,
    pub(crate) address: String,
}

impl Destination {
    pub(super) fn seal(&self, scope: &Scope, key: &Sealer, order: Uuid) -> Result<Vec<u8>, Problem> {
        let plain = serde_json::to_vec(self).map_err(anyhow::Error::from)?;
        Ok(key.seal(&scope.keys().place(COLUMN, order), &plain))
    }

    pub(super) fn open(scope: &Scope, key: &Sealer, order: &Order) -> Result<Self, Problem> {
        let sealed = order.vault.as_deref().ok_or(Problem::NotFound)?;
        let plain = key.open(&scope.keys().place(COLUMN, order.id), sealed)?;
        Ok(serde_json::from_slice(&plain).map_err(anyhow::Error::from)?)
    }

    /// The names of what differs: the record says no more of it.
    pub(super) fn unlike(&self, other: &Self) -> impl Iterator<Item = &'static str> {
        let differs = [
            ("receiver", self.receiver != other.receiver),
            ("phone", self.phone != other.phone),
            ("address", self.address != other.address),
        ];
        differs.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name)
    }

    pub(crate) fn phone(&self) -> Option<Phone> {
        Phone::parse(&self.phone)
    }
}
