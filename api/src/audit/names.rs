//! What the rows that entries are about are called now: the record itself keeps names under the person's key, and
//! most entries are about something else than the name.

use crate::customers::offering::entity as given;
use crate::offers::entity::offer;
use crate::problem::Problem;
use crate::scope::{Scope, Tenanted, audit_entry::entry};
use crate::{customers, orders};
use domain::permission::Permission;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait, FromQueryResult, QuerySelect as _};
use std::collections::HashMap;
use uuid::Uuid;

#[derive(FromQueryResult)]
struct Named {
    id: Uuid,
    called: String,
}

/// Names of customers, numbers of orders and names of offers in somebody's hands on a page, of those that the scope
/// sees: three statements at most.
pub(super) async fn names(scope: &Scope, entries: &[entry::Model]) -> Result<HashMap<Uuid, String>, Problem> {
    // Whoever was erased is called nothing.
    let there = Condition::all().add(customers::Column::ErasedAt.is_null());
    let customers = (customers::Column::Name, there);
    let mut names = called::<customers::Entity>(scope, about(entries, "customer"), customers).await?;
    let orders = (orders::Column::Number, Condition::all());
    names.extend(called::<orders::Entity>(scope, about(entries, "order"), orders).await?);
    names.extend(offered(scope, about(entries, "customer_offer")).await?);
    Ok(names)
}

/// That one was used says its entry, and not which offer it is of.
async fn offered(scope: &Scope, ids: Vec<Uuid>) -> Result<HashMap<Uuid, String>, Problem> {
    if ids.is_empty() || !scope.may(Permission::OffersRead) {
        return Ok(HashMap::new());
    }
    let found = scope.find_these::<given::Entity>(ids).picking(|rows| {
        let rows = rows.column_as(given::Column::Id, "id").inner_join(offer::Entity);
        rows.column_as(offer::Column::Name, "called").into_model::<Named>()
    });
    Ok(found.all().await?.into_iter().map(|row| (row.id, row.called)).collect())
}

fn about(entries: &[entry::Model], resource: &str) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> =
        entries.iter().filter(|entry| entry.resource == resource).filter_map(|entry| entry.resource_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

async fn called<E: Tenanted>(
    scope: &Scope,
    ids: Vec<Uuid>,
    (name, which): (<E as EntityTrait>::Column, Condition),
) -> Result<HashMap<Uuid, String>, Problem> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = scope
        .find_these::<E>(ids)
        .filter(which)
        .picking(|rows| rows.column_as(E::key(), "id").column_as(name, "called").into_model::<Named>());
    Ok(found.all().await?.into_iter().map(|row| (row.id, row.called)).collect())
}
