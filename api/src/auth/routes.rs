//! Signing in and choosing where to act.

use super::password;
use super::token::{Bearer, issue};
use crate::edge::Marks;
use crate::problem::{Problem, Problems};
use crate::scope::system::System;
use crate::scope::system::sessions::Continued;
use crate::scope::system::tenants::Employment;
use crate::scope::{Checked, LoggedIn};
use crate::wechat::WechatError;
use actix_web::{HttpRequest, HttpResponse, get, post, web::Json};
use domain::accounts::{PasswordLogin, PhoneProof, Refresh, Side, Switch, WechatLogin};
use domain::permission::{Permission, Role};
use domain::phone::Phone;
use domain::rights::Rights;
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(login_wechat)
        .service(login_password)
        .service(refresh_session)
        .service(switch_side)
        .service(prove_phone)
        .service(logout)
        .service(get_me);
}

/// A session and who it makes one.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Goes into `Authorization: Bearer`.
    pub access_token: String,
    /// Seconds until it must be refreshed.
    pub expires_in: i64,
    /// Gets the next session answer, once. Absent when the one in hand stays good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Who one is now.
    pub me: Me,
}

/// Who somebody is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The person.
    pub account_id: Uuid,
    /// The side the token speaks for.
    pub side: Side,
    /// The business one works in now, on the staff side.
    pub tenant_id: Option<i64>,
    /// Who one is there.
    pub staff: Option<MyStaff>,
    /// What one may do there.
    pub permissions: Vec<Permission>,
    /// Every business one works in.
    pub businesses: Vec<MyBusiness>,
    /// The phone one proved to hold, masked.
    pub phone_masked: Option<String>,
}

/// A member of staff, to themselves.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyStaff {
    /// Id in the business.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// The name of the business's own role, for `custom`.
    pub role_name: Option<String>,
    /// Team.
    pub team_id: Option<Uuid>,
    /// How far one sees, and what of some fields.
    pub rights: Rights,
}

/// A business one works in.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyBusiness {
    /// The business.
    pub tenant_id: i64,
    /// Its name.
    pub name: String,
    /// One's role there.
    pub role: Role,
    /// One's id there.
    pub staff_id: Uuid,
}

/// Logs in by the code of `wx.login`. Opens on the side where the account was last.
#[utoipa::path(tag = "auth", security(()), request_body = WechatLogin, responses((status = 200, body = Session), Problems))]
#[post("/auth/wechat")]
async fn login_wechat(
    request: HttpRequest,
    system: System,
    body: Checked<WechatLogin>,
) -> Result<Json<Session>, Problem> {
    limit(&system, &format!("login:{}", Marks::of(&request).address), 10).await?;
    let wechat = &system.at.wechat;
    let answer = wechat.login(&body.value.code).await.map_err(|error| match error {
        WechatError::Refused { code: 40029 | 40163 | -1, .. } => Problem::Unauthenticated("wechat_code_invalid"),
        WechatError::Refused { code: 40226, .. } => Problem::Unauthenticated("wechat_user_blocked"),
        other => other.into(),
    })?;
    let account = system.account_of_wechat(wechat.appid(), &answer).await?;
    let continued = system.begin_session(account.id, &body.value.device).await?;
    let wanted = Side::parse(&account.last_side).filter(|side| *side == Side::Staff).and(account.last_tenant);
    resumed(&system, continued, wanted).await
}

/// Logs an operator in.
#[utoipa::path(tag = "auth", security(()), request_body = PasswordLogin, responses((status = 200, body = Session), Problems))]
#[post("/auth/password")]
async fn login_password(
    request: HttpRequest,
    system: System,
    body: Checked<PasswordLogin>,
) -> Result<Json<Session>, Problem> {
    let PasswordLogin { name, password, device } = body.value;
    limit(&system, &format!("password:{}", Marks::of(&request).address), 4).await?;
    limit(&system, &format!("password-of:{name}:{}", Marks::of(&request).address), 1).await?;
    let operator = system.operator(&name).await?;
    let (stored, account_id) = operator.map(|operator| (operator.password_hash, operator.account_id)).unzip();
    let fits = password::fits(password.to_string(), stored).await?;
    let (true, Some(account_id)) = (fits, account_id) else {
        return Err(Problem::Unauthenticated("login_refused"));
    };
    let continued = system.begin_session(account_id, &device).await?;
    let first = system.employments(account_id).await?.first().map(|employment| employment.tenant_id);
    resumed(&system, continued, first).await
}

/// Exchanges the refresh token. The same device may repeat it for a minute when the answer was lost.
#[utoipa::path(tag = "auth", security(()), request_body = Refresh, responses((status = 200, body = Session), Problems))]
#[post("/auth/refresh")]
async fn refresh_session(
    request: HttpRequest,
    system: System,
    body: Checked<Refresh>,
) -> Result<Json<Session>, Problem> {
    limit(&system, &format!("refresh:{}", Marks::of(&request).address), 100).await?;
    let continued = system.continue_session(&body.value.refresh_token, &body.value.device).await?;
    let account = system.account(continued.account_id).await?;
    let wanted = Side::parse(&account.last_side).filter(|side| *side == Side::Staff).and(account.last_tenant);
    resumed(&system, continued, wanted).await
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
    system.remember_side(actor.account_id, body.value.side, wanted).await?;
    session(&system, actor.account_id, actor.session_id, None, wanted, employments).await
}

