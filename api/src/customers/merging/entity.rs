//! The tables of merges and of records that look alike.

/// Merges.
pub mod merge {
    use crate::customers::of_customer;
    use crate::db::Code;
    use domain::duplicates::MergeState;
    use domain::permission::Resource;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "merges")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Who stayed.
        pub customer_id: Uuid,
        /// Who was merged into them: a tombstone with everything it had.
        pub other_id: Uuid,
        /// Who merged them.
        pub staff_id: Uuid,
        pub state: Code<MergeState>,
        /// What stood in the record before and after, sealed under the key of who stayed.
        pub before: Option<Vec<u8>>,
        /// Rows that hung on the other one.
        pub moved: i64,
        /// Rows that stayed when it was undone, because somebody changed them since.
        pub kept: i64,
        /// The names of the fields that stayed then, as JSON.
        pub kept_fields: Option<String>,
        pub created_at: DateTimeUtc,
        /// Until when it can be undone.
        pub undo_until: Option<DateTimeUtc>,
        pub undone_at: Option<DateTimeUtc>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    crate::fields!(of CustomerId; plain State, KeptFields);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(record | look | of_customer(Column::CustomerId, look, Resource::Customers));
}

/// What a merge moved, row by row: ids only.
pub mod moved {
    use super::merge;
    use crate::scope::through;
    use sea_orm::entity::prelude::*;
    use sea_orm::sea_query::Query;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "merge_rows")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub merge_id: Uuid,
        /// The table.
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        /// The row; for parts of a record what they are of: the tag, the colleague.
        #[sea_orm(primary_key, auto_increment = false)]
        pub row_id: Uuid,
        /// Its version when it was moved, if it has one.
        pub version: Option<i64>,
        /// What became of it when the merge was undone.
        pub outcome: Option<String>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    crate::fields!(plain Kind, Outcome);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(part of MergeId, |look| {
        let merges = Query::select()
            .column(merge::Column::Id)
            .from(merge::Entity)
            .and_where(merge::Column::TenantId.eq(look.tenant_id))
            .cond_where(merge::Entity::rows(look))
            .to_owned();
        through(Column::MergeId, merges)
    });
}

/// Two records that look alike.
pub mod pair {
    use crate::customers::of_customer;
    use crate::db::Code;
    use domain::duplicates::PairState;
    use domain::permission::Resource;
    use sea_orm::Condition;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "duplicate_pairs")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        /// Follows from the two ids, so that no pair is there twice.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The one whose id comes first.
        pub customer_id: Uuid,
        pub other_id: Uuid,
        /// 0 to 100.
        pub score: i64,
        /// [`domain::duplicates::PairReason`], with commas.
        pub reasons: String,
        pub state: Code<PairState>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    crate::fields!(of CustomerId; plain Reasons, State);

    impl ActiveModelBehavior for ActiveModel {}

    // Whoever sees one of the two is told that there is another one.
    crate::tenanted!(
        record | look | {
            let of = |column| of_customer(column, look, Resource::Customers);
            Condition::any().add(of(Column::CustomerId)).add(of(Column::OtherId))
        }
    );
}

/// Scans of a business's customers for records that look alike.
pub mod scan {
    use crate::scope::{Eyes, every, none};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "duplicate_scans")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub staff_id: Uuid,
        /// `running` or `done`.
        pub state: String,
        /// Only customers that changed since then; none: all of them.
        pub changed_at: Option<DateTimeUtc>,
        /// The last customer that was looked at, so that whoever goes on knows where.
        pub after_id: Option<Uuid>,
        pub customers: i64,
        pub pairs: i64,
        pub created_at: DateTimeUtc,
        pub finished_at: Option<DateTimeUtc>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    crate::fields!(plain State);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(
        record
            | look
            | match look.eyes {
                Eyes::All | Eyes::Staff(_) => every(),
                Eyes::Orders(_) => none(),
            }
    );
}
