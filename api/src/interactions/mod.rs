//! Interactions 跟进记录: what was said and done, and when to get in touch again.

pub(crate) mod entity;
mod imported;
mod routes;

pub(crate) use routes::routes;
