//! Failed attempts, by account and by address.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("lockouts", &["digest"])
            .digest("digest")
            .int("failures")
            .instant("failed_at")
            .opt_instant("locked_until")
            .index(&["failed_at"])
            .create(manager)
            .await?;
        Ok(())
    }
}
