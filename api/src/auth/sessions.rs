//! One's sessions 登录设备: where one is signed in, and how to end that.

use super::entity::session;
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::system::System;
use crate::scope::{LoggedIn, Path};
use actix_web::{HttpResponse, delete, get, post, web::Json};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_sessions).service(revoke_session).service(revoke_other_sessions).service(wipe_session);
}

/// A session: one login on one device.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// Id.
    pub id: Uuid,
    /// What the device calls itself.
    pub label: Option<String>,
    /// How it was begun: `wechat` or `password`.
    pub method: Option<String>,
    /// The network it was last used from, as a prefix.
    pub network: Option<String>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to five minutes.
    pub used_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub current: bool,
    /// Whether somebody ended it: its device may still be ordered to forget what it keeps.
    pub ended: bool,
}

impl SessionView {
    pub(crate) fn of(row: session::Model, current: Uuid) -> Self {
        Self {
            id: row.id,
            current: row.id == current,
            ended: row.revoked_at.is_some(),
            label: row.label,
            method: row.method,
            network: row.network.filter(|network| !network.is_empty()),
            created_at: row.created_at,
            used_at: row.used_at.unwrap_or(row.created_at),
        }
    }
}

/// Where one is signed in, the latest login first.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses((status = 200, body = All<SessionView>), Problems))]
#[get("/auth/sessions")]
async fn list_sessions(login: LoggedIn, system: System) -> Result<Json<All<SessionView>>, Problem> {
    let rows = system.sessions_of(login.0.account_id).await?;
    let items = rows.into_iter().map(|row| SessionView::of(row, login.0.session_id)).collect();
    Ok(Json(All { items }))
}

/// Ends one session.
#[utoipa::path(tag = "auth", security(("bearer" = [])), params(("id" = Uuid, Path)), responses((status = 204), Problems))]
#[delete("/auth/sessions/{id}")]
async fn revoke_session(login: LoggedIn, system: System, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    system.revoke_session(login.0.account_id, id.0, false).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends every other session; `POST /auth/logout` ends this one.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses((status = 204), Problems))]
#[post("/auth/sessions/revoke-all")]
async fn revoke_other_sessions(login: LoggedIn, system: System) -> Result<HttpResponse, Problem> {
    system.revoke_others(login.0.account_id, Some(login.0.session_id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends a session and orders its device to forget everything it has kept, at its next contact.
#[utoipa::path(tag = "auth", security(("bearer" = [])), params(("id" = Uuid, Path)), responses((status = 204), Problems))]
#[post("/auth/sessions/{id}/wipe")]
async fn wipe_session(login: LoggedIn, system: System, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    system.revoke_session(login.0.account_id, id.0, true).await?;
    Ok(HttpResponse::NoContent().finish())
}
