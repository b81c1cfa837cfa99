//! Transactions that commit together: nobody is told before it is so, and whatever happens to one happens to no other.

use super::*;
use crate::db::link::Opener;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// A database in a file of its own, which is gone afterwards.
struct Database {
    folder: PathBuf,
    writer: Near,
    reader: Near,
}

impl Database {
    async fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("shuke-shared-{}", u64::from_ne_bytes(crate::crypto::random())));
        std::fs::create_dir_all(&folder).expect("a folder");
        let options = SqliteConnectOptions::new().filename(folder.join("db")).create_if_missing(true);
        let options = Opener::Sqlite(options.journal_mode(SqliteJournalMode::Wal).foreign_keys(true));
        let counted = || Arc::new(AtomicU64::new(0));
        let (writer, reader) = (Near::one(options.clone(), counted()), Near::to_read(options, 2, counted()));
        for table in [
            "CREATE TABLE t (id INTEGER PRIMARY KEY)",
            "CREATE TABLE of_t (id INTEGER REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)",
        ] {
            writer.execute_unprepared(table).await.expect("a table");
        }
        Self { folder, writer, reader }
    }

    fn begin(&self, pace: Pace) -> Transaction {
        Transaction::begin(&self.writer, pace)
    }

    /// What everybody sees.
    async fn there(&self) -> Vec<i64> {
        let all = Statement::from_string(DbBackend::Sqlite, "SELECT id FROM t ORDER BY id");
        let all = self.reader.query_all_raw(all).await.expect("rows");
        all.iter().map(|row| row.try_get_by_index(0).expect("an id")).collect()
    }

    /// One who has written a row and has the turn, and another, who waits for it with their first row.
    async fn two(&self, pace: Pace) -> (Transaction, JoinHandle<Transaction>) {
        let first = self.begin(Pace::Brief);
        first.execute_raw(insert(1)).await.expect("its turn");
        let second = self.begin(pace);
        let second = tokio::spawn(async move {
            second.execute_raw(insert(2)).await.expect("its turn");
            second
        });
        sleep(Duration::from_millis(20)).await;
        (first, second)
    }

    async fn end(self) {
        self.reader.close().await;
        self.writer.close().await;
        std::fs::remove_dir_all(self.folder).expect("it was there");
    }
}

fn insert(id: i64) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, "INSERT INTO t (id) VALUES (?)", [id.into()])
}

fn committing(tx: Transaction) -> JoinHandle<Result<(), DbErr>> {
    tokio::spawn(tx.commit())
}

#[actix_web::test]
async fn whoever_is_done_waits_for_those_who_commit_with_them() {
    let database = Database::new().await;
    let (first, second) = database.two(Pace::Brief).await;
    let mut first = committing(first);
    let second = second.await.expect("its turn");
    assert!(timeout(Duration::from_millis(100), &mut first).await.is_err(), "told before it was so");
    assert!(database.there().await.is_empty(), "seen before it was committed");
    second.commit().await.expect("so it is");
    first.await.expect("no panic").expect("so it is");
    assert_eq!(database.there().await, [1, 2]);
    database.end().await;
}

#[actix_web::test]
async fn what_one_of_them_takes_back_is_nobody_elses_loss() {
    for way in ["rollback", "dropped", "refused", "torn"] {
        let database = Database::new().await;
        let (first, second) = database.two(Pace::Brief).await;
        let first = committing(first);
        let second = second.await.expect("its turn");
        match way {
            "rollback" => second.rollback().await.expect("taken back"),
            "dropped" => drop(second),
            "refused" => {
                second.due(insert(3)).await.expect("due");
                second.due(insert(1)).await.expect("due");
                second.commit().await.expect_err("it is there already");
            }
            _ => {
                second.execute_unprepared("INSERT INTO nowhere VALUES (1)").await.expect_err("there is no such table");
                second.commit().await.expect_err("nobody knows");
            }
        }
        first.await.expect("no panic").unwrap_or_else(|error| panic!("{way}: {error}"));
        assert_eq!(database.there().await, [1], "{way}");
        database.writer.execute_raw(insert(9)).await.expect("the connection is as it was");
        database.end().await;
    }
}

