//! What hangs on a customer and goes with them: talks, tasks, messages, opportunities, orders, requests. Rows go over in
//! batches, and what is sealed under one person's key is sealed anew under the other's.

use super::offers;
use crate::attachments;
use crate::attachments::entity::attachment;
use crate::crypto::Sealer;
use crate::customers::merging::Moved;
use crate::customers::merging::entity::moved;
use crate::customers::{Customer, person_key};
use crate::interactions::entity as interaction;
use crate::opportunities;
use crate::orders::entity::order;
use crate::plans::entity as run;
use crate::privacy::entity as request;
use crate::problem::Problem;
use crate::scope::{Tenanted, Tx};
use crate::tasks::entity as task;
use crate::tasks::send::inbox_item;
use sea_orm::sea_query::{Condition, Value};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, FromQueryResult, QueryOrder as _, QuerySelect as _, Set};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Rows that go over in one transaction.
const BATCH: usize = 400;
/// Of them those that are sealed anew, each by a statement of its own.
const SEALED: usize = 100;
/// Rows that undoing takes in one transaction: so few that they may all have to be sealed anew.
pub(super) const UNDONE_AT_ONCE: u64 = 100;

/// What becomes of a table's rows when the customer they point at is merged into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Say {
    /// They go over to the one who stays.
    Moves,
    /// The one who stays is given what they lack; the other one keeps its own on its tombstone.
    Unites,
    /// They are of the record itself, and made anew for the one who stays; a tombstone has none.
    Follows,
    /// They stay: what they say happened to the other one.
    Stays,
}

/// Every table that points at customers, and what it says. A guard refuses one that is missing here.
pub const SAYS: &[(&str, Say)] = &[
    ("customer_phones", Say::Follows),
    ("customer_search", Say::Follows),
    ("customer_terms", Say::Follows),
    ("custom_values", Say::Unites),
    ("customer_digests", Say::Unites),
    ("customer_dates", Say::Unites),
    ("customer_tags", Say::Unites),
    ("customer_helpers", Say::Unites),
    ("customer_stars", Say::Unites),
    ("customer_relations", Say::Moves),
    ("interactions", Say::Moves),
    ("tasks", Say::Moves),
    // Of two runs of one plan the one that is further along goes on.
    ("plan_runs", Say::Moves),
    ("inbox_items", Say::Moves),
    ("opportunities", Say::Moves),
    // Of two of the same the one that was used is theirs who stays: nobody is given an offer twice.
    ("customer_offers", Say::Moves),
    ("orders", Say::Moves),
    ("data_requests", Say::Moves),
    ("attachments", Say::Moves),
    // Which customers a bulk action changed, and what stood there: undoing it meets a tombstone and leaves it.
    ("bulk_rows", Say::Stays),
    ("merges", Say::Stays),
    ("pool_moves", Say::Stays),
    ("import_rows", Say::Stays),
    ("duplicate_pairs", Say::Stays),
];

/// A row that is about to go over.
#[derive(FromQueryResult)]
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) version: Option<i64>,
}

/// How far somebody is with follow-up plans, as a kind of row.
pub(super) const RUNS: &str = "plan_runs";
/// Tasks, as a kind of row.
const TASKS: &str = "tasks";

/// Tables whose rows go over as they are: entity, its column, and its name.
macro_rules! plain {
    ($each:ident) => {
        // First, so that whoever stays has them when plans look at them.
        $each!(run::Entity, run::Column::CustomerId, RUNS);
        $each!(interaction::Entity, interaction::Column::CustomerId, "interactions");
        $each!(task::Entity, task::Column::CustomerId, TASKS);
        $each!(opportunities::Entity, opportunities::Column::CustomerId, "opportunities");
        $each!(inbox_item::Entity, inbox_item::Column::CustomerId, "inbox_items");
    };
}

