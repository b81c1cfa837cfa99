//! Queries on customers with more than one caller.

use super::entity::{customer, phone};
use super::tagging::spoken;
use super::vault::{SealedPhone, Vault};
use super::{Column, Customer, Entity};
use crate::db::{Taken, refusal};
use crate::problem::Problem;
use crate::scope::{Reads, Scope, Tx};
use crate::tenants::staff;
use chrono::{DateTime, Utc};
use domain::phone::Phone;
use sea_orm::{ColumnTrait as _, Condition, DbErr, QueryOrder as _, QuerySelect as _, Set};
use serde_json::{Value, json};
use uuid::Uuid;

/// Phones that get their second digests in one transaction.
const FILLED: u64 = 200;

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
            return spoken(tx, &[id]).await;
        }
    }
    if !tx.derive::<Entity>(id, change).await? {
        return Err(Problem::NotFound);
    }
    spoken(tx, &[id]).await
}

/// Writes the blind indexes of a customer's phones. The first phone must be no other live
/// customer's first phone.
pub(super) async fn index_phones(tx: &Tx<'_>, customer: Uuid, vault: &Vault) -> Result<(), Problem> {
    insert_phones(tx, customer, vault, 0).await
}

/// Those from this place on. Who holds the customer is taken from its row as it is now: what was read of it before may
/// have changed since.
async fn insert_phones(tx: &Tx<'_>, customer: Uuid, vault: &Vault, from: usize) -> Result<(), Problem> {
    let rows = phone_rows(tx, (customer, None), vault).split_off(from);
    if rows.is_empty() {
        return Ok(());
    }
    match tx.insert_many::<phone::Entity>(rows).await {
        Err(error) if refusal(&error) == Some(Taken::Unique) => {
            let first = vault.phones.first().and_then(SealedPhone::phone).ok_or(Problem::NotFound)?;
            return Err(phone_taken(tx, &first).await?);
        }
        done => done?,
    }
    Ok(tx.repeat(&[phone::again], &[customer]).await?)
}

/// Writes the blind indexes of a customer's phones anew, from the first phone on that is another one now. Those before it
/// stay as they are: a first phone that is taken out and put in again makes MariaDB lock its neighbours in the index, who
/// are other customers, and two merges of different people would be each other's deadlock.
pub(super) async fn reindex_phones(tx: &Tx<'_>, customer: Uuid, (old, new): (&Vault, &Vault)) -> Result<(), Problem> {
    let phones = |vault: &Vault| vault.phones.iter().filter_map(SealedPhone::phone).collect::<Vec<_>>();
    let same = phones(old).iter().zip(&phones(new)).take_while(|(old, new)| old == new).count();
    let from = i64::try_from(same).unwrap_or(i64::MAX);
    let others = Condition::all().add(phone::Column::CustomerId.eq(customer)).add(phone::Column::Position.gte(from));
    tx.remove::<phone::Entity>(others).await?;
    insert_phones(tx, customer, new, same).await
}

/// The blind indexes of a customer's phones, who is held so.
pub(super) fn phone_rows(
    scope: &Scope,
    (customer, holder): (Uuid, Option<Uuid>),
    vault: &Vault,
) -> Vec<phone::ActiveModel> {
    let index = scope.keys().index();
    let row = |(at, number): (usize, Phone)| {
        let (whole, last) = (index.phone(&number), index.last_four(number.last_four()));
        phone::ActiveModel {
            customer_id: Set(customer),
            position: Set(i64::try_from(at).unwrap_or(i64::MAX)),
            digest: Set(whole.first),
            last_four: Set(last.first),
            next_digest: Set(whole.next),
            next_last_four: Set(last.next),
            primary_live: Set((at == 0).then_some(1)),
            holder_id: Set(holder),
            ..Default::default()
        }
    };
    vault.phones.iter().filter_map(SealedPhone::phone).enumerate().map(row).collect()
}

/// The columns of a digest and of the one beside it.
pub(super) const PHONE: [phone::Column; 2] = [phone::Column::Digest, phone::Column::NextDigest];
pub(super) const LAST_FOUR: [phone::Column; 2] = [phone::Column::LastFour, phone::Column::NextLastFour];

/// Rows with one of these digests; there are several only while the index key is being replaced.
pub(super) fn with_digest([first, next]: [phone::Column; 2], digests: Vec<Vec<u8>>) -> Condition {
    match digests.as_slice() {
        [only] => Condition::all().add(first.eq(only.clone())),
        _ => Condition::any().add(first.is_in(digests.clone())).add(next.is_in(digests)),
    }
}