#[actix_web::test]
async fn whose_row_stood_in_the_way_is_told_before() {
    let database = Database::new().await;
    let (first, second) = database.two(Pace::Brief).await;
    let first = committing(first);
    let second = second.await.expect("its turn");
    let asked = second.ask(insert(1)).await.expect("asked");
    second.finish().await.expect_err("it is there already");
    let why = second.refusal(asked).await.expect("why");
    assert!(crate::db::refusal(&why).is_some(), "{why}");
    assert_eq!(database.there().await, [1], "refused for what nobody sees");
    second.execute_raw(insert(3)).await.expect_err("it is over");
    first.await.expect("no panic").expect("so it is");
    database.end().await;
}

#[actix_web::test]
async fn whoever_goes_away_while_they_wait_leaves_nobody_waiting() {
    let database = Database::new().await;
    let (first, second) = database.two(Pace::Brief).await;
    let first = committing(first);
    // It may have come to their turn, or not.
    second.abort();
    let told = timeout(Duration::from_secs(5), first).await.expect("somebody commits");
    told.expect("no panic").expect("so it is");
    assert_eq!(database.there().await.first(), Some(&1));
    database.end().await;
}

#[actix_web::test]
async fn nobody_waits_for_a_job() {
    let database = Database::new().await;
    let (first, job) = database.two(Pace::Long).await;
    timeout(Duration::from_secs(5), first.commit()).await.expect("at once").expect("so it is");
    let job = job.await.expect("its turn");
    assert_eq!(database.there().await, [1]);
    job.rollback().await.expect("taken back");
    assert_eq!(database.there().await, [1]);
    database.end().await;
}

#[actix_web::test]
async fn when_the_commit_fails_all_are_told_and_nothing_is_there() {
    let database = Database::new().await;
    let (first, second) = database.two(Pace::Brief).await;
    let first = committing(first);
    let second = second.await.expect("its turn");
    second.execute_unprepared("INSERT INTO of_t VALUES (77)").await.expect("asked at the commit only");
    second.commit().await.expect_err("refused");
    first.await.expect("no panic").expect_err("refused with it");
    assert!(database.there().await.is_empty());
    database.writer.execute_raw(insert(9)).await.expect("a connection as good as the one before");
    assert_eq!(database.there().await, [9]);
    database.end().await;
}

/// Two rows each; some go away half-way, some take it back, some are refused.
#[actix_web::test]
async fn of_many_at_once_each_is_whole_or_not_there_as_it_was_told() {
    let database = Arc::new(Database::new().await);
    let all: Vec<_> = (0..300_i64)
        .map(|at| {
            let database = Arc::clone(&database);
            let told = tokio::spawn(async move {
                let pace = if at % 50 == 7 { Pace::Long } else { Pace::Brief };
                let tx = database.begin(pace);
                tx.due(insert(1000 + at * 2)).await?;
                tx.execute_raw(insert(1001 + at * 2)).await?;
                match at % 10 {
                    3 => return tx.rollback().await.and(Err(gone())),
                    4 => return Err(gone()),
                    // Another one's row.
                    5 => tx.due(insert(1000 + (at - 5) * 2)).await?,
                    _ => {}
                }
                tx.commit().await?;
                assert!(database.there().await.contains(&(1001 + at * 2)), "told before it was so");
                Ok(())
            });
            (at, told)
        })
        .collect();
    let mut told = Vec::new();
    for (at, answer) in all {
        if at % 10 == 6 {
            sleep(Duration::from_micros(u64::try_from(at).expect("positive") * 3)).await;
            answer.abort();
        }
        told.push((at, answer.await));
    }
    // Whoever was cut off is taken back, or committed, behind everybody's back.
    database.writer.execute_raw(insert(1)).await.expect("its turn");
    let there = database.there().await;
    for (at, told) in told {
        let rows = there.iter().filter(|id| **id / 2 == 500 + at).count();
        match told {
            Ok(Ok(())) => assert_eq!(rows, 2, "{at}"),
            Ok(Err(_)) => assert!([3, 4, 5].contains(&(at % 10)) && rows == 0, "{at}: {rows}"),
            Err(cut) => assert!(cut.is_cancelled() && rows != 1, "{at}: {rows} {cut}"),
        }
    }
    assert!(there.len() > 200, "{there:?}");
    let database = Arc::into_inner(database).expect("nobody has it any more");
    database.end().await;
}

