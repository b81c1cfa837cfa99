//! Duplicates 查重: scanning for records that look alike, merging two of one customer, and undoing that.

mod children;
mod job;
mod log;
mod merge;
mod offers;
mod pairs;
mod scan;
mod score;
mod undo;

pub use children::{SAYS, Say};
pub(crate) use job::{MergeContinued, MergeForgotten};
pub(crate) use scan::ScanAsked;

use crate::openapi::ServiceConfig;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.configure(merge::routes).configure(undo::routes).configure(log::routes).configure(pairs::routes);
}
