//! With which view somebody's list of customers opens.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::part("view_choices", &["tenant_id", "staff_id"])
            .uuid("staff_id")
            .text("view")
            .instant("created_at")
            .references(&["tenant_id", "staff_id"], "staff", &["tenant_id", "id"])
            .narrow()
            .create(manager)
            .await
    }
}
