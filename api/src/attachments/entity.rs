//! The tables of attachments.

/// Files.
pub mod attachment {
    use crate::customers::of_customer;
    use crate::db::Code;
    use crate::scope::{Eyes, every, none};
    use domain::attachments::AttachmentKind;
    use domain::permission::Resource;
    use sea_orm::entity::prelude::*;
    use sea_orm::sea_query::Condition;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "attachments")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Who sent it.
        pub staff_id: Uuid,
        /// On whom it hangs.
        pub customer_id: Option<Uuid>,
        /// The business's own field that names it.
        pub field_id: Option<Uuid>,
        pub name: String,
        /// None while it arrives.
        pub kind: Option<Code<AttachmentKind>>,
        pub bytes: i64,
        pub pieces: i64,
        /// Its own key, sealed under the business's or the person's.
        pub sealed_key: Option<Vec<u8>>,
        pub created_at: DateTimeUtc,
        /// When it goes, if no row names it.
        pub kept_until: Option<DateTimeUtc>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(of CustomerId; plain Kind; personal Name);

    crate::tenanted!(
        record
            | look
            | match look.eyes {
                Eyes::All => every(),
                Eyes::Orders(_) => none(),
                // Until a row names it, it is there for whoever sent it.
                Eyes::Staff(sight) => Condition::any()
                    .add(Condition::all().add(Column::CustomerId.is_null()).add(Column::StaffId.eq(sight.me)))
                    .add(Condition::all().add(Column::CustomerId.is_not_null()).add(of_customer(
                        Column::CustomerId,
                        look,
                        Resource::Customers
                    )),),
            }
    );
}

/// Their bytes, a piece in a row, sealed: any server finds them, and a copy of the database says nothing.
pub mod piece {
    use super::attachment;
    use crate::scope::{Eyes, every, through};
    use sea_orm::entity::prelude::*;
    use sea_orm::sea_query::Query;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "attachment_pieces")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub attachment_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub sealed: Option<Vec<u8>>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!();

    crate::tenanted!(part of AttachmentId, |look| {
        if matches!(look.eyes, Eyes::All) {
            return every();
        }
        let whole = Query::select()
            .column(attachment::Column::Id)
            .from(attachment::Entity)
            .and_where(attachment::Column::TenantId.eq(look.tenant_id))
            .cond_where(attachment::Entity::rows(look))
            .to_owned();
        through(Column::AttachmentId, whole)
    });
}
