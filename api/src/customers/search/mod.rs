//! Finding customers: by name, sound and phone in one box, and by filters.

mod custom;
mod days;
pub(in crate::customers) mod entity;
mod filter;
mod found;
mod having;
mod index;
mod kept;
mod list;
mod newest;
mod own;
mod place;
mod query;
mod ranked;
mod rarity;
mod reach;
mod readings;
mod spell;
mod tagged;
mod terms;

pub(crate) use filter::compile;
pub(super) use found::Found;
pub(crate) use index::{SearchOutdated, index, index_terms, index_texts, unindex};
pub(crate) use kept::keep;
pub(super) use list::page;
pub(super) use newest::count;
pub(super) use query::CustomerQuery;
pub(crate) use terms::whole_company;
