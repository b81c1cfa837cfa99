//! Replacing the keys of a business over HTTP, for operators of the installation.

use super::begin;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::system::keys::TenantKeysShown;
use crate::scope::{Accepted, Checked, Once, Operating, Path, Vouched};
use actix_web::{get, post, web::Json};
use chrono::{DateTime, Utc};
use domain::keys::{NewRotation, RotationKind};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(get_tenant_keys).service(rotate_tenant_keys);
}

/// A rotation that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub struct RotationView {
    /// The business.
    pub tenant_id: i64,
    /// Which key.
    pub what: RotationKind,
    /// The generation that follows.
    pub generation: i64,
    /// From when on it is used; what the old one made is then replaced in the background.
    pub used_from_at: DateTime<Utc>,
}

/// Which keys a business has, how much each sealed, and how far a rotation is.
#[utoipa::path(tag = "operators", security(("bearer" = ["installation"])), params(("tenant_id" = i64, Path)), responses((status = 200, body = TenantKeysShown), Problems))]
#[get("/operator/tenants/{tenant_id}/keys")]
async fn get_tenant_keys(operating: Operating, id: Path<i64>) -> Result<Json<TenantKeysShown>, Problem> {
    Ok(Json(operating.system.show_tenant_keys(id.0).await?))
}

/// Begins to replace a key of a business, with the second look. People work on meanwhile. 409
/// `in_progress` until the rotation before is over.
#[utoipa::path(tag = "operators", security(("bearer" = ["installation", "vouched"])), params(("tenant_id" = i64, Path), Once), request_body = NewRotation, responses((status = 202, body = RotationView), Problems))]
#[post("/operator/tenants/{tenant_id}/keys/rotations")]
async fn rotate_tenant_keys(
    vouched: Vouched,
    id: Path<i64>,
    body: Checked<NewRotation>,
) -> Result<Accepted<RotationView>, Problem> {
    let Checked { value: NewRotation { what }, once } = body;
    let (system, tenant_id) = (&vouched.system, id.0);
    let begun = vouched.create(&once, async |recorded| {
        let (generation, used_from_at) = begin(system, recorded, tenant_id, what).await?;
        Ok(RotationView { tenant_id, what, generation, used_from_at })
    });
    let begun = begun.await?;
    system.keys_added(tenant_id);
    Ok(Accepted(begun))
}
