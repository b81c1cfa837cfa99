//! Follow-up plans, and how far each customer is with one.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("plans")
            .text("name")
            .uuid("tag_id")
            .opt_json("stages")
            .opt_instant("enabled_at")
            .aggregate()
            .unique(&["tenant_id", "name", "live"])
            .unique(&["tenant_id", "tag_id", "live"])
            .references(&["tenant_id", "tag_id"], "tags", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::tenanted("plan_runs")
            .uuid("plan_id")
            .uuid("customer_id")
            .int("stage")
            .opt_instant("stage_at")
            .opt_int("tagged")
            .instant("started_at")
            .opt_instant("ended_at")
            .opt_text("why")
            .index(&["tenant_id", "customer_id", "tagged"])
            .index(&["tenant_id", "plan_id", "tagged", "id"])
            .references(&["tenant_id", "plan_id"], "plans", &["tenant_id", "id"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::system("tasks", &[]).opt_uuid("plan_run_id").index(&["tenant_id", "plan_run_id"]).add(manager).await
    }
}
