//! Old follow-ups that an import wrote down, so that it takes them back as well, and rows with a hint.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("imports", &[]).opt_int("hinted").add(manager).await?;
        Table::system("import_rows", &[]).opt_uuid("interaction_id").add(manager).await
    }
}
