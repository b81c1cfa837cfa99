//! The list of the erased: a file beside the key, one JSON object a line, only ever appended to. It
//! holds ids and no names. Backups do not contain it.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use uuid::Uuid;

/// Somebody who was erased, or a business that was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Erased {
    Person {
        tenant: i64,
        person: Uuid,
        at: DateTime<Utc>,
    },
    Tenant {
        tenant: i64,
        /// Another database may give the same number to somebody else.
        signed_up: DateTime<Utc>,
        at: DateTime<Utc>,
    },
}

/// Writes a line and waits until the disk has it.
pub(super) async fn append(path: &str, erased: &Erased) -> anyhow::Result<()> {
    let (path, line) = (path.to_owned(), format!("{}\n", serde_json::to_string(erased)?));
    let write = move || -> anyhow::Result<()> {
        if let Some(folder) = Path::new(&path).parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
        file.write_all(line.as_bytes())?;
        Ok(file.sync_all()?)
    };
    tokio::task::spawn_blocking(write).await?.context("the list of the erased ([keys] erased_file)")
}

/// The lines behind `from`, and where they end. A shorter file is another one and is read whole.
pub(super) async fn read(path: &str, from: u64) -> anyhow::Result<(Vec<Erased>, u64)> {
    let path = path.to_owned();
    let read = move || -> anyhow::Result<(Vec<Erased>, u64)> {
        if !Path::new(&path).exists() {
            return Ok((Vec::new(), 0));
        }
        let mut file = OpenOptions::new().read(true).open(&path)?;
        let from = if file.metadata()?.len() < from { 0 } else { from };
        file.seek(SeekFrom::Start(from))?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        // A line that is still being written has no end yet.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let lines = text.get(..whole).unwrap_or_default().lines().filter(|line| !line.trim().is_empty());
        let erased = lines.map(|line| serde_json::from_str(line).with_context(|| format!("the line {line}")));
        Ok((erased.collect::<Result<_, _>>()?, from + u64::try_from(whole)?))
    };
    tokio::task::spawn_blocking(read).await?.context("the list of the erased ([keys] erased_file)")
}
