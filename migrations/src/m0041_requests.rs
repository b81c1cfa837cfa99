//! What people ask of a business about their own data.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("data_requests")
            .uuid("customer_id")
            .uuid("account_id")
            .text("kind")
            .text("state")
            .opt_text("ground")
            .opt_sealed("vault")
            .instant("due_at")
            .opt_instant("answered_at")
            .opt_uuid("answered_by")
            .aggregate()
            .index(&["tenant_id", "live", "created_at", "id"])
            .index(&["tenant_id", "customer_id"])
            .index(&["account_id", "created_at"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Ok(())
    }
}
