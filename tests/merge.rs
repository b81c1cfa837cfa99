//! Merging two records of one customer: everything that hangs on them goes over, and comes back when it is undone.

use crate::attachments::picture;
use crate::guards::database::{open, select};
use crate::harness::{Client, Shop, phone_number, text};
use crate::rights::hire;
use api::Say;
use chrono::Duration;
use sea_orm::DatabaseConnection;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub async fn made(client: &Client, body: Value) -> String {
    text(&client.post("/customers", body).await.ok()["id"])
}

async fn get(client: &Client, id: &str) -> Value {
    client.get(&format!("/customers/{id}")).await.ok()
}

fn version(row: &Value) -> i64 {
    row["version"].as_i64().expect("a version")
}

/// Merges one customer into another, as they are now.
pub async fn merge(client: &Client, stays: &str, goes: &str, fields: Value) -> Value {
    let versions = json!({ "this": version(&get(client, stays).await), "other": version(&get(client, goes).await) });
    let body = json!({ "other_id": goes, "fields": fields, "versions": versions });
    client.post(&format!("/customers/{stays}/merge"), body).await.ok()
}

pub async fn undo(client: &Client, merge: &Value) -> Value {
    client.post(&format!("/merges/{}/undo", text(&merge["id"])), json!({})).await.ok()
}

/// A customer on whom one row of everything hangs.
pub struct Known {
    pub id: String,
    pub number: String,
    pub order: String,
}

pub async fn known(shop: &Shop, name: &str, relative: &str, kind: &str) -> Known {
    let (number, now) = (phone_number(), shop.at.clock().now());
    let group = text(&shop.boss.post("/tag-groups", json!({ "name": format!("组{name}") })).await.ok()["id"]);
    let tag = shop.boss.post("/tags", json!({ "group_id": group, "name": "老客" })).await.ok();
    let stages = json!([{ "name": "联系", "tasks": [{ "title": "打招呼", "after_days": 1 }] }]);
    let plan = json!({ "name": format!("跟进{name}"), "tag_id": tag["id"], "stages": stages });
    let plan = text(&shop.boss.post("/plans", plan).await.ok()["id"]);
    shop.boss.patch(&format!("/plans/{plan}"), 1, json!({ "enabled": true })).await.ok();
    let body = json!({
        "name": name, "company": format!("{name}茶庄"), "phones": [{ "number": number, "label": "手机" }],
        "emails": [{ "email": format!("{number}@example.com") }], "wechat_ids": [{ "account": format!("wx{number}") }],
        "dates": [{ "label": name, "calendar": "solar", "month": 5, "day": 1 }], "tag_ids": [tag["id"]],
        "custom": { "level": name, "id_card": format!("证{name}"), "scan": [picture(&shop.sales).await] },
    });
    let id = made(&shop.sales, body).await;
    let path = format!("/customers/{id}");
    shop.boss.post(&format!("{path}/relations"), json!({ "other_id": relative, "kind": kind })).await.ok();
    shop.boss.post(&format!("/customers/{relative}/relations"), json!({ "other_id": id, "kind": kind })).await.ok();
    shop.sales.post(&format!("{path}/star"), json!({})).await;
    let share = json!({ "staff_id": shop.rival_id, "level": "read" });
    shop.boss.post(&format!("{path}/helpers"), share).await.ok();
    let talk = json!({ "channel": "call", "content": format!("和{name}聊了聊") });
    shop.sales.post(&format!("{path}/interactions"), talk).await.ok();
    shop.sales.post("/tasks", json!({ "customer_id": id, "title": "回访", "due_at": now })).await.ok();
    shop.run_jobs().await;
    let deal = json!({ "customer_id": id, "name": "春茶团购", "stage": "contact" });
    shop.sales.post("/opportunities", deal).await.ok();
    let offer = json!({ "name": format!("礼{name}"), "kind": "gift", "gift": "茶杯", "last_day": "2037-12-31" });
    let offer = shop.boss.post("/offers", offer).await.ok();
    shop.sales.post(&format!("{path}/offers"), json!({ "offer_id": offer["id"] })).await.ok();
    let order = json!({ "customer_id": id, "receiver": name, "phone": number, "address": format!("{name}家"),
        "lines": [{ "name": "龙井", "quantity": 1, "unit_price_fen": 100 }] });
    let order = text(&shop.sales.post("/orders", order).await.ok()["id"]);
    let asks = format!("/me/businesses/{}/records/{id}/requests", shop.tenant);
    let person = shop.customer(&number).await;
    person.post(&asks, json!({ "kind": "correct", "text": format!("我不叫{name}") })).await.ok();
    shop.boss.post("/customers/bulk", json!({ "selection": { "ids": [id] }, "type": "existing" })).await.ok();
    shop.run_jobs().await;
    Known { id, number, order }
}

