//! A customer who refuses advertising in writing, without ever having been in the mini-program.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("customers", &[]).opt_instant("ads_refused_at").add(manager).await
    }
}
