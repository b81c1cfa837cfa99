//! Pools 公海: customers whom nobody looks after, who may take them, and what became of them.

mod claims;
pub(crate) mod entity;
mod giving_up;
mod limits;
mod moves;
pub(crate) mod recycle_rule;
mod routes;
mod settings;

pub(crate) use giving_up::PoolGivenUp;
pub(super) use limits::{Rooms, fitting, room};
pub(crate) use moves::{Moved, write as record_moves};

use crate::customers::entity::pool;
use crate::openapi::ServiceConfig;
use crate::problem::Problem;
use crate::scope::{Reads, Tx};
use sea_orm::ColumnTrait as _;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.configure(claims::routes).configure(moves::routes).configure(routes::routes).configure(settings::routes);
}

/// The pool in which a customer stands who was in this one when it went: another one that its customers went to,
/// or none. A pool that is there stays.
///
/// # Errors
/// When the database does not answer.
pub(in crate::customers) async fn standing(tx: &Tx<'_>, id: Uuid) -> Result<Option<Uuid>, Problem> {
    let mut next = Some(id);
    // A pool is given up for one that is there, so this ends; nobody follows it longer than there can be pools.
    for _ in 0..routes::MOST {
        let Some(id) = next else { return Ok(None) };
        let found = tx.find_buried::<pool::Entity>().filter(pool::Column::Id.eq(id)).one().await?;
        next = match found {
            Some(pool) if pool.live.is_some() && pool.moving_to.is_none() => return Ok(Some(pool.id)),
            found => found.and_then(|pool| pool.moving_to),
        };
    }
    Ok(None)
}

/// A live pool.
///
/// # Errors
/// 404.
pub(crate) async fn find(rows: &impl Reads, id: Uuid) -> Result<pool::Model, Problem> {
    rows.rows::<pool::Entity>().filter(pool::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)
}
