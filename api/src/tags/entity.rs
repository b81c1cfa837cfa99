//! The tables of tags.

/// Groups.
pub mod group {
    use crate::scope::{Eyes, every, none};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tag_groups")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        /// Where it is shown; NULL: after those that were put in order.
        pub place: Option<i64>,
        /// 1 for a category: a customer has at most one of its tags.
        pub single: Option<i64>,
        /// What became of its tags when it was deleted or merged, as JSON: what undoing puts back.
        pub gone: Option<String>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub live: Option<i64>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    crate::fields!(plain Name; secret Gone);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(aggregate "tag_group", |look| match look.eyes {
        Eyes::All | Eyes::Staff(_) => every(),
        Eyes::Orders(_) => none(),
    });
}

/// Rules that give tags to whoever meets a filter.
pub mod rule {
    use crate::scope::{Eyes, every, none};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tag_rules")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tag_id: Uuid,
        /// `domain::filters::Filter` as JSON.
        pub filter: Option<String>,
        /// 1 while it is on.
        pub enabled: Option<i64>,
        /// When everybody was last looked at by it.
        pub evaluated_at: Option<DateTimeUtc>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub live: Option<i64>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    crate::fields!(secret Filter);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(aggregate "tag_rule", |look| match look.eyes {
        Eyes::All | Eyes::Staff(_) => every(),
        Eyes::Orders(_) => none(),
    });
}

/// Follow-up plans: whoever gets the tag gets the plan.
pub mod plan {
    use crate::scope::{Eyes, every, none};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "plans")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub tag_id: Uuid,
        /// `domain::plans::PlanStage`, as JSON.
        pub stages: Option<String>,
        /// When it was switched on; NULL while it is off.
        pub enabled_at: Option<DateTimeUtc>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub live: Option<i64>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    crate::fields!(plain Name; secret Stages);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(aggregate "plan", |look| match look.eyes {
        Eyes::All | Eyes::Staff(_) => every(),
        Eyes::Orders(_) => none(),
    });
}

/// Tags.
pub mod tag {
    use super::group;
    use crate::scope::{Eyes, every, none};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tags")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub group_id: Uuid,
        pub name: String,
        pub colour: String,
        /// Where it is shown in its group.
        pub place: Option<i64>,
        /// The tag it became.
        pub merged_into: Option<Uuid>,
        /// Filters that named it and were rewritten then, as JSON: what undoing puts back.
        pub followed: Option<String>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub live: Option<i64>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "group::Entity",
            from = "(Column::TenantId, Column::GroupId)",
            to = "(group::Column::TenantId, group::Column::Id)"
        )]
        Group,
    }

    impl Related<group::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Group.def()
        }
    }

    crate::fields!(plain Name, Colour; secret Followed);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(aggregate "tag", |look| match look.eyes {
        Eyes::All | Eyes::Staff(_) => every(),
        Eyes::Orders(_) => none(),
    });
}
