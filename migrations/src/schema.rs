//! A table in the words of `docs/ARCHITECTURE.md`, written as DDL for MySQL and for SQLite.
//!
//! Column types are chosen here once (instants are `DATETIME(6)`, never TIMESTAMP; ids are 16 bytes;
//! text compares by bytes), so that no migration can choose otherwise.

use sea_orm_migration::prelude::{ConnectionTrait, DbErr, SchemaManager};
use sea_orm_migration::sea_orm::{DbBackend, Statement};
use std::borrow::Cow;

/// Describes one table; [`Table::create`] writes it.
pub(crate) struct Table {
    name: &'static str,
    columns: Vec<(String, Cow<'static, str>, Cow<'static, str>)>,
    key: &'static [&'static str],
    uniques: Vec<&'static [&'static str]>,
    indexes: Vec<&'static [&'static str]>,
    references: Vec<(&'static [&'static str], &'static str, &'static [&'static str])>,
    narrow: bool,
}

impl Table {
    /// A table that belongs to no business: accounts, sessions, jobs, look-ups across tenants.
    pub(crate) fn system(name: &'static str, key: &'static [&'static str]) -> Self {
        Self {
            name,
            columns: Vec::new(),
            key,
            uniques: Vec::new(),
            indexes: Vec::new(),
            references: Vec::new(),
            narrow: false,
        }
    }

    /// A table of one business's rows with the primary key `(tenant_id, id)`.
    pub(crate) fn tenanted(name: &'static str) -> Self {
        Self::part(name, &["tenant_id", "id"]).uuid("id")
    }

    /// A table of rows that hang on another row of the same business; `key` starts with `tenant_id`.
    pub(crate) fn part(name: &'static str, key: &'static [&'static str]) -> Self {
        Self::system(name, key).int("tenant_id")
    }

    fn column(mut self, name: &str, mysql: &'static str, sqlite: &'static str) -> Self {
        self.columns.push((name.to_owned(), mysql.into(), sqlite.into()));
        self
    }

    /// 16 bytes: a UUIDv7.
    pub(crate) fn uuid(self, name: &str) -> Self {
        self.column(name, "BINARY(16) NOT NULL", "BLOB NOT NULL")
    }

    pub(crate) fn opt_uuid(self, name: &str) -> Self {
        self.column(name, "BINARY(16) NULL", "BLOB NULL")
    }

    /// A digest or key of at most 64 bytes, usable in an index.
    pub(crate) fn digest(self, name: &str) -> Self {
        self.column(name, "VARBINARY(64) NOT NULL", "BLOB NOT NULL")
    }

    pub(crate) fn opt_digest(self, name: &str) -> Self {
        self.column(name, "VARBINARY(64) NULL", "BLOB NULL")
    }

    /// Ciphertext of any length.
    pub(crate) fn opt_sealed(self, name: &str) -> Self {
        self.column(name, "BLOB NULL", "BLOB NULL")
    }

    /// Ciphertext that may be longer than 64 KB: rows of a table that somebody sent.
    pub(crate) fn opt_large_sealed(self, name: &str) -> Self {
        self.column(name, "MEDIUMBLOB NULL", "BLOB NULL")
    }

    /// A code, key or name of at most 191 characters (what fits an index of three such columns).
    pub(crate) fn text(self, name: &str) -> Self {
        self.column(name, "VARCHAR(191) NOT NULL", "TEXT NOT NULL")
    }

    pub(crate) fn opt_text(self, name: &str) -> Self {
        self.column(name, "VARCHAR(191) NULL", "TEXT NULL")
    }

    /// At most 16 characters that follow from other columns of the row; nobody writes them, and no old row lacks them.
    pub(crate) fn following(mut self, name: &str, from: &str) -> Self {
        let from = format!("GENERATED ALWAYS AS ({from}) VIRTUAL");
        self.columns.push((name.to_owned(), format!("VARCHAR(16) {from}").into(), format!("TEXT {from}").into()));
        self
    }

    /// Text of up to 2,000 characters, in no index.
    pub(crate) fn opt_long_text(self, name: &str) -> Self {
        self.column(name, "VARCHAR(2000) NULL", "TEXT NULL")
    }

    /// JSON or other text without a limit of its own.
    pub(crate) fn opt_json(self, name: &str) -> Self {
        self.column(name, "MEDIUMTEXT NULL", "TEXT NULL")
    }

    pub(crate) fn int(self, name: &str) -> Self {
        self.column(name, "BIGINT NOT NULL", "BIGINT NOT NULL")
    }

    pub(crate) fn opt_int(self, name: &str) -> Self {
        self.column(name, "BIGINT NULL", "BIGINT NULL")
    }

    /// UTC with microseconds.
    pub(crate) fn instant(self, name: &str) -> Self {
        self.column(name, "DATETIME(6) NOT NULL", "datetime_text NOT NULL")
    }

    pub(crate) fn opt_instant(self, name: &str) -> Self {
        self.column(name, "DATETIME(6) NULL", "datetime_text NULL")
    }

    pub(crate) fn date(self, name: &str) -> Self {
        self.column(name, "DATE NOT NULL", "date_text NOT NULL")
    }

    pub(crate) fn opt_date(self, name: &str) -> Self {
        self.column(name, "DATE NULL", "date_text NULL")
    }

    /// `version`, `created_at`, `updated_at`, `deleted_at` and `live`: every row that people edit
    /// has them. `live` is 1, or NULL when deleted, so that unique indexes count live rows only.
    pub(crate) fn aggregate(self) -> Self {
        self.int("version").instant("created_at").instant("updated_at").opt_instant("deleted_at").opt_int("live")
    }

    pub(crate) fn unique(mut self, columns: &'static [&'static str]) -> Self {
        self.uniques.push(columns);
        self
    }

    pub(crate) fn index(mut self, columns: &'static [&'static str]) -> Self {
        self.indexes.push(columns);
        self
    }

