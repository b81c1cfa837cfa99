//! Tasks that a follow-up plan makes, hands on and calls off.

use super::entity;
use super::remind::TaskDue;
use crate::db::Code;
use crate::problem::Problem;
use crate::scope::Tx;
use chrono::{DateTime, Utc};
use domain::tasks::TaskStatus;
use sea_orm::{ActiveModelTrait as _, Set};
use uuid::Uuid;

/// A task to make.
pub(crate) struct Planned {
    /// About whom.
    pub(crate) customer_id: Uuid,
    /// Whose it is.
    pub(crate) assignee_id: Uuid,
    /// What to do.
    pub(crate) title: String,
    /// When.
    pub(crate) due_at: DateTime<Utc>,
    /// The run of the plan.
    pub(crate) run_id: Uuid,
}

/// Makes tasks, each with its reminder.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn make(tx: &Tx<'_>, tasks: Vec<Planned>) -> Result<(), Problem> {
    let rows = tasks.into_iter().map(|task| entity::Model {
        tenant_id: tx.tenant_id(),
        id: tx.new_id(),
        customer_id: task.customer_id,
        title: task.title,
        due_at: task.due_at,
        status: Code(TaskStatus::Open),
        assignee_id: task.assignee_id,
        reminded_at: None,
        plan_run_id: Some(task.run_id),
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
        deleted_at: None,
        live: Some(1),
    });
    let rows: Vec<entity::Model> = rows.collect();
    let reminders = rows.iter().map(|row| (TaskDue { task_id: row.id, due_at: row.due_at }, row.due_at));
    tx.enqueue_all(reminders).await?;
    let rows = rows.into_iter().map(|row| (row.id, None, entity::ActiveModel::from(row).reset_all()));
    tx.insert_all::<entity::Entity>(rows).await?;
    Ok(())
}

/// Calls open tasks off.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn call_off(tx: &Tx<'_>, tasks: Vec<entity::Model>) -> Result<(), Problem> {
    let change = entity::ActiveModel { status: Set(Code(TaskStatus::Cancelled)), ..Default::default() };
    all(tx, tasks, "cancel", change).await
}

/// Gives open tasks to somebody else.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn hand_on(tx: &Tx<'_>, tasks: Vec<entity::Model>, to: Uuid) -> Result<(), Problem> {
    let change = entity::ActiveModel { assignee_id: Set(to), ..Default::default() };
    all(tx, tasks, "hand_over", change).await
}

async fn all(
    tx: &Tx<'_>,
    tasks: Vec<entity::Model>,
    action: &'static str,
    change: entity::ActiveModel,
) -> Result<(), Problem> {
    if tasks.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = tasks.into_iter().map(|task| (task.id, task)).collect();
    Ok(tx.update_all::<entity::Entity>(&rows, action, change).await?)
}
