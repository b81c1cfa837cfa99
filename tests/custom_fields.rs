//! The fields that a business makes itself.

use crate::harness::{Client, Shop, phone_number, text};
use crate::rights::hire;
use crate::transfer::{counts, errors, import};
use serde_json::{Value, json};

/// Defines a field and answers its key.
async fn field(client: &Client, label: &str, kind: &str, rules: Value) -> String {
    let made = client.post("/custom-fields", json!({ "label": label, "kind": kind, "rules": rules })).await.ok();
    text(&made["key"])
}

async fn customer(client: &Client, custom: Value) -> Value {
    client.post("/customers", json!({ "name": "张三", "custom": custom })).await.ok()
}

fn path(row: &Value) -> String {
    format!("/customers/{}", text(&row["id"]))
}

#[actix_web::test]
async fn a_field_works_as_soon_as_it_is_defined() {
    let shop = Shop::new().await;
    let taste = field(&shop.boss, "口味", "text", json!({})).await;
    let spend = field(&shop.boss, "预算", "money", json!({ "max": 1_000_000 })).await;
    let weight = field(&shop.boss, "重量", "number", json!({ "decimals": 2 })).await;
    let since = field(&shop.boss, "相识", "date", json!({})).await;
    let member = field(&shop.boss, "会员", "yes_no", json!({ "default": "true" })).await;
    let made =
        customer(&shop.sales, json!({ &taste: " 浓Ａ ", &spend: 120_050, &weight: "12.50", &since: "2020-02-29" }))
            .await;
    let kept = json!({ &taste: "浓A", &spend: 120_050, &weight: "12.5", &since: "2020-02-29", &member: true });
    assert_eq!(made["custom"], kept);
    assert_eq!(shop.sales.get(&path(&made)).await.ok()["custom"], kept);
    assert_eq!(shop.sales.get("/customers").await.ok()["items"][0]["custom"], kept);
    // A change merges field by field, and null clears.
    let change = json!({ "custom": { &taste: null, &weight: 3 } });
    let changed = shop.sales.patch(&path(&made), 1, change).await.ok();
    assert_eq!(changed["custom"], json!({ &spend: 120_050, &weight: 3, &since: "2020-02-29", &member: true }));
}

#[actix_web::test]
async fn what_is_filled_in_is_judged_by_its_definition() {
    let shop = Shop::new().await;
    let taste = field(&shop.boss, "口味", "choice", json!({ "required": true, "choices": [{ "key": "strong", "label": "浓" }, { "key": "mild", "label": "淡", "retired": true }] })).await;
    let days = field(
        &shop.boss,
        "日子",
        "choices",
        json!({ "max": 1, "choices": [{ "key": "mon", "label": "周一" }, { "key": "tue", "label": "周二" }] }),
    )
    .await;
    let age = field(&shop.boss, "年龄", "number", json!({ "min": 0, "max": 150 })).await;
    for (custom, wrong) in [
        (json!({}), format!("custom.{taste}: required")),
        (json!({ &taste: "mild" }), format!("custom.{taste}: enum_invalid")),
        (json!({ &taste: ["strong"] }), format!("custom.{taste}: type")),
        (json!({ &taste: "strong", &days: ["tue", "mon"] }), format!("custom.{days}: too_many")),
        (json!({ &taste: "strong", &age: 151 }), format!("custom.{age}: too_large")),
        (json!({ &taste: "strong", &age: "1.5" }), format!("custom.{age}: too_precise")),
        (json!({ &taste: "strong", &age: "many" }), format!("custom.{age}: number_invalid")),
        (json!({ &taste: "strong", "nothing": 1 }), "custom.nothing: unknown_field".to_owned()),
        (json!({ &taste: "strong", &age: { "a": 1 } }), format!("custom.{age}: type")),
    ] {
        let refused = shop.sales.post("/customers", json!({ "name": "张三", "custom": custom })).await;
        assert_eq!(refused.violations(), [wrong], "{custom}");
    }
}

