//! Who works here.

use super::staff;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::{Can, grants::StaffRead};
use actix_web::{get, web::Json};
use domain::permission::Role;
use sea_orm::QueryOrder as _;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_staff);
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
    /// Whether they can log in.
    pub active: bool,
}

/// Everybody who works in the business.
#[utoipa::path(tag = "staff", security(("bearer" = ["staff.read"])), responses((status = 200, body = All<StaffView>), Problems))]
#[get("/staff")]
async fn list_staff(scope: Can<StaffRead>) -> Result<Json<All<StaffView>>, Problem> {
    let rows = scope.find::<staff::Entity>().shape(|rows| rows.order_by_asc(staff::Column::CreatedAt)).all().await?;
    let items = rows
        .into_iter()
        .map(|row| StaffView {
            id: row.id,
            name: row.name,
            role: row.role.0,
            active: row.account_id.is_some() && row.suspended_at.is_none(),
        })
        .collect();
    Ok(Json(All { items }))
}
