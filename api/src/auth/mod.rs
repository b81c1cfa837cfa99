//! Who somebody is: WeChat login, passwords, sessions, access tokens, and the snapshot of a member
//! of staff that each request is checked against.

pub(crate) mod entity;
mod password;
mod routes;
mod snapshot;
mod token;

pub use password::hash as hash_password;
pub(crate) use routes::{limit, routes};
pub(crate) use snapshot::Snapshots;
pub(crate) use token::authenticate;
