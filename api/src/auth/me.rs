//! A session's answer: the tokens, who they make one, and what one may do.

use super::token::{Bearer, issue};
use crate::problem::Problem;
use crate::scope::Actor;
use crate::scope::system::System;
use crate::scope::system::sessions::Continued;
use crate::scope::system::tenants::Employment;
use actix_web::web::Json;
use chrono::{DateTime, Utc};
use domain::accounts::Side;
use domain::permission::{Permission, Role};
use domain::rights::Rights;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

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
    /// Why one is not where one was last, when that is a business in which one does not act any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<Left>,
}

/// A business in which one worked last, and does not act any more.
#[derive(Debug, Serialize, ToSchema)]
pub struct Left {
    /// The business.
    pub tenant_id: i64,
    /// Its name.
    pub business: String,
    /// Why.
    pub why: WhyLeft,
}

/// Why somebody is not where they worked last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyLeft {
    /// They are suspended there, which can end.
    Suspended,
    /// They were removed.
    Removed,
    /// The business is suspended, and nobody works there.
    BusinessSuspended,
    /// Somebody ended the session of this device: the staff side is entered by choosing it.
    SignedOut,
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

/// Whose token is issued.
pub(super) struct Holder {
    pub(super) account_id: Uuid,
    pub(super) session_id: Uuid,
    pub(super) stepped_up_until: Option<DateTime<Utc>>,
}

impl From<&Actor> for Holder {
    fn from(actor: &Actor) -> Self {
        Self { account_id: actor.account_id, session_id: actor.session_id, stepped_up_until: actor.stepped_up_until }
    }
}

/// The session's answer for wherever somebody wants to act, if they work there.
pub(super) async fn resumed(
    system: &System,
    continued: Continued,
    wanted: Option<i64>,
) -> Result<Json<Session>, Problem> {
    let Continued { session_id, account_id, refresh_token, stepped_up_until, held_back } = continued;
    let employments = system.employments(account_id).await?;
    let gone = wanted.filter(|tenant| employments.iter().all(|there| there.tenant_id != *tenant));
    let left = match gone {
        Some(tenant_id) => system.left(account_id, tenant_id).await?,
        None if held_back => employments.iter().find(|there| Some(there.tenant_id) == wanted).map(|there| Left {
            tenant_id: there.tenant_id,
            business: there.business.clone(),
            why: WhyLeft::SignedOut,
        }),
        None => None,
    };
    let wanted = wanted.filter(|_| !held_back);
    let of = Holder { account_id, session_id, stepped_up_until };
    let Json(session) = session(system, of, Some(refresh_token), wanted, employments).await?;
    Ok(Json(Session { left, ..session }))
}

pub(super) async fn session(
    system: &System,
    of: Holder,
    refresh_token: Option<String>,
    wanted: Option<i64>,
    employments: Vec<Employment>,
) -> Result<Json<Session>, Problem> {
    let Holder { account_id, session_id, stepped_up_until } = of;
    let here = employments.iter().find(|employment| Some(employment.tenant_id) == wanted);
    let staff = here.map(|here| (here.tenant_id, here.staff.id, here.staff.auth_epoch));
    if let Some((tenant_id, ..)) = staff {
        system.note_side(session_id, tenant_id).await?;
    }
    Ok(Json(Session {
        access_token: issue(&system.at, &Bearer { account_id, session_id, staff, stepped_up_until })?,
        expires_in: system.at.config.auth.access_seconds,
        refresh_token,
        me: me(system, account_id, staff.map(|(tenant, _, _)| tenant), &employments).await?,
        left: None,
    }))
}

pub(super) async fn me(
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
