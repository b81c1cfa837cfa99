//! What an audit entry says besides who and when: whence it came, whose values it holds, sealed, and
//! its place in the chain.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("audit_entries", &[])
            .opt_text("address")
            .opt_uuid("session_id")
            .opt_uuid("person_id")
            .opt_sealed("sealed")
            .opt_int("seq")
            .opt_digest("hash")
            .unique(&["tenant_id", "seq"])
            // Entries that wait for their place have no `seq`.
            .index(&["seq", "tenant_id"])
            .index(&["tenant_id", "actor_id", "at", "id"])
            .index(&["tenant_id", "action", "at", "id"])
            .index(&["tenant_id", "resource", "at", "id"])
            .add(manager)
            .await?;
        Ok(())
    }
}
