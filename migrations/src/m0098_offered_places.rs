//! A colleague whose phone a business enters is asked before they work there: by whom they were entered, and whether
//! they declined.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("staff", &[]).opt_uuid("entered_by").add(manager).await?;
        Table::system("staff", &[]).opt_instant("declined_at").add(manager).await
    }
}
