//! A remark that is secret is masked for everybody, whole on the record only, and nowhere in the database.

use crate::guards::database::{open, select};
use crate::harness::{Client, Shop, phone_number, text};
use crate::merge::{made, merge, undo};
use crate::rights::hire;
use crate::transfer::{counts, import};
use reqwest::Method;
use sea_orm::QueryResult;
use serde_json::{Value, json};

const MASKED: &str = "******";

async fn get(client: &Client, id: &str) -> Value {
    client.get(&format!("/customers/{id}")).await.ok()
}

async fn change(client: &Client, id: &str, body: Value) -> crate::harness::Answer {
    let version = get(client, id).await["version"].as_i64().expect("a version");
    client.patch(&format!("/customers/{id}"), version, body).await
}

async fn whole(client: &Client, id: &str) -> Value {
    client.post(&format!("/customers/{id}/remark/reveal"), json!({})).await.ok()["text"].clone()
}

fn shown(row: &Value) -> (Value, Value) {
    (row["remark"].clone(), row["remark_secret"].clone())
}

/// What stands in the column that everybody's statements read.
async fn column(shop: &Shop, id: &str) -> Option<String> {
    let sql = format!("SELECT remark FROM customers WHERE id = X'{}'", id.replace('-', ""));
    let rows: Vec<QueryResult> = select(&open(shop).await, &sql).await;
    rows[0].try_get_by_index(0).expect("a text or none")
}

/// What the record says of the remark, the newest entry first.
async fn recorded(shop: &Shop, id: &str) -> Vec<Value> {
    let page = shop.boss.get(&format!("/audit?resource_id={id}")).await.ok();
    let entries = page["items"].as_array().expect("entries").iter();
    let fields = entries.filter_map(|entry| entry["fields"].as_array().cloned()).flatten();
    fields.filter(|field| field["name"] == "remark").collect()
}

#[actix_web::test]
async fn a_secret_remark_is_masked_and_shown_whole_on_the_record() {
    let shop = Shop::new().await;
    let secret = json!({ "name": "沈怡", "remark": "她在打离婚官司", "remark_secret": true });
    let id = made(&shop.sales, secret).await;
    assert_eq!(shown(&get(&shop.sales, &id).await), (json!(MASKED), json!(true)));
    assert_eq!(column(&shop, &id).await, None);
    assert_eq!(whole(&shop.sales, &id).await, "她在打离婚官司");
    let entry = shop.boss.get(&format!("/audit?resource_id={id}&action=reveal")).await.ok();
    assert_eq!(entry["items"][0]["changes"], json!({ "remark": true }));
    // What is written next is secret too, until somebody says otherwise; nothing else is.
    change(&shop.sales, &id, json!({ "remark": "官司赢了" })).await.ok();
    change(&shop.sales, &id, json!({ "title": "掌柜" })).await.ok();
    assert_eq!((whole(&shop.sales, &id).await, column(&shop, &id).await), (json!("官司赢了"), None));
    change(&shop.sales, &id, json!({ "remark": null })).await.ok();
    assert_eq!(shown(&get(&shop.sales, &id).await), (Value::Null, json!(true)));
    shop.sales.post(&format!("/customers/{id}/remark/reveal"), json!({})).await.problem(404, "not_found");
    change(&shop.sales, &id, json!({ "remark": "还是她" })).await.ok();
    assert_eq!(column(&shop, &id).await, None);
    for said in recorded(&shop, &id).await {
        assert_eq!(said["kind"], "secret", "{said}");
        assert!(said.get("old").is_none_or(Value::is_null) && said.get("new").is_none_or(Value::is_null), "{said}");
    }
}

