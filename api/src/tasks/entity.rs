//! The table of tasks.

use crate::customers::{self, of_customer};
use crate::db::Code;
use crate::scope::Eyes;
use domain::permission::Resource;
use domain::tasks::TaskStatus;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tasks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub customer_id: Uuid,
    pub title: String,
    pub due_at: DateTimeUtc,
    pub status: Code<TaskStatus>,
    pub assignee_id: Uuid,
    pub reminded_at: Option<DateTimeUtc>,
    /// The run of a follow-up plan that made it.
    pub plan_run_id: Option<Uuid>,
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

crate::fields!(of CustomerId; personal Title);

impl ActiveModelBehavior for ActiveModel {}

crate::tenanted!(aggregate "task", |look| {
    let on_customer = of_customer(Column::CustomerId, look, Resource::Tasks);
    match look.eyes {
        // A task that was given to somebody is theirs, also when the customer is not.
        Eyes::Staff(sight) => match sight.whose(Resource::Tasks) {
            Some(people) => Condition::any().add(Column::AssigneeId.is_in(people.iter().copied())).add(on_customer),
            None => on_customer,
        },
        Eyes::All | Eyes::Orders(_) => on_customer,
    }
});
