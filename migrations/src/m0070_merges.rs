//! Merging two records of one customer, and undoing that.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("customers", &[])
            .opt_uuid("merged_into")
            .index(&["tenant_id", "merged_into"])
            .add(manager)
            .await?;
        Table::tenanted("merges")
            .uuid("customer_id")
            .uuid("other_id")
            .uuid("staff_id")
            .text("state")
            .opt_sealed("before")
            .int("moved")
            .int("kept")
            .opt_json("kept_fields")
            .instant("created_at")
            .opt_instant("undo_until")
            .opt_instant("undone_at")
            .index(&["tenant_id", "created_at", "id"])
            .index(&["tenant_id", "other_id"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .references(&["tenant_id", "other_id"], "customers", &["tenant_id", "id"])
            .references(&["tenant_id", "staff_id"], "staff", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::part("merge_rows", &["tenant_id", "merge_id", "kind", "row_id"])
            .uuid("merge_id")
            .text("kind")
            .uuid("row_id")
            .opt_int("version")
            .opt_text("outcome")
            .index(&["tenant_id", "merge_id", "outcome", "kind"])
            .references(&["tenant_id", "merge_id"], "merges", &["tenant_id", "id"])
            .create(manager)
            .await
    }
}
