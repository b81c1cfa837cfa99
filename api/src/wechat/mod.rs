//! The one client of WeChat: login, phone numbers, subscribe messages, mini-program codes, and the
//! message push that comes back. It knows no feature and keeps no fake of itself: tests point it at
//! `tests/wechat-sim`.

mod client;
mod cloud;
mod error;
mod fit;
mod login;
mod phone;
mod push;
mod qrcode;
mod routes;
mod soter;
mod subscribe;
mod token;

pub(crate) use error::WechatError;
pub(crate) use fit::{and_others, when};
pub(crate) use login::LoginAnswer;
pub(crate) use routes::callbacks;
pub(crate) use subscribe::SubscribeMessage;

use crate::cache::Cache;
use crate::clock::Clock;
use crate::config;
use anyhow::Context as _;
use client::Client;
use push::Push;
use serde_json::Value;
use std::sync::Arc;
use token::Tokens;

/// What WeChat answers when the access token was the trouble. Each says that the call was not done,
/// so it may be repeated with another token: invalid or not the latest, malformed, expired.
const TOKEN_CODES: [i64; 3] = [40001, 40014, 42001];

/// Which build of the mini-program messages and codes open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Build {
    Developer,
    Trial,
    Formal,
}

impl Build {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "developer" => Some(Self::Developer),
            "trial" => Some(Self::Trial),
            "formal" => Some(Self::Formal),
            _ => None,
        }
    }

    /// What subscribe messages call it.
    const fn state(self) -> &'static str {
        match self {
            Self::Developer => "developer",
            Self::Trial => "trial",
            Self::Formal => "formal",
        }
    }

    /// What mini-program codes call it.
    const fn version(self) -> &'static str {
        match self {
            Self::Developer => "develop",
            Self::Trial => "trial",
            Self::Formal => "release",
        }
    }
}

struct Parts {
    client: Client,
    tokens: Tokens,
    push: Option<Push>,
    build: Build,
    cloud_run: bool,
}

/// WeChat, for one mini-program. Clones share connections and the access token.
#[derive(Clone)]
pub(crate) struct Wechat {
    parts: Arc<Parts>,
}

impl Wechat {
    /// Reads the settings; calls nobody. Without an appid every call answers
    /// [`WechatError::Unconfigured`].
    ///
    /// # Errors
    /// When a setting cannot be meant; the message names it, never its value.
    pub(crate) fn new(settings: &config::Wechat, cache: Cache, clock: Clock) -> anyhow::Result<Self> {
        let build = Build::parse(&settings.miniprogram_state)
            .context("[wechat] miniprogram_state must be developer, trial or formal")?;
        let parts = Parts {
            client: Client::new(settings)?,
            tokens: Tokens::new(cache, clock),
            push: Push::load(settings)?,
            build,
            cloud_run: settings.cloud_run,
        };
        Ok(Self { parts: Arc::new(parts) })
    }

    /// The mini-program's appid; empty when none is configured.
    pub(crate) fn appid(&self) -> &str {
        self.parts.client.appid()
    }

    /// Whether an appid and its secret are set.
    pub(crate) fn is_configured(&self) -> bool {
        self.parts.client.is_configured()
    }

    /// Posts with the access token. A token that WeChat no longer takes is replaced and the call
    /// repeated, once.
    async fn post<T>(
        &self,
        path: &'static str,
        body: &Value,
        read: fn(&[u8]) -> Result<T, WechatError>,
    ) -> Result<T, WechatError> {
        let Parts { client, tokens, .. } = &*self.parts;
        if !self.is_configured() {
            return Err(WechatError::Unconfigured);
        }
        let token = tokens.current(client).await?;
        match client.post(path, Some(&token), body, read).await {
            Err(WechatError::Refused { code, .. }) if TOKEN_CODES.contains(&code) => {
                tokens.discard(client, &token).await;
                let token = tokens.current(client).await?;
                client.post(path, Some(&token), body, read).await
            }
            answer => answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    pub(super) async fn with(change: impl FnOnce(&mut config::Wechat)) -> anyhow::Result<Wechat> {
        // Somebody else in this process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut settings = Config::load(None)?.wechat;
        change(&mut settings);
        let cache = Cache::open(&"memory:".to_owned().into(), "test").await?;
        Wechat::new(&settings, cache, Clock::System)
    }

    #[tokio::test]
    async fn without_an_appid_nothing_is_called() {
        let wechat = with(|_| {}).await.expect("defaults");
        assert!(!wechat.is_configured());
        assert!(matches!(wechat.login("code").await, Err(WechatError::Unconfigured)));
        assert!(matches!(wechat.phone("code").await, Err(WechatError::Unconfigured)));
        assert!(matches!(wechat.qrcode("a", "pages/index").await, Err(WechatError::Unconfigured)));
    }

    #[tokio::test]
    async fn settings_that_cannot_be_meant_stop_the_start() {
        let changes: [fn(&mut config::Wechat); 5] = [
            |settings| settings.miniprogram_state = "release".to_owned(),
            |settings| settings.base_url = "api.weixin.qq.com".to_owned(),
            |settings| settings.base_url = "file:///etc".to_owned(),
            |settings| settings.push_token = "token".to_owned().into(),
            |settings| {
                settings.push_token = "token".to_owned().into();
                settings.push_aes_key = "short".to_owned().into();
            },
        ];
        for change in changes {
            assert!(with(change).await.is_err());
        }
    }

    #[tokio::test]
    async fn a_connection_that_never_opened_is_certain() {
        // A port that was free a moment ago: nobody listens there.
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        let wechat = with(|settings| {
            settings.base_url = format!("http://127.0.0.1:{port}");
            settings.appid = "wx1".to_owned();
            settings.secret = "hush-hush".to_owned().into();
        })
        .await
        .expect("settings");
        for error in [wechat.login("a-code").await.err(), wechat.phone("a-code").await.err()] {
            let error = error.expect("nobody listens");
            assert!(error.is_certain(), "{error}");
            let text = format!("{error} {error:?}");
            assert!(!text.contains("hush-hush") && !text.contains("a-code"), "{text}");
        }
    }
}
