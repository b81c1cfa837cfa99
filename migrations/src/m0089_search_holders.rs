//! What is searched says again who holds the customer, so that a salesperson's names are a piece of one index.

use crate::fill::fill_holders;
use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const SEARCH: &str = "customer_search";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system(SEARCH, &[]).opt_uuid("holder_id").add(manager).await?;
        fill_holders(manager, SEARCH).await?;
        Table::system(SEARCH, &[]).index(&["tenant_id", "holder_id", "name_key", "customer_id"]).add(manager).await
    }
}
