//! Indexes that hold all that the customer list is narrowed by, so that a page of it is found in one of them.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// What they make superfluous: their beginnings.
const SUPERFLUOUS: [&str; 3] = ["customers_0", "customers_1", "customers_tenant_id_owner_id_live_region_created_at_id"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("customers", &[])
            .index(&["tenant_id", "live", "created_at", "id", "region", "owner_id", "pool_id"])
            .index(&["tenant_id", "owner_id", "live", "created_at", "id", "region", "pool_id"])
            .add(manager)
            .await?;
        for name in SUPERFLUOUS {
            if manager.has_index("customers", name).await? {
                manager.drop_index(Index::drop().name(name).table(Alias::new("customers")).to_owned()).await?;
            }
        }
        Ok(())
    }
}
