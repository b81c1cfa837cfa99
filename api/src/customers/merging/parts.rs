//! What a record has beside its fields: tags, helpers, stars, relations. The other one keeps its own on its
//! tombstone, so that bringing it back needs nothing; what it knew others by moves over.

use super::entity::moved;
use crate::customers::entity::{helper, tagging};
use crate::customers::record_entity::{relation, star};
use crate::customers::tagging as tags;
use crate::problem::Problem;
use crate::scope::{Tenanted, Tx};
use chrono::Duration;
use sea_orm::sea_query::{Condition, Value};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, IntoActiveModel as _, QuerySelect as _};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Relations of a customer that are moved: far more than anybody writes down.
const RELATIONS: u64 = 200;

const TAGS: &str = "customer_tags";
const HELPERS: &str = "customer_helpers";
const STARS: &str = "customer_stars";
const KNOWS: &str = "customer_relations";
const KNOWN: &str = "customer_relations.other_id";

/// Every kind of part.
pub(crate) const PARTS: [&str; 5] = [TAGS, HELPERS, STARS, KNOWS, KNOWN];

/// A row that went from one customer to another.
pub(crate) struct Moved {
    /// The table.
    pub(crate) kind: &'static str,
    /// The row.
    pub(crate) row: Uuid,
    /// Its version, if it has one.
    pub(crate) version: Option<i64>,
}

impl Moved {
    fn part(kind: &'static str, row: Uuid) -> Self {
        Self { kind, row, version: None }
    }
}

/// Gives the one who stays what the other one has and they have not.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn unite(tx: &Tx<'_>, stays: Uuid, goes: Uuid) -> Result<Vec<Moved>, Problem> {
    let mut moved = Vec::new();
    let both = [stays, goes];
    let had = tx.find::<tagging::Entity>().filter(tagging::Column::CustomerId.is_in(both)).all().await?;
    let new = missing(had, stays, |row| (row.customer_id, row.tag_id));
    for by_rule in [false, true] {
        let wanted: Vec<Uuid> =
            new.iter().filter(|row| row.by_rule.is_some() == by_rule).map(|row| row.tag_id).collect();
        let known = tags::look_up(tx, &wanted).await?;
        let add: Vec<Uuid> = wanted.into_iter().filter(|tag| known.has(*tag)).collect();
        if !add.is_empty() {
            // Of a category the one who stays keeps what they have.
            let change = tags::Retag { customer: stays, add, remove: Vec::new() };
            let how = tags::How { by_rule, gives_way: true, merged_from: None };
            let done = tags::write(tx, vec![change], &known, how).await?;
            moved.extend(done.iter().flat_map(|change| &change.add).map(|tag| Moved::part(TAGS, *tag)));
        }
    }
    tags::touched(tx, &[stays]).await?;

    let helpers = tx.find::<helper::Entity>().filter(helper::Column::CustomerId.is_in(both)).all().await?;
    let new = missing(helpers, stays, |row| (row.customer_id, row.staff_id));
    moved.extend(new.iter().map(|row| Moved::part(HELPERS, row.staff_id)));
    add::<helper::Entity>(tx, new, helper::Column::CustomerId, stays).await?;

    let stars = tx.find::<star::Entity>().filter(star::Column::CustomerId.is_in(both)).all().await?;
    let new = missing(stars, stays, |row| (row.customer_id, row.staff_id));
    moved.extend(new.iter().map(|row| Moved::part(STARS, row.staff_id)));
    add::<star::Entity>(tx, new, star::Column::CustomerId, stays).await?;

    relations(tx, stays, goes, &mut moved).await?;
    Ok(moved)
}

/// Rows of the other one whose like is not there yet.
fn missing<M>(rows: Vec<M>, stays: Uuid, of: impl Fn(&M) -> (Uuid, Uuid)) -> Vec<M> {
    let known: BTreeSet<Uuid> =
        rows.iter().map(&of).filter(|(customer, _)| *customer == stays).map(|(_, what)| what).collect();
    rows.into_iter().filter(|row| of(row).0 != stays && !known.contains(&of(row).1)).collect()
}

