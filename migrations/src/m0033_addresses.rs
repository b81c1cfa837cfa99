//! Networks that are blocked, and those that operators may come from.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("address_rules", &["kind", "network"])
            .text("kind")
            .text("network")
            .opt_text("reason")
            .opt_instant("expires_at")
            .instant("created_at")
            .create(manager)
            .await?;
        Ok(())
    }
}
