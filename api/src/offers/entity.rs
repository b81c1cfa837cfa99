//! The tables of offers.

/// What a business offers.
pub mod offer {
    use crate::db::Code;
    use crate::scope::{Eyes, every, none};
    use domain::offers::OfferKind;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "offers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub kind: Code<OfferKind>,
        pub amount_fen: Option<i64>,
        /// The share of the price that is paid.
        pub percent: Option<i64>,
        pub gift: Option<String>,
        pub min_spend_fen: Option<i64>,
        pub terms: Option<String>,
        /// The first day in China on which it can be used, and the last one.
        pub first_day: Date,
        pub last_day: Date,
        /// Since when it is not given any more.
        pub stopped_at: Option<DateTimeUtc>,
        /// To how many customers it was given, and how many of them used it.
        pub given: i64,
        pub used: i64,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub live: Option<i64>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    crate::fields!(plain Name, Kind, Gift, Terms);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(aggregate "offer", |look| match look.eyes {
        Eyes::All | Eyes::Staff(_) => every(),
        Eyes::Orders(_) => none(),
    });
}
