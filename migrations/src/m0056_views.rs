//! Saved views of the customer list, and the indexes that filters walk.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("customer_views")
            .uuid("staff_id")
            .opt_uuid("team_id")
            .text("name")
            .text("shared")
            .opt_json("filter")
            .aggregate()
            .index(&["tenant_id", "staff_id", "live"])
            .references(&["tenant_id", "staff_id"], "staff", &["tenant_id", "id"])
            .create(manager)
            .await
    }
}
