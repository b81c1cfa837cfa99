//! An operator's own password, changed by whoever knows the present one.

use super::attempts::Guess;
use super::notice::recorded;
use super::password;
use crate::edge::Marks;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::system::System;
use crate::scope::system::operators::Own;
use crate::scope::{Checked, LoggedIn, Origin};
use actix_web::{HttpRequest, HttpResponse, put};
use domain::accounts::PasswordChange;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(change_password);
}

/// Changes one's own password, for operators, and ends every other session. Whoever has an authenticator app gives
/// the second look first; a wrong present password counts like one at a login.
#[utoipa::path(extensions(("x-second-look" = json!("sometimes"))), tag = "auth", security(("bearer" = [])), request_body = PasswordChange, responses((status = 204), Problems))]
#[put("/auth/password")]
async fn change_password(
    request: HttpRequest,
    login: LoggedIn,
    system: System,
    body: Checked<PasswordChange>,
) -> Result<HttpResponse, Problem> {
    let (actor, marks) = (login.0, Marks::of(&request));
    // Whoever logs in by WeChat has no password.
    let operator = system.operator_of(actor.account_id).await?.ok_or(Problem::Forbidden("forbidden"))?;
    marks.admits_operator()?;
    if system.totp_secret(actor.account_id, true).await?.is_some() && !actor.stepped_up(system.now()) {
        return Err(Problem::StepUp);
    }
    let PasswordChange { present, new } = body.value;
    // The device is known, so strangers who guess at a login do not keep the owner from changing the password.
    let device = system.device_of(actor.account_id, actor.session_id).await?;
    let guess = Guess::charge(&system, "password", &operator.name, device.as_deref(), &marks.address).await?;
    if !password::fits(present.to_string(), Some(operator.password_hash.clone())).await? {
        recorded(&system, "set_password_failed", Some(actor.account_id), &Origin::marked(marks)).await?;
        return Err(Problem::field("present", "password_wrong"));
    }
    guess.right().await?;
    let hash = password::hash_apart(new.to_string()).await?;
    let own = Own { present: &operator.password_hash, session_id: actor.session_id };
    system.named(&operator.name).set_password(&operator.name, hash, Some(own)).await?;
    Ok(HttpResponse::NoContent().finish())
}
