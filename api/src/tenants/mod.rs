//! Staff 员工 of a business, as its features see them.

mod audit;
pub(crate) mod staff;
mod routes;

pub(crate) use routes::routes;