#[actix_web::test]
async fn a_field_that_became_required_does_not_stand_in_the_way_of_another_correction() {
    let shop = Shop::new().await;
    let note = field(&shop.boss, "备忘", "text", json!({})).await;
    let made = customer(&shop.sales, json!({})).await;
    let taste = field(&shop.boss, "口味", "text", json!({ "required": true })).await;
    let changed = shop.sales.patch(&path(&made), 1, json!({ "custom": { &note: "新茶" } })).await.ok();
    assert_eq!(changed["custom"], json!({ &note: "新茶" }));
    let refused = shop.sales.patch(&path(&made), 2, json!({ "custom": { &taste: null } })).await;
    assert_eq!(refused.violations(), [format!("custom.{taste}: required")]);
}

#[actix_web::test]
async fn a_condition_decides_whether_a_field_is_asked_for() {
    let shop = Shop::new().await;
    let car = field(&shop.boss, "有车", "yes_no", json!({})).await;
    let condition = json!({ "field": car, "op": "is", "value": "true" });
    let plate = field(&shop.boss, "车牌", "text", json!({ "required": true, "condition": condition })).await;
    let refused = shop.sales.post("/customers", json!({ "name": "张三", "custom": { &car: true } })).await;
    assert_eq!(refused.violations(), [format!("custom.{plate}: required")]);
    let refused = shop.sales.post("/customers", json!({ "name": "张三", "custom": { &plate: "浙A" } })).await;
    assert_eq!(refused.violations(), [format!("custom.{plate}: condition_unmet")]);
    let made = customer(&shop.sales, json!({ &car: true, &plate: "浙A12345" })).await;
    // What no longer applies is cleared with the answer on which it depended.
    let changed = shop.sales.patch(&path(&made), 1, json!({ "custom": { &car: false } })).await.ok();
    assert_eq!(changed["custom"], json!({ &car: false }));
    let circle = json!({ "rules": { "condition": { "field": plate, "op": "filled" } } });
    let first = shop.boss.get("/custom-fields").await.ok()["items"][0].clone();
    let refused = shop.boss.patch(&format!("/custom-fields/{}", text(&first["id"])), 1, circle).await;
    assert_eq!(refused.violations(), ["rules.condition.field: condition_circle"]);
}

#[actix_web::test]
async fn a_unique_value_names_the_masked_customer_who_has_it() {
    let shop = Shop::new().await;
    let card = field(&shop.boss, "会员号", "text", json!({ "unique": true })).await;
    let secret = field(&shop.boss, "证件号", "text", json!({ "unique": true, "secret": true })).await;
    let made = customer(&shop.sales, json!({ &card: "vip-１", &secret: "33010619900101123x" })).await;
    for (key, value) in [(&card, "VIP-1"), (&secret, "33010619900101123X")] {
        let body = json!({ "name": "李四", "custom": { key: value } });
        let problem = shop.rival.post("/customers", body).await.problem(409, "value_taken");
        assert_eq!(problem["errors"][0]["field"], format!("custom.{key}"));
        assert_eq!(problem["existing"]["name_masked"], "张*");
        assert_eq!(problem["existing"]["owner_name"], "陈晓");
        assert_eq!(problem["existing"]["id"], json!(null));
    }
    // The customer's own value is no conflict, and a deleted customer frees it.
    shop.sales.patch(&path(&made), 1, json!({ "custom": { &card: "VIP-1" } })).await.ok();
    shop.boss.delete(&path(&made), 2).await.ok();
    customer(&shop.rival, json!({ &card: "vip-1", &secret: "33010619900101123X" })).await;
}

