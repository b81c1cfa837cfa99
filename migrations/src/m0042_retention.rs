//! How long a business keeps what: settings, since when they hold, and when they were last applied.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("tenants", &[])
            .opt_int("customers_idle_days")
            .opt_int("requests_days")
            .opt_instant("retention_set_at")
            .opt_instant("retained_at")
            .add(manager)
            .await
    }
}
