//! Invitations to become staff, found by their ticket before any business is known.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("staff_invitations", &["digest"])
            .digest("digest")
            .int("tenant_id")
            .uuid("id")
            .opt_text("name")
            .text("role")
            .opt_uuid("role_id")
            .opt_uuid("team_id")
            .uuid("invited_by")
            .instant("created_at")
            .instant("expires_at")
            .opt_instant("used_at")
            .opt_uuid("used_by")
            .index(&["tenant_id", "created_at"])
            .create(manager)
            .await
    }
}