#[actix_web::test]
async fn what_is_secret_is_shown_masked_and_recorded_as_a_mere_fact() {
    let shop = Shop::new().await;
    let id = field(&shop.boss, "证件号", "text", json!({ "secret": true })).await;
    let (phone, number) = (field(&shop.boss, "家属电话", "phone", json!({})).await, phone_number());
    let taste = field(&shop.boss, "口味", "choice", json!({ "choices": [{ "key": "mild", "label": "清淡" }] })).await;
    let made = customer(&shop.sales, json!({ &id: "330106199001011234", &phone: number, &taste: "mild" })).await;
    assert_eq!(made["custom"][&id], "************1234");
    assert_eq!(made["custom"][&phone], format!("139****{}", &number[7..]));
    let entries = shop.boss.get(&format!("/audit?resource_id={}", text(&made["id"]))).await.ok();
    let (entry, said) = (&entries["items"][0], entries.to_string());
    assert!(!said.contains(&number) && !said.contains("330106199001011234"), "{said}");
    let fields = entry["fields"].as_array().expect("fields");
    let of = |key: &str| {
        let name = format!("custom.{key}");
        fields.iter().find(|field| field["name"] == name.as_str()).unwrap_or_else(|| panic!("{name}: {entry}")).clone()
    };
    assert_eq!(of(&id)["kind"], "secret");
    assert_eq!(of(&taste)["kind"], "personal");
    assert_eq!(of(&taste)["new"], "清淡");
}

#[actix_web::test]
async fn a_role_sees_and_fills_in_what_its_definition_allows() {
    let shop = Shop::new().await;
    let hidden = field(&shop.boss, "利润", "money", json!({ "hidden_from": ["sales"], "default": "100" })).await;
    let fixed =
        field(&shop.boss, "等级", "text", json!({ "read_only_for": ["sales"], "required": true, "default": "普通" }))
            .await;
    let listed = shop.sales.get("/custom-fields").await.ok();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["items"][0]["writable"], false);
    let made = customer(&shop.sales, json!({})).await;
    assert_eq!(made["custom"], json!({ &fixed: "普通" }));
    assert_eq!(shop.boss.get(&path(&made)).await.ok()["custom"], json!({ &hidden: 100, &fixed: "普通" }));
    for (custom, wrong) in [
        (json!({ &hidden: 1 }), format!("custom.{hidden}: unknown_field")),
        (json!({ &fixed: "贵宾" }), format!("custom.{fixed}: field_read_only")),
    ] {
        assert_eq!(shop.sales.patch(&path(&made), 1, json!({ "custom": custom })).await.violations(), [wrong]);
    }
    let refused = shop
        .boss
        .post("/custom-fields", json!({ "label": "别的", "kind": "text", "rules": { "hidden_from": ["boss"] } }))
        .await;
    assert_eq!(refused.violations(), ["rules.hidden_from.0: role_unknown"]);
}

#[actix_web::test]
async fn money_is_shown_to_whoever_sees_amounts() {
    let shop = Shop::new().await;
    let budget = field(&shop.boss, "预算", "money", json!({})).await;
    let made = customer(&shop.boss, json!({ &budget: 880_000 })).await;
    let path = format!("/customers/{}", text(&made["id"]));
    let clerk = async |amounts: &str| {
        let rights = json!({
            "permissions": ["customers.read", "customers.write", "audit.read"], "pool": false,
            "fields": { "phones": "show", "emails": "show", "amounts": amounts },
            "reach": { "customers": "all", "interactions": "all", "tasks": "all", "orders": "all" },
        });
        let role = json!({ "name": format!("金额 {amounts}"), "rights": rights });
        let role = text(&shop.boss.post("/roles", role).await.ok()["id"]);
        hire(&shop, "custom", Some(&role)).await.0
    };
    let (reader, blind) = (clerk("read_only").await, clerk("hide").await);
    assert_eq!(reader.get(&path).await.ok()["custom"], json!({ &budget: 880_000 }));
    let refused = reader.patch(&path, 1, json!({ "custom": { &budget: 1 } })).await;
    assert_eq!(refused.violations(), [format!("custom.{budget}: field_read_only")]);
    for client in [&blind, &clerk("mask").await] {
        let shown = client.get(&path).await.ok();
        assert!(!shown.to_string().contains("880000"), "{shown}");
        assert_eq!(client.get("/custom-fields").await.ok()["items"], json!([]));
        let record = client.get(&format!("/audit?resource_id={}", text(&made["id"]))).await.ok();
        assert!(
            !record.to_string().contains("880000") && record.to_string().contains(&format!("custom.{budget}")),
            "{record}"
        );
    }
    let path = format!("/audit?resource_id={}", text(&made["id"]));
    let record = reader.get(&path).await.ok();
    assert!(record.to_string().contains("880000"), "{record}");
    // Nor when the field is gone.
    let fields = shop.boss.get("/custom-fields").await.ok();
    let (id, version) = (text(&fields["items"][0]["id"]), fields["items"][0]["version"].as_i64().expect("a version"));
    shop.boss.delete(&format!("/custom-fields/{id}"), version).await.ok();
    let record = blind.get(&path).await.ok();
    assert!(!record.to_string().contains("880000"), "{record}");
}

