//! What holds for all pools: the reasons that are offered, and how many customers one may look after.

use super::entity::settings;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{CustomersRead, PoolsWrite};
use crate::scope::{Can, Checked, IfMatch, Reads, Tx};
use crate::tenants::{staff, team};
use actix_web::{get, patch, web::Json};
use domain::permission::Permission;
use domain::pools::{OwnerLimit, PoolReason, PoolSettingsChanges};
use sea_orm::{ColumnTrait as _, Set};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(get_pool_settings).service(change_pool_settings);
}

/// What holds for all pools.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct PoolSettingsView {
    /// Reasons to choose from when a customer is given up.
    pub reasons: Vec<PoolReason>,
    /// Customers that each person may look after.
    pub person_limit: Option<i64>,
    /// Limits of single people and of teams; only for whoever may change them.
    pub limits: Vec<OwnerLimit>,
    /// ETag; 0 before anything was said.
    pub version: i64,
}

fn list<T: DeserializeOwned>(text: Option<&str>) -> Result<Vec<T>, Problem> {
    Ok(serde_json::from_str(text.unwrap_or("[]")).map_err(anyhow::Error::from)?)
}

fn text<T: Serialize>(list: &[T]) -> Result<Option<String>, Problem> {
    Ok(Some(serde_json::to_string(list).map_err(anyhow::Error::from)?))
}

/// The limits of a row.
pub(super) fn limits(row: &settings::Model) -> Result<Vec<OwnerLimit>, Problem> {
    list(row.limits.as_deref())
}

async fn view(rows: &impl Reads) -> Result<PoolSettingsView, Problem> {
    let Some(row) = rows.rows::<settings::Entity>().one().await? else { return Ok(PoolSettingsView::default()) };
    let all = rows.scope().may(Permission::PoolsWrite);
    Ok(PoolSettingsView {
        reasons: list(row.reasons.as_deref())?,
        person_limit: row.person_limit,
        limits: if all { limits(&row)? } else { Vec::new() },
        version: row.version,
    })
}

/// What holds for all pools.
#[utoipa::path(tag = "pools", security(("bearer" = ["customers.read"])), responses((status = 200, body = PoolSettingsView), Problems))]
#[get("/pool-settings")]
async fn get_pool_settings(scope: Can<CustomersRead>) -> Result<Json<PoolSettingsView>, Problem> {
    Ok(Json(view(&*scope).await?))
}

/// Refuses a limit of somebody who is not here.
async fn known(tx: &Tx<'_>, limits: &[OwnerLimit]) -> Result<(), Problem> {
    let people: Vec<Uuid> = limits.iter().filter_map(|limit| limit.staff_id).collect();
    let groups: Vec<Uuid> = limits.iter().filter_map(|limit| limit.team_id).collect();
    let (known_people, known_groups) = members(tx, &people, &groups).await?;
    for (at, limit) in limits.iter().enumerate() {
        if limit.staff_id.is_some_and(|id| !known_people.contains(&id)) {
            return Err(Problem::field(&format!("limits.{at}.staff_id"), "staff_unknown"));
        }
        if limit.team_id.is_some_and(|id| !known_groups.contains(&id)) {
            return Err(Problem::field(&format!("limits.{at}.team_id"), "team_unknown"));
        }
    }
    Ok(())
}

/// Those of the people and teams that are here.
pub(super) async fn members(tx: &Tx<'_>, people: &[Uuid], teams: &[Uuid]) -> Result<(Vec<Uuid>, Vec<Uuid>), Problem> {
    let mut found = (Vec::new(), Vec::new());
    if !people.is_empty() {
        let rows = tx.find::<staff::Entity>().filter(staff::Column::Id.is_in(people.iter().copied())).all().await?;
        found.0 = rows.into_iter().map(|row| row.id).collect();
    }
    if !teams.is_empty() {
        let rows = tx.find::<team::Entity>().filter(team::Column::Id.is_in(teams.iter().copied())).all().await?;
        found.1 = rows.into_iter().map(|row| row.id).collect();
    }
    Ok(found)
}

/// Changes what holds for all pools (RFC 7396). A limit counts for what is claimed, given or written down from
/// now on: nobody loses a customer by it.
#[utoipa::path(tag = "pools", security(("bearer" = ["pools.write"])), params(("If-Match" = String, Header)), request_body = PoolSettingsChanges, responses((status = 200, body = PoolSettingsView), Problems))]
#[patch("/pool-settings")]
async fn change_pool_settings(
    mut scope: Can<PoolsWrite>,
    version: IfMatch,
    body: Checked<PoolSettingsChanges>,
) -> Result<Json<PoolSettingsView>, Problem> {
    let PoolSettingsChanges { reasons, person_limit, limits } = body.value;
    let tx = scope.begin().await?;
    let mut change = settings::ActiveModel::default();
    if let Some(reasons) = reasons {
        let twice = |(at, reason): (usize, &PoolReason)| reasons.iter().take(at).any(|other| other == reason);
        if let Some(at) = reasons.iter().enumerate().position(twice) {
            return Err(Problem::field(&format!("reasons.{at}.text"), "reason_twice"));
        }
        change.reasons = Set(text(&reasons)?);
    }
    if let Some(most) = person_limit {
        change.person_limit = Set(most);
    }
    if let Some(limits) = limits {
        known(&tx, &limits).await?;
        change.limits = Set(text(&limits)?);
    }
    let before = tx.find::<settings::Entity>().one().await?;
    let done = match before {
        Some(row) => tx.update::<settings::Entity>(row.id, Some(version.0), change).await?,
        None if version.0 == 0 => {
            change.id = Set(tx.new_id());
            // Nothing is said of what was not named.
            let row = settings::ActiveModel {
                reasons: Set(change.reasons.take().flatten()),
                person_limit: Set(change.person_limit.take().flatten()),
                limits: Set(change.limits.take().flatten()),
                ..change
            };
            tx.insert::<settings::Entity>(row).await?;
            true
        }
        None => false,
    };
    let view = view(&tx).await?;
    if !done {
        return Err(Problem::stale(&view));
    }
    let (tenant_id, at) = (tx.tenant_id(), std::sync::Arc::clone(tx.installation()));
    tx.commit().await?;
    at.snapshots.forget_owner_limits(tenant_id);
    Ok(Json(view))
}
