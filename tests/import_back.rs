//! What an import changes among pools, rules and lists, and what taking it back leaves.

use crate::harness::{Shop, phone_number, text};
use crate::pools::release;
use crate::transfer::{counts, errors, found, import};
use chrono::Duration;
use serde_json::{Value, json};

async fn revert(shop: &Shop, done: &Value) -> Value {
    let path = format!("/imports/{}", text(&done["id"]));
    shop.boss.post(&format!("{path}/revert"), json!({})).await.ok();
    shop.run_jobs().await;
    shop.boss.get(&path).await.ok()
}

#[actix_web::test]
async fn a_tag_that_a_rule_gave_keeps_no_import_from_being_taken_back() {
    let shop = Shop::new().await;
    let group = shop.boss.post("/tag-groups", json!({ "name": "自动" })).await.ok();
    let tag = shop.boss.post("/tags", json!({ "group_id": group["id"], "name": "本地" })).await.ok();
    let near = json!({ "all": [{ "any": [{ "field": "region", "op": "any_of", "values": ["330000"] }] }] });
    let known = phone_number();
    let body = json!({ "name": "旧名", "phones": [{ "number": known }] });
    let old = text(&shop.sales.post("/customers", body).await.ok()["id"]);
    let file = format!("姓名,手机,地区\n新名,{known},浙江杭州\n另一位,{},浙江杭州\n", phone_number());
    let done = import(&shop, &shop.boss, &file, json!({ "mode": "create_or_update" })).await;
    assert_eq!(counts(&done), [1, 1, 0, 0]);
    shop.advance(Duration::minutes(1)).await;
    shop.boss.post("/tag-rules", json!({ "tag_id": tag["id"], "filter": near, "enabled": true })).await.ok();
    shop.run_jobs().await;
    for name in ["新名", "另一位"] {
        assert_eq!(found(&shop.boss, name).await["tags"][0]["name"], "本地", "{name}");
    }
    let back = revert(&shop, &done).await;
    assert_eq!((&back["reverted"], &back["kept"]), (&json!(2), &json!(0)), "{back}");
    assert_eq!(shop.boss.get(&format!("/customers/{old}")).await.ok()["name"], "旧名");
}

#[actix_web::test]
async fn whom_a_table_took_from_a_pool_goes_back_into_it() {
    let shop = Shop::new().await;
    let pool = text(&shop.boss.post("/pools", json!({ "name": "大公海", "everyone": true })).await.ok()["id"]);
    let known = phone_number();
    let body = json!({ "name": "沈怡", "phones": [{ "number": known }] });
    let id = text(&shop.sales.post("/customers", body).await.ok()["id"]);
    let path = format!("/customers/{id}");
    release(&shop.sales, &id, &pool).await;
    let file = format!("姓名,手机,负责人\n沈怡,{known},王磊\n");
    let done = import(&shop, &shop.boss, &file, json!({ "mode": "create_or_update" })).await;
    assert_eq!(counts(&done), [0, 1, 0, 0]);
    let now = shop.boss.get(&path).await.ok();
    assert_eq!((&now["owner_id"], &now["pool_id"]), (&json!(shop.rival_id), &json!(null)));
    shop.advance(Duration::minutes(1)).await;
    let back = revert(&shop, &done).await;
    assert_eq!((&back["reverted"], &back["kept"]), (&json!(1), &json!(0)), "{back}");
    let now = shop.boss.get(&path).await.ok();
    assert_eq!((&now["pool_id"], &now["owner_id"]), (&json!(pool), &json!(null)));
    // Made, given up, taken by the table, put back: each is one change of the row.
    assert_eq!(now["version"], 4);
    let moves = shop.boss.get(&format!("{path}/pool-moves")).await.ok();
    assert_eq!((&moves["items"][0]["kind"], &moves["items"][0]["to_pool_id"]), (&json!("undone"), &json!(pool)));
}

