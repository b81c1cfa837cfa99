//! The rest of a customer's record: contacts, address, trade, special dates, types, relations and stars.

use crate::harness::{Client, Shop, text};
use serde_json::{Value, json};

async fn customer(client: &Client, more: Value) -> Value {
    let mut body = json!({ "name": "张三" });
    for (name, value) in more.as_object().expect("members") {
        body[name] = value.clone();
    }
    client.post("/customers", body).await.ok()
}

fn path(row: &Value) -> String {
    format!("/customers/{}", text(&row["id"]))
}

#[actix_web::test]
async fn emails_and_wechat_ids_are_masked_and_shown_whole_on_the_record() {
    let shop = Shop::new().await;
    let made = customer(
        &shop.sales,
        json!({
            "emails": [{ "email": "ZhangSan@Example.com", "label": "工作" }, { "email": "zhangsan@example.com" }],
            "wechat_ids": [{ "account": "zhang_san" }], "address": "龙井路1号",
        }),
    )
    .await;
    // Written twice it is one.
    assert_eq!(made["emails"], json!([{ "masked": "Z***@Example.com", "label": "工作" }]));
    assert_eq!(made["wechat_ids"], json!([{ "masked": "z***", "label": null }]));
    assert_eq!(made["address"], "龙井路1号");
    let shown = shop.sales.post(&format!("{}/emails/0/reveal", path(&made)), json!({})).await.ok();
    assert_eq!(shown["text"], "ZhangSan@Example.com");
    let shown = shop.sales.post(&format!("{}/wechat-ids/0/reveal", path(&made)), json!({})).await.ok();
    assert_eq!(shown["text"], "zhang_san");
    shop.sales.post(&format!("{}/wechat-ids/1/reveal", path(&made)), json!({})).await.problem(404, "not_found");
    let entries = shop.boss.get(&format!("/audit?action=reveal&resource_id={}", text(&made["id"]))).await.ok();
    assert_eq!(entries["items"].as_array().map(Vec::len), Some(2));
    // Whoever finds them in the pool does not learn where they live.
    shop.sales.post_at(&format!("{}/release", path(&made)), 1, json!({ "reason": "联系不上" })).await.ok();
    assert_eq!(shop.rival.get(&path(&made)).await.ok()["address"], json!(null));
    shop.sales.post(&format!("{}/claim", path(&made)), json!({})).await.ok();
    // What is not named stays, and an empty list takes all away.
    let changed = shop.sales.patch(&path(&made), 3, json!({ "emails": [], "address": null })).await.ok();
    assert_eq!((&changed["emails"], &changed["address"]), (&json!([]), &json!(null)));
    assert_eq!(changed["wechat_ids"], made["wechat_ids"]);
    let refused = shop.sales.post("/customers", json!({ "name": "李四", "emails": [{ "email": "张@qq" }] })).await;
    assert_eq!(refused.violations(), ["emails.0.email: email_invalid"]);
}

