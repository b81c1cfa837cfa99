//! Businesses, as the operators of the installation manage them. They see names and states, never a
//! business's customers: for that they would have to be staff there.

mod networks;
mod staff;

use crate::erasure::doom_tenant;
use crate::openapi::ServiceConfig;
use crate::page::MAX_LIMIT;
use crate::problem::{Problem, Problems};
use crate::scope::{Checked, Created, IfMatch, Once, Operating, Path, Query, Vouched};
use actix_web::http::StatusCode;
use actix_web::{get, patch, post, web::Json};
use chrono::{DateTime, Utc};
use domain::permission::Role;
use domain::phone::Phone;
use domain::staff::{NewBusiness, TenantChanges, TenantErasure};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(list_businesses)
        .service(get_tenant)
        .service(create_business)
        .service(change_tenant)
        .service(erase_business)
        .configure(staff::routes)
        .configure(networks::routes);
}

/// A business of the installation.
#[derive(Debug, Serialize, ToSchema)]
pub struct TenantView {
    /// Id.
    pub tenant_id: i64,
    /// Name.
    pub name: String,
    /// Its own phone.
    pub phone: Option<String>,
    /// Since when nobody may work in it.
    pub suspended_at: Option<DateTime<Utc>>,
    /// When it was signed up.
    pub created_at: DateTime<Utc>,
    /// When it was erased: nothing of it is left but its number.
    pub erased_at: Option<DateTime<Utc>>,
    /// ETag.
    pub version: i64,
}

impl From<crate::auth::entity::tenant::Model> for TenantView {
    fn from(row: crate::auth::entity::tenant::Model) -> Self {
        Self {
            tenant_id: row.id,
            name: row.name,
            phone: row.phone,
            suspended_at: row.suspended_at,
            created_at: row.created_at,
            erased_at: row.erased_at,
            version: row.version,
        }
    }
}

/// A new business and, where one was named, its boss.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewTenantView {
    /// The business.
    #[serde(flatten)]
    pub tenant: TenantView,
    /// Its boss, who is offered the place when they prove the phone.
    pub boss_id: Option<Uuid>,
}

/// A page of businesses by id.
#[derive(Debug, Serialize, ToSchema)]
pub struct TenantPage {
    /// The rows.
    pub items: Vec<TenantView>,
    /// `after` of the next page; `null` on the last one.
    pub next_cursor: Option<String>,
}

/// `?limit=&cursor=`: businesses have numbers, so a cursor is a number.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TenantQuery {
    /// Rows on a page, 1 to 100; 20 when absent.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A page of businesses, in the order in which they were signed up.
#[utoipa::path(tag = "operators", security(("bearer" = ["installation"])), params(TenantQuery), responses((status = 200, body = TenantPage), Problems))]
#[get("/operator/tenants")]
async fn list_businesses(operating: Operating, query: Query<TenantQuery>) -> Result<Json<TenantPage>, Problem> {
    let limit = query.0.limit.unwrap_or(20);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::field("limit", "limit_invalid"));
    }
    let after = match query.0.cursor.as_deref() {
        None => 0,
        Some(text) => text.parse().map_err(|_| Problem::field("cursor", "cursor_invalid"))?,
    };
    let mut rows = operating.system.tenants_after(after, limit + 1).await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next_cursor = rows.last().filter(|_| more).map(|row| row.id.to_string());
    Ok(Json(TenantPage { items: rows.into_iter().map(TenantView::from).collect(), next_cursor }))
}

async fn find(operating: &Operating, id: i64) -> Result<TenantView, Problem> {
    Ok(operating.system.tenant(id).await?.ok_or(Problem::NotFound)?.into())
}

/// One business.
#[utoipa::path(tag = "operators", security(("bearer" = ["installation"])), params(("tenant_id" = i64, Path)), responses((status = 200, body = TenantView), Problems))]
#[get("/operator/tenants/{tenant_id}")]
async fn get_tenant(operating: Operating, id: Path<i64>) -> Result<Json<TenantView>, Problem> {
    Ok(Json(find(&operating, id.0).await?))
}

/// Signs a business up.
#[utoipa::path(tag = "operators", params(Once), security(("bearer" = ["installation", "vouched"])), request_body = NewBusiness, responses((status = 201, body = NewTenantView), Problems))]
#[post("/operator/tenants")]
async fn create_business(operating: Vouched, body: Checked<NewBusiness>) -> Result<Created<NewTenantView>, Problem> {
    let Checked { value: NewBusiness { name, phone, boss }, once } = body;
    let boss = match boss {
        Some(boss) => {
            let phone = Phone::parse(&boss.phone).ok_or(Problem::field("boss.phone", "phone_invalid"))?;
            Some((boss.name, phone))
        }
        None => None,
    };
    let system = &operating.system;
    operating
        .create(&once, async |recorded| {
            let tenant = system.create_tenant_in(recorded, &name, phone.as_deref()).await?;
            let boss_id = match &boss {
                Some((name, phone)) => {
                    Some(system.create_staff_in(recorded, tenant.id, (name, Role::Boss), Some(phone), None).await?.id)
                }
                None => None,
            };
            Ok(NewTenantView { tenant: tenant.into(), boss_id })
        })
        .await
}

/// Renames a business, or keeps everybody from working in it (RFC 7396). Its customers still see their
/// orders.
#[utoipa::path(tag = "operators", security(("bearer" = ["installation", "vouched"])), params(("tenant_id" = i64, Path), ("If-Match" = String, Header)), request_body = TenantChanges, responses((status = 200, body = TenantView), Problems))]
#[patch("/operator/tenants/{tenant_id}")]
async fn change_tenant(
    operating: Vouched,
    id: Path<i64>,
    version: IfMatch,
    body: Checked<TenantChanges>,
) -> Result<Json<TenantView>, Problem> {
    operating.system.standing_tenant(id.0).await?;
    if !operating.system.change_tenant(id.0, version.0, body.value).await? {
        let there = operating.system.standing_tenant(id.0).await?;
        return Err(Problem::stale(&TenantView::from(there)));
    }
    Ok(Json(find(&operating, id.0).await?))
}

/// Erases a business for good, as `shuke admin tenant erase` does: its key is gone with the answer, servers that still
/// hold it forget it within a minute, its rows go in the background, and no backup brings it back. 422 `name_differs`
/// unless `name` is what it is called.
#[utoipa::path(tag = "operators", security(("bearer" = ["installation", "vouched"])), params(("tenant_id" = i64, Path)), request_body = TenantErasure, responses((status = 202, body = TenantView), Problems))]
#[post("/operator/tenants/{tenant_id}/erase")]
async fn erase_business(
    operating: Vouched,
    id: Path<i64>,
    body: Checked<TenantErasure>,
) -> Result<(Json<TenantView>, StatusCode), Problem> {
    let there = find(&operating, id.0).await?;
    if there.erased_at.is_none() {
        if there.name != body.value.name {
            return Err(Problem::field("name", "name_differs"));
        }
        doom_tenant(&operating.system, id.0).await?;
    }
    Ok((Json(find(&operating, id.0).await?), StatusCode::ACCEPTED))
}
