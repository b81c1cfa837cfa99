//! Offers: what a business makes of them, who may, and what stays as it was promised. How they come into the hands of
//! customers is in `giving.rs`.

use crate::harness::{Shop, text};
use chrono::Duration;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// 满 100 减 20, until the last day of 2037.
fn twenty_off() -> Value {
    json!({ "name": "老客立减", "kind": "amount_off", "amount_fen": 2_000, "min_spend_fen": 10_000, "last_day": "2037-12-31" })
}

/// The same with some fields different; `null` leaves one out.
fn but(changes: &Value) -> Value {
    let mut body = twenty_off();
    for (key, value) in changes.as_object().expect("fields") {
        body[key] = value.clone();
    }
    body.as_object_mut().expect("fields").retain(|_, value| !value.is_null());
    body
}

#[actix_web::test]
async fn an_offer_says_what_it_gives_and_nothing_else() {
    let shop = Shop::new().await;
    for (changes, why) in [
        (json!({ "amount_fen": null }), "amount_fen: required"),
        (json!({ "percent": 85 }), "percent: offer_unfit"),
        (json!({ "gift": "茶杯" }), "gift: offer_unfit"),
        (json!({ "kind": "percent_off" }), "amount_fen: offer_unfit"),
        (json!({ "kind": "percent_off", "amount_fen": null }), "percent: required"),
        (json!({ "kind": "gift", "amount_fen": null }), "gift: required"),
        (json!({ "kind": "free" }), "kind: enum_invalid"),
        (json!({ "amount_fen": 0 }), "amount_fen: too_small"),
        (json!({ "amount_fen": 10_001 }), "amount_fen: offer_exceeds_spend"),
        (json!({ "amount_fen": 1.5 }), "amount_fen: type"),
        (json!({ "kind": "percent_off", "amount_fen": null, "percent": 100 }), "percent: too_large"),
        (json!({ "kind": "gift", "amount_fen": null, "gift": "a\nb" }), "gift: control_character"),
        (json!({ "min_spend_fen": 0 }), "min_spend_fen: too_small"),
        (json!({ "name": " " }), "name: required"),
        (json!({ "name": "优".repeat(21) }), "name: too_long"),
        (json!({ "terms": "约".repeat(501) }), "terms: too_long"),
        (json!({ "last_day": null }), "last_day: required"),
        (json!({ "last_day": "2037-02-30" }), "last_day: date_invalid"),
        (json!({ "first_day": "2037-12-31", "last_day": "2037-12-30" }), "last_day: range_invalid"),
        (json!({ "last_day": "2020-01-01" }), "last_day: offer_over"),
    ] {
        assert_eq!(shop.boss.post("/offers", but(&changes)).await.violations(), [why], "{changes}");
    }
    // All at once: what the kind asks for too.
    let nearly_nothing = shop.boss.post("/offers", json!({ "name": "", "kind": "percent_off" })).await;
    assert_eq!(nearly_nothing.violations(), ["name: required", "last_day: required", "percent: required"]);
    assert_eq!(shop.boss.get("/offers").await.ok()["items"], json!([]));
    // What takes all of what has to be spent is a gift, and allowed.
    let made = shop.boss.post("/offers", but(&json!({ "amount_fen": 10_000 }))).await.ok();
    assert_eq!((&made["amount_fen"], &made["percent"], &made["gift"]), (&json!(10_000), &json!(null), &json!(null)));
    let gift = json!({ "kind": "gift", "amount_fen": null, "min_spend_fen": null, "gift": "茶杯一只" });
    assert_eq!(shop.boss.post("/offers", but(&gift)).await.ok()["gift"], "茶杯一只");
}

