//! What a real MySQL or MariaDB makes of it: `SHUKE_TEST_DATABASE` names one, without it there is nothing to ask. Each
//! test has a database of its own.

use super::*;
use crate::db::link::{Link, Opener};
use crate::db::{collided, literal, refusal};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::Value;
use sqlx::mysql::MySqlConnectOptions;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// A database of a test, with one table.
struct Own {
    name: String,
    server: Near,
    near: Near,
}

impl Own {
    /// With so many connections.
    async fn new(connections: usize) -> Option<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let url = std::env::vars().find(|(name, _)| name == "SHUKE_TEST_DATABASE").map(|(_, url)| url)?;
        let options: MySqlConnectOptions = url.parse().expect("an address");
        let name = format!("own_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let server = Near::to_write(Opener::MySql(options.clone()), 1, Arc::default());
        server.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database");
        let near = Near::to_write(Opener::MySql(options.database(&name)), connections, Arc::default());
        near.execute_unprepared("CREATE TABLE t (id BIGINT PRIMARY KEY, said LONGBLOB)").await.expect("a table");
        Some(Self { name, server, near })
    }

    /// The only connection takes one statement at a time from now on, as TiDB's does.
    async fn takes_one_at_a_time(&self) {
        let mut taken = self.near.take(Pace::Long).await.expect("a connection");
        let told = taken.hear(async |link| {
            if let Link::MySql { several, .. } = link {
                *several = false;
            }
            Ok::<_, sqlx::Error>(())
        });
        told.await.expect("there").expect("told");
    }

    async fn ids(&self) -> Vec<i64> {
        ids(&self.near).await.expect("rows")
    }

    async fn end(self) {
        self.near.close().await;
        self.server.execute_unprepared(&format!("DROP DATABASE {}", self.name)).await.expect("dropped");
        self.server.close().await;
    }
}

fn said(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::MySql, sql, values)
}

fn insert(id: i64) -> Statement {
    said("INSERT INTO t (id) VALUES (?)", [id.into()])
}

async fn ids(on: &impl ConnectionTrait) -> Result<Vec<i64>, DbErr> {
    let all = on.query_all_raw(said("SELECT id FROM t ORDER BY id", [])).await?;
    all.iter().map(|row| row.try_get_by_index(0)).collect()
}

async fn number(on: &impl ConnectionTrait, sql: &str) -> i64 {
    let row = on.query_one_raw(said(sql, [])).await.expect("an answer").expect("a row");
    row.try_get_by_index(0).expect("a number")
}

