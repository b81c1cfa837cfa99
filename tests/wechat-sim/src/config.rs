//! What a mini-program is, as far as WeChat is concerned: the settings of its console page.
//!
//! Everything has a default, so a test only says what it cares about; the identifiers and secrets
//! that are left out are drawn when the app is registered.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use crate::push::crypto::AesKey;
use crate::random::Random;

/// How to start the simulator.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimConfig {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Apps that exist from the start; more can be added through `POST /sim/apps`.
    pub apps: Vec<AppConfig>,
}

/// One mini-program.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct AppConfig {
    /// `wx` and 16 hexadecimal digits; drawn when empty.
    pub appid: String,
    /// AppSecret; drawn when empty.
    pub secret: String,
    /// The account's original id (`gh_…`), `ToUserName` of every push; drawn when empty.
    pub username: String,
    /// Whether the app is bound to an Open Platform account, so that logins carry a unionid.
    pub unionid: bool,
    /// Where events are pushed; none means the message push is not configured.
    pub push_url: Option<String>,
    /// Token of the message push; drawn when empty.
    pub push_token: String,
    /// 43 characters of the base64 alphabet; drawn when empty.
    pub encoding_aes_key: String,
    pub push_mode: PushMode,
    pub push_format: PushFormat,
    /// The shape of `List` in a JSON event with one item.
    pub list_shape: ListShape,
    pub push_faults: PushFaults,
    pub templates: Vec<Template>,
    /// Released pages. When not empty, a page outside the list is 41030.
    pub pages: Vec<String>,
    /// The JSON type of `countryCode`: the documentation shows both.
    pub country_code: CountryCode,
    /// Whether every `wx.login` replaces the session key, the worst case the documentation allows.
    pub rotate_session_key: bool,
    /// How long a subscribe send takes. A second send to the same user meanwhile is 43108.
    pub send_ms: u64,
    pub sent_event: SentEvent,
}

impl Default for AppConfig {
    fn default() -> Self {
        Self {
            appid: String::new(),
            secret: String::new(),
            username: String::new(),
            unionid: false,
            push_url: None,
            push_token: String::new(),
            encoding_aes_key: String::new(),
            push_mode: PushMode::default(),
            push_format: PushFormat::default(),
            list_shape: ListShape::default(),
            push_faults: PushFaults::default(),
            templates: Vec::new(),
            pages: Vec::new(),
            country_code: CountryCode::default(),
            rotate_session_key: true,
            send_ms: 20,
            sent_event: SentEvent::default(),
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PushMode {
    Plain,
    /// Plain text and ciphertext in the same body.
    Compatible,
    #[default]
    Safe,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PushFormat {
    #[default]
    Json,
    Xml,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ListShape {
    #[default]
    Alternate,
    Object,
    Array,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CountryCode {
    #[default]
    Alternate,
    String,
    Number,
}

/// What goes wrong with every push of an app until it is changed back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PushFaults {
    /// How often each event is delivered although the first delivery succeeded.
    pub copies: u32,
    /// The event is lost: recorded in the books, never sent.
    pub drop: bool,
    pub delay_ms: u64,
    /// Signatures that do not belong to the body.
    pub bad_signature: bool,
    /// Another app's id inside the ciphertext.
    pub wrong_appid: bool,
    /// How long the receiver may take before WeChat hangs up.
    pub timeout_ms: u64,
    /// Attempts after the first when there was no 200 in time.
    pub retries: u32,
}

impl Default for PushFaults {
    fn default() -> Self {
        Self {
            copies: 1,
            drop: false,
            delay_ms: 0,
            bad_signature: false,
            wrong_appid: false,
            timeout_ms: 5_000,
            retries: 3,
        }
    }
}

/// The `subscribe_msg_sent_event` that follows a successful send.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SentEvent {
    pub enabled: bool,
    pub delay_ms: u64,
    pub copies: u32,
    pub error_code: String,
    pub error_status: String,
}

impl Default for SentEvent {
    fn default() -> Self {
        Self { enabled: true, delay_ms: 0, copies: 1, error_code: "0".to_owned(), error_status: "success".to_owned() }
    }
}

/// A subscribe-message template as the console lists it.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    pub id: String,
    pub title: String,
    /// Lines such as `预约项目:{{thing1.DATA}}`.
    pub content: String,
    #[serde(default)]
    pub example: String,
    /// 2 is one-time (one consent, one message), 3 is long-term.
    #[serde(default = "one_time", rename = "type")]
    pub kind: u8,
    /// Allowed values of `enum…` keys.
    #[serde(default)]
    pub enums: BTreeMap<String, Vec<String>>,
}

const fn one_time() -> u8 {
    2
}

impl AppConfig {
    /// Draws what was left out and refuses what could never be an app.
    pub(crate) fn complete(mut self, random: &Random) -> anyhow::Result<Self> {
        if self.appid.is_empty() {
            self.appid = format!("wx{}", random.hex(8));
        }
        if self.secret.is_empty() {
            self.secret = random.hex(16);
        }
        if self.username.is_empty() {
            self.username = format!("gh_{}", random.hex(6));
        }
        if self.push_token.is_empty() {
            self.push_token = random.alphanumeric(16);
        }
        if self.encoding_aes_key.is_empty() {
            self.encoding_aes_key = random.alphanumeric(43);
        }
        self.check()?;
        Ok(self)
    }

    pub(crate) fn check(&self) -> anyhow::Result<()> {
        ensure!(self.appid.bytes().all(|b| b.is_ascii_alphanumeric()), "appid must be letters and digits");
        AesKey::parse(&self.encoding_aes_key).context("encoding_aes_key")?;
        if let Some(url) = &self.push_url {
            reqwest::Url::parse(url).context("push_url")?;
        }
        for template in &self.templates {
            ensure!(
                matches!(template.kind, 2 | 3),
                "template {}: type must be 2 (one-time) or 3 (long-term)",
                template.id
            );
            ensure!(!template.keys().is_empty(), "template {}: content has no {{{{key.DATA}}}}", template.id);
        }
        Ok(())
    }

    pub(crate) fn template(&self, id: &str) -> Option<&Template> {
        self.templates.iter().find(|template| template.id == id)
    }

    /// Whether the page (which may carry a query) is released.
    pub(crate) fn has_page(&self, page: &str) -> bool {
        let path = page.split('?').next().unwrap_or(page);
        self.pages.is_empty() || self.pages.iter().any(|known| known == path)
    }
}
