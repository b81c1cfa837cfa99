//! Businesses that are suspended, and operators of the installation itself.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("tenants", &[]).opt_instant("suspended_at").add(manager).await?;
        // 1 for those who manage all businesses of the installation.
        Table::system("operators", &[]).opt_int("installation").add(manager).await
    }
}
