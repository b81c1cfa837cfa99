//! Offers that customers were given.

use crate::customers::{self, of_customer};
use crate::offers::entity::offer;
use domain::permission::Resource;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_offers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer_id: Uuid,
    pub offer_id: Uuid,
    pub given_by: Uuid,
    pub given_by_name: String,
    /// When the customer used it, and who marked that.
    pub used_at: Option<DateTimeUtc>,
    pub used_by: Option<Uuid>,
    pub used_by_name: Option<String>,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
    pub live: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "offer::Entity",
        from = "(Column::TenantId, Column::OfferId)",
        to = "(offer::Column::TenantId, offer::Column::Id)"
    )]
    Offer,
    #[sea_orm(
        belongs_to = "customers::Entity",
        from = "(Column::TenantId, Column::CustomerId)",
        to = "(customers::Column::TenantId, customers::Column::Id)"
    )]
    Customer,
}

impl Related<offer::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Offer.def()
    }
}

crate::fields!(of CustomerId; plain GivenByName, UsedByName);

impl ActiveModelBehavior for ActiveModel {}

crate::tenanted!(aggregate "customer_offer", |look| of_customer(Column::CustomerId, look, Resource::Customers));
