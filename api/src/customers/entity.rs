//! The tables of customers.

pub use super::phone_entity as phone;
pub use super::search::entity::{searched, term};

/// Customers.
pub mod customer {
    use crate::customers::seen;
    use crate::db::Code;
    use crate::scope::Repeated;
    use domain::customers::{CompanySize, CustomerKind, CustomerSource, Industry};
    use domain::permission::Resource;
    use sea_orm::entity::prelude::*;
    use sea_orm::sea_query::{Expr, ExprTrait as _, Func, IntoColumnRef, Query};

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Who looks after the customer; in a pool, who did last.
        pub owner_id: Uuid,
        /// The pool 公海 it waits in, owned by nobody.
        pub pool_id: Option<Uuid>,
        pub name: String,
        pub kind: Code<CustomerKind>,
        /// A [`domain::customers::CustomerType`], or one of the business's own.
        #[sea_orm(column_name = "type")]
        pub type_: String,
        pub company: Option<String>,
        pub title: Option<String>,
        pub region: Option<String>,
        pub source: Option<Code<CustomerSource>>,
        /// Trade, by GB/T 4754.
        pub industry: Option<Code<Industry>>,
        pub size: Option<Code<CompanySize>>,
        pub needs: Option<String>,
        /// Special dates, as JSON.
        pub dates: Option<String>,
        pub birthday: Option<Date>,
        pub remark: Option<String>,
        /// The person's data key, wrapped by the business's.
        pub person_key: Option<Vec<u8>>,
        /// Phones, e-mails, WeChat ids, the address and secret fields, sealed under the person's key.
        pub vault: Option<Vec<u8>>,
        pub last_contact_at: Option<DateTimeUtc>,
        pub next_contact_at: Option<DateTimeUtc>,
        pub created_by: Uuid,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub live: Option<i64>,
        /// When the person was erased; then nothing above is theirs any more.
        pub erased_at: Option<DateTimeUtc>,
        /// What the business's own fields hold, as JSON; what is sealed of them is in the vault.
        pub custom: Option<String>,
        /// The customer into whom this one was merged; then it is a tombstone.
        pub merged_into: Option<Uuid>,
        /// Since when its owner looks after it; NULL: since it was written down.
        pub owned_at: Option<DateTimeUtc>,
        /// When they last refused advertising other than in the mini-program; a consent given there later counts.
        pub ads_refused_at: Option<DateTimeUtc>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    crate::fields!(of Id; personal Name, Company, Title, Region, Birthday, Remark, Custom, Needs, Dates; plain Type);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(
        aggregate "customer",
        |look| seen(look, Resource::Customers),
        fn repeated() -> &'static [Repeated<Entity>] {
            use super::{phone, searched, tagging};
            &[
                Repeated {
                    columns: &[Column::Region, Column::OwnerId, Column::PoolId, Column::Live],
                    again: tagging::again,
                },
                Repeated { columns: &[Column::OwnerId, Column::PoolId], again: searched::again },
                Repeated { columns: &[Column::OwnerId, Column::PoolId], again: phone::again },
            ]
        }
    );

    /// In which pool somebody is, or else who looks after them: of a row that is read.
    pub(crate) fn holder() -> Expr {
        let column = |column: Column| Expr::col((Entity, column));
        Func::coalesce([column(Column::PoolId), column(Column::OwnerId)]).into()
    }

    /// What the row of a customer says, whom a column of another table names.
    pub(in crate::customers) fn said(tenant_id: i64, what: Expr, customer: impl IntoColumnRef) -> Expr {
        let said = Query::select()
            .expr(what)
            .from(Entity)
            .and_where(Column::TenantId.eq(tenant_id))
            .and_where(Expr::col((Entity, Column::Id)).equals(customer))
            .to_owned();
        Expr::SubQuery(None, Box::new(said.into()))
    }

    impl Model {
        /// In which pool it is, or else who looks after it.
        pub(crate) fn holder(&self) -> Uuid {
            self.pool_id.unwrap_or(self.owner_id)
        }
    }
}

