//! A leaver: what they look after, to whom it goes, and their removal.

use super::handover::HandoverAsked;
use super::{Counted, entity};
use crate::customers::{self, entity::helper};
use crate::problem::{Problem, Problems};
use crate::scope::grants::StaffHandover;
use crate::scope::{Can, Checked, IfMatch, Path, Reads, Tx, through};
use crate::tenants::{at_work, find_below, forget, not_suspended, rights_held, role, staff, staff_view};
use crate::{opportunities, orders, tasks};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, get, post, web::Json};
use chrono::{DateTime, Utc};
use domain::opportunities::OpportunityState;
use domain::permission::{Permission, Role};
use domain::staff::NewHandover;
use domain::tasks::TaskStatus;
use sea_orm::sea_query::{Condition, Query};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, QueryOrder as _, QuerySelect as _, Set};
use serde::Serialize;
use serde_json::json;
use std::collections::HashSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// What would be handed over.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandoverPreview {
    /// What it is.
    #[serde(flatten)]
    pub counts: LookedAfter,
    /// The hand-over that is under way: until it is done there is no second one.
    pub running_id: Option<Uuid>,
    /// Colleagues who can take over: they work here, and their role may change customers.
    pub receivers: Vec<Uuid>,
}

/// What somebody looks after.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookedAfter {
    /// Customers in their name, also those in the pool that were theirs last.
    pub customers: Counted,
    /// Their open tasks.
    pub tasks: Counted,
    /// Orders of their customers, which go with them.
    pub orders: Counted,
    /// Opportunities with their customers that are still open, which go with them too.
    pub opportunities: Counted,
    /// Customers of others that they help with; that ends.
    pub helping: Counted,
}

/// A hand-over, done or under way.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandoverView {
    /// Id.
    pub id: Uuid,
    /// Whose things.
    pub from_staff_id: Uuid,
    /// Who gets them.
    pub to_staff_id: Uuid,
    /// Whether everything has arrived.
    pub done: bool,
    /// Whether it was given up after many attempts: what had not arrived is still the leaver's, and can be handed over
    /// again.
    pub failed: bool,
    /// Customers that have arrived so far.
    pub customers: i64,
    /// Tasks that have.
    pub tasks: i64,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When the last arrived.
    pub finished_at: Option<DateTime<Utc>>,
}

