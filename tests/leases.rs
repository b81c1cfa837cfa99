//! Leases of jobs, with two servers beside each other.

use crate::guards::database::{open, select};
use crate::harness::{Shop, sim, start, until};
use api::{Clock, Installation};
use chrono::{DateTime, Duration, Utc};
use sea_orm::DatabaseConnection;
use serde_json::json;

const SEND: &str = "/cgi-bin/message/subscribe/send";

/// Until when the job of a business that somebody works at is theirs.
async fn lease(db: &DatabaseConnection, tenant: i64) -> Option<DateTime<Utc>> {
    let sql = format!(
        "SELECT lease_until FROM jobs WHERE tenant_id = {tenant} AND state = 'waiting' AND lease_until IS NOT NULL"
    );
    select(db, &sql).await.first().map(|row| row.try_get_by_index(0).expect("a moment"))
}

#[actix_web::test]
async fn a_job_that_outlasts_its_lease_is_its_workers_own_to_the_end() {
    let shop = Shop::new().await;
    let db = open(&shop).await;
    shop.consent(&shop.sales).await;
    let customer = shop.customer_named("沈怡").await;
    let due = start() + Duration::minutes(10);
    shop.sales.post("/tasks", json!({ "customer_id": customer, "title": "回访", "due_at": due })).await.ok();
    shop.advance(Duration::minutes(10)).await;
    let now = shop.at.clock().now();
    let beside = Installation::open(shop.at.config().clone(), Clock::fixed(now)).await.expect("opens");
    // WeChat takes the message at once and lets whoever sent it wait.
    shop.control("faults", json!({ "path": SEND, "times": 1, "kind": "hang_ms", "ms": 7000 })).await;
    let works = async { while api::run_due(&shop.at, shop.tenant).await.expect("jobs run") > 0 {} };
    let watches = async {
        until("the message", async || {
            let books = sim("GET", &format!("/sim/apps/{}/books", shop.appid()), json!({})).await;
            (books["calls"][SEND] == 1).then_some(())
        })
        .await;
        let first = lease(&db, shop.tenant).await.expect("somebody works at it");
        for clock in [shop.at.clock(), beside.clock()] {
            clock.advance(Duration::seconds(14));
        }
        until("a longer lease", async || lease(&db, shop.tenant).await.filter(|lease| *lease > first)).await;
        for clock in [shop.at.clock(), beside.clock()] {
            clock.advance(Duration::seconds(14));
        }
        assert!(beside.clock().now() > first, "its first lease has run out");
        assert_eq!(api::run_due(&beside, shop.tenant).await.expect("jobs run"), 0);
        assert!(lease(&db, shop.tenant).await.is_some(), "it is still being worked at");
    };
    tokio::join!(works, watches);
    assert_eq!(lease(&db, shop.tenant).await, None);
    for clock in [shop.at.clock(), beside.clock()] {
        clock.advance(Duration::minutes(2));
    }
    assert_eq!(api::run_due(&beside, shop.tenant).await.expect("jobs run"), 0);
    assert_eq!(shop.calls(SEND).await, 1);
    assert_eq!(shop.sales.get("/inbox").await.ok()["items"][0]["wechat"], "sent");
    beside.close().await;
    db.close().await.expect("closed");
}
