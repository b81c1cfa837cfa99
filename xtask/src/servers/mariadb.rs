//! A MariaDB of our own: a fresh one in a temporary folder, on a free port.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::Server;
use crate::{machine, run};

const DATABASE: &str = "shuke_test";
const USER: &str = "shuke";

/// A running MariaDB; dropping it stops it and removes its folder, unless that was to be kept.
pub struct MariaDb {
    // Dropped in this order: the folder goes after the server.
    server: Server,
    _folder: Option<TempDir>,
    socket: PathBuf,
    url: String,
}

impl MariaDb {
    /// Installs a database in a temporary folder, starts it, and makes a user who may do everything.
    pub fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("shuke-mariadb-").tempdir()?;
        let mut database = Self::run(folder.path(), folder.path().join("socket"), &[])?;
        database.server.set_patience(Duration::ZERO);
        Ok(Self { _folder: Some(folder), ..database })
    }

    /// Starts the database of a folder, which is made the first time and kept.
    pub fn keep(folder: &Path, options: &[&str]) -> Result<Self> {
        fs::create_dir_all(folder)?;
        // Paths of sockets are short, wherever the folder is.
        let socket = std::env::temp_dir().join(format!("shuke-mariadb-{}.socket", machine::random_hex(8)?));
        let mut database = Self::run(folder, socket, options)?;
        // It writes down what it still has in memory.
        database.server.set_patience(Duration::from_secs(180));
        Ok(database)
    }

    fn run(folder: &Path, socket: PathBuf, options: &[&str]) -> Result<Self> {
        let files = folder.join("files");
        let user = machine::user()?;
        if !files.join("mysql").exists() {
            run::output(
                run::program("mariadb-install-db")
                    .args(["--no-defaults", "--skip-test-db", "--skip-name-resolve"])
                    .arg(option("--datadir=", &files))
                    .arg(format!("--user={user}"))
                    // Whoever runs the tests comes in by the socket alone; nobody has an empty password.
                    .arg(format!("--auth-root-socket-user={user}")),
            )?;
        }
        let port = machine::free_port()?;
        let mut command = run::program(&daemon().to_string_lossy());
        command
            .args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-networking=0", "--skip-name-resolve"])
            .args(["--character-set-server=utf8mb4", "--sql-mode=STRICT_ALL_TABLES"])
            .args(["--innodb-flush-log-at-trx-commit=1", "--max-connections=500"])
            .args(options)
            .arg(format!("--user={user}"))
            .arg(format!("--port={port}"))
            .arg(option("--datadir=", &files))
            .arg(option("--socket=", &socket))
            .arg(option("--pid-file=", &folder.join("pid")));
        let mut server = Server::start("MariaDB", &mut command, &folder.join("log"))?;
        server.wait_until(|| query(&socket, &user, "SELECT 1").is_ok())?;

        let password = machine::random_hex(24)?;
        let statements = format!(
            "CREATE DATABASE IF NOT EXISTS {DATABASE}; \
             CREATE OR REPLACE USER {USER}@'127.0.0.1' IDENTIFIED BY '{password}'; \
             GRANT ALL ON *.* TO {USER}@'127.0.0.1';"
        );
        query(&socket, &user, &statements).context("preparing MariaDB")?;
        let url = format!("mysql://{USER}:{password}@127.0.0.1:{port}/{DATABASE}");
        Ok(Self { server, _folder: None, socket, url })
    }

    /// Asks something as whoever started it; the rows, one a line.
    pub fn ask(&self, statements: &str) -> Result<String> {
        query(&self.socket, &machine::user()?, statements)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// The address with user and password.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Debian keeps it out of the search path of ordinary users.
fn daemon() -> PathBuf {
    let debian = Path::new("/usr/sbin/mariadbd");
    if debian.exists() { debian.to_owned() } else { PathBuf::from("mariadbd") }
}

fn option(name: &str, path: &Path) -> String {
    format!("{name}{}", path.display())
}

fn query(socket: &Path, user: &str, statements: &str) -> Result<String> {
    let mut client = Command::new("mariadb");
    client.args(["--no-defaults", "--batch", "--skip-column-names"]).arg(option("--socket=", socket));
    run::output(client.arg(format!("--user={user}")).arg(format!("--execute={statements}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_serves_its_own_user_and_leaves_nothing_behind() -> Result<()> {
        let database = MariaDb::start()?;
        let (folder, url) =
            (database._folder.as_ref().context("a folder")?.path().to_owned(), database.url().to_owned());
        let (user, rest) = url.split_once("://").and_then(|(_, rest)| rest.split_once(':')).context("url")?;
        let (password, rest) = rest.split_once('@').context("url")?;
        let port = rest.split(['/', ':']).nth(1).context("url")?;
        let ask = |password: &str| {
            let mut client = Command::new("mariadb");
            client.args(["--no-defaults", "--batch", "--host=127.0.0.1"]).arg(format!("--port={port}"));
            client.arg(format!("--user={user}")).arg(format!("--password={password}"));
            run::output(
                client.arg("--execute=SELECT @@sql_mode, @@character_set_server, @@innodb_flush_log_at_trx_commit"),
            )
        };
        assert!(ask(password)?.ends_with("STRICT_ALL_TABLES\tutf8mb4\t1\n"));
        assert!(ask("wrong").is_err());
        drop(database);
        assert!(ask(password).is_err() && !folder.exists());
        Ok(())
    }
}
