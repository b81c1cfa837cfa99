//! The table of hand-overs.

use crate::scope::{Eyes, every, none};
use domain::permission::Permission;
use sea_orm::entity::prelude::*;

/// The state while rows are still on their way.
pub const RUNNING: &str = "running";
/// The state when everything has arrived.
pub const DONE: &str = "done";
/// The state after the job gave up.
pub const FAILED: &str = "failed";

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "handovers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub from_staff_id: Uuid,
    pub to_staff_id: Uuid,
    /// `running`, `done` or `failed`.
    pub state: String,
    pub customers: i64,
    pub tasks: i64,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::fields!(plain State);

crate::tenanted!(
    record
        | look
        | match look.eyes {
            Eyes::All => every(),
            Eyes::Staff(sight) if sight.rights.can(Permission::StaffHandover) => every(),
            Eyes::Staff(_) | Eyes::Orders(_) => none(),
        }
);