/// Proves a phone by the code of the `getPhoneNumber` button. Staff whose phone the business entered
/// become staff; orders with this phone become visible.
#[utoipa::path(tag = "auth", security(("bearer" = [])), request_body = PhoneProof, responses((status = 200, body = Session), Problems))]
#[post("/auth/phone")]
async fn prove_phone(login: LoggedIn, system: System, body: Checked<PhoneProof>) -> Result<Json<Session>, Problem> {
    let actor = login.0;
    limit(&system, &format!("phone:{}", actor.account_id), 1).await?;
    let number = system.at.wechat.phone(&body.value.code).await.map_err(|error| match error {
        WechatError::Refused { code: 40029 | 40013, .. } => Problem::Unauthenticated("wechat_code_invalid"),
        other => other.into(),
    })?;
    let phone = Phone::parse(&number).ok_or(Problem::field("code", "phone_invalid"))?;
    system.prove_phone(actor.account_id, &phone).await?;
    let employments = system.employments(actor.account_id).await?;
    let now = actor.staffer.as_ref().map(|staffer| staffer.tenant_id);
    session(&system, actor.account_id, actor.session_id, None, now, employments).await
}

/// Ends the session on this device.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses((status = 204), Problems))]
#[post("/auth/logout")]
async fn logout(login: LoggedIn, system: System) -> Result<HttpResponse, Problem> {
    system.end_session(login.0.session_id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who the token speaks for.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses((status = 200, body = Me), Problems))]
#[get("/auth/me")]
async fn get_me(login: LoggedIn, system: System) -> Result<Json<Me>, Problem> {
    let actor = login.0;
    let employments = system.employments(actor.account_id).await?;
    let tenant = actor.staffer.as_ref().map(|staffer| staffer.tenant_id);
    Ok(Json(me(&system, actor.account_id, tenant, &employments).await?))
}

/// The session's answer for wherever somebody wants to act, if they work there.
async fn resumed(system: &System, continued: Continued, wanted: Option<i64>) -> Result<Json<Session>, Problem> {
    let Continued { session_id, account_id, refresh_token } = continued;
    let employments = system.employments(account_id).await?;
    session(system, account_id, session_id, Some(refresh_token), wanted, employments).await
}

async fn session(
    system: &System,
    account_id: Uuid,
    session_id: Uuid,
    refresh_token: Option<String>,
    wanted: Option<i64>,
    employments: Vec<Employment>,
) -> Result<Json<Session>, Problem> {
    let here = employments.iter().find(|employment| Some(employment.tenant_id) == wanted);
    let staff = here.map(|here| (here.tenant_id, here.staff.id, here.staff.auth_epoch));
    Ok(Json(Session {
        access_token: issue(&system.at, &Bearer { account_id, session_id, staff })?,
        expires_in: system.at.config.auth.access_seconds,
        refresh_token,
        me: me(system, account_id, staff.map(|(tenant, _, _)| tenant), &employments).await?,
    }))
}

async fn me(
    system: &System,
    account_id: Uuid,
    tenant_id: Option<i64>,
    employments: &[Employment],
) -> Result<Me, Problem> {
    let here = employments.iter().find(|employment| Some(employment.tenant_id) == tenant_id).map(|here| &here.staff);
    let staff = match here {
        Some(staff) => Some(MyStaff {
            id: staff.id,
            name: staff.name.clone(),
            role: staff.role.0,
            role_name: system.role_name(staff.tenant_id, staff.role_id).await?,
            team_id: staff.team_id,
            rights: system.rights_of(staff.tenant_id, staff.role.0, staff.role_id).await?,
        }),
        None => None,
    };
    Ok(Me {
        account_id,
        side: if here.is_some() { Side::Staff } else { Side::Customer },
        tenant_id: here.map(|staff| staff.tenant_id),
        permissions: staff.as_ref().map(|staff| staff.rights.permissions.clone()).unwrap_or_default(),
        staff,
        businesses: employments
            .iter()
            .map(|employment| MyBusiness {
                tenant_id: employment.tenant_id,
                name: employment.business.clone(),
                role: employment.staff.role.0,
                staff_id: employment.staff.id,
            })
            .collect(),
        phone_masked: system.proved_phone_masked(account_id).await?,
    })
}

/// Counts an attempt; `times` as many as the setting are allowed in a window.
pub(crate) async fn limit(system: &System, key: &str, times: u64) -> Result<(), Problem> {
    let auth = &system.at.config.auth;
    let window = Duration::from_secs(auth.attempt_window_seconds);
    if system.at.cache.count(&format!("attempts:{key}"), window).await > auth.attempts.saturating_mul(times) {
        return Err(Problem::TooMany { retry_after: auth.attempt_window_seconds });
    }
    Ok(())
}
