//! What can be undone can still be undone when keys were replaced meanwhile.

use crate::harness::{Client, Shop, phone_number, text};
use crate::merge::{fields, known, made, merge, undo};
use api::admin::{Admin, Keys};
use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};

async fn command(shop: &Shop, keys: Keys) -> Value {
    Admin::Keys(keys).run(&shop.at).await.expect("done")
}

async fn rotate_person(shop: &Shop, id: &str) -> i64 {
    let person = Keys::RotatePerson { tenant: shop.tenant, person: id.parse().expect("an id") };
    command(shop, person).await["sealed"].as_i64().expect("a number")
}

async fn get(client: &Client, id: &str) -> Value {
    client.get(&format!("/customers/{id}")).await.ok()
}

/// Every phone of a customer, whole.
async fn numbers(client: &Client, id: &str) -> Vec<String> {
    let count = get(client, id).await["phones"].as_array().expect("phones").len();
    let mut found = Vec::new();
    for at in 0..count {
        let shown = client.post(&format!("/customers/{id}/phones/{at}/reveal"), json!({})).await.ok();
        found.push(text(&shown["dial"]));
    }
    found
}

async fn holder(client: &Client, number: &str) -> Value {
    client.get(&format!("/customers?q={number}")).await.ok()["items"][0]["id"].clone()
}

#[actix_web::test]
async fn who_was_merged_can_be_read_and_parted_again_under_other_keys() {
    let shop = Shop::new().await;
    fields(&shop).await;
    let relative = made(&shop.boss, json!({ "name": "表妹" })).await;
    let stays = known(&shop, "张三", &relative, "family").await;
    let goes = known(&shop, "李四", &relative, "same_company").await;
    let (before, other) = (get(&shop.boss, &stays.id).await, get(&shop.boss, &goes.id).await);
    let done = merge(&shop.boss, &stays.id, &goes.id, json!({})).await;
    shop.run_jobs().await;

    command(&shop, Keys::RotateTenant { tenant: shop.tenant }).await;
    command(&shop, Keys::RotateIndexes { tenant: shop.tenant }).await;
    for _ in 0..16 {
        shop.advance(Duration::seconds(31)).await;
        shop.run_jobs().await;
    }
    assert!(rotate_person(&shop, &stays.id).await > 3);
    assert!(rotate_person(&shop, &goes.id).await > 0);
    let shown = command(&shop, Keys::Show { tenant: Some(shop.tenant) }).await["tenant"].clone();
    assert_eq!((&shown["persons"], &shown["indexes"]["rotating"]), (&json!({ "0002": 3 }), &json!(false)), "{shown}");

    let boss = shop.step_up(&shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await).await;
    let (both, mut expected) = (numbers(&boss, &stays.id).await, vec![stays.number.clone(), goes.number.clone()]);
    assert_eq!(both, expected);
    for number in &expected {
        assert_eq!(holder(&boss, number).await, json!(stays.id));
    }
    let addresses = async || {
        let mut found = Vec::new();
        for order in [&stays.order, &goes.order] {
            found.push(boss.get(&format!("/orders/{order}")).await.ok()["address"].clone());
        }
        found
    };
    let asked = async || {
        let requests = boss.get("/privacy/requests").await.ok();
        requests["items"].as_array().expect("items").iter().map(|row| text(&row["text"])).collect::<Vec<_>>()
    };
    let (at_home, words) = (addresses().await, asked().await);
    assert_eq!(at_home, ["张三家", "李四家"]);
    assert_eq!(words.len(), 2, "{words:?}");

    undo(&boss, &done).await;
    shop.run_jobs().await;
    let (again, parted) = (get(&boss, &stays.id).await, get(&boss, &goes.id).await);
    for field in ["name", "company", "phones", "emails", "wechat_ids", "custom", "dates"] {
        assert_eq!((&again[field], &parted[field]), (&before[field], &other[field]), "{field}");
    }
    for (known, number) in [(&stays, expected.remove(0)), (&goes, expected.remove(0))] {
        assert_eq!(numbers(&boss, &known.id).await, std::slice::from_ref(&number));
        assert_eq!(holder(&boss, &number).await, json!(known.id));
        // A secret field and its unique value are each one's own again.
        let secret = boss.post(&format!("/customers/{}/custom/id_card/reveal", known.id), json!({})).await.ok();
        assert!(secret.to_string().contains('证'), "{secret}");
    }
    assert_eq!((addresses().await, asked().await), (at_home, words));
}

#[actix_web::test]
async fn imports_and_bulk_actions_are_taken_back_from_whoever_got_another_key() {
    let shop = Shop::new().await;
    let field = json!({ "label": "预算", "key": "budget", "kind": "money" });
    shop.boss.post("/custom-fields", field).await.ok();
    let number = phone_number();
    let first = made(&shop.boss, json!({ "name": "旧名", "phones": [{ "number": number }] })).await;
    let second = made(&shop.boss, json!({ "name": "李四", "custom": { "budget": 100 } })).await;
    let table = format!("姓名,手机\n新名,{number}\n");
    let send = shop.boss.request(Method::POST, "/imports?name=名单.csv").body(table);
    let import = shop.boss.send(send).await.ok();
    let start = json!({ "columns": import["columns"], "mode": "update" });
    let path = format!("/imports/{}", text(&import["id"]));
    shop.boss.post(&format!("{path}/start"), start).await.ok();
    let bulk = json!({ "selection": { "ids": [second] }, "custom": { "budget": 500 } });
    let bulk = format!("/customers/bulk/{}", text(&shop.boss.post("/customers/bulk", bulk).await.ok()["id"]));
    shop.run_jobs().await;
    let held =
        async || (get(&shop.boss, &first).await["name"].clone(), get(&shop.boss, &second).await["custom"].clone());
    assert_eq!(held().await, (json!("新名"), json!({ "budget": 500 })));

    // The key, what it wraps, and what puts back.
    assert_eq!(rotate_person(&shop, &first).await, 2);
    assert_eq!(rotate_person(&shop, &second).await, 2);
    shop.boss.post(&format!("{path}/revert"), json!({})).await.ok();
    shop.boss.post(&format!("{bulk}/undo"), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(held().await, (json!("旧名"), json!({ "budget": 100 })));
    assert_eq!(shop.boss.get(&path).await.ok()["reverted"], 1);
    assert_eq!(shop.boss.get(&bulk).await.ok()["undone"], 1);
}
