//! What holds for every table, on whichever database the tests run.

use super::database::{open, select, tables};
use crate::harness::Shop;
use migrations::{Migrator, MigratorTrait as _};
use sea_orm::{ColumnType, DatabaseConnection, DbBackend};
use sea_orm_migration::SchemaManager;
use std::collections::{BTreeMap, BTreeSet};

/// Tables that belong to no business, each with its reason. Every other table starts its key with
/// `tenant_id`.
const OF_NO_BUSINESS: &[(&str, &str)] = &[
    ("installation", "facts of the installation itself"),
    ("servers", "the processes that serve all businesses"),
    ("tenants", "the list of businesses"),
    ("accounts", "a person, in whatever businesses they work or buy"),
    ("wechat_identities", "found by openid before any business is known"),
    ("staff_invitations", "found by ticket before any business is known"),
    ("operators", "found by name before any business is known"),
    ("account_phones", "what a person proved holds in every business"),
    ("consents", "a person's, towards the installation"),
    ("sessions", "a person's, in whatever business they act"),
    ("session_tenants", "a person's session, found by itself, in whatever businesses it has been"),
    ("refresh_tokens", "found by digest before any business is known"),
    ("totp", "an operator's, wherever they work"),
    ("recovery_codes", "an operator's, wherever they work"),
    ("challenges", "a person's, before or beside any business"),
    ("lockouts", "counts who fails before anybody knows who they are"),
    ("address_rules", "the edge asks them before any business is known"),
    ("subscription_credits", "WeChat counts them for a person, not for a business"),
    ("credit_entries", "the ledger of subscription_credits"),
    ("push_events", "what WeChat pushes names no business"),
    ("order_phones", "leads the customer side to orders in all businesses"),
    ("receipt_codes", "leads whoever holds the receipt to its business"),
    ("account_orders", "leads an account to the orders it proved"),
    ("jobs", "claimed across businesses, then run in the row's own"),
    ("seaql_migrations", "which migrations have run"),
];

/// A column as the database describes it.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// `bigint(20)`, `datetime(6)`, `TEXT` …
    pub kind: String,
    pub null: bool,
    /// Its place in the primary key, from 1; 0 when it is no part of it.
    pub key: i64,
}

/// Columns of every table, without those that the database keeps by itself.
pub async fn columns(db: &DatabaseConnection) -> BTreeMap<String, Vec<Column>> {
    let sql = match db.get_database_backend() {
        DbBackend::MySql => {
            "SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, CAST(c.IS_NULLABLE = 'YES' AS SIGNED), CAST(COALESCE(k.ORDINAL_POSITION, 0) AS SIGNED)
               FROM information_schema.COLUMNS c
               LEFT JOIN information_schema.KEY_COLUMN_USAGE k
                 ON k.TABLE_SCHEMA = c.TABLE_SCHEMA AND k.TABLE_NAME = c.TABLE_NAME
                AND k.COLUMN_NAME = c.COLUMN_NAME AND k.CONSTRAINT_NAME = 'PRIMARY'
              WHERE c.TABLE_SCHEMA = DATABASE() AND c.EXTRA NOT LIKE '%VIRTUAL GENERATED%'
              ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION"
        }
        _ => {
            "SELECT t.name, c.name, c.type, c.\"notnull\" = 0, c.pk
               FROM sqlite_schema t, pragma_table_info(t.name) c
              WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid"
        }
    };
    let mut found: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for row in select(db, sql).await {
        let text = |at| row.try_get_by_index::<String>(at).expect("a text");
        let number = |at| row.try_get_by_index::<i64>(at).expect("a number");
        let column = Column { name: text(1), kind: text(2), null: number(3) == 1, key: number(4) };
        found.entry(text(0)).or_default().push(column);
    }
    found
}

/// Columns of each unique index besides the primary key, in their order.
async fn uniques(db: &DatabaseConnection) -> BTreeMap<(String, String), Vec<String>> {
    let sql = match db.get_database_backend() {
        DbBackend::MySql => {
            "SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS
              WHERE TABLE_SCHEMA = DATABASE() AND NON_UNIQUE = 0 AND INDEX_NAME <> 'PRIMARY'
              ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX"
        }
        _ => {
            "SELECT t.name, i.name, c.name FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
              WHERE t.type = 'table' AND i.\"unique\" = 1 AND i.origin <> 'pk' ORDER BY t.name, i.name, c.seqno"
        }
    };
    grouped(db, sql)
        .await
        .into_iter()
        .map(|(index, columns)| (index, columns.into_iter().map(|mut of| of.remove(0)).collect()))
        .collect()
}

/// Each foreign key: its table and name, and of each column the column here, the table there and the
/// column there.
async fn references(db: &DatabaseConnection) -> BTreeMap<(String, String), Vec<Vec<String>>> {
    let sql = match db.get_database_backend() {
        DbBackend::MySql => {
            "SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, r.DELETE_RULE
               FROM information_schema.KEY_COLUMN_USAGE k
               JOIN information_schema.REFERENTIAL_CONSTRAINTS r
                 ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
              WHERE k.TABLE_SCHEMA = DATABASE() AND k.REFERENCED_TABLE_NAME IS NOT NULL
              ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION"
        }
        _ => {
            "SELECT t.name, CAST(f.id AS TEXT), f.\"from\", f.\"table\", f.\"to\", f.on_delete FROM sqlite_schema t, pragma_foreign_key_list(t.name) f
              WHERE t.type = 'table' ORDER BY t.name, f.id, f.seq"
        }
    };
    grouped(db, sql).await
}

