//! Counters and short-lived copies, in the process or in Redis. No correctness rests on it: when
//! Redis is away, every call falls back to the process.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use moka::Expiry;
use moka::future::Cache as Moka;
use redis::AsyncCommands as _;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};
use thread_local::ThreadLocal;

/// Takes a token out of a bucket: one round trip, and the same whole numbers as in the process. A token is
/// 60,000 parts, so that `per_minute` parts come back each millisecond.
const TAKE_TOKEN: &str = r"
local cap, rate, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local kept = redis.call('HMGET', KEYS[1], 'level', 'at')
local level, at = tonumber(kept[1]) or cap, tonumber(kept[2]) or now
level = math.min(cap, level + math.max(0, now - at) * rate)
local taken = level >= 60000
if taken then level = level - 60000 end
redis.call('HSET', KEYS[1], 'level', string.format('%d', level), 'at', string.format('%d', now))
redis.call('EXPIRE', KEYS[1], 120)
if taken then return 0 end
return math.ceil((60000 - level) / rate)
";
static TAKING: LazyLock<redis::Script> = LazyLock::new(|| redis::Script::new(TAKE_TOKEN));
const TOKEN: i64 = 60_000;

/// What is left in a bucket, and since when that is so.
#[derive(Clone, Copy)]
struct Bucket {
    level: i64,
    at: i64,
}

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
    buckets: moka::sync::Cache<String, Arc<Mutex<Bucket>>>,
    redis: Option<Arc<Redis>>,
    prefix: Arc<str>,
}

/// Redis, over a connection for each thread: an answer wakes the thread that opened the connection, which then is the
/// one that waits.
struct Redis {
    client: redis::Client,
    threads: ThreadLocal<ConnectionManager>,
}

impl Redis {
    fn mine(&self) -> redis::RedisResult<ConnectionManager> {
        let connection = self.threads.get_or_try(|| {
            let settings = ConnectionManagerConfig::new()
                .set_connection_timeout(Some(Duration::from_secs(2)))
                .set_response_timeout(Some(Duration::from_secs(2)))
                .set_number_of_retries(1);
            ConnectionManager::new_lazy_with_config(self.client.clone(), settings)
        })?;
        Ok(connection.clone())
    }
}

impl Cache {
    /// Connects to `memory:` or `redis://…`. A Redis that is away at the start is used as soon as it is there,
    /// like one that goes away later.
    ///
    /// # Errors
    /// When the URL is neither.
    pub async fn open(url: &SecretString, prefix: &str) -> anyhow::Result<Self> {
        let redis = match url.expose_secret() {
            "memory:" => None,
            url if url.starts_with("redis://") => {
                let client = redis::Client::open(url).context("[cache] url")?;
                Some(Arc::new(Redis { client, threads: ThreadLocal::new() }))
            }
            _ => anyhow::bail!("[cache] url must be memory: or redis://…"),
        };
        let memory = Moka::builder().max_capacity(100_000).expire_after(Lives).build();
        let buckets = moka::sync::Cache::builder().max_capacity(100_000).time_to_idle(Duration::from_secs(120)).build();
        let this = Self { memory, buckets, redis, prefix: prefix.into() };
        if !this.is_up().await {
            tracing::error!(
                "Redis does not answer: starting without it. Each process counts attempts and limits by itself until it is back"
            );
        }
        Ok(this)
    }

    fn redis(&self) -> Option<ConnectionManager> {
        self.redis.as_ref()?.mine().inspect_err(away).ok()
    }

    fn key(&self, key: &str) -> String {
        format!("{}:{key}", self.prefix)
    }

    /// The text under `key`, if it is still there.
    pub async fn get(&self, key: &str) -> Option<String> {
        let key = self.key(key);
        if let Some(mut redis) = self.redis() {
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
        if let Some(mut redis) = self.redis() {
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
        if let Some(mut redis) = self.redis()
            && let Err(error) = redis.del::<_, ()>(&key).await
        {
            away(&error);
        }
        self.memory.invalidate(&key).await;
    }

    /// Adds one to a counter that forgets itself `life` after its first count, and returns it.
    pub async fn count(&self, key: &str, life: Duration) -> u64 {
        let key = self.key(key);
        if let Some(mut redis) = self.redis() {
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

    /// Takes a token out of the bucket under `key`, which holds a quarter of a minute's tokens and gets
    /// `per_minute` a minute. Otherwise the seconds until there is one.
    pub async fn take_token(&self, key: &str, per_minute: u64, now: DateTime<Utc>) -> Result<(), u64> {
        let rate = i64::try_from(per_minute.max(1)).unwrap_or(i64::MAX / TOKEN);
        let (cap, now) = ((rate / 4).max(1).saturating_mul(TOKEN), now.timestamp_millis());
        let key = self.key(key);
        let wait = |millis: i64| Err(u64::try_from(millis).unwrap_or_default().div_ceil(1000).max(1));
        if let Some(mut redis) = self.redis() {
            match TAKING.key(&key).arg(cap).arg(rate).arg(now).invoke_async::<i64>(&mut redis).await {
                Ok(0) => return Ok(()),
                Ok(millis) => return wait(millis),
                Err(error) => away(&error),
            }
        }
        let bucket = self.buckets.get_with(key, || Arc::new(Mutex::new(Bucket { level: cap, at: now })));
        // A thread that panicked while it held the bucket left whole numbers behind.
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let refill = now.saturating_sub(bucket.at).max(0).saturating_mul(rate);
        bucket.level = bucket.level.saturating_add(refill).min(cap);
        bucket.at = now;
        if bucket.level >= TOKEN {
            bucket.level -= TOKEN;
            return Ok(());
        }
        wait((TOKEN - bucket.level).div_euclid(rate) + 1)
    }

    /// Takes a lock for at most `life`; `false` when somebody else holds it.
    pub async fn lock(&self, key: &str, life: Duration) -> bool {
        let key = self.key(key);
        if let Some(mut redis) = self.redis() {
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
        match (&self.redis, self.redis()) {
            (None, _) => true,
            (_, Some(mut redis)) => redis::cmd("PING").query_async::<String>(&mut redis).await.is_ok(),
            _ => false,
        }
    }
}

fn away(error: &redis::RedisError) {
    metrics::counter!("shuke_cache_errors_total").increment(1);
    tracing::warn!(kind = ?error.kind(), "Redis is away; using the process instead");
}
