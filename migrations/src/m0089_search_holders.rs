//! What is searched says again who holds the customer, so that a salesperson's names are a piece of one index.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Customers that are written in one statement.
const ROWS: u64 = 500;

const SEARCH: &str = "customer_search";
const CUSTOMERS: &str = "customers";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system(SEARCH, &[]).opt_uuid("holder_id").add(manager).await?;
        fill(manager).await?;
        Table::system(SEARCH, &[]).index(&["tenant_id", "holder_id", "name_key", "customer_id"]).add(manager).await
    }
}

/// Fills what is there, some hundred rows at a time, in the order of the key.
async fn fill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let tenants = Query::select().column("id").from("tenants").to_owned();
    for row in connection.query_all(&tenants).await? {
        let tenant: i64 = row.try_get_by_index(0)?;
        let mut after: Vec<u8> = Vec::new();
        loop {
            let next = Query::select()
                .column("customer_id")
                .from(SEARCH)
                .and_where(Expr::col("tenant_id").eq(tenant))
                .and_where(Expr::col("customer_id").gt(after.clone()))
                .order_by("customer_id", Order::Asc)
                .limit(ROWS)
                .to_owned();
            let Some(last) = connection.query_all(&next).await?.pop() else { break };
            let last: Vec<u8> = last.try_get_by_index(0)?;
            connection.execute(&again(tenant, after, last.clone())).await?;
            after = last;
        }
    }
    Ok(())
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
