//! The list of a pool in its own order: without the id SQLite walked everybody, newest first, and those who were written
//! down last are in no pool.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// What it makes superfluous: its beginning.
const SUPERFLUOUS: &str = "customers_tenant_id_pool_id_live_created_at";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("customers", &[])
            .index(&["tenant_id", "pool_id", "live", "created_at", "id"])
            .add(manager)
            .await?;
        if manager.has_index("customers", SUPERFLUOUS).await? {
            let superfluous = Index::drop().name(SUPERFLUOUS).table(Alias::new("customers")).to_owned();
            manager.drop_index(superfluous).await?;
        }
        Ok(())
    }
}