#[actix_web::test]
async fn an_offer_begins_today_unless_it_says_when_and_is_over_after_its_last_day() {
    let shop = Shop::new().await;
    let day = |days| {
        let here = shop.at.clock().now() + Duration::hours(8) + Duration::days(days);
        here.date_naive().to_string()
    };
    let made = shop.boss.post("/offers", but(&json!({ "last_day": day(0) }))).await.ok();
    assert_eq!((&made["first_day"], &made["state"]), (&json!(day(0)), &json!("open")));
    let coming = but(&json!({ "first_day": day(1), "last_day": day(1) }));
    let coming = shop.boss.post("/offers", coming).await.ok();
    assert_eq!(coming["state"], "coming");
    shop.at.clock().advance(Duration::days(1));
    let boss = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    let state = async |offer: &Value| boss.get(&format!("/offers/{}", text(&offer["id"]))).await.ok()["state"].clone();
    assert_eq!((state(&made).await, state(&coming).await), (json!("over"), json!("open")));
}

#[actix_web::test]
async fn what_an_offer_gives_stays_and_its_last_day_only_becomes_later() {
    let shop = Shop::new().await;
    let made = shop.boss.post("/offers", but(&json!({ "last_day": "2037-06-30" }))).await.ok();
    let path = format!("/offers/{}", text(&made["id"]));
    let refused = shop.boss.patch(&path, 1, json!({ "amount_fen": 1 })).await;
    assert_eq!(refused.violations(), ["amount_fen: unknown_field"]);
    let refused = shop.boss.patch(&path, 1, json!({ "last_day": "2037-06-29" })).await;
    assert_eq!(refused.violations(), ["last_day: offer_shorter"]);
    let body = json!({ "name": "立减", "terms": "到店用", "last_day": "2037-07-01" });
    let now = shop.boss.patch(&path, 1, body).await.ok();
    assert_eq!(
        (&now["name"], &now["terms"], &now["last_day"]),
        (&json!("立减"), &json!("到店用"), &json!("2037-07-01"))
    );
    shop.boss.patch(&path, 1, json!({ "name": "别的" })).await.problem(409, "version_stale");
    assert_eq!(shop.boss.patch(&path, 2, json!({ "terms": null })).await.ok()["terms"], json!(null));
    // Stopping twice says since when it is stopped, and does not begin anew.
    let stop = format!("{path}/stop");
    let stopped = shop.boss.post_at(&stop, 3, json!({})).await.ok();
    assert_eq!(stopped["state"], "stopped");
    shop.at.clock().advance(Duration::minutes(1));
    assert_eq!(shop.boss.post_at(&stop, 4, json!({})).await.ok()["stopped_at"], stopped["stopped_at"]);
}

#[actix_web::test]
async fn everybody_in_the_business_sees_offers_and_only_some_make_them() {
    let shop = Shop::new().await;
    let (_, neighbour) = shop.neighbour().await;
    let id = text(&shop.boss.post("/offers", twenty_off()).await.ok()["id"]);
    let path = format!("/offers/{id}");
    assert_eq!(shop.sales.get("/offers").await.ok()["items"][0]["id"], id.as_str());
    assert_eq!(shop.sales.get(&path).await.ok()["name"], "老客立减");
    shop.sales.post("/offers", twenty_off()).await.problem(403, "forbidden");
    shop.sales.patch(&path, 1, json!({ "name": "x" })).await.problem(403, "forbidden");
    neighbour.get(&path).await.problem(404, "not_found");
    neighbour.patch(&path, 1, json!({ "name": "x" })).await.problem(404, "not_found");
    assert_eq!(neighbour.get("/offers").await.ok()["items"], json!([]));
}

