//! Customers 客户: the record, its phones and its tags.

pub(crate) mod entity;
mod regions;
mod reveal;
mod routes;
mod search;
mod store;
mod vault;
mod view;

pub use entity::customer::{Column, Entity, Model as Customer};
pub use reveal::RevealedPhone;
pub(crate) use store::{fill_digests, find, spoken_to};
pub(crate) use vault::person_key;

use crate::scope::{Eyes, every, none, through};
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Condition, Query, SelectStatement};
use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.configure(routes::routes).configure(reveal::routes);
}

/// Rows that hang on a customer are seen by whoever sees the customer, whoever wrote them.
pub(crate) fn of_customer<C: ColumnTrait>(column: C, eyes: &Eyes, tenant_id: i64) -> Condition {
    match eyes {
        Eyes::All => every(),
        Eyes::Own(me) => through(column, live(tenant_id).and_where(Column::OwnerId.eq(*me)).to_owned()),
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
