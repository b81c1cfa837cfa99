//! The customer side: one's own orders, after a proof that they are one's own.

use crate::harness::{Answer, Client, Shop, phone_number, text};
use chrono::Duration;
use serde_json::{Value, json};

/// An order that somebody placed by telephone.
async fn order(shop: &Shop, phone: &str) -> Value {
    let customer = shop.customer_named("沈怡").await;
    let body = json!({
        "customer_id": customer,
        "lines": [{ "name": "明前龙井 50g", "quantity": 2, "unit_price_fen": 12_800 }],
        "receiver": "沈怡",
        "phone": phone,
        "address": "浙江省杭州市西湖区龙井路 1 号",
        "remark": "老客户,多给一包",
    });
    shop.sales.post("/orders", body).await.ok()
}

fn path(shop: &Shop, order: &Value) -> String {
    format!("/me/businesses/{}/orders/{}", shop.tenant, text(&order["id"]))
}

async fn numbers(client: &Client) -> Vec<Value> {
    let page = client.get("/me/orders?limit=100").await.ok();
    page["items"].as_array().expect("items").iter().map(|row| row["number"].clone()).collect()
}

async fn code(shop: &Shop, order: &Value) -> String {
    let made = shop.sales.post(&format!("/orders/{}/receipt-code", text(&order["id"])), json!({})).await;
    assert_eq!(made.status, 201);
    text(&made.body["code"])
}

async fn claim(client: &Client, code: &str) -> Answer {
    client.post("/me/receipts", json!({ "code": code })).await
}

/// A problem without what differs from request to request.
fn anonymous(answer: Answer) -> Value {
    let mut body = answer.problem(404, "not_found");
    body.as_object_mut().expect("an object").remove("request_id");
    body
}

#[actix_web::test]
async fn the_phone_in_one_s_hand_shows_where_the_order_is() {
    let shop = Shop::new().await;
    let number = phone_number();
    let made = order(&shop, &number).await;
    let ship = json!({ "event": "ship", "carrier": "顺丰速运", "tracking_number": "SF1234567890", "note": "易碎" });
    shop.sales.post_at(&format!("/orders/{}/moves", text(&made["id"])), 1, ship).await.ok();

    let me = shop.customer(&number).await;
    let row = me.get("/me/orders").await.ok()["items"][0].clone();
    assert_eq!(
        (&row["business_name"], &row["number"], &row["status"]),
        (&json!("山月茶行"), &made["number"], &json!("shipped"))
    );
    let mine = me.get(&path(&shop, &made)).await.ok();
    assert_eq!(
        (&mine["total_fen"], &mine["lines"], &mine["business"]["phone"]),
        (&json!(25_600), &made["lines"], &json!("0571-88886666"))
    );
    assert_eq!(mine["shipments"][0]["tracking_number"], "SF1234567890");
    let course: Vec<&Value> = mine["course"].as_array().expect("a course").iter().map(|step| &step["status"]).collect();
    assert_eq!(course, ["placed", "shipped"]);
    // The phone proves a number, not a person; and what staff say among themselves stays there.
    let whole = mine.to_string();
    for private in ["沈怡", "龙井路", &number[3..], "陈晓", "易碎", "多给一包"] {
        assert!(!whole.contains(private), "{private} in {whole}");
    }
}

#[actix_web::test]
async fn typing_somebody_s_phone_number_shows_nothing() {
    let shop = Shop::new().await;
    let number = phone_number();
    let made = order(&shop, &number).await;
    let curious = shop.stranger().await;
    let document = curious.get("/openapi.json").await.ok();
    let paths = document["paths"].as_object().expect("paths").iter();
    let public = paths.filter(|(path, _)| path.contains("/me/") || path.contains("/welcome"));
    for (path, operations) in public {
        assert!(!operations.to_string().to_lowercase().contains("\"phone\""), "{path} takes a phone");
    }
    for query in ["phone", "q", "number", "phone_digest"] {
        for value in [&number, &text(&made["number"])] {
            let page = curious.get(&format!("/me/orders?{query}={value}")).await;
            assert!(page.status == 422 || page.body["items"] == json!([]), "{query}: {}", page.body);
        }
    }
    // Saying a number is no proof of it, and neither is an order's number a code.
    for body in [json!({ "code": number }), json!({ "code": made["number"] })] {
        curious.post("/me/receipts", body).await.problem(404, "not_found");
    }
    let proof = json!({ "code": number });
    assert_eq!(curious.post("/auth/phone", proof).await.violations(), ["code: phone_code_invalid"]);
    let phone = json!({ "code": "x", "phone": number });
    assert_eq!(curious.post("/me/receipts", phone).await.violations(), ["phone: unknown_field"]);
}

