//! Tags on customers: the one place where they are put on and taken off, what customers notice of a change to
//! a tag, and rules that give tags by themselves.

mod category;
mod evaluate;
mod follow;
mod gone;
mod groups;
mod merge;
mod planned;
mod preview;
mod put;
mod routes;
mod rule_routes;
pub(in crate::customers) mod rules;

pub(crate) use category::CategoryMade;
pub(in crate::customers) use evaluate::spoken;
pub(crate) use evaluate::{CustomersTouched, TagRulesDue, touched};
pub(crate) use gone::TagGone;
pub(crate) use merge::{TagMerged, TagRestored};
pub(crate) use planned::{PlanTagTurned, PlansAsked, ask as ask_plans, became, stands};
pub(in crate::customers) use planned::{retagged, returned};
pub(in crate::customers) use put::{How, Known, Retag, first, known, look_up, retag, write};

use crate::openapi::ServiceConfig;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .configure(groups::routes)
        .configure(routes::routes)
        .configure(merge::routes)
        .configure(rule_routes::routes);
}
