//! A connection of the guards' own to the database of the tests.

use crate::harness::Shop;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, QueryResult, Statement};
use secrecy::ExposeSecret as _;
use std::collections::BTreeMap;

/// Connects.
pub async fn open(shop: &Shop) -> DatabaseConnection {
    let url = shop.at.config().database.url.expose_secret().to_owned();
    Database::connect(url).await.expect("the tests' database opens")
}

/// Rows of a statement.
pub async fn select(db: &DatabaseConnection, sql: &str) -> Vec<QueryResult> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    db.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// Names of all tables.
pub async fn tables(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::MySql => {
            "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1"
        }
        _ => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
    };
    select(db, sql).await.iter().map(|row| row.try_get_by_index(0).expect("a name")).collect()
}

/// How many rows a business has in each table that names businesses.
pub async fn count(db: &DatabaseConnection, tenant: i64) -> BTreeMap<String, i64> {
    let columns = super::schema::columns(db).await;
    let tenanted = columns.iter().filter(|(_, columns)| columns.iter().any(|column| column.name == "tenant_id"));
    let counts: Vec<String> = tenanted
        .map(|(table, _)| format!("SELECT '{table}', COUNT(*) FROM {table} WHERE tenant_id = {tenant}"))
        .collect();
    let rows = select(db, &counts.join(" UNION ALL ")).await;
    let pair =
        |row: &QueryResult| (row.try_get_by_index(0).expect("a name"), row.try_get_by_index(1).expect("a count"));
    rows.iter().map(pair).collect()
}

/// `.cargo/config.toml` says how SQLite is compiled; whoever builds without it has a slower one and is not told.
#[actix_web::test]
async fn sqlite_is_compiled_for_a_server() {
    let db = Database::connect("sqlite::memory:").await.expect("a database in memory");
    let rows = select(&db, "PRAGMA compile_options").await;
    let options: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).expect("a name")).collect();
    let whole = "MAX_MMAP_SIZE=1099511627776";
    assert!(options.iter().any(|option| option == whole), "{whole} is missing in {options:?}");
    for unwanted in ["ENABLE_MEMORY_MANAGEMENT", "ENABLE_API_ARMOR"] {
        assert!(!options.iter().any(|option| option == unwanted), "{unwanted}");
    }
}
