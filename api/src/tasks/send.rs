//! The tables of inbox items and of what WeChat was asked to send.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

pub use row::{ActiveModel, Column, Entity, Model};

/// Items of the inbox.
pub mod inbox_item {
    use crate::scope::{Eyes, every, none};
    use sea_orm::Condition;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "inbox_items")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub staff_id: Uuid,
        pub kind: String,
        pub source_id: Uuid,
        pub due_at: DateTimeUtc,
        pub title: String,
        pub body: Option<String>,
        pub customer_id: Option<Uuid>,
        pub read_at: Option<DateTimeUtc>,
        pub wechat: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    crate::fields!(of CustomerId; personal Title, Body; plain Kind, Wechat);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(
        record
            | look
            | match look.eyes {
                Eyes::All => every(),
                // What one was told is nobody else's, whatever one's role.
                Eyes::Staff(sight) => Condition::all().add(Column::StaffId.eq(sight.me)),
                Eyes::Orders(_) => none(),
            }
    );
}

/// Sends: one for each inbox item that had a credit.
pub mod row {
    use crate::scope::{Eyes, every, none};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "sends")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub inbox_id: Uuid,
        pub account_id: Uuid,
        pub appid: String,
        pub openid: String,
        pub template_id: String,
        /// `pending`, `sending`, `sent`, `failed` or `unknown`.
        pub state: String,
        pub errcode: Option<i64>,
        pub message_id: Option<String>,
        pub created_at: DateTimeUtc,
        pub settled_at: Option<DateTimeUtc>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    crate::fields!(secret Openid; plain Appid, TemplateId, State, MessageId);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(
        record
            | look
            | match look.eyes {
                Eyes::All => every(),
                Eyes::Staff(_) | Eyes::Orders(_) => none(),
            }
    );
}

/// Writes what became of a send onto its inbox item.
#[expect(clippy::disallowed_methods, reason = "called from WeChat's push, which names no business")]
pub(crate) async fn tell_inbox(
    on: &impl ConnectionTrait,
    tenant_id: i64,
    inbox_id: Uuid,
    state: &str,
) -> Result<(), DbErr> {
    inbox_item::Entity::update_many()
        .col_expr(inbox_item::Column::Wechat, Expr::value(state))
        .filter(inbox_item::Column::TenantId.eq(tenant_id))
        .filter(inbox_item::Column::Id.eq(inbox_id))
        .exec(on)
        .await
        .map(|_| ())
}
