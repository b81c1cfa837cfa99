//! Signing in and choosing where to act.

use super::attempts::{Guess, limit};
use super::entity::account;
use super::me::{Holder, Me, Session, me, resumed, session};
use super::notice::{self, LoginNoticed, recorded};
use super::{agent, password, prefix, totp};
use crate::edge::Marks;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::system::System;
use crate::scope::system::factors::NewChallenge;
use crate::scope::system::sessions::{Continued, Device};
use crate::scope::system::tenants::{Employment, Idle};
use crate::scope::{Actor, Checked, Enrolling, LoggedIn, Origin};
use crate::wechat::WechatError;
use actix_web::{HttpRequest, HttpResponse, get, post, web::Json};
use domain::accounts::{PasswordLogin, PhoneProof, Refresh, Side, Switch, WechatLogin};
use domain::phone::Phone;
use domain::step_up::SecondFactor;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(login_wechat)
        .service(login_password)
        .service(login_second_factor)
        .service(refresh_session)
        .service(switch_side)
        .service(prove_phone)
        .service(logout)
        .service(get_me);
}

/// Logs in by the code of `wx.login`, or where the gateway of WeChat's cloud says who it is. Opens on the side where the account was last;
/// on a device whose session somebody ended, on the customer side, until `/auth/switch` chooses the other one there. 401 `wiped` on a
/// device that was ordered to forget everything.
#[utoipa::path(tag = "auth", security(()), request_body = WechatLogin, responses((status = 200, body = Session), Problems))]
#[post("/auth/wechat")]
async fn login_wechat(
    request: HttpRequest,
    system: System,
    body: Checked<WechatLogin>,
) -> Result<Json<Session>, Problem> {
    let (WechatLogin { code, device, label }, address) = (body.value, Marks::of(&request).address);
    limit(&system, &format!("login:{address}"), 10).await?;
    let wechat = &system.at.wechat;
    let answer = match code {
        Some(code) => wechat.login(&code).await.map_err(|error| match error {
            WechatError::Refused { code: 40029 | 40163 | -1, .. } => Problem::Unauthenticated("wechat_code_invalid"),
            WechatError::Refused { code: 40226, .. } => Problem::Unauthenticated("wechat_user_blocked"),
            other => other.into(),
        })?,
        None => wechat.vouched(request.headers()).ok_or(Problem::field("code", "required"))?,
    };
    let account = system.account_of_wechat(wechat.appid(), &answer).await?;
    let digest = system.device_digest(&device);
    let device = Device { digest, label, network: prefix(&address), method: "wechat", held_back_at: None };
    let origin = Origin::marked(Marks::of(&request));
    let continued = begun(&system, account.id, device, 0, &origin).await?;
    recorded(&system, "login", Some(account.id), &origin).await?;
    resumed(&system, continued, staff_side(&account)).await
}

/// Logs an operator in. With an authenticator app set up the answer is 401 `second_factor_required`
/// with a `challenge` for `/auth/password/second`.
#[utoipa::path(tag = "auth", security(()), request_body = PasswordLogin, responses((status = 200, body = Session), Problems))]
#[post("/auth/password")]
async fn login_password(
    request: HttpRequest,
    system: System,
    body: Checked<PasswordLogin>,
) -> Result<Json<Session>, Problem> {
    let PasswordLogin { name, password, device, label } = body.value;
    let label = label.or_else(|| agent::label(request.headers()));
    let marks = Marks::of(&request);
    // Before the password is looked at: who may not come from here learns nothing by trying.
    marks.admits_operator()?;
    let operator = system.operator(&name).await?;
    let (stored, account_id) = operator.map(|operator| (operator.password_hash, operator.account_id)).unzip();
    let digest = system.device_digest(&device);
    let past = match account_id {
        Some(account_id) => system.past_sessions(account_id).await?,
        None => Vec::new(),
    };
    let known = past.iter().any(|session| session.device == digest).then_some(digest.as_slice());
    let guess = Guess::charge(&system, "password", &name, known, &marks.address).await?;
    let fits = password::fits(password.to_string(), stored).await?;
    let here = match account_id.filter(|_| fits) {
        Some(account_id) if !removed(&system, account_id).await? => Some(account_id),
        _ => None,
    };
    let Some(account_id) = here else {
        recorded(&system, "login_failed", account_id, &Origin::marked(marks)).await?;
        return Err(Problem::Unauthenticated("login_refused"));
    };
    let failures = guess.right().await?;
    if system.totp_secret(account_id, true).await?.is_some() {
        let new = NewChallenge { kind: "login", device: Some(digest), label, ..NewChallenge::default() };
        let challenge = system.begin_challenge(account_id, new).await?;
        return Err(Problem::SecondFactor { challenge });
    }
    let device = Device { digest, label, network: prefix(&marks.address), method: "password", held_back_at: None };
    signed_in(&system, account_id, device, failures, &Origin::marked(marks)).await
}

