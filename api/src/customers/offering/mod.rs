//! Offers in the hands of customers: given one by one or by a bulk action, used, taken back.

pub(crate) mod entity;
mod give;
mod routes;
mod view;

pub(super) use give::{give, giveable, refusals, take_back, used_among};
pub(super) use routes::routes;
pub(crate) use view::{latest, stands};
