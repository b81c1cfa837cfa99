//! The binary: reads the command line, opens the installation, hands over.

use anyhow::Context as _;
use api::admin::{Admin, AuditCommand};
use api::config::Config;
use api::{Clock, Installation, Present, Running, Worker, listen};
use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// 熟客 Shuke: a CRM that small businesses in China run inside WeChat.
#[derive(Debug, Parser)]
#[command(name = "shuke", version)]
struct Cli {
    /// A settings file; every setting has a default (see deploy/shuke.toml).
    #[arg(long, global = true, env = "SHUKE_CONFIG")]
    config: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the API, and runs jobs unless [jobs] in_process is off.
    Serve,
    /// Runs jobs only.
    Worker,
    /// Brings the schema up to date.
    Migrate,
    /// Prints the OpenAPI document.
    Openapi,
    /// Writes the embedded database and its key into one file.
    Backup {
        /// The file to write.
        file: PathBuf,
    },
    /// Puts a backup back where there is no database yet.
    Restore {
        /// The file to read.
        file: PathBuf,
    },
    /// The audit record.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Sets businesses, operators and staff up.
    #[command(subcommand)]
    Admin(Admin),
}

#[actix_web::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A sentence for whoever typed the command; where in the program it arose is no help to them.
            let _ = writeln!(std::io::stderr(), "Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        anyhow::bail!("another TLS provider is installed");
    }
    let mut config = Config::load(cli.config.as_deref())?;
    api::log(&config)?;
    match cli.command {
        Command::Openapi => say(&serde_json::to_string_pretty(&api::document())?),
        Command::Serve => serve(config).await,
        Command::Worker => {
            let at = Installation::open(config, Clock::System).await?;
            let present = Present::enter(&at, "worker").await?;
            api::erase_again(&at).await?;
            let mut signals = Signals::listen()?;
            let worker = Worker::start(at);
            tokio::select! {
                outdated = present.outdated() => return Err(outdated),
                () = signals.stop() => {}
            }
            worker.stop().await;
            present.leave().await;
            Ok(())
        }
        Command::Migrate => {
            config.database.migrate = true;
            Installation::open(config, Clock::System).await.map(|_| ())
        }
        Command::Backup { file } => api::backup(&config, &file).await,
        Command::Restore { file } => {
            let list = PathBuf::from(&config.keys.erased_file);
            api::restore(&config, &file)?;
            let at = Installation::open(config, Clock::System).await?;
            let again = api::erase_again(&at).await?;
            at.close().await;
            say(&if list.exists() {
                serde_json::json!({ "erased_again": again })
            } else {
                // Not the same as a list on which nobody stands.
                let next = "whoever was erased since the backup was made is back. Put the list there and start the \
                            server, which erases them again. Where nobody was ever erased there is none";
                serde_json::json!({ "erased_again": null, "no_list_at": list, "next": next })
            }
            .to_string())
        }
        Command::Audit(command) => {
            config.database.must_be_there()?;
            let at = Installation::open(config, Clock::System).await?;
            let (answers, intact) = command.run(&at).await?;
            answers.iter().try_for_each(|answer| say(&answer.to_string()))?;
            anyhow::ensure!(intact, "the audit record is not what it was");
            Ok(())
        }
        Command::Admin(admin) => {
            config.database.must_be_there()?;
            let at = Installation::open(config, Clock::System).await?;
            say(&admin.run(&at).await?.to_string())
        }
    }
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let jobs = config.jobs.in_process;
    let at = Installation::open(config, Clock::System).await?;
    let present = Present::enter(&at, "serve").await?;
    api::erase_again(&at).await?;
    // Before anybody can see that it runs: whoever stops it then lets it end in order.
    let mut signals = Signals::listen()?;
    let Running { address, handle, server } = listen(&at)?;
    tracing::info!(%address, "listening");
    let worker = jobs.then(|| Worker::start(Arc::clone(&at)));
    let log = at.keep_log_short().await?;
    let mut server = actix_web::rt::spawn(server);
    tokio::select! {
        ended = &mut server => return ended?.context("the server ended"),
        // Not in order: nothing that is in flight may be sealed any more.
        outdated = present.outdated() => return Err(outdated),
        () = signals.stop() => {}
    }
    tracing::info!("stopping: finishing what is in flight");
    handle.stop(true).await;
    if let Some(worker) = worker {
        worker.stop().await;
    }
    server.await?.context("stopping")?;
    present.leave().await;
    log.stop().await;
    at.close().await;
    Ok(())
}

/// What asks us to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From now on neither ends the process by itself.
    fn listen() -> anyhow::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for Ctrl-C or SIGTERM.
    async fn stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Prints a line; a closed pipe is the reader's choice, not an error of ours to unwind about.
fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{text}").context("standard output")
}
