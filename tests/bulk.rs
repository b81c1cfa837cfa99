//! Bulk actions.

use crate::guards::database::open;
use crate::harness::{Client, Shop, phone_number, text};
use chrono::Duration;
use domain::permission::Role;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

async fn tag(shop: &Shop, name: &str) -> String {
    let group = shop.boss.post("/tag-groups", json!({ "name": format!("组{name}") })).await.ok();
    let body = json!({ "group_id": group["id"], "name": name });
    text(&shop.boss.post("/tags", body).await.ok()["id"])
}

async fn ask(client: &Client, body: Value) -> String {
    let asked = client.post("/customers/bulk", body).await.ok();
    assert_eq!(asked["state"], "running");
    text(&asked["id"])
}

async fn progress(client: &Client, id: &str) -> Value {
    client.get(&format!("/customers/bulk/{id}")).await.ok()
}

/// Names of the customers that a filter of one test finds.
async fn with(client: &Client, field: &str, values: &[&str]) -> usize {
    let test = json!({ "field": field, "op": "any_of", "values": values });
    let filter = json!({ "all": [{ "any": [test] }] });
    let page = client.get(&format!("/customers?limit=100&filter={filter}")).await.ok();
    page["items"].as_array().expect("items").len()
}

#[actix_web::test]
async fn one_change_reaches_everybody_a_filter_finds_and_is_undone() {
    let shop = Shop::new().await;
    let (new, old) = (tag(&shop, "新").await, tag(&shop, "旧").await);
    for at in 0..5 {
        let tags = if at < 2 { json!([old]) } else { json!([]) };
        let kind = if at == 4 { "existing" } else { "potential" };
        let body = json!({ "name": format!("客{at}"), "tag_ids": tags, "type": kind });
        shop.sales.post("/customers", body).await.ok();
    }
    let filter = json!({ "all": [{ "any": [{ "field": "type", "op": "any_of", "values": ["potential"] }] }] });
    let id = ask(
        &shop.boss,
        json!({
            "selection": { "filter": filter }, "add_tags": [new], "remove_tags": [old], "type": "existing",
            "owner_id": shop.rival_id,
        }),
    )
    .await;
    shop.run_jobs().await;
    let done = progress(&shop.boss, &id).await;
    assert_eq!((&done["state"], &done["done"], &done["failed"]), (&json!("done"), &json!(4), &json!(0)));
    assert_eq!(with(&shop.boss, "tag", &[&new]).await, 4);
    assert_eq!(with(&shop.boss, "tag", &[&old]).await, 0);
    assert_eq!(with(&shop.boss, "type", &["existing"]).await, 5);
    assert_eq!(with(&shop.boss, "owner", &[&shop.rival_id.to_string()]).await, 4);

    // One of them gets another type meanwhile: that stays.
    let page = shop.boss.get("/customers?q=客0").await.ok();
    let path = format!("/customers/{}", text(&page["items"][0]["id"]));
    shop.boss
        .patch(&path, page["items"][0]["version"].as_i64().expect("a version"), json!({ "type": "lost" }))
        .await
        .ok();
    shop.rival.post(&format!("/customers/bulk/{id}/undo"), json!({})).await.problem(404, "not_found");
    let undoing = shop.boss.post(&format!("/customers/bulk/{id}/undo"), json!({})).await.ok();
    assert_eq!(undoing["state"], "undoing");
    shop.run_jobs().await;
    let undone = progress(&shop.boss, &id).await;
    assert_eq!((&undone["state"], &undone["undone"]), (&json!("undone"), &json!(3)));
    assert_eq!(with(&shop.boss, "tag", &[&new]).await, 1);
    assert_eq!(with(&shop.boss, "tag", &[&old]).await, 1);
    assert_eq!(with(&shop.boss, "type", &["potential"]).await, 3);
    assert_eq!(with(&shop.boss, "owner", &[&shop.sales_id.to_string()]).await, 4);
    let failures = shop.boss.get(&format!("/customers/bulk/{id}/failures")).await.ok();
    assert_eq!(failures["items"], json!([{ "customer_id": page["items"][0]["id"], "code": "changed_since" }]));
    // Once that is put back, the rest is undone as well, and then nothing is left to undo.
    let version = shop.boss.get(&path).await.ok()["version"].as_i64().expect("a version");
    shop.boss.patch(&path, version, json!({ "type": "existing" })).await.ok();
    shop.boss.post(&format!("/customers/bulk/{id}/undo"), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(progress(&shop.boss, &id).await["undone"], 4);
    assert_eq!(with(&shop.boss, "type", &["potential"]).await, 4);
    shop.boss.post(&format!("/customers/bulk/{id}/undo"), json!({})).await.problem(409, "undo_too_late");
}

#[actix_web::test]
async fn what_one_may_only_look_at_is_left_alone_and_said_so() {
    let shop = Shop::new().await;
    let mine = shop.customer_named("我的").await;
    let theirs = text(&shop.rival.post("/customers", json!({ "name": "别人的" })).await.ok()["id"]);
    let share = json!({ "staff_id": shop.sales_id, "level": "read" });
    shop.rival.post(&format!("/customers/{theirs}/helpers"), share.clone()).await.ok();
    let foreign = text(&shop.rival.post("/customers", json!({ "name": "看不见的" })).await.ok()["id"]);
    let unseen = json!({ "selection": { "ids": [mine, foreign] }, "type": "lost" });
    let refused = shop.sales.post("/customers/bulk", unseen).await;
    assert_eq!(refused.violations(), ["selection.ids.1: customer_unknown"]);
    let id = ask(&shop.sales, json!({ "selection": { "ids": [mine, theirs] }, "type": "lost" })).await;
    shop.run_jobs().await;
    let done = progress(&shop.sales, &id).await;
    assert_eq!((&done["done"], &done["failed"]), (&json!(1), &json!(1)));
    let failures = shop.sales.get(&format!("/customers/bulk/{id}/failures")).await.ok();
    assert_eq!(failures["items"], json!([{ "customer_id": theirs, "code": "row_read_only" }]));
    assert_eq!(with(&shop.boss, "type", &["lost"]).await, 1);
    // However many there are, each is named.
    let more = async |n: usize| {
        let mut ids = Vec::new();
        for at in 0..n {
            let id = text(&shop.rival.post("/customers", json!({ "name": format!("别人{at}") })).await.ok()["id"]);
            shop.rival.post(&format!("/customers/{id}/helpers"), share.clone()).await.ok();
            ids.push(id);
        }
        ids
    };
    let mut left = more(5).await;
    let asked = ask(&shop.sales, json!({ "selection": { "ids": left }, "type": "lost" })).await;
    shop.run_jobs().await;
    let (mut named, mut cursor) = (Vec::new(), String::new());
    for wanted in [2, 2, 1] {
        let page = shop.sales.get(&format!("/customers/bulk/{asked}/failures?limit=2{cursor}")).await.ok();
        let items = page["items"].as_array().expect("items");
        assert_eq!(items.len(), wanted, "{page}");
        named.extend(items.iter().map(|item| text(&item["customer_id"])));
        cursor = page["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    }
    left.sort();
    assert_eq!((named, cursor.as_str()), (left, ""));
    // Nor may one give customers away without the right to.
    let body = json!({ "selection": { "ids": [mine] }, "owner_id": shop.rival_id });
    shop.sales.post("/customers/bulk", body).await.problem(403, "forbidden");
}

#[actix_web::test]
async fn whoever_comes_back_is_back_before_anything_else_of_them_is() {
    let shop = Shop::new().await;
    let body = json!({ "name": "张三丰", "phones": [{ "number": phone_number() }] });
    shop.boss.post("/customers", body).await.ok();
    let all = json!({ "selection": { "filter": {} } });
    let id = text(&shop.boss.post("/customers/bulk/deletions", all).await.ok()["id"]);
    shop.run_jobs().await;
    // Another brings them back in the moment in which the first of them is written.
    let (db, tenant) = (open(&shop).await, shop.tenant);
    let meanwhile = format!(
        "CREATE TRIGGER back_{tenant} AFTER INSERT ON customer_phones FOR EACH ROW BEGIN \
         UPDATE customers SET live = 1 WHERE tenant_id = {tenant} AND id = NEW.customer_id; END"
    );
    db.execute_unprepared(&meanwhile).await.expect("a trigger");
    shop.boss.post(&format!("/customers/bulk/{id}/undo"), json!({})).await.ok();
    shop.run_jobs().await;
    db.execute_unprepared(&format!("DROP TRIGGER back_{tenant}")).await.expect("gone");
    let undone = progress(&shop.boss, &id).await;
    assert_eq!((&undone["state"], &undone["undone"]), (&json!("undone"), &json!(1)));
}

#[actix_web::test]
async fn deleted_by_mistake_comes_back_with_its_phone_and_its_name() {
    let shop = Shop::new().await;
    let (kept, taken) = (phone_number(), phone_number());
    for (name, number) in [("张三丰", &kept), ("李四光", &taken)] {
        shop.sales.post("/customers", json!({ "name": name, "phones": [{ "number": number }] })).await.ok();
    }
    let body = json!({ "selection": { "filter": {} } });
    shop.sales.post("/customers/bulk/deletions", body.clone()).await.problem(403, "forbidden");
    let id = text(&shop.boss.post("/customers/bulk/deletions", body).await.ok()["id"]);
    shop.run_jobs().await;
    assert_eq!(shop.boss.get("/customers").await.ok()["items"], json!([]));
    shop.rival.post("/customers", json!({ "name": "王五", "phones": [{ "number": taken }] })).await.ok();
    shop.boss.post(&format!("/customers/bulk/{id}/undo"), json!({})).await.ok();
    shop.run_jobs().await;
    let undone = progress(&shop.boss, &id).await;
    assert_eq!((&undone["state"], &undone["undone"]), (&json!("undone"), &json!(1)));
    for q in ["zsf", &kept] {
        let page = shop.sales.get(&format!("/customers?q={q}")).await.ok();
        assert_eq!(page["items"][0]["name"], "张三丰", "{q}");
    }
    assert_eq!(shop.boss.get("/customers?q=李四光").await.ok()["items"], json!([]));
}

#[actix_web::test]
async fn a_bulk_action_ends_when_it_is_cancelled_or_whoever_asked_may_no_more() {
    let shop = Shop::new().await;
    for at in 0..3 {
        shop.customer_named(&format!("客{at}")).await;
    }
    let everybody = json!({ "selection": { "filter": {} }, "type": "lost" });
    let id = ask(&shop.boss, everybody.clone()).await;
    let cancelled = shop.boss.post(&format!("/customers/bulk/{id}/cancel"), json!({})).await.ok();
    assert_eq!(cancelled["state"], "cancelled");
    shop.boss.post(&format!("/customers/bulk/{id}/cancel"), json!({})).await.problem(409, "bulk_ended");
    let theirs = ask(&shop.sales, everybody).await;
    api::System::new(&shop.at).set_role(shop.tenant, shop.sales_id, Some(Role::Finance)).await.expect("a role");
    shop.run_jobs().await;
    assert_eq!(progress(&shop.boss, &id).await["done"], 0);
    let ended = progress(&shop.boss, &theirs).await;
    assert_eq!((&ended["state"], &ended["done"]), (&json!("cancelled"), &json!(0)));
    assert_eq!(with(&shop.boss, "type", &["lost"]).await, 0);
}

#[actix_web::test]
async fn undoing_is_for_half_an_hour() {
    let shop = Shop::new().await;
    let customer = shop.customer_named("客").await;
    let id = ask(&shop.sales, json!({ "selection": { "ids": [customer] }, "type": "lost" })).await;
    shop.run_jobs().await;
    assert!(progress(&shop.sales, &id).await["undo_until"].is_string());
    shop.advance(Duration::minutes(31)).await;
    let sales = shop.log_in_again(&shop.sales).await;
    assert!(progress(&sales, &id).await["undo_until"].is_null());
    sales.post(&format!("/customers/bulk/{id}/undo"), json!({})).await.problem(409, "undo_too_late");
    // Who already is as asked counts as done, and there is nothing to record.
    let again = ask(&sales, json!({ "selection": { "ids": [customer] }, "type": "lost" })).await;
    shop.run_jobs().await;
    assert_eq!(progress(&sales, &again).await["state"], "done");
    for (body, said) in [
        (json!({ "selection": {}, "type": "lost" }), "selection: selection_unclear"),
        (json!({ "selection": { "filter": {} } }), ": change_missing"),
        (json!({ "selection": { "filter": {} }, "add_tags": [customer] }), "add_tags.0: tag_unknown"),
        (
            json!({ "type": "lost", "selection": { "filter": { "all": [{ "any": [{ "field": "x", "op": "set" }] }] } } }),
            "selection.filter.all.0.any.0.field: filter_field_unknown",
        ),
    ] {
        assert_eq!(sales.post("/customers/bulk", body).await.violations(), [said]);
    }
}

#[actix_web::test]
async fn a_field_of_the_business_is_filled_for_many_and_put_back() {
    let shop = Shop::new().await;
    let field = async |label: &str, kind: &str, rules: Value| {
        let body = json!({ "label": label, "kind": kind, "rules": rules });
        text(&shop.boss.post("/custom-fields", body).await.ok()["key"])
    };
    let budget = field("预算", "money", json!({})).await;
    let card = field("证件号", "text", json!({ "secret": true })).await;
    let number = field("会员号", "text", json!({ "unique": true })).await;
    let mut ids = Vec::new();
    for (name, held) in [("甲", json!({ &budget: 100 })), ("乙", json!({})), ("丙", json!({ &budget: 500 }))] {
        ids.push(text(&shop.sales.post("/customers", json!({ "name": name, "custom": held })).await.ok()["id"]));
    }
    let held =
        async |at: usize| shop.sales.get(&format!("/customers/{}", ids[at])).await.ok()["custom"][&budget].clone();
    let id = ask(&shop.sales, json!({ "selection": { "ids": ids }, "custom": { &budget: 500 } })).await;
    shop.run_jobs().await;
    let done = progress(&shop.sales, &id).await;
    assert_eq!((&done["done"], &done["changes"]["fields"]), (&json!(3), &json!([budget])));
    assert_eq!(with(&shop.sales, &format!("custom.{budget}"), &["500"]).await, 3);
    // One of them gets another value meanwhile: that stays.
    let version = shop.sales.get(&format!("/customers/{}", ids[1])).await.ok()["version"].as_i64().expect("a version");
    let other = json!({ "custom": { &budget: 700 } });
    shop.sales.patch(&format!("/customers/{}", ids[1]), version, other).await.ok();
    shop.sales.post(&format!("/customers/bulk/{id}/undo"), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!((held(0).await, held(1).await, held(2).await), (json!(100), json!(700), json!(500)));
    for (custom, said) in [
        (json!({ &card: "x" }), format!("custom.{card}: bulk_field_unfit")),
        (json!({ &number: "7" }), format!("custom.{number}: bulk_field_unfit")),
        (json!({ &budget: "viel" }), format!("custom.{budget}: number_invalid")),
        (json!({ "ghost": 1 }), "custom.ghost: unknown_field".to_owned()),
    ] {
        let body = json!({ "selection": { "ids": ids }, "custom": custom });
        assert_eq!(shop.sales.post("/customers/bulk", body).await.violations(), [said]);
    }
}

#[actix_web::test]
async fn a_message_about_many_reaches_whoever_looks_after_each_once() {
    let shop = Shop::new().await;
    let mine = [shop.customer_named("甲").await, shop.customer_named("乙").await];
    let theirs = text(&shop.rival.post("/customers", json!({ "name": "丙" })).await.ok()["id"]);
    let pooled = text(&shop.rival.post("/customers", json!({ "name": "丁" })).await.ok()["id"]);
    let path = format!("/customers/{pooled}/release");
    shop.rival.post_at(&path, 1, json!({ "reason": "联系不上" })).await.ok();
    let body = json!({ "selection": { "filter": {} }, "message": "新茶到了，请回访" });
    let id = ask(&shop.boss, body).await;
    shop.run_jobs().await;
    let done = progress(&shop.boss, &id).await;
    assert_eq!((&done["done"], &done["failed"], &done["undo_until"]), (&json!(3), &json!(1), &Value::Null));
    assert_eq!(done["changes"]["message"], "新茶到了，请回访");
    let failures = shop.boss.get(&format!("/customers/bulk/{id}/failures")).await.ok();
    assert_eq!(failures["items"], json!([{ "customer_id": pooled, "code": "in_pool" }]));
    for (client, customers) in [(&shop.sales, mine.to_vec()), (&shop.rival, vec![theirs]), (&shop.boss, vec![])] {
        let inbox = client.get("/inbox").await.ok();
        let mut about: Vec<String> =
            inbox["items"].as_array().expect("items").iter().map(|item| text(&item["customer_id"])).collect();
        about.sort();
        let mut customers = customers;
        customers.sort();
        assert_eq!(about, customers);
        for item in inbox["items"].as_array().expect("items") {
            assert_eq!((&item["kind"], &item["title"]), (&json!("customer_message"), &json!("新茶到了，请回访")));
            assert_eq!(item["task_id"], Value::Null, "it is of no task");
        }
    }
    // Said is said.
    shop.boss.post(&format!("/customers/bulk/{id}/undo"), json!({})).await.problem(409, "undo_too_late");
}

#[actix_web::test]
async fn a_change_of_the_type_asks_for_what_then_applies_as_the_form_does() {
    let shop = Shop::new().await;
    let field = async |key: &str, label: &str, of: &str, required: bool| {
        let condition = json!({ "field": "customer-type", "op": "is", "value": of });
        let rules = json!({ "required": required, "condition": condition });
        let body = json!({ "key": key, "label": label, "kind": "text", "rules": rules });
        shop.boss.post("/custom-fields", body).await.ok();
    };
    field("card", "会员卡", "existing", true).await;
    field("level", "等级", "existing", true).await;
    field("wish", "意向", "potential", false).await;
    let body = json!({ "name": "张三", "custom": { "wish": "明前" } });
    let id = text(&shop.sales.post("/customers", body).await.ok()["id"]);
    let now = async || shop.sales.get(&format!("/customers/{id}")).await.ok();
    let selection = json!({ "ids": [id] });
    let asked = ask(&shop.boss, json!({ "selection": selection, "type": "existing" })).await;
    shop.run_jobs().await;
    let done = progress(&shop.boss, &asked).await;
    assert_eq!((&done["done"], &done["failed"]), (&json!(0), &json!(1)));
    let failures = shop.boss.get(&format!("/customers/bulk/{asked}/failures")).await.ok();
    let why = json!([{ "customer_id": id, "code": "required", "fields": ["custom.card", "custom.level"] }]);
    assert_eq!(failures["items"], why);
    assert_eq!(now().await["type"], "potential");

    let custom = json!({ "card": "普卡", "level": "一" });
    let asked = ask(&shop.boss, json!({ "selection": selection, "type": "existing", "custom": custom })).await;
    shop.run_jobs().await;
    assert_eq!(progress(&shop.boss, &asked).await["done"], 1);
    let after = now().await;
    // What does not apply any more is gone, as from a form.
    assert_eq!((&after["type"], &after["custom"]), (&json!("existing"), &custom));
    shop.boss.post(&format!("/customers/bulk/{asked}/undo"), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(progress(&shop.boss, &asked).await["undone"], 1);
    let back = now().await;
    assert_eq!((&back["type"], &back["custom"]), (&json!("potential"), &json!({ "wish": "明前" })));
    // The type alone is put back too, with what it took away.
    let asked = ask(&shop.boss, json!({ "selection": selection, "type": "lost" })).await;
    shop.run_jobs().await;
    assert_eq!(now().await["custom"], json!({}));
    shop.boss.post(&format!("/customers/bulk/{asked}/undo"), json!({})).await.ok();
    shop.run_jobs().await;
    let back = now().await;
    assert_eq!((&back["type"], &back["custom"]), (&json!("potential"), &json!({ "wish": "明前" })));
}

/// It is a hand-over by another name, for which a manager has the right and nothing else asks.
#[actix_web::test]
async fn whomever_a_filter_finds_get_another_owner_with_a_second_look_only() {
    let shop = Shop::new().await;
    let customer = shop.customer_named("张三").await;
    let (manager, id) = crate::rights::hire(&shop, "manager", None).await;
    let team = text(&shop.boss.post("/teams", json!({ "name": "一队", "lead_id": id })).await.ok()["id"]);
    let sales = shop.sales_id.to_string();
    let at = crate::invitations::version(&shop, &sales).await;
    shop.boss.patch(&format!("/staff/{sales}"), at, json!({ "team_id": team })).await.ok();
    shop.advance(Duration::seconds(3)).await;
    let theirs = json!({ "all": [{ "any": [{ "field": "owner", "op": "any_of", "values": [sales] }] }] });
    let all = json!({ "selection": { "filter": theirs }, "owner_id": id });
    manager.post("/customers/bulk", all.clone()).await.problem(403, "step_up_required");
    // One by one, and whatever else is done to those whom it finds, is everyday work.
    ask(&manager, json!({ "selection": { "ids": [customer] }, "owner_id": id })).await;
    ask(&manager, json!({ "selection": { "filter": theirs }, "type": "existing" })).await;
    shop.run_jobs().await;
    ask(&shop.step_up(&manager).await, all).await;
}

#[actix_web::test]
async fn whoever_comes_back_is_nobodys_who_left_meanwhile() {
    let shop = Shop::new().await;
    let (leaver, id) = crate::rights::hire(&shop, "sales", None).await;
    let deleted = text(&leaver.post("/customers", json!({ "name": "张三" })).await.ok()["id"]);
    let [stays, goes] = ["李四", "王五"].map(|name| json!({ "name": name }));
    let (stays, goes) = (crate::merge::made(&leaver, stays).await, crate::merge::made(&leaver, goes).await);
    let other = crate::merge::made(&shop.sales, json!({ "name": "赵六" })).await;
    let bulk = shop.boss.post("/customers/bulk/deletions", json!({ "selection": { "ids": [deleted] } })).await.ok();
    shop.run_jobs().await;
    // One of theirs becomes a colleague's, and one goes into a colleague's.
    let taken = crate::merge::merge(&shop.boss, &stays, &other, json!({ "owner": "other" })).await;
    let into = crate::merge::made(&shop.rival, json!({ "name": "钱七" })).await;
    let given = crate::merge::merge(&shop.boss, &into, &goes, json!({})).await;
    let at = crate::invitations::version(&shop, &id).await;
    shop.boss.post_at(&format!("/staff/{id}/suspend"), at, json!({})).await.ok();

    shop.boss.post(&format!("/customers/bulk/{}/undo", text(&bulk["id"])), json!({})).await.ok();
    shop.run_jobs().await;
    let owner = async |id: &str| shop.boss.get(&format!("/customers/{id}")).await.ok()["owner_id"].clone();
    assert_eq!(owner(&deleted).await, json!(shop.boss_id), "whoever brings them back has them");
    let said = shop.boss.get(&format!("/audit?action=assign&resource_id={deleted}")).await.ok();
    assert_eq!(said["items"][0]["changes"], json!({ "from": id, "to": shop.boss_id }), "{said}");
    let undone = crate::merge::undo(&shop.boss, &taken).await;
    assert_eq!(undone["kept_fields"], json!(["owner_id"]), "{undone}");
    assert_eq!(owner(&stays).await, json!(shop.sales_id), "whoever has them now keeps them");
    assert_eq!(owner(&other).await, json!(shop.sales_id));
    crate::merge::undo(&shop.boss, &given).await;
    assert_eq!(owner(&goes).await, json!(shop.boss_id));
    assert_eq!(owner(&into).await, json!(shop.rival_id));
    // Nor does a merge give somebody to them.
    let theirs = json!({ "other_id": stays, "fields": { "owner": "other" }, "versions": { "this": 1, "other": 1 } });
    let left = crate::merge::made(&shop.rival, json!({ "name": "孙八" })).await;
    let at = crate::invitations::version(&shop, &shop.sales_id.to_string()).await;
    shop.boss.post_at(&format!("/staff/{}/suspend", shop.sales_id), at, json!({})).await.ok();
    let refused = shop.boss.post(&format!("/customers/{left}/merge"), theirs).await;
    assert_eq!(refused.violations(), ["fields.owner: owner_unknown"]);
}

/// A run of the job takes twenty batches of a hundred; then others get their turn.
#[actix_web::test]
async fn an_owner_who_leaves_between_two_batches_gets_no_more_of_them() {
    let shop = Shop::new().await;
    let rows: String = (0..2001).map(|at| format!("客户{at}\n")).collect();
    crate::transfer::import(&shop, &shop.boss, &format!("姓名\n{rows}"), json!({})).await;
    let filter = json!({ "all": [{ "any": [{ "field": "type", "op": "any_of", "values": ["potential"] }] }] });
    let id = ask(&shop.boss, json!({ "selection": { "filter": filter }, "owner_id": shop.rival_id })).await;
    api::run_due(&shop.at, shop.tenant).await.expect("a turn");
    let half = progress(&shop.boss, &id).await;
    assert_eq!((&half["state"], &half["done"]), (&json!("running"), &json!(2000)));
    let rival = shop.rival_id.to_string();
    let at = crate::invitations::version(&shop, &rival).await;
    shop.boss.post_at(&format!("/staff/{rival}/suspend"), at, json!({})).await.ok();
    shop.run_jobs().await;
    let ended = progress(&shop.boss, &id).await;
    assert_eq!((&ended["state"], &ended["done"]), (&json!("cancelled"), &json!(2000)));
    assert_eq!(with(&shop.boss, "owner", &[&shop.boss_id.to_string()]).await, 1, "what was not done is as it was");
}

#[actix_web::test]
async fn whom_an_undo_could_not_bring_back_comes_with_the_next_one() {
    let shop = Shop::new().await;
    let number = phone_number();
    let body = json!({ "name": "甲", "phones": [{ "number": number }] });
    let gone = text(&shop.boss.post("/customers", body).await.ok()["id"]);
    let asked = json!({ "selection": { "ids": [gone] } });
    let id = text(&shop.boss.post("/customers/bulk/deletions", asked).await.ok()["id"]);
    shop.run_jobs().await;
    let body = json!({ "name": "乙", "phones": [{ "number": number }] });
    let other = text(&shop.boss.post("/customers", body).await.ok()["id"]);
    let undo = async || {
        shop.boss.post(&format!("/customers/bulk/{id}/undo"), json!({})).await.ok();
        shop.run_jobs().await;
        progress(&shop.boss, &id).await
    };
    let until = progress(&shop.boss, &id).await["undo_until"].clone();
    let kept = undo().await;
    assert_eq!((&kept["undone"], &kept["undo_until"]), (&json!(0), &until), "{kept}");
    let failures = shop.boss.get(&format!("/customers/bulk/{id}/failures")).await.ok();
    assert_eq!(failures["items"], json!([{ "customer_id": gone, "code": "phone_taken" }]));
    shop.boss.delete(&format!("/customers/{other}"), 1).await.ok();
    let back = undo().await;
    assert_eq!((&back["undone"], &back["undo_until"]), (&json!(1), &Value::Null), "{back}");
    shop.boss.get(&format!("/customers/{gone}")).await.ok();
}
