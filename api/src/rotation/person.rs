//! One person gets another key: what it seals is sealed anew. The values in the audit record stay as they
//! are, under a key of their own, because the chain's hashes cover them.

use crate::attachments;
use crate::attachments::entity::attachment;
use crate::customers::entity::customer;
use crate::customers::merging::entity::merge;
use crate::customers::transfer::entity::row as imported;
use crate::customers::{bulk_entity, bulk_resealed};
use crate::orders::entity::order;
use crate::privacy::entity as request;
use crate::problem::Problem;
use crate::scope::Tx;
use crate::scope::system::{System, job_scope};
use chrono::Duration;
use sea_orm::{ColumnTrait as _, Condition, Set};
use serde_json::json;
use uuid::Uuid;

/// Seals everything of a person anew and says how many values that were.
pub(crate) async fn rotate_person(system: &System, tenant_id: i64, person: Uuid) -> Result<u64, Problem> {
    let mut scope = job_scope(&system.at, tenant_id, Uuid::nil()).await?;
    let found = scope.find_buried::<customer::Entity>().filter(customer::Column::Id.eq(person)).one().await?;
    let found = found.ok_or(Problem::NotFound)?;
    let stored = found.person_key.ok_or(Problem::NotFound)?;
    let keys = scope.keys().person_keys(person, &stored)?;
    let renewed = keys.renewed();
    let tx = scope.begin().await?;
    let orders = tx.find::<order::Entity>().filter(order::Column::CustomerId.eq(person)).all().await?;
    let requests = tx.find::<request::Entity>().filter(request::Column::CustomerId.eq(person)).all().await?;
    let merges = tx.find::<merge::Entity>().filter(merge::Column::CustomerId.eq(person)).all().await?;
    let files = tx.find::<attachment::Entity>().filter(attachment::Column::CustomerId.eq(person)).all().await?;
    let anew = |column: &str, row: Uuid, sealed: &[u8]| -> Result<Vec<u8>, Problem> {
        let place = tx.keys().place(column, row);
        Ok(renewed.vault.seal(&place, &keys.vault.open(&place, sealed)?))
    };
    let mut change =
        customer::ActiveModel { person_key: Set(Some(tx.keys().wrap_person(person, &renewed))), ..Default::default() };
    if let Some(vault) = &found.vault {
        change.vault = Set(Some(anew("customers.vault", person, vault)?));
    }
    // Only what was read: somebody may be writing down another phone this very moment.
    let mut still = Condition::all().add(customer::Column::Id.eq(person)).add(customer::Column::PersonKey.eq(stored));
    if let Some(vault) = found.vault {
        still = still.add(customer::Column::Vault.eq(vault));
    }
    if tx.derive_all::<customer::Entity>(still, change).await? == 0 {
        return Err(Problem::conflict("in_progress", None));
    }
    let mut sealed = 1;
    for row in orders {
        let Some(vault) = row.vault else { continue };
        let change =
            order::ActiveModel { vault: Set(Some(anew("orders.vault", row.id, &vault)?)), ..Default::default() };
        let still = Condition::all().add(order::Column::Id.eq(row.id)).add(order::Column::Vault.eq(vault));
        sealed += tx.derive_all::<order::Entity>(still, change).await?;
    }
    for row in requests {
        let Some(vault) = row.vault else { continue };
        let change = request::ActiveModel {
            vault: Set(Some(anew("data_requests.vault", row.id, &vault)?)),
            ..Default::default()
        };
        let still = Condition::all().add(request::Column::Id.eq(row.id)).add(request::Column::Vault.eq(vault));
        sealed += tx.derive_all::<request::Entity>(still, change).await?;
    }
    for row in merges {
        let Some(before) = row.before else { continue };
        let change =
            merge::ActiveModel { before: Set(Some(anew("merges.before", row.id, &before)?)), ..Default::default() };
        let still = Condition::all().add(merge::Column::Id.eq(row.id)).add(merge::Column::Before.eq(before));
        sealed += tx.derive_all::<merge::Entity>(still, change).await?;
    }
    for row in files {
        let Some(own) = row.sealed_key else { continue };
        let change = attachment::ActiveModel {
            sealed_key: Set(Some(anew(attachments::KEY, row.id, &own)?)),
            ..Default::default()
        };
        let still = Condition::all().add(attachment::Column::Id.eq(row.id)).add(attachment::Column::SealedKey.eq(own));
        sealed += tx.derive_all::<attachment::Entity>(still, change).await?;
    }
    sealed += undoable(&tx, person, anew).await?;
    tx.audit("rotate", "customer", Some(person), json!({ "sealed": sealed }));
    tx.commit().await?;
    Ok(sealed)
}

/// What taking an import or a bulk action back would put back. Bulk actions can be undone for half an hour after
/// their end, so older ones need no look.
async fn undoable(
    tx: &Tx<'_>,
    person: Uuid,
    anew: impl Fn(&str, Uuid, &[u8]) -> Result<Vec<u8>, Problem>,
) -> Result<u64, Problem> {
    let mut sealed = 0;
    let rows = tx.find::<imported::Entity>().filter(imported::Column::CustomerId.eq(person));
    for row in rows.filter(imported::Column::Before.is_not_null()).all().await? {
        let Some(before) = row.before else { continue };
        let before = anew("import_rows.before", person, &before)?;
        let change = imported::ActiveModel { before: Set(Some(before)), ..Default::default() };
        let this = Condition::all()
            .add(imported::Column::ImportId.eq(row.import_id))
            .add(imported::Column::Run.eq(row.run))
            .add(imported::Column::Line.eq(row.line));
        sealed += tx.derive_all::<imported::Entity>(this, change).await?;
    }
    let lately = bulk_entity::action::Column::CreatedAt.gt(tx.now() - Duration::days(1));
    let actions = tx.find::<bulk_entity::action::Entity>().filter(lately).all().await?;
    let theirs = Condition::all()
        .add(bulk_entity::row::Column::CustomerId.eq(person))
        .add(bulk_entity::row::Column::BulkId.is_in(actions.into_iter().map(|action| action.id)));
    for row in tx.find::<bulk_entity::row::Entity>().filter(theirs).all().await? {
        let before = row.before.as_deref().unwrap_or("{}");
        let anew = |column: &str, sealed: &[u8]| anew(column, person, sealed);
        let Some(before) = bulk_resealed(before, anew)? else { continue };
        let change = bulk_entity::row::ActiveModel { before: Set(Some(before)), ..Default::default() };
        let this = Condition::all()
            .add(bulk_entity::row::Column::BulkId.eq(row.bulk_id))
            .add(bulk_entity::row::Column::CustomerId.eq(person));
        sealed += tx.derive_all::<bulk_entity::row::Entity>(this, change).await?;
    }
    Ok(sealed)
}
