//! Who works here.

use super::store::{assignable, find_below, forget, within_sight};
use super::{role, staff, team};
use crate::db::{Code, Taken, refusal};
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{RolesWrite, StaffRead, StaffWrite};
use crate::scope::system::System;
use crate::scope::{Can, Checked, Created, IfMatch, Once, Path, Reads, Tx};
use actix_web::{get, patch, post, web::Json};
use domain::permission::Role;
use domain::phone::Phone;
use domain::staff::{NewStaff, RoleChoice, StaffChanges};
use sea_orm::{ColumnTrait as _, DbErr, QueryOrder as _, Set};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(list_staff)
        .service(create_staff)
        .service(change_staff)
        .service(choose_role)
        .service(suspend_staff)
        .service(resume_staff);
}

/// A colleague.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffView {
    /// Their id in this business.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The business's own role, for `custom`.
    pub role_id: Option<Uuid>,
    /// Its name.
    pub role_name: Option<String>,
    /// Their team.
    pub team_id: Option<Uuid>,
    /// Its name.
    pub team_name: Option<String>,
    /// Whether they can log in.
    pub active: bool,
    /// Whether somebody keeps them from it.
    pub suspended: bool,
    /// Whether whoever has the phone declined: the business has forgotten it.
    pub declined: bool,
    /// ETag.
    pub version: i64,
}

/// Names of the business's own roles and teams.
struct Names {
    roles: HashMap<Uuid, String>,
    teams: HashMap<Uuid, String>,
}

impl Names {
    async fn load(rows: &impl Reads) -> Result<Self, Problem> {
        let roles = rows.rows::<role::Entity>().all().await?;
        let teams = rows.rows::<team::Entity>().all().await?;
        Ok(Self {
            roles: roles.into_iter().map(|role| (role.id, role.name)).collect(),
            teams: teams.into_iter().map(|team| (team.id, team.name)).collect(),
        })
    }

    fn view(&self, row: staff::Model) -> StaffView {
        StaffView {
            id: row.id,
            name: row.name,
            role: row.role.0,
            role_id: row.role_id,
            role_name: row.role_id.and_then(|id| self.roles.get(&id).cloned()),
            team_id: row.team_id,
            team_name: row.team_id.and_then(|id| self.teams.get(&id).cloned()),
            active: row.account_id.is_some() && row.suspended_at.is_none(),
            suspended: row.suspended_at.is_some(),
            declined: row.declined_at.is_some(),
            version: row.version,
        }
    }
}

pub(crate) async fn view(rows: &impl Reads, id: Uuid) -> Result<StaffView, Problem> {
    let row = rows.rows::<staff::Entity>().filter(staff::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)?;
    Ok(Names::load(rows).await?.view(row))
}

/// Everybody who works in the business.
#[utoipa::path(tag = "staff", security(("bearer" = ["staff.read"])), responses((status = 200, body = All<StaffView>), Problems))]
#[get("/staff")]
async fn list_staff(scope: Can<StaffRead>) -> Result<Json<All<StaffView>>, Problem> {
    let rows = scope.find::<staff::Entity>().shape(|rows| rows.order_by_asc(staff::Column::CreatedAt)).all().await?;
    let names = Names::load(&*scope).await?;
    Ok(Json(All { items: rows.into_iter().map(|row| names.view(row)).collect() }))
}

/// Adds a colleague by phone. Whoever proves it at WeChat is offered the place (`GET /auth/invitations`) and becomes staff
/// by accepting it. A role that may do what asks for the second
/// look is given away with one.
#[utoipa::path(extensions(("x-second-look" = json!("sometimes"))), tag = "staff", params(Once), security(("bearer" = ["staff.write"])), request_body = NewStaff, responses((status = 201, body = StaffView), Problems))]
#[post("/staff")]
async fn create_staff(mut scope: Can<StaffWrite>, body: Checked<NewStaff>) -> Result<Created<StaffView>, Problem> {
    let Checked { value: input, once } = body;
    let (id, me) = (scope.id_for(input.id)?, scope.me()?);
    let phone = Phone::parse(&input.phone).ok_or(Problem::field("phone", "phone_invalid"))?;
    let system = System::new(scope.installation());
    let (digests, sealed) = (system.digests_across(&phone).await?, system.sealed_staff_phone(id, &phone));
    scope
        .create(&once, input.id, async |tx| {
            assignable(tx, input.role, input.role_id).await?;
            known_team(tx, input.team_id, None).await?;
            let row = staff::ActiveModel {
                id: Set(id),
                name: Set(input.name),
                role: Set(Code(input.role)),
                role_id: Set(input.role_id),
                team_id: Set(input.team_id),
                account_id: Set(None),
                phone_digest: Set(Some(digests.first)),
                next_phone_digest: Set(digests.next),
                phone_sealed: Set(Some(sealed)),
                auth_epoch: Set(1),
                suspended_at: Set(None),
                entered_by: Set(Some(me)),
                ..Default::default()
            };
            tx.insert::<staff::Entity>(row).await.map_err(phone_known)?;
            view(tx, id).await
        })
        .await
}

/// Two colleagues cannot have one phone.
pub(crate) fn phone_known(error: DbErr) -> Problem {
    match refusal(&error) {
        Some(Taken::Unique) => Problem::conflict("colleague_known", Some("phone")),
        _ => error.into(),
    }
}

