//! What rights come to: why somebody sees a row, what another role would open and close, and handing
//! over what a leaver looks after.

mod entity;
mod explain;
mod handover;
mod leaving;
mod preview;

pub(crate) use entity::Entity;
pub(crate) use handover::HandoverAsked;

use crate::openapi::ServiceConfig;
use crate::scope::{Look, Tenanted};
use crate::{customers, interactions, orders, tasks};
use domain::permission::{Permission, Resource};
use sea_orm::Condition;
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(explain::explain_permission)
        .service(preview::preview_role)
        .service(preview::preview_role_of_staff)
        .service(leaving::preview_handover)
        .service(leaving::hand_over)
        .service(leaving::get_handover)
        .service(leaving::remove_staff);
}

/// Rows, counted up to 1000.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub struct Counted {
    /// How many.
    pub count: u64,
    /// Whether there are more.
    pub capped: bool,
}

impl From<(u64, bool)> for Counted {
    fn from((count, capped): (u64, bool)) -> Self {
        Self { count, capped }
    }
}

/// The permissions without which nothing of a resource can be seen, or changed.
fn needed(resource: Resource) -> (Permission, Permission) {
    match resource {
        Resource::Customers => (Permission::CustomersRead, Permission::CustomersWrite),
        Resource::Interactions => (Permission::InteractionsRead, Permission::InteractionsWrite),
        Resource::Tasks => (Permission::TasksRead, Permission::TasksWrite),
        Resource::Orders => (Permission::OrdersRead, Permission::OrdersWrite),
    }
}

/// The one predicate of a resource, by its name.
fn predicate(resource: Resource, look: &Look<'_>) -> Condition {
    match resource {
        Resource::Customers => customers::Entity::rows(look),
        Resource::Interactions => interactions::entity::Entity::rows(look),
        Resource::Tasks => tasks::entity::Entity::rows(look),
        Resource::Orders => orders::Entity::rows(look),
    }
}
