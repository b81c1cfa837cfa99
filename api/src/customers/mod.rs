//! Customers 客户: the record, its phones and its tags.

mod bulk;
mod bury;
mod change;
mod contacts;
pub(crate) mod custom;
mod dates;
mod details;
mod digests;
pub(crate) mod entity;
pub(crate) mod held;
pub(crate) mod merging;
mod new;
pub(crate) mod offering;
pub mod phone_entity;
pub(crate) mod pools;
pub(crate) mod record_entity;
mod refusal;
mod regions;
mod relations;
mod remark;
mod reveal;
mod routes;
mod rows;
mod sample;
mod search;
mod sharing;
mod similar;
mod store;
mod tagging;
pub(crate) mod transfer;
mod types;
mod vault;
mod view;
mod views;

pub(crate) use bulk::{BulkAsked, BulkMessage, entity as bulk_entity, resealed as bulk_resealed};
pub(crate) use contacts::contact_rule;
pub(crate) use custom::sees_own_fields;
pub use details::CustomerDetails;
pub(crate) use details::details;
pub use entity::customer::{Column, Entity, Model as Customer};
pub(crate) use pools::PoolGivenUp;
pub(crate) use regions::name as region_name;
pub(crate) use remark::remark;
pub use reveal::RevealedPhone;
pub(crate) use sample::{Sampled, Term, write_sample, write_terms};
pub(crate) use search::{SearchOutdated, unindex, whole_company};
pub(crate) use store::{fill_digests, find, masked_name, spoken_to};
pub(crate) use tagging::{
    CategoryMade, CustomersTouched, PlanTagTurned, PlansAsked, TagGone, TagMerged, TagRestored, TagRulesDue, ask_plans,
    became, stands, touched,
};
pub(crate) use vault::{numbers, person_key};
pub(crate) use view::tag_names;

use crate::openapi::ServiceConfig;
use crate::scope::{Eyes, Look, every, none, through};
use domain::permission::{HelperLevel, Resource};
use entity::helper;
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Condition, Query, SelectStatement};
use uuid::Uuid;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    // `/customers/bulk` before `/customers/{id}`.
    services
        .configure(routes::of_all)
        .configure(bulk::of_all)
        .configure(similar::routes)
        .configure(routes::of_one)
        .configure(bulk::of_one)
        .configure(transfer::routes)
        .configure(custom::routes)
        .configure(reveal::routes)
        .configure(refusal::routes)
        .configure(sharing::routes)
        .configure(pools::routes)
        .configure(views::routes)
        .configure(tagging::routes)
        .configure(offering::routes)
        .configure(types::routes)
        .configure(relations::routes)
        .configure(regions::routes);
}

/// Pools, people or tags that are looked through one by one.
const APART: usize = 6;

/// The one predicate of customers: which of them somebody sees, or may change, when their reach for
/// `resource` is what counts. That of children passes through here too: whoever looks after a customer,
/// or helps with it, sees all that hangs on it.
pub(crate) fn seen(look: &Look<'_>, resource: Resource) -> Condition {
    let mut parts: Vec<Condition> = parts(look, resource).iter().map(Part::condition).collect();
    match parts.len() {
        0 => none(),
        1 => parts.remove(0),
        _ => parts.into_iter().fold(Condition::any(), Condition::add),
    }
}

/// A part of the customers that somebody sees. No customer is in two of them: a page is put together from a page of
/// each, because no index understands the whole.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// Everybody's.
    Every,
    /// Nobody's.
    None,
    /// Those that these people look after.
    Of(Vec<Uuid>),
    /// Those in these pools.
    In(Vec<Uuid>),
    /// Those that somebody helps with.
    Helped(Helped),
    /// Those in any pool.
    Pooled,
}

/// Customers that somebody helps with.
#[derive(Debug, Clone)]
pub(crate) struct Helped {
    /// Who does.
    pub(in crate::customers) by: Uuid,
    /// Their ids, while they are few.
    pub(in crate::customers) these: Option<Vec<Uuid>>,
    /// What their own rows say too.
    condition: Condition,
}