impl From<entity::Model> for HandoverView {
    fn from(row: entity::Model) -> Self {
        Self {
            id: row.id,
            from_staff_id: row.from_staff_id,
            to_staff_id: row.to_staff_id,
            done: row.finished_at.is_some(),
            failed: row.state == entity::FAILED,
            customers: row.customers,
            tasks: row.tasks,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

pub(super) fn customers_of(staff_id: Uuid) -> Condition {
    Condition::all().add(customers::Column::OwnerId.eq(staff_id))
}

pub(super) fn tasks_of(staff_id: Uuid) -> Condition {
    Condition::all()
        .add(tasks::entity::Column::AssigneeId.eq(staff_id))
        .add(tasks::entity::Column::Status.eq(TaskStatus::Open.as_str()))
}

/// Whoever can take over from somebody: two statements, however many roles the business has made.
async fn receivers(rows: &impl Reads, leaver: Uuid) -> Result<Vec<Uuid>, Problem> {
    let may = Permission::CustomersWrite;
    let own = rows.rows::<role::Entity>().all().await?;
    let own: HashSet<Uuid> = own.iter().filter(|role| role.rights().can(may)).map(|role| role.id).collect();
    let others = not_suspended(staff::Column::Id.ne(leaver));
    let people = rows.rows_of_all::<staff::Entity>().filter(others).all().await?.into_iter();
    let can = |person: &staff::Model| match person.role_id {
        Some(id) if person.role.0 == Role::Custom => own.contains(&id),
        _ => person.role.0.rights().can(may),
    };
    Ok(people.filter(can).map(|person| person.id).collect())
}

/// The hand-over of somebody that is under way.
async fn running(rows: &impl Reads, staff_id: Uuid) -> Result<Option<Uuid>, Problem> {
    let these = rows.rows::<entity::Entity>().filter(entity::Column::FromStaffId.eq(staff_id));
    for row in these.filter(entity::Column::State.eq(entity::RUNNING)).all().await? {
        if !abandoned(rows, &row).await? {
            return Ok(Some(row.id));
        }
    }
    Ok(None)
}

/// Whether nobody goes on with a hand-over that is not done: its job was given up, which the row does not say of jobs
/// of earlier versions, nor where the database was away just then.
async fn abandoned(rows: &impl Reads, row: &entity::Model) -> Result<bool, Problem> {
    let goes_on = || rows.job_waits(|job: &HandoverAsked| job.handover_id == row.id);
    Ok(row.state == entity::FAILED || (row.state == entity::RUNNING && !goes_on().await?))
}

async fn looked_after(rows: &impl Reads, staff_id: Uuid) -> Result<LookedAfter, Problem> {
    let theirs = Query::select()
        .column(customers::Column::Id)
        .from(customers::Entity)
        .and_where(customers::Column::TenantId.eq(rows.scope().tenant_id()))
        .and_where(customers::Column::Live.eq(1))
        .cond_where(customers_of(staff_id))
        .to_owned();
    let orders = through(orders::Column::CustomerId, theirs.clone());
    let hoped = Condition::all()
        .add(opportunities::Column::State.eq(OpportunityState::Open.as_str()))
        .add(through(opportunities::Column::CustomerId, theirs));
    Ok(LookedAfter {
        customers: rows.rows::<customers::Entity>().filter(customers_of(staff_id)).count().await?.into(),
        tasks: rows.rows::<tasks::entity::Entity>().filter(tasks_of(staff_id)).count().await?.into(),
        orders: rows.rows::<orders::Entity>().filter(orders).count().await?.into(),
        opportunities: rows.rows::<opportunities::Entity>().filter(hoped).count().await?.into(),
        helping: rows.rows::<helper::Entity>().filter(helper::Column::StaffId.eq(staff_id)).count().await?.into(),
    })
}

/// Counts what a colleague looks after, before it is handed over.
#[utoipa::path(tag = "staff", security(("bearer" = ["staff.handover"])), params(("id" = Uuid, Path)), responses((status = 200, body = HandoverPreview), Problems))]
#[get("/staff/{id}/handover")]
pub(super) async fn preview_handover(
    scope: Can<StaffHandover>,
    id: Path<Uuid>,
) -> Result<Json<HandoverPreview>, Problem> {
    find_below(&*scope, id.0).await?;
    let counts = looked_after(&*scope, id.0).await?;
    let (running_id, receivers) = (running(&*scope, id.0).await?, receivers(&*scope, id.0).await?);
    Ok(Json(HandoverPreview { counts, running_id, receivers }))
}

/// Holds rows of staff, always in the same order: nobody gives them anything to look after meanwhile.
async fn hold(tx: &Tx<'_>, of: impl IntoIterator<Item = Uuid>) -> Result<(), Problem> {
    let rows = tx.find::<staff::Entity>().filter(staff::Column::Id.is_in(of));
    rows.shape(|rows| rows.order_by_asc(staff::Column::Id).lock_exclusive()).all().await?;
    Ok(())
}

/// Hands everything that a colleague looks after to another, whose role may change customers. It goes on in the background, a few
/// hundred rows at a time; `GET /handovers/{id}` says how far it is.
#[utoipa::path(tag = "staff", security(("bearer" = ["staff.handover"])), params(("id" = Uuid, Path)), request_body = NewHandover, responses((status = 202, body = HandoverView), Problems))]
#[post("/staff/{id}/handover")]
pub(super) async fn hand_over(
    mut scope: Can<StaffHandover>,
    id: Path<Uuid>,
    body: Checked<NewHandover>,
) -> Result<(Json<HandoverView>, StatusCode), Problem> {
    let NewHandover { id: chosen, to_staff_id } = body.value;
    let (handover_id, me, now) = (scope.id_for(chosen)?, scope.me()?, scope.now());
    if to_staff_id == id.0 {
        return Err(Problem::field("to_staff_id", "staff_unknown"));
    }
    let tx = scope.begin().await?;
    find_below(&tx, id.0).await?;
    // Of two that are asked for at once, the second waits here and then finds the first; of two between the same people
    // neither waits for the other with what that one needs.
    hold(&tx, [id.0, to_staff_id]).await?;
    let to = at_work(&tx, to_staff_id).await?.ok_or(Problem::field("to_staff_id", "staff_unknown"))?;
    if !rights_held(&tx, &to).await?.can(Permission::CustomersWrite) {
        return Err(Problem::field("to_staff_id", "cannot_change_customers"));
    }
    if running(&tx, id.0).await?.is_some_and(|running| running != handover_id) {
        return Err(Problem::conflict("handover_running", None));
    }
    let counts = looked_after(&tx, id.0).await?;
    let row = entity::Model {
        tenant_id: tx.tenant_id(),
        id: handover_id,
        from_staff_id: id.0,
        to_staff_id,
        state: entity::RUNNING.to_owned(),
        customers: 0,
        tasks: 0,
        created_by: me,
        created_at: now,
        finished_at: None,
    };
    tx.insert::<entity::Entity>(entity::ActiveModel::from(row.clone()).reset_all()).await?;
    tx.audit("hand_over", "staff", Some(id.0), json!({ "to": to_staff_id, "counts": counts }));
    tx.enqueue(&HandoverAsked { handover_id }, now).await?;
    tx.commit().await?;
    Ok((Json(row.into()), StatusCode::ACCEPTED))
}

/// How far a hand-over is.
#[utoipa::path(tag = "staff", security(("bearer" = ["staff.handover"])), params(("id" = Uuid, Path)), responses((status = 200, body = HandoverView), Problems))]
#[get("/handovers/{id}")]
pub(super) async fn get_handover(scope: Can<StaffHandover>, id: Path<Uuid>) -> Result<Json<HandoverView>, Problem> {
    let find = async || scope.find::<entity::Entity>().filter(entity::Column::Id.eq(id.0)).one().await;
    let mut row = find().await?.ok_or(Problem::NotFound)?;
    let mut failed = abandoned(&*scope, &row).await?;
    if failed {
        // It may have ended between the two questions.
        row = find().await?.ok_or(Problem::NotFound)?;
        failed = row.state != entity::DONE;
    }
    Ok(Json(HandoverView { failed, ..row.into() }))
}

/// Removes a colleague who looks after nothing any more. Their name stays on what they wrote.
#[utoipa::path(tag = "staff", security(("bearer" = ["staff.handover"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/staff/{id}")]
pub(super) async fn remove_staff(
    mut scope: Can<StaffHandover>,
    id: Path<Uuid>,
    version: IfMatch,
) -> Result<HttpResponse, Problem> {
    let me = scope.me()?;
    let tx = scope.begin().await?;
    let before = find_below(&tx, id.0).await?;
    if id.0 == me {
        return Err(Problem::conflict("own_rights", None));
    }
    tx.system().keep_a_boss(&before).await?;
    // Whoever gives them something just now is done before it is counted, or finds them gone.
    hold(&tx, [id.0]).await?;
    let left = looked_after(&tx, id.0).await?;
    if left.customers.count + left.tasks.count > 0 {
        return Err(Problem::conflict("still_in_charge", None));
    }
    let view = staff_view(&tx, id.0).await?;
    tx.remove::<helper::Entity>(helper::Column::StaffId.eq(id.0)).await?;
    // Who has left is not looked for by phone any more.
    let unknown = staff::ActiveModel { phone_sealed: Set(None), ..Default::default() };
    tx.derive::<staff::Entity>(id.0, unknown).await?;
    if !tx.bury::<staff::Entity>(id.0, Some(version.0)).await? {
        return Err(Problem::stale(&view));
    }
    forget(tx, id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