pub async fn fields(shop: &Shop) {
    crate::attachments::field(&shop.boss, json!({})).await;
    let text =
        |label: &str, key: &str, rules: Value| json!({ "label": label, "key": key, "kind": "text", "rules": rules });
    shop.boss.post("/custom-fields", text("级别", "level", json!({ "unique": true }))).await.ok();
    shop.boss.post("/custom-fields", text("证件号", "id_card", json!({ "secret": true, "unique": true }))).await.ok();
}

/// How many rows of each table point at a customer, whichever column it is.
async fn pointing(db: &DatabaseConnection, id: &str) -> BTreeMap<&'static str, i64> {
    let hex = id.replace('-', "");
    let mut found = BTreeMap::new();
    for (table, _) in api::SAYS {
        let other = ["customer_relations", "merges", "duplicate_pairs"].contains(table);
        let other = if other { format!(" OR other_id = X'{hex}'") } else { String::new() };
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE customer_id = X'{hex}'{other}");
        found.insert(*table, select(db, &sql).await[0].try_get_by_index(0).expect("a count"));
    }
    found
}

#[actix_web::test]
async fn everything_that_hangs_on_a_customer_goes_over_and_comes_back() {
    let shop = Shop::new().await;
    let db = open(&shop).await;
    fields(&shop).await;
    let relative = made(&shop.boss, json!({ "name": "表妹" })).await;
    let stays = known(&shop, "张三", &relative, "family").await;
    let goes = known(&shop, "李四", &relative, "same_company").await;
    let (mine, theirs) = (pointing(&db, &stays.id).await, pointing(&db, &goes.id).await);
    for (table, _) in api::SAYS.iter().filter(|(_, say)| *say != Say::Stays) {
        assert!(theirs[table] > 0, "{table}: let this test hang one on the customer");
    }
    let (before, other) = (get(&shop.boss, &stays.id).await, get(&shop.boss, &goes.id).await);

    let done = merge(&shop.boss, &stays.id, &goes.id, json!({})).await;
    assert_eq!(
        (&done["state"], &done["customer_name"], &done["other_name"]),
        (&json!("done"), &json!("张三"), &json!("李四"))
    );
    let (after, gone) = (pointing(&db, &stays.id).await, pointing(&db, &goes.id).await);
    for (table, say) in api::SAYS {
        let (mine, theirs) = (mine[table], theirs[table]);
        match say {
            Say::Moves => assert_eq!((after[table], gone[table]), (mine + theirs, 0), "{table}"),
            Say::Follows => assert!(after[table] >= mine && gone[table] == 0, "{table}"),
            Say::Unites => assert!(after[table] >= mine && gone[table] == theirs, "{table}"),
            Say::Stays => {}
        }
    }
    let united = get(&shop.sales, &stays.id).await;
    for list in ["phones", "emails", "wechat_ids", "dates", "tags"] {
        assert_eq!(united[list].as_array().map(Vec::len), Some(2), "{list}");
    }
    assert_eq!((&united["name"], &united["custom"]["level"]), (&json!("张三"), &json!("张三")));
    // Both are found by either phone, and the other one's name leads nowhere.
    for q in [&stays.number, &goes.number, "张三"] {
        assert_eq!(shop.sales.get(&format!("/customers?q={q}")).await.ok()["items"][0]["id"], stays.id.as_str(), "{q}");
    }
    assert_eq!(shop.sales.get("/customers?q=李四").await.ok()["items"], json!([]));
    let talks = shop.sales.get(&format!("/customers/{}/interactions", stays.id)).await.ok();
    assert_eq!(talks["items"].as_array().map(Vec::len), Some(2));
    // What was sealed under the other one's key is read with this one's.
    let order = shop.sales.get(&format!("/orders/{}", goes.order)).await.ok();
    assert_eq!((&order["customer_id"], &order["address"]), (&json!(stays.id), &json!("李四家")));
    let requests = shop.boss.get("/privacy/requests").await.ok();
    let words: BTreeSet<_> =
        requests["items"].as_array().expect("requests").iter().map(|one| text(&one["text"])).collect();
    assert_eq!(words, BTreeSet::from(["我不叫张三".to_owned(), "我不叫李四".to_owned()]));
    assert!(requests["items"].as_array().expect("requests").iter().all(|one| one["customer_id"] == stays.id.as_str()));
    // The other one's address leads whoever sees both to this one.
    let problem = shop.sales.get(&format!("/customers/{}", goes.id)).await.problem(404, "merged");
    assert_eq!(problem["existing"], json!({ "id": stays.id, "name": "张三" }));
    for id in [&stays.id, &goes.id] {
        let entries = shop.boss.get(&format!("/audit?action=merge&resource_id={id}")).await.ok();
        assert_eq!(entries["items"].as_array().map(Vec::len), Some(1));
    }

    let undone = undo(&shop.boss, &done).await;
    assert_eq!((&undone["state"], &undone["kept"], &undone["kept_fields"]), (&json!("undone"), &json!(0), &json!([])));
    let (now, back) = (pointing(&db, &stays.id).await, pointing(&db, &goes.id).await);
    for (table, _) in api::SAYS.iter().filter(|(table, _)| *table != "merges") {
        assert_eq!((now[table], back[table]), (mine[table], theirs[table]), "{table}");
    }
    for (id, was) in [(&stays.id, before), (&goes.id, other)] {
        let mut is = get(&shop.boss, id).await;
        assert!(version(&is) > version(&was));
        for same in ["version", "updated_at"] {
            is[same] = was[same].clone();
        }
        assert_eq!(is, was);
    }
    for (known, name) in [(&stays, "张三"), (&goes, "李四")] {
        for q in [known.number.as_str(), name] {
            let found = shop.sales.get(&format!("/customers?q={q}")).await.ok();
            assert_eq!(found["items"][0]["id"], known.id.as_str(), "{q}");
        }
        let order = shop.sales.get(&format!("/orders/{}", known.order)).await.ok();
        assert_eq!((&order["customer_id"], &order["address"]), (&json!(known.id), &json!(format!("{name}家"))));
    }
    shop.boss.post(&format!("/merges/{}/undo", text(&done["id"])), json!({})).await.problem(409, "undo_too_late");
    assert_eq!(shop.boss.get("/audit/verify").await.ok()["intact"], true);
}

