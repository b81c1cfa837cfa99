//! Orders 订单: lines, course, shipment, and the ways in which a customer proves one to be theirs.

pub(crate) mod entity;
mod receipt;
mod routes;
mod vault;
pub(crate) mod view;

pub use entity::order::{Column, Entity, Model as Order};

pub(crate) use view::phones;

use crate::openapi::ServiceConfig;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.configure(routes::routes).configure(receipt::routes);
}
