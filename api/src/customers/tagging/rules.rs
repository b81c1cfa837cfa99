//! The rules of a business, in an order in which whatever a rule asks for is decided before it.

use crate::customers::custom::names;
use crate::problem::Problem;
use crate::scope::{Reads, Scope, Tx};
use crate::tags::entity::{group, rule, tag};
use domain::Violation;
use domain::filters::{Filter, Op, Test};
use sea_orm::{ColumnTrait as _, Condition, Set};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Rules that a business may have.
pub(super) const MOST: usize = 100;

/// A rule of a live tag.
pub(super) struct Rule {
    pub(super) tag: Uuid,
    pub(super) filter: Filter,
    enabled: bool,
    place: (i64, chrono::DateTime<chrono::Utc>),
}

/// What is decided at once: a tag, or a category, of which a customer has one value.
pub(super) struct Node {
    /// The category.
    pub(super) category: Option<Uuid>,
    /// Its rules; of a category the first one that holds counts.
    pub(super) rules: Vec<Rule>,
}

/// Every rule of the business, on or off, and the node of each tag.
async fn nodes(rows: &impl Reads) -> Result<(BTreeMap<Uuid, Node>, BTreeMap<Uuid, Uuid>), Problem> {
    let all = rows.rows::<rule::Entity>().all().await?;
    let mut nodes = BTreeMap::<Uuid, Node>::new();
    let mut of_tag = BTreeMap::new();
    if all.is_empty() {
        return Ok((nodes, of_tag));
    }
    let tags = rows.rows::<tag::Entity>().shape(|rows| rows.find_also_related(group::Entity));
    for (tag, group) in tags.all().await? {
        let category = group.filter(|group| group.single.is_some()).map(|group| group.id);
        of_tag.insert(tag.id, category.unwrap_or(tag.id));
        let Some(row) = all.iter().find(|row| row.tag_id == tag.id) else { continue };
        let filter = filter(row)?;
        let place = (tag.place.unwrap_or(i64::MAX), tag.created_at);
        let rule = Rule { tag: tag.id, filter, enabled: row.enabled.is_some(), place };
        let node = nodes.entry(category.unwrap_or(tag.id)).or_insert_with(|| Node { category, rules: Vec::new() });
        node.rules.push(rule);
    }
    for node in nodes.values_mut() {
        node.rules.sort_by_key(|rule| rule.place);
    }
    Ok((nodes, of_tag))
}

/// Who gets the tag of a rule.
pub(super) fn filter(row: &rule::Model) -> Result<Filter, Problem> {
    Ok(serde_json::from_str(row.filter.as_deref().unwrap_or("{}")).map_err(anyhow::Error::from)?)
}

/// How a filter compares tags, and with which.
fn of_tags(filter: &Filter) -> impl Iterator<Item = (Op, Vec<Uuid>)> {
    let tests = filter.all.iter().flat_map(|clause| &clause.any).filter(|test| test.field == "tag");
    tests.map(|test| (test.op, test.values.iter().filter_map(|value| domain::moment::uuid(value)).collect()))
}

/// What a filter asks about tags: these, or any at all.
fn asks(filter: &Filter) -> (Vec<Uuid>, bool) {
    let any = of_tags(filter).any(|(op, _)| matches!(op, Op::Set | Op::Empty));
    (of_tags(filter).flat_map(|(_, tags)| tags).collect(), any)
}

/// The nodes in an order in which what a rule asks for comes first.
///
/// # Errors
/// `rule_circular` when there is none.
fn ordered(mut nodes: BTreeMap<Uuid, Node>, of_tag: &BTreeMap<Uuid, Uuid>) -> Result<Vec<Node>, Problem> {
    let mut waits: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
    for (id, node) in &nodes {
        let mut on = BTreeSet::new();
        for rule in &node.rules {
            let (tags, any) = asks(&rule.filter);
            on.extend(tags.iter().filter_map(|tag| of_tag.get(tag)).filter(|on| nodes.contains_key(*on)).copied());
            if any {
                on.extend(nodes.keys().copied());
            }
        }
        waits.insert(*id, on);
    }
    let mut order = Vec::new();
    while !nodes.is_empty() {
        let free = waits.iter().find(|(_, on)| on.is_empty()).map(|(id, _)| *id);
        let Some(free) = free else { return Err(Problem::conflict("rule_circular", None)) };
        waits.remove(&free);
        for on in waits.values_mut() {
            on.remove(&free);
        }
        order.extend(nodes.remove(&free));
    }
    Ok(order)
}

/// The rules that are on, in their order.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn load(rows: &impl Reads) -> Result<Vec<Node>, Problem> {
    let (nodes, of_tag) = nodes(rows).await?;
    let mut order = ordered(nodes, &of_tag)?;
    for node in &mut order {
        node.rules.retain(|rule| rule.enabled);
    }
    order.retain(|node| !node.rules.is_empty());
    Ok(order)
}

