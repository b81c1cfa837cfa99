//! Servers that run beside us until we stop them.

pub mod mariadb;
pub mod redis;

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::Signal;

use crate::run;

const MOMENT: Duration = Duration::from_millis(50);

/// A running program; dropping it stops it.
pub struct Server {
    pub name: &'static str,
    pub log: PathBuf,
    child: Child,
    /// How long it may take to stop by itself.
    patience: Duration,
}

impl Server {
    /// Starts it; what it prints goes to a file.
    pub fn start(name: &'static str, command: &mut Command, log: &Path) -> Result<Self> {
        let out = File::create(log).with_context(|| log.display().to_string())?;
        let child = command
            .stdin(Stdio::null())
            // An error at the start is a sentence, not a list of functions.
            .env("RUST_LIB_BACKTRACE", "0")
            .stdout(out.try_clone()?)
            .stderr(out)
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", run::shown(command)))?;
        Ok(Self { name, log: log.to_owned(), child, patience: Duration::from_secs(25) })
    }

    /// Nothing it keeps is worth the time it needs to stop by itself.
    pub fn expendable(mut self) -> Self {
        self.patience = Duration::ZERO;
        self
    }

    /// Waits so long for it to stop by itself.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it works. When it ends before that, the error quotes its last words.
    pub fn wait_until(&mut self, works: impl Fn() -> bool) -> Result<()> {
        let limit = Duration::from_secs(60);
        let begin = Instant::now();
        while !works() {
            if run::stopping() {
                bail!("stopped");
            }
            if let Some(status) = self.ended() {
                bail!("{} ended with {status}:\n{}", self.name, self.last_words());
            }
            if begin.elapsed() > limit {
                bail!("{} does not answer after {} s:\n{}", self.name, limit.as_secs(), self.last_words());
            }
            thread::sleep(MOMENT);
        }
        Ok(())
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// The end of its log.
    pub fn last_words(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n")
    }

    /// Asks it to stop, and insists when it does not.
    pub fn stop(&mut self) {
        let Ok(group) = i32::try_from(self.child.id()) else { return };
        if self.ended().is_some() {
            return;
        }
        if self.patience > Duration::ZERO {
            run::send(group, Signal::SIGTERM);
            let begin = Instant::now();
            while begin.elapsed() < self.patience {
                if self.ended().is_some() {
                    return;
                }
                thread::sleep(MOMENT);
            }
            eprintln!("{} does not stop; killed", self.name);
        }
        run::send(group, Signal::SIGKILL);
        let _status = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
