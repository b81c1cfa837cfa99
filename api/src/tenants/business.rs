//! The settings of the business, and signing one up.

use crate::auth::limit;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{BusinessWrite, StaffRead};
use crate::scope::system::System;
use crate::scope::{Can, Checked, IfMatch, LoggedIn};
use actix_web::http::StatusCode;
use actix_web::{get, patch, post, web::Json};
use domain::permission::Role;
use domain::staff::{BusinessChanges, SignUp};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(get_business).service(change_business).service(sign_up);
}

/// The business one works in.
#[derive(Debug, Serialize, ToSchema)]
pub struct BusinessSettings {
    /// Id.
    pub tenant_id: i64,
    /// Name, as customers see it.
    pub name: String,
    /// The phone its customers may call.
    pub phone: Option<String>,
    /// Days without contact, order or change after which a customer is erased; 0: never.
    pub customers_idle_days: i64,
    /// Days for which answered requests about personal information are kept; 0: for ever.
    pub requests_days: i64,
    /// ETag.
    pub version: i64,
}

/// A business just signed up, and oneself in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedUp {
    /// The business, for `POST /auth/switch`.
    pub tenant_id: i64,
    /// One's id there.
    pub staff_id: Uuid,
}

async fn settings(system: &System, tenant_id: i64) -> Result<BusinessSettings, Problem> {
    let row = system.tenant(tenant_id).await?.ok_or(Problem::NotFound)?;
    Ok(BusinessSettings {
        tenant_id: row.id,
        name: row.name,
        phone: row.phone,
        customers_idle_days: row.customers_idle_days.unwrap_or_default(),
        requests_days: row.requests_days.unwrap_or_default(),
        version: row.version,
    })
}

/// Fewer days would leave too few for the warning two weeks before.
const SHORTEST_DAYS: i64 = 28;

/// The settings of one's business.
#[utoipa::path(tag = "business", security(("bearer" = ["staff.read"])), responses((status = 200, body = BusinessSettings), Problems))]
#[get("/business")]
async fn get_business(scope: Can<StaffRead>, system: System) -> Result<Json<BusinessSettings>, Problem> {
    Ok(Json(settings(&system, scope.tenant_id()).await?))
}

/// Changes the settings of one's business (RFC 7396). To have customers erased after some days (28 at least) asks for
/// the second look.
#[utoipa::path(extensions(("x-second-look" = json!("sometimes"))), tag = "business", security(("bearer" = ["business.write"])), params(("If-Match" = String, Header)), request_body = BusinessChanges, responses((status = 200, body = BusinessSettings), Problems))]
#[patch("/business")]
async fn change_business(
    mut scope: Can<BusinessWrite>,
    system: System,
    version: IfMatch,
    body: Checked<BusinessChanges>,
) -> Result<Json<BusinessSettings>, Problem> {
    let tenant_id = scope.tenant_id();
    if let Some(days) = body.value.customers_idle_days.filter(|days| *days > 0) {
        if days < SHORTEST_DAYS {
            return Err(Problem::field("customers_idle_days", "retention_too_short"));
        }
        // Customers are erased by it, as if somebody asked for each of them.
        if !scope.stepped_up() {
            return Err(Problem::StepUp);
        }
    }
    let tx = scope.begin().await?;
    let BusinessChanges { name, phone, customers_idle_days, requests_days } = &body.value;
    let changed = [
        name.as_ref().map(|_| "name"),
        phone.as_ref().map(|_| "phone"),
        customers_idle_days.map(|_| "customers_idle_days"),
        requests_days.map(|_| "requests_days"),
    ];
    tx.audit("update", "business", None, json!({ "fields": changed.into_iter().flatten().collect::<Vec<_>>() }));
    if !tx.system().change_business(version.0, body.value).await? {
        drop(tx);
        return Err(Problem::stale(&settings(&system, tenant_id).await?));
    }
    tx.commit().await?;
    Ok(Json(settings(&system, tenant_id).await?))
}

/// Signs a business up and makes oneself its boss, where the installation lets anybody do so
/// (`[signup] open`).
#[utoipa::path(tag = "business", security(("bearer" = [])), request_body = SignUp, responses((status = 201, body = SignedUp), Problems))]
#[post("/auth/signup")]
async fn sign_up(
    login: LoggedIn,
    system: System,
    body: Checked<SignUp>,
) -> Result<(Json<SignedUp>, StatusCode), Problem> {
    if !system.at.config.signup.open {
        return Err(Problem::Forbidden("signup_closed"));
    }
    let account_id = login.0.account_id;
    limit(&system, &format!("signup:{account_id}"), 1).await?;
    let SignUp { business, name, phone } = body.value;
    let system = system.named(&name);
    let tenant_id = system.create_tenant(&business, phone.as_deref()).await?;
    let staff_id = system.create_staff(tenant_id, &name, Role::Boss, None, Some(account_id)).await?;
    Ok((Json(SignedUp { tenant_id, staff_id }), StatusCode::CREATED))
}
