//! Customers, their phones' blind indexes, and tags.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("customers")
            .uuid("owner_id")
            .text("name")
            .text("kind")
            .text("type")
            .opt_text("company")
            .opt_text("title")
            .opt_text("region")
            .opt_text("source")
            .opt_date("birthday")
            .opt_long_text("remark")
            .opt_sealed("person_key")
            .opt_sealed("vault")
            .opt_instant("last_contact_at")
            .opt_instant("next_contact_at")
            .uuid("created_by")
            .aggregate()
            .index(&["tenant_id", "live", "created_at", "id"])
            .index(&["tenant_id", "owner_id", "live", "created_at", "id"])
            .index(&["tenant_id", "updated_at", "id"])
            .references(&["tenant_id", "owner_id"], "staff", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::part("customer_phones", &["tenant_id", "customer_id", "position"])
            .uuid("customer_id")
            .int("position")
            .digest("digest")
            .digest("last_four")
            .opt_int("primary_live")
            .unique(&["tenant_id", "digest", "primary_live"])
            .index(&["tenant_id", "last_four"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::tenanted("tag_groups")
            .text("name")
            .aggregate()
            .unique(&["tenant_id", "name", "live"])
            .create(manager)
            .await?;
        Table::tenanted("tags")
            .uuid("group_id")
            .text("name")
            .text("colour")
            .aggregate()
            .unique(&["tenant_id", "group_id", "name", "live"])
            .references(&["tenant_id", "group_id"], "tag_groups", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::part("customer_tags", &["tenant_id", "customer_id", "tag_id"])
            .uuid("customer_id")
            .uuid("tag_id")
            .index(&["tenant_id", "tag_id", "customer_id"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .references(&["tenant_id", "tag_id"], "tags", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Ok(())
    }
}
