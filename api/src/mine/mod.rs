//! The customer side: one's own orders in every business, after a proof that they are one's own.

mod routes;

pub(crate) use routes::routes;
