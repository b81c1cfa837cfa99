//! Erasing 删除 people and businesses: their keys are destroyed, what stood in clear is overwritten, and
//! their ids are listed outside the database, so that no backup brings them back.

mod again;
mod list;
mod person;
mod tenant;

pub use again::erase_again;
pub(crate) use person::erase_person;
pub(crate) use tenant::{doom_tenant, erase_tenant};
