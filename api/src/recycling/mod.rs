//! Recycling 回收: rules by which customers whom nobody looks after any more fall into a pool 公海.
//!
//! What a rule comes to is said once, in `due.rs`: the job and the simulation ask the same question.

mod due;
mod job;
mod rules;
mod simulate;

pub(crate) use crate::customers::pools::recycle_rule as entity;
pub(crate) use job::RecyclingDue;

use crate::openapi::ServiceConfig;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.configure(rules::routes).configure(simulate::routes);
}
