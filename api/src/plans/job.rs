//! Jobs that say whom to look at.

use super::entity as run;
use super::settle::settle;
use crate::customers::entity::tagging;
use crate::customers::{PlanTagGone, PlansAsked};
use crate::jobs::{Job, in_turns};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use crate::tags::entity::{plan, tag};
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _, Set};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Customers in one transaction: each may get ten tasks.
const BATCH: u64 = 50;

async fn step(scope: &mut Scope, of: &[Uuid], given: &BTreeMap<Uuid, Vec<Uuid>>) -> Result<(), Problem> {
    let tx = scope.begin().await?;
    settle(&tx, of, given).await?;
    tx.unrecorded("whatever begins, waits or ends has its entry");
    tx.commit().await
}

impl Job for PlansAsked {
    const KIND: &'static str = "plans_asked";

    async fn run(self, scope: Scope) -> Result<(), Problem> {
        in_turns(self, scope, async |this, scope| {
            let batch = usize::try_from(BATCH).unwrap_or(usize::MAX);
            let rest = this.customers.split_off(Ord::min(batch, this.customers.len()));
            let now = std::mem::replace(&mut this.customers, rest);
            step(scope, &now, &this.given).await?;
            Ok(this.customers.is_empty())
        })
        .await
    }
}

/// A plan was switched on or off, deleted, or given to another tag.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PlanSwitched {
    plan_id: Uuid,
    /// Whether those who have the tag already get it.
    existing: bool,
    /// The last run that was looked at; then the last customer.
    after: Option<Uuid>,
    /// Whether every run was looked at.
    #[serde(default)]
    looked: bool,
}

impl PlanSwitched {
    /// Says so.
    pub(super) async fn now(tx: &Tx<'_>, plan_id: Uuid, existing: bool) -> Result<(), Problem> {
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
                    return Ok(!this.existing);
                };
                this.after = Some(last);
                step(scope, &of, &BTreeMap::new()).await?;
                return Ok(false);
            }
            let plan = scope.find::<plan::Entity>().filter(plan::Column::Id.eq(this.plan_id)).one().await?;
            let Some(plan) = plan else { return Ok(true) };
            let of = tagged(scope, plan.tag_id, this.after).await?;
            let Some(last) = of.last() else { return Ok(true) };
            this.after = Some(*last);
            step(scope, &of, &BTreeMap::from([(plan.tag_id, of.clone())])).await?;
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

impl Job for PlanTagGone {
    const KIND: &'static str = "plan_tag_gone";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let tx = scope.begin().await?;
        let of = |tag| plan::Column::TagId.eq(tag);
        let Some(plan) = tx.find::<plan::Entity>().filter(of(self.tag_id)).one().await? else { return Ok(()) };
        let tag = tx.find_buried::<tag::Entity>().filter(tag::Column::Id.eq(self.tag_id)).one().await?;
        let Some(tag) = tag.filter(|tag| tag.live.is_none()) else { return Ok(()) };
        let heir = match tag.merged_into {
            Some(into) => tx.find::<tag::Entity>().filter(tag::Column::Id.eq(into)).one().await?,
            None => None,
        };
        let free = match &heir {
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
        PlanSwitched::now(&tx, plan.id, false).await?;
        tx.commit().await?;
        scope.installation().snapshots.forget_plan_tags(scope.tenant_id());
        Ok(())
    }
}