#[actix_web::test]
async fn a_secret_field_is_shown_whole_on_the_record() {
    let shop = Shop::new().await;
    let field = json!({ "label": "证件号", "key": "id_card", "kind": "text", "rules": { "secret": true } });
    shop.boss.post("/custom-fields", field).await.ok();
    let made = customer(&shop.sales, json!({ "custom": { "id_card": "330106199001011234" } })).await;
    let shown = shop.sales.post(&format!("{}/custom/id_card/reveal", path(&made)), json!({})).await.ok();
    assert_eq!(shown["text"], "330106199001011234");
    shop.sales.post(&format!("{}/custom/other/reveal", path(&made)), json!({})).await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_special_date_says_when_it_comes_back() {
    let shop = Shop::new().await;
    let dates = json!([
        { "label": "店庆", "calendar": "solar", "month": 11, "day": 21 },
        { "label": "生日", "calendar": "lunar", "month": 8, "day": 15, "year": 1990 },
    ]);
    let made = customer(&shop.sales, json!({ "dates": dates })).await;
    assert_eq!(made["dates"][0]["next_on"], "2026-11-21");
    assert_eq!(made["dates"][1]["next_on"], "2027-09-15");
    let changed = shop.sales.patch(&path(&made), 1, json!({ "dates": [] })).await.ok();
    assert_eq!(changed["dates"], json!([]));
    for (date, wrong) in [
        (json!({ "label": "x", "calendar": "solar", "month": 2, "day": 30 }), "dates.0.day: date_invalid"),
        (json!({ "label": "x", "calendar": "lunar", "month": 2, "day": 31 }), "dates.0.day: date_invalid"),
        (
            json!({ "label": "x", "calendar": "solar", "month": 2, "day": 1, "leap": true }),
            "dates.0.leap: leap_unexpected",
        ),
    ] {
        let refused = shop.sales.post("/customers", json!({ "name": "李四", "dates": [date] })).await;
        assert_eq!(refused.violations(), [wrong]);
    }
}

#[actix_web::test]
async fn a_business_has_types_of_its_own() {
    let shop = Shop::new().await;
    let made = shop.boss.post("/customer-types", json!({ "name": "贵宾" })).await.ok();
    shop.boss.post("/customer-types", json!({ "name": "贵宾" })).await.problem(409, "name_taken");
    let code = text(&made["code"]);
    let listed = shop.sales.get("/customer-types").await.ok();
    let codes: Vec<String> = listed["items"].as_array().expect("items").iter().map(|one| text(&one["code"])).collect();
    assert_eq!(codes, ["potential", "new", "existing", "lost", &code]);
    let guest = customer(&shop.sales, json!({ "type": code })).await;
    assert_eq!(guest["type"], code.as_str());
    assert_eq!(shop.sales.get(&format!("/customers?type={code}")).await.ok()["items"][0]["id"], guest["id"]);
    let refused = shop.sales.post("/customers", json!({ "name": "李四", "type": "nobody" })).await;
    assert_eq!(refused.violations(), ["type: type_unknown"]);
    let id = text(&made["id"]);
    shop.boss.delete(&format!("/customer-types/{id}"), 1).await.problem(409, "in_use");
    shop.sales.patch(&path(&guest), 1, json!({ "type": "existing" })).await.ok();
    shop.boss.delete(&format!("/customer-types/{id}"), 1).await.ok();
    let (_, neighbour) = shop.neighbour().await;
    assert_eq!(neighbour.get("/customer-types").await.ok()["items"].as_array().map(Vec::len), Some(4));
}

#[actix_web::test]
async fn who_knows_whom_is_seen_by_whoever_sees_both() {
    let shop = Shop::new().await;
    let (mine, theirs) = (customer(&shop.sales, json!({})).await, customer(&shop.rival, json!({})).await);
    let body = json!({ "other_id": theirs["id"], "kind": "introduced_by", "note": "表妹" });
    shop.sales.post(&format!("{}/relations", path(&mine)), body.clone()).await.problem(404, "not_found");
    let made = shop.boss.post(&format!("{}/relations", path(&mine)), body.clone()).await.ok();
    assert_eq!((&made["other_name"], &made["inverse"]), (&json!("张三"), &json!(false)));
    shop.boss.post(&format!("{}/relations", path(&mine)), body).await.problem(409, "relation_known");
    let itself = json!({ "other_id": mine["id"], "kind": "other" });
    let refused = shop.boss.post(&format!("{}/relations", path(&mine)), itself).await;
    assert_eq!(refused.violations(), ["other_id: relation_self"]);
    let listed = shop.boss.get(&format!("{}/relations", path(&theirs))).await.ok();
    assert_eq!(listed["items"][0]["inverse"], true);
    assert_eq!(listed["items"][0]["other_id"], mine["id"]);
    for (client, row) in [(&shop.sales, &mine), (&shop.rival, &theirs)] {
        assert_eq!(client.get(&format!("{}/relations", path(row))).await.ok()["items"], json!([]));
    }
    let gone = format!("{}/relations/{}", path(&theirs), text(&made["id"]));
    shop.rival.delete(&gone, 1).await.problem(404, "not_found");
    shop.boss.delete(&gone, 1).await.ok();
    assert_eq!(shop.boss.get(&format!("{}/relations", path(&mine))).await.ok()["items"], json!([]));
}

#[actix_web::test]
async fn a_star_is_ones_own() {
    let shop = Shop::new().await;
    let made = customer(&shop.sales, json!({})).await;
    assert_eq!(made["starred"], false);
    let star = format!("{}/star", path(&made));
    for _ in 0..2 {
        shop.sales.post(&star, json!({})).await.ok();
        assert_eq!(shop.sales.get(&path(&made)).await.ok()["starred"], true);
    }
    assert_eq!(shop.boss.get(&path(&made)).await.ok()["starred"], false);
    shop.rival.post(&star, json!({})).await.problem(404, "not_found");
    shop.sales.delete(&star, 1).await.ok();
    assert_eq!(shop.sales.get(&path(&made)).await.ok()["starred"], false);
}

#[actix_web::test]
async fn a_region_is_found_by_its_sound() {
    let shop = Shop::new().await;
    let found = shop.sales.get("/regions?q=xhq").await.ok();
    let west_lake = found["items"].as_array().expect("items").iter().find(|one| one["code"] == "330106");
    assert_eq!(west_lake.expect("it")["full_name"], "浙江省杭州市西湖区");
    assert_eq!(shop.sales.get("/regions?within=330100").await.ok()["items"][0]["name"], "上城区");
    assert_eq!(shop.sales.get("/regions?within=999999").await.violations(), ["within: region_invalid"]);
}

#[actix_web::test]
async fn an_erased_person_leaves_nothing_in_the_rest_of_the_record() {
    let shop = Shop::new().await;
    let field = json!({ "label": "口味", "key": "taste", "kind": "text" });
    shop.boss.post("/custom-fields", field).await.ok();
    let made = customer(
        &shop.boss,
        json!({
            "emails": [{ "email": "zhang@example.com" }], "needs": "明前龙井", "custom": { "taste": "浓" },
            "dates": [{ "label": "生日", "calendar": "solar", "month": 1, "day": 2 }],
        }),
    )
    .await;
    let other = customer(&shop.boss, json!({})).await;
    let body = json!({ "other_id": other["id"], "kind": "family" });
    shop.boss.post(&format!("{}/relations", path(&made)), body).await.ok();
    let exported = shop.boss.get(&format!("{}/export", path(&made))).await.ok();
    assert_eq!(exported["custom"], json!({ "口味": "浓" }));
    assert_eq!(exported["emails"], json!(["zhang@example.com"]));
    shop.boss.post(&format!("{}/erase", path(&made)), json!({ "reason": "asked" })).await.ok();
    assert_eq!(shop.boss.get(&format!("{}/relations", path(&other))).await.ok()["items"], json!([]));
    let id = text(&shop.boss.get("/custom-fields").await.ok()["items"][0]["id"]);
    let count = shop.boss.get(&format!("/custom-fields/{id}/count")).await.ok();
    assert_eq!(count["count"], 0);
}

#[actix_web::test]
async fn nobody_was_born_tomorrow_and_no_day_is_of_a_month_that_never_was() {
    let shop = Shop::new().await;
    // Nine in the morning of the 21st of November 2026 in China.
    let made = customer(&shop.sales, json!({ "birthday": "2026-11-21" })).await;
    let day = |calendar: &str, month: i64, day: i64, more: Value| {
        let mut date = json!({ "label": "生日", "calendar": calendar, "month": month, "day": day });
        date.as_object_mut().expect("a date").extend(more.as_object().expect("more").clone());
        json!({ "dates": [date] })
    };
    for (wrong, said) in [
        (json!({ "birthday": "2100-01-01" }), "birthday: birthday_ahead"),
        (json!({ "birthday": "2026-11-22" }), "birthday: birthday_ahead"),
        (json!({ "birthday": "2023-02-29" }), "birthday: date_invalid"),
        (day("solar", 2, 29, json!({ "year": 2023 })), "dates.0.day: date_invalid"),
        (day("solar", 2, 29, json!({ "year": 1900 })), "dates.0.day: date_invalid"),
        (day("lunar", 1, 1, json!({ "year": 2023, "leap": true })), "dates.0.leap: leap_absent"),
        (day("lunar", 2, 1, json!({ "year": 2024, "leap": true })), "dates.0.leap: leap_absent"),
        // From 1900 to 2100 no year has it.
        (day("lunar", 1, 1, json!({ "leap": true })), "dates.0.leap: leap_absent"),
    ] {
        let mut body = json!({ "name": "李四" });
        body.as_object_mut().expect("a body").extend(wrong.as_object().expect("more").clone());
        assert_eq!(shop.sales.post("/customers", body).await.violations(), [said], "{wrong}");
        assert_eq!(shop.sales.patch(&path(&made), 1, wrong.clone()).await.violations(), [said], "{wrong}");
    }
    // 2023 has 闰二月, 2033 闰冬月, 2024 a 29th of February, and so has a year that is not known.
    for right in [
        day("lunar", 2, 1, json!({ "year": 2023, "leap": true })),
        day("lunar", 11, 1, json!({ "leap": true })),
        day("solar", 2, 29, json!({ "year": 2024 })),
        day("solar", 2, 29, json!({})),
        json!({ "birthday": null }),
    ] {
        customer(&shop.sales, right).await;
    }
}

#[actix_web::test]
async fn whoever_looks_after_a_customer_is_not_their_helper_as_well() {
    let shop = Shop::new().await;
    let made = customer(&shop.sales, json!({})).await;
    let helpers = format!("{}/helpers", path(&made));
    let own = json!({ "staff_id": shop.sales_id, "level": "edit" });
    assert_eq!(shop.sales.post(&helpers, own).await.violations(), ["staff_id: helper_owner"]);
    let other = json!({ "staff_id": shop.rival_id, "level": "read" });
    let listed = shop.sales.post(&helpers, other).await.ok();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
}
