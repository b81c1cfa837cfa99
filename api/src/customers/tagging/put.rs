//! Putting tags on customers and taking tags off: every way to do it comes through here, because a customer
//! has at most one tag of a category.

use super::planned::{any_plan, retagged};
use crate::customers::entity::{customer, tagging};
use crate::problem::Problem;
use crate::scope::{Reads, Tx};
use crate::tags::TagLabel;
use crate::tags::entity::{group, tag};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, Condition, FromQueryResult, QuerySelect as _, Set};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// Tags that are there.
#[derive(Default)]
pub(in crate::customers) struct Known(Vec<There>);

/// What whoever gives a tag has to know of it: each customer who gets one asks for it.
#[derive(FromQueryResult)]
struct There {
    id: Uuid,
    group_id: Uuid,
    name: String,
    colour: String,
    created_at: DateTime<Utc>,
    /// Its group is a category.
    single: Option<i64>,
    /// Some tag brings a plan.
    planned: i64,
}

impl Known {
    /// Whether a tag is there.
    pub(in crate::customers) fn has(&self, tag: Uuid) -> bool {
        self.0.iter().any(|known| known.id == tag)
    }

    /// The category of a tag.
    pub(in crate::customers) fn category(&self, tag: Uuid) -> Option<Uuid> {
        self.0.iter().find(|known| known.id == tag && known.single.is_some()).map(|known| known.group_id)
    }
}

/// Looks tags up in one statement, whichever of them are there.
pub(in crate::customers) async fn look_up(rows: &impl Reads, tags: &[Uuid]) -> Result<Known, Problem> {
    if tags.is_empty() {
        return Ok(Known(Vec::new()));
    }
    let found = rows.rows::<tag::Entity>().filter(tag::Column::Id.is_in(tags.iter().copied()));
    let planned = any_plan(rows.scope().tenant_id());
    let found = found.picking(|rows| {
        rows.left_join(group::Entity)
            .columns([tag::Column::Id, tag::Column::GroupId, tag::Column::Name, tag::Column::Colour])
            .column(tag::Column::CreatedAt)
            .column(group::Column::Single)
            .expr_as(planned, "planned")
            .into_model::<There>()
    });
    Ok(Known(found.all().await?))
}

/// Tags that somebody names: each is there, and no two are of one category.
///
/// # Errors
/// `tag_unknown` and `tags_exclusive`, at the place in the list.
pub(in crate::customers) async fn known(rows: &impl Reads, tags: &[Uuid], field: &str) -> Result<Known, Problem> {
    let found = look_up(rows, tags).await?;
    if let Some(at) = tags.iter().position(|wanted| !found.has(*wanted)) {
        return Err(Problem::field(&format!("{field}.{at}"), "tag_unknown"));
    }
    let twice = |at: &usize| {
        let Some((wanted, before)) = tags.get(..=*at).and_then(<[Uuid]>::split_last) else { return false };
        let category = found.category(*wanted);
        category.is_some() && before.iter().any(|other| other != wanted && found.category(*other) == category)
    };
    match (0..tags.len()).find(twice) {
        Some(at) => Err(Problem::field(&format!("{field}.{at}"), "tags_exclusive")),
        None => Ok(found),
    }
}

/// What becomes of one customer's tags.
#[derive(Debug, Clone, Default)]
pub(in crate::customers) struct Retag {
    pub(in crate::customers) customer: Uuid,
    pub(in crate::customers) add: Vec<Uuid>,
    pub(in crate::customers) remove: Vec<Uuid>,
}

/// The tags of a new customer, who has none yet; answers what they are called.
pub(in crate::customers) async fn first(
    tx: &Tx<'_>,
    customer: &customer::Model,
    tags: &[Uuid],
    field: &str,
) -> Result<Vec<TagLabel>, Problem> {
    if tags.is_empty() {
        return Ok(Vec::new());
    }
    let mut tags = known(tx, tags, field).await?.0;
    tags.sort_by_key(|tag| tag.created_at);
    if tags.iter().any(|tag| tag.planned != 0) {
        let add = tags.iter().map(|tag| tag.id).collect();
        // It asks something, so what nobody waits for comes after it.
        retagged(tx, &[Retag { customer: customer.id, add, remove: Vec::new() }], false).await?;
    }
    let rows = tags.iter().map(|tag| tagging::of(customer, tag.id));
    tx.append_many::<tagging::Entity>(rows).await?;
    Ok(tags.into_iter().map(|There { id, name, colour, .. }| TagLabel { id, name, colour, by_rule: false }).collect())
}

/// Who says so, and against whom.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::customers) struct How {
    /// A rule says so: it may take the tag away again.
    pub(in crate::customers) by_rule: bool,
    /// What the customer has stays: the tag itself, whoever gave it, or another one of the category.
    pub(in crate::customers) gives_way: bool,
    /// The tag that became the one that is added.
    pub(in crate::customers) merged_from: Option<Uuid>,
}

