//! Logins that somebody should hear of, and the one place where logins go on the record.

use super::entity::session;
use crate::problem::Problem;
use crate::scope::system::System;
use crate::scope::system::sessions::Device;
use crate::scope::{Event, INSTALLATION, Origin, Who};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// Failures before a success from which on somebody was guessing, not mistyping.
const GUESSING: i64 = 5;
/// Why it is worth a word when a device whose session was ended is back on the staff side.
pub(super) const BACK: &str = "back_after_end";

/// A login that is not like the ones before it. The business of the person and the person themselves
/// find it in their inbox.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LoginNoticed {
    pub(crate) account_id: Uuid,
    /// `new_place`, `after_failures`, `impossible_travel` or `back_after_end`.
    pub(crate) reason: String,
    pub(crate) network: String,
    pub(crate) label: Option<String>,
    pub(crate) at: DateTime<Utc>,
}

/// The phone of a colleague could not follow the key of its digests: whoever runs the business enters it anew.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PhoneForgotten {
    pub(crate) staff_id: Uuid,
    pub(crate) at: DateTime<Utc>,
}

/// Why a login is worth a word, when it is.
pub(super) fn reason(system: &System, past: &[session::Model], device: &Device, failures: i64) -> Option<&'static str> {
    if failures >= GUESSING {
        return Some("after_failures");
    }
    let last = past.iter().filter_map(|session| Some((session.used_at?, session.network.as_deref()?)));
    if let Some((used_at, network)) = last.max()
        && system.at.places.impossible(network, &device.network, system.now() - used_at)
    {
        return Some("impossible_travel");
    }
    let mut networks = past.iter().filter_map(|session| session.network.as_deref()).peekable();
    // The first login ever is new in every respect, and so is everything to sessions of an older version.
    let new_network = networks.peek().is_some() && networks.all(|network| network != device.network);
    let new_device = past.iter().all(|session| session.device != device.digest);
    (new_network && new_device).then_some("new_place")
}

/// Puts a login, or an attempt at one, on the record: of each business in which the person works, and of
/// the installation when they work in none or nobody knows who it was.
///
/// # Errors
/// When the database does not answer: nobody gets in unseen.
pub(super) async fn recorded(
    system: &System,
    action: &'static str,
    account_id: Option<Uuid>,
    origin: &Origin,
) -> Result<(), Problem> {
    metrics::counter!("shuke_logins_total", "outcome" => action).increment(1);
    let employments = match account_id {
        Some(account_id) => system.employments(account_id).await?,
        None => Vec::new(),
    };
    let event = |tenant_id, who: Who| Event {
        tenant_id,
        who,
        action,
        resource: "session",
        resource_id: None,
        changes: json!({}),
        origin,
    };
    if employments.is_empty() {
        return system.record(event(INSTALLATION, operator(system, account_id).await?)).await;
    }
    for there in employments {
        system.record(event(there.tenant_id, Who { id: Some(there.staff.id), name: there.staff.name })).await?;
    }
    Ok(())
}

/// Who an account is in the record of the installation.
async fn operator(system: &System, account_id: Option<Uuid>) -> Result<Who, Problem> {
    let operator = match account_id {
        Some(account_id) => system.operator_of(account_id).await?,
        None => None,
    };
    Ok(Who { id: account_id, name: operator.map(|operator| operator.name).unwrap_or_default() })
}

/// A login unlike the ones before it of somebody who runs the installation: no inbox of a business tells of the
/// strongest account, so the record of the installation, the log and a counter do.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn of_an_operator(
    system: &System,
    account_id: Uuid,
    reason: &'static str,
    origin: &Origin,
) -> Result<(), Problem> {
    if !system.runs_installation(account_id).await? {
        return Ok(());
    }
    metrics::counter!("shuke_operator_logins_noticed_total", "reason" => reason).increment(1);
    tracing::warn!(
        reason,
        "an operator of the installation logged in as never before: see the record of the installation"
    );
    let who = operator(system, Some(account_id)).await?;
    let changes = json!({ "reason": reason });
    let (tenant_id, action, resource) = (INSTALLATION, "login_noticed", "session");
    system.record(Event { tenant_id, who, action, resource, resource_id: None, changes, origin }).await
}