/// Moves a batch of rows from one customer to the other; the second value says that there may be more.
pub(super) async fn step(tx: &Tx<'_>, from: &Customer, to: &Customer) -> Result<(Vec<Moved>, bool), Problem> {
    let mut done: Vec<Moved> = Vec::new();
    macro_rules! go {
        ($entity:ty, $column:expr, $kind:expr) => {
            let rows = next::<$entity>(tx, $column, from.id, BATCH - done.len()).await?;
            point::<$entity>(tx, $column, rows.iter().map(|row| row.id).collect(), to.id).await?;
            done.extend(rows.into_iter().map(|row| Moved { kind: $kind, row: row.id, version: row.version }));
        };
    }
    plain!(go);
    done.extend(offers::over(tx, from, to, BATCH - done.len()).await?);
    let left = SEALED.min(BATCH - done.len());
    let rows = next::<order::Entity>(tx, order::Column::CustomerId, from.id, left).await?;
    let orders = rows.len();
    reseal_orders(tx, rows.iter().map(|row| row.id).collect(), from, to).await?;
    done.extend(rows.into_iter().map(|row| Moved { kind: "orders", row: row.id, version: row.version }));
    let rows = next::<request::Entity>(tx, request::Column::CustomerId, from.id, left - orders).await?;
    let left = left - orders - rows.len();
    reseal_requests(tx, rows.iter().map(|row| row.id).collect(), from, to).await?;
    done.extend(rows.into_iter().map(|row| Moved { kind: "data_requests", row: row.id, version: row.version }));
    let rows = next::<attachment::Entity>(tx, attachment::Column::CustomerId, from.id, left).await?;
    let full = rows.len() == left;
    reseal_attachments(tx, rows.iter().map(|row| row.id).collect(), from, to).await?;
    done.extend(rows.into_iter().map(|row| Moved { kind: "attachments", row: row.id, version: row.version }));
    let more = done.len() == BATCH || full;
    Ok((done, more))
}

/// Moves back how far each of the two is with follow-up plans, and with that what the plans made, also since: it may have
/// another version by now, because a plan hands its tasks on and calls them off. Before anything else, and whole, because
/// a plan that meets a customer without its tag ends. Answers as [`back`].
pub(super) async fn plans_back(
    tx: &Tx<'_>,
    rows: &[moved::Model],
    from: &Customer,
    to: &Customer,
) -> Result<BTreeSet<(String, Uuid)>, Problem> {
    let runs = same::<run::Entity>(tx, run::Column::CustomerId, from.id, RUNS, rows).await?;
    if runs.is_empty() {
        return Ok(BTreeSet::new());
    }
    let made = Condition::all()
        .add(task::Column::PlanRunId.is_in(runs.iter().copied()))
        .add(task::Column::CustomerId.eq(from.id));
    let made = tx.find_buried::<task::Entity>().filter(made).all().await?;
    let made: Vec<Uuid> = made.into_iter().map(|row| row.id).collect();
    let done = runs.iter().map(|id| (RUNS.to_owned(), *id));
    let done = done.chain(made.iter().map(|id| (TASKS.to_owned(), *id))).collect();
    point::<run::Entity>(tx, run::Column::CustomerId, runs, to.id).await?;
    point::<task::Entity>(tx, task::Column::CustomerId, made, to.id).await?;
    Ok(done)
}

/// Moves rows back that a merge moved, and says which those were: what has another version by now, or
/// another customer, stays where it is.
pub(super) async fn back(
    tx: &Tx<'_>,
    rows: &[moved::Model],
    from: &Customer,
    to: &Customer,
) -> Result<BTreeSet<(String, Uuid)>, Problem> {
    let mut done = BTreeSet::new();
    macro_rules! go {
        ($entity:ty, $column:expr, $kind:expr) => {
            let ids = same::<$entity>(tx, $column, from.id, $kind, rows).await?;
            done.extend(ids.iter().map(|id| ($kind.to_owned(), *id)));
            point::<$entity>(tx, $column, ids, to.id).await?;
        };
    }
    plain!(go);
    done.extend(offers::back(tx, rows, from, to).await?);
    let ids = same::<order::Entity>(tx, order::Column::CustomerId, from.id, "orders", rows).await?;
    done.extend(ids.iter().map(|id| ("orders".to_owned(), *id)));
    reseal_orders(tx, ids, from, to).await?;
    let ids = same::<request::Entity>(tx, request::Column::CustomerId, from.id, "data_requests", rows).await?;
    done.extend(ids.iter().map(|id| ("data_requests".to_owned(), *id)));
    reseal_requests(tx, ids, from, to).await?;
    let ids = same::<attachment::Entity>(tx, attachment::Column::CustomerId, from.id, "attachments", rows).await?;
    done.extend(ids.iter().map(|id| ("attachments".to_owned(), *id)));
    reseal_attachments(tx, ids, from, to).await?;
    Ok(done)
}

