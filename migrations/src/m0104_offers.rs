//! Offers of a business, and to whom they were given.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("offers")
            .text("name")
            .text("kind")
            .opt_int("amount_fen")
            .opt_int("percent")
            .opt_text("gift")
            .opt_int("min_spend_fen")
            .opt_long_text("terms")
            .date("first_day")
            .date("last_day")
            .opt_instant("stopped_at")
            .int("given")
            .int("used")
            .aggregate()
            .index(&["tenant_id", "live", "last_day"])
            .index(&["tenant_id", "live", "created_at", "id"])
            .create(manager)
            .await?;
        Table::tenanted("customer_offers")
            .uuid("customer_id")
            .uuid("offer_id")
            .uuid("given_by")
            .text("given_by_name")
            .opt_instant("used_at")
            .opt_uuid("used_by")
            .opt_text("used_by_name")
            .aggregate()
            .index(&["tenant_id", "customer_id", "live", "created_at", "id"])
            .unique(&["tenant_id", "offer_id", "live", "customer_id"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .references(&["tenant_id", "offer_id"], "offers", &["tenant_id", "id"])
            .create(manager)
            .await
    }
}
