//! Where customers should be with their plans, and taking them there.

use super::entity as run;
use crate::clock::CHINA;
use crate::customers::entity::tagging;
use crate::customers::{self, Customer};
use crate::db::Code;
use crate::problem::Problem;
use crate::scope::Tx;
use crate::tags::entity::{plan, tag};
use crate::tasks::entity as task;
use crate::tasks::planned::{Planned, call_off, hand_on, make};
use chrono::{DateTime, Days, NaiveTime, Utc};
use domain::plans::{PlanEnd, PlanStage, time_of};
use domain::tasks::TaskStatus;
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _, Set};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// The stages of a plan.
pub(super) fn stages(row: &plan::Model) -> Result<Vec<PlanStage>, Problem> {
    Ok(serde_json::from_str(row.stages.as_deref().unwrap_or("[]")).map_err(anyhow::Error::from)?)
}

/// A plan with what is to be known of its tag.
struct Plan {
    row: plan::Model,
    stages: Vec<PlanStage>,
    /// The tag is there, not deleted a moment ago.
    live: bool,
    /// The tag that its tag became: whoever has that has it.
    became: Option<Uuid>,
}

/// The plans of the business, and who of some customers has which tag.
struct Known {
    plans: HashMap<Uuid, Plan>,
    has: BTreeSet<(Uuid, Uuid)>,
}

impl Known {
    async fn of(tx: &Tx<'_>, customers: &[Customer]) -> Result<Self, Problem> {
        let rows = tx.find::<plan::Entity>().all().await?;
        let these = tag::Column::Id.is_in(rows.iter().map(|row| row.tag_id));
        let tags = tx.find_buried::<tag::Entity>().filter(these).all().await?;
        let mut plans = HashMap::new();
        for row in rows {
            let tag = tags.iter().find(|tag| tag.id == row.tag_id);
            let live = tag.is_some_and(|tag| tag.live.is_some());
            let became = tag.and_then(|tag| tag.merged_into);
            plans.insert(row.id, Plan { stages: stages(&row)?, row, live, became });
        }
        let asked = plans.values().flat_map(|plan| [Some(plan.row.tag_id), plan.became]).flatten();
        let having = Condition::all()
            .add(tagging::Column::CustomerId.is_in(customers.iter().map(|row| row.id)))
            .add(tagging::Column::TagId.is_in(asked));
        let has = tx.find::<tagging::Entity>().filter(having).all().await?;
        Ok(Self { plans, has: has.into_iter().map(|row| (row.customer_id, row.tag_id)).collect() })
    }

    fn has(&self, customer: Uuid, plan: &Plan) -> bool {
        let tags = [Some(plan.row.tag_id), plan.became];
        tags.into_iter().flatten().any(|tag| self.has.contains(&(customer, tag)))
    }
}

/// Takes some customers to where they should be, and begins the plan of each tag that was `given` to one. Whoever is
/// held already waits; the transaction sees the whole business.
pub(super) async fn settle(tx: &Tx<'_>, of: &[Uuid], given: &BTreeMap<Uuid, Vec<Uuid>>) -> Result<(), Problem> {
    // Held, so that two looks at one customer go one after the other: the second finds what the first began.
    let these = customers::Column::Id.is_in(of.iter().copied());
    let held = tx.find::<customers::Entity>().filter(these);
    let held = held.shape(|rows| rows.order_by_asc(customers::Column::Id).lock_exclusive()).all().await?;
    if held.is_empty() {
        return Ok(());
    }
    let known = Known::of(tx, &held).await?;
    let theirs = Condition::all()
        .add(run::Column::CustomerId.is_in(held.iter().map(|row| row.id)))
        .add(run::Column::Tagged.eq(1));
    let mut runs: HashMap<(Uuid, Uuid), Vec<run::Model>> = HashMap::new();
    for row in tx.find::<run::Entity>().filter(theirs).all().await? {
        runs.entry((row.customer_id, row.plan_id)).or_default().push(row);
    }
    for (tag, to) in given {
        let plan = known.plans.values().find(|plan| plan.row.tag_id == *tag && plan.live);
        let Some(plan) = plan.filter(|plan| plan.row.enabled.is_some()) else { continue };
        for customer in held.iter().filter(|row| to.contains(&row.id) && known.has(row.id, plan)) {
            let here = runs.entry((customer.id, plan.row.id)).or_default();
            if here.is_empty() {
                here.push(begin(tx, plan, customer).await?);
            }
        }
    }
    let running = runs.values().flatten().filter(|row| row.ended_at.is_none()).map(|row| row.id);
    let mut open = open_tasks(tx, running.collect()).await?;
    for customer in &held {
        for ((_, plan), runs) in runs.iter_mut().filter(|((id, _), _)| *id == customer.id) {
            let plan = known.plans.get(plan);
            if plan.is_some_and(|plan| !known.has(customer.id, plan)) {
                let_go(tx, runs).await?;
            }
            let Some(run) = the_one(tx, runs, &mut open).await? else { continue };
            let tasks = open.remove(&run.id).unwrap_or_default();
            match plan.filter(|plan| plan.row.enabled.is_some()) {
                None => end(tx, &run, PlanEnd::Off, tasks).await?,
                Some(plan) if !known.has(customer.id, plan) => end(tx, &run, PlanEnd::Untagged, tasks).await?,
                Some(plan) => go_on(tx, plan, customer, &run, tasks).await?,
            }
        }
    }
    Ok(())
}

/// Open tasks by the run that made them.
pub(super) async fn open_tasks(tx: &Tx<'_>, runs: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<task::Model>>, Problem> {
    let mut open: HashMap<Uuid, Vec<task::Model>> = HashMap::new();
    if runs.is_empty() {
        return Ok(open);
    }
    let theirs = Condition::all()
        .add(task::Column::PlanRunId.is_in(runs))
        .add(task::Column::Status.eq(TaskStatus::Open.as_str()));
    for row in tx.find::<task::Entity>().filter(theirs).all().await? {
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

/// So many days after the day in China on which a stage began; at once when that is over already.
fn due(began: DateTime<Utc>, after_days: i64, (hour, minute): (u32, u32)) -> DateTime<Utc> {
    let day = began.with_timezone(&CHINA).date_naive() + Days::new(after_days.unsigned_abs());
    let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
    let at = day.and_time(time).and_local_timezone(CHINA).single();
    at.map_or(began, |at| Ord::max(at.with_timezone(&Utc), began))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_due_at_its_time_in_china_or_at_once() {
        let began = domain::moment::instant("2026-11-27T17:30:00Z").unwrap_or_default();
        let at = |days, time| due(began, days, time).to_rfc3339();
        // It is the 28th already, half past one at night.
        assert_eq!(at(0, (10, 0)), "2026-11-28T02:00:00+00:00");
        assert_eq!(at(3, (9, 5)), "2026-12-01T01:05:00+00:00");
        assert_eq!(at(0, (1, 0)), "2026-11-27T17:30:00+00:00");
    }
}
