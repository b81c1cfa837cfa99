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
            .await?;
        // Newest first within a district, of everybody and of one owner.
        Table::system("customers", &[])
            .index(&["tenant_id", "live", "region", "created_at", "id"])
            .index(&["tenant_id", "owner_id", "live", "region", "created_at", "id"])
            .add(manager)
            .await
    }
}
