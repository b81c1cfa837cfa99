//! Imports: a file is read once, when it arrives; what it says is judged and written by a job.

mod apply;
mod draft;
mod errors;
mod job;
mod known;
mod marks;
mod names;
mod read;
mod revert;
mod routes;
mod sheet;
mod talks;
mod text;
mod update;
mod upload;
mod view;
mod weigh;

pub(crate) use job::ImportAsked;
pub(in crate::customers) use revert::undisturbed;
pub(super) use routes::routes;
pub(crate) use talks::{Talk, Talks};
