//! The business 商家 and who works in it: settings, staff 员工, roles 角色, teams 团队, invitations.

mod business;
mod devices;
pub(crate) mod invitation;
mod invitations;
mod people;
pub(crate) mod role;
mod roles;
pub(crate) mod staff;
mod store;
pub(crate) mod team;
mod teams;

pub(crate) use people::{phone_known, view as staff_view};
pub(crate) use roles::sounder;
pub(crate) use store::{assignable, at_work, find_below, forget, heir, not_suspended, rights_held, working};

use crate::openapi::ServiceConfig;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .configure(business::routes)
        .configure(people::routes)
        .configure(devices::routes)
        .configure(roles::routes)
        .configure(teams::routes)
        .configure(invitations::routes);
}
