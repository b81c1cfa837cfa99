//! Filling what a migration added, some hundred rows at a time, in the order of the key: no statement holds a million rows.

use sea_orm_migration::prelude::*;

/// Rows that are read, and customers that are written, in one statement.
const ROWS: u64 = 500;

/// Fills a new column of a table whose key is the business and a customer: `again` writes the rows of a business after one
/// customer up to another.
pub(crate) async fn fill(
    manager: &SchemaManager<'_>,
    table: &'static str,
    again: impl Fn(i64, Vec<u8>, Vec<u8>) -> UpdateStatement,
) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let tenants = Query::select().column("id").from("tenants").to_owned();
    for row in connection.query_all(&tenants).await? {
        let tenant: i64 = row.try_get_by_index(0)?;
        let mut after: Vec<u8> = Vec::new();
        loop {
            let next = Query::select()
                .column("customer_id")
                .from(table)
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

/// Writes who holds the customer into each row of such a table: the pool it is in, or else who looks after it.
pub(crate) async fn fill_holders(manager: &SchemaManager<'_>, table: &'static str) -> Result<(), DbErr> {
    let column = |name: &'static str| Expr::col(("customers", name));
    let again = |tenant: i64, after: Vec<u8>, last: Vec<u8>| {
        let holder = Query::select()
            .expr(Func::coalesce([column("pool_id"), column("owner_id")]))
            .from("customers")
            .and_where(column("tenant_id").eq(tenant))
            .and_where(column("id").equals((table, "customer_id")))
            .to_owned();
        Query::update()
            .table(table)
            .value("holder_id", Expr::SubQuery(None, Box::new(holder.into())))
            .and_where(Expr::col("tenant_id").eq(tenant))
            .and_where(Expr::col("customer_id").gt(after))
            .and_where(Expr::col("customer_id").lte(last))
            .to_owned()
    };
    fill(manager, table, again).await
}
