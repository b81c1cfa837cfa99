//! Offers of two customers who become one. Nobody is given an offer twice, so one that both have stays where it is, unless
//! only the one who goes has used theirs: then the two change places, because what was used may not be used again.

use super::children::{Row, point, pointing, same, shaped};
use crate::customers::Customer;
use crate::customers::merging::Moved;
use crate::customers::merging::entity::moved;
use crate::customers::offering::entity as given;
use crate::problem::Problem;
use crate::scope::Tx;
use sea_orm::sea_query::{Condition, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, QueryOrder as _, QuerySelect as _, Set};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Offers that went over, as a kind of row.
const OFFERS: &str = "customer_offers";
/// Offers that changed places: the row is the one that was used. The other one lies where that was, on the tombstone.
const USED: &str = "customer_offers.used_at";

/// Moves so many offers at most from one customer to the other.
pub(super) async fn over(tx: &Tx<'_>, from: &Customer, to: &Customer, limit: usize) -> Result<Vec<Moved>, Problem> {
    let rows = lacking(tx, from.id, to.id, limit).await?;
    point::<given::Entity>(tx, given::Column::CustomerId, rows.iter().map(|row| row.id).collect(), to.id).await?;
    let mut done: Vec<_> =
        rows.into_iter().map(|row| Moved { kind: OFFERS, row: row.id, version: row.version }).collect();
    let used = used_there(tx, from.id, to.id, limit - done.len()).await?;
    done.extend(used.iter().map(|row| Moved { kind: USED, row: row.id, version: Some(row.version) }));
    change_places(tx, used, from.id, to.id).await?;
    Ok(done)
}

/// Moves offers back that a merge moved, and says which those were, as the other rows that go back. Of two that changed
/// places each goes back to whose it was; if the used one was changed since, both stay, and each of the two still has one.
pub(super) async fn back(
    tx: &Tx<'_>,
    rows: &[moved::Model],
    from: &Customer,
    to: &Customer,
) -> Result<BTreeSet<(String, Uuid)>, Problem> {
    let alone = same::<given::Entity>(tx, given::Column::CustomerId, from.id, OFFERS, rows).await?;
    let as_it_was = same::<given::Entity>(tx, given::Column::CustomerId, from.id, USED, rows).await?;
    let mut done: BTreeSet<_> = alone.iter().map(|id| (OFFERS.to_owned(), *id)).collect();
    done.extend(as_it_was.iter().map(|id| (USED.to_owned(), *id)));
    point::<given::Entity>(tx, given::Column::CustomerId, alone, to.id).await?;
    let used: Vec<Uuid> = rows.iter().filter(|row| row.kind == USED).map(|row| row.row_id).collect();
    if used.is_empty() {
        return Ok(done);
    }
    let these = Condition::all().add(given::Column::CustomerId.eq(from.id)).add(given::Column::Id.is_in(used));
    let used = tx.find_buried::<given::Entity>().filter(these).shape(|rows| rows.lock_exclusive()).all().await?;
    let (whole, changed): (Vec<_>, Vec<_>) = used.into_iter().partition(|row| as_it_was.contains(&row.id));
    change_places(tx, whole, from.id, to.id).await?;
    // Where the used one was taken back since there is room for what lay in its place.
    let taken = changed.into_iter().filter(|row| row.live.is_none()).map(|row| row.offer_id);
    let room = Condition::all()
        .add(given::Column::CustomerId.eq(to.id))
        .add(given::Column::Live.eq(1))
        .add(given::Column::OfferId.is_in(taken.collect::<Vec<_>>()))
        .add(given::Column::OfferId.not_in_subquery(having(tx, from.id)));
    let home: Vec<Uuid> =
        tx.find_buried::<given::Entity>().filter(room).all().await?.iter().map(|row| row.id).collect();
    point::<given::Entity>(tx, given::Column::CustomerId, home, from.id).await?;
    Ok(done)
}