#[actix_web::test]
async fn a_row_that_would_push_something_out_of_a_list_is_refused() {
    let shop = Shop::new().await;
    let phones: Vec<String> = (0..5).map(|_| phone_number()).collect();
    let list: Vec<Value> = phones.iter().map(|number| json!({ "number": number })).collect();
    let day = |day: i64| json!({ "label": format!("纪念{day}"), "calendar": "solar", "month": 5, "day": day });
    let dates: Vec<Value> = (1..=7).map(day).collect();
    let body = json!({ "name": "沈怡", "phones": list, "dates": dates });
    let id = text(&shop.boss.post("/customers", body).await.ok()["id"]);
    let with = json!({ "mode": "update", "key": "id" });
    let file = format!("编号,姓名,手机\n{id},沈怡,{}\n", phone_number());
    let done = import(&shop, &shop.boss, &file, with.clone()).await;
    let why = errors(&shop.boss, &done).await;
    assert!(why[1][3].contains("手机：最多 5 项"), "{why:?} {done}");
    let done = import(&shop, &shop.boss, &format!("编号,纪念日\n{id},店庆：6月1日\n"), with).await;
    assert_eq!(counts(&done), [0, 1, 0, 0], "{done}");
    let now = shop.boss.get(&format!("/customers/{id}")).await.ok();
    assert_eq!(now["phones"].as_array().map(Vec::len), Some(5), "{now}");
    assert_eq!(now["dates"].as_array().map(Vec::len), Some(8), "{now}");
}

#[actix_web::test]
async fn a_tag_of_two_categories_is_named_and_not_guessed() {
    let shop = Shop::new().await;
    let mut tags = Vec::new();
    for name in ["口味", "价值"] {
        let group = shop.boss.post("/tag-groups", json!({ "name": name })).await.ok();
        let tag = shop.boss.post("/tags", json!({ "group_id": group["id"], "name": "精品" })).await.ok();
        tags.push((text(&group["id"]), text(&tag["id"])));
    }
    let file = format!("姓名,手机,标签\n沈怡,{},精品\n", phone_number());
    let done = import(&shop, &shop.boss, &file, json!({})).await;
    assert_eq!(counts(&done), [0, 0, 0, 1]);
    assert!(errors(&shop.boss, &done).await[1][3].contains("两个分类里都有这个标签"));
    // The category of new tags is the one that is meant.
    let done = import(&shop, &shop.boss, &file, json!({ "tag_group_id": tags[1].0 })).await;
    assert_eq!(counts(&done), [1, 0, 0, 0], "{done}");
    assert_eq!(found(&shop.boss, "沈怡").await["tags"][0]["id"], json!(tags[1].1));
}

#[actix_web::test]
async fn a_blocked_number_of_somebody_in_a_pool_names_no_owner() {
    let shop = Shop::new().await;
    let pool = text(&shop.boss.post("/pools", json!({ "name": "大公海", "everyone": true })).await.ok()["id"]);
    let body = json!({ "name": "沈怡", "phones": [{ "number": phone_number() }] });
    let id = text(&shop.sales.post("/customers", body.clone()).await.ok()["id"]);
    let blocked = shop.rival.post("/customers", body.clone()).await;
    assert_eq!((blocked.status, &blocked.body["existing"]["owner_name"]), (409, &json!("陈晓")));
    release(&shop.sales, &id, &pool).await;
    let blocked = shop.rival.post("/customers", body).await;
    assert_eq!((blocked.status, &blocked.body["existing"]["owner_name"]), (409, &json!(null)));
}

#[actix_web::test]
async fn the_rows_of_a_table_are_listed_from_its_end() {
    let shop = Shop::new().await;
    let names: Vec<String> = (0..60).map(|at| format!("客户{at:02}")).collect();
    import(&shop, &shop.boss, &format!("姓名\n{}\n", names.join("\n")), json!({})).await;
    let page = shop.boss.get("/customers?limit=100").await.ok();
    let listed: Vec<String> =
        page["items"].as_array().expect("rows").iter().rev().map(|row| text(&row["name"])).collect();
    assert_eq!(listed, names);
}

#[actix_web::test]
async fn each_row_of_a_customer_who_was_changed_since_says_so() {
    let shop = Shop::new().await;
    let number = phone_number();
    let file = format!("姓名,手机,跟进记录\n沈怡,{number},初谈\n沈怡,{number},复谈\n");
    let done = import(&shop, &shop.boss, &file, json!({})).await;
    assert_eq!(counts(&done), [1, 1, 0, 0], "{done}");
    shop.advance(Duration::minutes(1)).await;
    let made = found(&shop.boss, "沈怡").await;
    let (path, version) = (format!("/customers/{}", text(&made["id"])), made["version"].as_i64().expect("a version"));
    shop.boss.patch(&path, version, json!({ "remark": "改过" })).await.ok();
    let back = revert(&shop, &done).await;
    assert_eq!((&back["reverted"], &back["kept"]), (&json!(0), &json!(2)), "{back}");
    let kept = errors(&shop.boss, &done).await;
    assert_eq!(kept.len(), 3, "{kept:?}");
    assert!(kept[1..].iter().all(|row| row.last().is_some_and(|why| why.contains("后来有人改过"))), "{kept:?}");
}
