//! Setting an authenticator app up.

use super::notice::recorded;
use super::totp;
use crate::crypto::random;
use crate::edge::Marks;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::system::System;
use crate::scope::{Actor, Checked, Enrolling, Origin};
use actix_web::{HttpRequest, post, web::Json};
use chrono::Duration;
use domain::step_up::TotpConfirmation;
use serde::Serialize;
use utoipa::ToSchema;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(enrol_totp).service(confirm_totp);
}

/// Minutes after the password was typed in which an app may be set up. A token that lies about, or a browser
/// that was left open, must not be enough to become the one who gives the second look.
const FRESH_MINUTES: i64 = 10;

/// Refuses a session in which nobody typed the password lately.
async fn fresh(system: &System, actor: &Actor) -> Result<(), Problem> {
    let begun = system.session_begun(actor.session_id).await?.ok_or(Problem::Unauthenticated("token_expired"))?;
    if system.now() - begun > Duration::minutes(FRESH_MINUTES) {
        return Err(Problem::Forbidden("login_stale"));
    }
    Ok(())
}

/// A secret for an authenticator app. It is shown this once.
#[derive(Serialize, ToSchema)]
pub struct TotpEnrolment {
    /// Base32, to be typed.
    pub secret: String,
    /// `otpauth://…`, to be drawn as a QR code.
    pub uri: String,
}

/// Codes for whoever loses the app. They are shown this once, and each works once.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Ten of them.
    pub recovery_codes: Vec<String>,
}

/// Begins to set an authenticator app up, for operators, within ten minutes after they logged in. It
/// counts once it is confirmed.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses((status = 200, body = TotpEnrolment), Problems))]
#[post("/auth/totp")]
async fn enrol_totp(login: Enrolling, system: System) -> Result<Json<TotpEnrolment>, Problem> {
    let account_id = login.0.account_id;
    // Whoever logs in by WeChat has WeChat for that.
    let operator = system.operator_of(account_id).await?.ok_or(Problem::Forbidden("forbidden"))?;
    fresh(&system, &login.0).await?;
    let secret = random::<{ totp::SECRET_BYTES }>();
    system.enrol_totp(account_id, &secret).await?;
    let app = totp::app(&secret, &system.at.config.name, &operator.name)?;
    let uri = app.to_url().map_err(|error| Problem::Internal(anyhow::anyhow!("TOTP: {error}")))?;
    Ok(Json(TotpEnrolment { secret: app.secret().to_base32(), uri }))
}

/// Turns the app on: it shows the right code.
#[utoipa::path(tag = "auth", security(("bearer" = [])), request_body = TotpConfirmation, responses((status = 200, body = RecoveryCodes), Problems))]
#[post("/auth/totp/confirm")]
async fn confirm_totp(
    request: HttpRequest,
    login: Enrolling,
    system: System,
    body: Checked<TotpConfirmation>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let account_id = login.0.account_id;
    let Some(secret) = system.totp_secret(account_id, false).await? else { return Err(Problem::NotFound) };
    fresh(&system, &login.0).await?;
    let step = totp::step(&secret, &body.value.code, system.now())?.ok_or(Problem::field("code", "code_wrong"))?;
    let recovery_codes = totp::recovery_codes();
    let plain: Vec<String> = recovery_codes.iter().map(|code| totp::plain(code)).collect();
    if !system.confirm_totp(account_id, step, &plain).await? {
        return Err(Problem::conflict("totp_enrolled", None));
    }
    system.at.snapshots.forget_session(login.0.session_id);
    recorded(&system, "totp", Some(account_id), &Origin::marked(Marks::of(&request))).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}
