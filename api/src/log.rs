//! What is written down, and how.

use crate::config::Config;
use anyhow::{Context as _, bail};
use std::fmt;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

/// Begins to write to standard error; standard output belongs to what a command answers.
///
/// # Errors
/// When `[log]` says what is neither a filter nor a format.
pub fn log(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log.filter).context("[log] filter")?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match config.log.format.as_str() {
        "json" => lines.json().flatten_event(true).boxed(),
        "text" => lines.boxed(),
        other => bail!("[log] format is json or text, not {other}"),
    };
    tracing_subscriber::registry().with(filter).with(NotOurFault).with(lines).init();
    Ok(())
}

/// Leaves out what actix calls an error and is none of ours: somebody sent what is no HTTP, or went away. Anybody can
/// do that as often as they like, and whoever watches for errors must not be woken by it.
struct NotOurFault;

impl<S: Subscriber> Layer<S> for NotOurFault {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        let about = event.metadata();
        if *about.level() != Level::ERROR || about.target() != "actix_http::h1::dispatcher" {
            return true;
        }
        let mut said = Said(String::new());
        event.record(&mut said);
        !said.0.starts_with("stream error")
    }
}

/// The sentence of an event.
struct Said(String);

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
