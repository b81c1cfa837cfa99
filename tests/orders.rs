//! Orders: what they cost, where they go and the course they take.

use crate::harness::{Answer, Client, Shop, phone_number, start, text};
use chrono::Duration;
use serde_json::{Value, json};

/// An order of a new customer's: two lines, 288.50 yuan in all.
async fn order(shop: &Shop, phone: &str) -> Value {
    let customer = shop.customer_named("沈怡").await;
    shop.sales.post("/orders", new_order(&customer, phone)).await.ok()
}

fn new_order(customer: &str, phone: &str) -> Value {
    json!({
        "customer_id": customer,
        "lines": [
            { "name": "明前龙井 50g", "quantity": 2, "unit_price_fen": 12_800 },
            { "name": "青瓷茶杯", "quantity": 1, "unit_price_fen": 3_250 },
        ],
        "receiver": "沈怡",
        "phone": phone,
        "address": "浙江省杭州市西湖区龙井路 1 号",
    })
}

fn path(order: &Value) -> String {
    format!("/orders/{}", text(&order["id"]))
}

async fn step(client: &Client, order: &Value, version: i64, step: Value) -> Answer {
    client.post_at(&format!("{}/moves", path(order)), version, step).await
}

fn ship() -> Value {
    json!({ "event": "ship", "carrier": "顺丰速运", "tracking_number": "SF1234567890" })
}

/// The order after these moves.
async fn after(shop: &Shop, order: &Value, events: &[&str]) -> Value {
    let mut now = order.clone();
    for event in events {
        let body = if *event == "ship" { ship() } else { json!({ "event": event }) };
        now = step(&shop.sales, order, now["version"].as_i64().expect("a version"), body).await.ok();
    }
    now
}

