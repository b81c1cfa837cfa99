//! Orders, their lines and course, and who may see them from the customer side.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("orders")
            .text("number")
            .uuid("customer_id")
            .text("status")
            .int("total_fen")
            .int("line_count")
            .text("first_line")
            .opt_sealed("vault")
            .opt_long_text("remark")
            .uuid("created_by")
            .text("created_by_name")
            .aggregate()
            .unique(&["tenant_id", "number"])
            .index(&["tenant_id", "live", "created_at", "id"])
            .index(&["tenant_id", "live", "status", "created_at", "id"])
            .index(&["tenant_id", "customer_id", "live", "created_at", "id"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::part("order_lines", &["tenant_id", "order_id", "position"])
            .uuid("order_id")
            .int("position")
            .text("name")
            .int("quantity")
            .int("unit_price_fen")
            .int("total_fen")
            .references(&["tenant_id", "order_id"], "orders", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::part("order_moves", &["tenant_id", "order_id", "position"])
            .uuid("order_id")
            .int("position")
            .text("event")
            .text("status")
            .opt_text("carrier")
            .opt_text("tracking_number")
            .opt_long_text("note")
            .uuid("staff_id")
            .text("staff_name")
            .instant("at")
            .references(&["tenant_id", "order_id"], "orders", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::system("order_phones", &["digest", "tenant_id", "order_id"])
            .digest("digest")
            .int("tenant_id")
            .uuid("order_id")
            .instant("ordered_at")
            .index(&["tenant_id", "order_id"])
            .create(manager)
            .await?;
        Table::system("receipt_codes", &["digest"])
            .digest("digest")
            .int("tenant_id")
            .uuid("order_id")
            .instant("expires_at")
            .opt_instant("used_at")
            .index(&["tenant_id", "order_id"])
            .create(manager)
            .await?;
        Table::system("account_orders", &["account_id", "tenant_id", "order_id"])
            .uuid("account_id")
            .int("tenant_id")
            .uuid("order_id")
            .instant("ordered_at")
            .instant("proved_at")
            .create(manager)
            .await?;
        Ok(())
    }
}
