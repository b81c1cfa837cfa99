//! What is said for later, what is refused, and what is dropped.

use super::*;
use crate::db::link::Opener;
use sqlx::sqlite::SqliteConnectOptions;
use std::sync::atomic::AtomicU64;

/// One connection to a database of its own, in memory, with one table.
async fn database() -> Near {
    let options = SqliteConnectOptions::new().in_memory(true);
    let near = Near::one(Opener::Sqlite(options), Arc::new(AtomicU64::new(0)));
    near.execute_unprepared("CREATE TABLE t (id INTEGER PRIMARY KEY)").await.expect("a table");
    near
}

fn insert(id: i64) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, "INSERT INTO t (id) VALUES (?)", [id.into()])
}

async fn ids(on: &impl ConnectionTrait) -> Result<Vec<i64>, DbErr> {
    let all = on.query_all_raw(Statement::from_string(DbBackend::Sqlite, "SELECT id FROM t ORDER BY id")).await?;
    all.iter().map(|row| row.try_get_by_index(0)).collect()
}

#[actix_web::test]
async fn what_is_said_for_later_is_there_for_whatever_comes_next() {
    let near = database().await;
    let tx = Transaction::begin(&near, Pace::Brief);
    tx.due(insert(1)).await.expect("due");
    assert_eq!(ids(&tx).await.expect("rows"), [1]);
    for id in 2..40 {
        tx.due(insert(id)).await.expect("due");
    }
    // What was changed by the statement itself, whatever was due before it.
    let gone = Statement::from_string(DbBackend::Sqlite, "DELETE FROM t WHERE id > 30");
    assert_eq!(tx.execute_raw(gone).await.expect("done").rows_affected(), 9);
    tx.due(insert(100)).await.expect("due");
    tx.commit().await.expect("so it is");
    assert_eq!(ids(&near).await.expect("rows").len(), 31);
}

#[actix_web::test]
async fn what_is_refused_after_it_was_taken_for_done_takes_the_whole_with_it() {
    let near = database().await;
    near.execute_raw(insert(1)).await.expect("a row");
    let tx = Transaction::begin(&near, Pace::Brief);
    tx.execute_raw(insert(2)).await.expect("done");
    tx.due(insert(1)).await.expect("due");
    let refused = tx.execute_raw(insert(3)).await.expect_err("refused");
    assert!(crate::db::refusal(&refused).is_none(), "it is not the third that is there already: {refused}");
    tx.execute_raw(insert(4)).await.expect_err("nobody knows what went before");
    tx.commit().await.expect_err("not half of it");
    assert_eq!(ids(&near).await.expect("rows"), [1]);
    // The refusal of a statement that somebody waits for is its own, and the rest goes on.
    let tx = Transaction::begin(&near, Pace::Brief);
    tx.due(insert(2)).await.expect("due");
    let refused = tx.execute_raw(insert(1)).await.expect_err("refused");
    assert!(crate::db::refusal(&refused).is_some(), "{refused}");
    tx.commit().await.expect("so it is");
    assert_eq!(ids(&near).await.expect("rows"), [1, 2]);
}

#[actix_web::test]
async fn parts_and_wholes_that_are_dropped_or_taken_back_leave_nothing() {
    let near = database().await;
    let tx = Transaction::begin(&near, Pace::Brief);
    tx.due(insert(1)).await.expect("due");
    let part = tx.part().await.expect("a part");
    part.due(insert(2)).await.expect("due");
    part.rollback().await.expect("taken back");
    let part = tx.part().await.expect("a part");
    part.due(insert(3)).await.expect("due");
    part.commit().await.expect("kept");
    tx.commit().await.expect("so it is");
    assert_eq!(ids(&near).await.expect("rows"), [1, 3]);
    let dropped = Transaction::begin(&near, Pace::Brief);
    dropped.due(insert(4)).await.expect("due");
    drop(dropped);
    let dropped = Transaction::begin(&near, Pace::Brief);
    dropped.execute_raw(insert(5)).await.expect("done");
    dropped.due(insert(6)).await.expect("due");
    drop(dropped);
    Transaction::begin(&near, Pace::Brief).commit().await.expect("nothing was said");
    assert_eq!(ids(&near).await.expect("rows"), [1, 3]);
}

#[actix_web::test]
async fn what_was_asked_and_refused_says_so_to_whoever_asked_it() {
    let near = database().await;
    near.execute_raw(insert(1)).await.expect("a row");
    // It goes with whatever is waited for next, which then fails for no reason of its own.
    let tx = Transaction::begin(&near, Pace::Brief);
    let (fine, refused) = (tx.ask(insert(2)).await.expect("asked"), tx.ask(insert(1)).await.expect("asked"));
    let failed = ids(&tx).await.expect_err("refused before");
    assert!(crate::db::refusal(&failed).is_none(), "{failed}");
    assert!(tx.refusal(fine).await.is_none(), "that one was not it");
    let why = tx.refusal(refused).await.expect("why");
    assert!(crate::db::refusal(&why).is_some(), "{why}");
    tx.commit().await.expect_err("not half of it");
    assert_eq!(ids(&near).await.expect("rows"), [1]);
    // Whoever fails before anything went asks what would have come of it, and of nothing that was due after.
    let tx = Transaction::begin(&near, Pace::Brief);
    let refused = tx.ask(insert(1)).await.expect("asked");
    tx.due(insert(3)).await.expect("due");
    assert!(tx.refusal(refused).await.is_some());
    drop(tx);
    let tx = Transaction::begin(&near, Pace::Brief);
    let fine = tx.ask(insert(4)).await.expect("asked");
    assert!(tx.refusal(fine).await.is_none());
    drop(tx);
    assert_eq!(ids(&near).await.expect("rows"), [1]);
    // Whoever waits for nothing else hears it with the commit, after which nothing is said any more.
    let tx = Transaction::begin(&near, Pace::Brief);
    tx.ask(insert(6)).await.expect("asked");
    let refused = tx.ask(insert(1)).await.expect("asked");
    tx.finish().await.expect_err("refused");
    let (question, why) = tx.refused().await.expect("one was");
    assert!(question == refused && crate::db::refusal(&why).is_some(), "{why}");
    drop(tx);
    let tx = Transaction::begin(&near, Pace::Brief);
    tx.ask(insert(5)).await.expect("asked");
    tx.finish().await.expect("so it is");
    assert!(tx.refused().await.is_none());
    tx.execute_raw(insert(7)).await.expect_err("it is over");
    drop(tx);
    assert_eq!(ids(&near).await.expect("rows"), [1, 5]);
}

#[actix_web::test]
async fn nobody_waits_for_whoever_has_said_nothing_yet() {
    let near = database().await;
    let thinking = Transaction::begin(&near, Pace::Brief);
    thinking.due(insert(1)).await.expect("due");
    let quick = Transaction::begin(&near, Pace::Brief);
    quick.execute_raw(insert(2)).await.expect("its turn");
    quick.commit().await.expect("so it is");
    thinking.commit().await.expect("so it is");
    assert_eq!(ids(&near).await.expect("rows"), [1, 2]);
}
