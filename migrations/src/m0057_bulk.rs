//! Bulk actions, and what each did to every row.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("bulk_actions")
            .uuid("staff_id")
            .text("state")
            .opt_json("asked")
            .opt_uuid("after_id")
            .int("done")
            .int("failed")
            .int("undone")
            .instant("created_at")
            .opt_instant("finished_at")
            .index(&["tenant_id", "staff_id", "created_at"])
            .references(&["tenant_id", "staff_id"], "staff", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::part("bulk_rows", &["tenant_id", "bulk_id", "customer_id"])
            .uuid("bulk_id")
            .uuid("customer_id")
            .opt_text("failure")
            .opt_json("before")
            .index(&["tenant_id", "bulk_id", "failure", "customer_id"])
            .references(&["tenant_id", "bulk_id"], "bulk_actions", &["tenant_id", "id"])
            .create(manager)
            .await
    }
}
