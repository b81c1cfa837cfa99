//! To whom a trial import has given customers so far, so that limits hold across the whole file.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("imports", &[]).opt_json("owned").add(manager).await
    }
}
