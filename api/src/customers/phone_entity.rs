//! Blind indexes of customers' phones; the numbers themselves are in the vault.

use crate::customers::held::Copied;
use crate::customers::of_customer;
use domain::permission::Resource;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::UpdateStatement;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_phones")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub digest: Vec<u8>,
    pub last_four: Vec<u8>,
    /// The digests under the index key that follows, while it is being replaced.
    pub next_digest: Option<Vec<u8>>,
    pub next_last_four: Option<Vec<u8>>,
    /// 1 for the first phone of a live customer: unique in the business.
    pub primary_live: Option<i64>,
    /// In which pool the customer is, or else who looks after it ([`again`]).
    pub holder_id: Option<Uuid>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

/// Writes into the rows of these customers who holds them.
pub(crate) fn again(tenant_id: i64, customers: &[Uuid]) -> UpdateStatement {
    copied().again(tenant_id, customers)
}

/// Who holds them, as it stands here.
pub(crate) fn copied() -> Copied {
    Copied::of(Entity, [Column::TenantId, Column::CustomerId, Column::HolderId])
}

crate::fields!(of CustomerId);

impl ActiveModelBehavior for ActiveModel {}

crate::tenanted!(part of CustomerId, |look| of_customer(Column::CustomerId, look, Resource::Customers));
