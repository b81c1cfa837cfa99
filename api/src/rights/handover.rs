//! The job that hands a leaver's customers and tasks over, a few hundred rows at a time.

use super::entity;
use super::leaving::{customers_of, tasks_of};
use crate::customers::{self, entity::customer, entity::helper};
use crate::jobs::{Job, in_turns};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use crate::tasks::entity as task;
use crate::tenants::at_work;
use sea_orm::{ColumnTrait as _, QueryOrder as _, QuerySelect as _, Set};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Rows a transaction moves: each has an entry in the audit record.
const BATCH: u64 = 200;

/// Somebody asked for a hand-over.
#[derive(Debug, Serialize, Deserialize)]
pub struct HandoverAsked {
    /// The row in `handovers`.
    pub handover_id: Uuid,
}

impl Job for HandoverAsked {
    const KIND: &'static str = "handover_asked";

    /// Each batch takes what is still in the leaver's name, so that a run that was cut short is simply
    /// gone on with.
    async fn run(self, scope: Scope) -> Result<(), Problem> {
        in_turns(self, scope, async |this, scope| {
            let now = scope.now();
            let tx = scope.begin().await?;
            let found = tx.find::<entity::Entity>().filter(entity::Column::Id.eq(this.handover_id)).one().await?;
            let Some(row) = found.filter(|row| row.finished_at.is_none()) else { return Ok(true) };
            if at_work(&tx, row.to_staff_id).await?.is_none() {
                // They were removed before anything was theirs; nobody could move it from them again.
                failed(&tx, &row).await?;
                tx.commit().await?;
                return Ok(true);
            }
            let customers = move_customers(&tx, &row).await?;
            let tasks = if customers == 0 { move_tasks(&tx, &row).await? } else { 0 };
            let mut change = entity::ActiveModel {
                customers: Set(row.customers + customers),
                tasks: Set(row.tasks + tasks),
                ..Default::default()
            };
            let over = customers + tasks == 0;
            if over {
                tx.remove::<helper::Entity>(helper::Column::StaffId.eq(row.from_staff_id)).await?;
                change.state = Set(entity::DONE.to_owned());
                change.finished_at = Set(Some(now));
            }
            tx.derive::<entity::Entity>(row.id, change).await?;
            if over {
                let counts =
                    serde_json::json!({ "to": row.to_staff_id, "customers": row.customers, "tasks": row.tasks });
                tx.audit("handed_over", "staff", Some(row.from_staff_id), counts);
            }
            tx.commit().await?;
            Ok(over)
        })
        .await
    }

    /// Otherwise nobody could hand over what is left.
    async fn give_up(self, mut scope: Scope) -> Result<(), Problem> {
        let tx = scope.begin().await?;
        let found = tx.find::<entity::Entity>().filter(entity::Column::Id.eq(self.handover_id)).one().await?;
        let Some(row) = found.filter(|row| row.state == entity::RUNNING) else { return Ok(()) };
        failed(&tx, &row).await?;
        tx.commit().await
    }
}

async fn failed(tx: &Tx<'_>, row: &entity::Model) -> Result<(), Problem> {
    let change = entity::ActiveModel { state: Set(entity::FAILED.to_owned()), ..Default::default() };
    tx.derive::<entity::Entity>(row.id, change).await?;
    let counts = serde_json::json!({ "to": row.to_staff_id, "customers": row.customers, "tasks": row.tasks });
    tx.audit("handover_failed", "staff", Some(row.from_staff_id), counts);
    Ok(())
}

async fn move_customers(tx: &Tx<'_>, row: &entity::Model) -> Result<i64, Problem> {
    let rows = tx.find::<customers::Entity>().filter(customers_of(row.from_staff_id));
    let rows = rows.shape(|rows| rows.order_by_asc(customers::Column::CreatedAt).limit(BATCH)).all().await?;
    let rows: Vec<_> = rows.into_iter().map(|row| (row.id, row)).collect();
    if !rows.is_empty() {
        let change = customer::ActiveModel {
            owner_id: Set(row.to_staff_id),
            owned_at: Set(Some(tx.now())),
            ..Default::default()
        };
        tx.update_all::<customers::Entity>(&rows, "hand_over", change).await?;
        customers::touched(tx, &rows.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    }
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}

async fn move_tasks(tx: &Tx<'_>, row: &entity::Model) -> Result<i64, Problem> {
    let rows = tx.find::<task::Entity>().filter(tasks_of(row.from_staff_id));
    let rows = rows.shape(|rows| rows.order_by_asc(task::Column::CreatedAt).limit(BATCH)).all().await?;
    let rows: Vec<_> = rows.into_iter().map(|row| (row.id, row)).collect();
    if !rows.is_empty() {
        let change = task::ActiveModel { assignee_id: Set(row.to_staff_id), ..Default::default() };
        tx.update_all::<task::Entity>(&rows, "hand_over", change).await?;
    }
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}
