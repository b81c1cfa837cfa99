//! The audit record 审计记录, for those who may read it.

use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::{Can, Query, audit_entry::entry as entity, grants::AuditRead};
use actix_web::{get, web::Json};
use chrono::{DateTime, Utc};
use sea_orm::ColumnTrait as _;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Filters of the audit record.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Entries about this row.
    pub resource_id: Option<Uuid>,
    /// Rows on a page, 1 to 100; 20 when absent.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Who did what to which row.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntryView {
    /// Id.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; `null` for the system itself.
    pub actor_id: Option<Uuid>,
    /// Their name then.
    pub actor_name: String,
    /// `create`, `update`, `delete`, `reveal`, `move`, …
    pub action: String,
    /// `customer`, `order`, …
    pub resource: String,
    /// Which.
    pub resource_id: Option<Uuid>,
    /// Names of the fields that changed, or what else belongs to the action. Never a personal value.
    #[schema(value_type = Object)]
    pub changes: serde_json::Value,
    /// The request that did it.
    pub request_id: String,
}

/// A page of the audit record, newest first.
#[utoipa::path(tag = "audit", security(("bearer" = ["audit.read"])), params(AuditQuery), responses((status = 200, body = Page<AuditEntryView>), Problems))]
#[get("/audit")]
pub(super) async fn list_audit_entries(
    scope: Can<AuditRead>,
    query: Query<AuditQuery>,
) -> Result<Json<Page<AuditEntryView>>, Problem> {
    let AuditQuery { resource_id, limit, cursor } = query.0;
    let page = PageQuery { limit, cursor }.check()?;
    let mut find = scope.find::<entity::Entity>();
    if let Some(id) = resource_id {
        find = find.filter(entity::Column::ResourceId.eq(id));
    }
    let position = |row: &entity::Model| Position { at: row.at, id: row.id };
    let (rows, next_cursor) = find.page(entity::Column::At, page, |rows| rows, position).await?;
    let items = rows.into_iter().map(|row| AuditEntryView {
        id: row.id,
        at: row.at,
        actor_id: row.actor_id,
        actor_name: row.actor_name,
        action: row.action,
        resource: row.resource,
        resource_id: row.resource_id,
        changes: row.changes.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
        request_id: row.request_id,
    });
    Ok(Json(Page { items: items.collect(), next_cursor }))
}
