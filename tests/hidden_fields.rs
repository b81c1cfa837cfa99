//! A field of the business's own that is hidden from a role is not there for whoever has it, whichever way they take; and
//! what depends on a field when it goes.

use crate::harness::{Client, Shop, phone_number, text};
use crate::rights::hire;
use serde_json::{Value, json};

/// Somebody who may change settings and read the record, with a role of their own; and the role.
async fn keeper(shop: &Shop) -> (Client, String) {
    let rights = json!({
        "permissions": ["customers.read", "customers.write", "business.write", "audit.read", "tags.read", "tags.write"],
        "pool": false, "fields": { "phones": "show", "emails": "show", "amounts": "show" },
        "reach": { "customers": "all", "interactions": "all", "tasks": "all", "orders": "all" },
    });
    let role = text(&shop.boss.post("/roles", json!({ "name": "店务", "rights": rights })).await.ok()["id"]);
    let (client, _) = hire(shop, "custom", Some(&role)).await;
    (shop.step_up(&client).await, role)
}

async fn field(by: &Client, body: Value) -> (String, String) {
    let made = by.post("/custom-fields", body).await.ok();
    (text(&made["id"]), text(&made["key"]))
}

fn all(field: &str, op: &str, values: &[&str]) -> Value {
    json!({ "all": [{ "any": [{ "field": field, "op": op, "values": values }] }] })
}

#[actix_web::test]
async fn whoever_does_not_see_a_field_cannot_open_it_either() {
    let shop = Shop::new().await;
    let (keeper, role) = keeper(&shop).await;
    let secret = json!({ "label": "内部评级", "kind": "text", "rules": { "hidden_from": [role] } });
    let (id, key) = field(&shop.boss, secret).await;
    let path = format!("/custom-fields/{id}");
    let opened = json!({ "rules": { "hidden_from": [] } });
    for version in [1, 99] {
        keeper.patch(&path, version, opened.clone()).await.problem(404, "not_found");
        keeper.delete(&path, version).await.problem(404, "not_found");
    }
    keeper.get(&format!("{path}/count")).await.problem(404, "not_found");
    let order = keeper.post("/custom-fields/order", json!({ "ids": [id] })).await;
    assert_eq!(order.violations(), ["ids.0: field_unknown"]);
    let led = json!({ "label": "等级", "kind": "text", "rules": { "condition": { "field": key, "op": "filled" } } });
    assert_eq!(keeper.post("/custom-fields", led).await.violations(), ["rules.condition.field: field_unknown"]);
    let (_, other) = field(&keeper, json!({ "label": "备注二", "kind": "text" })).await;
    let listed = keeper.get("/custom-fields").await.ok();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!(listed["items"][0]["key"], other);
    // That something was done is on the record, what it is called is not.
    let record = keeper.get("/audit?resource=custom_field").await.ok();
    assert!(!record.to_string().contains("内部评级"), "{record}");
    assert!(shop.boss.get("/audit?resource=custom_field").await.ok().to_string().contains("内部评级"));
    shop.boss.patch(&path, 1, opened).await.ok();
}

