//! The head of each business's chain of audit entries, and its daily anchors.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::part("audit_heads", &["tenant_id"])
            .int("seq")
            .digest("hash")
            // Entries up to here were removed when their time was over; the chain goes on from them.
            .int("cut_seq")
            .digest("cut_hash")
            .opt_text("anchored_day")
            .opt_int("retention_days")
            .instant("updated_at")
            .create(manager)
            .await?;
        Table::part("audit_anchors", &["tenant_id", "day"])
            .text("day")
            .int("seq")
            .digest("hash")
            .instant("made_at")
            .create(manager)
            .await?;
        Ok(())
    }
}
