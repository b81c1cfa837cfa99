//! Interactions, tasks, the inbox, and what WeChat was asked to send.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("interactions")
            .uuid("customer_id")
            .text("channel")
            .opt_long_text("content")
            .instant("happened_at")
            .opt_instant("next_contact_at")
            .opt_text("next_step")
            .opt_uuid("task_id")
            .uuid("author_id")
            .text("author_name")
            .aggregate()
            .index(&["tenant_id", "customer_id", "live", "created_at", "id"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::tenanted("tasks")
            .uuid("customer_id")
            .text("title")
            .instant("due_at")
            .text("status")
            .uuid("assignee_id")
            .opt_instant("reminded_at")
            .aggregate()
            .index(&["tenant_id", "assignee_id", "status", "due_at"])
            .index(&["tenant_id", "customer_id", "status"])
            .index(&["tenant_id", "live", "created_at", "id"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::tenanted("inbox_items")
            .uuid("staff_id")
            .text("kind")
            .uuid("source_id")
            .instant("due_at")
            .text("title")
            .opt_long_text("body")
            .opt_uuid("customer_id")
            .opt_instant("read_at")
            .text("wechat")
            .instant("created_at")
            .unique(&["tenant_id", "kind", "source_id", "due_at"])
            .index(&["tenant_id", "staff_id", "created_at", "id"])
            .create(manager)
            .await?;
        Table::tenanted("sends")
            .uuid("inbox_id")
            .uuid("account_id")
            .text("appid")
            .text("openid")
            .text("template_id")
            .text("state")
            .opt_int("errcode")
            .opt_text("message_id")
            .instant("created_at")
            .opt_instant("settled_at")
            .unique(&["tenant_id", "inbox_id"])
            .index(&["appid", "openid", "template_id", "state"])
            .index(&["state", "created_at"])
            .create(manager)
            .await?;
        Table::system("subscription_credits", &["account_id", "appid", "template_id"])
            .uuid("account_id")
            .text("appid")
            .text("template_id")
            .int("balance")
            .instant("updated_at")
            .create(manager)
            .await?;
        Table::system("credit_entries", &["id"])
            .uuid("id")
            .uuid("account_id")
            .text("appid")
            .text("template_id")
            .int("delta")
            .text("reason")
            .instant("created_at")
            .index(&["account_id", "template_id", "created_at"])
            .create(manager)
            .await?;
        Table::system("push_events", &["appid", "digest"])
            .text("appid")
            .digest("digest")
            .instant("received_at")
            .index(&["received_at"])
            .create(manager)
            .await?;
        Ok(())
    }
}
