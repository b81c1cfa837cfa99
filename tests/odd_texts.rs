//! Whatever somebody types comes back as it was typed, also where values travel in the text of a statement.

use crate::harness::{Shop, phone_number};
use serde_json::json;

/// What a database might take for something else than a text.
const ODD: [&str; 8] = [
    "O'Brien",
    "a\\'; DROP TABLE customers; -- ",
    "\"双\" `引` 号",
    "? 为什么 ?? :x $1",
    "x'41' _utf8mb4 x'42'",
    "张😀三\u{200d}丰",
    "\\0 \\n % _ /* */ #",
    "NULL",
];

#[actix_web::test]
async fn odd_texts_come_back_as_they_were_typed() {
    let shop = Shop::new().await;
    for odd in ODD {
        let name = odd.trim();
        let needs = format!("{odd}\n第二行\t{odd}");
        let label: String = odd.chars().take(10).collect();
        let body = json!({
            "name": name, "company": name, "title": name, "needs": needs, "remark": needs,
            "phones": [{ "number": phone_number(), "label": label.trim() }],
        });
        let made = shop.boss.post("/customers", body).await.ok();
        let id = made["id"].as_str().expect("an id");
        let seen = shop.boss.get(&format!("/customers/{id}")).await.ok();
        for field in ["name", "company", "title"] {
            assert_eq!(seen[field], name, "{field}");
        }
        for field in ["needs", "remark"] {
            assert_eq!(seen[field].as_str().map(str::trim), Some(needs.trim()), "{field}");
        }
        assert_eq!(seen["phones"][0]["label"], label.trim());
        // What was written down with it says the same.
        let entries = shop.boss.get(&format!("/audit?resource=customer&resource_id={id}")).await.ok();
        assert_eq!(entries["items"][0]["resource_name"], name, "{entries}");
        let found = shop.boss.get(&format!("/customers?q={}", urlencoding(name))).await.ok();
        assert!(found["items"].as_array().is_some_and(|items| items.iter().any(|item| item["id"] == id)), "{name}");
    }
}

#[actix_web::test]
async fn what_a_name_says_is_not_why_it_is_refused() {
    let shop = Shop::new().await;
    let group = shop.boss.post("/tag-groups", json!({ "name": "口味" })).await.ok();
    // A server's refusal quotes it.
    for name in ["(code: 1811)", "1213 1205", "database is locked", "for key 'PRIMARY'", "x for key .id"] {
        let tag = json!({ "group_id": group["id"], "name": name });
        shop.boss.post("/tags", tag.clone()).await.ok();
        shop.boss.post("/tags", tag).await.problem(409, "name_taken");
    }
}

fn urlencoding(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
