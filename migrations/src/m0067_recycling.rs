//! When a customer falls into a pool by itself.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("recycle_rules")
            .uuid("pool_id")
            .opt_json("terms")
            .opt_instant("enabled_at")
            .opt_instant("ran_at")
            .aggregate()
            .index(&["tenant_id", "pool_id", "live"])
            .index(&["live", "enabled_at", "ran_at"])
            .references(&["tenant_id", "pool_id"], "pools", &["tenant_id", "id"])
            .create(manager)
            .await
    }
}
