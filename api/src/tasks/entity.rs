//! The table of tasks.

use crate::customers::{self, of_customer};
use crate::db::Code;
use crate::scope::Eyes;
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

crate::tenanted!(aggregate "task", |eyes, tenant_id| {
    let on_customer = of_customer(Column::CustomerId, eyes, tenant_id);
    match eyes {
        // A task that was given to somebody is theirs, also when the customer is not.
        Eyes::Own(me) => Condition::any().add(Column::AssigneeId.eq(*me)).add(on_customer),
        Eyes::All | Eyes::Orders(_) => on_customer,
    }
});
