//! The table of staff.

use crate::db::Code;
use crate::scope::{Eyes, every, none};
use domain::permission::Role;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "staff")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub role: Code<Role>,
    /// The business's own role, for [`Role::Custom`].
    pub role_id: Option<Uuid>,
    pub team_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    pub phone_digest: Option<Vec<u8>>,
    /// Under the key that follows, while one does.
    pub next_phone_digest: Option<Vec<u8>>,
    /// The phone itself, under the installation's key, to make digests from; none in rows of older versions.
    pub phone_sealed: Option<Vec<u8>>,
    pub auth_epoch: i64,
    pub suspended_at: Option<DateTimeUtc>,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
    pub live: Option<i64>,
    /// Who entered the phone: whoever it is offered to is told. None for whoever came by a ticket or the command line.
    pub entered_by: Option<Uuid>,
    /// When whoever has the phone declined the place.
    pub declined_at: Option<DateTimeUtc>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

crate::fields!(plain Name);

impl ActiveModelBehavior for ActiveModel {}

crate::tenanted!(aggregate "staff", |look| match look.eyes {
    // Colleagues know each other's names.
    Eyes::All | Eyes::Staff(_) => every(),
    Eyes::Orders(_) => none(),
});