#[actix_web::test]
async fn each_field_comes_from_the_side_that_was_chosen() {
    let shop = Shop::new().await;
    fields(&shop).await;
    let (one, two) = (phone_number(), phone_number());
    let stays = made(
        &shop.sales,
        json!({ "name": "张三", "title": "掌柜", "remark": "爱喝龙井", "phones": [{ "number": one }],
            "custom": { "level": "银", "id_card": "甲" } }),
    )
    .await;
    let goes = made(
        &shop.rival,
        json!({ "name": "张三丰", "title": "老板", "region": "330106", "address": "龙井路1号",
            "phones": [{ "number": two }, { "number": one }], "custom": { "level": "金", "id_card": "乙" } }),
    )
    .await;
    let chosen = json!({ "name": "other", "title": "this", "phones": "other", "owner": "other",
        "custom": { "level": "other" } });
    merge(&shop.boss, &stays, &goes, chosen).await;
    let row = get(&shop.boss, &stays).await;
    assert_eq!((&row["name"], &row["title"], &row["remark"]), (&json!("张三丰"), &json!("掌柜"), &json!("爱喝龙井")));
    // What is empty here and was not chosen is filled from there.
    assert_eq!((&row["region"], &row["address"]), (&json!("330106"), &json!("龙井路1号")));
    assert_eq!((&row["custom"]["level"], &row["custom"]["id_card"]), (&json!("金"), &json!("*")));
    let card = shop.boss.post(&format!("/customers/{stays}/custom/id_card/reveal"), json!({})).await.ok();
    assert_eq!(card["text"], "甲");
    assert_eq!(row["owner_id"], json!(shop.rival_id));
    // The same number is there once, and theirs is the primary one.
    let reveal = |at: usize| format!("/customers/{stays}/phones/{at}/reveal");
    assert_eq!(row["phones"].as_array().map(Vec::len), Some(2));
    let first = shop.boss.post(&reveal(0), json!({})).await.ok();
    assert!(first["number"].as_str().expect("a number").ends_with(&two), "{first}");
    // The unique value and the phone of the one that is gone belong to this one now.
    let taken = shop.sales.post("/customers", json!({ "name": "王五", "custom": { "level": "金" } })).await;
    assert_eq!(taken.problem(409, "value_taken")["existing"]["name_masked"], "张**");
    shop.sales.post("/customers", json!({ "name": "王五", "custom": { "level": "银", "id_card": "乙" } })).await.ok();
    let taken = shop.sales.post("/customers", json!({ "name": "赵六", "phones": [{ "number": two }] })).await;
    assert_eq!(taken.problem(409, "phone_taken")["existing"]["owner_name"], "王磊");

    let path = format!("/customers/{stays}/merge");
    let body = |other: &str, fields: Value| json!({ "other_id": other, "fields": fields, "versions": { "this": 2, "other": 1 } });
    assert_eq!(shop.boss.post(&path, body(&stays, json!({}))).await.violations(), ["other_id: merge_self"]);
    let odd = body(&goes, json!({ "custom": { "level": "both" } }));
    assert_eq!(shop.boss.post(&path, odd).await.violations(), ["fields.custom.level: enum_invalid"]);
    let odd = body(&goes, json!({ "custom": { "nothing": "this" } }));
    assert_eq!(shop.boss.post(&path, odd).await.violations(), ["fields.custom.nothing: field_unknown"]);
    let gone = body(&goes, json!({}));
    assert_eq!(shop.boss.post(&path, gone).await.violations(), ["other_id: customer_unknown"]);
}

