//! Staff 员工 of a business, as its features see them.

mod routes;
pub(crate) mod staff;

pub(crate) use routes::routes;
