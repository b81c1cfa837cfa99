//! Where the master key comes from: the environment, a file that only its owner may read, or such a
//! file whose key is wrapped by a key service.

use super::kms::Kms;
use crate::config;
use anyhow::{Context as _, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// In front of a line that the key service wrapped.
const WRAPPED: &str = "kms:";

/// The master keys, the one that seals first. None when there is none yet.
pub(super) async fn find(keys: &config::Keys) -> anyhow::Result<Option<Vec<[u8; 32]>>> {
    if !keys.master.expose_secret().is_empty() {
        let given = [keys.master.expose_secret(), keys.former.expose_secret()];
        return given.into_iter().filter(|key| !key.is_empty()).map(decoded).collect::<Result<_, _>>().map(Some);
    }
    let path = Path::new(&keys.file);
    if !path.exists() {
        return Ok(None);
    }
    let mode = std::fs::metadata(path)?.permissions().mode() & 0o777;
    ensure!(
        mode & 0o077 == 0,
        "the file of the master key, {}, can be read by others than its owner (mode {mode:o}): chmod 600 it",
        keys.file
    );
    let text = std::fs::read_to_string(path).with_context(|| format!("key file {}", keys.file))?;
    let mut masters = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        masters.push(match line.strip_prefix(WRAPPED) {
            None => decoded(line)?,
            Some(wrapped) => {
                let kms = Kms::of(keys)?.context("the master key is wrapped by a key service: set [keys] kms_url")?;
                master(&kms.unwrap(wrapped).await?)?
            }
        });
    }
    ensure!(!masters.is_empty(), "the file of the master key, {}, is empty", keys.file);
    Ok(Some(masters))
}

/// How a key stands in the file.
pub(super) async fn line(keys: &config::Keys, master: &[u8; 32]) -> anyhow::Result<String> {
    Ok(match Kms::of(keys)? {
        None => STANDARD.encode(master),
        Some(kms) => format!("{WRAPPED}{}", kms.wrap(master).await?),
    })
}

/// Puts other keys into the file, whole or not at all.
pub(super) async fn replace(keys: &config::Keys, masters: &[[u8; 32]]) -> anyhow::Result<()> {
    let mut lines = String::new();
    for master in masters {
        lines.push_str(&line(keys, master).await?);
        lines.push('\n');
    }
    let beside = format!("{}.new", keys.file);
    let _ = std::fs::remove_file(&beside);
    super::write_private(Path::new(&beside), lines.as_bytes())?;
    std::fs::rename(&beside, &keys.file).with_context(|| format!("key file {}", keys.file))?;
    // The name must be as durable as the content.
    if let Some(folder) = Path::new(&keys.file).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn decoded(text: &str) -> anyhow::Result<[u8; 32]> {
    let Ok(bytes) = STANDARD.decode(text.trim()) else { bail!("the master key is not base64") };
    master(&bytes)
}

fn master(bytes: &[u8]) -> anyhow::Result<[u8; 32]> {
    <[u8; 32]>::try_from(bytes).ok().context("the master key does not have 32 bytes")
}
