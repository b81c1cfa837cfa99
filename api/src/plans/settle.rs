//! Where customers should be with their plans, and taking them there.

use super::entity as run;
use crate::clock::CHINA;
use crate::customers::entity::tagging;
use crate::customers::{self, Customer, PlansAsked, became};
use crate::db::Code;
use crate::problem::Problem;
use crate::scope::Tx;
use crate::tags::entity::plan;
use crate::tasks::entity as task;
use crate::tasks::planned::{Planned, call_off, hand_on, make};
use chrono::{DateTime, Days, Duration, NaiveTime, Utc};
use domain::plans::{PlanEnd, PlanStage, time_of};
use domain::tasks::TaskStatus;
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _, Set};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The stages of a plan.
pub(super) fn stages(row: &plan::Model) -> Result<Vec<PlanStage>, Problem> {
    Ok(serde_json::from_str(row.stages.as_deref().unwrap_or("[]")).map_err(anyhow::Error::from)?)
}

/// A plan with what is to be known of its tag.
struct Plan {
    row: plan::Model,
    stages: Vec<PlanStage>,
    /// Its tag, and what that became: whoever has the last has the first.
    tags: Vec<Uuid>,
    /// The last of them, if it is there and not deleted a moment ago.
    live: Option<Uuid>,
    /// When its own tag went.
    gone_at: Option<DateTime<Utc>>,
}

impl Plan {
    /// Since when it is on; never, while it is off.
    const fn on(&self) -> Option<DateTime<Utc>> {
        self.row.enabled_at
    }
}

/// The plans of the business, and who of some customers has which tag.
struct Known {
    plans: HashMap<Uuid, Plan>,
    has: BTreeSet<(Uuid, Uuid)>,
}

impl Known {
    async fn of(tx: &Tx<'_>, customers: &[Customer]) -> Result<Self, Problem> {
        // Held: whoever switches one off meanwhile waits, and then finds what was begun.
        let rows = tx.find::<plan::Entity>().held().all().await?;
        let mut became = became(tx, rows.iter().map(|row| row.tag_id).collect()).await?;
        let mut plans = HashMap::new();
        for row in rows {
            let path = became.remove(&row.tag_id).unwrap_or_default();
            let gone_at = path.first().and_then(|tag| tag.deleted_at);
            let live = path.last().filter(|tag| tag.live.is_some()).map(|tag| tag.id);
            let tags = path.into_iter().map(|tag| tag.id).collect();
            plans.insert(row.id, Plan { stages: stages(&row)?, row, tags, live, gone_at });
        }
        let having = Condition::all()
            .add(tagging::Column::CustomerId.is_in(customers.iter().map(|row| row.id)))
            .add(tagging::Column::TagId.is_in(plans.values().flat_map(|plan| plan.tags.iter().copied())));
        let has = tx.find::<tagging::Entity>().filter(having).all().await?;
        Ok(Self { plans, has: has.into_iter().map(|row| (row.customer_id, row.tag_id)).collect() })
    }

    fn has(&self, customer: Uuid, plan: &Plan) -> bool {
        plan.tags.iter().any(|tag| self.has.contains(&(customer, *tag)))
    }

    /// The plan that a tag brings: its own, or that of the first tag which became it and which it will be given.
    fn brought_by(&self, tag: Uuid) -> Option<&Plan> {
        let own = self.plans.values().find(|plan| plan.row.tag_id == tag);
        let heir = || self.plans.values().filter(|plan| plan.live == Some(tag)).min_by_key(|plan| plan.gone_at);
        own.or_else(heir).filter(|plan| plan.live.is_some())
    }
}

