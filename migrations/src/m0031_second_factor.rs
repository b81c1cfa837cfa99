//! Second factors: operators' TOTP, recovery codes, and challenges that wait for their proof.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("totp", &["account_id"])
            .uuid("account_id")
            .opt_sealed("secret")
            .opt_instant("confirmed_at")
            .opt_int("last_step")
            .instant("created_at")
            .create(manager)
            .await?;
        Table::system("recovery_codes", &["account_id", "digest"])
            .uuid("account_id")
            .digest("digest")
            .opt_instant("used_at")
            .create(manager)
            .await?;
        Table::system("challenges", &["digest"])
            .digest("digest")
            .uuid("account_id")
            .text("kind")
            .opt_uuid("session_id")
            .opt_digest("device")
            .opt_text("label")
            .opt_digest("answer")
            .int("attempts")
            .instant("created_at")
            .instant("expires_at")
            .opt_instant("used_at")
            .index(&["expires_at"])
            .create(manager)
            .await?;
        Table::system("operators", &[]).index(&["account_id"]).add(manager).await?;
        Ok(())
    }
}