impl Part {
    /// What a customer's row must say.
    pub(crate) fn condition(&self) -> Condition {
        let one = |column: Column, of: &[Uuid]| match of {
            [only] => column.eq(*only),
            _ => column.is_in(of.iter().copied()),
        };
        match self {
            Self::Every => every(),
            Self::None => none(),
            Self::Of(people) => Condition::all().add(Column::PoolId.is_null()).add(one(Column::OwnerId, people)),
            Self::In(pools) => Condition::all().add(one(Column::PoolId, pools)),
            Self::Helped(helped) => helped.condition.clone(),
            Self::Pooled => Condition::all().add(Column::PoolId.is_not_null()),
        }
    }

    /// The people who look after them, or the pools that they are in.
    pub(in crate::customers) fn holders(&self) -> &[Uuid] {
        match self {
            Self::Of(these) | Self::In(these) => these,
            Self::Every | Self::None | Self::Helped(..) | Self::Pooled => &[],
        }
    }
}

/// The parts of [`seen`].
pub(crate) fn parts(look: &Look<'_>, resource: Resource) -> Vec<Part> {
    let sight = match look.eyes {
        Eyes::All => return vec![Part::Every],
        Eyes::Orders(_) => return vec![Part::None],
        Eyes::Staff(sight) => sight,
    };
    let Some(people) = sight.whose(resource) else { return vec![Part::Every] };
    let owned = Part::Of(people.to_vec());
    // What is changed is looked up by the statement that changes it.
    let these = sight.helped.as_ref().filter(|_| !look.write);
    let helped = match these {
        Some(these) => Column::Id.is_in(these.iter().copied()),
        None => Column::Id.in_subquery(helped_by(look, sight.me)),
    };
    let helped = Condition::all().add(helped).add(owned.condition().not());
    let part = |condition| Part::Helped(Helped { by: sight.me, these: these.map(|these| these.to_vec()), condition });
    // A customer in a pool is there to be looked at; to change it one takes it out first.
    if look.write {
        return vec![owned, part(helped)];
    }
    let nobody = sight.helped.as_ref().is_some_and(Vec::is_empty);
    let helped = (!nobody).then(|| part(helped.add(Column::PoolId.is_null())));
    let owned = apart(people).map(Part::Of).chain(helped);
    let Some(pools) = &sight.pools else {
        return owned.chain([Part::Pooled]).collect();
    };
    owned.chain(apart(pools).map(Part::In)).collect()
}

/// Each of a few is a range of one index in the order of the list.
fn apart(holders: &[Uuid]) -> impl Iterator<Item = Vec<Uuid>> {
    let together = if holders.len() <= APART { 1 } else { holders.len() };
    holders.chunks(together).map(<[Uuid]>::to_vec)
}

/// The customers that somebody helps with, or may change as their colleague's help.
pub(in crate::customers) fn helped_by(look: &Look<'_>, staff_id: Uuid) -> SelectStatement {
    let edits = look.write.then(|| helper::Column::Level.eq(HelperLevel::Edit.as_str()));
    Query::select()
        .column(helper::Column::CustomerId)
        .from(helper::Entity)
        .and_where(helper::Column::TenantId.eq(look.tenant_id))
        .and_where(helper::Column::StaffId.eq(staff_id))
        .cond_where(Condition::all().add_option(edits))
        .to_owned()
}

/// Rows that hang on a customer are seen by whoever sees the customer, whoever wrote them.
pub(crate) fn of_customer<C: ColumnTrait>(column: C, look: &Look<'_>, resource: Resource) -> Condition {
    match look.eyes {
        Eyes::All => every(),
        Eyes::Staff(sight) if sight.whose(resource).is_none() => every(),
        Eyes::Staff(_) => through(column, live(look.tenant_id).cond_where(seen(look, resource)).to_owned()),
        Eyes::Orders(_) => none(),
    }
}

/// Rows of customers who were not deleted.
pub(crate) fn of_live<C: ColumnTrait>(column: C, tenant_id: i64) -> Condition {
    through(column, live(tenant_id))
}

fn live(tenant_id: i64) -> SelectStatement {
    Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::TenantId.eq(tenant_id))
        .and_where(Column::Live.eq(1))
        .to_owned()
}
