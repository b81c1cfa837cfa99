//! A device whose session somebody ended stays out of the staff side until somebody chooses it there.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("sessions", &[]).opt_instant("held_back_at").add(manager).await
    }
}
