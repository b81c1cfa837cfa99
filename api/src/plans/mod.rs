//! Follow-up plans 跟进流程: whoever gets a tag gets its plan, stage by stage, as tasks of whoever looks after them.
//!
//! Where a customer should be with their plans is said once, in `settle.rs`, from what stands in the database; jobs only
//! say whom to look at. So a job that runs twice, or late, does no harm.

mod definitions;
pub(crate) mod entity;
mod job;
mod of_customer;
mod settle;
mod uses;

pub(crate) use job::PlanSwitched;

use crate::openapi::ServiceConfig;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.configure(definitions::routes).configure(uses::routes).configure(of_customer::routes);
}