/// Which offers a customer has.
fn having(tx: &Tx<'_>, customer: Uuid) -> SelectStatement {
    Query::select()
        .column(given::Column::OfferId)
        .from(given::Entity)
        .and_where(given::Column::TenantId.eq(tx.tenant_id()))
        .and_where(given::Column::CustomerId.eq(customer))
        .and_where(given::Column::Live.eq(1))
        .to_owned()
}

/// What one customer was given and the other one does not have.
async fn lacking(tx: &Tx<'_>, from: Uuid, to: Uuid, limit: usize) -> Result<Vec<Row>, Problem> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let limit = u64::try_from(limit).unwrap_or_default();
    let rows = tx.find_buried::<given::Entity>().filter(given::Column::CustomerId.eq(from));
    let rows = rows.filter(given::Column::OfferId.not_in_subquery(having(tx, to)));
    let page = |rows| shaped::<given::Entity>(rows).order_by_asc(given::Column::Id).limit(limit).into_model::<Row>();
    Ok(rows.shape(page).all().await?)
}

/// What one customer has used of that which the other one has and did not use. Both are held, so that nobody marks
/// either of them meanwhile.
async fn used_there(tx: &Tx<'_>, from: Uuid, to: Uuid, limit: usize) -> Result<Vec<given::Model>, Problem> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let used = Condition::all()
        .add(given::Column::CustomerId.eq(from))
        .add(given::Column::Live.eq(1))
        .add(given::Column::UsedAt.is_not_null())
        .add(given::Column::OfferId.in_subquery(having(tx, to).and_where(given::Column::UsedAt.is_null()).to_owned()));
    let limit = u64::try_from(limit).unwrap_or_default();
    let held =
        |rows: sea_orm::Select<given::Entity>| rows.order_by_asc(given::Column::Id).limit(limit).lock_exclusive();
    let used = tx.find_buried::<given::Entity>().filter(used).shape(held).all().await?;
    if used.is_empty() {
        return Ok(used);
    }
    let unused = Condition::all()
        .add(given::Column::CustomerId.eq(to))
        .add(given::Column::Live.eq(1))
        .add(given::Column::UsedAt.is_null())
        .add(given::Column::OfferId.is_in(used.iter().map(|row| row.offer_id)));
    let unused = tx.find_buried::<given::Entity>().filter(unused).shape(held).all().await?;
    let unused: BTreeSet<Uuid> = unused.into_iter().map(|row| row.offer_id).collect();
    Ok(used.into_iter().filter(|row| unused.contains(&row.offer_id)).collect())
}

/// Moves rows from one customer to another, and what that one has of the same offers the other way. For a moment the
/// latter are not there: at no time does anybody have an offer twice.
async fn change_places(tx: &Tx<'_>, rows: Vec<given::Model>, from: Uuid, to: Uuid) -> Result<(), Problem> {
    if rows.is_empty() {
        return Ok(());
    }
    let theirs = Condition::all()
        .add(given::Column::CustomerId.eq(to))
        .add(given::Column::Live.eq(1))
        .add(given::Column::OfferId.is_in(rows.iter().map(|row| row.offer_id)));
    // Held, so that what a push takes back this very moment is not brought back with them.
    let theirs = tx.find_buried::<given::Entity>().filter(theirs);
    let theirs = theirs.shape(|rows| rows.order_by_asc(given::Column::Id).lock_exclusive()).all().await?;
    let theirs: Vec<Uuid> = theirs.into_iter().map(|row| row.id).collect();
    let away = given::ActiveModel { live: Set(None), ..pointing::<given::Entity>(tx, given::Column::CustomerId, from) };
    tx.derive_all::<given::Entity>(given::Column::Id.is_in(theirs.iter().copied()), away).await?;
    let rows = rows.into_iter().map(|row| row.id).collect();
    point::<given::Entity>(tx, given::Column::CustomerId, rows, to).await?;
    let there = given::ActiveModel { live: Set(Some(1)), ..Default::default() };
    tx.derive_all::<given::Entity>(given::Column::Id.is_in(theirs), there).await?;
    Ok(())
}
