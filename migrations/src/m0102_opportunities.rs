//! Opportunities: what customers may buy.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("opportunities")
            .uuid("customer_id")
            .text("name")
            .opt_int("amount_fen")
            .text("stage")
            .text("state")
            .opt_date("closes_on")
            .opt_long_text("next_step")
            .opt_long_text("lost_reason")
            .opt_instant("ended_at")
            .uuid("created_by")
            .text("created_by_name")
            .aggregate()
            .index(&["tenant_id", "live", "created_at", "id"])
            .index(&["tenant_id", "live", "state", "created_at", "id"])
            .index(&["tenant_id", "live", "ended_at", "customer_id"])
            .index(&["tenant_id", "customer_id", "live", "created_at", "id"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .create(manager)
            .await
    }
}