#[actix_web::test]
async fn two_that_have_more_of_something_than_a_record_may_are_not_made_one() {
    let shop = Shop::new().await;
    let one = |field: &str, at: i64| match field {
        "phones" => json!({ "number": phone_number() }),
        "emails" => json!({ "email": format!("zhang{at}@example.com") }),
        "wechat_ids" => json!({ "account": format!("zhang_{at}") }),
        _ => json!({ "label": format!("纪念{at}"), "calendar": "solar", "month": 5, "day": at }),
    };
    for (field, half) in [("phones", 3), ("emails", 3), ("wechat_ids", 3), ("dates", 6)] {
        let with = |from: i64| (from..from + half).map(|at| one(field, at)).collect::<Vec<_>>();
        let stays = made(&shop.sales, json!({ "name": "张三", field: with(1) })).await;
        let goes = made(&shop.sales, json!({ "name": "张三丰", field: with(10) })).await;
        let body = json!({ "other_id": goes, "fields": {}, "versions": { "this": 1, "other": 1 } });
        let refused = shop.boss.post(&format!("/customers/{stays}/merge"), body).await;
        assert_eq!(refused.violations(), [format!("fields.{field}: too_many_together")]);
        assert_eq!(get(&shop.boss, &goes).await["name"], "张三丰");
    }
}

