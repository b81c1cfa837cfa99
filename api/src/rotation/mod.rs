//! Replacing keys: a business's and the installation's, in the background; one person's, at once.

mod index;
mod lookups;
mod person;
mod routes;
mod tenant;

pub(crate) use index::{IndexKeyAdded, rotate_indexes};
pub(crate) use lookups::rotate_lookups;
pub use lookups::turn_lookups;
pub(crate) use person::rotate_person;
pub(crate) use routes::routes;
pub(crate) use tenant::{TenantKeyAdded, rotate_tenant};
