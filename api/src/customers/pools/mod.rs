//! Pools 公海: customers whom nobody looks after, who may take them, and what became of them.

mod claims;
pub(crate) mod entity;
mod giving_up;
mod limits;
mod moves;
mod routes;
mod settings;

pub(crate) use giving_up::PoolGivenUp;
pub(super) use limits::{fitting, room};
pub(crate) use moves::{Moved, write as record_moves};

use crate::customers::entity::pool;
use crate::openapi::ServiceConfig;
use crate::problem::Problem;
use crate::scope::Reads;
use sea_orm::ColumnTrait as _;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.configure(claims::routes).configure(moves::routes).configure(routes::routes).configure(settings::routes);
}

/// A live pool.
///
/// # Errors
/// 404.
pub(crate) async fn find(rows: &impl Reads, id: Uuid) -> Result<pool::Model, Problem> {
    rows.rows::<pool::Entity>().filter(pool::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)
}