#[actix_web::test]
async fn a_merge_of_versions_that_nobody_has_any_more_is_refused_whole() {
    let shop = Shop::new().await;
    let (stays, goes) = (shop.customer_named("张三").await, shop.customer_named("李四").await);
    let path = format!("/customers/{stays}/merge");
    let body = json!({ "other_id": goes, "versions": { "this": 1, "other": 1 } });
    shop.sales.post(&path, body.clone()).await.problem(403, "forbidden");
    shop.sales.patch(&format!("/customers/{goes}"), 1, json!({ "remark": "改过" })).await.ok();
    let stale = shop.boss.post(&path, body.clone()).await.problem(409, "version_stale");
    assert_eq!(stale["current"]["id"], goes.as_str());
    shop.sales.patch(&format!("/customers/{stays}"), 1, json!({ "remark": "改过" })).await.ok();
    let body = json!({ "other_id": goes, "versions": { "this": 1, "other": 2 } });
    assert_eq!(shop.boss.post(&path, body).await.problem(409, "version_stale")["current"]["id"], stays.as_str());
    for id in [&stays, &goes] {
        assert_eq!(version(&get(&shop.boss, id).await), 2, "nothing was done by half");
    }
    // Asked for twice with one key it is one.
    let body = json!({ "other_id": goes, "versions": { "this": 2, "other": 2 } });
    let once = shop.boss.post_once(&path, "merge-1", body.clone()).await.ok();
    let again = shop.boss.post_once(&path, "merge-1", body).await.ok();
    assert_eq!(once["id"], again["id"]);
    assert_eq!(shop.boss.get("/merges").await.ok()["items"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn whoever_merges_may_change_both() {
    let shop = Shop::new().await;
    let (lead, lead_id) = hire(&shop, "manager", None).await;
    let mine = made(&lead, json!({ "name": "我的" })).await;
    let theirs = made(&shop.rival, json!({ "name": "别人的" })).await;
    let body = |other: &str| json!({ "other_id": other, "versions": { "this": 1, "other": 1 } });
    let unseen = lead.post(&format!("/customers/{mine}/merge"), body(&theirs)).await;
    assert_eq!(unseen.violations(), ["other_id: customer_unknown"]);
    lead.post(&format!("/customers/{theirs}/merge"), body(&mine)).await.problem(404, "not_found");
    let share = |level: &str| json!({ "staff_id": lead_id, "level": level });
    shop.rival.post(&format!("/customers/{theirs}/helpers"), share("read")).await.ok();
    lead.post(&format!("/customers/{mine}/merge"), body(&theirs)).await.problem(403, "row_read_only");
    shop.rival.post(&format!("/customers/{theirs}/helpers"), share("edit")).await.ok();
    let done = merge(&lead, &mine, &theirs, json!({})).await;
    // The rival does not see who stayed, so is told nothing of them.
    shop.rival.get(&format!("/customers/{theirs}")).await.problem(404, "not_found");
    // Another lead sees neither the merge nor a way to undo it.
    let (other, _) = hire(&shop, "manager", None).await;
    assert_eq!(other.get("/merges").await.ok()["items"], json!([]));
    other.post(&format!("/merges/{}/undo", text(&done["id"])), json!({})).await.problem(404, "not_found");
    undo(&lead, &done).await;
    assert_eq!(get(&shop.rival, &theirs).await["name"], "别人的");
}

#[actix_web::test]
async fn what_somebody_changed_since_stays_and_is_reported() {
    let shop = Shop::new().await;
    let stays = made(&shop.sales, json!({ "name": "张三" })).await;
    let goes = made(&shop.sales, json!({ "name": "李四", "title": "掌柜", "remark": "老客" })).await;
    let now = shop.at.clock().now();
    let mut tasks = Vec::new();
    for title in ["回访", "送茶"] {
        let task = json!({ "customer_id": goes, "title": title, "due_at": now + Duration::days(1) });
        tasks.push(shop.sales.post("/tasks", task).await.ok());
    }
    let done = merge(&shop.boss, &stays, &goes, json!({})).await;
    assert_eq!(done["moved"], 2);
    let row = get(&shop.sales, &stays).await;
    assert_eq!((&row["title"], &row["remark"]), (&json!("掌柜"), &json!("老客")));
    shop.sales.patch(&format!("/customers/{stays}"), version(&row), json!({ "remark": "很老的客" })).await.ok();
    let path = format!("/tasks/{}/done", text(&tasks[0]["id"]));
    shop.sales.post_at(&path, version(&tasks[0]), json!({})).await.ok();
    let undone = undo(&shop.boss, &done).await;
    assert_eq!((&undone["kept"], &undone["kept_fields"]), (&json!(1), &json!(["remark"])));
    let detail = shop.boss.get(&format!("/merges/{}", text(&done["id"]))).await.ok();
    assert_eq!(detail["kept_rows"], json!([{ "kind": "tasks", "id": tasks[0]["id"] }]));
    let row = get(&shop.sales, &stays).await;
    assert_eq!((&row["title"], &row["remark"]), (&Value::Null, &json!("很老的客")));
    let (mine, theirs) = (format!("/tasks?customer_id={stays}"), format!("/tasks?customer_id={goes}"));
    assert_eq!(shop.sales.get(&mine).await.ok()["items"][0]["id"], tasks[0]["id"]);
    assert_eq!(shop.sales.get(&theirs).await.ok()["items"][0]["id"], tasks[1]["id"]);
}

#[actix_web::test]
async fn a_merge_that_moves_very_much_goes_on_in_the_background() {
    let shop = Shop::new().await;
    let (stays, goes) = (shop.customer_named("张三").await, shop.customer_named("李四").await);
    let talk = json!({ "channel": "call", "content": "聊了聊" });
    for _ in 0..405 {
        shop.sales.post(&format!("/customers/{goes}/interactions"), talk.clone()).await.ok();
    }
    let done = merge(&shop.boss, &stays, &goes, json!({})).await;
    assert_eq!((&done["state"], &done["moved"]), (&json!("running"), &json!(400)));
    let path = format!("/merges/{}", text(&done["id"]));
    shop.boss.post(&format!("{path}/undo"), json!({})).await.problem(409, "in_progress");
    shop.run_jobs().await;
    let now = shop.boss.get(&path).await.ok();
    assert_eq!((&now["state"], &now["moved"]), (&json!("done"), &json!(405)));
    assert_eq!(undo(&shop.boss, &done).await["state"], "undoing");
    shop.run_jobs().await;
    assert_eq!(shop.boss.get(&path).await.ok()["state"], "undone");
    let talks = crate::guards::samples::pages(&shop.sales, &format!("/customers/{goes}/interactions")).await;
    assert_eq!(talks.len(), 405);
}

#[actix_web::test]
async fn undoing_is_for_thirty_days_and_not_against_somebody_else() {
    let shop = Shop::new().await;
    let number = phone_number();
    let stays = shop.customer_named("张三").await;
    let goes = made(&shop.sales, json!({ "name": "李四", "phones": [{ "number": number }] })).await;
    let done = merge(&shop.boss, &stays, &goes, json!({})).await;
    // The one who stayed gives the number away, and somebody else gets it.
    let row = get(&shop.sales, &stays).await;
    shop.sales.patch(&format!("/customers/{stays}"), version(&row), json!({ "phones": [] })).await.ok();
    let third = made(&shop.sales, json!({ "name": "王五", "phones": [{ "number": number }] })).await;
    let path = format!("/merges/{}/undo", text(&done["id"]));
    shop.boss.post(&path, json!({})).await.problem(409, "undo_blocked");
    assert_eq!(get(&shop.sales, &stays).await["name"], "张三", "nothing was undone by half");
    shop.boss.delete(&format!("/customers/{third}"), 1).await.ok();
    // Merged on, it is the later merge that has to be undone first.
    let last = shop.customer_named("赵六").await;
    let later = merge(&shop.boss, &last, &stays, json!({})).await;
    assert_eq!(
        shop.sales.get(&format!("/customers/{goes}")).await.problem(404, "merged")["existing"]["id"],
        last.as_str()
    );
    shop.boss.post(&path, json!({})).await.problem(409, "merged_on");
    undo(&shop.boss, &later).await;
    shop.advance(Duration::days(30) + Duration::seconds(1)).await;
    shop.run_jobs().await;
    let boss = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    boss.post(&path, json!({})).await.problem(409, "undo_too_late");
    assert_eq!(boss.get("/merges").await.ok()["items"][1]["undo_until"], Value::Null);
    let db = open(&shop).await;
    let kept = format!("SELECT COUNT(*) FROM merges WHERE tenant_id = {} AND `before` IS NOT NULL", shop.tenant);
    assert_eq!(
        select(&db, &kept).await[0].try_get_by_index::<i64>(0).expect("a count"),
        0,
        "what stood before is gone"
    );
}

#[actix_web::test]
async fn erasing_a_person_erases_whom_they_were_merged_from() {
    let shop = Shop::new().await;
    let (one, two) = (phone_number(), phone_number());
    let stays = made(&shop.sales, json!({ "name": "欧阳沈怡然", "phones": [{ "number": one }] })).await;
    let goes =
        made(&shop.sales, json!({ "name": "沈怡然", "remark": "对花生过敏", "phones": [{ "number": two }] })).await;
    let first = shop.customer_named("沈小姐").await;
    merge(&shop.boss, &goes, &first, json!({})).await;
    let done = merge(&shop.boss, &stays, &goes, json!({})).await;
    let erase = |id: &str| format!("/customers/{id}/erase");
    // The tombstone alone is nobody.
    shop.boss.post(&erase(&goes), json!({ "reason": "asked" })).await.problem(404, "merged");
    assert_eq!(shop.boss.post(&erase(&stays), json!({ "reason": "asked" })).await.status, 204);
    for id in [&stays, &goes, &first] {
        shop.boss.get(&format!("/customers/{id}")).await.problem(404, "not_found");
    }
    shop.boss.post(&format!("/merges/{}/undo", text(&done["id"])), json!({})).await.problem(409, "undo_too_late");
    let db = open(&shop).await;
    let left = format!(
        "SELECT (SELECT COUNT(*) FROM customers WHERE tenant_id = {0} AND (person_key IS NOT NULL OR erased_at IS NULL))
              + (SELECT COUNT(*) FROM merges WHERE tenant_id = {0} AND `before` IS NOT NULL)",
        shop.tenant
    );
    assert_eq!(select(&db, &left).await[0].try_get_by_index::<i64>(0).expect("a count"), 0);
    assert_eq!(shop.boss.get("/merges").await.ok()["items"][0]["customer_name"], "已删除");
    assert_eq!(shop.boss.get("/audit/verify").await.ok()["intact"], true);
}
