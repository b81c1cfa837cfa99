//! The table of runs: how far a customer is with a plan.

use crate::customers::of_customer;
use crate::db::Code;
use domain::permission::Resource;
use domain::plans::PlanEnd;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub plan_id: Uuid,
    pub customer_id: Uuid,
    /// The present stage, from 0.
    pub stage: i64,
    /// When it began, which its tasks carry as theirs; NULL: the customer waits in a pool for somebody.
    pub stage_at: Option<DateTimeUtc>,
    /// 1 while the customer has kept the tag since: only whoever gets it anew begins anew.
    pub tagged: Option<i64>,
    pub started_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub why: Option<Code<PlanEnd>>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

crate::fields!(of CustomerId; plain Why);

impl ActiveModelBehavior for ActiveModel {}

crate::tenanted!(record | look | of_customer(Column::CustomerId, look, Resource::Customers));
