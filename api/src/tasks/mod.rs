//! Tasks 待办, the inbox, and the reminder by subscribe message.

mod bulk;
pub(crate) mod entity;
mod inbox;
mod notice;
pub(crate) mod planned;
mod remind;
mod routes;
pub(crate) mod send;
mod subscriptions;

pub(crate) use remind::{ReminderReserved, TaskDue};
pub(crate) use routes::{TaskView, create, list, open_to};

use crate::openapi::ServiceConfig;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.configure(routes::routes).configure(inbox::routes).configure(subscriptions::routes);
}
