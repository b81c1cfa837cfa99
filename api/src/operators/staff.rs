//! Who works in a business, as operators manage it: the first boss, another one when she is gone, and the end of
//! somebody's work there. `shuke admin staff` does the same by the same functions. Neither shows a phone.

use crate::openapi::ServiceConfig;
use crate::page::MAX_LIMIT;
use crate::problem::{Problem, Problems};
use crate::scope::{Checked, Created, Once, Operating, Path, Query, Vouched};
use crate::tenants::staff;
use actix_web::{get, post, web::Json};
use chrono::{DateTime, Utc};
use domain::Violation;
use domain::permission::Role;
use domain::phone::Phone;
use domain::staff::{NewTenantStaff, RoleChoice};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(list_tenant_staff)
        .service(create_tenant_staff)
        .service(choose_tenant_role)
        .service(suspend_tenant_staff);
}

/// Somebody who works in a business.
#[derive(Debug, Serialize, ToSchema)]
pub struct TenantStaffView {
    /// Their id there.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Their role; `custom` is one of the business's own.
    pub role: Role,
    /// Whether they have a login: `false` until they accept the place.
    pub joined: bool,
    /// Since when they are kept from working.
    pub suspended_at: Option<DateTime<Utc>>,
    /// When they were added.
    pub created_at: DateTime<Utc>,
}

impl From<staff::Model> for TenantStaffView {
    fn from(row: staff::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            role: row.role.0,
            joined: row.account_id.is_some(),
            suspended_at: row.suspended_at,
            created_at: row.created_at,
        }
    }
}

/// A page of who works in a business.
#[derive(Debug, Serialize, ToSchema)]
pub struct TenantStaffPage {
    /// The rows.
    pub items: Vec<TenantStaffView>,
    /// `cursor` of the next page; `null` on the last one.
    pub next_cursor: Option<String>,
}

/// `?limit=&cursor=`: whoever came first stands first.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TenantStaffQuery {
    /// Rows on a page, 1 to 100; 20 when absent.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A page of who works in a business, whoever came first first.
#[utoipa::path(tag = "operators", security(("bearer" = ["installation"])), params(("tenant_id" = i64, Path), TenantStaffQuery), responses((status = 200, body = TenantStaffPage), Problems))]
#[get("/operator/tenants/{tenant_id}/staff")]
async fn list_tenant_staff(
    operating: Operating,
    id: Path<i64>,
    query: Query<TenantStaffQuery>,
) -> Result<Json<TenantStaffPage>, Problem> {
    let limit = query.0.limit.unwrap_or(20);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::field("limit", "limit_invalid"));
    }
    let after = match query.0.cursor.as_deref() {
        None => None,
        Some(text) => Some(Uuid::try_parse(text).map_err(|_| Problem::field("cursor", "cursor_invalid"))?),
    };
    let mut rows = operating.system.staff_of(id.0, after, limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let next_cursor = rows.last().filter(|_| more).map(|row| row.id.to_string());
    Ok(Json(TenantStaffPage { items: rows.into_iter().map(TenantStaffView::from).collect(), next_cursor }))
}

async fn one(operating: &Operating, tenant_id: i64, id: Uuid) -> Result<Json<TenantStaffView>, Problem> {
    let row = operating.system.colleague(tenant_id, id).await?.ok_or(Problem::NotFound)?;
    Ok(Json(row.into()))
}

/// Adds somebody to a business, its boss unless another built-in role is named. They are offered the place when they
/// prove the phone at WeChat.
#[utoipa::path(tag = "operators", security(("bearer" = ["installation", "vouched"])), params(("tenant_id" = i64, Path), Once), request_body = NewTenantStaff, responses((status = 201, body = TenantStaffView), Problems))]
#[post("/operator/tenants/{tenant_id}/staff")]
async fn create_tenant_staff(
    operating: Vouched,
    id: Path<i64>,
    body: Checked<NewTenantStaff>,
) -> Result<Created<TenantStaffView>, Problem> {
    let Checked { value: NewTenantStaff { name, phone, role }, once } = body;
    operating.system.standing_tenant(id.0).await?;
    let phone = Phone::parse(&phone).ok_or(Problem::field("phone", "phone_invalid"))?;
    let role = built_in(role.unwrap_or(Role::Boss))?;
    operating
        .create(&once, async |recorded| {
            let made = operating.system.create_staff_in(recorded, id.0, (&name, role), Some(&phone), None).await?;
            Ok(made.into())
        })
        .await
}

/// What a business means by a role of its own, operators do not know.
fn built_in(role: Role) -> Result<Role, Problem> {
    let given: Vec<_> = Role::ALL.iter().filter(|role| **role != Role::Custom).map(|role| role.as_str()).collect();
    if role == Role::Custom { Err(Violation::choice_among("role", &given).into()) } else { Ok(role) }
}

/// Gives somebody in a business another built-in role, and lets them work again if they were suspended. What they hold
/// is worth nothing from then on. 409 `last_boss` for the last boss who can log in.
#[utoipa::path(tag = "operators", security(("bearer" = ["installation", "vouched"])), params(("tenant_id" = i64, Path), ("staff_id" = Uuid, Path)), request_body = RoleChoice, responses((status = 200, body = TenantStaffView), Problems))]
#[post("/operator/tenants/{tenant_id}/staff/{staff_id}/role")]
async fn choose_tenant_role(
    operating: Vouched,
    path: Path<(i64, Uuid)>,
    body: Checked<RoleChoice>,
) -> Result<Json<TenantStaffView>, Problem> {
    let (tenant_id, id) = path.0;
    operating.system.set_role(tenant_id, id, Some(built_in(body.value.role)?)).await?;
    one(&operating, tenant_id, id).await
}

/// Keeps somebody from working in a business until they are given a role again. What they hold is worth nothing at once.
/// 409 `last_boss` for the last boss who can log in.
#[utoipa::path(tag = "operators", security(("bearer" = ["installation", "vouched"])), params(("tenant_id" = i64, Path), ("staff_id" = Uuid, Path)), responses((status = 200, body = TenantStaffView), Problems))]
#[post("/operator/tenants/{tenant_id}/staff/{staff_id}/suspend")]
async fn suspend_tenant_staff(operating: Vouched, path: Path<(i64, Uuid)>) -> Result<Json<TenantStaffView>, Problem> {
    let (tenant_id, id) = path.0;
    operating.system.set_role(tenant_id, id, None).await?;
    one(&operating, tenant_id, id).await
}
