//! Filters that are kept somewhere and name a tag: they are counted before it goes, and follow it when it
//! becomes another one.

use super::rules;
use crate::customers::bulk_entity::action;
use crate::customers::entity::{tagging, view};
use crate::customers::pools::recycle_rule::{self, Left};
use crate::customers::{Column, Entity};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use crate::tags::entity::rule;
use domain::bulk::BulkState;
use domain::filters::Filter;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait as _, Condition, Set};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Counts stop here.
const CAP: u64 = 1000;

/// What a tag is used for.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct TagUses {
    /// Customers who have it, up to 1000, whoever may see them.
    pub customers: u64,
    /// Whether there are more.
    pub capped: bool,
    /// Saved views that name it, everybody's.
    pub views: u64,
    /// Rules that give it or ask for it, also those by which customers fall into a pool.
    pub rules: u64,
    /// Those of them that are on and would mean others without it: they are switched off when it is deleted. A rule that
    /// asks for any of several tags, or by which customers who have one fall into a pool, goes on with the others.
    pub stops: usize,
    /// Bulk actions under way that name it.
    pub bulk: u64,
}

/// Filters that were rewritten when a tag became another one.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Followed {
    views: Vec<Rewritten>,
    rules: Vec<Rewritten>,
    recycling: Vec<Rewritten>,
    /// The rule that gave the tag, and gives the other one now.
    pub(super) giving: Option<Giving>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Giving {
    rule: Uuid,
    /// No rule had given the other one before: whatever one gave goes with the rule.
    alone: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Rewritten {
    id: Uuid,
    before: String,
    after: String,
}

/// Whatever meets one of several conditions.
fn any_of(tags: &[Uuid], naming: impl Fn(Uuid) -> Condition) -> Condition {
    tags.iter().fold(Condition::any(), |all, tag| all.add(naming(*tag)))
}

fn naming_view(tag: Uuid) -> Condition {
    Condition::all().add(view::Column::Filter.contains(tag.to_string()))
}

fn naming_rule(tag: Uuid) -> Condition {
    Condition::all().add(rule::Column::Filter.contains(tag.to_string()))
}

fn naming_recycling(tag: Uuid) -> Condition {
    Condition::all().add(recycle_rule::Column::Terms.contains(tag.to_string()))
}

fn naming_bulk(tag: Uuid) -> Condition {
    Condition::all()
        .add(action::Column::State.eq(BulkState::Running.as_str()))
        .add(action::Column::Asked.contains(tag.to_string()))
}

/// Counts what some tags are used for in the whole business.
pub(super) async fn uses(scope: &Scope, tags: &[Uuid]) -> Result<TagUses, Problem> {
    let whole = scope.whole();
    // A walk through the tags' own index that ends at the cap.
    let mut live = Query::select()
        .column((tagging::Entity, tagging::Column::CustomerId))
        .from(tagging::Entity)
        .inner_join(
            Entity,
            Condition::all()
                .add(Column::TenantId.eq(whole.tenant_id()))
                .add(Expr::col((Entity, Column::Id)).equals((tagging::Entity, tagging::Column::CustomerId))),
        )
        .and_where(tagging::Column::TenantId.eq(whole.tenant_id()))
        .and_where(tagging::Column::TagId.is_in(tags.iter().copied()))
        .and_where(Column::Live.eq(1))
        .limit(CAP + 1)
        .to_owned();
    if tags.len() > 1 {
        live.distinct();
    }
    let customers = u64::try_from(whole.ids(&live).await?.len()).unwrap_or(u64::MAX);
    let rules = any_of(tags, |tag| Condition::any().add(rule::Column::TagId.eq(tag)).add(naming_rule(tag)));
    let recycling = whole.find::<recycle_rule::Entity>().filter(any_of(tags, naming_recycling)).all().await?;
    Ok(TagUses {
        customers: Ord::min(customers, CAP),
        capped: customers > CAP,
        views: whole.find::<view::Entity>().filter(any_of(tags, naming_view)).count().await?.0,
        rules: whole.find::<rule::Entity>().filter(rules).count().await?.0
            + u64::try_from(recycling.len()).unwrap_or(u64::MAX),
        stops: stops(&whole, tags, &recycling).await? + rules::turning(&whole, tags).await?.len(),
        bulk: whole.find::<action::Entity>().filter(any_of(tags, naming_bulk)).count().await?.0,
    })
}

/// How many rules of pools lose the last tag that they name, and would mean nobody.
async fn stops(scope: &Scope, tags: &[Uuid], naming: &[recycle_rule::Model]) -> Result<usize, Problem> {
    let on = naming.iter().filter(|row| row.enabled_at.is_some());
    let terms = on.map(recycle_rule::Model::terms).collect::<Result<Vec<_>, _>>()?;
    let left = Left::of(scope, &terms).await?.without(tags);
    Ok(terms.into_iter().filter(|terms| left.narrowed(terms.clone()).is_none()).count())
}

/// The filter with another tag in the place of one; none when it does not name it.
fn renamed(text: &str, from: Uuid, into: Uuid) -> Result<Option<String>, Problem> {
    let mut filter: Filter = serde_json::from_str(text).map_err(anyhow::Error::from)?;
    let (from, into) = (from.to_string(), into.to_string());
    let mut changed = false;
    for test in filter.all.iter_mut().flat_map(|clause| &mut clause.any).filter(|test| test.field == "tag") {
        let both = test.values.contains(&into);
        if let Some(at) = test.values.iter().position(|value| *value == from) {
            changed = true;
            if both {
                test.values.remove(at);
            } else if let Some(value) = test.values.get_mut(at) {
                value.clone_from(&into);
            }
        }
    }
    Ok(if changed { Some(serde_json::to_string(&filter).map_err(anyhow::Error::from)?) } else { None })
}

/// Rewrites what names `from` to name `into`. The transaction sees the whole business.
///
/// # Errors
/// `rule_circular` when a rule would then depend on the tag that it gives.
pub(super) async fn follow(tx: &Tx<'_>, from: Uuid, into: Uuid) -> Result<Followed, Problem> {
    let mut followed = Followed::default();
    for row in tx.find::<view::Entity>().filter(naming_view(from)).all().await? {
        let before = row.filter.unwrap_or_default();
        let Some(after) = renamed(&before, from, into)? else { continue };
        let change = view::ActiveModel { filter: Set(Some(after.clone())), ..Default::default() };
        tx.update::<view::Entity>(row.id, None, change).await?;
        followed.views.push(Rewritten { id: row.id, before, after });
    }
    for row in tx.find::<rule::Entity>().filter(naming_rule(from)).all().await? {
        let before = row.filter.unwrap_or_default();
        let Some(after) = renamed(&before, from, into)? else { continue };
        let change = rule::ActiveModel { filter: Set(Some(after.clone())), ..Default::default() };
        tx.update::<rule::Entity>(row.id, None, change).await?;
        followed.rules.push(Rewritten { id: row.id, before, after });
    }
    followed.giving = handed_on(tx, from, into).await?;
    if !followed.rules.is_empty() || followed.giving.is_some() {
        rules::sound(tx).await?;
    }
    for row in tx.find::<recycle_rule::Entity>().filter(naming_recycling(from)).all().await? {
        let mut terms = row.terms()?;
        let both = terms.tag_ids.contains(&into);
        terms.tag_ids.retain(|id| !(both && *id == from));
        terms.tag_ids.iter_mut().filter(|id| **id == from).for_each(|id| *id = into);
        let after = serde_json::to_string(&terms).map_err(anyhow::Error::from)?;
        let id = row.id;
        followed.recycling.push(Rewritten { id, before: row.terms.clone().unwrap_or_default(), after: after.clone() });
        say(tx, &row, after).await?;
    }
    for row in tx.find::<action::Entity>().filter(naming_bulk(from)).all().await? {
        // Ids occur in it as tags only, and as customers, who have others.
        let asked = row.asked.unwrap_or_default().replace(&from.to_string(), &into.to_string());
        let change = action::ActiveModel { asked: Set(Some(asked)), ..Default::default() };
        tx.derive::<action::Entity>(row.id, change).await?;
    }
    Ok(followed)
}

/// Has the rule that gives `from` give `into`, unless that has one of its own or is what the rule asks for.
async fn handed_on(tx: &Tx<'_>, from: Uuid, into: Uuid) -> Result<Option<Giving>, Problem> {
    let of = |tag| rule::Column::TagId.eq(tag);
    let Some(row) = tx.find::<rule::Entity>().filter(of(from)).one().await? else { return Ok(None) };
    let asks = row.filter.as_deref().unwrap_or_default().contains(&into.to_string());
    if asks || tx.find::<rule::Entity>().filter(of(into)).one().await?.is_some() {
        return Ok(None);
    }
    give_by(tx, row.id, into).await?;
    let given = Condition::all().add(tagging::Column::TagId.eq(into)).add(tagging::Column::ByRule.eq(1));
    let alone = tx.find::<tagging::Entity>().filter(given).one().await?.is_none();
    Ok(Some(Giving { rule: row.id, alone }))
}

async fn give_by(tx: &Tx<'_>, rule: Uuid, tag: Uuid) -> Result<(), Problem> {
    let change = rule::ActiveModel { tag_id: Set(tag), ..Default::default() };
    tx.update::<rule::Entity>(rule, None, change).await?;
    Ok(())
}

/// Has a rule say something else. It means others from now on, so they have the time of the warning again.
async fn say(tx: &Tx<'_>, row: &recycle_rule::Model, terms: String) -> Result<(), Problem> {
    let change = recycle_rule::ActiveModel {
        terms: Set(Some(terms)),
        enabled_at: Set(row.enabled_at.map(|_| tx.now())),
        ..Default::default()
    };
    tx.update::<recycle_rule::Entity>(row.id, None, change).await?;
    Ok(())
}

/// Puts back what still stands as it was rewritten when `from` became `into`. `true`: what a rule gave of `into` goes.
pub(super) async fn put_back(tx: &Tx<'_>, followed: Followed, from: Uuid, into: Uuid) -> Result<bool, Problem> {
    let mut goes = false;
    if let Some(Giving { rule, alone }) = followed.giving {
        let still = Condition::all().add(rule::Column::Id.eq(rule)).add(rule::Column::TagId.eq(into));
        if tx.find::<rule::Entity>().filter(still).one().await?.is_some() {
            give_by(tx, rule, from).await?;
            goes = alone;
        }
    }
    for Rewritten { id, before, after } in followed.views {
        let now = tx.find::<view::Entity>().filter(view::Column::Id.eq(id)).one().await?;
        if now.and_then(|row| row.filter).is_some_and(|now| now == after) {
            let change = view::ActiveModel { filter: Set(Some(before)), ..Default::default() };
            tx.update::<view::Entity>(id, None, change).await?;
        }
    }
    for Rewritten { id, before, after } in followed.rules {
        let now = tx.find::<rule::Entity>().filter(rule::Column::Id.eq(id)).one().await?;
        if now.and_then(|row| row.filter).is_some_and(|now| now == after) {
            let change = rule::ActiveModel { filter: Set(Some(before)), ..Default::default() };
            tx.update::<rule::Entity>(id, None, change).await?;
        }
    }
    for Rewritten { id, before, after } in followed.recycling {
        let now = tx.find::<recycle_rule::Entity>().filter(recycle_rule::Column::Id.eq(id)).one().await?;
        if let Some(row) = now.filter(|row| row.terms.as_ref() == Some(&after)) {
            say(tx, &row, before).await?;
        }
    }
    Ok(goes)
}
