//! Who somebody is: WeChat login, passwords, second factors, sessions, access tokens, and the snapshot
//! of a member of staff that each request is checked against.

mod addresses;
mod agent;
mod attempts;
pub(crate) mod entity;
pub(crate) mod guard_entity;
mod me;
mod notice;
mod own_password;
mod password;
mod routes;
mod second_factor;
mod sessions;
mod snapshot;
mod step_up;
mod token;
mod totp;
mod travel;

pub(crate) use addresses::{AddressRules, RuleKind, address_of, network_of, prefix};
pub(crate) use attempts::limit;
pub(crate) use me::{Left, WhyLeft};
pub(crate) use notice::{LoginNoticed, PhoneForgotten};
pub use password::hash as hash_password;
pub(crate) use sessions::SessionView;
pub(crate) use snapshot::Snapshots;
pub(crate) use step_up::methods as step_up_methods;
pub(crate) use token::authenticate;
pub(crate) use travel::Places;

use crate::openapi::ServiceConfig;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .configure(routes::routes)
        .configure(own_password::routes)
        .configure(second_factor::routes)
        .configure(step_up::routes)
        .configure(sessions::routes);
}
