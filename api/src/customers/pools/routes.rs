//! Pools over HTTP.

use super::claims::claimed_by;
use super::entity::{group, person, step};
use super::{PoolGivenUp, find, settings};
use crate::customers::Entity;
use crate::customers::entity::{customer, pool};
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{CustomersRead, PoolsWrite};
use crate::scope::{Can, Checked, Created, IfMatch, Once, Path, Query, Reads, Tx};
use crate::tenants::{staff, team};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, get, patch, post, web::Json};
use domain::permission::Permission;
use domain::pools::{NewPool, PoolChanges};
use sea_orm::{ColumnTrait as _, FromQueryResult, QueryOrder as _, QuerySelect as _, Set};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Pools that a business may have: a list that is chosen from.
pub(super) const MOST: u64 = 50;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_pools).service(create_pool).service(change_pool).service(delete_pool);
}

/// A pool.
#[derive(Debug, Serialize, ToSchema)]
pub struct PoolView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Whether everybody whose role sees pools is a member.
    pub everyone: bool,
    /// The members, if it is not for everybody.
    pub staff_ids: Vec<Uuid>,
    /// The teams whose people are members.
    pub team_ids: Vec<Uuid>,
    /// Whether whoever asks is a member.
    pub member: bool,
    /// Customers that one person may take a day.
    pub claims_a_day: Option<i64>,
    /// How many of these are left to whoever asks today.
    pub claims_left: Option<i64>,
    /// Days before a former owner may take a customer again.
    pub reclaim_days: Option<i64>,
    /// The pool that its customers are going to, after which it is gone.
    pub moving_to: Option<Uuid>,
    /// ETag.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Taken {
    from_pool_id: Option<Uuid>,
    taken: i64,
}

/// The pools as whoever asks sees them, with members and with what is left of the day.
async fn shown(rows: &impl Reads, pools: Vec<pool::Model>) -> Result<Vec<PoolView>, Problem> {
    let scope = rows.scope();
    let ids = || pools.iter().map(|pool| pool.id);
    let (mut people, mut groups, mut taken) = (Vec::new(), Vec::new(), HashMap::new());
    if pools.iter().any(|pool| pool.members_only.is_some()) {
        people = rows.rows::<person::Entity>().filter(person::Column::PoolId.is_in(ids())).all().await?;
        groups = rows.rows::<group::Entity>().filter(group::Column::PoolId.is_in(ids())).all().await?;
    }
    if pools.iter().any(|pool| pool.claims_a_day.is_some()) {
        // One's own, also of those that somebody else looks after by now.
        let mine = rows.rows_of_all::<step::Entity>().filter(claimed_by(scope.me()?, scope.now())).picking(|rows| {
            rows.column(step::Column::FromPoolId)
                .column_as(step::Column::Id.count(), "taken")
                .group_by(step::Column::FromPoolId)
                .into_model::<Taken>()
        });
        taken = mine.all().await?.into_iter().map(|row| (row.from_pool_id, row.taken)).collect();
    }
    Ok(pools
        .iter()
        .map(|pool| PoolView {
            id: pool.id,
            name: pool.name.clone(),
            everyone: pool.members_only.is_none(),
            staff_ids: people.iter().filter(|row| row.pool_id == pool.id).map(|row| row.staff_id).collect(),
            team_ids: groups.iter().filter(|row| row.pool_id == pool.id).map(|row| row.team_id).collect(),
            member: scope.sees_pool(pool.id),
            claims_a_day: pool.claims_a_day,
            claims_left: pool
                .claims_a_day
                .map(|most| Ord::max(most - taken.get(&Some(pool.id)).copied().unwrap_or_default(), 0)),
            reclaim_days: pool.reclaim_days,
            moving_to: pool.moving_to,
            version: pool.version,
        })
        .collect())
}

async fn view(rows: &impl Reads, id: Uuid) -> Result<PoolView, Problem> {
    let pool = find(rows, id).await?;
    let view = shown(rows, vec![pool]).await?.pop().ok_or(Problem::NotFound)?;
    Ok(PoolView { member: belongs(rows, &view).await?, ..view })
}

