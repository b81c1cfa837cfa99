//! The digests of phones under the key that follows, beside those under the present one.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("customer_phones", &[])
            .opt_digest("next_digest")
            .opt_digest("next_last_four")
            .unique(&["tenant_id", "next_digest", "primary_live"])
            .index(&["tenant_id", "next_last_four"])
            .add(manager)
            .await
    }
}
