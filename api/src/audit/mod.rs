//! The audit record 审计记录, for those who may read it.

mod routes;

pub(crate) use routes::routes;