/// Whether whoever asks is a member by what was just written: what they see otherwise is of some seconds ago.
async fn belongs(rows: &impl Reads, view: &PoolView) -> Result<bool, Problem> {
    let scope = rows.scope();
    let me = scope.me()?;
    if !scope.rights().is_some_and(|rights| rights.pool) {
        return Ok(false);
    }
    if view.everyone || view.staff_ids.contains(&me) || view.team_ids.is_empty() {
        return Ok(view.everyone || view.staff_ids.contains(&me));
    }
    let own = rows.rows::<staff::Entity>().filter(staff::Column::Id.eq(me)).one().await?;
    let teams = rows.rows::<team::Entity>().all().await?;
    let here = team::around(&teams, own.and_then(|own| own.team_id), me);
    Ok(view.team_ids.iter().any(|id| here.contains(id)))
}

/// The pools of which one is a member, oldest first; whoever may change pools is shown all of them.
#[utoipa::path(tag = "pools", security(("bearer" = ["customers.read"])), responses((status = 200, body = All<PoolView>), Problems))]
#[get("/pools")]
async fn list_pools(scope: Can<CustomersRead>) -> Result<Json<All<PoolView>>, Problem> {
    let oldest = |rows: sea_orm::Select<pool::Entity>| rows.order_by_asc(pool::Column::CreatedAt).limit(MOST);
    let mut pools = scope.find::<pool::Entity>().shape(oldest).all().await?;
    let all = scope.may(Permission::PoolsWrite);
    pools.retain(|pool| all || scope.sees_pool(pool.id));
    Ok(Json(All { items: shown(&*scope, pools).await? }))
}

/// Writes the members down, those that were there before and are named no more are none any longer.
async fn enrol(tx: &Tx<'_>, pool: Uuid, people: Option<&[Uuid]>, teams: Option<&[Uuid]>) -> Result<(), Problem> {
    let (named, groups) = (people.unwrap_or_default(), teams.unwrap_or_default());
    let known = settings::members(tx, named, groups).await?;
    if let Some(at) = named.iter().position(|id| !known.0.contains(id)) {
        return Err(Problem::field(&format!("staff_ids.{at}"), "staff_unknown"));
    }
    if let Some(at) = groups.iter().position(|id| !known.1.contains(id)) {
        return Err(Problem::field(&format!("team_ids.{at}"), "team_unknown"));
    }
    if people.is_some() {
        tx.remove::<person::Entity>(person::Column::PoolId.eq(pool)).await?;
        let row = |id| person::ActiveModel { pool_id: Set(pool), staff_id: Set(id), ..Default::default() };
        tx.insert_many::<person::Entity>(known.0.into_iter().map(row)).await?;
    }
    if teams.is_some() {
        tx.remove::<group::Entity>(group::Column::PoolId.eq(pool)).await?;
        let row = |id| group::ActiveModel { pool_id: Set(pool), team_id: Set(id), ..Default::default() };
        tx.insert_many::<group::Entity>(known.1.into_iter().map(row)).await?;
    }
    if people.is_some() || teams.is_some() {
        let members = serde_json::json!({ "staff": people, "teams": teams });
        tx.audit("members", "pool", Some(pool), members);
    }
    Ok(())
}

/// Makes a pool.
#[utoipa::path(tag = "pools", params(Once), security(("bearer" = ["pools.write"])), request_body = NewPool, responses((status = 201, body = PoolView), Problems))]
#[post("/pools")]
async fn create_pool(mut scope: Can<PoolsWrite>, body: Checked<NewPool>) -> Result<Created<PoolView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    let (tenant_id, at) = (scope.tenant_id(), Arc::clone(scope.installation()));
    let made = scope
        .create(&once, input.id, async |tx| {
            if tx.find::<pool::Entity>().count().await?.0 >= MOST {
                return Err(Problem::field("name", "pools_too_many"));
            }
            let row = pool::ActiveModel {
                id: Set(id),
                members_only: Set((!input.for_everyone()).then_some(1)),
                name: Set(input.name),
                claims_a_day: Set(input.claims_a_day),
                reclaim_days: Set(input.reclaim_days),
                moving_to: Set(None),
                ..Default::default()
            };
            tx.insert::<pool::Entity>(row).await?;
            enrol(tx, id, Some(&input.staff_ids), Some(&input.team_ids)).await?;
            view(tx, id).await
        })
        .await?;
    at.snapshots.forget_business(tenant_id);
    Ok(made)
}