/// Which customer has which tag.
pub mod tagging {
    use super::customer;
    use crate::customers::of_customer;
    use crate::tags::entity::tag;
    use domain::permission::Resource;
    use sea_orm::Set;
    use sea_orm::entity::prelude::*;
    use sea_orm::sea_query::{Expr, ExprTrait as _, Query, UpdateStatement};

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_tags")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub tag_id: Uuid,
        /// 1 when a rule gave it, which may take it away again.
        pub by_rule: Option<i64>,
        /// The tag that became this one, when the customer had only that.
        pub merged_from: Option<Uuid>,
        /// From here on what the customer's row says, so that an index of tags leads to whoever also lives somewhere
        /// or is looked after by somebody ([`again`]): when they were written down,
        pub customer_at: Option<DateTimeUtc>,
        /// where they are,
        pub region: Option<String>,
        /// in which pool, or else looked after by whom,
        pub holder_id: Option<Uuid>,
        /// and 1 unless they are deleted.
        pub live: Option<i64>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "tag::Entity",
            from = "(Column::TenantId, Column::TagId)",
            to = "(tag::Column::TenantId, tag::Column::Id)"
        )]
        Tag,
    }

    impl Related<tag::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Tag.def()
        }
    }

    /// The row that gives a customer a tag.
    pub(in crate::customers) fn of(customer: &customer::Model, tag: Uuid) -> ActiveModel {
        ActiveModel {
            customer_id: Set(customer.id),
            tag_id: Set(tag),
            customer_at: Set(Some(customer.created_at)),
            region: Set(customer.region.clone()),
            holder_id: Set(Some(customer.holder())),
            live: Set(customer.live),
            ..Default::default()
        }
    }

    /// Writes into the rows of these customers what the customers' own rows say.
    pub(crate) fn again(tenant_id: i64, customers: &[Uuid]) -> UpdateStatement {
        let said = |what: Expr| customer::said(tenant_id, what, (Entity, Column::CustomerId));
        let column = |column: customer::Column| Expr::col((customer::Entity, column));
        Query::update()
            .table(Entity)
            .value(Column::CustomerAt, said(column(customer::Column::CreatedAt)))
            .value(Column::Region, said(column(customer::Column::Region)))
            .value(Column::HolderId, said(customer::holder()))
            .value(Column::Live, said(column(customer::Column::Live)))
            .and_where(Expr::col(Column::TenantId).eq(tenant_id))
            .and_where(Expr::col(Column::CustomerId).is_in(customers.iter().copied()))
            .to_owned()
    }

    crate::fields!(of CustomerId; personal Region);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(part of CustomerId, |look| of_customer(Column::CustomerId, look, Resource::Customers));
}

/// Colleagues who help with a customer.
pub mod helper {
    use crate::customers::of_customer;
    use crate::db::Code;
    use domain::permission::{HelperLevel, Resource};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_helpers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub staff_id: Uuid,
        pub level: Code<HelperLevel>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(of CustomerId);

    crate::tenanted!(
        part of CustomerId,
        |look| of_customer(Column::CustomerId, look, Resource::Customers),
        const SHOWS: bool = true;
    );
}

/// Pools 公海: customers whom nobody looks after.
pub mod pool {
    use crate::scope::{Eyes, every, none};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "pools")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub live: Option<i64>,
        /// 1: only members see it. NULL: everybody whose role sees pools.
        pub members_only: Option<i64>,
        /// Customers that one person may take a day.
        pub claims_a_day: Option<i64>,
        /// Days before a former owner may take a customer again.
        pub reclaim_days: Option<i64>,
        /// The pool that gets its customers, while it is being given up.
        pub moving_to: Option<Uuid>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(plain Name);

    crate::tenanted!(aggregate "pool", |look| match look.eyes {
        Eyes::All | Eyes::Staff(_) => every(),
        Eyes::Orders(_) => none(),
    });
}

/// With which view somebody's list opens.
pub mod view_choice {
    use crate::scope::{Eyes, every, none};
    use sea_orm::Condition;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "view_choices")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub staff_id: Uuid,
        /// `all`, `mine`, `pool`, or the id of a saved view.
        pub view: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(plain View);

    crate::tenanted!(part of StaffId, |look| match look.eyes {
        Eyes::All => every(),
        Eyes::Staff(sight) => Condition::all().add(Column::StaffId.eq(sight.me)),
        Eyes::Orders(_) => none(),
    });
}

/// Saved views of the customer list.
pub mod view {
    use crate::db::Code;
    use crate::scope::{Eyes, every, none};
    use crate::tenants::staff;
    use domain::filters::Shared;
    use sea_orm::entity::prelude::*;
    use sea_orm::sea_query::{Condition, Query};

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_views")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub staff_id: Uuid,
        /// The team whose members see it as well.
        pub team_id: Option<Uuid>,
        pub name: String,
        pub shared: Code<Shared>,
        /// `domain::filters::Filter` as JSON.
        pub filter: Option<String>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub live: Option<i64>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(plain Name; secret Filter);

    crate::tenanted!(aggregate "view", |look| match look.eyes {
        Eyes::All => every(),
        Eyes::Orders(_) => none(),
        Eyes::Staff(sight) => {
            let mine = Column::StaffId.eq(sight.me);
            let my_team = Query::select()
                .column(staff::Column::TeamId)
                .from(staff::Entity)
                .and_where(staff::Column::TenantId.eq(look.tenant_id))
                .and_where(staff::Column::Id.eq(sight.me))
                .and_where(staff::Column::TeamId.is_not_null())
                .to_owned();
            let team = Condition::all()
                .add(Column::Shared.eq(Shared::Team.as_str()))
                .add(Column::TeamId.in_subquery(my_team));
            let others = Condition::any().add(Column::Shared.eq(Shared::Everyone.as_str())).add(team);
            // Shared views are there to be used; only their owner changes them.
            Condition::any().add(mine).add_option((!look.write).then_some(others))
        }
    });
}