/// Whether an operator was removed from wherever they worked. Their password is answered like a wrong one: nobody
/// learns from it that it was right, or that they were there.
async fn removed(system: &System, account_id: Uuid) -> Result<bool, Problem> {
    Ok(system.employments(account_id).await?.is_empty() && system.idle(account_id).await? == Idle::Removed)
}

/// Completes an operator's login with a code of the authenticator app, or with a recovery code.
#[utoipa::path(tag = "auth", security(()), request_body = SecondFactor, responses((status = 200, body = Session), Problems))]
#[post("/auth/password/second")]
async fn login_second_factor(
    request: HttpRequest,
    system: System,
    body: Checked<SecondFactor>,
) -> Result<Json<Session>, Problem> {
    const OVER: Problem = Problem::Unauthenticated("challenge_invalid");
    let marks = Marks::of(&request);
    marks.admits_operator()?;
    let tried = system.try_challenge(&body.value.challenge).await?.filter(|challenge| challenge.kind == "login");
    let challenge = tried.ok_or(OVER)?;
    let account_id = challenge.account_id;
    let guess = Guess::charge(&system, "factor", &account_id.to_string(), None, &marks.address).await?;
    let right = match (&body.value.code, &body.value.recovery_code) {
        (Some(code), None) => code_fits(&system, account_id, code).await?,
        (None, Some(code)) => system.spend_recovery_code(account_id, &totp::plain(code)).await?,
        _ => return Err(Problem::field("code", "required")),
    };
    if !right {
        recorded(&system, "login_failed", Some(account_id), &Origin::marked(marks)).await?;
        return Err(Problem::Unauthenticated("code_wrong"));
    }
    if !system.close_challenge(&challenge.digest).await? {
        return Err(OVER);
    }
    let failures = guess.right().await?;
    let digest = challenge.device.unwrap_or_default();
    let network = prefix(&marks.address);
    let device = Device { digest, label: challenge.label, network, method: "password", held_back_at: None };
    signed_in(&system, account_id, device, failures, &Origin::marked(marks)).await
}

/// Whether a code of the authenticator app is right, and was not used before.
pub(super) async fn code_fits(system: &System, account_id: Uuid, code: &str) -> Result<bool, Problem> {
    let Some(secret) = system.totp_secret(account_id, true).await? else { return Ok(false) };
    match totp::step(&secret, code, system.now())? {
        Some(step) => system.spend_step(account_id, step).await,
        None => Ok(false),
    }
}

/// The business in which an account was last, if it was on the staff side.
fn staff_side(account: &account::Model) -> Option<i64> {
    Side::parse(&account.last_side).filter(|side| *side == Side::Staff).and(account.last_tenant)
}

async fn signed_in(
    system: &System,
    account_id: Uuid,
    device: Device,
    failures: i64,
    origin: &Origin,
) -> Result<Json<Session>, Problem> {
    let employments = system.employments(account_id).await?;
    if employments.is_empty() {
        let refused = match system.idle(account_id).await? {
            Idle::Free => None,
            Idle::KeptOut => Some(Problem::Forbidden("no_business_left")),
            // Between the two halves of the login.
            Idle::Removed => Some(Problem::Unauthenticated("login_refused")),
        };
        if let Some(refused) = refused {
            recorded(system, "login_failed", Some(account_id), origin).await?;
            return Err(refused);
        }
    }
    let continued = begun(system, account_id, device, failures, origin).await?;
    recorded(system, "login", Some(account_id), origin).await?;
    let works_in = |tenant: &i64| employments.iter().any(|employment| employment.tenant_id == *tenant);
    let last = staff_side(&system.account(account_id).await?).filter(works_in);
    let wanted = last.or(employments.first().map(|employment| employment.tenant_id));
    if last.is_none() && wanted.is_some() {
        // A refresh goes on where the login began.
        system.remember_side(account_id, Side::Staff, wanted).await?;
    }
    resumed(system, continued, wanted).await
}

/// Begins a session; a login unlike the ones before it is told to those who should know.
async fn begun(
    system: &System,
    account_id: Uuid,
    mut device: Device,
    failures: i64,
    origin: &Origin,
) -> Result<Continued, Problem> {
    let past = system.past_sessions(account_id).await?;
    // WeChat logs in without a word from whoever holds the phone: that must not undo what somebody ordered.
    if device.method == "wechat" {
        let mut here = past.iter().filter(|session| session.device == device.digest);
        device.held_back_at = match here.clone().next() {
            Some(last) => last.held_back_at,
            // A phone that obeyed a wipe, or whose WeChat was installed anew, is a device that nobody knows.
            None => past.iter().find_map(|session| session.held_back_at),
        };
        if here.any(|session| session.wiped_at.is_some()) {
            return Err(Problem::Unauthenticated("wiped"));
        }
    }
    let mut tell = Vec::new();
    if let Some(reason) = notice::reason(system, &past, &device, failures) {
        notice::of_an_operator(system, account_id, reason, origin).await?;
        let (network, label) = (device.network.clone(), device.label.clone());
        let notice = LoginNoticed { account_id, reason: reason.to_owned(), network, label, at: system.now() };
        let employments = system.employments(account_id).await?;
        tell.extend(employments.iter().map(|employment| (employment.tenant_id, notice.clone())));
    }
    system.begin_session(account_id, device, &tell).await
}