/// Refuses a team that the business does not have, and one that is not the actor's to put somebody into; `moved` is
/// who works here already.
pub(super) async fn known_team(tx: &Tx<'_>, id: Option<Uuid>, moved: Option<&staff::Model>) -> Result<(), Problem> {
    if let Some(id) = id {
        let found = tx.find::<team::Entity>().filter(team::Column::Id.eq(id)).one().await?;
        found.ok_or(Problem::field("team_id", "team_unknown"))?;
    }
    within_sight(tx, id, moved, "team_id").await
}

/// Writes a change to a colleague and shows them.
async fn changed(
    tx: Tx<'_>,
    id: Uuid,
    version: IfMatch,
    change: staff::ActiveModel,
) -> Result<Json<StaffView>, Problem> {
    let done = tx.update::<staff::Entity>(id, Some(version.0), change).await?;
    let view = view(&tx, id).await?;
    if !done {
        return Err(Problem::stale(&view));
    }
    forget(tx, id).await?;
    Ok(Json(view))
}

/// Shows a colleague who is as was asked already: nothing is written, nothing they hold ends, and the record is silent.
async fn as_asked(tx: &Tx<'_>, before: &staff::Model, version: IfMatch) -> Result<Json<StaffView>, Problem> {
    let view = view(tx, before.id).await?;
    if before.version == version.0 { Ok(Json(view)) } else { Err(Problem::stale(&view)) }
}

/// Changes a colleague's name or team (RFC 7396). Whoever does not see everybody puts nobody where they see no further.
#[utoipa::path(tag = "staff", security(("bearer" = ["staff.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = StaffChanges, responses((status = 200, body = StaffView), Problems))]
#[patch("/staff/{id}")]
async fn change_staff(
    mut scope: Can<StaffWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<StaffChanges>,
) -> Result<Json<StaffView>, Problem> {
    let StaffChanges { name, team_id } = body.value;
    let tx = scope.begin().await?;
    let before = find_below(&tx, id.0).await?;
    let mut change = staff::ActiveModel::default();
    if let Some(name) = name {
        change.name = Set(name);
    }
    if let Some(team_id) = team_id.filter(|team_id| *team_id != before.team_id) {
        known_team(&tx, team_id, Some(&before)).await?;
        change.team_id = Set(team_id);
    }
    changed(tx, id.0, version, change).await
}

/// Gives a colleague another role. Tokens they hold are worth nothing from then on: the phone fetches
/// new ones with the rights of the new role.
#[utoipa::path(tag = "staff", security(("bearer" = ["roles.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = RoleChoice, responses((status = 200, body = StaffView), Problems))]
#[post("/staff/{id}/role")]
async fn choose_role(
    mut scope: Can<RolesWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<RoleChoice>,
) -> Result<Json<StaffView>, Problem> {
    let RoleChoice { role, role_id } = body.value;
    let tx = scope.begin().await?;
    let before = find_below(&tx, id.0).await?;
    assignable(&tx, role, role_id).await?;
    if (before.role.0, before.role_id) == (role, role_id) {
        return as_asked(&tx, &before, version).await;
    }
    if role != Role::Boss {
        tx.system().keep_a_boss(&before).await?;
    }
    let change = staff::ActiveModel {
        role: Set(Code(role)),
        role_id: Set(role_id),
        auth_epoch: Set(before.auth_epoch + 1),
        ..Default::default()
    };
    changed(tx, id.0, version, change).await
}

/// Keeps a colleague from working here until they are let back. What they hold is worth nothing at once.
#[utoipa::path(tag = "staff", security(("bearer" = ["staff.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 200, body = StaffView), Problems))]
#[post("/staff/{id}/suspend")]
async fn suspend_staff(
    mut scope: Can<StaffWrite>,
    id: Path<Uuid>,
    version: IfMatch,
) -> Result<Json<StaffView>, Problem> {
    let (me, now) = (scope.me()?, scope.now());
    let tx = scope.begin().await?;
    let before = find_below(&tx, id.0).await?;
    if id.0 == me {
        return Err(Problem::conflict("own_rights", None));
    }
    if before.suspended_at.is_some() {
        return as_asked(&tx, &before, version).await;
    }
    tx.system().keep_a_boss(&before).await?;
    let change = staff::ActiveModel {
        suspended_at: Set(Some(now)),
        auth_epoch: Set(before.auth_epoch + 1),
        ..Default::default()
    };
    changed(tx, id.0, version, change).await
}

/// Lets a suspended colleague work again. A role that may do what asks for the second look is given back with one.
#[utoipa::path(extensions(("x-second-look" = json!("sometimes"))), tag = "staff", security(("bearer" = ["staff.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 200, body = StaffView), Problems))]
#[post("/staff/{id}/resume")]
async fn resume_staff(
    mut scope: Can<StaffWrite>,
    id: Path<Uuid>,
    version: IfMatch,
) -> Result<Json<StaffView>, Problem> {
    let tx = scope.begin().await?;
    let before = find_below(&tx, id.0).await?;
    assignable(&tx, before.role.0, before.role_id).await?;
    if before.suspended_at.is_none() {
        return as_asked(&tx, &before, version).await;
    }
    changed(tx, id.0, version, staff::ActiveModel { suspended_at: Set(None), ..Default::default() }).await
}
