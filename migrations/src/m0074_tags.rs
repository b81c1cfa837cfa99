//! Categories, the order of tags, tags that became other ones, and tags that a rule gave.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("tag_groups", &[]).opt_int("place").opt_int("single").add(manager).await?;
        Table::system("tags", &[]).opt_int("place").opt_uuid("merged_into").opt_json("followed").add(manager).await?;
        Table::system("customer_tags", &[]).opt_int("by_rule").opt_uuid("merged_from").add(manager).await
    }
}
