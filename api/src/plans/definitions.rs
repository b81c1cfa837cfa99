//! The plans of a business over HTTP.

use super::job::PlanSwitched;
use super::settle::stages;
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{TagsRead, TagsWrite};
use crate::scope::{Can, Checked, Created, IfMatch, Once, Path, Reads, Scope};
use crate::tags::entity::{plan, tag};
use actix_web::{HttpResponse, delete, get, patch, post, web::Json};
use domain::plans::{NewPlan, PlanChanges, PlanStage};
use sea_orm::{ColumnTrait as _, QueryOrder as _, Set};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Plans that a business may have.
const MOST: usize = 50;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_plans).service(create_plan).service(get_plan).service(change_plan).service(delete_plan);
}

/// A follow-up plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Whoever gets this tag gets the plan.
    pub tag_id: Uuid,
    /// Whether that tag was deleted, or merged into another one, within the last half hour. After that the plan goes
    /// too, or is the other tag's if that has none.
    pub tag_gone: bool,
    /// Whether it is on.
    pub enabled: bool,
    /// Its stages, first to last.
    pub stages: Vec<PlanStage>,
    /// ETag.
    pub version: i64,
}

impl PlanView {
    fn of(row: &plan::Model) -> Result<Self, Problem> {
        let (id, tag_id, enabled, version) = (row.id, row.tag_id, row.enabled_at.is_some(), row.version);
        Ok(Self { id, name: row.name.clone(), tag_id, tag_gone: false, enabled, stages: stages(row)?, version })
    }

    async fn find(rows: &impl Reads, id: Uuid) -> Result<Self, Problem> {
        let row = find(rows, id).await?;
        let tag = rows.rows::<tag::Entity>().filter(tag::Column::Id.eq(row.tag_id)).one().await?;
        Ok(Self { tag_gone: tag.is_none(), ..Self::of(&row)? })
    }
}

/// A plan.
pub(super) async fn find(rows: &impl Reads, id: Uuid) -> Result<plan::Model, Problem> {
    rows.rows::<plan::Entity>().filter(plan::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)
}

fn written(stages: &[PlanStage]) -> Result<Option<String>, Problem> {
    Ok(Some(serde_json::to_string(stages).map_err(anyhow::Error::from)?))
}

/// This process knows of a change at once, the others within three seconds.
fn forget(scope: &Scope) {
    scope.installation().snapshots.forget_plans(scope.tenant_id());
}

/// All plans, oldest first.
#[utoipa::path(tag = "plans", security(("bearer" = ["tags.read"])), responses((status = 200, body = All<PlanView>), Problems))]
#[get("/plans")]
async fn list_plans(scope: Can<TagsRead>) -> Result<Json<All<PlanView>>, Problem> {
    let rows = scope.find::<plan::Entity>();
    let rows = rows.shape(|rows| rows.order_by_asc(plan::Column::CreatedAt)).all().await?;
    let tags = tag::Column::Id.is_in(rows.iter().map(|row| row.tag_id));
    let tags = scope.find::<tag::Entity>().filter(tags).all().await?;
    let view = |row: &plan::Model| {
        let tag_gone = tags.iter().all(|tag| tag.id != row.tag_id);
        PlanView::of(row).map(|view| PlanView { tag_gone, ..view })
    };
    Ok(Json(All { items: rows.iter().map(view).collect::<Result<_, _>>()? }))
}

/// Makes a plan for a tag; a tag has one. It does nothing before it is switched on.
#[utoipa::path(tag = "plans", params(Once), security(("bearer" = ["tags.write"])), request_body = NewPlan, responses((status = 201, body = PlanView), Problems))]
#[post("/plans")]
async fn create_plan(mut scope: Can<TagsWrite>, body: Checked<NewPlan>) -> Result<Created<PlanView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    let made = scope
        .create(&once, input.id, async |tx| {
            if tx.find::<tag::Entity>().filter(tag::Column::Id.eq(input.tag_id)).one().await?.is_none() {
                return Err(Problem::field("tag_id", "tag_unknown"));
            }
            let others = tx.find::<plan::Entity>().all().await?;
            if others.iter().any(|other| other.tag_id == input.tag_id) {
                return Err(Problem::conflict("plan_known", Some("tag_id")));
            }
            if others.len() >= MOST {
                return Err(domain::Violation::new("", "too_many").with("max", 50).into());
            }
            let row = plan::ActiveModel {
                id: Set(id),
                name: Set(input.name),
                tag_id: Set(input.tag_id),
                stages: Set(written(&input.stages)?),
                enabled_at: Set(None),
                ..Default::default()
            };
            tx.insert::<plan::Entity>(row).await?;
            PlanView::find(tx, id).await
        })
        .await?;
    forget(&scope);
    Ok(made)
}

/// A plan.
#[utoipa::path(tag = "plans", security(("bearer" = ["tags.read"])), params(("id" = Uuid, Path)), responses((status = 200, body = PlanView), Problems))]
#[get("/plans/{id}")]
async fn get_plan(scope: Can<TagsRead>, id: Path<Uuid>) -> Result<Json<PlanView>, Problem> {
    Ok(Json(PlanView::find(&*scope, id.0).await?))
}

/// Changes a plan, or switches it on or off. Tasks that it made stay as they are when its stages change; when it is
/// switched off those that are open are called off in the background.
#[utoipa::path(tag = "plans", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = PlanChanges, responses((status = 200, body = PlanView), Problems))]
#[patch("/plans/{id}")]
async fn change_plan(
    mut scope: Can<TagsWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<PlanChanges>,
) -> Result<Json<PlanView>, Problem> {
    let PlanChanges { name, stages, enabled, existing } = body.value;
    let existing = existing.unwrap_or(false);
    if existing && enabled != Some(true) {
        return Err(Problem::field("existing", "existing_off"));
    }
    let mut change = plan::ActiveModel::default();
    if let Some(name) = name {
        change.name = Set(name);
    }
    if let Some(stages) = stages {
        change.stages = Set(written(&stages)?);
    }
    let tx = scope.begin().await?;
    // Said again, as beside a new name, it is no switch: what was given just now, and a walk over everybody, go on.
    let on = find(&tx, id.0).await?.enabled_at.is_some();
    let enabled = enabled.filter(|enabled| *enabled != on || existing);
    if let Some(enabled) = enabled {
        change.enabled_at = Set(enabled.then(|| tx.now()));
    }
    let done = tx.update::<plan::Entity>(id.0, Some(version.0), change).await?;
    let view = PlanView::find(&tx, id.0).await?;
    if !done {
        return Err(Problem::stale(&view));
    }
    if enabled.is_some() {
        PlanSwitched::now(&tx, id.0, existing.then(|| tx.now())).await?;
    }
    tx.commit().await?;
    forget(&scope);
    Ok(Json(view))
}

/// Deletes a plan. Tasks of it that are open are called off in the background.
#[utoipa::path(tag = "plans", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/plans/{id}")]
async fn delete_plan(mut scope: Can<TagsWrite>, id: Path<Uuid>, version: IfMatch) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    let view = PlanView::find(&tx, id.0).await?;
    if !tx.bury::<plan::Entity>(id.0, Some(version.0)).await? {
        return Err(Problem::stale(&view));
    }
    PlanSwitched::now(&tx, id.0, None).await?;
    tx.commit().await?;
    forget(&scope);
    Ok(HttpResponse::NoContent().finish())
}