/// Changes a pool (RFC 7396). Who sees what is in it follows within three seconds.
#[utoipa::path(tag = "pools", security(("bearer" = ["pools.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = PoolChanges, responses((status = 200, body = PoolView), Problems))]
#[patch("/pools/{id}")]
async fn change_pool(
    mut scope: Can<PoolsWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<PoolChanges>,
) -> Result<Json<PoolView>, Problem> {
    let PoolChanges { name, everyone, staff_ids, team_ids, claims_a_day, reclaim_days } = body.value;
    let tx = scope.begin().await?;
    let mut change = pool::ActiveModel::default();
    if let Some(name) = name {
        change.name = Set(name);
    }
    if let Some(everyone) = everyone {
        change.members_only = Set((!everyone).then_some(1));
    }
    if let Some(most) = claims_a_day {
        change.claims_a_day = Set(most);
    }
    if let Some(days) = reclaim_days {
        change.reclaim_days = Set(days);
    }
    let done = tx.update::<pool::Entity>(id.0, Some(version.0), change).await?;
    if !done {
        return Err(Problem::stale(&view(&tx, id.0).await?));
    }
    enrol(&tx, id.0, staff_ids.as_deref(), team_ids.as_deref()).await?;
    let view = view(&tx, id.0).await?;
    forget(tx).await?;
    Ok(Json(view))
}

/// Commits a change of who sees which pool.
async fn forget(tx: Tx<'_>) -> Result<(), Problem> {
    let (tenant_id, at) = (tx.tenant_id(), Arc::clone(tx.installation()));
    tx.commit().await?;
    at.snapshots.forget_business(tenant_id);
    Ok(())
}

/// Where the customers of a pool go that is given up.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GivingUp {
    /// Another pool; needed when there are customers in this one.
    pub move_to: Option<Uuid>,
}

/// Deletes a pool in which there is nobody. One with customers needs to know where they go: that goes on in the
/// background (202), and the pool is gone when the last has arrived.
#[utoipa::path(tag = "pools", security(("bearer" = ["pools.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header), GivingUp), responses((status = 204), (status = 202), Problems))]
#[delete("/pools/{id}")]
async fn delete_pool(
    mut scope: Can<PoolsWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    query: Query<GivingUp>,
) -> Result<HttpResponse, Problem> {
    let now = scope.now();
    let tx = scope.begin().await?;
    let pool = find(&tx, id.0).await?;
    if pool.moving_to.is_some() {
        return Err(Problem::conflict("pool_closing", None));
    }
    let inside = tx.find_masked::<Entity>().filter(customer::Column::PoolId.eq(id.0)).count().await?.0;
    if query.0.move_to.is_none() {
        Problem::in_use(&[("in_use_customers", inside)])?;
    }
    let (done, status) = match (inside, query.0.move_to) {
        (0, _) | (_, None) => {
            tx.remove::<person::Entity>(person::Column::PoolId.eq(id.0)).await?;
            tx.remove::<group::Entity>(group::Column::PoolId.eq(id.0)).await?;
            (tx.bury::<pool::Entity>(id.0, Some(version.0)).await?, StatusCode::NO_CONTENT)
        }
        (_, Some(to)) => {
            let other = find(&tx, to).await.ok().filter(|other| other.id != id.0 && other.moving_to.is_none());
            if other.is_none() {
                return Err(Problem::field("move_to", "pool_unknown"));
            }
            let change = pool::ActiveModel { moving_to: Set(Some(to)), ..Default::default() };
            tx.enqueue(&PoolGivenUp { pool_id: id.0 }, now).await?;
            (tx.update::<pool::Entity>(id.0, Some(version.0), change).await?, StatusCode::ACCEPTED)
        }
    };
    if !done {
        return Err(Problem::stale(&view(&tx, id.0).await?));
    }
    forget(tx).await?;
    Ok(HttpResponse::build(status).finish())
}