#[actix_web::test]
async fn choices_are_renamed_and_retired_and_nobody_loses_what_they_have() {
    let shop = Shop::new().await;
    let rules = json!({ "choices": [{ "key": "a", "label": "明前" }, { "key": "b", "label": "雨前" }, { "key": "c", "label": "秋茶" }] });
    let taste = field(&shop.boss, "季节", "choice", rules).await;
    let made = customer(&shop.sales, json!({ &taste: "a" })).await;
    let id = text(&shop.boss.get("/custom-fields").await.ok()["items"][0]["id"]);
    let rules = json!({ "choices": [{ "key": "b", "label": "谷雨前" }] });
    let changed = shop.boss.patch(&format!("/custom-fields/{id}"), 1, json!({ "rules": rules })).await.ok();
    let choices =
        json!([{ "key": "b", "label": "谷雨前", "retired": false }, { "key": "a", "label": "明前", "retired": true }]);
    assert_eq!(changed["rules"]["choices"], choices);
    // Saying again what stands there is no new choice.
    let body = json!({ "remark": "老客", "custom": { &taste: "a" } });
    assert_eq!(shop.sales.patch(&path(&made), 1, body).await.ok()["custom"], json!({ &taste: "a" }));
    let refused = shop.sales.post("/customers", json!({ "name": "李四", "custom": { &taste: "a" } })).await;
    assert_eq!(refused.violations(), [format!("custom.{taste}: enum_invalid")]);
}

#[actix_web::test]
async fn a_deleted_field_is_counted_before_and_out_of_sight_after() {
    let shop = Shop::new().await;
    let taste = field(&shop.boss, "口味", "text", json!({})).await;
    let made = customer(&shop.sales, json!({ &taste: "浓" })).await;
    customer(&shop.sales, json!({})).await;
    let id = text(&shop.boss.get("/custom-fields").await.ok()["items"][0]["id"]);
    let count = shop.boss.get(&format!("/custom-fields/{id}/count")).await.ok();
    assert_eq!(count, json!({ "count": 1, "capped": false, "views": 0, "rules": 0 }));
    shop.boss.delete(&format!("/custom-fields/{id}"), 1).await.ok();
    assert_eq!(shop.sales.get(&path(&made)).await.ok()["custom"], json!({}));
    // The key is free again, and a new field of that name begins empty.
    let again = json!({ "key": taste, "label": "口味", "kind": "number" });
    shop.boss.post("/custom-fields", again).await.ok();
    assert_eq!(shop.sales.get(&path(&made)).await.ok()["custom"], json!({}));
}

#[actix_web::test]
async fn fields_are_shown_in_the_order_they_were_given() {
    let shop = Shop::new().await;
    let mut keys = Vec::new();
    for label in ["一", "二", "三"] {
        keys.push(field(&shop.boss, label, "text", json!({})).await);
    }
    let items = shop.boss.get("/custom-fields").await.ok()["items"].clone();
    let ids: Vec<String> = [2, 0, 1].iter().map(|at: &usize| text(&items[*at]["id"])).collect();
    shop.boss.post("/custom-fields/order", json!({ "ids": ids })).await.ok();
    let now = shop.sales.get("/custom-fields").await.ok()["items"].clone();
    let now: Vec<String> = now.as_array().expect("items").iter().map(|one| text(&one["label"])).collect();
    assert_eq!(now, ["三", "一", "二"]);
}