    /// A composite foreign key. RESTRICT only: SET NULL would null the tenant.
    pub(crate) fn references(
        mut self,
        columns: &'static [&'static str],
        table: &'static str,
        key: &'static [&'static str],
    ) -> Self {
        self.references.push((columns, table, key));
        self
    }

    /// The rows are little more than their key: in SQLite they then live in the key's own tree, as they do
    /// in InnoDB anyway.
    pub(crate) fn narrow(mut self) -> Self {
        self.narrow = true;
        self
    }

    /// Creates the table and its indexes when they are absent, so that an interrupted migration can
    /// simply run again.
    pub(crate) async fn create(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let mysql = manager.get_database_backend() == DbBackend::MySql;
        let connection = manager.get_connection();
        connection.execute_unprepared(&self.ddl(mysql)).await?;
        if !mysql {
            for (at, columns) in self.indexes.iter().enumerate() {
                let (name, columns) = (self.name, columns.join(", "));
                connection
                    .execute_unprepared(&format!("CREATE INDEX IF NOT EXISTS {name}_{at} ON {name} ({columns})"))
                    .await?;
            }
        }
        Ok(())
    }

    /// Adds the columns and indexes to a table that is there, each when it is absent. Every new column
    /// may be NULL: rows of an older version have nothing in it. Foreign keys need a new table.
    pub(crate) async fn add(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let mysql = manager.get_database_backend() == DbBackend::MySql;
        let connection = manager.get_connection();
        let table = self.name;
        for (name, for_mysql, for_sqlite) in &self.columns {
            if !has_column(manager, table, name).await? {
                let kind = if mysql { for_mysql } else { for_sqlite };
                connection
                    .execute_unprepared(&format!("ALTER TABLE {table} ADD COLUMN {} {kind}", quoted(name)))
                    .await?;
            }
        }
        let plain = self.indexes.iter().map(|columns| ("", columns));
        for (unique, columns) in plain.chain(self.uniques.iter().map(|columns| ("UNIQUE ", columns))) {
            // MySQL's names have at most 64 characters.
            let name: String = format!("{table}_{}", columns.join("_")).chars().take(64).collect();
            if !manager.has_index(table, &name).await? {
                let columns = list(columns);
                connection.execute_unprepared(&format!("CREATE {unique}INDEX {name} ON {table} ({columns})")).await?;
            }
        }
        Ok(())
    }

    fn ddl(&self, mysql: bool) -> String {
        let mut parts: Vec<String> = Vec::new();
        for (name, for_mysql, for_sqlite) in &self.columns {
            parts.push(format!("{} {}", quoted(name), if mysql { for_mysql } else { for_sqlite }));
        }
        parts.push(format!("PRIMARY KEY ({})", list(self.key)));
        for (at, columns) in self.uniques.iter().enumerate() {
            let word = if mysql { "UNIQUE KEY" } else { "CONSTRAINT" };
            let tail = if mysql { "" } else { " UNIQUE" };
            parts.push(format!("{word} {}_u{at}{tail} ({})", self.name, list(columns)));
        }
        if mysql {
            for (at, columns) in self.indexes.iter().enumerate() {
                parts.push(format!("KEY {}_{at} ({})", self.name, list(columns)));
            }
        }
        for (at, (columns, table, key)) in self.references.iter().enumerate() {
            parts.push(format!(
                "CONSTRAINT {}_f{at} FOREIGN KEY ({}) REFERENCES {table} ({}) ON DELETE RESTRICT",
                self.name,
                list(columns),
                list(key)
            ));
        }
        // Bytes decide whether two keys are equal: `a`, `A` and full-width `ａ` differ, as in SQLite.
        let tail = match (mysql, self.narrow) {
            (true, _) => " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
            (false, true) => " WITHOUT ROWID",
            (false, false) => "",
        };
        format!("CREATE TABLE IF NOT EXISTS {} ({}){tail}", self.name, parts.join(", "))
    }
}

/// SQLite's own list of columns leaves out those that follow from others, and sea-orm asks for that one.
async fn has_column(manager: &SchemaManager<'_>, table: &str, name: &str) -> Result<bool, DbErr> {
    if manager.get_database_backend() == DbBackend::MySql {
        return manager.has_column(table, name).await;
    }
    let all = "SELECT 1 FROM pragma_table_xinfo(?) WHERE name = ?";
    let asked = Statement::from_sql_and_values(DbBackend::Sqlite, all, [table.into(), name.into()]);
    Ok(manager.get_connection().query_one_raw(asked).await?.is_some())
}

fn list(columns: &[&str]) -> String {
    columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

/// Backticks are understood by both; `key` and `number` are reserved in one of them.
fn quoted(column: &str) -> String {
    format!("`{column}`")
}
