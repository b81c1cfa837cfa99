//! What no two customers may have, while one of them is put away and when it comes back.

use super::super::Customer;
use super::super::store::existing;
use super::super::vault::Vault;
use super::all;
use super::entity::{blind, value};
use super::fill::{holder, record, unique_key};
use super::keys::blind_kind;
use crate::problem::Problem;
use crate::scope::Tx;
use domain::custom_fields::Definition;
use domain::json::Tree;
use sea_orm::{ColumnTrait as _, Condition, Set};
use uuid::Uuid;

/// Frees what no two may have: the customer is about to be put away.
pub(in crate::customers) async fn release(tx: &Tx<'_>, customer: Uuid) -> Result<(), Problem> {
    let fields = all(tx).await?;
    if fields.iter().any(|field| field.rules.unique && !field.sealed()) {
        let held = Condition::all().add(value::Column::CustomerId.eq(customer));
        let free = value::ActiveModel { unique_key: Set(None), ..Default::default() };
        tx.derive_all::<value::Entity>(held.add(value::Column::UniqueKey.is_not_null()), free).await?;
    }
    if fields.iter().any(|field| field.rules.unique && field.sealed()) {
        let held = Condition::all().add(blind::Column::CustomerId.eq(customer));
        let free = blind::ActiveModel { only_live: Set(None), ..Default::default() };
        tx.derive_all::<blind::Entity>(held.add(blind::Column::OnlyLive.is_not_null()), free).await?;
    }
    Ok(())
}

/// What no two may have of a customer who is put away.
pub(in crate::customers) type Held = Vec<(Definition, Tree)>;

/// What a customer would hold again who comes back. None: somebody else has some of it by now.
pub(in crate::customers) async fn free(
    tx: &Tx<'_>,
    customer: &Customer,
    vault: &Vault,
) -> Result<Option<Held>, Problem> {
    let held = wanted(tx, customer, vault).await?;
    Ok(other_holder(tx, &held).await?.is_none().then_some(held))
}

/// The refusal that names the field of which somebody else has the value by now, and them.
pub(in crate::customers) async fn taken(
    tx: &Tx<'_>,
    customer: &Customer,
    vault: &Vault,
) -> Result<Option<Problem>, Problem> {
    let held = wanted(tx, customer, vault).await?;
    let Some((definition, who)) = other_holder(tx, &held).await? else { return Ok(None) };
    Ok(Some(Problem::Conflict {
        code: "value_taken",
        field: Some(format!("custom.{}", definition.key).into()),
        current: None,
        existing: Some(existing(tx, who, None).await?),
    }))
}

/// The first field of which somebody has the value, and who that is.
async fn other_holder<'h>(tx: &Tx<'_>, held: &'h Held) -> Result<Option<(&'h Definition, Uuid)>, Problem> {
    for (definition, tree) in held {
        if let Some(who) = holder(tx, definition, tree).await? {
            return Ok(Some((definition, who)));
        }
    }
    Ok(None)
}

async fn wanted(tx: &Tx<'_>, customer: &Customer, vault: &Vault) -> Result<Held, Problem> {
    let fields = all(tx).await?;
    let known = record(&fields, customer.custom.as_deref(), vault);
    let held = |definition: &&Definition| definition.rules.unique;
    Ok(fields
        .iter()
        .filter(held)
        .filter_map(|definition| Some((definition.clone(), known.member(&definition.key)?.clone())))
        .filter(|(_, tree)| *tree != Tree::Null)
        .collect())
}

/// Takes what no two may have again, for a customer who has come back.
pub(in crate::customers) async fn hold(tx: &Tx<'_>, customer: Uuid, held: &Held) -> Result<(), Problem> {
    for (definition, tree) in held {
        if definition.sealed() {
            let its = Condition::all()
                .add(blind::Column::CustomerId.eq(customer))
                .add(blind::Column::Kind.eq(blind_kind(definition.id)));
            let only = blind::ActiveModel { only_live: Set(Some(1)), ..Default::default() };
            tx.derive_all::<blind::Entity>(its, only).await?;
        } else {
            let its = Condition::all()
                .add(value::Column::CustomerId.eq(customer))
                .add(value::Column::FieldId.eq(definition.id));
            let only = value::ActiveModel { unique_key: Set(Some(unique_key(definition, tree))), ..Default::default() };
            tx.derive_all::<value::Entity>(its, only).await?;
        }
    }
    Ok(())
}