/// Refuses rules that lead back to themselves; those that are off count too, so that each can be switched on.
///
/// # Errors
/// `rule_circular`.
pub(super) async fn sound(rows: &impl Reads) -> Result<(), Problem> {
    let (nodes, of_tag) = nodes(rows).await?;
    ordered(nodes, &of_tag).map(|_| ())
}

/// Refuses what is different for everybody who looks, and what giving a tag changes by itself.
///
/// # Errors
/// `rule_personal` and `rule_circular`, at the test.
pub(super) fn fit(filter: &Filter) -> Result<(), Problem> {
    for (at, clause) in filter.all.iter().enumerate() {
        for (of, test) in clause.any.iter().enumerate() {
            let field = format!("filter.all.{at}.any.{of}.field");
            match test.field.as_str() {
                "updated" => return Err(Violation::new(field, "rule_circular").into()),
                _ if personal(test) => return Err(Violation::new(field, "rule_personal").into()),
                _ => {}
            }
        }
    }
    Ok(())
}

fn personal(test: &Test) -> bool {
    test.field == "starred" || test.field == "owner" && test.values.iter().any(|value| value == "me")
}

/// Whether the business has a rule that is on: a copy that is at most three seconds old.
pub(super) async fn any(rows: &impl Reads) -> Result<bool, Problem> {
    let scope = rows.scope();
    let snapshots = &scope.installation().snapshots;
    if let Some(kept) = snapshots.tag_rules(scope.tenant_id(), scope.now()) {
        return Ok(kept);
    }
    let found = rows.rows_of_all::<rule::Entity>().filter(rule::Column::Enabled.eq(1)).one().await?.is_some();
    snapshots.remember_tag_rules(scope.tenant_id(), scope.now(), found);
    Ok(found)
}

/// This process knows of a change at once, the others within three seconds.
pub(in crate::customers) fn forget(scope: &Scope) {
    scope.installation().snapshots.forget_tag_rules(scope.tenant_id());
}

/// The rules that ask for a field of the business's own, on or off.
pub(in crate::customers) async fn naming(rows: &impl Reads, key: &str) -> Result<Vec<rule::Model>, Problem> {
    let naming = rule::Column::Filter.contains(format!("\"custom.{key}\""));
    let mut found = Vec::new();
    for row in rows.rows::<rule::Entity>().filter(naming).all().await? {
        if names(&filter(&row)?, key) {
            found.push(row);
        }
    }
    Ok(found)
}

/// Switches off the rules that ask for a field which is deleted: they would seem to be on and decide nothing any more.
///
/// # Errors
/// When the database does not answer.
pub(in crate::customers) async fn stop_naming(tx: &Tx<'_>, key: &str) -> Result<(), Problem> {
    stop(tx, naming(tx, key).await?.into_iter().filter(|row| row.enabled.is_some())).await
}

/// The rules that are on and would mean others once some tags are gone: nobody has these then, so whoever was kept out
/// for having one comes in, and whoever came in for having one is out.
pub(super) async fn turning(rows: &impl Reads, tags: &[Uuid]) -> Result<Vec<rule::Model>, Problem> {
    let name = |tag: &Uuid| rule::Column::Filter.contains(tag.to_string());
    let naming = tags.iter().fold(Condition::any(), |any, tag| any.add(name(tag)));
    let on = rows.rows::<rule::Entity>().filter(Condition::all().add(rule::Column::Enabled.eq(1)).add(naming));
    let mut named = Vec::new();
    for row in on.all().await? {
        let filter = filter(&row)?;
        named.push((row, filter));
    }
    let asked = named.iter().flat_map(|(_, filter)| asks(filter).0).filter(|tag| !tags.contains(tag));
    let others: BTreeSet<Uuid> = asked.collect();
    let left = if others.is_empty() {
        Vec::new()
    } else {
        rows.rows::<tag::Entity>().filter(tag::Column::Id.is_in(others)).held().all().await?
    };
    let left: BTreeSet<Uuid> = left.into_iter().map(|tag| tag.id).collect();
    Ok(named.into_iter().filter(|(_, filter)| turns(filter, tags, &left)).map(|(row, _)| row).collect())
}

/// Whether a filter means others without some tags. One that asks for any of several goes on with those that are `left`.
fn turns(filter: &Filter, gone: &[Uuid], left: &BTreeSet<Uuid>) -> bool {
    of_tags(filter).any(|(op, tags)| {
        tags.iter().any(|tag| gone.contains(tag)) && !(op == Op::AnyOf && tags.iter().any(|tag| left.contains(tag)))
    })
}

/// Switches off the rules that would mean others without some tags.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn stop_turning(tx: &Tx<'_>, tags: &[Uuid]) -> Result<(), Problem> {
    stop(tx, turning(tx, tags).await?.into_iter()).await
}

async fn stop(tx: &Tx<'_>, rules: impl Iterator<Item = rule::Model>) -> Result<(), Problem> {
    for row in rules {
        let off = rule::ActiveModel { enabled: Set(None), ..Default::default() };
        tx.update::<rule::Entity>(row.id, None, off).await?;
    }
    Ok(())
}
