//! When a person or a business was erased.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("customers", &[]).opt_instant("erased_at").add(manager).await?;
        Table::system("tenants", &[]).opt_instant("erased_at").add(manager).await
    }
}