/// Waits for what nobody can hear.
async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let end = std::time::Instant::now() + Duration::from_secs(20);
    while !done().await {
        assert!(std::time::Instant::now() < end, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Values that something could go wrong with, each with a column for it.
fn odd() -> Vec<(&'static str, Value)> {
    let text = |text: &str| ("VARCHAR(191) COLLATE utf8mb4_bin", Value::from(text));
    let at = |text: &str| ("DATETIME(6)", Value::from(text.parse::<DateTime<Utc>>().expect("a moment")));
    let day = |year| ("DATE", Value::from(NaiveDate::from_ymd_opt(year, 2, 28).expect("a day")));
    vec![
        text(""),
        text(" leading and trailing "),
        text("'; DROP TABLE t; -- "),
        text("\\' \\\\ \\0 \" ` ? % _ /* # */"),
        text("nothing\0here\u{1a}\r\n"),
        text("熟普 🍵 é e\u{301} \u{10ffff}"),
        ("LONGTEXT", "x".repeat(30_000).into()),
        ("JSON", r#"{"a": "\" 🍵", "b": [1, null]}"#.into()),
        ("VARBINARY(64)", Vec::<u8>::new().into()),
        ("VARBINARY(64)", vec![0_u8, 255, 0xc3, 0x28, b'\'', b'\\'].into()),
        ("BINARY(16)", Uuid::nil().into()),
        ("BINARY(16)", Uuid::max().into()),
        ("BINARY(16)", Uuid::from_u128(0x2727_2727_5c5c_5c5c_0000_0000_2020_2020).into()),
        ("TINYINT(1)", true.into()),
        ("TINYINT(1)", false.into()),
        ("TINYINT", i8::MIN.into()),
        ("SMALLINT", i16::MIN.into()),
        ("INT", i32::MIN.into()),
        ("BIGINT", i64::MIN.into()),
        ("BIGINT", i64::MAX.into()),
        ("BIGINT UNSIGNED", u64::MAX.into()),
        at("1970-01-01T00:00:00Z"),
        at("1000-01-01T00:00:00.000001Z"),
        at("2038-01-19T03:14:08Z"),
        at("9999-12-31T23:59:59.999999Z"),
        day(1),
        day(1900),
        day(9999),
        ("VARCHAR(191)", Value::String(None)),
        ("BINARY(16)", Value::Uuid(None)),
        ("DATETIME(6)", Value::ChronoDateTimeUtc(None)),
        ("BIGINT", Value::BigInt(None)),
    ]
}

#[actix_web::test]
async fn a_value_in_the_text_is_the_value_that_was_prepared() {
    let Some(own) = Own::new(1).await else { return };
    for mode in ["", "NO_BACKSLASH_ESCAPES,ANSI_QUOTES"] {
        let set = format!("SET SESSION sql_mode = CONCAT(@@GLOBAL.sql_mode, ',{mode}')");
        own.near.execute_unprepared(&set).await.expect("another mode");
        for (at, (column, value)) in odd().into_iter().enumerate() {
            let table = format!("CREATE OR REPLACE TABLE odd (id INT PRIMARY KEY, v {column}, KEY (v(20)))");
            let table = if column.contains("CHAR") || column.contains("TEXT") || column.contains("VARBINARY") {
                table
            } else {
                table.replace("(20)", "")
            };
            let table = if column == "JSON" { table.replace(", KEY (v)", "") } else { table };
            own.near.execute_unprepared(&table).await.unwrap_or_else(|error| panic!("{table}: {error}"));
            own.near.execute_raw(said("INSERT INTO odd VALUES (1, ?)", [value.clone()])).await.expect("prepared");
            let tx = Transaction::begin(&own.near, Pace::Long);
            tx.due(said("INSERT INTO odd VALUES (2, ?)", [value.clone()])).await.expect("due");
            let found = said("UPDATE odd SET id = id + 10 WHERE v <=> ?", [value.clone()]);
            assert_eq!(tx.execute_raw(found).await.expect("found").rows_affected(), 2, "{mode} {at} {column}");
            tx.commit().await.expect("so it is");
            let found = said("SELECT COUNT(DISTINCT HEX(v)) FROM odd WHERE v <=> ?", [value]);
            let row = own.near.query_one_raw(found).await.expect("an answer").expect("a row");
            let different: i64 = row.try_get_by_index(0).expect("a number");
            let null = number(&own.near, "SELECT COUNT(*) FROM odd WHERE v IS NULL").await;
            assert!(different == 1 && null == 0 || different == 0 && null == 2, "{mode} {at} {column}: {different}");
        }
    }
    own.end().await;
}

#[actix_web::test]
async fn a_value_in_the_text_is_found_by_the_same_index() {
    let Some(own) = Own::new(1).await else { return };
    let table = "CREATE TABLE many (tenant_id BIGINT, id BINARY(16), name VARCHAR(191) COLLATE utf8mb4_bin, \
                 at DATETIME(6), live BIGINT, PRIMARY KEY (tenant_id, id), UNIQUE KEY names (tenant_id, name, live), \
                 KEY times (tenant_id, at))";
    own.near.execute_unprepared(table).await.expect("a table");
    let fill = "INSERT INTO many SELECT 1, UNHEX(LPAD(HEX(seq), 32, '0')), CONCAT('n', seq), \
                '2026-01-01' + INTERVAL seq MINUTE, 1 FROM (WITH RECURSIVE c AS (SELECT 1 AS seq UNION ALL SELECT \
                seq + 1 FROM c WHERE seq < 900) SELECT seq FROM c) AS numbers";
    own.near.execute_unprepared(fill).await.expect("rows");
    own.near.query_all_raw(said("ANALYZE TABLE many", [])).await.expect("counted");
    let at: DateTime<Utc> = "2026-01-01T00:05:00Z".parse().expect("a moment");
    let (one, other) = (Uuid::from_u128(5).into(), Uuid::from_u128(6).into());
    for (key, sql, values) in [
        ("PRIMARY", "UPDATE many SET live = 1 WHERE tenant_id = ? AND id IN (?, ?)", vec![1_i64.into(), one, other]),
        ("names", "UPDATE many SET live = 1 WHERE tenant_id = ? AND name = ?", vec![1_i64.into(), "n5".into()]),
        ("times", "DELETE FROM many WHERE tenant_id = ? AND at = ?", vec![1_i64.into(), at.into()]),
    ] {
        let mut text = String::new();
        assert!(literal::append(&mut text, &said(sql, values)));
        let plan = said(&format!("EXPLAIN {}", text.trim_end_matches(';')), []);
        let plan = own.near.query_one_raw(plan).await.expect("a plan").expect("a row");
        assert_eq!(plan.try_get::<String>("", "key").expect("an index"), key, "{text}");
    }
    own.end().await;
}

#[actix_web::test]
async fn whoever_loses_a_deadlock_says_nothing_more() {
    let Some(own) = Own::new(2).await else { return };
    for id in [1, 2] {
        own.near.execute_raw(insert(id)).await.expect("a row");
    }
    let touch = |id: i64| said("UPDATE t SET said = 'x' WHERE id = ?", [id.into()]);
    let (one, other) = (Transaction::begin(&own.near, Pace::Long), Transaction::begin(&own.near, Pace::Long));
    one.execute_raw(insert(10)).await.expect("done");
    one.execute_raw(touch(1)).await.expect("held");
    other.execute_raw(insert(20)).await.expect("done");
    other.execute_raw(touch(2)).await.expect("held");
    let lost = tokio::join!(
        async {
            let lost = one.execute_raw(touch(2)).await;
            (lost.is_err(), one, lost, 11)
        },
        async {
            let lost = other.execute_raw(touch(1)).await;
            (lost.is_err(), other, lost, 21)
        }
    );
    for (lost, tx, answer, id) in [lost.0, lost.1] {
        if !lost {
            tx.commit().await.expect("so it is");
            continue;
        }
        assert!(collided(&answer.expect_err("lost")), "it may be tried again");
        // The server has taken all of it back, so this would stay by itself.
        tx.execute_raw(insert(id)).await.expect_err("nothing is open any more");
        tx.due(insert(id)).await.expect("due");
        tx.commit().await.expect_err("not half of it");
    }
    let left = own.ids().await;
    assert!(left == [1, 2, 10] || left == [1, 2, 20], "{left:?}");
    own.end().await;
}

#[actix_web::test]
async fn whoever_waits_too_long_for_a_lock_keeps_nothing() {
    let Some(own) = Own::new(2).await else { return };
    own.near.execute_raw(insert(1)).await.expect("a row");
    let holds = Transaction::begin(&own.near, Pace::Long);
    holds.execute_raw(said("UPDATE t SET said = 'x' WHERE id = 1", [])).await.expect("held");
    let waits = Transaction::begin(&own.near, Pace::Long);
    waits.execute_unprepared("SET SESSION innodb_lock_wait_timeout = 1").await.expect("a second");
    waits.due(insert(2)).await.expect("due");
    waits.due(said("UPDATE t SET said = 'y' WHERE id = 1", [])).await.expect("due");
    waits.due(insert(3)).await.expect("due");
    assert!(collided(&waits.execute_raw(insert(4)).await.expect_err("in vain")), "it may be tried again");
    waits.commit().await.expect_err("not half of it");
    holds.commit().await.expect("so it is");
    assert_eq!(own.ids().await, [1]);
    own.end().await;
}

/// A statement that is longer than what goes together.
fn long(id: i64) -> Statement {
    said("INSERT INTO t (id, said) VALUES (?, ?)", [id.into(), vec![0_u8; 70 * 1024].into()])
}

#[actix_web::test]
async fn a_server_that_takes_one_statement_at_a_time_does_the_same() {
    for one_at_a_time in [false, true] {
        let Some(own) = Own::new(1).await else { return };
        if one_at_a_time {
            own.takes_one_at_a_time().await;
        }
        let begun = number(&own.near, "SELECT CAST(CONNECTION_ID() AS SIGNED)").await;
        // A long one goes alone, in its place among the others.
        let tx = Transaction::begin(&own.near, Pace::Long);
        tx.due(insert(1)).await.expect("due");
        tx.due(long(2)).await.expect("due");
        tx.due(said("UPDATE t SET id = id + 10 WHERE id <= 2", [])).await.expect("due");
        tx.due(insert(2)).await.expect("due");
        assert_eq!(ids(&tx).await.expect("rows"), [2, 11, 12]);
        tx.due(insert(3)).await.expect("due");
        let changed = said("UPDATE t SET said = ? WHERE id < ?", ["x".into(), 5.into()]);
        assert_eq!(tx.execute_raw(changed).await.expect("done").rows_affected(), 2);
        tx.commit().await.expect("so it is");
        assert_eq!(number(&own.near, "SELECT LENGTH(said) FROM t WHERE id = 12").await, 70 * 1024);
        // Whichever is refused is known by its place, before and after a long one, and itself one.
        for (refused, of) in [(insert(2), 0), (long(2), 0), (insert(2), 1), (long(2), 1)] {
            let tx = Transaction::begin(&own.near, Pace::Long);
            let mut asked = Vec::new();
            for (at, fine) in [insert(21), long(22)].into_iter().enumerate() {
                if at == of {
                    asked.push((true, tx.ask(refused.clone()).await.expect("asked")));
                }
                asked.push((false, tx.ask(fine).await.expect("asked")));
            }
            tx.due(insert(23)).await.expect("due");
            tx.finish().await.expect_err("one was refused");
            for (it, asked) in asked {
                assert_eq!(tx.refusal(asked).await.as_ref().and_then(refusal).is_some(), it);
            }
            drop(tx);
            assert_eq!(own.ids().await, [2, 3, 11, 12]);
        }
        // Parts, and rows in the middle, for which nobody waits.
        let tx = Transaction::begin(&own.near, Pace::Long);
        tx.due(said("SELECT id FROM t WHERE id > ?", [0.into()])).await.expect("due");
        let part = tx.part().await.expect("a part");
        part.due(insert(30)).await.expect("due");
        assert!(refusal(&part.execute_raw(insert(2)).await.expect_err("refused")).is_some());
        part.rollback().await.expect("taken back");
        tx.execute_raw(insert(31)).await.expect("done");
        tx.commit().await.expect("so it is");
        assert_eq!(own.ids().await, [2, 3, 11, 12, 31]);
        assert_eq!(
            number(&own.near, "SELECT CAST(CONNECTION_ID() AS SIGNED)").await,
            begun,
            "the connection was fine all the time"
        );
        own.end().await;
    }
}

/// Something that is not over at once: a new statement, with so many values, of which the server tells when it prepares
/// it; rows; several together; a part.
async fn say_much(tx: &Transaction, what: usize, id: i64, values: usize) -> Result<(), DbErr> {
    let values: Vec<Value> = (0..values).map(|_| "a".into()).collect();
    let more = ", ?".repeat(values.len());
    match what {
        0 => {
            let sql = format!("INSERT INTO t (id, said) VALUES (?, CONCAT('{id}'{more}))");
            tx.execute_raw(said(&sql, [Value::from(id)].into_iter().chain(values))).await.map(drop)
        }
        1 => {
            let sql = format!("SELECT id, SLEEP(0.02) FROM t WHERE '{id}' NOT IN ('a'{more})");
            tx.query_all_raw(said(&sql, values)).await.map(drop)
        }
        2 => {
            tx.due(insert(id)).await?;
            tx.due(said("DO SLEEP(0.02)", [])).await?;
            tx.execute_raw(insert(id + 1)).await.map(drop)
        }
        _ => {
            tx.due(said("DO SLEEP(0.02)", [])).await?;
            tx.part().await.map(drop)
        }
    }
}

#[actix_web::test]
async fn whoever_goes_away_in_the_middle_leaves_nothing_and_nobody_gets_their_answer() {
    let Some(own) = Own::new(1).await else { return };
    own.near.execute_raw(insert(1)).await.expect("a row");
    let mut id = 10;
    for (what, values, polls) in (0..4)
        .flat_map(|what| (0..9).map(move |values| (what, values)))
        .flat_map(|(what, values)| [1, 2, 3].map(|polls| (what, values, polls)))
    {
        // What the round before left the server may take back a little later.
        id += 10;
        let tx = Transaction::begin(&own.near, Pace::Long);
        tx.execute_raw(insert(id)).await.expect("done");
        {
            let mut says = std::pin::pin!(say_much(&tx, what, id + 1, values));
            for _ in 0..polls {
                if futures::poll!(says.as_mut()).is_ready() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        drop(tx);
        let next = async {
            assert_eq!(number(&own.near, "SELECT 41 + 1").await, 42, "{what}, {values}, {polls}");
            assert_eq!(own.ids().await, [1], "{what}, {values}, {polls}");
        };
        let next = tokio::time::timeout(Duration::from_secs(10), next).await;
        next.unwrap_or_else(|_| panic!("{what}, {values}, {polls}: nobody gets the connection any more"));
    }
    own.end().await;
}

#[actix_web::test]
async fn a_server_that_hangs_up_in_the_middle_leaves_nothing() {
    let Some(own) = Own::new(1).await else { return };
    for together in [false, true] {
        let tx = Transaction::begin(&own.near, Pace::Long);
        tx.execute_raw(insert(1)).await.expect("done");
        let connection = number(&tx, "SELECT CAST(CONNECTION_ID() AS SIGNED)").await;
        if together {
            tx.due(insert(2)).await.expect("due");
        }
        let waits = tx.execute_raw(said("DO SLEEP(20)", []));
        let ends = async {
            until("it waits", async || {
                let busy = "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User sleep' AND id = ";
                number(&own.server, &format!("{busy}{connection}")).await > 0
            })
            .await;
            own.server.execute_unprepared(&format!("KILL CONNECTION {connection}")).await.expect("killed");
        };
        let (lost, ()) = tokio::join!(waits, ends);
        lost.expect_err("it was killed");
        tx.execute_raw(insert(3)).await.expect_err("nobody is there");
        tx.commit().await.expect_err("nobody is there");
        assert_eq!(own.ids().await, Vec::<i64>::new());
        assert_ne!(number(&own.near, "SELECT CAST(CONNECTION_ID() AS SIGNED)").await, connection);
        let level = said("SHOW VARIABLES WHERE variable_name IN ('tx_isolation', 'transaction_isolation')", []);
        let level = own.near.query_one_raw(level).await.expect("an answer").expect("a row");
        assert_eq!(level.try_get_by_index::<String>(1).expect("a level"), "READ-COMMITTED", "as the one before");
    }
    own.end().await;
}
