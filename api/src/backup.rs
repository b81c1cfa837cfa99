//! `shuke backup` and `shuke restore` for the embedded database: one file that holds the data and
//! the key to read it.

use crate::config::Config;
use crate::crypto::write_private;
use anyhow::{Context as _, bail, ensure};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database};
use secrecy::ExposeSecret as _;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// First line of a backup; the number is the format's version.
const MAGIC: &[u8] = b"shuke backup 1\n";

/// Writes the database and its key into one new file with mode 0600, while the server runs.
///
/// The file is: a magic line; the SHA-256 of all that follows; the length of the key (8 bytes, big
/// endian) and the key; the database, as SQLite's `VACUUM INTO` copies it in one consistent state.
///
/// # Errors
/// When the database is not a SQLite file, the target exists, or something cannot be read.
pub async fn backup(config: &Config, target: &Path) -> anyhow::Result<()> {
    let database = database_file(config)?;
    ensure!(database.exists(), "there is no database at {}", database.display());
    ensure!(!target.exists(), "{} exists; a backup never replaces a file", target.display());
    let key = match config.keys.master.expose_secret() {
        "" => fs::read(&config.keys.file).with_context(|| format!("key file {}", config.keys.file))?,
        master => master.as_bytes().to_vec(),
    };
    let copy = beside(target, "copying");
    let _ = fs::remove_file(&copy);
    // SQLite writes into an empty file too, and then nobody else may read it meanwhile.
    write_private(&copy, b"")?;
    let connection = Database::connect(ConnectOptions::new(format!("sqlite://{}?mode=ro", database.display()))).await?;
    let quoted = copy.display().to_string().replace('\'', "''");
    let copied = connection.execute_unprepared(&format!("VACUUM INTO '{quoted}'")).await;
    connection.close().await?;
    let data = copied.context("copying the database").and_then(|_| Ok(fs::read(&copy)?));
    fs::remove_file(&copy)?;
    let content = [u64::try_from(key.len())?.to_be_bytes().as_slice(), &key, &data?].concat();
    write_private(target, &[MAGIC, crate::crypto::sha256(&content).as_slice(), &content].concat())
}

/// Puts a backup back: the database file and the key file, neither of which may exist.
///
/// # Errors
/// When a file is in the way, or the backup is damaged or something else. Nothing is written then.
pub fn restore(config: &Config, source: &Path) -> anyhow::Result<()> {
    let (database, key_file) = (database_file(config)?, PathBuf::from(&config.keys.file));
    // A log left behind by another database would be played into this one.
    let log = |end| PathBuf::from(format!("{}-{end}", database.display()));
    for path in [&database, &log("wal"), &log("shm"), &key_file] {
        ensure!(!path.exists(), "{} exists; move it away first", path.display());
    }
    let mut bytes = Vec::new();
    File::open(source)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .with_context(|| source.display().to_string())?;
    let rest = bytes.strip_prefix(MAGIC).context("this is not a backup of Shuke")?;
    let damaged = || anyhow::anyhow!("the backup is damaged: restore another one");
    let (sum, content) = rest.split_first_chunk::<32>().ok_or_else(damaged)?;
    if crate::crypto::sha256(content) != *sum {
        bail!(damaged());
    }
    let (length, rest) = content.split_first_chunk::<8>().ok_or_else(damaged)?;
    let (key, data) = rest.split_at_checked(usize::try_from(u64::from_be_bytes(*length))?).ok_or_else(damaged)?;
    write_private(&key_file, key)?;
    write_private(&database, data)
}

fn database_file(config: &Config) -> anyhow::Result<PathBuf> {
    let path = config.database.url.expose_secret().strip_prefix("sqlite://");
    path.map(PathBuf::from)
        .context("backup and restore are for the embedded database; back a MySQL server up with its own tools")
}

fn beside(path: &Path, what: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{what}"))
}