#[actix_web::test]
async fn two_hundred_offers_hold_at_a_time_and_stopped_ones_make_room() {
    let shop = Shop::new().await;
    let mut last = String::new();
    for _ in 0..200 {
        last = text(&shop.boss.post("/offers", twenty_off()).await.ok()["id"]);
    }
    assert_eq!(shop.boss.post("/offers", twenty_off()).await.violations(), [": too_many"]);
    shop.boss.post_at(&format!("/offers/{last}/stop"), 1, json!({})).await.ok();
    shop.boss.post("/offers", twenty_off()).await.ok();
    // Page by page, newest first, none twice; and of those that can be given as many as there are.
    for (which, of_each) in [("limit=100", vec![100, 100, 1]), ("limit=100&giveable=true", vec![100, 100])] {
        let (mut cursor, mut counts, mut ids) = (String::new(), Vec::new(), BTreeSet::new());
        loop {
            let page = shop.boss.get(&format!("/offers?{which}{cursor}")).await.ok();
            counts.push(page["items"].as_array().expect("items").len());
            ids.extend(named(&page, "id"));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!((&counts, ids.len(), ids.contains(&last)), (&of_each, counts.iter().sum(), counts.len() == 3));
    }
}

/// One field of each row of a page.
fn named(page: &Value, field: &str) -> Vec<String> {
    page["items"].as_array().expect("items").iter().map(|one| text(&one[field])).collect()
}

#[actix_web::test]
async fn a_list_may_leave_out_what_is_given_no_more() {
    let shop = Shop::new().await;
    let day = |days| (shop.at.clock().now() + Duration::hours(8) + Duration::days(days)).date_naive().to_string();
    for (name, first, last) in [("一天", 0, 0), ("还没开始", 1, 5), ("很久", 0, 5), ("停发", 0, 5)] {
        let body = but(&json!({ "name": name, "first_day": day(first), "last_day": day(last) }));
        shop.boss.post("/offers", body).await.ok();
        shop.at.clock().advance(Duration::seconds(1));
    }
    let page = shop.sales.get("/offers?limit=1").await.ok();
    shop.boss.post_at(&format!("/offers/{}/stop", text(&page["items"][0]["id"])), 1, json!({})).await.ok();
    let given = async || named(&shop.sales.get("/offers?giveable=true").await.ok(), "name");
    assert_eq!(given().await, ["很久", "还没开始", "一天"]);
    for everything in ["/offers", "/offers?giveable=false"] {
        assert_eq!(named(&shop.sales.get(everything).await.ok(), "name").len(), 4, "{everything}");
    }
    // A cursor goes on among those that can be given, also when it stands on one that was stopped meanwhile.
    let first = shop.sales.get("/offers?giveable=true&limit=1").await.ok();
    shop.boss.post_at(&format!("/offers/{}/stop", text(&first["items"][0]["id"])), 1, json!({})).await.ok();
    let rest = format!("/offers?giveable=true&cursor={}", text(&first["next_cursor"]));
    assert_eq!(named(&shop.sales.get(&rest).await.ok(), "name"), ["还没开始", "一天"]);
    shop.at.clock().advance(Duration::days(1));
    let sales = shop.log_in_again(&shop.sales).await;
    assert_eq!(named(&sales.get("/offers?giveable=true").await.ok(), "name"), ["还没开始"]);
    sales.get("/offers?giveable=yes").await.problem(422, "invalid");
}

#[actix_web::test]
async fn a_twin_that_would_be_refused_today_before_anything_is_asked_gets_the_answer_it_missed() {
    let shop = Shop::new().await;
    let last = (shop.at.clock().now() + Duration::hours(8) + Duration::days(1)).date_naive().to_string();
    let body = but(&json!({ "last_day": last }));
    let made = shop.boss.post_once("/offers", "offer-of-a-day", body.clone()).await;
    assert_eq!(made.status, 201);
    let made = made.ok();
    shop.advance(Duration::days(3)).await;
    let boss = shop.log_in_again(&shop.boss).await;
    // Its day is over: whoever asks for it today is told so, by the body alone.
    assert_eq!(boss.post("/offers", body.clone()).await.violations(), ["last_day: offer_over"]);
    let twin = boss.post_once("/offers", "offer-of-a-day", body).await;
    assert_eq!(twin.status, 201);
    assert_eq!(twin.ok()["id"], made["id"]);
    // Neither is there one more, nor was the key good for anything else.
    let list = boss.get("/offers").await.ok();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "{list}");
    let other = but(&json!({ "name": "别的", "last_day": last }));
    assert_eq!(boss.post_once("/offers", "offer-of-a-day", other).await.violations(), [": idempotency_reused"]);
}