#[actix_web::test]
async fn what_a_hidden_field_is_compared_with_is_hidden_too() {
    let shop = Shop::new().await;
    let (keeper, role) = keeper(&shop).await;
    let secret = json!({ "label": "内部评级", "kind": "text", "rules": { "hidden_from": [role] } });
    let (_, key) = field(&shop.boss, secret).await;
    let filter = all(&format!("custom.{key}"), "contains", &["绝密"]);
    let view = json!({ "name": "大户", "shared": "everyone", "filter": filter });
    let view = text(&shop.boss.post("/customer-views", view).await.ok()["id"]);
    let group = text(&shop.boss.post("/tag-groups", json!({ "name": "级别" })).await.ok()["id"]);
    let tag = text(&shop.boss.post("/tags", json!({ "group_id": group, "name": "大户" })).await.ok()["id"]);
    let rule = json!({ "tag_id": tag, "filter": filter, "enabled": true });
    let rule = text(&shop.boss.post("/tag-rules", rule).await.ok()["id"]);
    for (by, sees) in [(&keeper, false), (&shop.boss, true)] {
        for path in ["/customer-views", "/tag-rules"] {
            assert_eq!(by.get(path).await.ok().to_string().contains("绝密"), sees, "{path}");
        }
        let list = by.get(&format!("/customers?view={view}")).await;
        assert_eq!(list.status, if sees { 200 } else { 422 }, "{}", list.body);
    }
    assert_eq!(keeper.get(&format!("/customers?view={view}")).await.violations(), ["view: view_unknown"]);
    let chosen = keeper.put("/customer-views/default", json!({ "view": view })).await;
    assert_eq!(chosen.violations(), ["view: view_unknown"]);
    keeper.patch(&format!("/customer-views/{view}"), 99, json!({ "name": "x" })).await.problem(404, "not_found");
    keeper.patch(&format!("/tag-rules/{rule}"), 99, json!({ "enabled": false })).await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_field_that_others_wait_for_stays_and_what_asked_for_one_that_goes_is_said_before() {
    let shop = Shop::new().await;
    let (car, car_key) = field(&shop.boss, json!({ "label": "有车", "kind": "yes_no" })).await;
    let rules = json!({ "required": true, "condition": { "field": car_key, "op": "is", "value": "true" } });
    let (kind, _) = field(&shop.boss, json!({ "label": "车型", "kind": "text", "rules": rules })).await;
    let kept = shop.boss.delete(&format!("/custom-fields/{car}"), 1).await.problem(409, "in_use");
    assert_eq!(kept["errors"][0]["code"], "in_use_fields", "{kept}");
    shop.sales.post("/customers", json!({ "name": "张三" })).await.ok();
    let (taste, taste_key) = field(&shop.boss, json!({ "label": "口味", "kind": "text" })).await;
    let strong = json!({ "name": "李四", "custom": { &taste_key: "strong" } });
    shop.sales.post("/customers", strong).await.ok();
    let asks = all(&format!("custom.{taste_key}"), "any_of", &["strong"]);
    let view = json!({ "name": "重口", "filter": asks });
    let view = text(&shop.sales.post("/customer-views", view).await.ok()["id"]);
    let group = text(&shop.boss.post("/tag-groups", json!({ "name": "级别" })).await.ok()["id"]);
    let tag = text(&shop.boss.post("/tags", json!({ "group_id": group, "name": "重口" })).await.ok()["id"]);
    shop.boss.post("/tag-rules", json!({ "tag_id": tag, "filter": asks, "enabled": true })).await.ok();
    let uses = shop.boss.get(&format!("/custom-fields/{taste}/count")).await.ok();
    assert_eq!(uses, json!({ "count": 1, "capped": false, "views": 1, "rules": 1 }));
    let found = async || shop.sales.get(&format!("/customers?view={view}")).await.ok()["items"].clone();
    assert_eq!(found().await.as_array().map(Vec::len), Some(1));
    shop.boss.delete(&format!("/custom-fields/{taste}"), 1).await.ok();
    assert_eq!(found().await, json!([]), "nobody meets it, and the list opens");
    let rules = shop.boss.get("/tag-rules").await.ok();
    assert_eq!(rules["items"][0]["enabled"], false, "{rules}");
    // Once nobody waits for it any more it goes.
    shop.boss.delete(&format!("/custom-fields/{kind}"), 1).await.ok();
    shop.boss.delete(&format!("/custom-fields/{car}"), 1).await.ok();
}

#[actix_web::test]
async fn a_phone_of_the_business_s_own_is_found_however_it_is_written() {
    let shop = Shop::new().await;
    let (_, key) = field(&shop.boss, json!({ "label": "紧急联系电话", "kind": "phone" })).await;
    let number = phone_number();
    let body = json!({ "name": "张三", "custom": { &key: number } });
    shop.sales.post("/customers", body).await.ok();
    let dashed = format!("{}-{}-{}", &number[..3], &number[3..7], &number[7..]);
    for written in [number.clone(), format!("+86{number}"), dashed] {
        let q = written.replace('+', "%2B");
        let page = shop.sales.get(&format!("/customers?q={q}")).await.ok();
        assert_eq!(page["items"].as_array().map(Vec::len), Some(1), "{written}");
        let filter = all(&format!("custom.{key}"), "any_of", &[&written]).to_string().replace('+', "%2B");
        let page = shop.sales.get(&format!("/customers?filter={filter}")).await.ok();
        assert_eq!(page["items"].as_array().map(Vec::len), Some(1), "{written}");
    }
}
