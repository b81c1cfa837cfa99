//! Customers, as staff meet them.

use crate::guards::database::open;
use crate::harness::{Client, Shop, phone_number, text};
use crate::invitations::version;
use crate::rights::hire;
use api::System;
use sea_orm::ConnectionTrait as _;
use serde_json::json;

#[actix_web::test]
async fn a_customer_is_written_down_and_found_again() {
    let shop = Shop::new().await;
    let number = phone_number();
    let made = shop
        .sales
        .post("/customers", json!({ "name": " 张三丰 ", "phones": [{ "number": number }], "region": "330106" }))
        .await
        .ok();
    assert_eq!(made["name"], "张三丰");
    assert_eq!(made["type"], "potential");
    assert_eq!(made["owner_id"], shop.sales_id.to_string());
    let last_four = &number[7..];
    assert_eq!(made["phone_masked"], format!("139****{last_four}"));
    for q in ["三丰", &number, last_four] {
        let found = shop.sales.get(&format!("/customers?q={q}")).await.ok();
        assert_eq!(found["items"][0]["id"], made["id"], "{q}");
    }
}

#[actix_web::test]
async fn four_digits_find_whom_one_looks_after_or_helps_with() {
    let shop = Shop::new().await;
    let number = phone_number();
    let finds = async |by: &Client, q: &str| {
        let page = by.get(&format!("/customers?q={q}")).await.ok();
        page["items"].as_array().expect("items").len()
    };
    let made = shop.sales.post("/customers", json!({ "name": "张三丰", "phones": [{ "number": number }] })).await.ok();
    let path = format!("/customers/{}", text(&made["id"]));
    for q in [&number[7..], &number] {
        assert_eq!((finds(&shop.sales, q).await, finds(&shop.rival, q).await), (1, 0), "{q}");
    }
    // Another phone of theirs, under the same eyes.
    let other = phone_number();
    shop.sales.patch(&path, 1, json!({ "phones": [{ "number": other }, { "number": number }] })).await.ok();
    for q in [&number[7..], &other[7..]] {
        assert_eq!((finds(&shop.sales, q).await, finds(&shop.rival, q).await), (1, 0), "{q}");
    }
    let helper = json!({ "staff_id": shop.rival_id, "level": "read" });
    shop.sales.post(&format!("{path}/helpers"), helper).await.ok();
    assert_eq!(finds(&shop.rival, &other[7..]).await, 1);
    let helps = format!("{path}/helpers/{}", shop.rival_id);
    shop.sales.send(shop.sales.request(reqwest::Method::DELETE, &helps)).await.ok();
    assert_eq!(finds(&shop.rival, &other[7..]).await, 0);
    shop.boss.patch(&path, 2, json!({ "owner_id": shop.rival_id })).await.ok();
    for q in [&number[7..], &other[7..]] {
        assert_eq!((finds(&shop.sales, q).await, finds(&shop.rival, q).await), (0, 1), "{q}");
    }
}

#[actix_web::test]
async fn a_phone_in_use_names_the_masked_customer_and_its_owner() {
    let shop = Shop::new().await;
    let number = phone_number();
    shop.sales.post("/customers", json!({ "name": "张三丰", "phones": [{ "number": number }] })).await.ok();
    let refused = shop.rival.post("/customers", json!({ "name": "张三", "phones": [{ "number": number }] })).await;
    let problem = refused.problem(409, "phone_taken");
    assert_eq!(problem["existing"]["name_masked"], "张**");
    assert_eq!(problem["existing"]["owner_name"], "陈晓");
    // Not the rival's customer, so not even its id.
    assert_eq!(problem["existing"]["id"], json!(null));
    assert!(!problem.to_string().contains(&number));
}

#[actix_web::test]
async fn a_deleted_customer_frees_its_phone() {
    let shop = Shop::new().await;
    let body = json!({ "name": "张三丰", "phones": [{ "number": phone_number() }] });
    let made = shop.boss.post("/customers", body.clone()).await.ok();
    shop.boss.delete(&format!("/customers/{}", text(&made["id"])), 1).await.ok();
    shop.boss.get(&format!("/customers/{}", text(&made["id"]))).await.problem(404, "not_found");
    shop.boss.post("/customers", body).await.ok();
}

