//! Records that look alike, and the scans that found them.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("duplicate_pairs")
            .uuid("customer_id")
            .uuid("other_id")
            .int("score")
            .text("reasons")
            .text("state")
            .instant("created_at")
            .index(&["tenant_id", "state", "score", "id"])
            .index(&["tenant_id", "customer_id"])
            .index(&["tenant_id", "other_id"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .references(&["tenant_id", "other_id"], "customers", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::tenanted("duplicate_scans")
            .uuid("staff_id")
            .text("state")
            .opt_instant("changed_at")
            .opt_uuid("after_id")
            .int("customers")
            .int("pairs")
            .instant("created_at")
            .opt_instant("finished_at")
            .index(&["tenant_id", "created_at", "id"])
            .references(&["tenant_id", "staff_id"], "staff", &["tenant_id", "id"])
            .create(manager)
            .await
    }
}
