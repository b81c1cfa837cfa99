//! Privacy 个人信息: consents, what is kept about a person, what they ask for, and how long it is kept.

mod answer;
mod consents;
pub(crate) mod entity;
mod erase;
mod fading;
mod hopes;
mod mine;
mod page;
mod record;
mod requests;
mod retention;

pub(crate) use answer::RequestDue;
pub(crate) use retention::RetentionDue;

use crate::openapi::ServiceConfig;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .configure(consents::routes)
        .configure(mine::routes)
        .configure(requests::routes)
        .configure(erase::routes)
        .configure(fading::routes);
}
