//! A log that is longer than what is in it.

use super::*;
use crate::db::link::Opener;
use sea_orm::ConnectionTrait as _;
use sqlx::sqlite::SqliteJournalMode;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

/// What is answered where the log gets no place in advance.
#[cfg(target_os = "linux")]
const NONE: [std::io::ErrorKind; 2] = [std::io::ErrorKind::Unsupported, std::io::ErrorKind::StorageFull];

fn options(file: PathBuf) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    options.journal_mode(SqliteJournalMode::Wal)
}

fn writers(options: &SqliteConnectOptions) -> Near {
    Near::one(Opener::Sqlite(options.clone()), Arc::new(AtomicU64::new(0)))
}

async fn insert(writers: &Near) {
    for _ in 0..20 {
        writers.execute_unprepared("INSERT INTO t DEFAULT VALUES").await.expect("a row");
    }
}

/// Whatever it is: what is asked for is more than the largest file.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_nearly_full_is_left_to_whoever_has_something_to_write() {
    let file = std::env::temp_dir().join(format!("shuke-log-{}", u64::from_ne_bytes(crate::crypto::random())));
    std::fs::write(&file, b"").expect("a file");
    let asked = longer(file.as_os_str(), 0, 1 << 62).expect_err("no disk has as much");
    assert!(NONE.contains(&asked.kind()), "it was asked for all it has: {asked}");
    std::fs::remove_file(file).expect("it was there");
}

/// As after a power cut: the file and its log as they are on the disk, opened by somebody else.
#[cfg(target_os = "linux")]
#[actix_web::test]
async fn the_disk_gives_the_log_its_place_in_advance_and_what_is_in_it_is_read_as_it_was() {
    let folder = std::env::temp_dir().join(format!("shuke-log-{}", u64::from_ne_bytes(crate::crypto::random())));
    std::fs::create_dir_all(&folder).expect("a folder");
    let (file, log) = (folder.join("db"), folder.join("db-wal"));
    let probe = folder.join("probe");
    std::fs::write(&probe, b"").expect("a file");
    if longer(probe.as_os_str(), 0, 1).is_err_and(|error| NONE.contains(&error.kind())) {
        // This file system gives no blocks in advance, or has hardly any.
        std::fs::remove_dir_all(folder).expect("it was there");
        return;
    }
    let options = options(file.clone());
    let writers = writers(&options);
    writers.execute_unprepared("CREATE TABLE t (id INTEGER PRIMARY KEY)").await.expect("a table");
    let hasty = options.connect().await.expect("a connection");
    let keeper = LogKeeper::start(Log { options, writers: writers.clone(), hasty }).expect("a thread");
    insert(&writers).await;
    let begin = Instant::now();
    while std::fs::metadata(&log).expect("a log").len() < AHEAD {
        assert!(begin.elapsed() < Duration::from_secs(20), "it is as long as what is in it");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    insert(&writers).await;
    let cut = folder.join("cut");
    std::fs::copy(&log, folder.join("cut-wal")).expect("the log");
    std::fs::copy(&file, &cut).expect("the file");
    let after = self::writers(&self::options(cut));
    insert(&after).await;
    let count = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT COUNT(*) FROM t");
    let count = after.query_one_raw(count).await.expect("an answer").expect("a row");
    assert_eq!(count.try_get_by_index::<i64>(0).expect("a number"), 60);
    after.close().await;
    keeper.stop().await;
    writers.close().await;
    std::fs::remove_dir_all(folder).expect("it was there");
}
