//! Which servers are alive, and under which master key each of them seals.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("servers", &["id"])
            .uuid("id")
            .text("kind")
            .text("process")
            .text("version")
            .text("key_id")
            .instant("started_at")
            .instant("seen_at")
            .create(manager)
            .await
    }
}