/// Exchanges the refresh token. The same device may repeat it for a minute when the answer was lost.
#[utoipa::path(tag = "auth", security(()), request_body = Refresh, responses((status = 200, body = Session), Problems))]
#[post("/auth/refresh")]
async fn refresh_session(
    request: HttpRequest,
    system: System,
    body: Checked<Refresh>,
) -> Result<Json<Session>, Problem> {
    let address = Marks::of(&request).address;
    limit(&system, &format!("refresh:{address}"), 100).await?;
    let continued = system.continue_session(&body.value.refresh_token, &body.value.device, &prefix(&address)).await?;
    let account = system.account(continued.account_id).await?;
    resumed(&system, continued, staff_side(&account)).await
}

/// Chooses the side and the business to act in.
#[utoipa::path(tag = "auth", security(("bearer" = [])), request_body = Switch, responses((status = 200, body = Session), Problems))]
#[post("/auth/switch")]
async fn switch_side(login: LoggedIn, system: System, body: Checked<Switch>) -> Result<Json<Session>, Problem> {
    let actor = login.0;
    let wanted = match body.value.side {
        Side::Customer => None,
        Side::Staff => body.value.tenant_id,
    };
    let employments = system.employments(actor.account_id).await?;
    if let Some(tenant) = wanted
        && !employments.iter().any(|employment| employment.tenant_id == tenant)
    {
        return Err(Problem::NotFound);
    }
    if wanted.is_some() {
        chosen(&system, &actor, &employments).await?;
    }
    system.remember_side(actor.account_id, body.value.side, wanted).await?;
    session(&system, Holder::from(&*actor), None, wanted, employments).await
}

/// Somebody chose the staff side. On a device whose session was ended that is worth a word: it may have been lost.
async fn chosen(system: &System, actor: &Actor, employments: &[Employment]) -> Result<(), Problem> {
    let Some(here) = system.session(actor.session_id).await?.filter(|here| here.held_back_at.is_some()) else {
        return Ok(());
    };
    let network = here.network.clone().unwrap_or_default();
    let (reason, account_id) = (notice::BACK.to_owned(), actor.account_id);
    let notice = LoginNoticed { account_id, reason, network, label: here.label.clone(), at: system.now() };
    // A device that nobody knew stayed out because of another one; on it no session was ended.
    let past = system.past_sessions(account_id).await?;
    let ended = past.iter().any(|session| session.device == here.device && session.revoked_at.is_some());
    let tell = employments.iter().filter(|_| ended).map(|employment| (employment.tenant_id, notice.clone()));
    let tell: Vec<_> = tell.collect();
    system.let_in(&here, &tell).await
}

/// Proves a phone by the code of the `getPhoneNumber` button. Orders with this phone become visible, and the places that
/// businesses keep for it are offered (`GET /auth/invitations`).
#[utoipa::path(tag = "auth", security(("bearer" = [])), request_body = PhoneProof, responses((status = 200, body = Session), Problems))]
#[post("/auth/phone")]
async fn prove_phone(login: LoggedIn, system: System, body: Checked<PhoneProof>) -> Result<Json<Session>, Problem> {
    let actor = login.0;
    limit(&system, &format!("phone:{}", actor.account_id), 1).await?;
    let number = system.at.wechat.phone(&body.value.code).await.map_err(|error| match error {
        WechatError::Refused { code: 40029 | 40013, .. } => Problem::field("code", "phone_code_invalid"),
        other => other.into(),
    })?;
    let phone = Phone::parse(&number).ok_or(Problem::field("code", "phone_invalid"))?;
    system.prove_phone(actor.account_id, &phone).await?;
    let employments = system.employments(actor.account_id).await?;
    let now = actor.staffer.as_ref().map(|staffer| staffer.tenant_id);
    session(&system, Holder::from(&*actor), None, now, employments).await
}

/// Ends the session on this device.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses((status = 204), Problems))]
#[post("/auth/logout")]
async fn logout(login: Enrolling, system: System) -> Result<HttpResponse, Problem> {
    system.end_session(login.0.session_id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who the token speaks for.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses((status = 200, body = Me), Problems))]
#[get("/auth/me")]
async fn get_me(login: Enrolling, system: System) -> Result<Json<Me>, Problem> {
    let actor = login.0;
    let employments = system.employments(actor.account_id).await?;
    let tenant = actor.staffer.as_ref().map(|staffer| staffer.tenant_id);
    Ok(Json(me(&system, actor.account_id, tenant, &employments).await?))
}
