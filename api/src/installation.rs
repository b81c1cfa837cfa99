//! What one running server holds: opened once at the start, handed to extractors and jobs. Handlers
//! never see it; what they may do comes to them as `Can<_>`.

use crate::auth::{Places, Snapshots, network_of};
use crate::cache::Cache;
use crate::calendar::Calendar;
use crate::clock::Clock;
use crate::config::Config;
use crate::crypto::Keyring;
use crate::db::{Connections, LogKeeper};
use crate::edge::RouteLimits;
use crate::presence::Presence;
use crate::scope::system;
use crate::sms::Sms;
use crate::wechat::Wechat;
use anyhow::{Context as _, bail};
use ipnet::IpNet;
use std::sync::Arc;

/// What keeps SQLite's log short, where there is one.
pub struct Kept(Option<LogKeeper>);

impl Kept {
    /// Ends it, before the database is closed: whoever closes the file last takes the log away.
    pub async fn stop(self) {
        if let Some(keeper) = self.0 {
            keeper.stop().await;
        }
    }
}

/// The parts of a running installation.
pub struct Installation {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) db: Connections,
    pub(crate) cache: Cache,
    pub(crate) keys: Keyring,
    pub(crate) wechat: Wechat,
    pub(crate) sms: Sms,
    pub(crate) places: Places,
    pub(crate) calendar: Calendar,
    pub(crate) snapshots: Snapshots,
    pub(crate) presence: Presence,
    /// Routes with limits of their own.
    pub(crate) routes: RouteLimits,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub(crate) proxies: Vec<IpNet>,
}

impl Installation {
    /// Opens everything the settings name.
    ///
    /// # Errors
    /// When a part cannot be reached, or the master key is not the one this database was written
    /// with; nothing is changed then.
    pub async fn open(config: Config, clock: Clock) -> anyhow::Result<Arc<Self>> {
        let calendar = Calendar::read(&config.privacy.holidays, &config.privacy.working_weekends)?;
        let routes = RouteLimits::read(&config.limits.routes)?;
        let found = Keyring::find(&config.keys, config.profile).await?;
        let db = Connections::open(&config.database, config.http.threads()).await?;
        let mark = system::key_mark(&db).await;
        if let Some(mark) = &mark
            && let Err(refused) = fitting(found.as_ref(), mark, &config.keys.file)
        {
            db.close().await;
            return Err(refused);
        }
        if config.database.migrate {
            db.migrate().await?;
        }
        let keys = match found {
            Some(keys) => keys,
            None => Keyring::make(&config.keys).await?,
        };
        let migrated = db.is_migrated().await.unwrap_or(false);
        let keys = if migrated { system::keep_lookups(&db, keys).await? } else { keys };
        let cache = Cache::open(&config.cache.url, &config.cache.prefix).await?;
        let wechat = Wechat::new(&config.wechat, cache.clone(), clock.clone())?;
        let places = Places::open(&config.auth.ip_database)?;
        let sms = Sms::new(&config.sms, config.profile)?;
        let proxies = networks(&config.http.trusted_proxy).context("[http] trusted_proxy")?;
        let (snapshots, presence) = (Snapshots::default(), Presence::default());
        let this = Arc::new(Self {
            config,
            clock,
            db,
            cache,
            keys,
            wechat,
            sms,
            places,
            calendar,
            snapshots,
            presence,
            routes,
            proxies,
        });
        if migrated {
            if mark.is_none() {
                system::leave_key_mark(&this).await?;
            }
        } else if this.config.database.migrate {
            bail!("the schema is not the one this version needs");
        }
        Ok(this)
    }

    /// Keeps SQLite's log short until the answer is stopped. Every server does, whether it runs jobs or not: what was
    /// answered is on the disk after half a second.
    ///
    /// # Errors
    /// When the database does not answer, or there can be no more threads.
    pub async fn keep_log_short(&self) -> anyhow::Result<Kept> {
        self.db.keep_log_short().await.map(Kept)
    }

    /// Closes what is open, after what is in flight.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// The clock; tests move it.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Statements executed so far.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.db.statements()
    }
}

/// Networks or single addresses, separated by commas.
fn networks(list: &str) -> anyhow::Result<Vec<IpNet>> {
    let one = |text: &str| network_of(text).with_context(|| format!("{text} is no address and no network"));
    list.split(',').map(str::trim).filter(|text| !text.is_empty()).map(one).collect()
}

/// Whether the key is there and opens what this database was written with.
fn fitting(keys: Option<&Keyring>, mark: &[u8], file: &str) -> anyhow::Result<()> {
    let keys = keys.with_context(|| {
        format!("the key file {file} is missing, without which this database cannot be read; put it back. Nothing was changed")
    })?;
    system::check_key_mark(keys, mark)
}
