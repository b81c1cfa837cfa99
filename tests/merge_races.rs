//! What is written down about a customer in the very moment in which they are merged into another one.

use crate::guards::database::{open, select};
use crate::harness::{Answer, Shop, phone_number, text};
use crate::merge::made;
use futures::future::{join, join_all, join3};
use serde_json::{Value, json};

/// Whatever a request can hang on a customer: where it is sent, and what it says.
fn things(shop: &Shop, id: &str, other: &str) -> Vec<(String, Value)> {
    let (now, order) = (shop.at.clock().now(), json!([{ "name": "龙井", "quantity": 1, "unit_price_fen": 100 }]));
    vec![
        ("/opportunities".to_owned(), json!({ "customer_id": id, "name": "年礼", "stage": "contact" })),
        (
            "/orders".to_owned(),
            json!({ "customer_id": id, "lines": order, "receiver": "李四", "phone": "13912345678", "address": "杭州市" }),
        ),
        ("/tasks".to_owned(), json!({ "customer_id": id, "title": "送样茶", "due_at": now })),
        (format!("/customers/{id}/interactions"), json!({ "channel": "call", "content": "问价格" })),
        (
            format!("/customers/{id}/interactions"),
            json!({ "channel": "call", "content": "再问", "next_contact_at": now + chrono::Duration::days(1) }),
        ),
        (format!("/customers/{id}/relations"), json!({ "other_id": other, "kind": "family" })),
        (format!("/customers/{other}/relations"), json!({ "other_id": id, "kind": "same_company" })),
    ]
}

#[actix_web::test]
async fn nothing_hangs_on_a_customer_who_was_merged_this_very_moment() {
    let shop = Shop::new().await;
    let db = open(&shop).await;
    let other = shop.customer_named("表妹").await;
    let (mut there, mut gone) = (0, 0);
    for round in 0..12 {
        let number = phone_number();
        let named = json!({ "name": "李四", "phones": [{ "number": number, "label": "手机" }] });
        let (stays, goes) = (shop.customer_named("张三").await, made(&shop.sales, named).await);
        let person = shop.customer(&number).await;
        let body = json!({ "other_id": goes, "versions": { "this": 1, "other": 1 } });
        let path = format!("/customers/{stays}/merge");
        let merge = shop.boss.post(&path, body);
        // Each time another one is the first to ask.
        let mut asked = things(&shop, &goes, &other);
        let first = round % asked.len();
        asked.rotate_left(first);
        let asked = asked.iter().map(|(path, body)| shop.sales.post(path, body.clone()));
        let theirs = format!("/me/businesses/{}/records/{goes}/requests", shop.tenant);
        let theirs = person.post(&theirs, json!({ "kind": "correct", "text": "我不叫李四" }));
        // Now the merge begins, now the others do.
        let (merged, answers, theirs) = if round % 2 == 0 {
            join3(merge, join_all(asked), theirs).await
        } else {
            let (answers, theirs, merged) = join3(join_all(asked), theirs, merge).await;
            (merged, answers, theirs)
        };
        merged.ok();
        for answer in answers.into_iter().chain([theirs]) {
            match answer {
                Answer { status: 201, .. } => there += 1,
                answer => {
                    // Some of them lead to who stayed.
                    let code = if answer.body["code"] == "merged" { "merged" } else { "not_found" };
                    answer.problem(404, code);
                    gone += 1;
                }
            }
        }
        let hex = goes.replace('-', "");
        for (table, column) in [
            ("opportunities", "customer_id"),
            ("orders", "customer_id"),
            ("tasks", "customer_id"),
            ("interactions", "customer_id"),
            ("data_requests", "customer_id"),
            ("inbox_items", "customer_id"),
            ("customer_relations", "customer_id"),
            ("customer_relations", "other_id"),
        ] {
            let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} = X'{hex}'");
            let left: i64 = select(&db, &sql).await[0].try_get_by_index(0).expect("a count");
            assert_eq!(left, 0, "{table}.{column} in round {round}");
        }
    }
    // What was made went over, and is seen where it is now; the rest was told that the customer is gone.
    println!("made {there}, gone {gone}");
    assert_eq!(there + gone, 12 * 8);
}

