//! The day's turn of a rule: first it warns, then customers fall, some at a time: nobody of whom it did not warn. Whoever
//! fell is meant no more, so a run that was cut off is simply gone on with; and each warning has a key, so nobody is
//! warned twice.

use super::due::{Falls, Rule};
use super::entity::{self as rule, Left};
use crate::calendar::midnight_after;
use crate::customers::entity::{customer, helper};
use crate::customers::pools::{Moved, record_moves};
use crate::customers::{self, pools};
use crate::jobs::{Job, in_turns};
use crate::problem::Problem;
use crate::scope::{Reads, Scope, Tx};
use crate::tasks::send::inbox_item;
use chrono::{DateTime, Duration, Utc};
use domain::pools::PoolMoveKind;
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// Customers in one transaction: each has an entry in the record.
const BATCH: u64 = 100;
/// What the inbox calls a warning.
const WARNING: &str = "pool_soon";
/// Days for which a warning whose time came still holds: the next turn takes whom it was about. After that it is given
/// anew, as when no server ran, or when another rule had warned of them.
const HOLDS: i64 = 1;

/// A rule's turn.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RecyclingDue {
    /// The rule.
    pub(crate) rule_id: Uuid,
    /// Whether everybody has been warned.
    #[serde(default)]
    pub(crate) warned: bool,
    /// The last customer that was looked at.
    #[serde(default)]
    pub(crate) after: Option<Uuid>,
}

impl Job for RecyclingDue {
    const KIND: &'static str = "recycling_due";

    async fn run(self, scope: Scope) -> Result<(), Problem> {
        in_turns(self, scope, async |this, scope| {
            // Anew for each batch: a rule that is switched off stops at once.
            let Some(rule) = current(scope, this.rule_id).await? else { return Ok(true) };
            let rows = next(scope, &rule, this).await?;
            match (rows.last().map(|row| row.id), this.warned) {
                (None, true) => return Ok(true),
                (None, false) => {
                    *this = Self { rule_id: this.rule_id, warned: true, after: None };
                    return Ok(scope.now() < rule.earliest);
                }
                (Some(last), warned) => {
                    if warned {
                        fall(scope, &rule, this.rule_id, &rows).await?;
                    } else {
                        warn(scope, &rule, &rows).await?;
                    }
                    this.after = Some(last);
                }
            }
            Ok(false)
        })
        .await
    }
}

/// The rule, if it is switched on and its pool is there.
async fn current(scope: &Scope, id: Uuid) -> Result<Option<Rule>, Problem> {
    let row = scope.find::<rule::Entity>().filter(rule::Column::Id.eq(id)).one().await?;
    let Some((row, from)) = row.and_then(|row| row.enabled_at.map(|from| (row, from))) else { return Ok(None) };
    let pool = match pools::find(scope, row.pool_id).await {
        Ok(pool) if pool.moving_to.is_none() => pool,
        Ok(_) | Err(Problem::NotFound) => return Ok(None),
        Err(problem) => return Err(problem),
    };
    // Who had a tag that was deleted keeps it for half an hour, in case it comes back; no rule goes by it meanwhile.
    let terms = row.terms()?;
    match Left::of(scope, std::slice::from_ref(&terms)).await?.narrowed(terms) {
        Some(terms) => Ok(Some(Rule::of(scope, pool, terms, from).await?)),
        None => Ok(None),
    }
}

/// The customers that come next, in the order of their ids: to be warned of, or to fall.
async fn next(scope: &Scope, rule: &Rule, at: &RecyclingDue) -> Result<Vec<customer::Model>, Problem> {
    if !at.warned && rule.terms.warn_days == 0 {
        return Ok(Vec::new());
    }
    let until = if at.warned { scope.now() } else { scope.now() + Duration::days(rule.terms.warn_days) };
    let past = Condition::all().add_option(at.after.map(|after| customer::Column::Id.gt(after)));
    let page = |rows: sea_orm::Select<customers::Entity>| rows.order_by_asc(customer::Column::Id).limit(BATCH);
    Ok(scope.find::<customers::Entity>().filter(rule.fallen(scope, until)).filter(past).shape(page).all().await?)
}

