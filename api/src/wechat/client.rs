//! HTTP to `api.weixin.qq.com`: one request, its answer or why there is none.

use super::error::{WechatError, cleaned};
use crate::config;
use anyhow::{Context as _, ensure};
use reqwest::{RequestBuilder, Url, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// The largest answer is a mini-program code; 1280 pixels wide it has some hundred kilobytes.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

/// Before each repetition of an idempotent call that found WeChat busy.
pub(super) const BUSY_PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(600)];

/// The mini-program's way to WeChat.
pub(super) struct Client {
    http: reqwest::Client,
    at: Url,
    appid: String,
    secret: SecretString,
}

/// What every answer may hold. Successes may leave both out.
#[derive(Deserialize)]
struct Verdict {
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    errmsg: String,
}

impl Client {
    pub(super) fn new(settings: &config::Wechat) -> anyhow::Result<Self> {
        let at = Url::parse(&settings.base_url).context("[wechat] base_url")?;
        ensure!(matches!(at.scheme(), "https" | "http"), "[wechat] base_url must begin with https://");
        // reqwest would panic.
        ensure!(rustls::crypto::CryptoProvider::get_default().is_some(), "no TLS provider is installed");
        let http = reqwest::Client::builder()
            .user_agent(concat!("shuke/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(10))
            // Shorter than gateways keep idle connections: a request on one that is just being
            // closed ends in "nobody knows".
            .pool_idle_timeout(Duration::from_secs(20))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .context("the HTTP client for WeChat")?;
        Ok(Self { http, at, appid: settings.appid.clone(), secret: settings.secret.clone() })
    }

    pub(super) fn appid(&self) -> &str {
        &self.appid
    }

    pub(super) fn secret(&self) -> &str {
        self.secret.expose_secret()
    }

    pub(super) fn is_configured(&self) -> bool {
        !self.appid.is_empty() && !self.secret().is_empty()
    }

    /// GET with these parameters.
    pub(super) async fn get<T>(
        &self,
        path: &'static str,
        query: &[(&str, &str)],
        read: fn(&[u8]) -> Result<T, WechatError>,
    ) -> Result<T, WechatError> {
        settled(path, send(self.http.get(self.url(path, query)), read).await)
    }

    /// POST of JSON; the access token is a parameter of the URL, as everywhere in this API.
    pub(super) async fn post<T>(
        &self,
        path: &'static str,
        token: Option<&str>,
        body: &Value,
        read: fn(&[u8]) -> Result<T, WechatError>,
    ) -> Result<T, WechatError> {
        let query = token.map(|token| ("access_token", token));
        let request = self.http.post(self.url(path, query.as_slice())).json(body);
        settled(path, send(request, read).await)
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.at.clone();
        url.set_path(&format!("{}{path}", self.at.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

async fn send<T>(request: RequestBuilder, read: fn(&[u8]) -> Result<T, WechatError>) -> Result<T, WechatError> {
    let mut response = request.send().await.map_err(WechatError::http)?;
    let status = response.status();
    // WeChat's own refusals come with 200; anything else is a gateway speaking.
    if !status.is_success() {
        return Err(WechatError::unanswered(anyhow::anyhow!("status {}", status.as_u16())));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| WechatError::unanswered(error.without_url()))? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(WechatError::unanswered(anyhow::anyhow!("the answer is too large")));
        }
        body.extend_from_slice(&chunk);
    }
    read(&body)
}

/// Writes down how a call ended. The path says which call; the query never appears anywhere.
fn settled<T>(path: &'static str, outcome: Result<T, WechatError>) -> Result<T, WechatError> {
    let name = outcome.as_ref().map_or_else(WechatError::outcome, |_| "ok");
    metrics::counter!("shuke_wechat_calls_total", "path" => path, "outcome" => name).increment(1);
    match &outcome {
        Err(WechatError::Refused { code, message }) => tracing::warn!(path, code, message, "WeChat refused"),
        Err(WechatError::Unanswered(cause)) => {
            tracing::warn!(path, cause = %format!("{cause:#}"), "WeChat did not answer");
        }
        _ => {}
    }
    outcome
}

/// Reads a JSON answer, whatever its content type claims: some calls name theirs plain text.
pub(super) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, WechatError> {
    let verdict: Verdict = serde_json::from_slice(body).map_err(unreadable)?;
    if verdict.errcode != 0 {
        return Err(WechatError::Refused { code: verdict.errcode, message: cleaned(&verdict.errmsg) });
    }
    serde_json::from_slice(body).map_err(unreadable)
}

/// Reads an answer of which only the verdict counts.
pub(super) fn verdict(body: &[u8]) -> Result<(), WechatError> {
    json::<Verdict>(body).map(drop)
}

/// serde's text may quote the value it stumbled over; where it stumbled is enough.
fn unreadable(error: serde_json::Error) -> WechatError {
    let (line, column, kind) = (error.line(), error.column(), error.classify());
    WechatError::unanswered(anyhow::anyhow!("an answer nobody can read: {kind:?} at {line}:{column}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Answer {
        openid: String,
    }

    #[test]
    fn success_needs_no_errcode() {
        for body in [r#"{"openid":"o1"}"#, r#"{"errcode":0,"errmsg":"ok","openid":"o1"}"#] {
            assert_eq!(json::<Answer>(body.as_bytes()).expect("an answer").openid, "o1");
        }
        assert!(verdict(b"{}").is_ok());
    }

    #[test]
    fn a_refusal_wins_over_missing_fields() {
        let refused = json::<Answer>(br#"{"errcode":40029,"errmsg":"invalid code rid: 01234567-89abcdef-01234567"}"#);
        let Err(WechatError::Refused { code: 40029, message }) = refused else { panic!("{refused:?}") };
        assert_eq!(message, "invalid code rid: 01234567-89abcdef-01234567");
    }

    #[test]
    fn an_answer_nobody_can_read_is_no_answer_and_is_not_quoted() {
        for body in ["", "<html></html>", "[]", "null", "{\"openid\":138001380}", "{\"errcode\":\"x\"}", "{\"openid\""]
        {
            let error = json::<Answer>(body.as_bytes()).expect_err("unreadable");
            assert!(matches!(error, WechatError::Unanswered(_)) && !error.is_certain(), "{body}: {error}");
            assert!(!error.to_string().contains("138001380"), "{error}");
        }
    }
}
