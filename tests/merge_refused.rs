//! Why a merge is not undone, and where whoever was merged away is now.

use crate::harness::{Client, Shop, phone_number, text};
use crate::merge::{made, merge, undo};
use crate::rights::hire;
use serde_json::{Value, json};

async fn refused(client: &Client, done: &Value, code: &str) -> Value {
    client.post(&format!("/merges/{}/undo", text(&done["id"])), json!({})).await.problem(409, code)
}

#[actix_web::test]
async fn of_two_merges_the_later_one_is_named_that_has_to_be_undone_first() {
    let shop = Shop::new().await;
    let mut ids = Vec::new();
    for name in ["张三", "李四", "王五", "赵六"] {
        ids.push(shop.customer_named(name).await);
    }
    let first = merge(&shop.boss, &ids[1], &ids[0], json!({})).await;
    let second = merge(&shop.boss, &ids[2], &ids[1], json!({})).await;
    let third = merge(&shop.boss, &ids[3], &ids[2], json!({})).await;
    let said = refused(&shop.boss, &second, "merged_on").await;
    assert_eq!(said["existing"], json!({ "merge_id": third["id"], "id": ids[3], "name": "赵六" }));
    assert!(text(&said["title"]).contains("请先撤销那次合并"), "{said}");
    // Each names the next one.
    let said = refused(&shop.boss, &first, "merged_on").await;
    assert_eq!(said["existing"], json!({ "merge_id": second["id"], "id": null, "name": null }));
    for done in [&third, &second, &first] {
        undo(&shop.boss, done).await;
    }
    refused(&shop.boss, &first, "undo_too_late").await;
}

#[actix_web::test]
async fn whoever_has_the_phone_or_the_value_by_now_is_named_as_far_as_one_may_see() {
    let shop = Shop::new().await;
    let level = json!({ "label": "级别", "key": "level", "kind": "text", "rules": { "unique": true } });
    shop.boss.post("/custom-fields", level).await.ok();
    let number = phone_number();
    let (lead, _) = hire(&shop, "manager", None).await;
    let stays = made(&lead, json!({ "name": "张三" })).await;
    let goes =
        made(&lead, json!({ "name": "李四", "phones": [{ "number": number }], "custom": { "level": "金" } })).await;
    let done = merge(&lead, &stays, &goes, json!({})).await;
    let row = lead.get(&format!("/customers/{stays}")).await.ok();
    let freed = json!({ "phones": [], "custom": { "level": null } });
    lead.patch(&format!("/customers/{stays}"), row["version"].as_i64().expect("a version"), freed).await.ok();
    let phone = made(&shop.rival, json!({ "name": "王五五", "phones": [{ "number": number }] })).await;

    let said = refused(&shop.boss, &done, "undo_blocked").await;
    assert_eq!((&said["errors"][0]["field"], &said["existing"]["id"]), (&json!("phones"), &json!(phone)), "{said}");
    assert_eq!((&said["existing"]["name_masked"], &said["existing"]["owner_name"]), (&json!("王**"), &json!("王磊")));
    // The lead does not see the rival's customers.
    let said = refused(&lead, &done, "undo_blocked").await;
    assert_eq!((&said["errors"][0]["field"], &said["existing"]["id"]), (&json!("phones"), &json!(null)), "{said}");
    assert_eq!(said["existing"]["name_masked"], "王**");
    shop.boss.delete(&format!("/customers/{phone}"), 1).await.ok();

    let value = made(&shop.rival, json!({ "name": "赵六", "custom": { "level": "金" } })).await;
    let said = refused(&shop.boss, &done, "undo_blocked").await;
    let named = (&said["errors"][0]["field"], &said["existing"]["id"]);
    assert_eq!(named, (&json!("custom.level"), &json!(value)), "{said}");
    assert_eq!(refused(&lead, &done, "undo_blocked").await["existing"]["id"], json!(null));
    // Of a field that is hidden from somebody not even that it is the one.
    let fields = shop.boss.get("/custom-fields").await.ok();
    let field = &fields["items"][0];
    let hidden = json!({ "rules": { "unique": true, "hidden_from": ["manager"] } });
    let path = format!("/custom-fields/{}", text(&field["id"]));
    shop.boss.patch(&path, field["version"].as_i64().expect("a version"), hidden).await.ok();
    let said = refused(&lead, &done, "undo_blocked").await;
    assert_eq!((&said["errors"], &said["existing"]), (&json!([]), &json!(null)), "{said}");
    shop.boss.delete(&format!("/customers/{value}"), 1).await.ok();
    undo(&lead, &done).await;
}

#[actix_web::test]
async fn what_the_one_who_stayed_gave_up_and_somebody_else_has_is_named_as_well() {
    let shop = Shop::new().await;
    let (mine, theirs) = (phone_number(), phone_number());
    let stays = made(&shop.sales, json!({ "name": "张三", "phones": [{ "number": mine }] })).await;
    let goes = made(&shop.sales, json!({ "name": "李四", "phones": [{ "number": theirs }] })).await;
    // Both numbers are kept, that of the other one first: the first one of whoever stayed is free now.
    let done = merge(&shop.boss, &stays, &goes, json!({ "phones": "other" })).await;
    let third = made(&shop.rival, json!({ "name": "王五", "phones": [{ "number": mine }] })).await;
    let said = refused(&shop.boss, &done, "undo_blocked").await;
    assert_eq!((&said["errors"][0]["field"], &said["existing"]["id"]), (&json!("phones"), &json!(third)), "{said}");
    assert_eq!(
        shop.boss.get(&format!("/customers/{goes}")).await.problem(404, "merged")["existing"]["id"],
        json!(stays)
    );
}

#[actix_web::test]
async fn whoever_changes_somebody_who_was_merged_away_is_led_to_who_stayed() {
    let shop = Shop::new().await;
    let stays = made(&shop.sales, json!({ "name": "张三" })).await;
    let goes = made(&shop.sales, json!({ "name": "李四" })).await;
    merge(&shop.boss, &stays, &goes, json!({})).await;
    let path = format!("/customers/{goes}");
    let talk = json!({ "channel": "call", "content": "聊了聊" });
    let (led, seen) = (json!({ "id": stays, "name": "张三" }), "merged");
    let answers = [
        shop.sales.patch(&path, 1, json!({ "remark": "改过" })).await,
        shop.sales.post(&format!("{path}/interactions"), talk.clone()).await,
        shop.sales.post(&format!("{path}/tags"), json!({ "add": [], "remove": [] })).await,
        shop.boss.delete(&path, 1).await,
    ];
    for answer in answers {
        assert_eq!(answer.problem(404, seen)["existing"], led);
    }
    // Whoever does not see who stayed is told nothing of them, nor of somebody who never was.
    shop.rival.patch(&path, 1, json!({ "remark": "改过" })).await.problem(404, "not_found");
    shop.rival.post(&format!("{path}/interactions"), talk.clone()).await.problem(404, "not_found");
    let nobody = format!("/customers/{}", uuid::Uuid::from_u128(7));
    shop.sales.patch(&nobody, 1, json!({ "remark": "改过" })).await.problem(404, "not_found");
    shop.sales.post(&format!("{nobody}/interactions"), talk).await.problem(404, "not_found");
}
