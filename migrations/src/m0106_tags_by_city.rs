//! Rows of tags say in which city a customer is, so that a tag and a city, and whoever holds the customer, are a piece of
//! one index. The city is the first four digits of the region (GB/T 2260); the database keeps it by itself.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("customer_tags", &[])
            .following("city", "substr(region, 1, 4)")
            .index(&["tenant_id", "tag_id", "live", "city", "customer_at", "customer_id", "region", "holder_id"])
            .index(&["tenant_id", "tag_id", "live", "holder_id", "city", "customer_at", "customer_id", "region"])
            .add(manager)
            .await
    }
}
