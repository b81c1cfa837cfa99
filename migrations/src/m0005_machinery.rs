//! Jobs, idempotency keys and the audit record.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("jobs", &["id"])
            .uuid("id")
            .int("tenant_id")
            .text("kind")
            .opt_json("payload")
            .text("state")
            .instant("run_at")
            .int("attempts")
            .opt_instant("lease_until")
            .opt_long_text("last_error")
            .instant("created_at")
            .index(&["state", "run_at"])
            .index(&["tenant_id", "state", "run_at"])
            .create(manager)
            .await?;
        Table::part("idempotency", &["tenant_id", "actor_id", "digest"])
            .uuid("actor_id")
            .digest("digest")
            .digest("body_digest")
            .opt_sealed("answer")
            .instant("created_at")
            .index(&["created_at"])
            .create(manager)
            .await?;
        Table::tenanted("audit_entries")
            .opt_uuid("actor_id")
            .text("actor_name")
            .text("action")
            .text("resource")
            .opt_uuid("resource_id")
            .opt_json("changes")
            .text("request_id")
            .instant("at")
            .index(&["tenant_id", "at", "id"])
            .index(&["tenant_id", "resource_id", "at"])
            .create(manager)
            .await?;
        Ok(())
    }
}
