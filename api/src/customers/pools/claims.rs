//! Into a pool and out of it: giving a customer up, taking one, giving one to a colleague.

use super::entity::step;
use super::{Moved, limits, record_moves};
use crate::calendar::day_began;
use crate::customers::change::owner_at_work;
use crate::customers::entity::{customer, helper, pool};
use crate::customers::view::CustomerView;
use crate::customers::{Column, Entity, find};
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{CustomersAssign, CustomersClaim};
use crate::scope::{Can, Checked, IfMatch, Path, Tx};
use crate::tenants::staff;
use actix_web::{HttpResponse, post, web::Json};
use chrono::Duration;
use domain::Violation;
use domain::permission::Permission;
use domain::pools::{Assignment, PoolMoveKind, Release};
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect, Set};
use serde_json::json;
use uuid::Uuid;

/// The name of the pool that a business gets with its first customer in it.
const FIRST_POOL: &str = "公海";

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(release_customer).service(claim_customer).service(assign_customer);
}

/// The pool that a customer goes to: the one that was named, or the oldest of which the actor is a member. A
/// business gets its first one with its first customer.
async fn pool_for(tx: &Tx<'_>, wanted: Option<Uuid>) -> Result<Uuid, Problem> {
    let known = tx.find::<pool::Entity>().shape(|rows| rows.order_by_asc(pool::Column::CreatedAt)).all().await?;
    let open: Vec<Uuid> = known.iter().filter(|pool| pool.moving_to.is_none()).map(|pool| pool.id).collect();
    if let Some(wanted) = wanted {
        let theirs = tx.sees_pool(wanted) || tx.may(Permission::PoolsWrite);
        let named = open.into_iter().find(|id| *id == wanted && theirs);
        return named.ok_or_else(|| Problem::field("pool_id", "pool_unknown"));
    }
    if let Some(id) = open.iter().find(|id| tx.sees_pool(**id)).or(open.first()) {
        return Ok(*id);
    }
    let id = tx.new_id();
    let row = pool::ActiveModel {
        id: Set(id),
        name: Set(FIRST_POOL.to_owned()),
        members_only: Set(None),
        claims_a_day: Set(None),
        reclaim_days: Set(None),
        moving_to: Set(None),
        ..Default::default()
    };
    tx.insert::<pool::Entity>(row).await?;
    Ok(id)
}

/// Puts a customer into a pool, where its members may take it. Nobody helps with it any more.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.claim"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = Release, responses((status = 200, body = CustomerView), Problems))]
#[post("/customers/{id}/release")]
async fn release_customer(
    mut scope: Can<CustomersClaim>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<Release>,
) -> Result<Json<CustomerView>, Problem> {
    let Release { reason, pool_id } = body.value;
    let tx = scope.begin().await?;
    let before = tx.find_to_change::<Entity>(id.0).await?;
    if before.pool_id.is_some() {
        return Err(Problem::conflict("in_pool", None));
    }
    tx.remove::<helper::Entity>(helper::Column::CustomerId.eq(id.0)).await?;
    let pool_id = pool_for(&tx, pool_id).await?;
    let change = customer::ActiveModel { pool_id: Set(Some(pool_id)), ..Default::default() };
    if !tx.update::<Entity>(id.0, Some(version.0), change).await? {
        return Err(Problem::stale(&CustomerView::find(&tx, id.0).await?));
    }
    tx.audit("release", "customer", Some(id.0), json!({ "reason": reason }));
    let moved = Moved {
        customer_id: id.0,
        kind: PoolMoveKind::Released,
        from: (Some(before.owner_id), None),
        to: (None, Some(pool_id)),
        reason: Some(reason),
    };
    record_moves(&tx, [moved]).await?;
    // Read from the row in hand: whoever does not see the pool does not see the customer any more.
    let view = CustomerView::released(&tx, before).await?;
    tx.commit().await?;
    Ok(Json(view))
}

