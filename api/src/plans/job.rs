//! Jobs that say whom to look at.

use super::entity as run;
use super::settle::settle;
use crate::customers::entity::tagging;
use crate::customers::{PlanTagTurned, PlansAsked, became, stands};
use crate::jobs::{Job, in_turns};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use crate::tags::entity::plan;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _, Set};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Customers in one transaction: each may get ten tasks.
const BATCH: u64 = 50;

async fn step(scope: &mut Scope, asked: &PlansAsked) -> Result<(), Problem> {
    let tx = scope.begin().await?;
    settle(&tx, asked).await?;
    tx.unrecorded("whatever begins, waits or ends has its entry");
    tx.commit().await
}

impl Job for PlansAsked {
    const KIND: &'static str = "plans_asked";

    async fn run(self, scope: Scope) -> Result<(), Problem> {
        in_turns(self, scope, async |this, scope| {
            let batch = usize::try_from(BATCH).unwrap_or(usize::MAX);
            let rest = this.customers.split_off(Ord::min(batch, this.customers.len()));
            // What was given to the rest, and taken from them, stays written down.
            step(scope, this).await?;
            this.customers = rest;
            Ok(this.customers.is_empty())
        })
        .await
    }
}

/// A plan was switched on or off, deleted, or given to another tag.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PlanSwitched {
    plan_id: Uuid,
    /// Those who have the tag already get it too: when it was switched on so. One that was switched since means
    /// something else.
    existing: Option<DateTime<Utc>>,
    /// The last run that was looked at; then the last customer.
    after: Option<Uuid>,
    /// Whether every run was looked at.
    #[serde(default)]
    looked: bool,
}

impl PlanSwitched {
    /// Says so.
    pub(super) async fn now(tx: &Tx<'_>, plan_id: Uuid, existing: Option<DateTime<Utc>>) -> Result<(), Problem> {
        tx.enqueue(&Self { plan_id, existing, after: None, looked: false }, tx.now()).await
    }
}

impl Job for PlanSwitched {
    const KIND: &'static str = "plan_switched";

    async fn run(self, scope: Scope) -> Result<(), Problem> {
        in_turns(self, scope, async |this, scope| {
            if !this.looked {
                let Some((last, of)) = runs(scope, this.plan_id, this.after).await? else {
                    (this.looked, this.after) = (true, None);
                    return Ok(this.existing.is_none());
                };
                this.after = Some(last);
                let now = scope.now();
                step(scope, &PlansAsked::of(of, now)).await?;
                return Ok(false);
            }
            let plan = scope.find::<plan::Entity>().filter(plan::Column::Id.eq(this.plan_id)).one().await?;
            let Some(plan) = plan.filter(|plan| plan.enabled_at == this.existing) else { return Ok(true) };
            let of = tagged(scope, plan.tag_id, this.after).await?;
            let Some(last) = of.last() else { return Ok(true) };
            this.after = Some(*last);
            let given = BTreeMap::from([(plan.tag_id, of.clone())]);
            // As if at the moment of the switch, whatever this server's clock says.
            let at = plan.enabled_at.unwrap_or(scope.now());
            step(scope, &PlansAsked { given, ..PlansAsked::of(of, at) }).await?;
            Ok(false)
        })
        .await
    }
}

/// The next runs of a plan: the last of them, and whose they are.
async fn runs(scope: &Scope, plan: Uuid, after: Option<Uuid>) -> Result<Option<(Uuid, Vec<Uuid>)>, Problem> {
    let running = Condition::all()
        .add(run::Column::PlanId.eq(plan))
        .add(run::Column::Tagged.eq(1))
        .add_option(after.map(|after| run::Column::Id.gt(after)));
    let rows = scope.find::<run::Entity>().filter(running);
    let rows = rows.shape(|rows| rows.order_by_asc(run::Column::Id).limit(BATCH)).all().await?;
    let of = rows.iter().map(|row| row.customer_id).collect();
    Ok(rows.last().map(|row| (row.id, of)))
}

/// The next customers with a tag.
async fn tagged(scope: &Scope, tag: Uuid, after: Option<Uuid>) -> Result<Vec<Uuid>, Problem> {
    let having = Condition::all()
        .add(tagging::Column::TagId.eq(tag))
        .add_option(after.map(|after| tagging::Column::CustomerId.gt(after)));
    let rows = scope.find::<tagging::Entity>().filter(having);
    let rows = rows.shape(|rows| rows.order_by_asc(tagging::Column::CustomerId).limit(BATCH)).all().await?;
    Ok(rows.into_iter().map(|row| row.customer_id).collect())
}

impl Job for PlanTagTurned {
    const KIND: &'static str = "plan_tag_turned";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let tx = scope.begin().await?;
        let of = |tag| plan::Column::TagId.eq(tag);
        let Some(plan) = tx.find::<plan::Entity>().filter(of(self.tag_id)).one().await? else { return Ok(()) };
        let path = became(&tx, vec![self.tag_id]).await?.remove(&self.tag_id).unwrap_or_default();
        let [tag, heirs @ ..] = path.as_slice() else { return Ok(()) };
        if !stands(tag, tx.now()) {
            // One that may come back itself has time until then.
            let heir = heirs.last().filter(|heir| stands(heir, tx.now()));
            let free = match heir {
                Some(heir) => tx.find::<plan::Entity>().filter(of(heir.id)).one().await?.is_none(),
                None => false,
            };
            match heir.filter(|_| free) {
                Some(heir) => {
                    let change = plan::ActiveModel { tag_id: Set(heir.id), ..Default::default() };
                    tx.update::<plan::Entity>(plan.id, None, change).await?;
                }
                None => {
                    tx.bury::<plan::Entity>(plan.id, None).await?;
                }
            }
        }
        PlanSwitched::now(&tx, plan.id, None).await?;
        tx.unrecorded("a plan that goes on or ends with its tag has its entry");
        tx.commit().await?;
        scope.installation().snapshots.forget_plans(scope.tenant_id());
        Ok(())
    }
}
