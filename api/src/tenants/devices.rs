//! Where a colleague is signed in, and how to end that: a phone that was lost, somebody who left.

use super::store::find_below;
use crate::auth::SessionView;
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::StaffWrite;
use crate::scope::system::System;
use crate::scope::{Can, Path, Scope};
use actix_web::{HttpResponse, delete, get, post, web::Json};
use serde_json::json;
use std::collections::HashSet;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_staff_sessions).service(revoke_staff_session).service(wipe_staff_session);
}

/// Where a colleague is signed in and has been at work for this business, the latest login first; also logins that somebody
/// `ended` on devices that may still be ordered to forget what they keep. What they do elsewhere, and on the customer side,
/// is none of it.
#[utoipa::path(tag = "staff", security(("bearer" = ["staff.write"])), params(("id" = Uuid, Path)), responses((status = 200, body = All<SessionView>), Problems))]
#[get("/staff/{id}/sessions")]
async fn list_staff_sessions(
    scope: Can<StaffWrite>,
    system: System,
    id: Path<Uuid>,
) -> Result<Json<All<SessionView>>, Problem> {
    let Some(account_id) = find_below(&*scope, id.0).await?.account_id else {
        return Ok(Json(All { items: Vec::new() }));
    };
    let mut rows = system.sessions_at(account_id, scope.tenant_id()).await?;
    // A device is to be ordered once, however often it was ended.
    let mut devices = HashSet::new();
    rows.retain(|row| devices.insert(row.device.clone()) || row.revoked_at.is_none());
    Ok(Json(All { items: rows.into_iter().map(|row| SessionView::of(row, Uuid::nil())).collect() }))
}

async fn end(
    scope: &mut Scope,
    system: &System,
    (id, session_id): (Uuid, Uuid),
    wipe: bool,
) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    let account_id = find_below(&tx, id).await?.account_id.ok_or(Problem::NotFound)?;
    let ended = tx.system().revoke_session(account_id, session_id, wipe).await?;
    tx.audit(if wipe { "wipe" } else { "revoke" }, "session", Some(session_id), json!({ "staff": id }));
    tx.commit().await?;
    system.forget_sessions(&ended);
    Ok(HttpResponse::NoContent().finish())
}

/// Ends one login of a colleague.
#[utoipa::path(tag = "staff", security(("bearer" = ["staff.write"])), params(("id" = Uuid, Path), ("session_id" = Uuid, Path)), responses((status = 204), Problems))]
#[delete("/staff/{id}/sessions/{session_id}")]
async fn revoke_staff_session(
    mut scope: Can<StaffWrite>,
    system: System,
    path: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    end(&mut scope, &system, path.0, false).await
}

/// Ends one login of a colleague and orders the device to forget everything it has kept, at its next contact, with
/// whatever login it comes.
#[utoipa::path(tag = "staff", security(("bearer" = ["staff.write"])), params(("id" = Uuid, Path), ("session_id" = Uuid, Path)), responses((status = 204), Problems))]
#[post("/staff/{id}/sessions/{session_id}/wipe")]
async fn wipe_staff_session(
    mut scope: Can<StaffWrite>,
    system: System,
    path: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    end(&mut scope, &system, path.0, true).await
}
