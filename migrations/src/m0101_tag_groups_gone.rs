//! What became of the tags of a group that was deleted or merged: what undoing puts back.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("tag_groups", &[]).opt_json("gone").add(manager).await
    }
}
