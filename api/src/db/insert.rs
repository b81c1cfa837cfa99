//! Inserts. Their text follows from the table, the columns and the number of rows, so it is written down as it is: a tree
//! of expressions for each of the hundred values of a new customer's terms was a tenth of the server's time for it.

use super::transaction::{Asked, Transaction};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ConnectionTrait, DbBackend, DbErr, EntityName as _, EntityTrait, IdenStatic as _,
    Iterable as _, Statement, Values,
};

type Columns<A> = <<A as ActiveModelTrait>::Entity as EntityTrait>::Column;

/// Inserts rows in one statement, all of them or none.
///
/// # Errors
/// When one is refused, or when they do not all set the same columns.
pub(crate) async fn insert<A: ActiveModelTrait>(on: &impl ConnectionTrait, rows: Vec<A>) -> Result<(), DbErr> {
    execute(on, "INSERT", rows).await
}

/// Inserts rows in one statement. Where one is refused SQLite leaves those before it: whoever calls this throws the
/// transaction, or the part of it, away. (To be able to take back half a statement it would write down every page before
/// it changes it, and each of a customer's terms goes into a page of its own: a seventh of the time of creating one.)
///
/// # Errors
/// As [`insert`].
pub(crate) async fn insert_halves<A: ActiveModelTrait>(on: &impl ConnectionTrait, rows: Vec<A>) -> Result<(), DbErr> {
    execute(on, verb(on), rows).await
}

/// Inserts rows that hang on others and that nothing refuses, with whatever the transaction says next.
///
/// # Errors
/// When they do not all set the same columns; see [`Transaction::later`].
pub(crate) async fn append<A: ActiveModelTrait>(on: &Transaction, rows: Vec<A>) -> Result<(), DbErr> {
    match statement(on.get_database_backend(), verb(on), rows)? {
        Some(statement) => on.due(statement).await,
        None => Ok(()),
    }
}

/// Inserts rows that may be refused; whoever calls this throws the transaction away then.
///
/// # Errors
/// When one is refused already, or when they do not all set the same columns; see [`Transaction::ask`].
pub(crate) async fn ask<A: ActiveModelTrait>(on: &Transaction, rows: Vec<A>) -> Result<Option<Asked>, DbErr> {
    match statement(on.get_database_backend(), verb(on), rows)? {
        Some(statement) => on.ask(statement).await.map(Some),
        None => Ok(None),
    }
}

fn verb(on: &impl ConnectionTrait) -> &'static str {
    if on.get_database_backend() == DbBackend::Sqlite { "INSERT OR FAIL" } else { "INSERT" }
}

async fn execute<A: ActiveModelTrait>(on: &impl ConnectionTrait, verb: &str, rows: Vec<A>) -> Result<(), DbErr> {
    match statement(on.get_database_backend(), verb, rows)? {
        Some(statement) => on.execute_raw(statement).await.map(drop),
        None => Ok(()),
    }
}

fn statement<A: ActiveModelTrait>(backend: DbBackend, verb: &str, rows: Vec<A>) -> Result<Option<Statement>, DbErr> {
    let Some(first) = rows.first() else { return Ok(None) };
    let columns: Vec<_> = Columns::<A>::iter().filter(|column| !first.get(*column).is_not_set()).collect();
    let sql = text::<A>(verb, &columns, rows.len());
    let mut values = Vec::with_capacity(columns.len() * rows.len());
    for mut row in rows {
        for column in &columns {
            match row.take(*column) {
                ActiveValue::Set(value) | ActiveValue::Unchanged(value) => values.push(value),
                ActiveValue::NotSet => return Err(differ()),
            }
        }
        if Columns::<A>::iter().any(|column| !row.get(column).is_not_set()) {
            return Err(differ());
        }
    }
    Ok(Some(Statement { sql, values: Some(Values(values)), db_backend: backend }))
}

fn text<A: ActiveModelTrait>(verb: &str, columns: &[Columns<A>], rows: usize) -> String {
    let (table, names) = (A::Entity::default(), columns.iter().map(|column| column.as_str()));
    let mut sql = String::with_capacity(64 + columns.len() * 24 + rows * (columns.len() * 3 + 4));
    sql.extend([verb, " INTO `", table.table_name(), "`"]);
    for (at, name) in names.enumerate() {
        sql.extend([if at == 0 { " (`" } else { ", `" }, name, "`"]);
    }
    sql.push_str(") VALUES ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for at in 0..columns.len() {
            sql.push_str(if at == 0 { "?" } else { ", ?" });
        }
        sql.push(')');
    }
    sql
}

fn differ() -> DbErr {
    DbErr::Custom("rows of one statement set the same columns".to_owned())
}
