//! Whether this server may still seal. It says every ten seconds that it is alive; a server that was silent for a
//! minute does not count when the master key is replaced. So whoever was stopped for a while (a machine that
//! slept, a container that was frozen) asks first, before it answers a request or runs a job.

use crate::installation::Installation;
use crate::problem::Problem;
use crate::scope::new_id;
use crate::scope::system::System;
use crate::scope::system::servers::{COUNTS_SECONDS, server, shown};
use chrono::{DateTime, Utc};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{Mutex, watch};

/// Between two words.
const BEAT: Duration = Duration::from_secs(10);
/// For how long the last word is trusted: a quarter of a minute is left for what was begun before its end.
const TRUSTED_SECONDS: i64 = COUNTS_SECONDS - 15;
/// Where Linux keeps the machine's name.
const HOSTNAME: &str = "/proc/sys/kernel/hostname";

/// What this process has said of itself. Tests and commands say nothing, and are not asked.
#[derive(Default)]
pub(crate) struct Presence {
    this: OnceLock<server::Model>,
    /// When it was last confirmed, in microseconds since 1970.
    confirmed: AtomicI64,
    /// One asks, whoever else comes waits for the answer.
    asking: Mutex<()>,
    outdated: watch::Sender<bool>,
}

impl Presence {
    /// Makes sure that the keys of this process are still those of the installation.
    ///
    /// # Errors
    /// 503 when they are not, or the database does not say.
    pub(crate) async fn ensure(&self, at: &Arc<Installation>) -> Result<(), Problem> {
        let Some(this) = self.this.get() else { return Ok(()) };
        if self.is_fresh(at.clock.now()) {
            return Ok(());
        }
        let _asking = self.asking.lock().await;
        if self.is_fresh(at.clock.now()) { Ok(()) } else { self.say(at, this).await }
    }

    /// A clock that was put back proves nothing.
    fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        let since = now.timestamp_micros().saturating_sub(self.confirmed.load(Ordering::SeqCst));
        (0..TRUSTED_SECONDS * 1_000_000).contains(&since) && !*self.outdated.borrow()
    }

    async fn say(&self, at: &Arc<Installation>, this: &server::Model) -> Result<(), Problem> {
        // The moment before it is said: what the database is slow to take is not the newer for it.
        let now = at.clock.now();
        if System::new(at).say_alive(server::Model { seen_at: now, ..this.clone() }).await? {
            self.confirmed.store(now.timestamp_micros(), Ordering::SeqCst);
            Ok(())
        } else {
            self.outdated.send_replace(true);
            Err(Problem::Unavailable)
        }
    }
}

/// A server that has said that it is there, and goes on saying so until it leaves.
pub struct Present {
    at: Arc<Installation>,
    beat: Option<tokio::task::JoinHandle<()>>,
}

impl Present {
    /// Says that this process serves or works, as `kind` calls it, and goes on saying so.
    ///
    /// # Errors
    /// When the installation is sealed under another master key by now, or the database does not answer.
    pub async fn enter(at: &Arc<Installation>, kind: &str) -> anyhow::Result<Self> {
        let entered = Self::enter_once(at, kind).await?;
        let here = Arc::clone(at);
        let beat = actix_web::rt::spawn(async move {
            loop {
                tokio::time::sleep(BEAT).await;
                let Some(this) = here.presence.this.get() else { return };
                let _asking = here.presence.asking.lock().await;
                if let Err(problem) = here.presence.say(&here, this).await {
                    tracing::error!(cause = problem.cause(), "saying that this server is alive");
                }
            }
        });
        Ok(Self { beat: Some(beat), ..entered })
    }

    /// As [`Present::enter`], but says it once: a test's clock stands still.
    ///
    /// # Errors
    /// As [`Present::enter`].
    pub async fn enter_once(at: &Arc<Installation>, kind: &str) -> anyhow::Result<Self> {
        let now = at.clock.now();
        let machine = std::fs::read_to_string(HOSTNAME).unwrap_or_default();
        let this = at.presence.this.get_or_init(|| server::Model {
            id: new_id(now),
            kind: kind.to_owned(),
            process: format!("{}/{}", machine.trim(), std::process::id()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            key_id: at.keys.ids().first().copied().map(shown).unwrap_or_default(),
            started_at: now,
            seen_at: now,
        });
        match at.presence.say(at, this).await {
            Err(_) if *at.presence.outdated.borrow() => anyhow::bail!(OUTDATED),
            // A server may be started before the migration; it answers nothing until that is over.
            Err(problem) if at.db.is_migrated().await.unwrap_or(true) => Err(crate::admin::said(problem))?,
            Err(_) => tracing::warn!("the schema is older than this server: it answers when `shuke migrate` has run"),
            Ok(()) => {}
        }
        Ok(Self { at: Arc::clone(at), beat: None })
    }

    /// Waits until this process may not seal any more, and says why.
    pub async fn outdated(&self) -> anyhow::Error {
        let mut outdated = self.at.presence.outdated.subscribe();
        let _ = outdated.wait_for(|outdated| *outdated).await;
        anyhow::anyhow!(OUTDATED)
    }

    /// Ends in order: nobody waits for this process any more.
    pub async fn leave(self) {
        if let Some(beat) = &self.beat {
            beat.abort();
        }
        let Some(this) = self.at.presence.this.get() else { return };
        if let Err(problem) = System::new(&self.at).say_gone(this.id).await {
            tracing::warn!(cause = problem.cause(), "saying that this server ends");
        }
    }
}

const OUTDATED: &str = "the master key was replaced and the former one put away while this server was not heard of: \
                        it must not seal anything any more. Start it again, with the key file of now";