async fn add<E: Tenanted>(tx: &Tx<'_>, rows: Vec<E::Model>, customer: E::Column, stays: Uuid) -> Result<(), Problem> {
    let rows = rows.into_iter().map(|row| {
        // Every column is set, as the row that is copied had it, but whose it is.
        let mut row = row.into_active_model().reset_all();
        row.set(customer, Value::from(stays));
        row
    });
    Ok(tx.insert_many::<E>(rows).await?)
}

/// Whoever knew the other one knows the one who stays, unless they did already.
async fn relations(tx: &Tx<'_>, stays: Uuid, goes: Uuid, moved: &mut Vec<Moved>) -> Result<(), Problem> {
    let both = [stays, goes];
    let either =
        Condition::any().add(relation::Column::CustomerId.is_in(both)).add(relation::Column::OtherId.is_in(both));
    let rows = tx.find::<relation::Entity>().filter(either).shape(|rows| rows.limit(RELATIONS)).all().await?;
    let known: BTreeSet<_> = rows.iter().map(|row| (row.customer_id, row.other_id, row.kind.0.as_str())).collect();
    let free = |from: Uuid, to: Uuid, kind: &'static str| from != to && !known.contains(&(from, to, kind));
    let (mut from, mut to) = (Vec::new(), Vec::new());
    for row in &rows {
        let kind = row.kind.0.as_str();
        if row.customer_id == goes && free(stays, row.other_id, kind) {
            from.push(row.id);
        } else if row.other_id == goes && free(row.customer_id, stays, kind) {
            to.push(row.id);
        }
    }
    moved.extend(from.iter().map(|id| Moved::part(KNOWS, *id)));
    moved.extend(to.iter().map(|id| Moved::part(KNOWN, *id)));
    point(tx, relation::Column::CustomerId, from, stays).await?;
    point(tx, relation::Column::OtherId, to, stays).await
}

async fn point(tx: &Tx<'_>, side: relation::Column, ids: Vec<Uuid>, to: Uuid) -> Result<(), Problem> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut change = <relation::ActiveModel as Default>::default();
    change.set(side, Value::from(to));
    tx.derive_all::<relation::Entity>(relation::Column::Id.is_in(ids), change).await?;
    Ok(())
}

/// Takes back what [`unite`] gave; what somebody took away meanwhile is not missed.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn part(tx: &Tx<'_>, stays: Uuid, goes: Uuid, rows: &[moved::Model]) -> Result<(), Problem> {
    let of = |kind: &str| -> Vec<Uuid> { rows.iter().filter(|row| row.kind == kind).map(|row| row.row_id).collect() };
    let (tags, helpers, stars) = (of(TAGS), of(HELPERS), of(STARS));
    if !tags.is_empty() {
        let these = Condition::all().add(tagging::Column::CustomerId.eq(stays)).add(tagging::Column::TagId.is_in(tags));
        tx.remove::<tagging::Entity>(these).await?;
    }
    if !helpers.is_empty() {
        let these =
            Condition::all().add(helper::Column::CustomerId.eq(stays)).add(helper::Column::StaffId.is_in(helpers));
        tx.remove::<helper::Entity>(these).await?;
    }
    if !stars.is_empty() {
        let these = Condition::all().add(star::Column::CustomerId.eq(stays)).add(star::Column::StaffId.is_in(stars));
        tx.remove::<star::Entity>(these).await?;
    }
    point(tx, relation::Column::CustomerId, of(KNOWS), goes).await?;
    point(tx, relation::Column::OtherId, of(KNOWN), goes).await?;
    tags::ask_plans(tx, &[stays, goes], Duration::zero()).await
}
