//! Files that hang on rows of features, and their bytes in sealed pieces.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("attachments")
            .uuid("staff_id")
            .opt_uuid("customer_id")
            .opt_uuid("field_id")
            .text("name")
            .opt_text("kind")
            .int("bytes")
            .int("pieces")
            .opt_sealed("sealed_key")
            .instant("created_at")
            .opt_instant("kept_until")
            .index(&["tenant_id", "customer_id"])
            .index(&["kept_until"])
            .references(&["tenant_id", "staff_id"], "staff", &["tenant_id", "id"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::part("attachment_pieces", &["tenant_id", "attachment_id", "position"])
            .uuid("attachment_id")
            .int("position")
            .opt_large_sealed("sealed")
            .references(&["tenant_id", "attachment_id"], "attachments", &["tenant_id", "id"])
            .create(manager)
            .await
    }
}
