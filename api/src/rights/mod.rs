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
use crate::{customers, interactions, opportunities, orders, tasks};
use domain::permission::{Permission, RowKind};
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

/// The permissions without which nothing of a kind can be seen, or changed.
fn needed(kind: RowKind) -> (Permission, Permission) {
    match kind {
        RowKind::Customers => (Permission::CustomersRead, Permission::CustomersWrite),
        RowKind::Interactions => (Permission::InteractionsRead, Permission::InteractionsWrite),
        RowKind::Tasks => (Permission::TasksRead, Permission::TasksWrite),
        RowKind::Orders => (Permission::OrdersRead, Permission::OrdersWrite),
        RowKind::Opportunities => (Permission::OpportunitiesRead, Permission::OpportunitiesWrite),
    }
}

/// The one predicate of a kind, by its name.
fn predicate(kind: RowKind, look: &Look<'_>) -> Condition {
    match kind {
        RowKind::Customers => customers::Entity::rows(look),
        RowKind::Interactions => interactions::entity::Entity::rows(look),
        RowKind::Tasks => tasks::entity::Entity::rows(look),
        RowKind::Orders => orders::Entity::rows(look),
        RowKind::Opportunities => opportunities::Entity::rows(look),
    }
}
