//! Whom a plan concerns, before it is switched on or off or deleted.

use super::definitions::find;
use super::entity as run;
use crate::customers::entity::tagging;
use crate::customers::of_live;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::grants::TagsWrite;
use crate::scope::{Can, Path};
use crate::tasks::entity as task;
use actix_web::{get, web::Json};
use domain::tasks::TaskStatus;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, Condition};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(get_plan_uses);
}

/// Whom a plan concerns in the whole business; counts stop at 1000.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanUses {
    /// Customers who are in it.
    pub running: u64,
    /// Open tasks that it made: they are called off when it is switched off or deleted.
    pub tasks: u64,
    /// Customers who have the tag and would get it if it began with those who have it already.
    pub gains: u64,
    /// Whether one of the counts stops.
    pub capped: bool,
}

/// Counts whom a plan concerns.
#[utoipa::path(tag = "plans", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path)), responses((status = 200, body = PlanUses), Problems))]
#[get("/plans/{id}/uses")]
async fn get_plan_uses(scope: Can<TagsWrite>, id: Path<Uuid>) -> Result<Json<PlanUses>, Problem> {
    let plan = find(&*scope, id.0).await?;
    let whole = scope.whole();
    let tenant = whole.tenant_id();
    let runs = || -> SelectStatement {
        Query::select()
            .column(run::Column::Id)
            .from(run::Entity)
            .and_where(run::Column::TenantId.eq(tenant))
            .and_where(run::Column::PlanId.eq(plan.id))
            .and_where(run::Column::Tagged.eq(1))
            .to_owned()
    };
    // Customer by customer, because those in the plan may be everybody.
    let theirs = (run::Entity, run::Column::CustomerId);
    let had = runs().and_where(Expr::col(theirs).equals((tagging::Entity, tagging::Column::CustomerId))).to_owned();
    let going = || Condition::all().add(run::Column::EndedAt.is_null());
    let running = Condition::all()
        .add(run::Column::PlanId.eq(plan.id))
        .add(run::Column::Tagged.eq(1))
        .add(going())
        .add(of_live(run::Column::CustomerId, tenant));
    let tasks = Condition::all()
        .add(task::Column::PlanRunId.in_subquery(runs().cond_where(going()).to_owned()))
        .add(task::Column::Status.eq(TaskStatus::Open.as_str()))
        .add(of_live(task::Column::CustomerId, tenant));
    let gains = Condition::all()
        .add(tagging::Column::TagId.eq(plan.tag_id))
        .add(Expr::exists(had).not())
        .add(of_live(tagging::Column::CustomerId, tenant));
    let running = whole.find::<run::Entity>().filter(running).count().await?;
    let tasks = whole.find::<task::Entity>().filter(tasks).count().await?;
    let gains = whole.find::<tagging::Entity>().filter(gains).count().await?;
    let capped = running.1 || tasks.1 || gains.1;
    Ok(Json(PlanUses { running: running.0, tasks: tasks.0, gains: gains.0, capped }))
}