#[actix_web::test]
async fn a_stale_change_is_refused_with_the_row_as_it_is_now() {
    let shop = Shop::new().await;
    let made = shop.sales.post("/customers", json!({ "name": "张三" })).await.ok();
    let path = format!("/customers/{}", text(&made["id"]));
    shop.sales.patch(&path, 1, json!({ "name": "李四" })).await.ok();
    let problem = shop.sales.patch(&path, 1, json!({ "remark": "爱喝龙井" })).await.problem(409, "version_stale");
    assert_eq!(problem["current"]["name"], "李四");
    shop.sales
        .send(shop.sales.request(reqwest::Method::PATCH, &path).json(&json!({ "name": "王五" })))
        .await
        .problem(428, "version_missing");
}

#[actix_web::test]
async fn sales_see_their_own_customers_only() {
    let shop = Shop::new().await;
    let made = shop.sales.post("/customers", json!({ "name": "张三" })).await.ok();
    let path = format!("/customers/{}", text(&made["id"]));
    shop.rival.get(&path).await.problem(404, "not_found");
    assert_eq!(shop.rival.get("/customers").await.ok()["items"], json!([]));
    shop.boss.get(&path).await.ok();
}

#[actix_web::test]
async fn the_same_request_again_gets_the_same_answer() {
    let shop = Shop::new().await;
    let body = json!({ "name": "张三", "phones": [{ "number": phone_number() }] });
    let first = shop.sales.post_once("/customers", "key-1", body.clone()).await.ok();
    let again = shop.sales.post_once("/customers", "key-1", body).await.ok();
    assert_eq!(first, again);
    let other = shop.sales.post_once("/customers", "key-1", json!({ "name": "李四" })).await.violations();
    assert_eq!(other, [": idempotency_reused"]);
}

#[actix_web::test]
async fn a_wrong_parameter_is_named() {
    let shop = Shop::new().await;
    for (query, wrong) in [
        ("limit=-1", "limit: count_invalid"),
        ("limit=0", "limit: limit_invalid"),
        ("q=张&owner_id=x", "owner_id: uuid_invalid"),
        ("tags_any=x", "tags_any: uuid_invalid"),
        ("cursor=x", "cursor: cursor_invalid"),
    ] {
        assert_eq!(shop.boss.get(&format!("/customers?{query}")).await.violations(), [wrong], "{query}");
    }
}

/// Names of what the box finds, in its order.
async fn found(client: &crate::harness::Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/customers?{query}")).await.ok();
    page["items"].as_array().expect("a list").iter().map(|row| text(&row["name"])).collect()
}

#[actix_web::test]
async fn one_box_finds_names_sounds_and_phones_best_first() {
    let shop = Shop::new().await;
    let number = phone_number();
    shop.customer_named("李张三").await;
    shop.advance(chrono::Duration::seconds(1)).await;
    let body = json!({ "name": "张三丰", "company": "武当山月茶行", "phones": [{ "number": number }] });
    shop.sales.post("/customers", body).await.ok();
    shop.advance(chrono::Duration::seconds(1)).await;
    shop.customer_named("张三").await;
    for (q, names) in [
        ("张三", vec!["张三", "张三丰", "李张三"]),
        ("张", vec!["张三", "张三丰", "李张三"]),
        ("三丰", vec!["张三丰"]),
        ("月茶", vec!["张三丰"]),
        ("zsf", vec!["张三丰"]),
        ("zhangsan", vec!["张三", "张三丰", "李张三"]),
        ("ZHANGSANFENG", vec!["张三丰"]),
        ("sanf", vec!["张三丰"]),
        ("wudangsh", vec!["张三丰"]),
        (number.as_str(), vec!["张三丰"]),
        (&number[7..], vec!["张三丰"]),
        ("丰三", vec![]),
        ("zhangsix", vec![]),
    ] {
        assert_eq!(found(&shop.sales, &format!("q={q}")).await, names, "{q}");
        let count = shop.sales.get(&format!("/customers/count?q={q}")).await.ok();
        assert_eq!(count["count"], names.len(), "{q}");
    }
    let page = shop.sales.get("/customers?q=sanf").await.ok();
    assert_eq!(page["items"][0]["found"], json!({ "in": "name", "from": 1, "length": 2 }));
    let page = shop.sales.get("/customers?q=月茶").await.ok();
    assert_eq!(page["items"][0]["found"], json!({ "in": "company", "from": 3, "length": 2 }));
    assert_eq!(found(&shop.rival, "q=张三").await, Vec::<String>::new());
}