#[actix_web::test]
async fn the_switch_takes_the_text_along_and_turning_it_off_counts_as_reading_it() {
    let shop = Shop::new().await;
    let id = made(&shop.sales, json!({ "name": "沈怡", "remark": "爱喝龙井" })).await;
    assert_eq!(shown(&get(&shop.sales, &id).await), (json!("爱喝龙井"), json!(false)));
    // Of one moment nothing is the newest.
    shop.advance(chrono::Duration::seconds(1)).await;
    change(&shop.sales, &id, json!({ "remark_secret": true })).await.ok();
    assert_eq!(column(&shop, &id).await, None);
    assert_eq!(whole(&shop.sales, &id).await, "爱喝龙井");
    let newest = recorded(&shop, &id).await;
    assert_eq!(newest[0]["kind"], "secret", "{newest:?}");
    let reads = async || {
        let page = shop.boss.get(&format!("/audit?resource_id={id}&action=reveal")).await.ok();
        page["items"].as_array().map(Vec::len)
    };
    assert_eq!(reads().await, Some(1));
    change(&shop.sales, &id, json!({ "remark_secret": false })).await.ok();
    assert_eq!(reads().await, Some(2));
    assert_eq!(shown(&get(&shop.sales, &id).await), (json!("爱喝龙井"), json!(false)));
    assert_eq!(column(&shop, &id).await.as_deref(), Some("爱喝龙井"));
    // With another text nothing is read.
    change(&shop.sales, &id, json!({ "remark_secret": true })).await.ok();
    change(&shop.sales, &id, json!({ "remark_secret": false, "remark": "爱喝普洱" })).await.ok();
    assert_eq!((reads().await, column(&shop, &id).await.as_deref()), (Some(2), Some("爱喝普洱")));

    // Nobody turns it off to read what they may not ask for.
    change(&shop.boss, &id, json!({ "remark_secret": true })).await.ok();
    let reach = json!({ "customers": "all", "interactions": "own", "tasks": "own", "orders": "own" });
    let rights = |phones: &str| {
        json!({ "permissions": ["customers.read", "customers.write"], "reach": reach, "pool": false,
        "fields": { "phones": phones, "amounts": "show" } })
    };
    for (phones, seen, refused) in [
        ("show", json!(MASKED), "forbidden"),
        ("read_only", json!(MASKED), "field_read_only"),
        ("mask", json!(MASKED), "field_read_only"),
        ("hide", Value::Null, "field_read_only"),
    ] {
        let role = json!({ "name": format!("只写 {phones}"), "rights": rights(phones) });
        let role = text(&shop.boss.post("/roles", role).await.ok()["id"]);
        let (client, _) = hire(&shop, "custom", Some(&role)).await;
        assert_eq!(shown(&get(&client, &id).await), (seen, json!(phones != "hide")), "{phones}");
        client.post(&format!("/customers/{id}/remark/reveal"), json!({})).await.problem(403, "forbidden");
        let answer = change(&client, &id, json!({ "remark_secret": false })).await;
        if phones == "show" {
            answer.problem(403, refused);
        } else {
            assert_eq!(answer.violations(), [format!("remark_secret: {refused}")], "{phones}");
            let body = json!({ "name": "李四", "remark": "x", "remark_secret": true });
            assert_eq!(client.post("/customers", body).await.violations(), [format!("remark_secret: {refused}")]);
            let body = json!({ "remark": "别的" });
            assert_eq!(change(&client, &id, body).await.violations(), [format!("remark: {refused}")], "{phones}");
        }
    }
    assert_eq!(whole(&shop.boss, &id).await, "爱喝普洱");
}