/// Takes some customers to where they should be, and begins the plan of each tag that was given to one. Whoever is
/// held already waits; the transaction sees the whole business.
pub(super) async fn settle(tx: &Tx<'_>, asked: &PlansAsked) -> Result<(), Problem> {
    // Held, so that two looks at one customer go one after the other: the second finds what the first began.
    let these = customers::Column::Id.is_in(asked.customers.iter().copied());
    let rows = tx.find_buried::<customers::Entity>().filter(these);
    let rows = rows.shape(|rows| rows.order_by_asc(customers::Column::Id).lock_exclusive()).all().await?;
    if rows.is_empty() {
        return Ok(());
    }
    let known = Known::of(tx, &rows).await?;
    let theirs = Condition::all()
        .add(run::Column::CustomerId.is_in(rows.iter().map(|row| row.id)))
        .add(run::Column::Tagged.eq(1));
    let mut runs: HashMap<(Uuid, Uuid), Vec<run::Model>> = HashMap::new();
    for row in tx.find::<run::Entity>().filter(theirs).all().await? {
        runs.entry((row.customer_id, row.plan_id)).or_default().push(row);
    }
    let running = runs.values().flatten().filter(|row| row.ended_at.is_none()).map(|row| row.id);
    let mut open = open_tasks(tx, running.collect()).await?;
    let (held, away): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.live.is_some());
    for ((customer, plan), runs) in &runs {
        let over = known.plans.get(plan).is_none_or(|plan| plan.on().is_none());
        if over && away.iter().any(|row| row.id == *customer) {
            // Whoever comes back later does not find a plan that is off.
            for row in runs.iter().filter(|row| row.ended_at.is_none()) {
                end(tx, row, PlanEnd::Off, open.remove(&row.id).unwrap_or_default()).await?;
            }
        }
    }
    anew(tx, &known, (asked, &held), &mut runs, &mut open).await?;
    for customer in &held {
        for ((_, plan), runs) in runs.iter_mut().filter(|((id, _), _)| *id == customer.id) {
            let plan = known.plans.get(plan);
            if plan.is_some_and(|plan| !known.has(customer.id, plan)) {
                let_go(tx, runs).await?;
            }
            let Some(run) = the_one(tx, runs, &mut open).await? else { continue };
            let tasks = open.remove(&run.id).unwrap_or_default();
            match plan.filter(|plan| plan.on().is_some()) {
                None => end(tx, &run, PlanEnd::Off, tasks).await?,
                Some(plan) if !known.has(customer.id, plan) => end(tx, &run, PlanEnd::Untagged, tasks).await?,
                Some(plan) => go_on(tx, plan, customer, &run, tasks).await?,
            }
        }
    }
    Ok(())
}

/// Ends what hung on a tag that was taken, also from whoever has it again by now, and begins the plan of each tag that
/// was given.
async fn anew(
    tx: &Tx<'_>,
    known: &Known,
    (asked, held): (&PlansAsked, &[Customer]),
    runs: &mut HashMap<(Uuid, Uuid), Vec<run::Model>>,
    open: &mut HashMap<Uuid, Vec<task::Model>>,
) -> Result<(), Problem> {
    for (tag, from) in &asked.taken {
        for plan in known.plans.values().filter(|plan| plan.tags.contains(tag)) {
            for customer in held.iter().filter(|row| from.contains(&row.id)) {
                let Some(here) = runs.get_mut(&(customer.id, plan.row.id)) else { continue };
                // What began since is of the tag that was given since.
                let mut before: Vec<run::Model> = here.extract_if(.., |row| row.started_at <= asked.at).collect();
                if before.is_empty() {
                    continue;
                }
                let_go(tx, &mut before).await?;
                for row in before {
                    end(tx, &row, PlanEnd::Untagged, open.remove(&row.id).unwrap_or_default()).await?;
                }
                let has = plan.live.is_some_and(|tag| known.has.contains(&(customer.id, tag)));
                if has && plan.on().is_some() && here.is_empty() {
                    here.push(begin(tx, plan, customer).await?);
                }
            }
        }
    }
    for (tag, to) in &asked.given {
        let Some(plan) = known.brought_by(*tag).filter(|plan| plan.on().is_some_and(|on| on <= asked.at)) else {
            continue;
        };
        for customer in held.iter().filter(|row| to.contains(&row.id) && known.has(row.id, plan)) {
            let here = runs.entry((customer.id, plan.row.id)).or_default();
            if here.is_empty() {
                here.push(begin(tx, plan, customer).await?);
            }
        }
    }
    Ok(())
}

