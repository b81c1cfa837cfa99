//! Queries on customers with more than one caller.

use super::entity::{customer, phone};
use super::vault::{SealedPhone, Vault};
use super::{Column, Customer, Entity};
use crate::db::{Taken, refusal};
use crate::problem::Problem;
use crate::scope::{Reads, Tx};
use crate::tenants::staff;
use chrono::{DateTime, Utc};
use domain::phone::Phone;
use sea_orm::{ColumnTrait as _, Condition, Set};
use serde_json::json;
use uuid::Uuid;

/// The customer, if the scope may see it.
///
/// # Errors
/// 404.
pub(crate) async fn find(rows: &impl Reads, id: Uuid) -> Result<Customer, Problem> {
    rows.rows::<Entity>().filter(Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)
}

/// Notes when a customer was last spoken to and when the next time is due.
///
/// # Errors
/// 404 when the scope may not see the customer.
pub(crate) async fn spoken_to(
    tx: &Tx<'_>,
    id: Uuid,
    at: Option<DateTime<Utc>>,
    next: Option<DateTime<Utc>>,
) -> Result<(), Problem> {
    let mut change = customer::ActiveModel::default();
    if next.is_some() {
        change.next_contact_at = Set(next);
    }
    if let Some(at) = at {
        // What is written down late does not turn the last contact back.
        let earlier = Condition::any().add(Column::LastContactAt.is_null()).add(Column::LastContactAt.lte(at));
        let this = Condition::all().add(Column::Id.eq(id)).add(Column::Live.eq(1)).add(earlier);
        let latest =
            customer::ActiveModel { last_contact_at: Set(Some(at)), updated_at: Set(tx.now()), ..change.clone() };
        if tx.derive_all::<Entity>(this, latest).await? == 1 {
            return Ok(());
        }
    }
    if tx.derive::<Entity>(id, change).await? { Ok(()) } else { Err(Problem::NotFound) }
}

/// Writes the blind indexes of a customer's phones. The first phone must be no other live
/// customer's first phone.
pub(super) async fn index_phones(tx: &Tx<'_>, customer: Uuid, vault: &Vault) -> Result<(), Problem> {
    let keys = tx.keys();
    let rows = vault.phones.iter().filter_map(SealedPhone::phone).enumerate().map(|(at, number)| phone::ActiveModel {
        customer_id: Set(customer),
        position: Set(i64::try_from(at).unwrap_or(i64::MAX)),
        digest: Set(keys.phone_digest(&number)),
        last_four: Set(keys.last_four_digest(number.last_four())),
        primary_live: Set((at == 0).then_some(1)),
        ..Default::default()
    });
    match tx.insert_many::<phone::Entity>(rows).await {
        Err(error) if refusal(&error) == Some(Taken::Unique) => {
            let first = vault.phones.first().and_then(SealedPhone::phone).ok_or(Problem::NotFound)?;
            Err(phone_taken(tx, &first).await?)
        }
        other => Ok(other?),
    }
}

/// The refusal that names the customer in the way, masked, and who looks after them.
async fn phone_taken(tx: &Tx<'_>, number: &Phone) -> Result<Problem, Problem> {
    let index = tx
        .find_masked::<phone::Entity>()
        .filter(phone::Column::Digest.eq(tx.keys().phone_digest(number)))
        .filter(phone::Column::PrimaryLive.eq(1))
        .one()
        .await?;
    let Some(index) = index else { return Ok(Problem::conflict("phone_taken", Some("phones.0.number"))) };
    let there = tx.find_masked::<Entity>().filter(Column::Id.eq(index.customer_id)).one().await?;
    let owner = match &there {
        Some(there) => tx.find_masked::<staff::Entity>().filter(staff::Column::Id.eq(there.owner_id)).one().await?,
        None => None,
    };
    let visible = tx.find::<Entity>().filter(Column::Id.eq(index.customer_id)).one().await?.is_some();
    let existing = json!({
        "id": visible.then_some(index.customer_id),
        "name_masked": there.map(|there| masked_name(&there.name)),
        "phone_masked": number.masked(),
        "owner_name": owner.map(|owner| owner.name),
    });
    Ok(Problem::Conflict {
        code: "phone_taken",
        field: Some("phones.0.number"),
        current: None,
        existing: Some(existing),
    })
}

/// `张*`, `欧阳**`: enough to recognise, not enough to learn.
pub(super) fn masked_name(name: &str) -> String {
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().collect();
    format!("{first}{}", "*".repeat(letters.count().clamp(1, 3)))
}