#[actix_web::test]
async fn not_yours_and_not_there_are_the_same_answer() {
    let shop = Shop::new().await;
    let made = order(&shop, &phone_number()).await;
    let (other_tenant, _) = shop.neighbour().await;
    let id = text(&made["id"]);
    let nowhere = format!("/me/businesses/{}/orders/01920000-0000-7000-8000-000000000000", shop.tenant);
    for stranger in [shop.stranger().await, shop.customer(&phone_number()).await] {
        let absent = anonymous(stranger.get(&nowhere).await);
        for path in [
            path(&shop, &made),
            format!("/me/businesses/{other_tenant}/orders/{id}"),
            format!("/me/businesses/999999999/orders/{id}"),
        ] {
            assert_eq!(anonymous(stranger.get(&path).await), absent, "{path}");
        }
        assert_eq!(numbers(&stranger).await, Vec::<Value>::new());
    }
}

#[actix_web::test]
async fn one_list_shows_the_orders_of_every_business_newest_first() {
    let shop = Shop::new().await;
    let number = phone_number();
    let me = shop.customer(&number).await;
    let (_, neighbour) = shop.neighbour().await;
    let mut made = Vec::new();
    for at in 0..5 {
        let boss = if at % 2 == 0 { &shop.boss } else { &neighbour };
        let customer = boss.post("/customers", json!({ "name": "沈怡" })).await.ok();
        let body = json!({ "customer_id": customer["id"], "lines": [{ "name": "茶", "quantity": 1, "unit_price_fen": at }],
            "receiver": "沈怡", "phone": number, "address": "杭州市" });
        made.push(boss.post("/orders", body).await.ok()["number"].clone());
        if at > 1 {
            shop.advance(Duration::seconds(1)).await;
        }
    }
    // Some of them were placed in the same moment: a page ends between them.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = me.get(&format!("/me/orders?limit=2{cursor}")).await.ok();
        seen.extend(page["items"].as_array().expect("items").iter().map(|row| row["number"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen[..2], [made[4].clone(), made[3].clone()]);
    seen.sort_by_key(Value::to_string);
    made.sort_by_key(Value::to_string);
    assert_eq!(seen, made);
}

#[actix_web::test]
async fn a_receipt_code_works_once_for_one_person() {
    let shop = Shop::new().await;
    let made = order(&shop, &phone_number()).await;
    let code = code(&shop, &made).await;
    assert_eq!((code.len(), code.matches('-').count()), (19, 3), "{code}");
    let (holder, late) = (shop.stranger().await, shop.stranger().await);
    // As people type: small letters, blanks for hyphens left out.
    let row = claim(&holder, &code.replace('-', "").to_lowercase()).await.ok();
    assert_eq!((&row["number"], &row["business_name"]), (&made["number"], &json!("山月茶行")));
    holder.get(&path(&shop, &made)).await.ok();
    assert_eq!(numbers(&holder).await, [made["number"].clone()]);

    let used = anonymous(claim(&late, &code).await);
    // Whoever has the order may scan again: the answer was perhaps lost on the way.
    assert_eq!(claim(&holder, &code).await.ok()["number"], made["number"]);
    assert_eq!(used, anonymous(claim(&late, "AAAA-BBBB-CCCC").await));
    late.get(&path(&shop, &made)).await.problem(404, "not_found");
}

#[actix_web::test]
async fn of_two_who_hold_the_same_code_one_gets_the_order() {
    let shop = Shop::new().await;
    let made = order(&shop, &phone_number()).await;
    let code = code(&shop, &made).await;
    let people = [shop.stranger().await, shop.stranger().await, shop.stranger().await];
    let answers = futures::future::join_all(people.iter().map(|person| claim(person, &code))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404, 404]);
}

#[actix_web::test]
async fn a_receipt_code_ends_after_thirty_days_or_when_a_new_one_is_made() {
    let shop = Shop::with(|config| config.auth.access_seconds = 60 * 86_400).await;
    let made = order(&shop, &phone_number()).await;
    let person = shop.stranger().await;
    let first = code(&shop, &made).await;
    let second = code(&shop, &made).await;
    claim(&person, &first).await.problem(404, "not_found");
    shop.advance(Duration::days(30)).await;
    claim(&person, &second).await.problem(404, "not_found");
    let third = code(&shop, &made).await;
    shop.advance(Duration::days(30) - Duration::seconds(1)).await;
    claim(&person, &third).await.ok();
}

#[actix_web::test]
async fn after_a_few_tries_there_are_no_more() {
    let shop = Shop::with(|config| config.auth.attempts = 3).await;
    let made = order(&shop, &phone_number()).await;
    let right = code(&shop, &made).await;
    let guesser = shop.stranger().await;
    for guess in ["AAAA-AAAA-AAAA", "BBBB-BBBB-BBBB", "CCCC-CCCC-CCCC"] {
        claim(&guesser, guess).await.problem(404, "not_found");
    }
    let tired = claim(&guesser, &right).await;
    let wait = tired.headers.get("Retry-After").and_then(|value| value.to_str().ok()).map(str::to_owned);
    assert_eq!(wait.as_deref(), Some("900"));
    tired.problem(429, "too_many_requests");
    // The code was not used up by it, and somebody else's tries are their own.
    claim(&shop.stranger().await, &right).await.ok();
}

#[actix_web::test]
async fn many_accounts_of_one_address_do_not_make_more_tries() {
    let shop = Shop::with(|config| config.auth.attempts = 2).await;
    let mut refused = 0;
    for _ in 0..10 {
        let guesser = shop.stranger().await;
        for guess in ["AAAA-AAAA-AAAA", "BBBB-BBBB-BBBB"] {
            refused += u32::from(claim(&guesser, guess).await.status == 429);
        }
    }
    assert_eq!(refused, 20 - 16);
}

#[actix_web::test]
async fn an_order_that_got_another_phone_is_no_longer_the_old_one_s() {
    let shop = Shop::new().await;
    let (old, new) = (phone_number(), phone_number());
    let made = order(&shop, &old).await;
    let (before, after) = (shop.customer(&old).await, shop.customer(&new).await);
    before.get(&path(&shop, &made)).await.ok();
    shop.sales.patch(&format!("/orders/{}", text(&made["id"])), 1, json!({ "phone": new })).await.ok();
    before.get(&path(&shop, &made)).await.problem(404, "not_found");
    assert_eq!((numbers(&before).await, numbers(&after).await), (vec![], vec![made["number"].clone()]));
    after.get(&path(&shop, &made)).await.ok();
}

#[actix_web::test]
async fn a_proof_of_a_phone_ends_before_the_number_is_somebody_else_s() {
    let shop = Shop::with(|config| config.auth.access_seconds = 200 * 86_400).await;
    let number = phone_number();
    let made = order(&shop, &number).await;
    let me = shop.customer(&number).await;
    shop.advance(Duration::days(59)).await;
    me.get(&path(&shop, &made)).await.ok();
    shop.advance(Duration::days(32)).await;
    // By now the session is over as well; a new one does not bring the proof back.
    let again = shop.log_in_again(&me).await;
    again.get(&path(&shop, &made)).await.problem(404, "not_found");
    assert_eq!(again.get("/auth/me").await.ok()["phone_masked"], json!(null));
}

#[actix_web::test]
async fn each_side_keeps_to_its_own_doors() {
    let shop = Shop::new().await;
    let made = order(&shop, &phone_number()).await;
    let customer = shop.stranger().await;
    for path in ["/me/orders".to_owned(), path(&shop, &made)] {
        shop.boss.get(&path).await.problem(403, "side_wrong");
        shop.nobody.get(&path).await.problem(401, "unauthenticated");
    }
    shop.boss.post("/me/receipts", json!({ "code": "AAAA" })).await.problem(403, "side_wrong");
    for path in ["/customers", "/orders", "/today", "/inbox", "/staff", "/audit", "/subscriptions"] {
        customer.get(path).await.problem(403, "side_wrong");
    }
    let welcome = shop.nobody.get("/welcome").await.ok();
    assert_eq!((&welcome["name"], &welcome["signup"]), (&json!("熟客"), &json!(true)));
}
