//! A tag becomes another one: whoever had it has the other, and filters follow. Its own rows stay until it
//! cannot come back any more, so that undoing gives it back to exactly those who had it.

use super::evaluate::outdated;
use super::follow::{Followed, follow, put_back};
use super::gone::TagGone;
use super::planned::PlanTagTurned;
use super::put::{How, Retag, look_up, retag};
use super::rules::forget;
use crate::customers::entity::tagging;
use crate::jobs::{Job, in_turns};
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::grants::TagsWrite;
use crate::scope::{Can, Checked, IfMatch, Path, Scope, Tx};
use crate::tags::TagView;
use crate::tags::entity::tag;
use actix_web::{post, web::Json};
use domain::tags::TagMerge;
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashSet;
use uuid::Uuid;

/// Customers in one transaction: each has an entry in the record.
const BATCH: u64 = 100;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(merge_tag);
}

/// Merges a tag into another one: its customers have the other, saved views and rules that name it name the
/// other. Of many customers the first hundred at once, the rest in the background. For half an hour
/// `restore` undoes it.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = TagMerge, responses((status = 200, body = TagView), Problems))]
#[post("/tags/{id}/merge")]
async fn merge_tag(
    scope: Can<TagsWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<TagMerge>,
) -> Result<Json<TagView>, Problem> {
    let into = body.value.into;
    // Everybody's customers have it, and everybody's views name it.
    let mut whole = scope.whole();
    let tx = whole.begin().await?;
    let view = TagView::find(&tx, id.0).await?;
    if into == id.0 {
        return Err(Problem::field("into", "tag_same"));
    }
    let other = TagView::find(&tx, into).await.map_err(|problem| match problem {
        Problem::NotFound => Problem::field("into", "tag_unknown"),
        other => other,
    })?;
    if !becomes(&tx, id.0, into, Some(version.0), Pace::AtOnce).await? {
        return Err(Problem::stale(&view));
    }
    tx.commit().await?;
    forget(&scope);
    Ok(Json(other))
}

/// When customers follow a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// The first hundred in this very transaction.
    AtOnce,
    /// All of them in the background: many tags go together.
    Later,
}

/// Has a tag become another one, if it still has `version` (`None`: whatever it has). The transaction sees the whole
/// business. `false` when it is not there any more.
pub(super) async fn becomes(
    tx: &Tx<'_>,
    id: Uuid,
    into: Uuid,
    version: Option<i64>,
    pace: Pace,
) -> Result<bool, Problem> {
    // Before its rows move, because a rule that asks for it is not to see it half-way.
    let followed = follow(tx, id, into).await?;
    let by_rule = followed.giving.is_some();
    let followed = serde_json::to_string(&followed).map_err(anyhow::Error::from)?;
    let change = tag::ActiveModel { merged_into: Set(Some(into)), followed: Set(Some(followed)), ..Default::default() };
    tx.derive::<tag::Entity>(id, change).await?;
    if !tx.bury::<tag::Entity>(id, version).await? {
        return Ok(false);
    }
    tx.audit("merge", "tag", Some(id), json!({ "into": into }));
    // Rules look when everybody has what was given by hand.
    let after = match pace {
        Pace::AtOnce => give(tx, (id, into, by_rule), None).await?,
        Pace::Later => None,
    };
    if pace == Pace::Later || after.is_some() {
        tx.enqueue(&TagMerged { tag_id: id, into, after, by_rule }, tx.now()).await?;
    } else {
        outdated(tx).await?;
    }
    TagGone::later(tx, id).await?;
    Ok(true)
}

/// Gives `into` to some of those who have `from`; answers the last of them when there are more. `by_rule`: what a rule
/// gave, it gives and takes as the other tag.
async fn give(
    tx: &Tx<'_>,
    (from, into, by_rule): (Uuid, Uuid, bool),
    after: Option<Uuid>,
) -> Result<Option<Uuid>, Problem> {
    let past = Condition::all().add_option(after.map(|after| tagging::Column::CustomerId.gt(after)));
    let having = tx.find::<tagging::Entity>().filter(tagging::Column::TagId.eq(from)).filter(past);
    let having = having.shape(|rows| rows.order_by_asc(tagging::Column::CustomerId).limit(BATCH + 1)).all().await?;
    let more = u64::try_from(having.len()).unwrap_or(u64::MAX) > BATCH;
    let having = having.get(..usize::try_from(BATCH).unwrap_or(usize::MAX)).unwrap_or(&having);
    let batch: Vec<Uuid> = having.iter().map(|row| row.customer_id).collect();
    if batch.is_empty() {
        return Ok(None);
    }
    let both = Condition::all()
        .add(tagging::Column::TagId.eq(into))
        .add(tagging::Column::CustomerId.is_in(batch.iter().copied()));
    let both = tx.find::<tagging::Entity>().filter(both).all().await?;
    let ruled: HashSet<Uuid> = both.iter().filter(|row| row.by_rule.is_some()).map(|row| row.customer_id).collect();
    let both: HashSet<Uuid> = both.into_iter().map(|row| row.customer_id).collect();
    // A rule was quicker, and must not take away what somebody gave.
    let hand = having.iter().filter(|row| row.by_rule.is_none() && ruled.contains(&row.customer_id));
    let hand = Condition::all()
        .add(tagging::Column::TagId.eq(into))
        .add(tagging::Column::CustomerId.is_in(hand.map(|row| row.customer_id)));
    let change = tagging::ActiveModel { by_rule: Set(None), merged_from: Set(Some(from)), ..Default::default() };
    if !ruled.is_empty() {
        tx.derive_all::<tagging::Entity>(hand, change).await?;
    }
    let lacking = having.iter().filter(|row| !both.contains(&row.customer_id));
    let (ruled, given): (Vec<_>, Vec<_>) = lacking.partition(|row| by_rule && row.by_rule.is_some());
    let known = look_up(tx, &[into]).await?;
    for (rows, by_rule) in [(ruled, true), (given, false)] {
        let changes = rows.iter().map(|row| Retag { customer: row.customer_id, add: vec![into], remove: Vec::new() });
        // Whoever has another tag of its category by now keeps that.
        let how = How { merged_from: Some(from), gives_way: true, by_rule };
        retag(tx, changes.collect(), &known, how).await?;
    }
    Ok(batch.last().copied().filter(|_| more))
}

