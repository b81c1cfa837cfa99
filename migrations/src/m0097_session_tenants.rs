//! In which businesses a session has been on the staff side: they are the ones to whom it is shown.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("session_tenants", &["session_id", "tenant_id"])
            .uuid("session_id")
            .int("tenant_id")
            .instant("begun_at")
            .index(&["tenant_id", "session_id"])
            .create(manager)
            .await
    }
}