#[actix_web::test]
async fn merges_of_different_people_at_once_are_not_in_each_others_way() {
    let shop = Shop::new().await;
    for round in 0..4 {
        let mut asked = Vec::new();
        for at in 0..10 {
            let mut pair = Vec::new();
            for name in ["张", "李"] {
                let body = json!({ "name": format!("{name}{at}"), "phones": [{ "number": phone_number() }] });
                pair.push(made(&shop.sales, body).await);
            }
            let body = json!({ "other_id": pair[1], "versions": { "this": 1, "other": 1 } });
            asked.push((format!("/customers/{}/merge", pair[0]), body));
        }
        let merges = join_all(asked.iter().map(|(path, body)| shop.boss.post(path, body.clone()))).await;
        let answers: Vec<_> = merges.iter().map(|answer| answer.status).collect();
        assert_eq!(answers, [201; 10], "round {round}");
        // All of them are parted at once as well.
        let parted: Vec<_> =
            merges.into_iter().map(|merged| format!("/merges/{}/undo", text(&merged.ok()["id"]))).collect();
        let parted = join_all(parted.iter().map(|path| shop.boss.post(path, json!({})))).await;
        let answers: Vec<_> = parted.iter().map(|answer| answer.status).collect();
        assert_eq!(answers, [200; 10], "round {round}");
    }
}

#[actix_web::test]
async fn two_who_are_related_and_merged_at_once_are_held_in_one_order() {
    let shop = Shop::new().await;
    for round in 0..12 {
        let mut pair = [shop.customer_named("张三").await, shop.customer_named("李四").await];
        // Whoever stays came first or last.
        pair.rotate_left(round % 2);
        let [stays, goes] = &pair;
        let body = json!({ "other_id": goes, "versions": { "this": 1, "other": 1 } });
        let path = format!("/customers/{stays}/merge");
        let merge = shop.boss.post(&path, body);
        let related = [
            (stays, goes, "family"),
            (goes, stays, "same_company"),
            (goes, stays, "family"),
            (stays, goes, "same_company"),
        ];
        let related = related.map(|(one, other, kind)| {
            (format!("/customers/{one}/relations"), json!({ "other_id": other, "kind": kind }))
        });
        let related = join_all(related.iter().map(|(path, body)| shop.sales.post(path, body.clone())));
        let (merged, related) = join(merge, related).await;
        assert_eq!(merged.status, 201, "round {round}");
        for answer in related {
            match answer.status {
                201 => {}
                404 => drop(answer.problem(404, "not_found")),
                _ => drop(answer.problem(409, "relation_known")),
            }
        }
        // Nobody knows themselves.
        let left = shop.boss.get(&format!("/customers/{stays}/relations")).await.ok();
        assert_eq!(left["items"], json!([]), "round {round}");
    }
}

#[actix_web::test]
async fn whoever_finds_somebody_merged_or_changed_this_very_moment_is_told_what_is_so() {
    let shop = Shop::new().await;
    let (mut led, mut stale) = (0, 0);
    for round in 0..16 {
        let (stays, goes) = (shop.customer_named("张三").await, shop.customer_named("李四").await);
        let body = json!({ "other_id": goes, "versions": { "this": 1, "other": 1 } });
        let path = format!("/customers/{stays}/merge");
        let (customer, notes) = (format!("/customers/{goes}"), format!("/customers/{goes}/interactions"));
        let merge = shop.boss.post(&path, body);
        let changes = join_all((0..5).map(|at| shop.boss.patch(&customer, 1, json!({ "name": format!("李{at}") }))));
        let notes = (0..5).map(|_| shop.boss.post(&notes, json!({ "channel": "call", "content": "问价格" })));
        let (merged, changes, notes) = if round % 2 == 0 {
            join3(merge, changes, join_all(notes)).await
        } else {
            let (changes, notes, merged) = join3(changes, join_all(notes), merge).await;
            (merged, changes, notes)
        };
        if merged.status != 201 {
            let current = merged.problem(409, "version_stale")["current"]["version"].clone();
            assert_eq!(current, 2, "round {round}");
            stale += 1;
        }
        for answer in changes.into_iter().chain(notes) {
            match answer.status {
                200 | 201 => {}
                409 => drop(answer.problem(409, "version_stale")),
                _ => {
                    assert_eq!(answer.problem(404, "merged")["existing"]["id"], stays.as_str(), "round {round}");
                    led += 1;
                }
            }
        }
    }
    assert!(led + stale > 0, "nobody met");
}
