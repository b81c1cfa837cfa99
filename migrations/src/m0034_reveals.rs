//! How many full phone numbers a member of staff was shown on a day.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::part("reveal_counts", &["tenant_id", "staff_id", "day"])
            .uuid("staff_id")
            .text("day")
            .int("shown")
            .create(manager)
            .await?;
        Ok(())
    }
}
