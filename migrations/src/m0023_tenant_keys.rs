//! Generations of a business's keys. A business that never had its key replaced has no rows here.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::part("tenant_keys", &["tenant_id", "kind", "generation"])
            .text("kind")
            .int("generation")
            .opt_sealed("sealed")
            .instant("used_from_at")
            .instant("created_at")
            .create(manager)
            .await
    }
}
