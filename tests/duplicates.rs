//! Records that look alike: found by a scan, seen by whoever sees one of them, and decided about.

use crate::harness::{Client, Shop, phone_number, text};
use crate::rights::hire;
use serde_json::{Value, json};

async fn made(client: &Client, body: Value) -> String {
    text(&client.post("/customers", body).await.ok()["id"])
}

async fn scan(shop: &Shop, query: &str) -> Value {
    shop.advance(chrono::Duration::seconds(1)).await;
    let asked = shop.boss.post(&format!("/duplicates/scan{query}"), json!({})).await.ok();
    assert_eq!(asked["running"], true);
    shop.run_jobs().await;
    let last = shop.boss.get("/duplicates/scans").await.ok()["items"][0].clone();
    assert_eq!((&last["id"], &last["running"]), (&asked["id"], &json!(false)));
    last
}

async fn pairs(client: &Client, query: &str) -> Vec<Value> {
    client.get(&format!("/duplicates{query}")).await.ok()["items"].as_array().expect("items").clone()
}

#[actix_web::test]
async fn a_scan_finds_who_has_the_same_phone_company_or_name() {
    let shop = Shop::new().await;
    let number = phone_number();
    made(&shop.sales, json!({ "name": "张三", "phones": [{ "number": number }] })).await;
    let other = json!([{ "number": phone_number() }, { "number": number }]);
    made(&shop.rival, json!({ "name": "李四", "phones": other })).await;
    made(&shop.sales, json!({ "name": "张三丰", "company": "杭州山月茶业有限公司" })).await;
    made(&shop.sales, json!({ "name": "张三", "company": "杭州山月茶业" })).await;
    made(&shop.sales, json!({ "name": "王小明", "region": "330106" })).await;
    made(&shop.sales, json!({ "name": "王小明", "region": "330102" })).await;
    made(&shop.sales, json!({ "name": "王小明" })).await;
    let done = scan(&shop, "").await;
    assert_eq!((&done["customers"], &done["pairs"], &done["partial"]), (&json!(7), &json!(3), &json!(false)));
    let found = pairs(&shop.boss, "").await;
    let said: Vec<_> = found.iter().map(|pair| (pair["score"].clone(), pair["reasons"].clone())).collect();
    assert_eq!(
        said,
        [
            (json!(100), json!(["phone"])),
            (json!(76), json!(["company", "name"])),
            (json!(70), json!(["same_name", "city"])),
        ]
    );
    assert_eq!(pairs(&shop.boss, "?min_score=76").await.len(), 2);
    for (least, code) in [(-5, "too_small"), (101, "too_large")] {
        let refused = shop.boss.get(&format!("/duplicates?min_score={least}")).await;
        assert_eq!(refused.violations(), [format!("min_score: {code}")]);
    }
    assert_eq!(
        (pairs(&shop.boss, "?min_score=0").await.len(), pairs(&shop.boss, "?min_score=100").await.len()),
        (3, 1)
    );
    // Page by page, in the same order.
    let first = shop.boss.get("/duplicates?limit=2").await.ok();
    let cursor = text(&first["next_cursor"]);
    let rest = shop.boss.get(&format!("/duplicates?limit=2&cursor={cursor}")).await.ok();
    assert_eq!((&rest["items"][0]["id"], &rest["next_cursor"]), (&found[2]["id"], &Value::Null));
    assert_eq!(shop.boss.get("/duplicates?cursor=x").await.violations(), ["cursor: cursor_invalid"]);
    // Scanning twice finds nothing twice.
    assert_eq!(scan(&shop, "?full=true").await["pairs"], 0);
    assert_eq!(pairs(&shop.boss, "").await.len(), 3);
    shop.sales.post("/duplicates/scan", json!({})).await.problem(403, "forbidden");
}

