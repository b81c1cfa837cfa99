//! What is searched says again who holds the customer, so that a salesperson's names are a piece of one index.

use crate::fill::fill;
use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const SEARCH: &str = "customer_search";
const CUSTOMERS: &str = "customers";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system(SEARCH, &[]).opt_uuid("holder_id").add(manager).await?;
        fill(manager, SEARCH, again).await?;
        Table::system(SEARCH, &[]).index(&["tenant_id", "holder_id", "name_key", "customer_id"]).add(manager).await
    }
}

fn again(tenant: i64, after: Vec<u8>, last: Vec<u8>) -> UpdateStatement {
    let column = |name: &'static str| Expr::col((CUSTOMERS, name));
    let holder = Query::select()
        .expr(Func::coalesce([column("pool_id"), column("owner_id")]))
        .from(CUSTOMERS)
        .and_where(column("tenant_id").eq(tenant))
        .and_where(column("id").equals((SEARCH, "customer_id")))
        .to_owned();
    Query::update()
        .table(SEARCH)
        .value("holder_id", Expr::SubQuery(None, Box::new(holder.into())))
        .and_where(Expr::col("tenant_id").eq(tenant))
        .and_where(Expr::col("customer_id").gt(after))
        .and_where(Expr::col("customer_id").lte(last))
        .to_owned()
}
