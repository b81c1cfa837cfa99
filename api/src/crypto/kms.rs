//! A key service (KMS) behind a small HTTP contract, so that the master key lies nowhere in clear:
//!
//! `POST {kms_url}/wrap` with `{"plaintext": base64}` answers `{"ciphertext": text}`, and
//! `POST {kms_url}/unwrap` with `{"ciphertext": text}` answers `{"plaintext": base64}`; both with
//! `Authorization: Bearer {kms_token}`. Adapters for a cloud's own API are a few lines in front of it.

use crate::config;
use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use std::time::Duration;

pub(super) struct Kms<'k> {
    http: reqwest::Client,
    keys: &'k config::Keys,
}

#[derive(Serialize, Deserialize)]
struct Plaintext {
    plaintext: String,
}

#[derive(Serialize, Deserialize)]
struct Ciphertext {
    ciphertext: String,
}

impl<'k> Kms<'k> {
    /// The key service of the settings, if they name one.
    pub(super) fn of(keys: &'k config::Keys) -> anyhow::Result<Option<Self>> {
        if keys.kms_url.is_empty() {
            return Ok(None);
        }
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Some(Self { http, keys }))
    }

    pub(super) async fn wrap(&self, master: &[u8]) -> anyhow::Result<String> {
        let Ciphertext { ciphertext } = self.ask("wrap", &Plaintext { plaintext: STANDARD.encode(master) }).await?;
        ensure!(
            !ciphertext.is_empty() && !ciphertext.contains(char::is_whitespace),
            "the key service's ciphertext is not one word"
        );
        Ok(ciphertext)
    }

    pub(super) async fn unwrap(&self, wrapped: &str) -> anyhow::Result<Vec<u8>> {
        let Plaintext { plaintext } = self.ask("unwrap", &Ciphertext { ciphertext: wrapped.to_owned() }).await?;
        STANDARD.decode(plaintext).ok().context("the key service's plaintext is not base64")
    }

    /// Neither the question nor the answer is part of an error: they hold the key.
    async fn ask<A: for<'de> Deserialize<'de>>(&self, what: &str, question: &impl Serialize) -> anyhow::Result<A> {
        let url = format!("{}/{what}", self.keys.kms_url.trim_end_matches('/'));
        let request = self.http.post(&url).bearer_auth(self.keys.kms_token.expose_secret()).json(question);
        let answer = request.send().await.with_context(|| format!("the key service at {url} does not answer"))?;
        let status = answer.status();
        ensure!(status.is_success(), "the key service at {url} answered {status}");
        answer.json().await.ok().with_context(|| format!("the key service at {url} answered something else"))
    }
}