/// Rows by their first two columns.
async fn grouped(db: &DatabaseConnection, sql: &str) -> BTreeMap<(String, String), Vec<Vec<String>>> {
    let mut found: BTreeMap<_, Vec<Vec<String>>> = BTreeMap::new();
    for row in select(db, sql).await {
        let mut texts = (0..row.column_names().len()).map(|at| row.try_get_by_index::<String>(at).expect("a text"));
        let of = (texts.next().expect("a table"), texts.next().expect("a name"));
        found.entry(of).or_default().push(texts.collect());
    }
    found
}

fn is_tenanted(table: &str) -> bool {
    !OF_NO_BUSINESS.iter().any(|(known, _)| *known == table)
}

#[actix_web::test]
async fn every_table_belongs_to_a_business_or_says_why_not() {
    let db = open(&Shop::new().await).await;
    let all = columns(&db).await;
    for (table, columns) in &all {
        let first = columns.iter().find(|column| column.key == 1).map(|column| column.name.as_str());
        if is_tenanted(table) {
            assert_eq!(first, Some("tenant_id"), "{table}: put tenant_id first, or say in OF_NO_BUSINESS why not");
        } else {
            assert_ne!(first, Some("tenant_id"), "{table} belongs to a business after all");
        }
    }
    for (known, reason) in OF_NO_BUSINESS {
        assert!(all.contains_key(*known), "{known} is no table any more");
        assert!(!reason.is_empty(), "{known}");
    }
}

#[actix_web::test]
async fn a_unique_index_is_unique_within_a_business() {
    let db = open(&Shop::new().await).await;
    let all = uniques(&db).await;
    assert!(all.keys().any(|(table, _)| table == "tags"), "no indexes were found");
    for ((table, index), columns) in all {
        assert!(
            !is_tenanted(&table) || columns.first().is_some_and(|first| first == "tenant_id"),
            "{table}.{index}: {columns:?}"
        );
    }
}

#[actix_web::test]
async fn a_foreign_key_stays_inside_the_business() {
    let db = open(&Shop::new().await).await;
    let all = references(&db).await;
    assert!(all.keys().any(|(table, _)| table == "tasks"), "no foreign keys were found");
    for ((table, name), pairs) in all {
        let Some([from, to_table, to, rule]) = pairs.first().map(Vec::as_slice) else { panic!("{table}.{name}") };
        assert_eq!(rule, "RESTRICT", "{table}.{name}: anything else would null the tenant or delete unrecorded");
        if is_tenanted(&table) {
            assert!(is_tenanted(to_table), "{table}.{name} leaves the business for {to_table}");
            assert_eq!((from.as_str(), to.as_str()), ("tenant_id", "tenant_id"), "{table}.{name}");
        }
    }
}

#[actix_web::test]
async fn entities_are_the_tables_that_the_migrations_make() {
    let db = open(&Shop::new().await).await;
    let mut migrated = columns(&db).await;
    migrated.remove("seaql_migrations");
    let entities = api::schema::tables();
    let names: BTreeSet<_> = entities.iter().map(|table| table.name.clone()).collect();
    assert_eq!(
        names,
        migrated.keys().cloned().collect(),
        "tables without an entity in api::schema, or entities without a table"
    );
    for table in entities {
        let real = &migrated[&table.name];
        let names: BTreeSet<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, real.iter().map(|column| column.name.as_str()).collect(), "{}", table.name);
        for column in table.columns {
            let there = real.iter().find(|real| real.name == column.name).expect("compared above");
            let name = format!("{}.{}", table.name, column.name);
            assert_eq!(column.null, there.null, "{name}: Option<_> and NULL are the same");
            assert_eq!(
                Some(there.kind.to_lowercase().as_str()),
                kind(&db, &column.kind, there),
                "{name} holds {:?}",
                column.kind
            );
        }
    }
}

/// A table that forgets to say would leave its rows with somebody who is not there any more.
#[actix_web::test]
async fn every_table_that_points_at_customers_says_what_merging_does_with_it() {
    let db = open(&Shop::new().await).await;
    let mut pointing: BTreeSet<String> = references(&db)
        .await
        .into_iter()
        .filter(|(_, pairs)| pairs.iter().any(|pair| pair.get(1).is_some_and(|to| to == "customers")))
        .map(|((table, _), _)| table)
        .collect();
    let named = |columns: &Vec<Column>| columns.iter().any(|column| column.name == "customer_id");
    pointing.extend(columns(&db).await.into_iter().filter(|(_, columns)| named(columns)).map(|(table, _)| table));
    let said: BTreeSet<String> = api::SAYS.iter().map(|(table, _)| (*table).to_owned()).collect();
    assert_eq!(pointing, said, "say in api/src/duplicates/children.rs what becomes of the rows of a merged customer");
}