#[actix_web::test]
async fn a_merge_takes_a_secret_remark_along_as_a_secret_and_brings_it_back() {
    let shop = Shop::new().await;
    let stays = made(&shop.sales, json!({ "name": "张三", "remark": "普通的" })).await;
    let goes = made(&shop.sales, json!({ "name": "李四", "remark": "不能说的", "remark_secret": true })).await;
    let done = merge(&shop.boss, &stays, &goes, json!({ "remark": "other" })).await;
    assert_eq!(shown(&get(&shop.sales, &stays).await), (json!(MASKED), json!(true)));
    assert_eq!((whole(&shop.sales, &stays).await, column(&shop, &stays).await), (json!("不能说的"), None));
    undo(&shop.boss, &done).await;
    assert_eq!(shown(&get(&shop.sales, &stays).await), (json!("普通的"), json!(false)));
    assert_eq!(whole(&shop.sales, &goes).await, "不能说的");
    // What was changed meanwhile stays, in one place.
    let done = merge(&shop.boss, &stays, &goes, json!({ "remark": "other" })).await;
    change(&shop.sales, &stays, json!({ "remark": "后来改的" })).await.ok();
    assert_eq!(undo(&shop.boss, &done).await["kept_fields"], json!(["remark"]));
    assert_eq!((whole(&shop.sales, &stays).await, column(&shop, &stays).await), (json!("后来改的"), None));
    // An empty one is filled.
    let empty = made(&shop.sales, json!({ "name": "王五" })).await;
    merge(&shop.boss, &empty, &stays, json!({})).await;
    assert_eq!(whole(&shop.sales, &empty).await, "后来改的");
}

#[actix_web::test]
async fn tables_and_answers_keep_a_secret_remark_as_far_as_their_author_may_read_it() {
    let shop = Shop::new().await;
    let number = phone_number();
    let body = json!({ "name": "沈怡", "phones": [{ "number": number }], "remark": "不能说的", "remark_secret": true });
    let id = made(&shop.boss, body).await;
    let file = async |client: &Client| {
        let asked = json!({ "selection": { "filter": {} }, "format": "csv", "columns": ["name", "remark"] });
        let export = text(&client.post("/exports", asked).await.ok()["id"]);
        shop.run_jobs().await;
        let path = text(&client.post(&format!("/exports/{export}/link"), json!({})).await.ok()["path"]);
        let file = shop.nobody.request(Method::GET, &format!("/{path}")).send().await.expect("an answer");
        file.text().await.expect("a file")
    };
    assert!(file(&shop.boss).await.contains("沈怡,不能说的"));
    let kept = shop.boss.get(&format!("/customers/{id}/export")).await.ok();
    assert_eq!(kept["remark"], "不能说的");
    // A table changes the text and leaves it secret; taking the import back does too.
    let table = format!("姓名,手机,备注\n沈怡,{number},表里的\n");
    let done = import(&shop, &shop.boss, &table, json!({ "mode": "update", "key": "phone" })).await;
    assert_eq!(counts(&done), [0, 1, 0, 0], "{done}");
    assert_eq!((whole(&shop.boss, &id).await, column(&shop, &id).await), (json!("表里的"), None));
    shop.boss.post(&format!("/imports/{}/revert", text(&done["id"])), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!((whole(&shop.boss, &id).await, column(&shop, &id).await), (json!("不能说的"), None));
    // In the pool nobody reads it, and nothing finds it.
    let found = shop.boss.get("/customers?q=不能说的").await.ok();
    assert_eq!(found["items"], json!([]));
    shop.boss.post_at(&format!("/customers/{id}/release"), 3, json!({ "reason": "没空" })).await.ok();
    assert!(!file(&shop.boss).await.contains("不能说的"));
    shop.rival.post(&format!("/customers/{id}/remark/reveal"), json!({})).await.problem(403, "row_read_only");
    // Another key for the person, and then none.
    let person = id.parse().expect("an id");
    let rotate = api::admin::Keys::RotatePerson { tenant: shop.tenant, person };
    api::admin::Admin::Keys(rotate).run(&shop.at).await.expect("rotated");
    shop.rival.post(&format!("/customers/{id}/claim"), json!({})).await.ok();
    assert_eq!(whole(&shop.rival, &id).await, "不能说的");
    shop.boss.post(&format!("/customers/{id}/erase"), json!({ "reason": "mistake" })).await.ok();
    shop.boss.post(&format!("/customers/{id}/remark/reveal"), json!({})).await.problem(404, "not_found");
}
