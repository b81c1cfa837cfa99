//! The fields that a business makes itself, and what customers have in them.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("custom_fields")
            .text("key")
            .text("label")
            .text("kind")
            .int("place")
            .opt_json("rules")
            .aggregate()
            .unique(&["tenant_id", "key", "live"])
            .create(manager)
            .await?;
        // What is shown stands in the customer's row; these rows are how it is found: one for each value,
        // with a number or a text that orders as the value does. Sealed values have neither.
        Table::part("custom_values", &["tenant_id", "customer_id", "field_id", "position"])
            .uuid("customer_id")
            .uuid("field_id")
            .int("position")
            .opt_int("number_key")
            .opt_text("text_key")
            .opt_digest("unique_key")
            .unique(&["tenant_id", "field_id", "unique_key"])
            .index(&["tenant_id", "field_id", "number_key", "customer_id"])
            .index(&["tenant_id", "field_id", "text_key", "customer_id"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .references(&["tenant_id", "field_id"], "custom_fields", &["tenant_id", "id"])
            .create(manager)
            .await?;
        // Blind indexes of whatever is sealed beside phones: e-mails, WeChat ids, secret fields.
        Table::part("customer_digests", &["tenant_id", "customer_id", "kind", "position"])
            .uuid("customer_id")
            .text("kind")
            .int("position")
            .digest("digest")
            .opt_digest("next_digest")
            .opt_int("only_live")
            .unique(&["tenant_id", "kind", "digest", "only_live"])
            .unique(&["tenant_id", "kind", "next_digest", "only_live"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::system("customers", &[]).opt_json("custom").add(manager).await
    }
}
