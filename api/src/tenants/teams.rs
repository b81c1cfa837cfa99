//! Teams 团队: a tree. A lead sees as far as if they were in the team.

use super::store::{invited, within_sight};
use super::{invitation, staff, team};
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{StaffRead, StaffWrite};
use crate::scope::{Can, Checked, Created, IfMatch, Once, Path, Reads, Tx};
use actix_web::{HttpResponse, delete, get, patch, post, web::Json};
use domain::staff::{NewTeam, TeamChanges};
use sea_orm::{ColumnTrait as _, QueryOrder as _, Set};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_teams).service(create_team).service(change_team).service(delete_team);
}

/// A team.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// The team it belongs to.
    pub parent_id: Option<Uuid>,
    /// Who leads it.
    pub lead_id: Option<Uuid>,
    /// ETag.
    pub version: i64,
}

impl From<team::Model> for TeamView {
    fn from(row: team::Model) -> Self {
        Self { id: row.id, name: row.name, parent_id: row.parent_id, lead_id: row.lead_id, version: row.version }
    }
}

/// Every team, oldest first; `parent_id` makes them a tree.
#[utoipa::path(tag = "teams", security(("bearer" = ["staff.read"])), responses((status = 200, body = All<TeamView>), Problems))]
#[get("/teams")]
async fn list_teams(scope: Can<StaffRead>) -> Result<Json<All<TeamView>>, Problem> {
    let rows = scope.find::<team::Entity>().shape(|rows| rows.order_by_asc(team::Column::CreatedAt)).all().await?;
    Ok(Json(All { items: rows.into_iter().map(TeamView::from).collect() }))
}

async fn find(rows: &impl Reads, id: Uuid) -> Result<TeamView, Problem> {
    let row = rows.rows::<team::Entity>().filter(team::Column::Id.eq(id)).one().await?;
    row.map(TeamView::from).ok_or(Problem::NotFound)
}

/// Refuses a lead who is not there, and one for a team whose people the actor does not see.
async fn known_lead(tx: &Tx<'_>, of: Uuid, id: Option<Uuid>) -> Result<(), Problem> {
    within_sight(tx, Some(of), None, "lead_id").await?;
    let Some(id) = id else { return Ok(()) };
    let found = tx.find::<staff::Entity>().filter(staff::Column::Id.eq(id)).one().await?;
    found.map(|_| ()).ok_or(Problem::field("lead_id", "staff_unknown"))
}

/// Refuses a parent that is unknown, the team itself, or below it, and one that is not the actor's to put a team under.
async fn known_parent(tx: &Tx<'_>, of: Uuid, parent: Option<Uuid>) -> Result<(), Problem> {
    within_sight(tx, Some(of), None, "parent_id").await?;
    let Some(parent) = parent else { return Ok(()) };
    let teams = tx.find::<team::Entity>().all().await?;
    if !teams.iter().any(|team| team.id == parent) {
        return Err(Problem::field("parent_id", "team_unknown"));
    }
    if team::below(&teams, |team| team.id == of).contains(&parent) {
        return Err(Problem::field("parent_id", "team_circle"));
    }
    within_sight(tx, Some(parent), None, "parent_id").await
}

/// Makes a team.
#[utoipa::path(tag = "teams", params(Once), security(("bearer" = ["staff.write"])), request_body = NewTeam, responses((status = 201, body = TeamView), Problems))]
#[post("/teams")]
async fn create_team(mut scope: Can<StaffWrite>, body: Checked<NewTeam>) -> Result<Created<TeamView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    scope
        .create(&once, input.id, async |tx| {
            known_parent(tx, id, input.parent_id).await?;
            known_lead(tx, id, input.lead_id).await?;
            let row = team::ActiveModel {
                id: Set(id),
                name: Set(input.name),
                parent_id: Set(input.parent_id),
                lead_id: Set(input.lead_id),
                ..Default::default()
            };
            tx.insert::<team::Entity>(row).await?;
            find(tx, id).await
        })
        .await
}

/// Changes a team (RFC 7396). Who sees what follows within three seconds.
#[utoipa::path(tag = "teams", security(("bearer" = ["staff.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = TeamChanges, responses((status = 200, body = TeamView), Problems))]
#[patch("/teams/{id}")]
async fn change_team(
    mut scope: Can<StaffWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<TeamChanges>,
) -> Result<Json<TeamView>, Problem> {
    let TeamChanges { name, parent_id, lead_id } = body.value;
    let tx = scope.begin().await?;
    let before = find(&tx, id.0).await?;
    let mut change = team::ActiveModel::default();
    if let Some(name) = name {
        change.name = Set(name);
    }
    if let Some(parent_id) = parent_id.filter(|parent_id| *parent_id != before.parent_id) {
        // Two who move teams at once could close a circle that neither of them sees.
        tx.system().hold_business().await?;
        known_parent(&tx, id.0, parent_id).await?;
        change.parent_id = Set(parent_id);
    }
    if let Some(lead_id) = lead_id.filter(|lead_id| *lead_id != before.lead_id) {
        known_lead(&tx, id.0, lead_id).await?;
        change.lead_id = Set(lead_id);
    }
    let done = tx.update::<team::Entity>(id.0, Some(version.0), change).await?;
    let view = find(&tx, id.0).await?;
    if !done {
        return Err(Problem::stale(&view));
    }
    tx.commit().await?;
    Ok(Json(view))
}

/// Deletes a team that has nobody in it and no team below it, and that no open invitation leads into.
#[utoipa::path(tag = "teams", security(("bearer" = ["staff.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/teams/{id}")]
async fn delete_team(mut scope: Can<StaffWrite>, id: Path<Uuid>, version: IfMatch) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    tx.system().hold_business().await?;
    let current = find(&tx, id.0).await?;
    // Invitations first: whoever accepts one meanwhile is counted among the people.
    let led = invited(&tx, invitation::Column::TeamId.eq(id.0)).await?;
    let people = tx.find::<staff::Entity>().filter(staff::Column::TeamId.eq(id.0)).count().await?.0;
    let teams = tx.find::<team::Entity>().filter(team::Column::ParentId.eq(id.0)).count().await?.0;
    Problem::in_use(&[("in_use_staff", people), ("in_use_teams", teams), ("in_use_invitations", led)])?;
    if !tx.bury::<team::Entity>(id.0, Some(version.0)).await? {
        return Err(Problem::stale(&current));
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
