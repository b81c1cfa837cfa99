//! Opportunities 商机: what customers may buy, how far that has come, and how it ended.

mod entity;
mod routes;

pub(crate) use entity::{ActiveModel, Column, Entity, Model};
pub(crate) use routes::routes;