#[actix_web::test]
async fn the_server_computes_what_an_order_costs() {
    let shop = Shop::new().await;
    let made = order(&shop, &phone_number()).await;
    let totals: Vec<i64> =
        made["lines"].as_array().expect("lines").iter().filter_map(|line| line["total_fen"].as_i64()).collect();
    assert_eq!((made["total_fen"].as_i64(), totals), (Some(28_850), vec![25_600, 3_250]));
    assert_eq!(
        (&made["line_count"], &made["first_line"], &made["status"]),
        (&json!(2), &json!("明前龙井 50g"), &json!("placed"))
    );
    assert!(text(&made["number"]).starts_with("20261121"), "{}", made["number"]);

    let customer = text(&made["customer_id"]);
    let mut cheap = new_order(&customer, &phone_number());
    cheap["total_fen"] = json!(1);
    assert_eq!(shop.sales.post("/orders", cheap).await.violations(), ["total_fen: unknown_field"]);
    let mut cheap = new_order(&customer, &phone_number());
    cheap["lines"][0]["total_fen"] = json!(1);
    assert_eq!(shop.sales.post("/orders", cheap).await.violations(), ["lines.0.total_fen: unknown_field"]);
    assert_eq!(shop.sales.get("/orders").await.ok()["items"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn an_order_takes_its_course_and_each_move_says_who_and_when() {
    let shop = Shop::new().await;
    let made = order(&shop, &phone_number()).await;
    let moves = ["accept", "ship", "deliver", "complete"];
    let offered =
        [json!(["accept", "ship", "cancel"]), json!(["ship", "cancel"]), json!(["deliver"]), json!(["complete"])];
    let mut now = made.clone();
    for ((version, event), offered) in (1..).zip(moves).zip(offered) {
        assert_eq!(now["moves"], offered, "before {event}");
        shop.advance(Duration::minutes(1)).await;
        let client = if event == "deliver" { &shop.boss } else { &shop.sales };
        let body = if event == "ship" { ship() } else { json!({ "event": event, "note": event }) };
        now = step(client, &made, version, body).await.ok();
    }
    assert_eq!((&now["moves"], &now["version"]), (&json!([]), &json!(5)));
    let course: Vec<(Value, Value, Value)> = now["course"]
        .as_array()
        .expect("a course")
        .iter()
        .map(|step| (step["status"].clone(), step["by_name"].clone(), step["at"].clone()))
        .collect();
    let expected =
        [("placed", "陈晓"), ("processing", "陈晓"), ("shipped", "陈晓"), ("delivered", "林静"), ("completed", "陈晓")];
    let expected: Vec<(Value, Value, Value)> = (0..)
        .zip(expected)
        .map(|(minute, (status, name))| (json!(status), json!(name), json!(start() + Duration::minutes(minute))))
        .collect();
    assert_eq!(course, expected);
    let shipped_at = start() + Duration::minutes(2);
    assert_eq!(
        now["shipments"],
        json!([{ "carrier": "顺丰速运", "tracking_number": "SF1234567890", "shipped_at": shipped_at }])
    );
    assert_eq!(shop.sales.get(&path(&made)).await.ok(), now);
}

#[actix_web::test]
async fn a_move_that_the_course_does_not_allow_is_refused_and_changes_nothing() {
    let shop = Shop::new().await;
    let courses: [&[&str]; 6] =
        [&[], &["accept"], &["ship"], &["ship", "deliver"], &["ship", "deliver", "complete"], &["cancel"]];
    for events in courses {
        let made = order(&shop, &phone_number()).await;
        let now = after(&shop, &made, events).await;
        let version = now["version"].as_i64().expect("a version");
        let legal: Vec<String> = now["moves"].as_array().expect("moves").iter().map(text).collect();
        for event in ["accept", "ship", "deliver", "complete", "cancel"] {
            if !legal.iter().any(|legal| legal == event) {
                let body = if event == "ship" { ship() } else { json!({ "event": event }) };
                step(&shop.sales, &made, version, body).await.problem(409, "transition_refused");
            }
        }
        assert_eq!(shop.sales.get(&path(&made)).await.ok(), now, "after {events:?}");
    }
}

#[actix_web::test]
async fn what_has_left_can_neither_be_cancelled_nor_sent_elsewhere() {
    let shop = Shop::new().await;
    let made = order(&shop, &phone_number()).await;
    let other = phone_number();
    let moved = json!({ "receiver": "沈先生", "phone": other, "address": "上海市静安区南京西路 2 号" });
    let changed = shop.sales.patch(&path(&made), 1, moved.clone()).await.ok();
    assert_eq!((&changed["receiver"], &changed["address"]), (&json!("沈先生"), &json!("上海市静安区南京西路 2 号")));
    assert_eq!(changed["phone_masked"], format!("139****{}", &other[7..]));
    assert_eq!((&changed["total_fen"], &changed["version"]), (&json!(28_850), &json!(2)));

    let shipped = step(&shop.sales, &made, 2, ship()).await.ok();
    shop.sales.patch(&path(&made), 3, moved).await.problem(409, "transition_refused");
    step(&shop.sales, &made, 3, json!({ "event": "cancel" })).await.problem(409, "transition_refused");
    assert_eq!(shop.sales.get(&path(&made)).await.ok(), shipped);
}

#[actix_web::test]
async fn a_stale_order_is_neither_moved_nor_changed() {
    let shop = Shop::new().await;
    let made = order(&shop, &phone_number()).await;
    let now = after(&shop, &made, &["accept"]).await;
    for stale in [
        step(&shop.boss, &made, 1, json!({ "event": "cancel" })).await,
        shop.boss.patch(&path(&made), 1, json!({ "remark": "加急" })).await,
    ] {
        assert_eq!(stale.problem(409, "version_stale")["current"], now);
    }
    shop.boss
        .post(&format!("{}/moves", path(&made)), json!({ "event": "cancel" }))
        .await
        .problem(428, "version_missing");
    assert_eq!(shop.sales.get(&path(&made)).await.ok(), now);
}

#[actix_web::test]
async fn two_moves_at_once_are_one_move() {
    let shop = Shop::new().await;
    let made = order(&shop, &phone_number()).await;
    let moves = (0..6).map(|at| step(if at % 2 == 0 { &shop.sales } else { &shop.boss }, &made, 1, ship()));
    let answers = futures::future::join_all(moves).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
    let now = shop.sales.get(&path(&made)).await.ok();
    assert_eq!((now["course"].as_array().map(Vec::len), now["shipments"].as_array().map(Vec::len)), (Some(2), Some(1)));
}

#[actix_web::test]
async fn a_parcel_needs_a_carrier_and_a_number_and_nothing_else_has_them() {
    let shop = Shop::new().await;
    let made = order(&shop, &phone_number()).await;
    for body in [
        json!({ "event": "ship" }),
        json!({ "event": "ship", "carrier": "顺丰速运" }),
        json!({ "event": "ship", "tracking_number": "SF1" }),
    ] {
        assert_eq!(step(&shop.sales, &made, 1, body).await.violations(), [": shipment_incomplete"]);
    }
    let odd = json!({ "event": "accept", "carrier": "顺丰速运", "tracking_number": "SF1" });
    assert_eq!(step(&shop.sales, &made, 1, odd).await.violations(), [": shipment_unexpected"]);
    assert_eq!(shop.sales.get(&path(&made)).await.ok(), made);
}

#[actix_web::test]
async fn phone_and_address_cannot_be_read_in_the_database() {
    let shop = Shop::new().await;
    let (first, second) = (phone_number(), phone_number());
    let customer = json!({ "name": "沈怡", "phones": [{ "number": first }] });
    let customer = text(&shop.sales.post("/customers", customer).await.ok()["id"]);
    let mut body = new_order(&customer, &first);
    body["address"] = json!(format!("浙江省杭州市龙井路 {first} 号"));
    let made = shop.sales.post_once("/orders", "order-at-rest", body).await.ok();
    let address = format!("上海市南京西路 {second} 号");
    shop.sales.patch(&path(&made), 1, json!({ "phone": second, "address": address })).await.ok();
    shop.sales.post(&format!("{}/receipt-code", path(&made)), json!({})).await.ok();
    let code = text(&shop.sales.post(&format!("{}/receipt-code", path(&made)), json!({})).await.ok()["code"]);
    let plain = code.replace('-', "");
    let secret = [first.as_str(), &second, "龙井路", "南京西路", &code, &plain];
    assert_eq!(shop.readable_at_rest(&secret).await, Vec::<&str>::new());
}

#[actix_web::test]
async fn whoever_looks_at_the_whole_number_is_on_the_record() {
    let shop = Shop::new().await;
    let number = phone_number();
    let made = order(&shop, &number).await;
    let reveal = format!("{}/phone/reveal", path(&made));
    let shown = shop.sales.post(&reveal, json!({})).await.ok();
    assert_eq!(shown, json!({ "number": format!("+86{number}"), "dial": number }));
    shop.rival.post(&reveal, json!({})).await.problem(404, "not_found");

    let record = shop.boss.get(&format!("/audit?resource_id={}", text(&made["id"]))).await.ok();
    let looks: Vec<(Value, Value)> = record["items"]
        .as_array()
        .expect("entries")
        .iter()
        .filter(|entry| entry["action"] == "reveal")
        .map(|entry| (entry["actor_name"].clone(), entry["actor_id"].clone()))
        .collect();
    assert_eq!(looks, [(json!("陈晓"), json!(shop.sales_id))]);
    assert!(!record.to_string().contains(&number[3..]), "the record does not hold the number itself");
}

#[actix_web::test]
async fn the_record_names_what_changed_of_where_an_order_goes_and_no_value_of_it() {
    let shop = Shop::new().await;
    let (first, second) = (phone_number(), phone_number());
    let made = order(&shop, &first).await;
    shop.sales.patch(&path(&made), 1, json!({ "address": "上海市南京西路9号" })).await.ok();
    shop.sales.patch(&path(&made), 2, json!({ "receiver": "何平", "phone": second })).await.ok();
    // The same again changes nothing that could be named.
    shop.sales.patch(&path(&made), 3, json!({ "receiver": "何平" })).await.ok();
    let names = async |request: &str| -> Vec<String> {
        let page =
            shop.boss.get(&format!("/audit?resource_id={}&action=update{request}", text(&made["id"]))).await.ok();
        assert!(!page.to_string().contains("南京西路") && !page.to_string().contains("何平"), "{page}");
        assert!(!page.to_string().contains(&second[3..]), "{page}");
        let fields = page["items"].as_array().expect("entries").iter().flat_map(|entry| entry["fields"].as_array());
        let fields = fields.flatten().filter(|field| field["name"] != "vault");
        let mut names: Vec<String> = fields.map(|field| text(&field["name"])).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(names("").await, ["address", "phone", "receiver"]);
}

#[actix_web::test]
async fn orders_are_listed_newest_first_by_status_and_by_customer() {
    let shop = Shop::new().await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(order(&shop, &phone_number()).await);
        shop.advance(Duration::seconds(1)).await;
    }
    after(&shop, &made[1], &["ship"]).await;
    let ids = async |query: &str| -> Vec<String> {
        let page = shop.sales.get(&format!("/orders{query}")).await.ok();
        page["items"].as_array().expect("items").iter().map(|row| text(&row["id"])).collect()
    };
    let id = |at: usize| text(&made[at]["id"]);
    assert_eq!(ids("").await, [id(2), id(1), id(0)]);
    assert_eq!(ids("?status=shipped").await, [id(1)]);
    assert_eq!(ids(&format!("?customer_id={}", text(&made[0]["customer_id"]))).await, [id(0)]);
    assert_eq!(shop.sales.get("/orders?status=lost").await.violations(), ["status: enum_invalid"]);
    // A colleague's customers' orders are none of the rival's business.
    assert_eq!(shop.rival.get("/orders").await.ok()["items"], json!([]));
    let theirs = new_order(&text(&made[0]["customer_id"]), &phone_number());
    shop.rival.post("/orders", theirs).await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_total_that_nobody_can_pay_is_refused_at_its_lines() {
    let shop = Shop::new().await;
    let customer = shop.customer_named("沈怡").await;
    let body = json!({
        "customer_id": customer, "receiver": "王芳", "phone": phone_number(), "address": "杭州",
        "lines": [{ "name": "茶", "quantity": 2, "unit_price_fen": 10_000_000_000_i64 }],
    });
    assert_eq!(shop.sales.post("/orders", body).await.violations(), ["lines: total_too_large"]);
}
