//! The message push: WeChat calling us. Only safe mode is taken: what a push says counts as said by
//! WeChat only because `msg_signature` covers the ciphertext and the ciphertext names our appid.
//! (`signature` covers neither, so a copied one would vouch for any body.)

mod crypt;
mod event;
mod xml;

pub(super) use event::Event;

use crate::config;
use crate::crypto::{equal, sha256};
use crate::problem::Problem;
use chrono::{DateTime, Utc};
use crypt::Key;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;

/// How far a push's time may be from ours, in seconds. WeChat documents no rule; repetitions within
/// this time are told by their digest.
const WINDOW_S: u64 = 300;

/// The largest push taken. Events have some hundred bytes.
pub(super) const LARGEST: usize = 64 * 1024;

/// What WeChat adds to the address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Marked {
    signature: String,
    msg_signature: String,
    timestamp: String,
    nonce: String,
    echostr: String,
}

/// Why a push is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Disbelief {
    /// Its time is not about now.
    #[error("the timestamp is not about now")]
    Stale,
    /// Nothing is encrypted: plain mode, or no push at all.
    #[error("the body is not encrypted; choose safe mode in the WeChat console")]
    Plain,
    /// It was not signed with our token.
    #[error("the signature is wrong; is [wechat] push_token the one in the WeChat console?")]
    Forged,
    /// It was not encrypted with our key.
    #[error("the ciphertext cannot be read; is [wechat] push_aes_key the one in the WeChat console?")]
    Unreadable,
    /// It was encrypted for another app.
    #[error("the push is for another appid")]
    Misdirected,
}

impl From<Disbelief> for Problem {
    fn from(reason: Disbelief) -> Self {
        metrics::counter!("shuke_wechat_pushes_refused_total").increment(1);
        tracing::warn!(%reason, "a push is not believed");
        Self::Forbidden("forbidden")
    }
}

/// What a believed push says.
pub(super) struct Opened {
    /// The decrypted message, byte for byte.
    pub(super) message: Vec<u8>,
    /// Names the message: repetitions have the same.
    pub(super) digest: [u8; 32],
}

/// The settings of the message push.
pub(super) struct Push {
    appid: String,
    token: SecretString,
    key: Key,
}

impl Push {
    /// `None` when the push is not set up.
    pub(super) fn load(settings: &config::Wechat) -> anyhow::Result<Option<Self>> {
        let key = settings.push_aes_key.expose_secret();
        match (settings.push_token.expose_secret().is_empty(), key.is_empty()) {
            (true, true) => Ok(None),
            (false, false) => Ok(Some(Self {
                appid: settings.appid.clone(),
                token: settings.push_token.clone(),
                key: Key::parse(key)?,
            })),
            _ => anyhow::bail!("[wechat] push_token and push_aes_key belong together: set both or none"),
        }
    }

    /// Answers the check that WeChat makes when the address is entered in its console.
    pub(super) fn echo(&self, marked: Marked, now: DateTime<Utc>) -> Result<String, Disbelief> {
        fresh(&marked, now)?;
        self.signed(&[&marked.timestamp, &marked.nonce], &marked.signature)?;
        Ok(marked.echostr)
    }

    /// Believes a push, or not.
    pub(super) fn open(&self, marked: &Marked, body: &[u8], now: DateTime<Utc>) -> Result<Opened, Disbelief> {
        fresh(marked, now)?;
        let envelope = tree(body).ok_or(Disbelief::Plain)?;
        let encrypted = envelope.get("Encrypt").and_then(Value::as_str).ok_or(Disbelief::Plain)?;
        self.signed(&[&marked.timestamp, &marked.nonce, encrypted], &marked.msg_signature)?;
        let (message, appid) = self.key.open(encrypted).ok_or(Disbelief::Unreadable)?;
        if appid != self.appid.as_bytes() {
            return Err(Disbelief::Misdirected);
        }
        let digest = sha256(&message);
        Ok(Opened { message, digest })
    }

    fn signed(&self, parts: &[&str], given: &str) -> Result<(), Disbelief> {
        let mut parts = parts.to_vec();
        parts.push(self.token.expose_secret());
        let given = hex::decode(given).map_err(|_| Disbelief::Forged)?;
        if equal(&crypt::signature(parts), &given) { Ok(()) } else { Err(Disbelief::Forged) }
    }
}

/// What comes through the gateway of WeChat's cloud, as it is.
pub(super) enum Unsealed {
    /// It is asked whether anybody is there, when the path is entered in the console.
    Check,
    /// A message.
    Message(Opened),
}

/// Reads what is neither signed nor sealed; none when it is sealed, or cannot be read.
pub(super) fn from_the_cloud(body: &[u8]) -> Option<Unsealed> {
    let tree = tree(body)?;
    if tree.get("action").and_then(Value::as_str) == Some("CheckContainerPath") {
        return Some(Unsealed::Check);
    }
    let sealed = tree.get("Encrypt").is_some();
    (!sealed).then(|| Unsealed::Message(Opened { message: body.to_vec(), digest: sha256(body) }))
}

fn fresh(marked: &Marked, now: DateTime<Utc>) -> Result<(), Disbelief> {
    let at: i64 = marked.timestamp.parse().map_err(|_| Disbelief::Stale)?;
    if at.abs_diff(now.timestamp()) <= WINDOW_S { Ok(()) } else { Err(Disbelief::Stale) }
}

/// JSON or XML, as the console is set, as one kind of tree.
fn tree(text: &[u8]) -> Option<Value> {
    match text.trim_ascii_start().first()? {
        b'<' => xml::tree(std::str::from_utf8(text).ok()?),
        _ => serde_json::from_slice(text).ok(),
    }
}

#[cfg(test)]
mod tests;
