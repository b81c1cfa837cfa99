//! Tables of customers that come in and go out 导入导出: read and written row by row, in the background, with
//! progress. Their rows wait in the database, sealed, and go after some days.

mod cells;
mod codes;
mod columns;
mod days;
pub(crate) mod entity;
mod export;
mod files;
mod forgetting;
mod import;
mod sheet;

pub(crate) use codes::word;
pub(crate) use days::spoken as spoken_dates;
pub(crate) use export::ExportAsked;
pub(crate) use forgetting::{FilesForgotten, forget};
pub(super) use import::undisturbed;
pub(crate) use import::{ImportAsked, Talk, Talks};

use crate::openapi::ServiceConfig;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.configure(import::routes).configure(export::routes);
}