async fn next<E: Tenanted>(tx: &Tx<'_>, column: E::Column, from: Uuid, limit: usize) -> Result<Vec<Row>, Problem> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let limit = u64::try_from(limit).unwrap_or_default();
    let rows = tx.find_buried::<E>().filter(column.eq(from));
    Ok(rows.shape(|rows| shaped::<E>(rows).order_by_asc(E::key()).limit(limit).into_model::<Row>()).all().await?)
}

/// Ids of a kind that are as they were when they went over.
pub(super) async fn same<E: Tenanted>(
    tx: &Tx<'_>,
    column: E::Column,
    at: Uuid,
    kind: &str,
    rows: &[moved::Model],
) -> Result<Vec<Uuid>, Problem> {
    let asked: Vec<&moved::Model> = rows.iter().filter(|row| row.kind == kind).collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let these = Condition::all().add(column.eq(at)).add(E::key().is_in(asked.iter().map(|row| row.row_id)));
    let now = tx.find_buried::<E>().filter(these);
    let now = now.shape(|rows| shaped::<E>(rows).into_model::<Row>()).all().await?;
    let as_it_was = |row: &&Row| asked.iter().any(|known| known.row_id == row.id && known.version == row.version);
    Ok(now.iter().filter(as_it_was).map(|row| row.id).collect())
}

pub(super) fn shaped<E: Tenanted>(rows: sea_orm::Select<E>) -> sea_orm::Select<E> {
    let rows = rows.select_only().column_as(E::key(), "id");
    match E::aggregate() {
        Some(aggregate) => rows.column_as(aggregate.version, "version"),
        None => rows.column_as(sea_orm::sea_query::Expr::val(Option::<i64>::None), "version"),
    }
}

/// Points rows at another customer. Nobody edited them, so their versions stay; devices hear of it.
pub(super) async fn point<E: Tenanted>(
    tx: &Tx<'_>,
    column: E::Column,
    ids: Vec<Uuid>,
    to: Uuid,
) -> Result<(), Problem> {
    if ids.is_empty() {
        return Ok(());
    }
    tx.derive_all::<E>(E::key().is_in(ids), pointing::<E>(tx, column, to)).await?;
    Ok(())
}

pub(super) fn pointing<E: Tenanted>(tx: &Tx<'_>, column: E::Column, to: Uuid) -> E::ActiveModel {
    let mut change = <E::ActiveModel as Default>::default();
    change.set(column, Value::from(to));
    if let Some(aggregate) = E::aggregate() {
        change.set(aggregate.updated_at, tx.now().into());
    }
    change
}

/// Seals anew what one person's key sealed.
fn resealed(
    tx: &Tx<'_>,
    (column, row): (&str, Uuid),
    sealed: Option<&[u8]>,
    (from, to): (&Sealer, &Sealer),
) -> Result<Option<Vec<u8>>, Problem> {
    let Some(sealed) = sealed else { return Ok(None) };
    let place = tx.keys().place(column, row);
    Ok(Some(to.seal(&place, &from.open(&place, sealed)?)))
}

/// Tables whose rows go over with what one person's key sealed in them.
macro_rules! sealed {
    ($($go:ident: $module:ident.$field:ident, $place:expr;)*) => {
        $(async fn $go(tx: &Tx<'_>, ids: Vec<Uuid>, from: &Customer, to: &Customer) -> Result<(), Problem> {
            if ids.is_empty() {
                return Ok(());
            }
            let (old, new) = (person_key(tx, from)?, person_key(tx, to)?);
            for row in tx.find_buried::<$module::Entity>().filter($module::Column::Id.is_in(ids)).all().await? {
                let anew = resealed(tx, ($place, row.id), row.$field.as_deref(), (&old, &new))?;
                let change = $module::ActiveModel {
                    $field: Set(anew),
                    ..pointing::<$module::Entity>(tx, $module::Column::CustomerId, to.id)
                };
                tx.derive_all::<$module::Entity>($module::Column::Id.eq(row.id), change).await?;
            }
            Ok(())
        })*
    };
}

sealed! {
    reseal_orders: order.vault, "orders.vault";
    reseal_requests: request.vault, "data_requests.vault";
    reseal_attachments: attachment.sealed_key, attachments::KEY;
}