/// Tells the owners of those who are about to fall: once for each customer and time. Whoever the rule means only since
/// they were left alone for long enough (a tag, another type, a colleague who joined) has the time of the warning too.
async fn warn(scope: &mut Scope, rule: &Rule, rows: &[customer::Model]) -> Result<(), Problem> {
    let when = rule.falls_at(scope, rows).await?;
    let now = scope.now();
    let late = midnight_after(now, rule.terms.warn_days);
    let tx = scope.begin().await?;
    let told = warnings(&tx, rows).await?;
    let told = |row: &customer::Model| told.get(&row.id).into_iter().flatten();
    let soon = rows.iter().filter_map(|row| {
        let Falls { since, at } = when.get(&row.id)?;
        let known = if *at > now { told(row).any(|due| due == at) } else { told(row).any(|due| due > since) };
        (!known).then_some((row, if *at > now { *at } else { late }, whole_days(*since, now)))
    });
    let soon: Vec<_> = soon.collect();
    if soon.is_empty() {
        return Ok(());
    }
    let count = soon.len();
    let items = soon.into_iter().map(|(row, at, days)| {
        let day = at.with_timezone(&crate::clock::CHINA).format("%-m月%-d日");
        inbox_item::ActiveModel {
            id: Set(tx.new_id()),
            staff_id: Set(row.owner_id),
            kind: Set(WARNING.to_owned()),
            source_id: Set(row.id),
            due_at: Set(at),
            title: Set(format!("{} 将于{day}回收到{}", row.name, rule.pool.name)),
            body: Set(Some(format!("已 {days} 天{}。想保留这位客户，请在此之前处理。", rule.missing()))),
            customer_id: Set(Some(row.id)),
            read_at: Set(None),
            wechat: Set("no_credit".to_owned()),
            created_at: Set(now),
            ..Default::default()
        }
    });
    tx.insert_many::<inbox_item::Entity>(items).await?;
    tx.audit("recycle_warned", "pool", Some(rule.pool.id), json!({ "customers": count }));
    tx.commit().await
}

/// Whole days from midnight to midnight, as a rule counts them, between two moments.
fn whole_days(since: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    let day = |at: DateTime<Utc>| at.with_timezone(&crate::clock::CHINA).date_naive();
    Ord::max((day(now) - day(since)).num_days() - 1, 0)
}

/// For when some customers' owners were warned: what is to come, and what came a short time ago.
async fn warnings(rows: &impl Reads, of: &[customer::Model]) -> Result<HashMap<Uuid, Vec<DateTime<Utc>>>, Problem> {
    let told = Condition::all()
        .add(inbox_item::Column::Kind.eq(WARNING))
        .add(inbox_item::Column::SourceId.is_in(of.iter().map(|row| row.id)))
        .add(inbox_item::Column::DueAt.gt(rows.scope().now() - Duration::days(HOLDS)));
    let mut found: HashMap<Uuid, Vec<DateTime<Utc>>> = HashMap::new();
    for item in rows.rows::<inbox_item::Entity>().filter(told).all().await? {
        found.entry(item.source_id).or_default().push(item.due_at);
    }
    Ok(found)
}

/// Those whose owners were warned in time. A rule without warnings takes everybody.
async fn warned(
    tx: &Tx<'_>,
    rule: &Rule,
    when: &HashMap<Uuid, Falls>,
    held: Vec<customer::Model>,
) -> Result<Vec<customer::Model>, Problem> {
    if rule.terms.warn_days == 0 || held.is_empty() {
        return Ok(held);
    }
    let (told, now) = (warnings(tx, &held).await?, tx.now());
    let in_time = |row: &customer::Model| {
        let (falls, told) = (when.get(&row.id)?, told.get(&row.id)?);
        told.iter().any(|due| *due <= now && *due > falls.since).then_some(())
    };
    Ok(held.into_iter().filter(|row| in_time(row).is_some()).collect())
}

/// Puts customers into the pool: those that the rule still means when their rows are held.
async fn fall(scope: &mut Scope, rule: &Rule, rule_id: Uuid, rows: &[customer::Model]) -> Result<(), Problem> {
    // Before the transaction, because it asks for orders of the whole business. Whoever was seen to since is meant no more.
    let when = rule.falls_at(scope, rows).await?;
    let tx = scope.begin().await?;
    let these = customer::Column::Id.is_in(rows.iter().map(|row| row.id));
    let held = tx.find::<customers::Entity>().filter(these).filter(rule.fallen(tx.scope(), tx.now()));
    let held = warned(&tx, rule, &when, held.shape(QuerySelect::lock_exclusive).all().await?).await?;
    if held.is_empty() {
        return Ok(());
    }
    let pool = rule.pool.id;
    let ids: Vec<Uuid> = held.iter().map(|row| row.id).collect();
    let moved: Vec<_> = held.iter().map(|row| fallen(row, rule)).collect();
    let rows: Vec<_> = held.into_iter().map(|row| (row.id, row)).collect();
    let change = customer::ActiveModel { pool_id: Set(Some(pool)), ..Default::default() };
    tx.update_all::<customers::Entity>(&rows, "recycle", change).await?;
    tx.remove::<helper::Entity>(helper::Column::CustomerId.is_in(ids.iter().copied())).await?;
    record_moves(&tx, moved).await?;
    tx.audit("recycle", "pool", Some(pool), json!({ "rule": rule_id, "customers": ids.len() }));
    tx.commit().await
}

fn fallen(row: &customer::Model, rule: &Rule) -> Moved {
    let days = if rule.terms.working_days { "个工作日" } else { "天" };
    Moved {
        customer_id: row.id,
        kind: PoolMoveKind::Recycled,
        from: (Some(row.owner_id), None),
        to: (None, Some(rule.pool.id)),
        reason: Some(format!("{} {days}{}", rule.terms.days, rule.missing())),
    }
}