/// Changes tags of many customers, each with an entry in the record. They changed for whoever keeps a copy, and
/// two who tag the same ones go one after the other.
pub(in crate::customers) async fn retag(
    tx: &Tx<'_>,
    changes: Vec<Retag>,
    known: &Known,
    how: How,
) -> Result<Vec<Retag>, Problem> {
    if changes.is_empty() {
        return Ok(changes);
    }
    let now = customer::ActiveModel { updated_at: Set(tx.now()), ..Default::default() };
    let these = customer::Column::Id.is_in(changes.iter().map(|change| change.customer));
    tx.derive_all::<customer::Entity>(these, now).await?;
    write(tx, changes, known, how).await
}

/// As [`retag`], for customers that the transaction holds already. Answers what was done to each.
pub(in crate::customers) async fn write(
    tx: &Tx<'_>,
    mut changes: Vec<Retag>,
    known: &Known,
    how: How,
) -> Result<Vec<Retag>, Problem> {
    make_room(tx, &mut changes, known, how).await?;
    let mut off: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let mut on = Vec::new();
    for change in &changes {
        let Retag { customer, add, remove } = change;
        if add.is_empty() && remove.is_empty() {
            continue;
        }
        let mut said = json!({ "added": add, "removed": remove });
        if let (true, Some(said)) = (how.by_rule, said.as_object_mut()) {
            said.insert("by_rule".to_owned(), json!(true));
        }
        tx.audit("tag", "customer", Some(*customer), said);
        // What is added by hand is taken off first: from now on it is nobody else's to take away.
        let anew = add.iter().filter(|_| !how.gives_way);
        for tag in remove.iter().chain(anew) {
            off.entry(*tag).or_default().push(*customer);
        }
        on.extend(add.iter().map(|tag| tagging::ActiveModel {
            customer_id: Set(*customer),
            tag_id: Set(*tag),
            by_rule: Set(how.by_rule.then_some(1)),
            merged_from: Set(how.merged_from),
            ..Default::default()
        }));
    }
    let at = |tags: Vec<Uuid>, customers: Vec<Uuid>| {
        Condition::all().add(tagging::Column::TagId.is_in(tags)).add(tagging::Column::CustomerId.is_in(customers))
    };
    if let [only] = changes.as_slice() {
        if !off.is_empty() {
            tx.remove::<tagging::Entity>(at(off.into_keys().collect(), vec![only.customer])).await?;
        }
    } else {
        for (tag, customers) in off {
            tx.remove::<tagging::Entity>(at(vec![tag], customers)).await?;
        }
    }
    if !on.is_empty() {
        tx.insert_missing::<tagging::Entity>(on).await?;
        let adding = changes.iter().filter(|change| !change.add.is_empty());
        tx.repeat(&[tagging::again], &adding.map(|change| change.customer).collect::<Vec<_>>()).await?;
    }
    retagged(tx, &changes, how.merged_from.is_some()).await?;
    Ok(changes)
}

/// Of a category there is one: what a customer has of it goes, or what was to be added does not come.
async fn make_room(tx: &Tx<'_>, changes: &mut [Retag], known: &Known, how: How) -> Result<(), Problem> {
    let categories: Vec<Uuid> =
        changes.iter().flat_map(|change| &change.add).filter_map(|tag| known.category(*tag)).collect();
    if categories.is_empty() {
        return Ok(());
    }
    // Also deleted ones: they would come back beside the new one.
    let rivals = tx.find_buried::<tag::Entity>().filter(tag::Column::GroupId.is_in(categories)).all().await?;
    let having = Condition::all()
        .add(tagging::Column::CustomerId.is_in(changes.iter().map(|change| change.customer)))
        .add(tagging::Column::TagId.is_in(rivals.iter().map(|tag| tag.id)));
    let mut here: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in tx.find::<tagging::Entity>().filter(having).all().await? {
        here.entry(row.customer_id).or_default().push(row.tag_id);
    }
    for change in changes {
        for added in std::mem::take(&mut change.add) {
            let category = known.category(added);
            let others = here.get(&change.customer).into_iter().flatten().copied().filter(|other| {
                let rival = rivals.iter().find(|tag| tag.id == *other);
                *other != added && category.is_some() && rival.map(|tag| tag.group_id) == category
            });
            // What a merged tag was given to, it is given back to.
            let others = others.filter(|other| !change.remove.contains(other) && Some(*other) != how.merged_from);
            let others: Vec<Uuid> = others.collect();
            let live = |other: &Uuid| rivals.iter().any(|tag| tag.id == *other && tag.live.is_some());
            if how.gives_way && others.iter().any(live) {
                continue;
            }
            change.remove.extend(others);
            change.add.push(added);
        }
    }
    Ok(())
}

/// Live tags of which a customer has one; without a category these themselves.
pub(super) async fn rivals(rows: &impl Reads, category: Option<Uuid>, tags: &[Uuid]) -> Result<Vec<Uuid>, Problem> {
    let Some(category) = category else { return Ok(tags.to_vec()) };
    let all = rows.rows::<tag::Entity>().filter(tag::Column::GroupId.eq(category)).all().await?;
    Ok(all.into_iter().map(|tag| tag.id).collect())
}