/// Open tasks by the run that made them, held: one that is being done at this moment is not called off.
pub(super) async fn open_tasks(tx: &Tx<'_>, runs: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<task::Model>>, Problem> {
    let mut open: HashMap<Uuid, Vec<task::Model>> = HashMap::new();
    if runs.is_empty() {
        return Ok(open);
    }
    let theirs = Condition::all()
        .add(task::Column::PlanRunId.is_in(runs))
        .add(task::Column::Status.eq(TaskStatus::Open.as_str()));
    let rows = tx.find::<task::Entity>().filter(theirs);
    let rows = rows.shape(|rows| rows.order_by_asc(task::Column::Id).lock_exclusive()).all().await?;
    for row in rows {
        if let Some(run) = row.plan_run_id {
            open.entry(run).or_default().push(row);
        }
    }
    Ok(open)
}

async fn begin(tx: &Tx<'_>, plan: &Plan, customer: &Customer) -> Result<run::Model, Problem> {
    let (id, now) = (tx.new_id(), tx.now());
    let row = run::ActiveModel {
        id: Set(id),
        plan_id: Set(plan.row.id),
        customer_id: Set(customer.id),
        stage: Set(0),
        stage_at: Set(None),
        tagged: Set(Some(1)),
        started_at: Set(now),
        ended_at: Set(None),
        why: Set(None),
        ..Default::default()
    };
    tx.insert::<run::Entity>(row).await?;
    tx.audit("plan_begin", "customer", Some(customer.id), json!({ "plan": plan.row.id }));
    Ok(run::Model {
        tenant_id: tx.tenant_id(),
        id,
        plan_id: plan.row.id,
        customer_id: customer.id,
        stage: 0,
        stage_at: None,
        tagged: Some(1),
        started_at: now,
        ended_at: None,
        why: None,
    })
}

/// The tag is gone: whoever gets it anew begins anew, also after having been through the plan.
async fn let_go(tx: &Tx<'_>, runs: &mut Vec<run::Model>) -> Result<(), Problem> {
    let over: Vec<Uuid> = runs.extract_if(.., |row| row.ended_at.is_some()).map(|row| row.id).collect();
    if over.is_empty() {
        return Ok(());
    }
    let change = run::ActiveModel { tagged: Set(None), ..Default::default() };
    tx.derive_all::<run::Entity>(run::Column::Id.is_in(over), change).await?;
    Ok(())
}

/// The run of a plan that goes on, of those that a customer has: two after a merge, of which the one that is further
/// along stays. One that ended for that, and is alone since the merge was undone, goes on.
async fn the_one(
    tx: &Tx<'_>,
    runs: &mut [run::Model],
    open: &mut HashMap<Uuid, Vec<task::Model>>,
) -> Result<Option<run::Model>, Problem> {
    runs.sort_by_key(|row| (std::cmp::Reverse(row.stage), row.started_at, row.id));
    if let [only] = &mut *runs
        && only.why == Some(Code(PlanEnd::Merged))
    {
        (only.ended_at, only.why, only.stage_at) = (None, None, None);
        let change =
            run::ActiveModel { ended_at: Set(None), why: Set(None), stage_at: Set(None), ..Default::default() };
        tx.derive::<run::Entity>(only.id, change).await?;
        tx.audit("plan_begin", "customer", Some(only.customer_id), json!({ "plan": only.plan_id }));
        return Ok(Some(only.clone()));
    }
    let mut running = runs.iter().filter(|row| row.ended_at.is_none());
    let first = running.next().cloned();
    for other in running {
        end(tx, other, PlanEnd::Merged, open.remove(&other.id).unwrap_or_default()).await?;
    }
    Ok(first)
}

