//! Attachments 附件: files that hang on rows of features. They arrive on their own, wait for a day, and stay as soon
//! as a row names them. Each is sealed under a key of its own; that key is sealed under the business's while the
//! file waits and under the person's once it hangs on a customer, so that erasing the person is one key that goes,
//! whatever the file weighs.

mod arrival;
pub(crate) mod entity;
mod keeping;
mod kinds;
mod names;
mod places;
mod routes;
mod sending;

pub(crate) use keeping::{Held, KEY, let_go, name, named};
pub(crate) use routes::routes;