/// Takes a customer out of a pool of which one is a member. Of several who try, exactly one gets it; whoever has it
/// already gets it as it is.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.claim"])), params(("id" = Uuid, Path)), responses((status = 200, body = CustomerView), Problems))]
#[post("/customers/{id}/claim")]
async fn claim_customer(mut scope: Can<CustomersClaim>, id: Path<Uuid>) -> Result<Json<CustomerView>, Problem> {
    let me = scope.me()?;
    let tx = scope.begin().await?;
    let found = find(&tx, id.0).await?;
    let Some(pool_id) = found.pool_id else {
        // Whoever lost the answer asks again, and has it already.
        let mine = found.owner_id == me;
        return if mine {
            Ok(Json(CustomerView::find(&tx, id.0).await?))
        } else {
            Err(Problem::conflict("claimed", None))
        };
    };
    if !tx.sees_pool(pool_id) {
        return Err(Problem::Forbidden("pool_closed"));
    }
    let pool = super::find(&tx, pool_id).await?;
    check_pace(&tx, &pool, id.0, me).await?;
    limits::room(&tx, me, "").await?;
    let moved = Moved {
        customer_id: id.0,
        kind: PoolMoveKind::Claimed,
        from: (None, Some(pool_id)),
        to: (Some(me), None),
        reason: None,
    };
    if !take(&tx, moved).await? {
        return Err(Problem::conflict("claimed", None));
    }
    tx.audit("claim", "customer", Some(id.0), json!({}));
    let view = CustomerView::find(&tx, id.0).await?;
    tx.commit().await?;
    Ok(Json(view))
}

/// Gives a customer in a pool to a colleague. Of one that is in none it is 409 `not_in_pool`: whom somebody looks after
/// is given away by changing `owner_id` (`PATCH /customers/{id}`).
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.assign"])), params(("id" = Uuid, Path)), request_body = Assignment, responses((status = 204), Problems))]
#[post("/customers/{id}/assign")]
async fn assign_customer(
    mut scope: Can<CustomersAssign>,
    id: Path<Uuid>,
    body: Checked<Assignment>,
) -> Result<HttpResponse, Problem> {
    let Assignment { owner_id, reason } = body.value;
    let tx = scope.begin().await?;
    let pool_id = find(&tx, id.0).await?.pool_id.ok_or(Problem::conflict("not_in_pool", None))?;
    owner_at_work(&tx, owner_id).await?;
    limits::room(&tx, owner_id, "owner_id").await?;
    tx.audit("assign", "customer", Some(id.0), json!({ "to": owner_id, "reason": reason }));
    let moved = Moved { reason, ..Moved::assigned(id.0, pool_id, owner_id) };
    if !take(&tx, moved).await? {
        return Err(Problem::conflict("claimed", None));
    }
    tx.commit().await?;
    // Whoever gave it away may not see it any more.
    Ok(HttpResponse::NoContent().finish())
}

/// Makes it so, if the customer still waits where it did.
async fn take(tx: &Tx<'_>, moved: Moved) -> Result<bool, Problem> {
    let (Some(owner), Some(pool)) = (moved.to.0, moved.from.1) else { return Ok(false) };
    let change = customer::ActiveModel {
        pool_id: Set(None),
        owner_id: Set(owner),
        owned_at: Set(Some(tx.now())),
        ..Default::default()
    };
    if !tx.take::<Entity>(moved.customer_id, Column::PoolId.eq(pool), change).await? {
        return Ok(false);
    }
    record_moves(tx, [moved]).await?;
    Ok(true)
}

/// Refuses who takes more in a day than the pool allows, or takes back too soon whom they gave up.
async fn check_pace(tx: &Tx<'_>, pool: &pool::Model, customer: Uuid, me: Uuid) -> Result<(), Problem> {
    if let Some(most) = pool.claims_a_day {
        // What one takes with both hands is counted one after the other.
        tx.find::<staff::Entity>().filter(staff::Column::Id.eq(me)).shape(QuerySelect::lock_exclusive).all().await?;
        let today = claimed_by(me, tx.now()).add(step::Column::FromPoolId.eq(pool.id));
        let limit = u64::try_from(most).unwrap_or_default();
        if tx.find_masked::<step::Entity>().filter(today).count_to(limit).await?.0 >= limit {
            return Err(Violation::new("", "claims_spent").with("max", most).into());
        }
    }
    if let Some(days) = pool.reclaim_days {
        let theirs = Condition::all()
            .add(step::Column::CustomerId.eq(customer))
            .add(step::Column::FromOwnerId.eq(me))
            .add(step::Column::CreatedAt.gt(tx.now() - Duration::days(days)));
        if tx.find_masked::<step::Entity>().filter(theirs).one().await?.is_some() {
            return Err(Violation::new("", "reclaim_early").with("days", days).into());
        }
    }
    Ok(())
}

/// What somebody has taken today.
pub(super) fn claimed_by(person: Uuid, now: chrono::DateTime<chrono::Utc>) -> Condition {
    Condition::all()
        .add(step::Column::StaffId.eq(person))
        .add(step::Column::Kind.eq(PoolMoveKind::Claimed.as_str()))
        .add(step::Column::CreatedAt.gte(day_began(now)))
}
