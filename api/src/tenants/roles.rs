//! A business's own roles.

use super::store::{invited, within_own};
use super::{invitation, role, staff};
use crate::folded::fold;
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{RolesWrite, StaffRead};
use crate::scope::{Can, Checked, Created, IfMatch, Once, Path, Reads};
use actix_web::{HttpResponse, delete, get, patch, post, web::Json};
use domain::permission::Role;
use domain::rights::Rights;
use domain::staff::{NewRole, RoleChanges};
use sea_orm::{ColumnTrait as _, QueryOrder as _, Set};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_roles).service(create_role).service(change_role).service(delete_role);
}

/// A role.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleView {
    /// Its id; none for a built-in one.
    pub id: Option<Uuid>,
    /// `custom` for the business's own.
    pub role: Role,
    /// Its name; none for a built-in one, which every client names in its own language.
    pub name: Option<String>,
    /// What it may do and see.
    pub rights: Rights,
    /// ETag; none for a built-in one.
    pub version: Option<i64>,
}

impl From<role::Model> for RoleView {
    fn from(row: role::Model) -> Self {
        let rights = row.rights();
        Self { id: Some(row.id), role: Role::Custom, name: Some(row.name), rights, version: Some(row.version) }
    }
}

/// The built-in roles, then the business's own.
#[utoipa::path(tag = "roles", security(("bearer" = ["staff.read"])), responses((status = 200, body = All<RoleView>), Problems))]
#[get("/roles")]
async fn list_roles(scope: Can<StaffRead>) -> Result<Json<All<RoleView>>, Problem> {
    let own = scope.find::<role::Entity>().shape(|rows| rows.order_by_asc(role::Column::CreatedAt)).all().await?;
    let built_in = Role::ALL.iter().filter(|role| **role != Role::Custom);
    let built_in =
        built_in.map(|role| RoleView { id: None, role: *role, name: None, rights: role.rights(), version: None });
    Ok(Json(All { items: built_in.chain(own.into_iter().map(RoleView::from)).collect() }))
}

fn text(rights: Rights) -> Result<Option<String>, Problem> {
    let kept = Rights { fields: rights.fields.kept(), ..rights };
    Ok(Some(serde_json::to_string(&kept).map_err(anyhow::Error::from)?))
}

/// Refuses rights that are wrong by themselves.
fn sound(rights: &Rights) -> Result<(), Problem> {
    rights.flaw().map_or(Ok(()), |flaw| Err(Problem::from(flaw).under("rights")))
}

/// The same of a role that is there: one that was wrong before may stay so, and be changed in other ways.
pub(crate) fn sounder(before: &Rights, after: &Rights) -> Result<(), Problem> {
    if before.flaw().is_some() { Ok(()) } else { sound(after) }
}

/// Refuses the name of a built-in role, however it is written: whoever reads 老板 in a list of colleagues takes them for
/// one.
fn own_name(name: &str) -> Result<(), Problem> {
    let name = fold(name);
    let taken = Role::ALL.iter().flat_map(|role| role.names()).any(|built_in| fold(built_in) == name);
    if taken { Err(Problem::field("name", "role_built_in")) } else { Ok(()) }
}

async fn find(rows: &impl Reads, id: Uuid) -> Result<role::Model, Problem> {
    rows.rows::<role::Entity>().filter(role::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)
}

/// Makes a role. It cannot do more than whoever makes it.
#[utoipa::path(tag = "roles", params(Once), security(("bearer" = ["roles.write"])), request_body = NewRole, responses((status = 201, body = RoleView), Problems))]
#[post("/roles")]
async fn create_role(mut scope: Can<RolesWrite>, body: Checked<NewRole>) -> Result<Created<RoleView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    own_name(&input.name)?;
    sound(&input.rights)?;
    within_own(&*scope, &input.rights, "rights")?;
    scope
        .create(&once, input.id, async |tx| {
            let rights = text(input.rights)?;
            let row =
                role::ActiveModel { id: Set(id), name: Set(input.name), rights: Set(rights), ..Default::default() };
            tx.insert::<role::Entity>(row).await?;
            Ok(find(tx, id).await?.into())
        })
        .await
}

/// Changes a role (RFC 7396). Whoever has it may do what it says within three seconds.
#[utoipa::path(tag = "roles", security(("bearer" = ["roles.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = RoleChanges, responses((status = 200, body = RoleView), Problems))]
#[patch("/roles/{id}")]
async fn change_role(
    mut scope: Can<RolesWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<RoleChanges>,
) -> Result<Json<RoleView>, Problem> {
    let RoleChanges { name, rights } = body.value;
    let tx = scope.begin().await?;
    // A role that may do more than the actor is not theirs to change, in either direction.
    let found = find(&tx, id.0).await?;
    let before = found.rights();
    within_own(&tx, &before, "")?;
    let mut change = role::ActiveModel::default();
    // One that had such a name before there was this rule keeps it until it gets another.
    if let Some(name) = name.filter(|name| *name != found.name) {
        own_name(&name)?;
        change.name = Set(name);
    }
    if let Some(rights) = rights {
        sounder(&before, &rights)?;
        within_own(&tx, &rights, "rights")?;
        change.rights = Set(text(rights)?);
    }
    let done = tx.update::<role::Entity>(id.0, Some(version.0), change).await?;
    let view = RoleView::from(find(&tx, id.0).await?);
    if !done {
        return Err(Problem::stale(&view));
    }
    tx.commit().await?;
    Ok(Json(view))
}

/// Deletes a role that nobody has and no open invitation gives.
#[utoipa::path(tag = "roles", security(("bearer" = ["roles.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/roles/{id}")]
async fn delete_role(mut scope: Can<RolesWrite>, id: Path<Uuid>, version: IfMatch) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    let current = find(&tx, id.0).await?;
    within_own(&tx, &current.rights(), "")?;
    // Invitations first: whoever accepts one meanwhile is counted among the staff.
    let given = invited(&tx, invitation::Column::RoleId.eq(id.0)).await?;
    let people = tx.find::<staff::Entity>().filter(staff::Column::RoleId.eq(id.0)).count().await?.0;
    Problem::in_use(&[("in_use_staff", people), ("in_use_invitations", given)])?;
    if !tx.bury::<role::Entity>(id.0, Some(version.0)).await? {
        return Err(Problem::stale(&RoleView::from(current)));
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