#[actix_web::test]
async fn a_later_scan_looks_at_what_changed() {
    let shop = Shop::new().await;
    let one = made(&shop.sales, json!({ "name": "王小明", "region": "330106" })).await;
    let two = made(&shop.sales, json!({ "name": "王小明", "region": "330106" })).await;
    // Whatever changed shortly before a scan is looked at again by the next one.
    shop.advance(chrono::Duration::minutes(6)).await;
    scan(&shop, "").await;
    let alike = pairs(&shop.boss, &format!("?customer_id={one}")).await[0].clone();
    assert_eq!((&alike["score"], &alike["reasons"]), (&json!(80), &json!(["same_name", "region"])));
    shop.advance(chrono::Duration::hours(1)).await;
    let (boss, sales) = (shop.log_in_again(&shop.boss).await, shop.log_in_again(&shop.sales).await);
    let (boss, sales) = (boss.act_in(shop.tenant).await, sales.act_in(shop.tenant).await);
    sales.patch(&format!("/customers/{two}"), 1, json!({ "name": "王大明" })).await.ok();
    boss.post("/duplicates/scan", json!({})).await.ok();
    // A second one while the first is under way is the first.
    let again = boss.post("/duplicates/scan", json!({})).await.ok();
    shop.run_jobs().await;
    let scans = boss.get("/duplicates/scans").await.ok();
    assert_eq!(scans["items"].as_array().map(Vec::len), Some(2));
    let last = &scans["items"][0];
    assert_eq!((&last["id"], &last["partial"], &last["customers"]), (&again["id"], &json!(true), &json!(1)));
    assert_eq!(pairs(&boss, "").await.len(), 0, "they are not alike any more");
}

#[actix_web::test]
async fn whoever_sees_one_of_two_sees_the_other_masked() {
    let shop = Shop::new().await;
    let number = phone_number();
    made(&shop.rival, json!({ "name": "欧阳沈怡然", "company": "沈氏茶庄", "phones": [{ "number": number }] })).await;
    let (lead, _) = hire(&shop, "manager", None).await;
    let twin = json!([{ "number": phone_number() }, { "number": number }]);
    let mine = made(&lead, json!({ "name": "沈怡然", "phones": twin })).await;
    scan(&shop, "").await;
    let seen = pairs(&lead, "").await;
    assert_eq!(seen[0]["customers"][0]["id"], mine.as_str());
    assert_eq!(
        seen[0]["customers"][1],
        json!({ "id": null, "name": "欧***", "company": null, "region_name": null, "phone_masked": null,
            "owner_name": "王磊", "last_contact_at": null, "created_at": null })
    );
    let whole = pairs(&shop.boss, "").await;
    assert!(whole[0]["customers"].as_array().expect("two").iter().all(|side| side["id"].is_string()));
    // Who sees neither of them is told nothing.
    let (other, _) = hire(&shop, "manager", None).await;
    assert_eq!(pairs(&other, "").await.len(), 0);
    let path = format!("/duplicates/{}/ignore", text(&seen[0]["id"]));
    other.post(&path, json!({})).await.problem(404, "not_found");
    assert_eq!(lead.post(&path, json!({})).await.status, 204);
    assert_eq!(pairs(&shop.boss, "").await.len(), 0);
    // What somebody decided is not asked again.
    scan(&shop, "?full=true").await;
    assert_eq!(pairs(&shop.boss, "").await.len(), 0);
}

#[actix_web::test]
async fn a_deleted_customer_looks_like_nobody() {
    let shop = Shop::new().await;
    made(&shop.sales, json!({ "name": "王小明", "region": "330106" })).await;
    let two = made(&shop.sales, json!({ "name": "王小明", "region": "330106" })).await;
    scan(&shop, "").await;
    assert_eq!(pairs(&shop.boss, "").await.len(), 1);
    shop.boss.delete(&format!("/customers/{two}"), 1).await.ok();
    assert_eq!(pairs(&shop.boss, "").await.len(), 0);
}
