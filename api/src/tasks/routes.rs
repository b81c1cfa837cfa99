//! Tasks over HTTP.

use super::entity;
use super::remind::TaskDue;
use crate::calendar::plannable;
use crate::customers;
use crate::db::Code;
use crate::openapi::ServiceConfig;
use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::grants::{TasksRead, TasksWrite};
use crate::scope::{Can, Checked, Created, Find, IfMatch, Once, Path, Query, Reads, Tx};
use actix_web::{get, post, web::Json};
use chrono::{DateTime, Duration, Utc};
use domain::Violation;
use domain::tasks::{NewTask, Snooze, TaskStatus};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, Set};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(create_task).service(list_tasks).service(finish_task).service(reopen_task).service(snooze_task);
}

/// A task.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskView {
    /// Id.
    pub id: Uuid,
    /// The customer it is about.
    pub customer_id: Uuid,
    /// Their name.
    pub customer_name: String,
    /// What to do.
    pub title: String,
    /// When.
    pub due_at: DateTime<Utc>,
    /// Where it stands.
    pub status: TaskStatus,
    /// Whose it is.
    pub assignee_id: Uuid,
    /// When the reminder went out.
    pub reminded_at: Option<DateTime<Utc>>,
    /// Whether a follow-up plan made it.
    pub by_plan: bool,
    /// ETag.
    pub version: i64,
}

impl TaskView {
    fn of(task: entity::Model, customer_name: String) -> Self {
        Self {
            id: task.id,
            customer_id: task.customer_id,
            customer_name,
            title: task.title,
            due_at: task.due_at,
            status: task.status.0,
            assignee_id: task.assignee_id,
            reminded_at: task.reminded_at,
            by_plan: task.plan_run_id.is_some(),
            version: task.version,
        }
    }
}

/// Filters of the task list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TaskQuery {
    /// Tasks that stand here.
    #[param(value_type = Option<TaskStatus>)]
    pub status: Option<String>,
    /// Tasks about this customer.
    pub customer_id: Option<Uuid>,
    /// Rows on a page, 1 to 100; 20 when absent.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Makes a task for the actor, with its reminder.
pub(crate) async fn create(
    tx: &Tx<'_>,
    id: Uuid,
    customer_id: Uuid,
    title: String,
    due_at: DateTime<Utc>,
) -> Result<entity::Model, Problem> {
    let row = entity::Model {
        tenant_id: tx.tenant_id(),
        id,
        customer_id,
        title,
        due_at,
        status: Code(TaskStatus::Open),
        assignee_id: tx.me()?,
        reminded_at: None,
        plan_run_id: None,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
        deleted_at: None,
        live: Some(1),
    };
    tx.insert::<entity::Entity>(entity::ActiveModel::from(row.clone()).reset_all()).await?;
    tx.enqueue(&TaskDue { task_id: id, due_at }, due_at).await?;
    Ok(row)
}

/// Tasks of live customers with the customer's name.
pub(crate) async fn list(
    find: Find<'_, entity::Entity>,
    shape: impl FnOnce(sea_orm::Select<entity::Entity>) -> sea_orm::Select<entity::Entity>,
) -> Result<Vec<TaskView>, Problem> {
    let rows = find.shape(|rows| shape(rows).find_also_related(customers::Entity)).all().await?;
    Ok(rows.into_iter().filter_map(with_name).collect())
}

fn with_name((task, customer): (entity::Model, Option<customers::Customer>)) -> Option<TaskView> {
    Some(TaskView::of(task, customer?.name))
}

/// The tasks that somebody may see. With a customer their tasks go out of sight; what is left out
/// here is left out before a page is cut and before anything is counted.
pub(crate) fn open_to(rows: &impl Reads) -> Find<'_, entity::Entity> {
    rows.rows::<entity::Entity>().filter(customers::of_live(entity::Column::CustomerId, rows.scope().tenant_id()))
}

async fn view(rows: &impl Reads, id: Uuid) -> Result<TaskView, Problem> {
    let found = list(open_to(rows).filter(entity::Column::Id.eq(id)), |rows| rows).await?;
    found.into_iter().next().ok_or(Problem::NotFound)
}

/// Makes a task with a reminder.
#[utoipa::path(tag = "tasks", params(Once), security(("bearer" = ["tasks.write"])), request_body = NewTask, responses((status = 201, body = TaskView), Problems))]
#[post("/tasks")]
async fn create_task(mut scope: Can<TasksWrite>, body: Checked<NewTask>) -> Result<Created<TaskView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    plannable("due_at", input.due_at)?;
    scope
        .create(&once, input.id, async |tx| {
            let customer = tx.find_to_change::<customers::Entity>(input.customer_id).await?;
            customers::spoken_to(tx, input.customer_id, None, Some(input.due_at)).await?;
            let task = create(tx, id, input.customer_id, input.title, input.due_at).await?;
            Ok(TaskView::of(task, customer.name))
        })
        .await
}

