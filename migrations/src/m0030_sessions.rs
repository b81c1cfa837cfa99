//! What a person sees of their sessions: the device, the network, the last use.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("sessions", &[])
            .opt_text("method")
            .opt_text("label")
            .opt_text("network")
            .opt_instant("used_at")
            .opt_instant("stepped_up_until")
            .opt_instant("wiped_at")
            .add(manager)
            .await?;
        Ok(())
    }
}
