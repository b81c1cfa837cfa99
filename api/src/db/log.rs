//! SQLite's log, which a thread of its own keeps short.

use super::near::Near;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// How often the log is written into the file: so much of the last changes a power cut can cost.
const EVERY: Duration = Duration::from_millis(500);

/// Pages in the log, 900 MB, with which writers are asked to pause for a moment, a tenth of a second. While they write
/// there is always something in it that is not in the file, so it never begins anew, until it is full and everybody waits
/// three times as long.
const LONG: i64 = 230_000;

/// Pages that are left after two rounds when it is not writers who keep the log long, but somebody who reads it as it was.
const PINNED: i64 = 40_000;

/// Bytes of a page in the log, with its header (the format of SQLite's log, <https://sqlite.org/fileformat2.html#walformat>).
#[cfg(target_os = "linux")]
const PAGE: u64 = 4096 + 24;

/// Bytes by which the log's file is longer than what is in it. The disk's blocks are given to it in advance: while it grows
/// ext4 gives them when the log is made sure of, and whoever writes into it at that moment waits for the disk.
#[cfg(target_os = "linux")]
const AHEAD: u64 = 128 << 20;

/// Bytes that everybody else on the disk is left. A file system that has less than it is asked for may give all that it has,
/// and keep it given, before it says so.
#[cfg(target_os = "linux")]
const SPARE: u64 = 1 << 30;

/// How much less this thread matters than those that answer somebody (`nice`, from 0 to 19). With an equal share of a
/// processor it holds up each of a change's ways between threads for the four milliseconds of a turn.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Keeps the log short for as long as it is there.
pub(crate) struct LogKeeper {
    /// Dropped, it ends the thread.
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

/// The log, and who may pause.
pub(super) struct Log {
    /// How the file is opened.
    pub(super) options: SqliteConnectOptions,
    pub(super) writers: Near,
    /// For the moment in which they pause: opened where threads matter as much as theirs.
    pub(super) hasty: SqliteConnection,
}

impl LogKeeper {
    /// Begins.
    ///
    /// # Errors
    /// When there can be no more threads.
    pub(super) fn start(log: Log) -> std::io::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let keep = move || {
            // What threads this one begins, such as that of its connection, matter as little.
            #[cfg(target_os = "linux")]
            if let Err(error) = rustix::process::setpriority_process(None, NICE) {
                tracing::warn!(%error, "the thread that keeps the log of the database short is as important as others");
            }
            match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime.block_on(log.keep(stopped)),
                Err(error) => tracing::error!(%error, "keeping the log of the database short"),
            }
        };
        Ok(Self { stop, thread: std::thread::Builder::new().name("sqlite-log".to_owned()).spawn(keep)? })
    }

    /// Ends, after what is on its way.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        let _ = tokio::task::spawn_blocking(|| self.thread.join()).await;
    }
}

impl Log {
    async fn keep(mut self, mut stopped: oneshot::Receiver<()>) {
        let mut connection = None;
        self.lengthen(0);
        loop {
            tokio::select! {
                _ = &mut stopped => break,
                () = tokio::time::sleep(EVERY) => {}
            }
            if let Err(error) = self.shorten(&mut connection).await {
                tracing::error!(%error, "writing the log of the database into its file");
                connection = None;
            }
        }
        if let Some(connection) = connection {
            let _ = connection.close().await;
        }
        let _ = self.hasty.close().await;
    }

    async fn shorten(&mut self, connection: &mut Option<SqliteConnection>) -> Result<(), sqlx::Error> {
        let connection = match connection {
            Some(open) => open,
            None => connection.insert(self.options.connect().await?),
        };
        let found = write(connection).await?;
        self.lengthen(found.pages);
        if found.pages < LONG || found.left() == 0 {
            // Where nothing is left the next writer begins it anew.
            return Ok(());
        }
        // What came meanwhile, and all that waits for the disk, so that little is left for the pause.
        if write(connection).await?.left() > PINNED {
            return Ok(());
        }
        self.flush();
        let _pause = self.writers.pause().await;
        write(&mut self.hasty).await.map(drop)
    }

    /// Makes the log's file long enough for what comes next. What is behind the last page was never written by SQLite, and
    /// it takes it for no page. A file system that gives no blocks in advance does without.
    fn lengthen(&self, pages: i64) {
        #[cfg(target_os = "linux")]
        {
            let mut name = self.options.get_filename().as_os_str().to_owned();
            name.push("-wal");
            let wanted = u64::try_from(pages).unwrap_or(0) * PAGE + AHEAD;
            let there = std::fs::metadata(&name).map_or(u64::MAX, |file| file.len());
            if let Some(more) = wanted.checked_sub(there).filter(|more| *more > 0)
                && let Err(error) = longer(&name, there, more)
            {
                tracing::debug!(%error, "the log of the database");
            }
        }
        #[cfg(not(target_os = "linux"))]
        let _ = pages;
    }

    /// Waits until what was written into the file is on the disk, with whatever else is on its way there. The file is not
    /// opened for it: when any file of this process that is the database's is closed, SQLite's locks on it are gone.
    fn flush(&self) {
        #[cfg(target_os = "linux")]
        if let Some(folder) = folder(&self.options)
            && let Err(error) = std::fs::File::open(folder).and_then(|folder| Ok(rustix::fs::syncfs(folder)?))
        {
            tracing::warn!(%error, "the folder of the database");
        }
    }
}

/// SQLite has no lock on the log's file, so none is lost when it is closed here.
#[cfg(target_os = "linux")]
fn longer(name: &std::ffi::OsStr, from: u64, more: u64) -> std::io::Result<()> {
    let file = std::fs::OpenOptions::new().write(true).open(name)?;
    let disk = rustix::fs::fstatvfs(&file)?;
    if disk.f_bavail.saturating_mul(disk.f_frsize) < more.saturating_add(SPARE) {
        return Err(std::io::ErrorKind::StorageFull.into());
    }
    Ok(rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), from, more)?)
}

#[cfg(target_os = "linux")]
fn folder(options: &SqliteConnectOptions) -> Option<PathBuf> {
    let folder = options.get_filename().parent()?;
    Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() })
}

/// What a checkpoint found.
struct Found {
    /// Pages in the log.
    pages: i64,
    /// How many of them are in the file.
    written: i64,
}

impl Found {
    const fn left(&self) -> i64 {
        self.pages - self.written
    }
}

/// Writes what the log holds into the file, beside whoever reads and writes. It waits for the disk, so what was
/// committed before is there to stay.
async fn write(connection: &mut SqliteConnection) -> Result<Found, sqlx::Error> {
    let checkpoint = sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)");
    let (_busy, pages, written): (i64, i64, i64) = checkpoint.fetch_one(connection).await?;
    Ok(Found { pages, written })
}

#[cfg(test)]
mod tests;