#[actix_web::test]
async fn a_definition_that_cannot_work_is_refused() {
    let shop = Shop::new().await;
    for (body, wrong) in [
        (json!({ "label": "选", "kind": "choice" }), "rules.choices: required"),
        (
            json!({ "label": "选", "kind": "text", "rules": { "choices": [{ "label": "一" }] } }),
            "rules.choices: choices_unexpected",
        ),
        (
            json!({ "label": "选", "kind": "choice", "rules": { "choices": [{ "label": "一" }, { "label": "一" }] } }),
            "rules.choices.1.label: choice_twice",
        ),
        (json!({ "label": "密", "kind": "number", "rules": { "secret": true } }), "rules.secret: secret_impossible"),
        (json!({ "label": "唯", "kind": "yes_no", "rules": { "unique": true } }), "rules.unique: unique_impossible"),
        (json!({ "label": "数", "kind": "number", "rules": { "min": 2, "max": 1 } }), "rules.max: range_reversed"),
        (json!({ "label": "数", "kind": "number", "rules": { "default": "x" } }), "rules.default: number_invalid"),
        (
            json!({ "label": "条", "kind": "text", "rules": { "condition": { "field": "nothing", "op": "filled" } } }),
            "rules.condition.field: field_unknown",
        ),
        (json!({ "label": "名", "key": "1a", "kind": "text" }), "key: key_invalid"),
    ] {
        assert_eq!(shop.boss.post("/custom-fields", body.clone()).await.violations(), [wrong], "{body}");
    }
    let made = json!({ "key": "taste", "label": "口味", "kind": "text" });
    shop.boss.post("/custom-fields", made).await.ok();
    let again = json!({ "key": "taste", "label": "味道", "kind": "text" });
    shop.boss.post("/custom-fields", again).await.problem(409, "name_taken");
    let id = text(&shop.boss.get("/custom-fields").await.ok()["items"][0]["id"]);
    let refused = shop.boss.patch(&format!("/custom-fields/{id}"), 1, json!({ "rules": { "unique": true } })).await;
    assert_eq!(refused.violations(), ["rules.unique: field_fixed"]);
}

#[actix_web::test]
async fn a_field_may_depend_on_what_everybody_has() {
    let shop = Shop::new().await;
    let field = async |key: &str, condition: Value| {
        let rules = json!({ "required": true, "condition": condition });
        let body = json!({ "label": key, "key": key, "kind": "text", "rules": rules });
        shop.boss.post("/custom-fields", body).await
    };
    let when = |field: &str, value: &str| json!({ "field": field, "op": "is", "value": value });
    field("renewal", when("customer-type", "existing")).await.ok();
    field("depot", when("customer-region", "330000")).await.ok();
    let refused = field("x", when("customer-name", "张三")).await;
    assert_eq!(refused.violations(), ["rules.condition.field: field_unknown"]);
    let asked = shop.sales.post("/customers", json!({ "name": "张三", "type": "existing", "region": "330106" })).await;
    assert_eq!(asked.violations(), ["custom.renewal: required", "custom.depot: required"]);
    let body = json!({ "name": "张三", "custom": { "renewal": "明年" } });
    assert_eq!(shop.sales.post("/customers", body).await.violations(), ["custom.renewal: condition_unmet"]);
    // What a body says of the customer itself is no field.
    let body = json!({ "name": "张三", "custom": { "customer-type": "existing" } });
    assert_eq!(shop.sales.post("/customers", body).await.violations(), ["custom.?: unknown_field"]);
    let made = shop.sales.post("/customers", json!({ "name": "张三" })).await.ok();
    let path = format!("/customers/{}", text(&made["id"]));
    let refused = shop.sales.patch(&path, 1, json!({ "type": "existing" })).await;
    assert_eq!(refused.violations(), ["custom.renewal: required"]);
    let both = json!({ "type": "existing", "custom": { "renewal": "明年" } });
    assert_eq!(shop.sales.patch(&path, 1, both).await.ok()["custom"], json!({ "renewal": "明年" }));
    // Where it is asked for no more, what stood there goes.
    let gone = shop.sales.patch(&path, 2, json!({ "type": "lost" })).await.ok();
    assert_eq!((&gone["type"], &gone["custom"]), (&json!("lost"), &json!({})));
}

