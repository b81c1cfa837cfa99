//! What somebody finds who steals the database: every byte of the file and its log, or every column
//! of every table.

use super::Shop;
use sea_orm::{ConnectionTrait as _, Database, Statement};
use secrecy::ExposeSecret as _;

impl Shop {
    /// Which of these texts lie in the database as they are.
    pub async fn readable_at_rest<'t>(&self, texts: &[&'t str]) -> Vec<&'t str> {
        let url = self.at.config().database.url.expose_secret();
        let stored = match url.strip_prefix("sqlite://") {
            Some(path) => [path.to_owned(), format!("{path}-wal")]
                .iter()
                .filter_map(|file| std::fs::read(file).ok())
                .flatten()
                .collect(),
            None => [every_column(url).await, dump(url)].concat(),
        };
        assert!(contains(&stored, "山月茶行"), "the name of the business is stored as it is");
        texts.iter().copied().filter(|text| contains(&stored, text)).collect()
    }
}

/// What the server's own backup says.
fn dump(url: &str) -> Vec<u8> {
    let (user, rest) = url.strip_prefix("mysql://").and_then(|url| url.split_once(':')).expect("a user");
    let (password, rest) = rest.split_once('@').expect("a password");
    let (address, database) = rest.split_once('/').expect("a database");
    let (host, port) = address.split_once(':').unwrap_or((address, "3306"));
    let mut command = std::process::Command::new("mariadb-dump");
    command.args(["--no-defaults", "--skip-lock-tables", "--host", host, "--port", port, "--user", user, database]);
    let output = command.env("MYSQL_PWD", password).output().expect("mariadb-dump runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

async fn every_column(url: &str) -> Vec<u8> {
    let database = Database::connect(url).await.expect("the database answers");
    let rows = async |sql: String| {
        let statement = Statement::from_string(database.get_database_backend(), sql);
        database.query_all_raw(statement).await.expect("rows")
    };
    let mut stored = Vec::new();
    for table in rows("SHOW TABLES".to_owned()).await {
        let table: String = table.try_get_by_index(0).expect("a name");
        for row in rows(format!("SELECT * FROM `{table}`")).await {
            for column in row.column_names() {
                if let Ok(Some(bytes)) = row.try_get::<Option<Vec<u8>>>("", &column) {
                    stored.extend(bytes);
                } else if let Ok(Some(text)) = row.try_get::<Option<String>>("", &column) {
                    stored.extend(text.into_bytes());
                }
                stored.push(b'\n');
            }
        }
    }
    database.close().await.expect("closed");
    stored
}

fn contains(stored: &[u8], text: &str) -> bool {
    stored.windows(text.len()).any(|window| window == text.as_bytes())
}