/// Gives some phones their second digests and says how many: none are left when it says 0.
pub(crate) async fn fill_digests(tx: &Tx<'_>) -> Result<u64, Problem> {
    let bare = tx.find::<phone::Entity>().filter(phone::Column::NextDigest.is_null());
    let bare = bare.shape(|rows| rows.order_by_asc(phone::Column::CustomerId).limit(FILLED)).all().await?;
    if bare.is_empty() {
        return super::digests::fill(tx).await;
    }
    let ids: Vec<Uuid> = bare.iter().map(|row| row.customer_id).collect();
    let customers = tx.find::<Entity>().filter(Column::Id.is_in(ids)).all().await?;
    let index = tx.keys().index();
    let mut filled = 0;
    for row in bare {
        let Some(customer) = customers.iter().find(|customer| customer.id == row.customer_id) else { continue };
        let vault = Vault::open(tx, customer)?;
        let at = usize::try_from(row.position).unwrap_or(usize::MAX);
        let Some(number) = vault.phones.iter().filter_map(SealedPhone::phone).nth(at) else { continue };
        let next = phone::ActiveModel {
            next_digest: Set(index.phone(&number).next),
            next_last_four: Set(index.last_four(number.last_four()).next),
            ..Default::default()
        };
        // Only if the row is still of that number: the customer may be getting another phone right now.
        let same = Condition::all()
            .add(phone::Column::CustomerId.eq(row.customer_id))
            .add(phone::Column::Position.eq(row.position))
            .add(phone::Column::Digest.is_in(index.phone_anywhere(&number)));
        filled += tx.derive_all::<phone::Entity>(same, next).await?;
    }
    if filled == 0 {
        return Err(Problem::Internal(anyhow::anyhow!("phones whose vault does not say them")));
    }
    Ok(filled)
}

/// Whether another live customer has the first of these phones.
pub(super) async fn first_phone_taken(tx: &Tx<'_>, vault: &Vault) -> Result<bool, Problem> {
    let Some(first) = vault.phones.first().and_then(SealedPhone::phone) else { return Ok(false) };
    let taken = tx
        .find_masked::<phone::Entity>()
        .filter(with_digest(PHONE, tx.keys().index().phone_anywhere(&first)))
        .filter(phone::Column::PrimaryLive.eq(1));
    Ok(taken.one().await?.is_some())
}

/// The first phone of one customer is that of another one.
pub(super) const PHONE_TAKEN: &str = "phone_taken";

/// Phones of new customers that were refused, for whoever finds out with [`phone_taken`] whose the first one is.
pub(super) fn taken_by_somebody(error: DbErr) -> Problem {
    match refusal(&error) {
        Some(Taken::Unique) => Problem::conflict(PHONE_TAKEN, None),
        _ => error.into(),
    }
}

/// The refusal that names the customer in the way, masked, and who looks after them.
pub(super) async fn phone_taken(tx: &Tx<'_>, number: &Phone) -> Result<Problem, Problem> {
    let index = tx
        .find_masked::<phone::Entity>()
        .filter(with_digest(PHONE, tx.keys().index().phone_anywhere(number)))
        .filter(phone::Column::PrimaryLive.eq(1))
        .one()
        .await?;
    let Some(index) = index else { return Ok(Problem::conflict(PHONE_TAKEN, Some("phones.0.number"))) };
    Ok(Problem::Conflict {
        code: PHONE_TAKEN,
        field: Some("phones.0.number".into()),
        current: None,
        existing: Some(existing(tx, index.customer_id, Some(number.masked())).await?),
    })
}

/// Who stands in the way, masked, and who looks after them, nobody while they are in a pool; whoever sees them anyway is
/// told their id.
pub(super) async fn existing(tx: &Tx<'_>, id: Uuid, phone_masked: Option<String>) -> Result<Value, Problem> {
    let there = tx.find_masked::<Entity>().filter(Column::Id.eq(id)).one().await?;
    let owner = match there.as_ref().filter(|there| there.pool_id.is_none()) {
        Some(there) => tx.find_masked::<staff::Entity>().filter(staff::Column::Id.eq(there.owner_id)).one().await?,
        None => None,
    };
    let visible = tx.find::<Entity>().filter(Column::Id.eq(id)).one().await?.is_some();
    Ok(json!({
        "id": visible.then_some(id),
        "name_masked": there.map(|there| masked_name(&there.name)),
        "phone_masked": phone_masked,
        "owner_name": owner.map(|owner| owner.name),
    }))
}

/// `张*`, `欧阳**`: enough to recognise, not enough to learn.
pub(crate) fn masked_name(name: &str) -> String {
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().collect();
    format!("{first}{}", "*".repeat(letters.count().clamp(1, 3)))
}
