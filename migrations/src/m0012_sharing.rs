//! Who helps with which customer, the pools 公海, and the handing over of a leaver's customers.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::part("customer_helpers", &["tenant_id", "customer_id", "staff_id"])
            .uuid("customer_id")
            .uuid("staff_id")
            .text("level")
            .instant("created_at")
            .index(&["tenant_id", "staff_id", "customer_id", "level"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .references(&["tenant_id", "staff_id"], "staff", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::tenanted("pools")
            .text("name")
            .aggregate()
            .unique(&["tenant_id", "name", "live"])
            .create(manager)
            .await?;
        // In a pool a customer keeps the owner it had last: it is the pool that nobody owns.
        Table::system("customers", &[])
            .opt_uuid("pool_id")
            .index(&["tenant_id", "pool_id", "live", "created_at"])
            .add(manager)
            .await?;
        Table::tenanted("handovers")
            .uuid("from_staff_id")
            .uuid("to_staff_id")
            .text("state")
            .int("customers")
            .int("tasks")
            .uuid("created_by")
            .instant("created_at")
            .opt_instant("finished_at")
            .index(&["tenant_id", "created_at"])
            .create(manager)
            .await
    }
}
