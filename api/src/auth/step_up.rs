//! The second look before something dangerous: a fresh proof that it is still the same person who holds
//! the phone. It marks the session, and the token that it answers, for a few minutes.

use super::attempts::{Guess, forget, limit};
use super::me::{Holder, Session, session};
use super::notice::recorded;
use super::routes::code_fits;
use super::totp;
use crate::auth::guard_entity::challenge;
use crate::edge::Marks;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::system::System;
use crate::scope::system::factors::{CHALLENGE_MINUTES, NewChallenge};
use crate::scope::{Actor, Checked, LoggedIn, Origin};
use actix_web::{HttpRequest, post, web::Json};
use domain::step_up::{StepUpMethod, StepUpProof, StepUpRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(challenge_step_up).service(step_up);
}

/// A challenge that waits for its proof.
#[derive(Serialize, ToSchema)]
pub struct StepUpChallenge {
    /// Goes back with the proof; for `soter` it is what the phone signs.
    pub challenge: String,
    /// By which method.
    pub method: StepUpMethod,
    /// Seconds until it is too late.
    pub expires_in: i64,
    /// The masked phone that the message went to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_to: Option<String>,
}

/// By which methods an account can prove itself now.
pub(crate) async fn methods(system: &System, account_id: Uuid) -> Result<Vec<StepUpMethod>, Problem> {
    let mut found = Vec::new();
    if system.totp_secret(account_id, true).await?.is_some() {
        found.push(StepUpMethod::Totp);
    }
    let wechat = &system.at.wechat;
    if wechat.is_configured() && system.wechat_identity(wechat.appid(), account_id).await?.is_some() {
        found.push(StepUpMethod::Soter);
    }
    if system.at.sms.is_available() && system.proved_phone(account_id).await?.is_some() {
        found.push(StepUpMethod::Sms);
    }
    Ok(found)
}

/// Asks for a challenge; by `sms` it sends the code to one's own proved phone.
#[utoipa::path(tag = "auth", security(("bearer" = [])), request_body = StepUpRequest, responses((status = 200, body = StepUpChallenge), Problems))]
#[post("/auth/step-up/challenge")]
async fn challenge_step_up(
    login: LoggedIn,
    system: System,
    body: Checked<StepUpRequest>,
) -> Result<Json<StepUpChallenge>, Problem> {
    let (actor, method) = (login.0, body.value.method);
    limit(&system, &asked(method.as_str(), actor.account_id), 1).await?;
    if !methods(&system, actor.account_id).await?.contains(&method) {
        return Err(Problem::conflict("method_unavailable", Some("method")));
    }
    let mut new = NewChallenge { kind: method.as_str(), session_id: Some(actor.session_id), ..NewChallenge::default() };
    let phone = match method {
        StepUpMethod::Sms => system.proved_phone(actor.account_id).await?,
        StepUpMethod::Totp | StepUpMethod::Soter => None,
    };
    if let Some(phone) = &phone {
        let code = totp::six_digits();
        system.at.sms.send_code(phone, &code, system.now()).await?;
        new.answer = Some(code);
    }
    let challenge = system.begin_challenge(actor.account_id, new).await?;
    let sent_to = phone.map(|phone| phone.masked());
    Ok(Json(StepUpChallenge { challenge, method, expires_in: CHALLENGE_MINUTES * 60, sent_to }))
}

/// Answers a challenge. The token in the answer may do what is dangerous for a few minutes.
#[utoipa::path(tag = "auth", security(("bearer" = [])), request_body = StepUpProof, responses((status = 200, body = Session), Problems))]
#[post("/auth/step-up")]
async fn step_up(
    request: HttpRequest,
    login: LoggedIn,
    system: System,
    body: Checked<StepUpProof>,
) -> Result<Json<Session>, Problem> {
    let (actor, proof) = (login.0, body.value);
    let origin = Origin::marked(Marks::of(&request));
    let address = Marks::of(&request).address;
    let tried = system.try_challenge(&proof.challenge).await?;
    let ours = tried.filter(|row| row.account_id == actor.account_id && row.session_id == Some(actor.session_id));
    let challenge = ours.ok_or(Problem::field("challenge", "challenge_invalid"))?;
    // The device is known: strangers who guess at a login keep nobody from the second look.
    let device = system.device_of(actor.account_id, actor.session_id).await?;
    let guess = Guess::charge(&system, "factor", &actor.account_id.to_string(), device.as_deref(), &address).await?;
    let right = proved(&system, &actor, &challenge, &proof).await?;
    if !right {
        recorded(&system, "step_up_failed", Some(actor.account_id), &origin).await?;
        return Err(Problem::field("code", "code_wrong"));
    }
    guess.right().await?;
    // Somebody at work is asked all day. Messages cost money, whoever reads them.
    if challenge.kind != StepUpMethod::Sms.as_str() {
        forget(&system, &asked(&challenge.kind, actor.account_id)).await;
    }
    recorded(&system, "step_up", Some(actor.account_id), &origin).await?;
    let until = system.step_session_up(actor.session_id).await?;
    let here = actor.staffer.as_ref().map(|staffer| staffer.tenant_id);
    let employments = system.employments(actor.account_id).await?;
    let of = Holder { stepped_up_until: Some(until), ..Holder::from(&*actor) };
    session(&system, of, None, here, employments).await
}

fn asked(method: &str, account_id: Uuid) -> String {
    format!("step-up:{method}:{account_id}")
}

/// Whether the proof answers the challenge. Either way the challenge of a right one is used up.
async fn proved(
    system: &System,
    actor: &Actor,
    challenge: &challenge::Model,
    proof: &StepUpProof,
) -> Result<bool, Problem> {
    let account_id = actor.account_id;
    match (challenge.kind.as_str(), &proof.code, &proof.result_json, &proof.signature) {
        ("totp", Some(code), None, None) => {
            Ok(code_fits(system, account_id, code).await? && system.close_challenge(&challenge.digest).await?)
        }
        ("sms", Some(code), None, None) => {
            let digest = system.code_digest(account_id, code);
            let same = challenge.answer.as_deref().is_some_and(|answer| crate::crypto::equal(answer, &digest));
            Ok(same && system.close_challenge(&challenge.digest).await?)
        }
        ("soter", None, Some(result), Some(signature)) => {
            if raw(result).as_deref() != Some(proof.challenge.as_str()) {
                return Ok(false);
            }
            // Once, whatever WeChat says: its answer may get lost, and the phone can sign another.
            if !system.close_challenge(&challenge.digest).await? {
                return Ok(false);
            }
            let wechat = &system.at.wechat;
            let Some(identity) = system.wechat_identity(wechat.appid(), account_id).await? else { return Ok(false) };
            Ok(wechat.verify_soter(&identity.openid, result, signature).await?)
        }
        _ => Ok(false),
    }
}

/// What the phone says that it signed.
fn raw(result_json: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Signed {
        raw: String,
    }
    serde_json::from_str::<Signed>(result_json).ok().map(|signed| signed.raw)
}
