//! The tables that are searched.

/// What a customer's name and company are searched by.
pub mod searched {
    use crate::customers::held::Copied;
    use crate::customers::of_customer;
    use domain::permission::Resource;
    use sea_orm::entity::prelude::*;
    use sea_orm::sea_query::UpdateStatement;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_search")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer_id: Uuid,
        /// The name, folded: names that begin alike are next to each other.
        pub name_key: String,
        /// Name, company and how they are spelled, on lines.
        pub text: Option<String>,
        /// In which pool the customer is, or else who looks after it ([`again`]).
        pub holder_id: Option<Uuid>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    /// Writes into the rows of these customers who holds them.
    pub(crate) fn again(tenant_id: i64, customers: &[Uuid]) -> UpdateStatement {
        copied().again(tenant_id, customers)
    }

    /// Who holds them, as it stands here.
    pub(crate) fn copied() -> Copied {
        Copied::of(Entity, [Column::TenantId, Column::CustomerId, Column::HolderId])
    }

    crate::fields!(of CustomerId; personal NameKey, Text);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(part of CustomerId, |look| of_customer(Column::CustomerId, look, Resource::Customers));
}

/// The search index: which customers have which term (`search/terms.rs`).
pub mod term {
    use crate::customers::of_customer;
    use domain::permission::Resource;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_terms")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub term: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer_id: Uuid,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    crate::fields!(of CustomerId);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(part of CustomerId, |look| of_customer(Column::CustomerId, look, Resource::Customers));
}