#[actix_web::test]
async fn a_search_goes_on_where_its_page_ended() {
    let shop = Shop::new().await;
    for name in ["王五", "王二", "小王", "老王", "王一", "大王"] {
        shop.customer_named(name).await;
        shop.advance(chrono::Duration::seconds(1)).await;
    }
    assert_eq!(by_pages(&shop.sales, "王", 2).await, ["王一", "王二", "王五", "大王", "老王", "小王"]);
    shop.sales.get("/customers?q=王&cursor=AAAA").await.problem(422, "invalid");
}

/// The names that a search finds, page by page.
pub async fn by_pages(client: &Client, q: &str, limit: usize) -> Vec<String> {
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/customers?q={q}&limit={limit}{cursor}")).await.ok();
        names.extend(page["items"].as_array().expect("a list").iter().map(|row| text(&row["name"])));
        let Some(next) = page["next_cursor"].as_str() else { return names };
        cursor = format!("&cursor={next}");
    }
}

#[actix_web::test]
async fn a_whole_name_and_a_spelling_find_everybody_once_and_in_order() {
    let shop = Shop::new().await;
    let mut names = Vec::new();
    for at in 0..9 {
        for name in [format!("李小龙{at}"), format!("小李小龙{at}"), format!("lixiaolong{at}")] {
            shop.customer_named(&name).await;
            shop.advance(chrono::Duration::seconds(1)).await;
            names.push(name);
        }
    }
    let of = |kind: usize| names.iter().skip(kind).step_by(3);
    let whole: Vec<_> = of(0).chain(of(1).rev()).cloned().collect();
    // Spelled names come after those that begin so, the newest first.
    let spelled: Vec<_> =
        of(2).chain((0..9).rev().flat_map(|at| [&names[at * 3 + 1], &names[at * 3]])).cloned().collect();
    for limit in [1, 2, 5, 8, 9, 10, 50] {
        assert_eq!(by_pages(&shop.sales, "李小龙", limit).await, whole, "{limit}");
        assert_eq!(by_pages(&shop.sales, "lixiaolong", limit).await, spelled, "{limit}");
    }
}

#[actix_web::test]
async fn a_renamed_customer_is_found_by_the_new_name_only() {
    let shop = Shop::new().await;
    let made = shop.sales.post("/customers", json!({ "name": "张三", "company": "云海茶庄" })).await.ok();
    let path = format!("/customers/{}", text(&made["id"]));
    shop.sales.patch(&path, 1, json!({ "name": "赵六" })).await.ok();
    for (q, names) in [("张三", 0), ("zhangsan", 0), ("赵", 1), ("zhaoliu", 1), ("云海", 1)] {
        assert_eq!(found(&shop.sales, &format!("q={q}")).await.len(), names, "{q}");
    }
    shop.boss.delete(&path, 2).await.ok();
    assert_eq!(found(&shop.boss, "q=赵").await, Vec::<String>::new());
}

#[actix_web::test]
async fn customers_of_before_are_found_after_an_upgrade() {
    let shop = Shop::new().await;
    for at in 0..3 {
        shop.customer_named(&format!("张三丰{at}")).await;
    }
    let db = open(&shop).await;
    for statement in [
        format!("DELETE FROM customer_terms WHERE tenant_id = {}", shop.tenant),
        format!("DELETE FROM customer_search WHERE tenant_id = {}", shop.tenant),
        format!("UPDATE tenants SET search_version = NULL WHERE id = {}", shop.tenant),
    ] {
        db.execute_unprepared(&statement).await.expect("runs");
    }
    let late = shop.customer_named("张三丰3").await;
    assert_eq!(found(&shop.sales, "q=zsf").await.len(), 1, "{late}");
    assert_eq!(System::new(&shop.at).begin_indexing(Some(shop.tenant)).await.expect("begins"), 1);
    shop.run_jobs().await;
    assert_eq!(found(&shop.sales, "q=zsf").await.len(), 4);
    assert_eq!(System::new(&shop.at).begin_indexing(Some(shop.tenant)).await.expect("begins"), 0);
}

