//! What customers are found by. The worker fills it for customers who were there before.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::part("customer_search", &["tenant_id", "customer_id"])
            .uuid("customer_id")
            .text("name_key")
            .opt_long_text("text")
            .index(&["tenant_id", "name_key", "customer_id"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .create(manager)
            .await?;
        // No foreign key: it would need an index by customer, which is as large as the table. A term goes with the
        // name that it was made of.
        Table::part("customer_terms", &["tenant_id", "term", "customer_id"])
            .int("term")
            .uuid("customer_id")
            .narrow()
            .create(manager)
            .await?;
        // The rules by which the terms of a business were made; NULL: none were made yet.
        Table::system("tenants", &[]).opt_int("search_version").add(manager).await
    }
}
