//! The tables of a business's own fields.

/// What is defined.
pub mod field {
    use crate::db::Code;
    use crate::scope::{Eyes, every, none};
    use domain::custom_fields::{CustomKind, Definition, FieldTerms};
    use domain::table::Value as _;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "custom_fields")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub key: String,
        pub label: String,
        pub kind: Code<CustomKind>,
        /// Its place among the others.
        pub place: i64,
        /// [`FieldTerms`] as JSON.
        pub rules: Option<String>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub live: Option<i64>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(plain Key, Label, Rules);

    crate::tenanted!(aggregate "custom_field", |look| match look.eyes {
        Eyes::All | Eyes::Staff(_) => every(),
        Eyes::Orders(_) => none(),
    });

    impl Model {
        /// As the rules read it. Terms that cannot be read hide the field from everybody but the boss,
        /// rather than showing too much.
        pub fn definition(&self) -> Definition {
            let read = |text: &str| FieldTerms::read(&domain::json::parse(text).ok()?);
            Definition {
                id: self.id,
                key: self.key.clone(),
                label: self.label.clone(),
                kind: self.kind.0,
                order: self.place,
                rules: self.rules.as_deref().and_then(read).unwrap_or_default(),
                writable: true,
            }
        }
    }
}

/// What customers have in them, as it is looked for: one row for each value.
pub mod value {
    use crate::customers::of_customer;
    use domain::permission::Resource;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "custom_values")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub field_id: Uuid,
        /// 0, and on for several choices.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        /// Ten thousandths of a number, fen, days since 1970, or 0 and 1.
        pub number_key: Option<i64>,
        /// A folded text, or the key of a choice.
        pub text_key: Option<String>,
        /// A digest of the value of a live customer, where no two may have the same.
        pub unique_key: Option<Vec<u8>>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(of CustomerId; personal TextKey, NumberKey);

    crate::tenanted!(part of CustomerId, |look| of_customer(Column::CustomerId, look, Resource::Customers));
}

/// Blind indexes of what is sealed beside phones.
pub mod blind {
    use crate::customers::of_customer;
    use domain::permission::Resource;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_digests")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer_id: Uuid,
        /// `email`, `wechat`, or the id of a field.
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub digest: Vec<u8>,
        /// The digest under the index key that follows, while it is being replaced.
        pub next_digest: Option<Vec<u8>>,
        /// 1 where no two live customers may have the same.
        pub only_live: Option<i64>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(of CustomerId; plain Kind);

    crate::tenanted!(part of CustomerId, |look| of_customer(Column::CustomerId, look, Resource::Customers));
}