#[actix_web::test]
async fn two_fields_have_two_names_and_only_numbers_have_decimals() {
    let shop = Shop::new().await;
    field(&shop.boss, "口味", "text", json!({})).await;
    let again = json!({ "label": " 口味 ", "kind": "number" });
    assert_eq!(shop.boss.post("/custom-fields", again.clone()).await.violations(), ["label: label_taken"]);
    let other = shop.boss.post("/custom-fields", json!({ "label": "预算", "kind": "money" })).await.ok();
    let path = format!("/custom-fields/{}", text(&other["id"]));
    assert_eq!(shop.boss.patch(&path, 1, json!({ "label": "口味" })).await.violations(), ["label: label_taken"]);
    let fine = json!({ "rules": { "decimals": 2 } });
    assert_eq!(shop.boss.patch(&path, 1, fine).await.violations(), ["rules.decimals: decimals_unexpected"]);
    // Its own name is no other one's.
    shop.boss.patch(&path, 1, json!({ "label": "预算", "rules": { "max": 5 } })).await.ok();
    // A field that is deleted gives its name back.
    let list = shop.boss.get("/custom-fields").await.ok();
    assert_eq!(shop.boss.delete(&format!("/custom-fields/{}", text(&list["items"][0]["id"])), 1).await.status, 204);
    shop.boss.post("/custom-fields", again).await.ok();
}

/// Whoever is found by the box, best first, each with the field that says so.
async fn boxed(client: &Client, q: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client.get(&format!("/customers?limit=2&q={q}{cursor}")).await.ok();
        for row in page["items"].as_array().into_iter().flatten() {
            found.push((text(&row["name"]), row["found"]["in"].as_str().unwrap_or_default().to_owned()));
        }
        let Some(next) = page["next_cursor"].as_str() else { return found };
        cursor = format!("&cursor={next}");
    }
}

