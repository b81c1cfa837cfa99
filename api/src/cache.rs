//! Counters and short-lived copies, in the process or in Redis. No correctness rests on it: when
//! Redis is away, every call falls back to the process.

use anyhow::Context as _;
use moka::Expiry;
use moka::future::Cache as Moka;
use redis::AsyncCommands as _;
use redis::aio::ConnectionManager;
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[derive(Clone)]
struct Entry {
    text: Arc<str>,
    count: Arc<AtomicU64>,
    life: Duration,
}

struct Lives;

impl Expiry<String, Entry> for Lives {
    fn expire_after_create(&self, _: &String, entry: &Entry, _: Instant) -> Option<Duration> {
        Some(entry.life)
    }
}

/// The cache; clones share it.
#[derive(Clone)]
pub struct Cache {
    memory: Moka<String, Entry>,
    redis: Option<ConnectionManager>,
    prefix: Arc<str>,
}

impl Cache {
    /// Connects to `memory:` or `redis://…`.
    ///
    /// # Errors
    /// When the URL is neither, or Redis cannot be reached at the start.
    pub async fn open(url: &SecretString, prefix: &str) -> anyhow::Result<Self> {
        let redis = match url.expose_secret() {
            "memory:" => None,
            url if url.starts_with("redis://") => {
                let client = redis::Client::open(url).context("[cache] url")?;
                let settings = redis::aio::ConnectionManagerConfig::new()
                    .set_connection_timeout(Some(Duration::from_secs(2)))
                    .set_response_timeout(Some(Duration::from_secs(2)))
                    .set_number_of_retries(1);
                Some(ConnectionManager::new_with_config(client, settings).await.context("connecting to Redis")?)
            }
            _ => anyhow::bail!("[cache] url must be memory: or redis://…"),
        };
        let memory = Moka::builder().max_capacity(100_000).expire_after(Lives).build();
        Ok(Self { memory, redis, prefix: prefix.into() })
    }

    fn key(&self, key: &str) -> String {
        format!("{}:{key}", self.prefix)
    }

    /// The text under `key`, if it is still there.
    pub async fn get(&self, key: &str) -> Option<String> {
        let key = self.key(key);
        if let Some(mut redis) = self.redis.clone() {
            match redis.get::<_, Option<String>>(&key).await {
                Ok(found) => return found,
                Err(error) => away(&error),
            }
        }
        self.memory.get(&key).await.map(|entry| entry.text.to_string())
    }

    /// Keeps `text` for `life`.
    pub async fn set(&self, key: &str, text: &str, life: Duration) {
        let key = self.key(key);
        if let Some(mut redis) = self.redis.clone() {
            match redis.set_ex::<_, _, ()>(&key, text, life.as_secs().max(1)).await {
                Ok(()) => return,
                Err(error) => away(&error),
            }
        }
        self.memory.insert(key, Entry { text: text.into(), count: Arc::default(), life }).await;
    }

    /// Forgets `key`.
    pub async fn remove(&self, key: &str) {
        let key = self.key(key);
        if let Some(mut redis) = self.redis.clone()
            && let Err(error) = redis.del::<_, ()>(&key).await
        {
            away(&error);
        }
        self.memory.invalidate(&key).await;
    }

    /// Adds one to a counter that forgets itself `life` after its first count, and returns it.
    pub async fn count(&self, key: &str, life: Duration) -> u64 {
        let key = self.key(key);
        if let Some(mut redis) = self.redis.clone() {
            // One round trip, and no counter without an end: both commands run or neither.
            let counted: redis::RedisResult<(u64,)> = redis::pipe()
                .atomic()
                .incr(&key, 1)
                .cmd("EXPIRE")
                .arg(&key)
                .arg(life.as_secs().max(1))
                .arg("NX")
                .ignore()
                .query_async(&mut redis)
                .await;
            match counted {
                Ok((count,)) => return count,
                Err(error) => away(&error),
            }
        }
        let entry = self.memory.get_with(key, async { Entry { text: "".into(), count: Arc::default(), life } }).await;
        entry.count.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Takes a lock for at most `life`; `false` when somebody else holds it.
    pub async fn lock(&self, key: &str, life: Duration) -> bool {
        let key = self.key(key);
        if let Some(mut redis) = self.redis.clone() {
            let taken: redis::RedisResult<Option<String>> = redis::cmd("SET")
                .arg(&key)
                .arg("1")
                .arg("NX")
                .arg("EX")
                .arg(life.as_secs().max(1))
                .query_async(&mut redis)
                .await;
            match taken {
                Ok(answer) => return answer.is_some(),
                Err(error) => away(&error),
            }
        }
        let entry = self.memory.get_with(key, async { Entry { text: "".into(), count: Arc::default(), life } }).await;
        entry.count.fetch_add(1, Ordering::SeqCst) == 0
    }

    /// Whether Redis answers (always, without one).
    pub async fn is_up(&self) -> bool {
        match self.redis.clone() {
            Some(mut redis) => redis::cmd("PING").query_async::<String>(&mut redis).await.is_ok(),
            None => true,
        }
    }
}

fn away(error: &redis::RedisError) {
    metrics::counter!("shuke_cache_errors_total").increment(1);
    tracing::warn!(kind = ?error.kind(), "Redis is away; using the process instead");
}
