//! `wechat-sim`: the simulator as a program, for development.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use wechat_sim::config::{PushFormat, PushMode};
use wechat_sim::{AppConfig, SimConfig};

/// The WeChat simulator. Apps come from files, from the flags, or later from POST /sim/apps.
#[derive(Debug, Parser)]
struct Flags {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 8190)]
    port: u16,
    /// A JSON file with one app (see README.md); may be repeated.
    #[arg(long, value_name = "FILE")]
    app: Vec<PathBuf>,
    /// One more app, described by the flags below.
    #[arg(long)]
    appid: Option<String>,
    #[arg(long, requires = "appid", default_value = "")]
    secret: String,
    #[arg(long, requires = "appid")]
    push_url: Option<String>,
    #[arg(long, requires = "appid", default_value = "")]
    push_token: String,
    #[arg(long, requires = "appid", default_value = "")]
    encoding_aes_key: String,
    /// Push without encryption.
    #[arg(long, requires = "appid")]
    push_plain: bool,
    /// Push XML instead of JSON.
    #[arg(long, requires = "appid")]
    push_xml: bool,
}

impl Flags {
    fn config(self) -> anyhow::Result<SimConfig> {
        let mut apps = Vec::new();
        for path in &self.app {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            let app: AppConfig = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
            apps.push(app);
        }
        if let Some(appid) = self.appid {
            apps.push(AppConfig {
                appid,
                secret: self.secret,
                push_url: self.push_url,
                push_token: self.push_token,
                encoding_aes_key: self.encoding_aes_key,
                push_mode: if self.push_plain { PushMode::Plain } else { PushMode::Safe },
                push_format: if self.push_xml { PushFormat::Xml } else { PushFormat::Json },
                ..AppConfig::default()
            });
        }
        Ok(SimConfig { port: self.port, apps })
    }
}

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let sim = wechat_sim::start(Flags::parse().config()?)?;
    // The one line on standard output: whoever started us waits for it and reads the address.
    writeln!(std::io::stdout(), "listening {}", sim.base_url)?;
    asked_to_stop().await?;
    sim.stop().await;
    Ok(())
}

#[cfg(unix)]
async fn asked_to_stop() -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn asked_to_stop() -> anyhow::Result<()> {
    tokio::signal::ctrl_c().await?;
    Ok(())
}