/// What a kind of value is called in this database; where there are several sizes, the one that is
/// there if it is one of them.
fn kind<'k>(db: &DatabaseConnection, of: &ColumnType, there: &'k Column) -> Option<&'k str> {
    let mysql = db.get_database_backend() == DbBackend::MySql;
    let allowed: &[&str] = match (of, mysql) {
        (ColumnType::BigInteger, true) => &["bigint(20)", "bigint"],
        (ColumnType::BigInteger, false) => &["bigint"],
        (ColumnType::Uuid, true) => &["binary(16)"],
        (ColumnType::VarBinary(_) | ColumnType::Binary(_) | ColumnType::Blob, true) => {
            &["varbinary(64)", "blob", "mediumblob"]
        }
        (ColumnType::Uuid | ColumnType::VarBinary(_) | ColumnType::Binary(_) | ColumnType::Blob, false) => &["blob"],
        (ColumnType::String(_) | ColumnType::Text, true) => &["varchar(191)", "varchar(2000)", "mediumtext"],
        (ColumnType::String(_) | ColumnType::Text, false) => &["text"],
        (ColumnType::TimestampWithTimeZone, true) => &["datetime(6)"],
        (ColumnType::TimestampWithTimeZone, false) => &["datetime_text"],
        (ColumnType::Date, true) => &["date"],
        (ColumnType::Date, false) => &["date_text"],
        _ => &[],
    };
    allowed.iter().copied().find(|allowed| there.kind.eq_ignore_ascii_case(allowed))
}

#[actix_web::test]
async fn names_of_columns_say_what_they_hold() {
    for table in api::schema::tables() {
        for column in table.columns {
            let name = format!("{}.{}", table.name, column.name);
            let money = ["price", "amount", "total", "cost", "paid"]
                .iter()
                .any(|word| column.name.split('_').any(|part| part == *word));
            assert!(!money || column.name.ends_with("_fen"), "{name}: money is *_fen");
            if column.name.ends_with("_fen") {
                assert_eq!(column.kind, ColumnType::BigInteger, "{name}: money is whole fen");
            }
            let instant = column.name == "at" || column.name.ends_with("_at") || column.name.ends_with("_until");
            assert_eq!(
                instant,
                column.kind == ColumnType::TimestampWithTimeZone,
                "{name}: an instant is called *_at and nothing else is"
            );
            assert!(
                !matches!(column.kind, ColumnType::Float | ColumnType::Double | ColumnType::Decimal(_)),
                "{name}: no fractions"
            );
        }
    }
}

/// On a database of its own: indexes that a later migration drops are made and dropped again.
#[actix_web::test]
async fn migrating_again_changes_nothing() {
    let shop = Shop::alone().await;
    let db = open(&shop).await;
    let before = (tables(&db).await, columns(&db).await, uniques(&db).await);
    Migrator::up(&db, None).await.expect("migrates");
    assert_eq!(before, (tables(&db).await, columns(&db).await, uniques(&db).await));
    assert!(Migrator::get_pending_migrations_read_only(&db).await.expect("reads").is_empty());
    // A migration that was killed half-way runs again from its beginning.
    for migration in Migrator::migrations() {
        migration.up(&SchemaManager::new(&db)).await.unwrap_or_else(|error| panic!("{}: {error}", migration.name()));
    }
    assert_eq!(before, (tables(&db).await, columns(&db).await, uniques(&db).await));
}

/// What may be said about a person's data is decided where the column is declared, not remembered.
#[actix_web::test]
async fn every_text_of_a_business_is_declared_plain_personal_or_secret() {
    let db = open(&Shop::new().await).await;
    let recorded = api::schema::recorded();
    let names: BTreeSet<_> = recorded.iter().map(|table| table.table.clone()).collect();
    let entities = api::schema::tables();
    for table in columns(&db).await.into_keys().filter(|table| is_tenanted(table)) {
        // Tables without rows of their own in the record.
        let machinery = ["idempotency", "audit_heads", "audit_anchors", "tenant_keys"].contains(&table.as_str());
        assert!(names.contains(&table) || machinery, "{table}: list it in api::schema::recorded");
    }
    for table in recorded {
        let entity = entities.iter().find(|entity| entity.name == table.table).expect("an entity");
        for (column, declared, follows) in &table.columns {
            let name = format!("{}.{column}", table.table);
            let kind = &entity.columns.iter().find(|known| known.name == *column).expect("a column").kind;
            let text = matches!(kind, ColumnType::Text | ColumnType::String(sea_orm::sea_query::StringLen::None));
            assert!(
                !text || declared.is_some(),
                "{name}: say in crate::fields! whether it is plain, personal or secret"
            );
            let bytes = matches!(kind, ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob);
            assert!(!bytes || *follows == api::Kind::Secret, "{name}: bytes are secret");
            assert!(*follows != api::Kind::Secret || text || bytes, "{name}");
        }
    }
}
