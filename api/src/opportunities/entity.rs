//! The table of opportunities. Whose one is follows from its customer, so nothing has to be handed over.

use crate::customers::{self, of_customer};
use crate::db::Code;
use domain::opportunities::{OpportunityState, Stage};
use domain::permission::Resource;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer_id: Uuid,
    pub name: String,
    pub amount_fen: Option<i64>,
    pub stage: Code<Stage>,
    pub state: Code<OpportunityState>,
    pub closes_on: Option<Date>,
    pub next_step: Option<String>,
    pub lost_reason: Option<String>,
    /// When it was won or lost; NULL while it is open.
    pub ended_at: Option<DateTimeUtc>,
    pub created_by: Uuid,
    pub created_by_name: String,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
    pub live: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "customers::Entity",
        from = "(Column::TenantId, Column::CustomerId)",
        to = "(customers::Column::TenantId, customers::Column::Id)"
    )]
    Customer,
}

impl Related<customers::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Customer.def()
    }
}

crate::fields!(of CustomerId; personal Name, NextStep, LostReason; plain CreatedByName);

impl ActiveModelBehavior for ActiveModel {}

// As far as orders are seen: both say what somebody buys, and for how much.
crate::tenanted!(aggregate "opportunity", |look| of_customer(Column::CustomerId, look, Resource::Orders));