/// A page of tasks, newest first.
#[utoipa::path(tag = "tasks", security(("bearer" = ["tasks.read"])), params(TaskQuery), responses((status = 200, body = Page<TaskView>), Problems))]
#[get("/tasks")]
async fn list_tasks(scope: Can<TasksRead>, query: Query<TaskQuery>) -> Result<Json<Page<TaskView>>, Problem> {
    let TaskQuery { status, customer_id, limit, cursor } = query.0;
    let page = PageQuery { limit, cursor }.check()?;
    let mut find = open_to(&*scope);
    if let Some(status) = status {
        let status = TaskStatus::parse(&status).ok_or(Violation::choice::<TaskStatus>("status"))?;
        find = find.filter(entity::Column::Status.eq(status.as_str()));
    }
    if let Some(customer) = customer_id {
        find = find.filter(entity::Column::CustomerId.eq(customer));
    }
    let position =
        |(task, _): &(entity::Model, Option<customers::Customer>)| Position { at: task.created_at, id: task.id };
    let (rows, next_cursor) =
        find.page(entity::Column::CreatedAt, page, |rows| rows.find_also_related(customers::Entity), position).await?;
    Ok(Json(Page { items: rows.into_iter().filter_map(with_name).collect(), next_cursor }))
}

/// For so long a page takes a task back that was done by mistake, and a bit more: only then its plan goes on.
const TAKEN_BACK: Duration = Duration::seconds(8);

async fn changed(
    tx: Tx<'_>,
    id: Uuid,
    version: IfMatch,
    change: entity::ActiveModel,
) -> Result<Json<TaskView>, Problem> {
    let done = tx.update::<entity::Entity>(id, Some(version.0), change).await?;
    let view = view(&tx, id).await?;
    if !done {
        return Err(Problem::stale(&view));
    }
    if view.by_plan {
        customers::ask_plans(&tx, &[view.customer_id], TAKEN_BACK).await?;
    }
    tx.commit().await?;
    Ok(Json(view))
}

/// Marks a task as done.
#[utoipa::path(tag = "tasks", security(("bearer" = ["tasks.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 200, body = TaskView), Problems))]
#[post("/tasks/{id}/done")]
async fn finish_task(mut scope: Can<TasksWrite>, id: Path<Uuid>, version: IfMatch) -> Result<Json<TaskView>, Problem> {
    let tx = scope.begin().await?;
    let change = entity::ActiveModel { status: Set(Code(TaskStatus::Done)), ..Default::default() };
    changed(tx, id.0, version, change).await
}

/// Opens a task again that was marked as done by mistake.
#[utoipa::path(tag = "tasks", security(("bearer" = ["tasks.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 200, body = TaskView), Problems))]
#[post("/tasks/{id}/reopen")]
async fn reopen_task(mut scope: Can<TasksWrite>, id: Path<Uuid>, version: IfMatch) -> Result<Json<TaskView>, Problem> {
    let tx = scope.begin().await?;
    let task = view(&tx, id.0).await?;
    // The reminder's job found the task done and did nothing; now it may be due again.
    if task.reminded_at.is_none() {
        tx.enqueue(&TaskDue { task_id: id.0, due_at: task.due_at }, task.due_at).await?;
    }
    let change = entity::ActiveModel { status: Set(Code(TaskStatus::Open)), ..Default::default() };
    changed(tx, id.0, version, change).await
}

/// Puts a task off; its reminder moves with it.
#[utoipa::path(tag = "tasks", security(("bearer" = ["tasks.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = Snooze, responses((status = 200, body = TaskView), Problems))]
#[post("/tasks/{id}/snooze")]
async fn snooze_task(
    mut scope: Can<TasksWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<Snooze>,
) -> Result<Json<TaskView>, Problem> {
    let until = body.value.until;
    if until <= scope.now() {
        return Err(Problem::field("until", "due_past"));
    }
    plannable("until", until)?;
    let tx = scope.begin().await?;
    let task = view(&tx, id.0).await?;
    if task.status != TaskStatus::Open {
        return Err(Problem::conflict("transition_refused", None));
    }
    customers::spoken_to(&tx, task.customer_id, None, Some(until)).await?;
    tx.enqueue(&TaskDue { task_id: id.0, due_at: until }, until).await?;
    let change = entity::ActiveModel { due_at: Set(until), reminded_at: Set(None), ..Default::default() };
    changed(tx, id.0, version, change).await
}
