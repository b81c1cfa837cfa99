//! Duplicates 查重, while somebody types: who is there already, masked, and who looks after them.

use super::entity::{customer, phone, searched, term};
use super::search::whole_company;
use super::store::{PHONE, masked_name, with_digest};
use crate::folded::fold;
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::CustomersWrite;
use crate::scope::{Can, Eyes, Query};
use crate::tenants::staff;
use actix_web::{get, web::Json};
use domain::phone::Phone;
use sea_orm::{ColumnTrait as _, QueryOrder as _, QuerySelect as _};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Customers that are shown of each kind of likeness.
const SHOWN: u64 = 3;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_similar_customers);
}

/// What was typed so far.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SimilarQuery {
    /// A phone number; nothing is looked for until it is whole.
    pub phone: Option<String>,
    /// A name: the whole of it.
    pub name: Option<String>,
    /// A company, however it is written.
    pub company: Option<String>,
}

/// What is alike, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// The same phone.
    Phone,
    /// The same company.
    Company,
    /// The same name.
    Name,
}

/// A customer who may be the one that is being written down.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarView {
    /// Only for whoever may see the customer.
    pub id: Option<Uuid>,
    /// What is alike.
    pub like: Likeness,
    /// `张**`.
    pub name_masked: String,
    /// Who looks after the customer; nobody while it is in the pool.
    pub owner_name: Option<String>,
}

/// Who is there already, of the whole business: the phone, the company or the name is the same. At most nine.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.write"])), params(SimilarQuery), responses((status = 200, body = All<SimilarView>), Problems))]
#[get("/customers/similar")]
async fn list_similar_customers(
    scope: Can<CustomersWrite>,
    query: Query<SimilarQuery>,
) -> Result<Json<All<SimilarView>>, Problem> {
    let everybody = &Eyes::All;
    let mut alike: BTreeMap<Uuid, Likeness> = BTreeMap::new();
    let mut add = |id: Uuid, like: Likeness| {
        let known = alike.entry(id).or_insert(like);
        *known = like.min(*known);
    };
    let number = query.0.phone.as_deref().and_then(Phone::parse);
    // Whoever never sees a whole number cannot find out by asking for one after the other either.
    if let Some(number) = number.filter(|_| scope.fields().phones.opens()) {
        let with = with_digest(PHONE, scope.keys().index().phone_anywhere(&number));
        let rows = scope.find_as::<phone::Entity>(everybody, false).filter(with);
        let rows = rows.shape(|rows| rows.order_by_asc(phone::Column::CustomerId).limit(SHOWN)).all().await?;
        rows.into_iter().for_each(|row| add(row.customer_id, Likeness::Phone));
    }
    if let Some(company) = query.0.company.as_deref().and_then(whole_company) {
        let rows = scope.find_as::<term::Entity>(everybody, false).filter(term::Column::Term.eq(company));
        let rows = rows.shape(|rows| rows.order_by_asc(term::Column::CustomerId).limit(SHOWN)).all().await?;
        rows.into_iter().for_each(|row| add(row.customer_id, Likeness::Company));
    }
    if let Some(name) = query.0.name.as_deref().map(fold).filter(|name| name.chars().count() > 1) {
        let rows = scope.find_as::<searched::Entity>(everybody, false).filter(searched::Column::NameKey.eq(name));
        let rows = rows.shape(|rows| rows.order_by_asc(searched::Column::CustomerId).limit(SHOWN)).all().await?;
        rows.into_iter().for_each(|row| add(row.customer_id, Likeness::Name));
    }
    if alike.is_empty() {
        return Ok(Json(All { items: Vec::new() }));
    }
    let these = || customer::Column::Id.is_in(alike.keys().copied());
    let there = scope.find_as::<customer::Entity>(everybody, false).filter(these()).all().await?;
    let seen = scope.find::<customer::Entity>().filter(these()).all().await?;
    let owners = there.iter().map(|row| row.owner_id);
    let owners = scope.find_as::<staff::Entity>(everybody, false).filter(staff::Column::Id.is_in(owners)).all().await?;
    let owners: HashMap<Uuid, String> = owners.into_iter().map(|owner| (owner.id, owner.name)).collect();
    let view = |row: customer::Model| {
        let id = seen.iter().any(|known| known.id == row.id).then_some(row.id);
        let owner_name = row.pool_id.is_none().then(|| owners.get(&row.owner_id).cloned()).flatten();
        Some(SimilarView { id, like: *alike.get(&row.id)?, name_masked: masked_name(&row.name), owner_name })
    };
    let mut items: Vec<SimilarView> = there.into_iter().filter_map(view).collect();
    items.sort_by_key(|item| item.like);
    Ok(Json(All { items }))
}
