//! The rest of the record: trade and size, needs, special dates, types of the business's own, relations
//! between customers, and stars.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("customers", &[])
            .opt_text("industry")
            .opt_text("size")
            .opt_long_text("needs")
            .opt_json("dates")
            .add(manager)
            .await?;
        // What is shown stands in the customer's row; these are how a day finds its people.
        Table::part("customer_dates", &["tenant_id", "customer_id", "position"])
            .uuid("customer_id")
            .int("position")
            .text("calendar")
            .int("month")
            .int("day")
            .int("leap")
            .index(&["tenant_id", "calendar", "month", "day", "customer_id"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::tenanted("customer_types")
            .text("code")
            .text("name")
            .aggregate()
            .unique(&["tenant_id", "code", "live"])
            .unique(&["tenant_id", "name", "live"])
            .create(manager)
            .await?;
        Table::tenanted("customer_relations")
            .uuid("customer_id")
            .uuid("other_id")
            .text("kind")
            .opt_text("note")
            .uuid("created_by")
            .instant("created_at")
            .unique(&["tenant_id", "customer_id", "other_id", "kind"])
            .index(&["tenant_id", "other_id"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .references(&["tenant_id", "other_id"], "customers", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::part("customer_stars", &["tenant_id", "staff_id", "customer_id"])
            .uuid("staff_id")
            .uuid("customer_id")
            .instant("created_at")
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .references(&["tenant_id", "staff_id"], "staff", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::system("customers", &[]).index(&["tenant_id", "type", "live"]).add(manager).await
    }
}