/// Ends a run; its open tasks are called off.
pub(super) async fn end(tx: &Tx<'_>, row: &run::Model, why: PlanEnd, open: Vec<task::Model>) -> Result<(), Problem> {
    // Whoever has been through it, or was taken out of it, is not in it again while they keep the tag.
    let keeps = matches!(why, PlanEnd::Done | PlanEnd::Stopped | PlanEnd::Merged);
    let change = run::ActiveModel {
        ended_at: Set(Some(tx.now())),
        why: Set(Some(Code(why))),
        tagged: Set(keeps.then_some(1)),
        ..Default::default()
    };
    tx.derive::<run::Entity>(row.id, change).await?;
    if !keeps {
        // Nor does another record's, which this one took over when they were merged, keep them from it.
        let others = Condition::all()
            .add(run::Column::CustomerId.eq(row.customer_id))
            .add(run::Column::PlanId.eq(row.plan_id))
            .add(run::Column::Tagged.eq(1));
        tx.derive_all::<run::Entity>(others, run::ActiveModel { tagged: Set(None), ..Default::default() }).await?;
    }
    let said = json!({ "plan": row.plan_id, "why": why, "tasks": open.len() });
    tx.audit("plan_end", "customer", Some(row.customer_id), said);
    call_off(tx, open).await
}

/// Takes a run on: its tasks to whoever looks after the customer now, its next stage when the present one is done.
async fn go_on(
    tx: &Tx<'_>,
    plan: &Plan,
    customer: &Customer,
    row: &run::Model,
    open: Vec<task::Model>,
) -> Result<(), Problem> {
    if customer.pool_id.is_some() {
        // Nobody is there to do it: whoever takes them begins with the stage they are in.
        if row.stage_at.is_some() {
            let change = run::ActiveModel { stage_at: Set(None), ..Default::default() };
            tx.derive::<run::Entity>(row.id, change).await?;
            tx.audit("plan_wait", "customer", Some(customer.id), json!({ "plan": row.plan_id, "tasks": open.len() }));
            call_off(tx, open).await?;
        }
        return Ok(());
    }
    if !open.is_empty() {
        let astray = open.into_iter().filter(|task| task.assignee_id != customer.owner_id);
        return hand_on(tx, astray.collect(), customer.owner_id).await;
    }
    let next = row.stage + i64::from(row.stage_at.is_some());
    let stage = usize::try_from(next).ok().and_then(|at| plan.stages.get(at));
    let Some(stage) = stage else { return end(tx, row, PlanEnd::Done, Vec::new()).await };
    let change = run::ActiveModel { stage: Set(next), stage_at: Set(Some(tx.now())), ..Default::default() };
    tx.derive::<run::Entity>(row.id, change).await?;
    let tasks = stage.tasks.iter().map(|task| Planned {
        customer_id: customer.id,
        assignee_id: customer.owner_id,
        title: task.title.clone(),
        due_at: due(tx.now(), task.after_days, time_of(task.at.as_deref())),
        run_id: row.id,
    });
    make(tx, tasks.collect()).await
}

/// So many days after the day in China on which a stage began; in an hour when that is over already: nobody is late with
/// what they hear of just now.
fn due(began: DateTime<Utc>, after_days: i64, (hour, minute): (u32, u32)) -> DateTime<Utc> {
    let day = began.with_timezone(&CHINA).date_naive() + Days::new(after_days.unsigned_abs());
    let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
    let at = day.and_time(time).and_local_timezone(CHINA).single();
    let soon = began + Duration::hours(1);
    at.map(|at| at.with_timezone(&Utc)).filter(|at| *at > began).unwrap_or(soon)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_due_at_its_time_in_china_or_in_an_hour() {
        let began = domain::moment::instant("2026-11-27T17:30:00Z").unwrap_or_default();
        let at = |days, time| due(began, days, time).to_rfc3339();
        // It is the 28th already, half past one at night.
        assert_eq!(at(0, (10, 0)), "2026-11-28T02:00:00+00:00");
        assert_eq!(at(3, (9, 5)), "2026-12-01T01:05:00+00:00");
        assert_eq!(at(0, (1, 0)), "2026-11-27T18:30:00+00:00");
    }
}
