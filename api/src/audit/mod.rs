//! The audit record 审计记录, for those who may read it.

mod names;
mod routes;
mod unseen;

pub use routes::AuditQuery;
pub(crate) use routes::{of_business, of_installation, routes};
