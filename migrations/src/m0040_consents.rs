//! What people agreed to and took back: rows are added, never changed.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("consents", &["id"])
            .uuid("id")
            .uuid("account_id")
            .text("purpose")
            .text("version")
            .int("given")
            .instant("at")
            .text("network")
            .index(&["account_id", "purpose", "at"])
            .create(manager)
            .await?;
        Ok(())
    }
}