#[actix_web::test]
async fn the_search_box_looks_into_fields_that_one_sees() {
    let shop = Shop::new().await;
    let plate = field(&shop.boss, "车牌", "text", json!({})).await;
    let card = field(&shop.boss, "证件号", "text", json!({ "secret": true })).await;
    let hidden = field(&shop.boss, "暗号", "text", json!({ "hidden_from": ["sales"] })).await;
    let new = async |name: &str, custom: Value| {
        shop.sales.post("/customers", json!({ "name": name, "custom": custom })).await.ok();
    };
    new("浙a车队", json!({ &plate: "浙A 00001" })).await;
    new("李四", json!({ &plate: "浙Ａ 12345" })).await;
    new("王五", json!({ &plate: "浙a 67890", &card: "CARD-7" })).await;
    new("赵六", json!({ &plate: "沪A 12345" })).await;
    shop.boss
        .post("/customers", json!({ "name": "钱七", "custom": { &hidden: "芝麻开门", &plate: "浙A 1" } }))
        .await
        .ok();
    let owned = |(name, field): (&str, &str)| (name.to_owned(), field.to_owned());
    let one = |name: &str, field: &str| [owned((name, field))];
    // Customers of one moment come in no order that a test could tell.
    let sorted = |found: &[(String, String)]| {
        let mut found = found.to_vec();
        found.sort();
        found
    };
    // By name before by plate, page after page, and nobody twice; only her own customers.
    let found = boxed(&shop.sales, "浙A").await;
    assert_eq!(found[..1], one("浙a车队", "name"));
    assert_eq!(sorted(&found[1..]), [("李四", "own"), ("王五", "own")].map(owned));
    assert_eq!(boxed(&shop.sales, "浙A%2012").await, one("李四", "own"));
    assert_eq!(boxed(&shop.sales, "12345").await, []);
    // What is sealed is found when all of it is asked for.
    assert_eq!(boxed(&shop.sales, "card-7").await, one("王五", "own"));
    assert_eq!(boxed(&shop.sales, "card").await, []);
    // What somebody does not see does not answer them.
    assert_eq!(boxed(&shop.boss, "芝麻").await, one("钱七", "own"));
    assert_eq!(boxed(&shop.sales, "芝麻").await, []);
    assert_eq!(shop.boss.get("/customers/count?q=浙A").await.ok()["count"], 4);
    // Words in a filter look at names alone: a rule sees what is hidden from whoever made it.
    let words = json!({ "all": [{ "any": [{ "field": "search", "op": "contains", "values": ["浙A"] }] }] });
    assert_eq!(shop.boss.get(&format!("/customers/count?filter={words}")).await.ok()["count"], 1);
    // Who sounds like the beginning is found by the field all the same, and whoever has such a number only once.
    new("张三", json!({ &plate: "zhangsan520" })).await;
    assert_eq!(boxed(&shop.sales, "zhangsan520").await, one("张三", "own"));
    let phone = phone_number();
    let four = &phone[7..];
    let phones = json!([{ "number": phone }]);
    let body = json!({ "name": "孙八", "custom": { &plate: four }, "phones": phones });
    shop.sales.post("/customers", body).await.ok();
    new("周九", json!({ &plate: format!("{four}9") })).await;
    new("吴十", json!({ &plate: format!("{four}8") })).await;
    let found = boxed(&shop.sales, four).await;
    assert_eq!(found[..1], one("孙八", "phone"));
    assert_eq!(sorted(&found[1..]), [("吴十", "own"), ("周九", "own")].map(owned));
    // A filter narrows them.
    let lost = shop.sales.get(&format!("/customers?type=lost&q={four}")).await.ok();
    assert_eq!(lost["items"], json!([]));
    // A field that is gone finds nobody.
    let fields = shop.boss.get("/custom-fields").await.ok();
    let row = fields["items"].as_array().into_iter().flatten().find(|row| row["key"] == plate.as_str()).cloned();
    let row = row.expect("the field");
    shop.boss.delete(&format!("/custom-fields/{}", text(&row["id"])), 1).await.ok();
    assert_eq!(boxed(&shop.sales, "浙A").await, one("浙a车队", "name"));
}

#[actix_web::test]
async fn an_amount_that_is_none_says_what_is_wrong_with_it() {
    let shop = Shop::new().await;
    shop.boss.post("/custom-fields", json!({ "key": "budget", "label": "预算", "kind": "money" })).await.ok();
    for (typed, code, said) in [
        (json!("12.345"), "too_precise", "最多 2 位小数"),
        (json!("abc"), "number_invalid", "请填写数字"),
        // Amounts are whole fen; a text is only ever what could not be read as one.
        (json!("12"), "number_invalid", "请填写数字"),
        (json!(true), "type", "类型不对"),
        (json!(-5), "too_small", "不能小于 ¥0"),
        (json!(10_000_000_001_i64), "too_large", "不能大于 ¥100000000"),
    ] {
        let refused = shop.sales.post("/customers", json!({ "name": "张三", "custom": { "budget": typed } })).await;
        assert_eq!(refused.body["errors"][0]["detail"], said, "{typed}");
        assert_eq!(refused.violations(), [format!("custom.budget: {code}")], "{typed}");
    }
    let file = "姓名,预算\n甲,12.345\n乙,abc\n丙,-5\n丁,¥12.5\n戊,\"¥1,234.567\"\n己,99999999999999\n";
    let done = import(&shop, &shop.boss, file, json!({})).await;
    assert_eq!(counts(&done), [1, 0, 0, 5], "{done}");
    let wrong = errors(&shop.boss, &done).await;
    let said: Vec<&str> = wrong.iter().skip(1).map(|row| row.last().expect("a reason").as_str()).collect();
    let wanted = ["最多 2 位小数", "请填写数字", "不能小于 ¥0", "最多 2 位小数", "不能大于 ¥100000000"];
    assert_eq!(said, wanted.map(|why| format!("预算：{why}")));
}