/// The rest of those whose tag became another one.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TagMerged {
    tag_id: Uuid,
    into: Uuid,
    /// The last one of those who follow already.
    after: Option<Uuid>,
    #[serde(default)]
    by_rule: bool,
}

impl Job for TagMerged {
    const KIND: &'static str = "tag_merged";

    async fn run(self, scope: Scope) -> Result<(), Problem> {
        in_turns(self, scope, async |this, scope| {
            let Self { tag_id, into, after, by_rule } = *this;
            let tx = scope.begin().await?;
            // Held, so that whoever brings it back waits, and then takes back what was given.
            let still = Condition::all()
                .add(tag::Column::Id.eq(tag_id))
                .add(tag::Column::Live.is_null())
                .add(tag::Column::MergedInto.eq(into));
            let still = tx.find_buried::<tag::Entity>().filter(still).shape(QuerySelect::lock_exclusive);
            if still.all().await?.is_empty() {
                return Ok(true);
            }
            let next = give(&tx, (tag_id, into, by_rule), after).await?;
            tx.unrecorded("each customer that changed has its entry; who had both has none");
            tx.commit().await?;
            if let Some(next) = next {
                this.after = Some(next);
                return Ok(false);
            }
            let tx = scope.begin().await?;
            outdated(&tx).await?;
            tx.commit().await?;
            Ok(true)
        })
        .await
    }
}

/// Undoes what became of a tag that was merged and has just come back.
pub(super) async fn undo(tx: &Tx<'_>, row: &tag::Model, pace: Pace) -> Result<(), Problem> {
    let Some(into) = row.merged_into else { return Ok(()) };
    let followed: Followed =
        serde_json::from_str(row.followed.as_deref().unwrap_or("{}")).map_err(anyhow::Error::from)?;
    let by_rule = put_back(tx, followed, row.id, into).await?;
    let change = tag::ActiveModel { merged_into: Set(None), followed: Set(None), ..Default::default() };
    tx.derive::<tag::Entity>(row.id, change).await?;
    // Its plan was also for those who have the other one.
    tx.enqueue(&PlanTagTurned { tag_id: row.id }, tx.now()).await?;
    if pace == Pace::Later || !take(tx, row.id, into, by_rule).await? {
        tx.enqueue(&TagRestored { tag_id: row.id, into, by_rule }, tx.now()).await?;
    }
    Ok(())
}

/// Takes `into` from some who had it only because of `from`, or `by_rule`; `true` when none are left.
async fn take(tx: &Tx<'_>, from: Uuid, into: Uuid, by_rule: bool) -> Result<bool, Problem> {
    let by_rule = by_rule.then(|| tagging::Column::ByRule.eq(1));
    let only = Condition::any().add(tagging::Column::MergedFrom.eq(from)).add_option(by_rule);
    let given = Condition::all().add(tagging::Column::TagId.eq(into)).add(only);
    let given = tx.find::<tagging::Entity>().filter(given);
    let given = given.shape(|rows| rows.order_by_asc(tagging::Column::CustomerId).limit(BATCH)).all().await?;
    let count = u64::try_from(given.len()).unwrap_or(u64::MAX);
    let changes = given.iter().map(|row| Retag { customer: row.customer_id, add: Vec::new(), remove: vec![into] });
    retag(tx, changes.collect(), &look_up(tx, &[]).await?, How::default()).await?;
    Ok(count < BATCH)
}

/// The rest of those who had a tag only because another one became it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TagRestored {
    tag_id: Uuid,
    into: Uuid,
    #[serde(default)]
    by_rule: bool,
}

impl Job for TagRestored {
    const KIND: &'static str = "tag_restored";

    async fn run(self, scope: Scope) -> Result<(), Problem> {
        in_turns(self, scope, async |this, scope| {
            let tx = scope.begin().await?;
            let back = tx.find::<tag::Entity>().filter(tag::Column::Id.eq(this.tag_id)).one().await?;
            // Merged anew meanwhile: what was given then is not to be taken.
            if back.is_none() {
                return Ok(true);
            }
            let done = take(&tx, this.tag_id, this.into, this.by_rule).await?;
            tx.unrecorded("each customer that changed has its entry");
            tx.commit().await?;
            Ok(done)
        })
        .await
    }
}
