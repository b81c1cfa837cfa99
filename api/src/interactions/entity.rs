//! The table of interactions.

use crate::customers::of_customer;
use crate::db::Code;
use domain::interactions::Channel;
use domain::permission::Resource;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "interactions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer_id: Uuid,
    pub channel: Code<Channel>,
    pub content: Option<String>,
    pub happened_at: DateTimeUtc,
    pub next_contact_at: Option<DateTimeUtc>,
    pub next_step: Option<String>,
    pub task_id: Option<Uuid>,
    pub author_id: Uuid,
    pub author_name: String,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
    pub live: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

crate::fields!(of CustomerId; personal Content, NextStep; plain AuthorName);

impl ActiveModelBehavior for ActiveModel {}

crate::tenanted!(aggregate "interaction", |look| of_customer(Column::CustomerId, look, Resource::Interactions));
