//! Rows of tags say again what customers are narrowed by beside a tag, so that one index leads to a page of them.

use crate::fill::fill;
use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TAGS: &str = "customer_tags";
const CUSTOMERS: &str = "customers";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system(TAGS, &[])
            .opt_instant("customer_at")
            .opt_text("region")
            .opt_uuid("holder_id")
            .opt_int("live")
            .add(manager)
            .await?;
        fill(manager, TAGS, again).await?;
        Table::system(TAGS, &[])
            // With this tag newest first; of this region; of this owner or pool.
            .index(&["tenant_id", "tag_id", "live", "customer_at", "customer_id", "region", "holder_id"])
            .index(&["tenant_id", "tag_id", "live", "region", "customer_at", "customer_id", "holder_id"])
            .index(&["tenant_id", "tag_id", "live", "holder_id", "customer_at", "customer_id", "region"])
            .add(manager)
            .await
    }
}

fn again(tenant: i64, after: Vec<u8>, last: Vec<u8>) -> UpdateStatement {
    let said = |what: Expr| {
        let customer = Query::select()
            .expr(what)
            .from(CUSTOMERS)
            .and_where(Expr::col((CUSTOMERS, "tenant_id")).eq(tenant))
            .and_where(Expr::col((CUSTOMERS, "id")).equals((TAGS, "customer_id")))
            .to_owned();
        Expr::SubQuery(None, Box::new(customer.into()))
    };
    let column = |name: &'static str| Expr::col((CUSTOMERS, name));
    Query::update()
        .table(TAGS)
        .value("customer_at", said(column("created_at")))
        .value("region", said(column("region")))
        .value("holder_id", said(Func::coalesce([column("pool_id"), column("owner_id")]).into()))
        .value("live", said(column("live")))
        .and_where(Expr::col("tenant_id").eq(tenant))
        .and_where(Expr::col("customer_id").gt(after))
        .and_where(Expr::col("customer_id").lte(last))
        .to_owned()
}