#[actix_web::test]
async fn nobody_waits_for_all_who_are_refused_behind_them() {
    let database = Arc::new(Database::new().await);
    let (first, second) = database.two(Pace::Brief).await;
    let done = Arc::new(AtomicU64::new(0));
    let refused: Vec<_> = (0..60)
        .map(|_| {
            let (database, done) = (Arc::clone(&database), Arc::clone(&done));
            tokio::spawn(async move {
                let tx = database.begin(Pace::Brief);
                tx.execute_raw(insert(1)).await.expect_err("it is there already");
                done.fetch_add(1, Ordering::SeqCst);
                tx.rollback().await.expect("taken back");
            })
        })
        .collect();
    sleep(Duration::from_millis(20)).await;
    let so_far = Arc::clone(&done);
    let first = tokio::spawn(async move { first.commit().await.map(|()| so_far.load(Ordering::SeqCst)) });
    second.await.expect("its turn").rollback().await.expect("taken back");
    let before = first.await.expect("no panic").expect("so it is");
    for one in refused {
        one.await.expect("no panic");
    }
    assert!(before < 20, "{before} were refused before the first was told");
    Arc::into_inner(database).expect("nobody has it any more").end().await;
}

/// As when a server stops: each of its threads ends as soon as it has nothing to answer any more.
#[actix_web::test]
async fn a_thread_that_ends_leaves_nobody_waiting() {
    for way in ["waits", "done", "commits"].repeat(20) {
        let database = Arc::new(Database::new().await);
        let first = database.begin(Pace::Brief);
        first.execute_raw(insert(1)).await.expect("its turn");
        let (go, gone) = std::sync::mpsc::channel();
        let (waits, waiting) = tokio::sync::oneshot::channel();
        let other = Arc::clone(&database);
        let second = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let second = other.begin(Pace::Brief);
                let mut said = second.execute_raw(insert(2));
                assert!(futures::poll!(&mut said).is_pending(), "it is not its turn");
                waits.send(()).expect("it is asked");
                gone.recv().expect("first is done");
                if way == "waits" {
                    return;
                }
                said.await.expect("its turn");
                second.rollback().await.expect("taken back");
                if way == "commits" {
                    tokio::task::yield_now().await;
                }
            });
        });
        waiting.await.expect("it waits");
        let first = committing(first);
        sleep(Duration::from_millis(5)).await;
        go.send(()).expect("it waits");
        let told = timeout(Duration::from_secs(5), first).await.unwrap_or_else(|_| panic!("{way}: nobody commits"));
        second.join().expect("no panic");
        told.expect("no panic").unwrap_or_else(|error| panic!("{way}: {error}"));
        assert_eq!(database.there().await, [1], "{way}");
        Arc::into_inner(database).expect("nobody has it any more").end().await;
    }
}

/// A row for which there is no room: SQLite takes back all that was said.
async fn fill(tx: &Transaction) {
    tx.execute_unprepared("PRAGMA max_page_count = 1").await.expect("no more pages");
    let much = "INSERT INTO much (it) VALUES (zeroblob(1000000))";
    tx.execute_unprepared(much).await.expect_err("the file is full");
}

#[actix_web::test]
async fn what_the_database_took_back_by_itself_is_told_to_nobody_as_done() {
    let database = Database::new().await;
    database.writer.execute_unprepared("CREATE TABLE much (it BLOB)").await.expect("a table");
    let (first, second) = database.two(Pace::Brief).await;
    let first = committing(first);
    let second = second.await.expect("its turn");
    fill(&second).await;
    // It would be the beginning of another transaction, with which the commit succeeds.
    second.part().await.map(drop).expect_err("nobody knows what there is a part of");
    drop(second);
    first.await.expect("no panic").expect_err("it is not there");
    assert!(database.there().await.is_empty());
    database.end().await;
}
