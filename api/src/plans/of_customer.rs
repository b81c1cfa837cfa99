//! The plans of one customer.

use super::entity as run;
use super::settle::{end, open_tasks, stages};
use crate::customers::{self, find};
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{CustomersRead, CustomersWrite};
use crate::scope::{Can, Path};
use crate::tags::entity::plan;
use crate::tasks::entity as task;
use actix_web::{HttpResponse, get, post, web::Json};
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use domain::plans::PlanEnd;
use domain::tasks::TaskStatus;
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_customer_plans).service(stop_customer_plan);
}

/// A plan that a customer is in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerPlanView {
    /// Id of the run.
    pub id: Uuid,
    /// The plan.
    pub plan_id: Uuid,
    /// Its name.
    pub name: String,
    /// The present stage, from 1.
    pub stage: i64,
    /// How many there are.
    pub stages: usize,
    /// What the present one is called.
    pub stage_name: String,
    /// What it is for.
    pub goal: Option<String>,
    /// Whether it waits until somebody takes the customer out of the pool.
    pub waiting: bool,
    /// Tasks of the present stage, of those that one sees.
    pub tasks: usize,
    /// Those of them that are not open any more.
    pub done: usize,
    /// The next one that is open.
    pub next: Option<PlanTaskView>,
    /// When it began.
    pub started_at: DateTime<Utc>,
}

/// A task that a plan made.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanTaskView {
    /// Id.
    pub id: Uuid,
    /// What to do.
    pub title: String,
    /// When.
    pub due_at: DateTime<Utc>,
}

/// The plans that a customer is in, in the order in which they began.
#[utoipa::path(tag = "plans", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path)), responses((status = 200, body = All<CustomerPlanView>), Problems))]
#[get("/customers/{id}/plans")]
async fn list_customer_plans(
    scope: Can<CustomersRead>,
    id: Path<Uuid>,
) -> Result<Json<All<CustomerPlanView>>, Problem> {
    find(&*scope, id.0).await?;
    let running = Condition::all()
        .add(run::Column::CustomerId.eq(id.0))
        .add(run::Column::Tagged.eq(1))
        .add(run::Column::EndedAt.is_null());
    let runs = scope.find::<run::Entity>().filter(running);
    let runs = runs.shape(|rows| rows.order_by_asc(run::Column::StartedAt)).all().await?;
    if runs.is_empty() {
        return Ok(Json(All { items: Vec::new() }));
    }
    let these = plan::Column::Id.is_in(runs.iter().map(|row| row.plan_id));
    let plans = scope.find::<plan::Entity>().filter(these).all().await?;
    let tasks = match scope.may(Permission::TasksRead) {
        true => {
            let theirs = task::Column::PlanRunId.is_in(runs.iter().map(|row| row.id));
            let found = scope.find::<task::Entity>().filter(theirs);
            found.shape(|rows| rows.order_by_asc(task::Column::DueAt)).all().await?
        }
        false => Vec::new(),
    };
    let mut items = Vec::new();
    for row in runs {
        // Deleted a moment ago: its runs are about to end.
        let Some(plan) = plans.iter().find(|plan| plan.id == row.plan_id) else { continue };
        let stages = stages(plan)?;
        let stage = usize::try_from(row.stage).ok().and_then(|at| stages.get(at));
        let own = |task: &&task::Model| task.plan_run_id == Some(row.id) && Some(task.created_at) == row.stage_at;
        let open = |task: &&task::Model| task.status.0 == TaskStatus::Open;
        let present = tasks.iter().filter(own);
        let next = tasks.iter().filter(|task| task.plan_run_id == Some(row.id)).find(open);
        items.push(CustomerPlanView {
            id: row.id,
            plan_id: plan.id,
            name: plan.name.clone(),
            stage: row.stage + 1,
            stages: stages.len(),
            stage_name: stage.map(|stage| stage.name.clone()).unwrap_or_default(),
            goal: stage.and_then(|stage| stage.goal.clone()),
            waiting: row.stage_at.is_none(),
            tasks: present.clone().count(),
            done: present.filter(|task| !open(task)).count(),
            next: next.map(|task| PlanTaskView { id: task.id, title: task.title.clone(), due_at: task.due_at }),
            started_at: row.started_at,
        });
    }
    Ok(Json(All { items }))
}

/// Stops a plan with a customer: its open tasks are called off, and it does not begin again while the customer keeps
/// the tag. Stopping it twice changes nothing.
#[utoipa::path(tag = "plans", security(("bearer" = ["customers.write"])), params(("id" = Uuid, Path), ("run_id" = Uuid, Path)), responses((status = 204), Problems))]
#[post("/customers/{id}/plans/{run_id}/stop")]
async fn stop_customer_plan(scope: Can<CustomersWrite>, path: Path<(Uuid, Uuid)>) -> Result<HttpResponse, Problem> {
    let (id, run_id) = path.0;
    let eyes = scope.look(false).eyes;
    // Also tasks that are a colleague's.
    let mut whole = scope.whole();
    let tx = whole.begin().await?;
    let this = || customers::Column::Id.eq(id);
    let held = tx.find_as::<customers::Entity>(eyes, true).filter(this());
    if held.shape(|rows| rows.lock_exclusive()).all().await?.is_empty() {
        let seen = tx.find_as::<customers::Entity>(eyes, false).filter(this()).one().await?;
        return Err(seen.map_or(Problem::NotFound, |_| Problem::Forbidden("row_read_only")));
    }
    let this = Condition::all().add(run::Column::Id.eq(run_id)).add(run::Column::CustomerId.eq(id));
    let row = tx.find::<run::Entity>().filter(this).one().await?.ok_or(Problem::NotFound)?;
    if row.ended_at.is_none() {
        let open = open_tasks(&tx, vec![row.id]).await?.remove(&row.id).unwrap_or_default();
        end(&tx, &row, PlanEnd::Stopped, open).await?;
        tx.commit().await?;
    }
    Ok(HttpResponse::NoContent().finish())
}
