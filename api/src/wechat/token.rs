//! The access token: one for all callers, renewed before it ends, by one of them.
//!
//! It is the stable token in normal mode: asking again gives the same one, so two replicas that ask
//! at the same time do each other no harm. `force_refresh` is never used; it would take the token
//! away from everybody and works twenty times a day.

use super::client::{BUSY_PAUSES, Client, json};
use super::error::{BUSY, WechatError};
use crate::cache::Cache;
use crate::clock::Clock;
use serde::Deserialize;
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// WeChat gives out the next token in the last five minutes of the old one.
const MARGIN_S: u64 = 300;
/// A little more than one request may take.
const LOCK: Duration = Duration::from_secs(12);
/// How long to look for a token another replica is fetching.
const PATIENCE: u32 = 20;
const GLANCE: Duration = Duration::from_millis(100);

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: u64,
}

/// Where the token is kept, and who may fetch it.
pub(super) struct Tokens {
    cache: Cache,
    clock: Clock,
    /// Held while fetching. Holds why the last fetch failed.
    flight: Mutex<Option<String>>,
    /// Fetches that ended.
    landed: AtomicU64,
}

impl Tokens {
    pub(super) fn new(cache: Cache, clock: Clock) -> Self {
        Self { cache, clock, flight: Mutex::default(), landed: AtomicU64::new(0) }
    }

    /// The token of now.
    ///
    /// # Errors
    /// A certain `Unanswered`, also when WeChat refused: the refusal is of the token, and must not
    /// be taken for one of the call that needed it.
    pub(super) async fn current(&self, client: &Client) -> Result<String, WechatError> {
        if let Some(token) = self.kept(client).await {
            return Ok(token);
        }
        let landed = self.landed.load(Ordering::SeqCst);
        let mut failure = self.flight.lock().await;
        if let Some(token) = self.kept(client).await {
            return Ok(token);
        }
        // Whoever waited for a fetch that failed shares its failure: one after the other would wait
        // ten seconds for each.
        if let Some(reason) = failure.as_deref().filter(|_| self.landed.load(Ordering::SeqCst) > landed) {
            return Err(WechatError::not_sent(anyhow::anyhow!("{reason}")));
        }
        let lock = format!("wechat:token-lock:{}", client.appid());
        if !self.cache.lock(&lock, LOCK).await
            && let Some(token) = self.awaited(client).await
        {
            return Ok(token);
        }
        let answer = fetch(client).await;
        if let Ok(answer) = &answer {
            self.keep(client, answer).await;
        }
        self.cache.remove(&lock).await;
        *failure = answer.as_ref().err().map(|error| format!("no access token: {error}"));
        self.landed.fetch_add(1, Ordering::SeqCst);
        match failure.as_deref() {
            None => answer.map(|answer| answer.access_token),
            Some(reason) => Err(WechatError::not_sent(anyhow::anyhow!("{reason}"))),
        }
    }

    /// Forgets a token that WeChat no longer takes, unless somebody was faster and it is another
    /// one by now.
    pub(super) async fn discard(&self, client: &Client, token: &str) {
        if self.kept(client).await.as_deref() == Some(token) {
            self.cache.remove(&key(client)).await;
        }
    }

    async fn kept(&self, client: &Client) -> Option<String> {
        let kept = self.cache.get(&key(client)).await?;
        let (until, token) = kept.split_once(' ')?;
        // The cache counts in its own time; the clock may have been moved.
        (self.clock.now().timestamp() < until.parse().ok()?).then(|| token.to_owned())
    }

    async fn keep(&self, client: &Client, answer: &Answer) {
        let life = answer.expires_in.saturating_sub(MARGIN_S).max(1);
        let until = self.clock.now().timestamp().saturating_add_unsigned(life);
        self.cache.set(&key(client), &format!("{until} {}", answer.access_token), Duration::from_secs(life)).await;
    }

    /// Another replica is fetching. If it takes too long, it may have died: then we fetch too.
    async fn awaited(&self, client: &Client) -> Option<String> {
        for _ in 0..PATIENCE {
            tokio::time::sleep(GLANCE).await;
            if let Some(token) = self.kept(client).await {
                return Some(token);
            }
        }
        None
    }
}

fn key(client: &Client) -> String {
    format!("wechat:token:{}", client.appid())
}

async fn fetch(client: &Client) -> Result<Answer, WechatError> {
    let body = json!({
        "grant_type": "client_credential",
        "appid": client.appid(),
        "secret": client.secret(),
        "force_refresh": false,
    });
    let ask = || client.post("/cgi-bin/stable_token", None, &body, json::<Answer>);
    for pause in BUSY_PAUSES {
        match ask().await {
            Err(WechatError::Refused { code: BUSY, .. }) => tokio::time::sleep(pause).await,
            answer => return answer,
        }
    }
    ask().await
}
