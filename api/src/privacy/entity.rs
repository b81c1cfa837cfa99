//! The table of data requests.

use crate::crypto::Sealer;
use crate::customers::{Customer, of_customer, person_key};
use crate::db::Code;
use crate::problem::Problem;
use crate::scope::{Eyes, Scope, every, none};
use domain::permission::{Permission, Resource};
use domain::privacy::{RefusalGround, RequestKind, RequestState};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

const COLUMN: &str = "data_requests.vault";

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "data_requests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer_id: Uuid,
    /// Who asked: they hear of the answer also when the record is gone.
    pub account_id: Uuid,
    pub kind: Code<RequestKind>,
    pub state: Code<RequestState>,
    pub ground: Option<Code<RefusalGround>>,
    /// What was asked and answered, sealed under the person's key.
    pub vault: Option<Vec<u8>>,
    pub due_at: DateTimeUtc,
    pub answered_at: Option<DateTimeUtc>,
    pub answered_by: Option<Uuid>,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
    pub live: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

crate::fields!(of CustomerId);

impl ActiveModelBehavior for ActiveModel {}

crate::tenanted!(aggregate "data_request", |look| match look.eyes {
    Eyes::All => every(),
    Eyes::Staff(sight) if sight.rights.can(Permission::CustomersErase) => {
        // Somebody who was deleted may still ask, so whoever sees all sees theirs too.
        of_customer(Column::CustomerId, look, Resource::Customers)
    }
    Eyes::Staff(_) | Eyes::Orders(_) => none(),
});

/// The words of a request.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Words {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<String>,
}

impl Words {
    pub(super) fn seal(&self, scope: &Scope, key: &Sealer, request: Uuid) -> Result<Vec<u8>, Problem> {
        let plain = serde_json::to_vec(self).map_err(anyhow::Error::from)?;
        Ok(key.seal(&scope.keys().place(COLUMN, request), &plain))
    }

    /// Nothing when there were none, or whoever said them is erased.
    pub(super) fn open(scope: &Scope, customer: &Customer, request: &Model) -> Result<Self, Problem> {
        let (Some(sealed), true) = (&request.vault, customer.person_key.is_some()) else { return Ok(Self::default()) };
        let plain = person_key(scope, customer)?.open(&scope.keys().place(COLUMN, request.id), sealed)?;
        Ok(serde_json::from_slice(&plain).map_err(anyhow::Error::from)?)
    }
}
