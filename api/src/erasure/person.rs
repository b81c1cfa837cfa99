//! Erasing a person. Orders stay, because the law wants the books kept; they stay without a name,
//! phone or address: number, amounts, lines and dates.

use super::list::{self, Erased};
use crate::attachments::entity::attachment;
use crate::customers::custom::entity::{blind, value};
use crate::customers::entity::{customer, phone, tagging};
use crate::customers::merging::entity::{merge, pair};
use crate::customers::merging::{forgotten, merged_into};
use crate::customers::offering::entity as given;
use crate::customers::pools::entity::step as pool_move;
use crate::customers::record_entity::{date, relation, star};
use crate::customers::transfer::{entity::row as imported, forget};
use crate::customers::unindex;
use crate::interactions::entity as interaction;
use crate::opportunities;
use crate::orders::entity::{order, step};
use crate::plans::entity as run;
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use crate::tasks::entity as task;
use crate::tasks::send::inbox_item;
use domain::customers::ErasureReason;
use sea_orm::sea_query::{Condition, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, Set};
use serde_json::json;
use uuid::Uuid;

/// Stands where a name or title stood.
const ERASED: &str = "已删除";

/// Erases a person for good: in the database, and on the list from which no backup brings them back.
/// `also` is done in the same transaction. `false` when there is nobody to erase. Whoever calls it has checked
/// that the actor may.
pub(crate) async fn erase_person(
    scope: &Scope,
    person: Uuid,
    reason: ErasureReason,
    also: impl AsyncFnOnce(&Tx<'_>) -> Result<(), Problem>,
) -> Result<bool, Problem> {
    // All of the person, also what colleagues wrote.
    let mut whole = scope.whole();
    let line = Erased::Person { tenant: whole.tenant_id(), person, at: whole.now() };
    let file = whole.config().keys.erased_file.clone();
    let tx = whole.begin().await?;
    forget(&tx).await?;
    let others = merged_into(&tx, person).await?;
    let erased = erase(&tx, person, reason.as_str()).await?;
    if erased {
        also(&tx).await?;
        // Whoever was merged into them is the same person; in a backup of before they are not yet one.
        for other in others {
            if erase(&tx, other, reason.as_str()).await? {
                let line = Erased::Person { tenant: tx.tenant_id(), person: other, at: tx.now() };
                list::append(&file, &line).await?;
            }
        }
        // Listed before it is done: a backup must not bring back whom we said to be gone.
        list::append(&file, &line).await?;
        tx.commit().await?;
    }
    Ok(erased)
}

/// Erases a person in a transaction: destroys their keys, so that every sealed value is unreadable, also in the audit
/// record and in copies of the database; overwrites what stands in clear; removes what leads to them.
/// The transaction sees the whole business and has let its files go: an import holds its file, and then the customers in
/// it. `false` when there is nobody to erase.
pub(super) async fn erase(tx: &Tx<'_>, person: Uuid, reason: &str) -> Result<bool, Problem> {
    let now = Set(tx.now());
    let there = Condition::all().add(customer::Column::Id.eq(person)).add(customer::Column::ErasedAt.is_null());
    let gone = customer::ActiveModel {
        name: Set(ERASED.to_owned()),
        company: Set(None),
        title: Set(None),
        region: Set(None),
        birthday: Set(None),
        remark: Set(None),
        person_key: Set(None),
        vault: Set(None),
        custom: Set(None),
        needs: Set(None),
        dates: Set(None),
        industry: Set(None),
        size: Set(None),
        next_contact_at: Set(None),
        ads_refused_at: Set(None),
        erased_at: Set(Some(tx.now())),
        updated_at: now.clone(),
        deleted_at: Set(Some(tx.now())),
        live: Set(None),
        ..Default::default()
    };
    let Some(before) = tx.find_buried::<customer::Entity>().filter(there).one().await? else {
        return Ok(false);
    };
    if !tx.overwrite::<customer::Entity>(person, customer::Column::ErasedAt.is_null(), gone).await? {
        return Ok(false);
    }
    unindex(tx, person, &before.name, before.company.as_deref()).await?;
    tx.remove::<phone::Entity>(phone::Column::CustomerId.eq(person)).await?;
    tx.remove::<tagging::Entity>(tagging::Column::CustomerId.eq(person)).await?;
    tx.remove::<value::Entity>(value::Column::CustomerId.eq(person)).await?;
    tx.remove::<blind::Entity>(blind::Column::CustomerId.eq(person)).await?;
    tx.remove::<date::Entity>(date::Column::CustomerId.eq(person)).await?;
    tx.remove::<star::Entity>(star::Column::CustomerId.eq(person)).await?;
    // Their key goes at once, so what they held is gone; the sweep takes the rows.
    let files = attachment::ActiveModel {
        name: Set(ERASED.to_owned()),
        sealed_key: Set(None),
        kept_until: Set(Some(tx.now())),
        ..Default::default()
    };
    tx.derive_all::<attachment::Entity>(attachment::Column::CustomerId.eq(person), files).await?;
    let emptied = imported::ActiveModel { customer_id: Set(None), before: Set(None), ..Default::default() };
    tx.derive_all::<imported::Entity>(imported::Column::CustomerId.eq(person), emptied).await?;
    let known = Condition::any().add(relation::Column::CustomerId.eq(person)).add(relation::Column::OtherId.eq(person));
    tx.remove::<relation::Entity>(known).await?;
    let merged = Condition::any().add(merge::Column::CustomerId.eq(person)).add(merge::Column::OtherId.eq(person));
    tx.derive_all::<merge::Entity>(merged, forgotten()).await?;
    let alike = Condition::any().add(pair::Column::CustomerId.eq(person)).add(pair::Column::OtherId.eq(person));
    tx.remove::<pair::Entity>(alike).await?;
    let talk = interaction::ActiveModel {
        content: Set(None),
        next_step: Set(None),
        updated_at: now.clone(),
        deleted_at: Set(Some(tx.now())),
        live: Set(None),
        ..Default::default()
    };
    tx.derive_all::<interaction::Entity>(interaction::Column::CustomerId.eq(person), talk).await?;
    let to_do = task::ActiveModel {
        title: Set(ERASED.to_owned()),
        updated_at: now.clone(),
        deleted_at: Set(Some(tx.now())),
        live: Set(None),
        ..Default::default()
    };
    tx.derive_all::<task::Entity>(task::Column::CustomerId.eq(person), to_do).await?;
    let hoped = opportunities::ActiveModel {
        name: Set(ERASED.to_owned()),
        next_step: Set(None),
        lost_reason: Set(None),
        updated_at: now.clone(),
        deleted_at: Set(Some(tx.now())),
        live: Set(None),
        ..Default::default()
    };
    tx.derive_all::<opportunities::Entity>(opportunities::Column::CustomerId.eq(person), hoped).await?;
    let offered = given::ActiveModel {
        updated_at: now.clone(),
        deleted_at: Set(Some(tx.now())),
        live: Set(None),
        ..Default::default()
    };
    tx.derive_all::<given::Entity>(given::Column::CustomerId.eq(person), offered).await?;
    tx.remove::<run::Entity>(run::Column::CustomerId.eq(person)).await?;
    let reminded = inbox_item::ActiveModel { title: Set(ERASED.to_owned()), body: Set(None), ..Default::default() };
    tx.derive_all::<inbox_item::Entity>(inbox_item::Column::CustomerId.eq(person), reminded).await?;
    let why = pool_move::ActiveModel { reason: Set(None), ..Default::default() };
    tx.derive_all::<pool_move::Entity>(pool_move::Column::CustomerId.eq(person), why).await?;
    let parcel = step::ActiveModel { tracking_number: Set(None), note: Set(None), ..Default::default() };
    tx.derive_all::<step::Entity>(step::Column::OrderId.in_subquery(orders(tx, person)), parcel).await?;
    let bought = order::ActiveModel { vault: Set(None), remark: Set(None), updated_at: now, ..Default::default() };
    tx.derive_all::<order::Entity>(order::Column::CustomerId.eq(person), bought).await?;
    tx.system().forget_orders(orders(tx, person)).await?;
    tx.audit("erase", "customer", Some(person), json!({ "reason": reason }));
    Ok(true)
}

fn orders(tx: &Tx<'_>, person: Uuid) -> SelectStatement {
    Query::select()
        .column(order::Column::Id)
        .from(order::Entity)
        .and_where(order::Column::TenantId.eq(tx.tenant_id()))
        .and_where(order::Column::CustomerId.eq(person))
        .to_owned()
}
