//! Whose values the reader of the record does not see: who did what to which row, and when, is for whoever may read the
//! record; what a customer is called is for those who see the customer.

use crate::customers;
use crate::customers::offering::entity as given;
use crate::interactions::entity as interaction;
use crate::opportunities;
use crate::orders;
use crate::privacy::entity as data_request;
use crate::problem::Problem;
use crate::scope::{Scope, Tenanted, audit_entry::entry};
use crate::tasks::entity as task;
use domain::permission::{Permission, Reach, Resource};
use sea_orm::{FromQueryResult, QuerySelect as _};
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// Kinds of rows whose entries hold somebody's values, with what it takes to read them.
const KINDS: [(&str, Permission, Resource); 7] = [
    ("customer", Permission::CustomersRead, Resource::Customers),
    ("customer_offer", Permission::OffersRead, Resource::Customers),
    ("data_request", Permission::CustomersErase, Resource::Customers),
    ("interaction", Permission::InteractionsRead, Resource::Interactions),
    ("opportunity", Permission::OpportunitiesRead, Resource::Orders),
    ("order", Permission::OrdersRead, Resource::Orders),
    ("task", Permission::TasksRead, Resource::Tasks),
];

/// The rows on a page that hold somebody's values, and that the scope does not see: a statement for each kind of row of
/// which it sees some only.
pub(super) async fn unseen(scope: &Scope, entries: &[entry::Model]) -> Result<HashSet<Uuid>, Problem> {
    let Some(rights) = scope.rights() else { return Ok(HashSet::new()) };
    let personal = entries.iter().filter(|entry| entry.person_id.is_some());
    let mut unseen: HashSet<Uuid> = personal.clone().filter_map(|entry| entry.resource_id).collect();
    for (kind, permission, resource) in KINDS {
        let of_kind = personal.clone().filter(|entry| entry.resource == kind);
        let ids: BTreeSet<Uuid> = of_kind.filter_map(|entry| entry.resource_id).collect();
        if ids.is_empty() || !rights.can(permission) {
            continue;
        }
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let seen = match kind {
            // Also what is not there any more.
            _ if rights.reach(resource) == Reach::All => ids,
            "customer_offer" => among::<given::Entity>(scope, ids).await?,
            "opportunity" => among::<opportunities::Entity>(scope, ids).await?,
            "order" => among::<orders::Entity>(scope, ids).await?,
            "interaction" => among::<interaction::Entity>(scope, ids).await?,
            "task" => among::<task::Entity>(scope, ids).await?,
            "data_request" => among::<data_request::Entity>(scope, ids).await?,
            _ => among::<customers::Entity>(scope, ids).await?,
        };
        for id in seen {
            unseen.remove(&id);
        }
    }
    Ok(unseen)
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
}

async fn among<E: Tenanted>(scope: &Scope, ids: Vec<Uuid>) -> Result<Vec<Uuid>, Problem> {
    let rows = scope.find_these::<E>(ids);
    let rows = rows.picking(|rows| rows.column_as(E::key(), "id").into_model::<Row>());
    Ok(rows.all().await?.into_iter().map(|row| row.id).collect())
}
