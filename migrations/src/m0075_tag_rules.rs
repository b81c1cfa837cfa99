//! Rules that give tags.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("tag_rules")
            .uuid("tag_id")
            .opt_json("filter")
            .opt_int("enabled")
            .opt_instant("evaluated_at")
            .aggregate()
            .unique(&["tenant_id", "tag_id", "live"])
            .index(&["enabled", "live", "evaluated_at"])
            .references(&["tenant_id", "tag_id"], "tags", &["tenant_id", "id"])
            .create(manager)
            .await
    }
}
