//! Replacing keys: a business's, in the background; one person's, at once.

mod index;
mod person;
mod tenant;

pub(crate) use index::{IndexKeyAdded, rotate_indexes};
pub(crate) use person::rotate_person;
pub(crate) use tenant::{TenantKeyAdded, rotate_tenant};