#[actix_web::test]
async fn whoever_types_sees_who_is_there_already_masked() {
    let shop = Shop::new().await;
    let number = phone_number();
    let body = json!({ "name": "张三丰", "kind": "company", "company": "杭州山月茶业有限公司", "phones": [{ "number": number }] });
    let made = shop.sales.post("/customers", body).await.ok();
    let similar = async |client: &crate::harness::Client, query: &str| {
        client.get(&format!("/customers/similar?{query}")).await.ok()["items"].clone()
    };
    let masked = json!([{ "id": null, "like": "phone", "name_masked": "张**", "owner_name": "陈晓" }]);
    assert_eq!(similar(&shop.rival, &format!("phone={number}&name=张三丰")).await, masked);
    assert_eq!(similar(&shop.sales, &format!("phone={number}")).await[0]["id"], made["id"]);
    for (query, like) in [("company=杭州山月茶业", "company"), ("name=张三丰&company=别家", "name")] {
        assert_eq!(similar(&shop.rival, query).await[0]["like"], like);
    }
    for query in ["", "phone=138", "name=张", "name=张三", "company=公司"] {
        assert_eq!(similar(&shop.rival, query).await, json!([]), "{query}");
    }
}

#[actix_web::test]
async fn an_idempotency_key_that_is_empty_is_called_so() {
    let shop = Shop::new().await;
    let long = "x".repeat(101);
    for (key, code) in [("", "idempotency_blank"), ("   ", "idempotency_blank"), (&long, "idempotency_invalid")] {
        shop.sales.post_once("/customers", key, json!({ "name": "张三" })).await.problem(400, code);
    }
    shop.sales.post_once("/customers", &"x".repeat(100), json!({ "name": "张三" })).await.ok();
}

#[actix_web::test]
async fn nobody_is_given_a_customer_who_does_not_work_here_now() {
    let shop = Shop::new().await;
    let (leaver, id) = hire(&shop, "sales", None).await;
    let theirs = leaver.post("/customers", json!({ "name": "张三" })).await.ok();
    let theirs = format!("/customers/{}", text(&theirs["id"]));
    // One of theirs goes to somebody else by a bulk action, which can be undone.
    let moved = leaver.post("/customers", json!({ "name": "李四" })).await.ok()["id"].clone();
    let bulk = json!({ "selection": { "ids": [moved] }, "owner_id": shop.rival_id });
    let bulk = text(&shop.boss.post("/customers/bulk", bulk).await.ok()["id"]);
    shop.run_jobs().await;
    let other = shop.customer_named("王五").await;
    let waiting = shop.customer_named("赵六").await;
    let release = json!({ "reason": "联系不上" });
    shop.sales.post_at(&format!("/customers/{waiting}/release"), 1, release).await.ok();
    let refused = async || {
        let boss = &shop.boss;
        let named = json!({ "name": "钱七", "owner_id": id });
        let bulk = json!({ "selection": { "ids": [other] }, "owner_id": id });
        for answer in [
            boss.post("/customers", named).await,
            boss.patch(&format!("/customers/{other}"), 1, json!({ "owner_id": id })).await,
            boss.post("/customers/bulk", bulk).await,
            boss.post(&format!("/customers/{waiting}/assign"), json!({ "owner_id": id })).await,
        ] {
            assert_eq!(answer.violations(), ["owner_id: owner_unknown"]);
        }
        let helper = json!({ "staff_id": id, "level": "read" });
        let answer = boss.post(&format!("/customers/{other}/helpers"), helper).await;
        assert_eq!(answer.violations(), ["staff_id: staff_unknown"]);
    };
    let path = format!("/staff/{id}");
    shop.boss.post_at(&format!("{path}/suspend"), version(&shop, &id).await, json!({})).await.ok();
    refused().await;
    // What is theirs may still be changed otherwise.
    shop.boss.patch(&theirs, 1, json!({ "name": "张三丰", "owner_id": id })).await.ok();
    shop.boss.patch(&theirs, 2, json!({ "owner_id": shop.rival_id })).await.ok();
    assert_eq!(shop.boss.delete(&path, version(&shop, &id).await).await.status, 204);
    refused().await;
    shop.boss.post(&format!("/customers/bulk/{bulk}/undo"), json!({})).await.ok();
    shop.run_jobs().await;
    let kept = shop.boss.get(&format!("/customers/{}", text(&moved))).await.ok();
    assert_eq!(kept["owner_id"], json!(shop.rival_id), "{kept}");
}
