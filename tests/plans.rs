//! Follow-up plans: who gets one, how it goes on from stage to stage, and what ends it.

use crate::harness::{Client, Home, Shop, phone_number, text, until};
use crate::merge::{merge, undo};
use crate::pools::release;
use crate::transfer::{counts, import};
use chrono::Duration;
use reqwest::Method;
use sea_orm::{ConnectionTrait as _, Database, DatabaseBackend, DatabaseConnection, Statement};
use serde_json::{Value, json};

pub async fn tag(boss: &Client, name: &str) -> String {
    let group = boss.post("/tag-groups", json!({ "name": format!("组{name}") })).await.ok();
    text(&boss.post("/tags", json!({ "group_id": group["id"], "name": name })).await.ok()["id"])
}

/// 打招呼 at once, 回访 three days later; then 邀请到店.
fn stages() -> Value {
    json!([
        { "name": "初次联系", "goal": "加上微信", "tasks": [
            { "title": "打招呼", "after_days": 0, "at": "11:30" }, { "title": "回访", "after_days": 3 },
        ] },
        { "name": "邀约", "tasks": [{ "title": "邀请到店", "after_days": 7, "at": "09:00" }] },
    ])
}

pub async fn plan(boss: &Client, name: &str, tag: &str) -> String {
    let body = json!({ "name": name, "tag_id": tag, "stages": stages() });
    let made = boss.post("/plans", body).await.ok();
    assert_eq!((&made["enabled"], &made["version"]), (&json!(false), &json!(1)));
    text(&made["id"])
}

/// A plan that is switched on.
pub async fn running(boss: &Client, name: &str, tag: &str) -> String {
    let id = plan(boss, name, tag).await;
    boss.patch(&format!("/plans/{id}"), 1, json!({ "enabled": true })).await.ok();
    id
}

pub async fn again(shop: &Shop, client: &Client) -> Client {
    shop.log_in_again(client).await.act_in(shop.tenant).await
}

pub async fn customer(client: &Client, name: &str, tags: &[&str]) -> String {
    text(&client.post("/customers", json!({ "name": name, "tag_ids": tags })).await.ok()["id"])
}

pub async fn retag(client: &Client, id: &str, add: &[&str], remove: &[&str]) {
    client.post(&format!("/customers/{id}/tags"), json!({ "add": add, "remove": remove })).await.ok();
}

/// The plans that a customer is in: name and stage.
pub async fn plans(client: &Client, id: &str) -> Vec<String> {
    let found = client.get(&format!("/customers/{id}/plans")).await.ok();
    let items = found["items"].as_array().expect("items");
    items.iter().map(|item| format!("{} {}/{}", text(&item["name"]), item["stage"], item["stages"])).collect()
}

/// Tasks of a customer: title and status, those of plans with a star.
pub async fn tasks(client: &Client, id: &str, status: &str) -> Vec<String> {
    let found = client.get(&format!("/tasks?customer_id={id}&status={status}&limit=100")).await.ok();
    let title = |task: &Value| format!("{}{}", text(&task["title"]), if task["by_plan"] == true { "*" } else { "" });
    let mut titles: Vec<String> = found["items"].as_array().expect("items").iter().map(title).collect();
    titles.sort();
    titles
}

/// Does the open tasks of a customer, and waits until that cannot be taken back.
pub async fn work(shop: &Shop, client: &Client, id: &str) {
    let found = client.get(&format!("/tasks?customer_id={id}&status=open")).await.ok();
    for task in found["items"].as_array().expect("items") {
        let version = task["version"].as_i64().expect("a version");
        client.post_at(&format!("/tasks/{}/done", text(&task["id"])), version, json!({})).await.ok();
    }
    shop.advance(Duration::seconds(10)).await;
    shop.run_jobs().await;
}

#[actix_web::test]
async fn whoever_gets_the_tag_gets_the_plan_stage_by_stage() {
    let shop = Shop::new().await;
    let new = tag(&shop.boss, "新客").await;
    let id = customer(&shop.sales, "张三", &[]).await;
    running(&shop.boss, "新客户跟进", &new).await;
    shop.run_jobs().await;
    retag(&shop.sales, &id, &[&new], &[]).await;
    shop.run_jobs().await;
    let now = shop.sales.get(&format!("/customers/{id}/plans")).await.ok()["items"][0].clone();
    assert_eq!((&now["stage"], &now["stages"], &now["stage_name"]), (&json!(1), &json!(2), &json!("初次联系")));
    assert_eq!((&now["goal"], &now["tasks"], &now["done"]), (&json!("加上微信"), &json!(2), &json!(0)));
    // Half past eleven in China, and three days later at ten.
    assert_eq!((&now["next"]["title"], &now["next"]["due_at"]), (&json!("打招呼"), &json!("2026-11-21T03:30:00Z")));
    let found = shop.sales.get(&format!("/tasks?customer_id={id}")).await.ok();
    let talk = found["items"].as_array().expect("items").iter().find(|task| task["title"] == "回访").expect("one");
    assert_eq!((&talk["due_at"], &talk["assignee_id"]), (&json!("2026-11-24T02:00:00Z"), &json!(shop.sales_id)));
    assert_eq!(tasks(&shop.sales, &id, "open").await, ["回访*", "打招呼*"]);
    // The tag given once more, by somebody who did not see it, begins nothing anew.
    retag(&shop.sales, &id, &[&new], &[]).await;
    shop.advance(Duration::hours(2)).await;
    shop.run_jobs().await;
    let sales = again(&shop, &shop.sales).await;
    assert_eq!(sales.get("/inbox").await.ok()["items"][0]["title"], "打招呼");
    // The next stage begins when the present one is done, and counts from that day.
    shop.advance(Duration::days(5)).await;
    let sales = again(&shop, &shop.sales).await;
    let boss = again(&shop, &shop.boss).await;
    work(&shop, &sales, &id).await;
    assert_eq!(plans(&sales, &id).await, ["新客户跟进 2/2"]);
    let now = sales.get(&format!("/customers/{id}/plans")).await.ok()["items"][0].clone();
    assert_eq!((&now["goal"], &now["tasks"], &now["done"]), (&json!(null), &json!(1), &json!(0)));
    assert_eq!(now["next"]["due_at"], "2026-12-03T01:00:00Z");
    work(&shop, &sales, &id).await;
    assert_eq!(plans(&sales, &id).await, Vec::<String>::new());
    assert_eq!(tasks(&sales, &id, "done").await, ["回访*", "打招呼*", "邀请到店*"]);
    // Been through: only who gets the tag anew begins anew.
    retag(&sales, &id, &[&new], &[]).await;
    shop.run_jobs().await;
    assert_eq!(plans(&sales, &id).await, Vec::<String>::new());
    retag(&sales, &id, &[], &[&new]).await;
    retag(&sales, &id, &[&new], &[]).await;
    shop.run_jobs().await;
    assert_eq!(plans(&sales, &id).await, ["新客户跟进 1/2"], "taken off and put on before anybody looked");
    for (action, times) in [("plan_begin", 2), ("plan_end", 1)] {
        let entries = boss.get(&format!("/audit?resource_id={id}&action={action}")).await.ok();
        assert_eq!(entries["items"].as_array().map(Vec::len), Some(times), "{action}");
    }
}

#[actix_web::test]
async fn a_plan_that_is_said_to_be_on_once_more_is_not_switched() {
    let shop = Shop::new().await;
    let new = tag(&shop.boss, "新客").await;
    let id = customer(&shop.sales, "张三", &[]).await;
    running(&shop.boss, "新客户跟进", &new).await;
    shop.run_jobs().await;
    retag(&shop.sales, &id, &[&new], &[]).await;
    shop.advance(Duration::seconds(1)).await;
    let plan = shop.boss.get("/plans").await.ok()["items"][0].clone();
    let path = format!("/plans/{}", text(&plan["id"]));
    let version = plan["version"].as_i64().expect("a version");
    shop.boss.patch(&path, version, json!({ "name": "新客", "enabled": true })).await.ok();
    shop.run_jobs().await;
    assert_eq!(shop.sales.get(&format!("/customers/{id}/plans")).await.ok()["items"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn however_the_tag_comes_the_plan_comes_with_it() {
    let shop = Shop::new().await;
    let (new, old) = (tag(&shop.boss, "新客").await, tag(&shop.boss, "老客").await);
    running(&shop.boss, "跟进", &new).await;
    let typed = customer(&shop.sales, "甲", &[&new]).await;
    let bulk = customer(&shop.sales, "乙", &[]).await;
    let ruled = text(&shop.sales.post("/customers", json!({ "name": "丙", "region": "330106" })).await.ok()["id"]);
    let merged = customer(&shop.sales, "丁", &[&old]).await;
    let body = json!({ "selection": { "ids": [bulk] }, "add_tags": [new] });
    shop.boss.post("/customers/bulk", body).await.ok();
    let near = json!({ "all": [{ "any": [{ "field": "region", "op": "any_of", "values": ["330000"] }] }] });
    shop.boss.post("/tag-rules", json!({ "tag_id": new, "filter": near, "enabled": true })).await.ok();
    let file = format!("姓名,手机,标签\n戊,{},新客\n", phone_number());
    assert_eq!(counts(&import(&shop, &shop.boss, &file, json!({ "mode": "create" })).await), [1, 0, 0, 0]);
    shop.boss.post_at(&format!("/tags/{old}/merge"), 1, json!({ "into": new })).await.ok();
    shop.run_jobs().await;
    let imported = shop.boss.get("/customers?q=戊").await.ok();
    for id in [typed, bulk, ruled, text(&imported["items"][0]["id"])] {
        assert_eq!(plans(&shop.boss, &id).await, ["跟进 1/2"]);
        assert_eq!(tasks(&shop.boss, &id, "open").await.len(), 2);
    }
    // A tag that became another one is nothing new to whoever had it.
    assert_eq!(plans(&shop.boss, &merged).await, Vec::<String>::new());
    // What a plan does is nobody's change to a customer: an import can be taken back.
    let imports = shop.boss.get("/imports").await.ok();
    let path = format!("/imports/{}", text(&imports["items"][0]["id"]));
    shop.boss.post(&format!("{path}/revert"), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(shop.boss.get(&path).await.ok()["reverted"], 1);
}

#[actix_web::test]
async fn a_plan_ends_with_the_tag_when_somebody_stops_it_and_when_it_is_switched_off() {
    let shop = Shop::new().await;
    let new = tag(&shop.boss, "新客").await;
    let had = customer(&shop.sales, "先有", &[&new]).await;
    let id = plan(&shop.boss, "跟进", &new).await;
    let path = format!("/plans/{id}");
    let gone = customer(&shop.sales, "去掉", &[&new]).await;
    shop.run_jobs().await;
    assert_eq!(plans(&shop.sales, &gone).await, Vec::<String>::new(), "it is off");
    let uses = shop.boss.get(&format!("{path}/uses")).await.ok();
    assert_eq!(uses, json!({ "running": 0, "tasks": 0, "gains": 2, "capped": false }));
    let refused = shop.boss.patch(&path, 1, json!({ "existing": true })).await;
    assert_eq!(refused.violations(), ["existing: existing_off"]);
    shop.boss.patch(&path, 1, json!({ "enabled": true, "existing": true })).await.ok();
    shop.run_jobs().await;
    let uses = shop.boss.get(&format!("{path}/uses")).await.ok();
    assert_eq!(uses, json!({ "running": 2, "tasks": 4, "gains": 0, "capped": false }));
    // A task that somebody made by hand is not the plan's.
    let by_hand = json!({ "customer_id": gone, "title": "寄样品", "due_at": shop.at.clock().now() });
    shop.sales.post("/tasks", by_hand).await.ok();
    retag(&shop.sales, &gone, &[], &[&new]).await;
    shop.run_jobs().await;
    assert_eq!(tasks(&shop.sales, &gone, "open").await, ["寄样品"]);
    assert_eq!(tasks(&shop.sales, &gone, "cancelled").await, ["回访*", "打招呼*"]);
    // Stopped it stays stopped while the tag stays; a colleague who does not see the customer cannot.
    let run = text(&shop.sales.get(&format!("/customers/{had}/plans")).await.ok()["items"][0]["id"]);
    let stop = format!("/customers/{had}/plans/{run}/stop");
    shop.rival.post(&stop, json!({})).await.problem(404, "not_found");
    shop.sales.post(&format!("/customers/{gone}/plans/{run}/stop"), json!({})).await.problem(404, "not_found");
    for _ in 0..2 {
        assert_eq!(shop.sales.post(&stop, json!({})).await.status, 204);
    }
    retag(&shop.sales, &had, &[&new], &[]).await;
    shop.run_jobs().await;
    assert_eq!((plans(&shop.sales, &had).await.len(), tasks(&shop.sales, &had, "open").await.len()), (0, 0));
    // Off: open tasks are called off; on again it begins anew with whoever has the tag, if one wants that.
    retag(&shop.sales, &gone, &[&new], &[]).await;
    shop.run_jobs().await;
    shop.boss.patch(&path, 2, json!({ "enabled": false })).await.ok();
    shop.run_jobs().await;
    assert_eq!(tasks(&shop.sales, &gone, "open").await, ["寄样品"]);
    assert_eq!(shop.boss.get(&format!("{path}/uses")).await.ok()["gains"], 1);
    shop.boss.patch(&path, 3, json!({ "enabled": true, "existing": true })).await.ok();
    shop.run_jobs().await;
    assert_eq!(
        (plans(&shop.sales, &gone).await, plans(&shop.sales, &had).await.len()),
        (vec!["跟进 1/2".to_owned()], 0)
    );
    shop.boss.delete(&path, 4).await.ok();
    shop.run_jobs().await;
    assert_eq!(tasks(&shop.sales, &gone, "open").await, ["寄样品"]);
    assert_eq!(plans(&shop.sales, &gone).await, Vec::<String>::new());
}

#[actix_web::test]
async fn a_plan_follows_whoever_looks_after_the_customer_and_waits_while_nobody_does() {
    let shop = Shop::new().await;
    let pool = text(&shop.boss.post("/pools", json!({ "name": "大公海", "everyone": true })).await.ok()["id"]);
    let new = tag(&shop.boss, "新客").await;
    running(&shop.boss, "跟进", &new).await;
    let id = customer(&shop.sales, "张三", &[&new]).await;
    let path = format!("/customers/{id}");
    shop.run_jobs().await;
    work(&shop, &shop.sales, &id).await;
    assert_eq!(plans(&shop.sales, &id).await, ["跟进 2/2"]);
    // Given to a colleague, the task is hers.
    let version = shop.boss.get(&path).await.ok()["version"].as_i64().expect("a version");
    shop.boss.patch(&path, version, json!({ "owner_id": shop.rival_id })).await.ok();
    shop.run_jobs().await;
    let task = shop.boss.get(&format!("/tasks?customer_id={id}&status=open")).await.ok()["items"][0].clone();
    assert_eq!((&task["title"], &task["assignee_id"]), (&json!("邀请到店"), &json!(shop.rival_id)));
    // In a pool nobody has anything to do; whoever takes them begins with the stage they are in.
    release(&shop.rival, &id, &pool).await;
    shop.run_jobs().await;
    assert_eq!(tasks(&shop.boss, &id, "open").await, Vec::<String>::new());
    assert_eq!(shop.boss.get(&format!("{path}/plans")).await.ok()["items"][0]["waiting"], true);
    shop.sales.post(&format!("{path}/claim"), json!({})).await.ok();
    shop.run_jobs().await;
    let task = shop.sales.get(&format!("/tasks?customer_id={id}&status=open")).await.ok()["items"][0].clone();
    assert_eq!((&task["title"], &task["assignee_id"]), (&json!("邀请到店"), &json!(shop.sales_id)));
    assert_eq!(plans(&shop.sales, &id).await, ["跟进 2/2"]);
    // Whoever gets the tag in a pool waits likewise.
    let other = customer(&shop.sales, "李四", &[]).await;
    release(&shop.sales, &other, &pool).await;
    let body = json!({ "selection": { "ids": [other] }, "add_tags": [new] });
    shop.boss.post("/customers/bulk", body).await.ok();
    shop.run_jobs().await;
    assert_eq!(tasks(&shop.boss, &other, "open").await, Vec::<String>::new());
    shop.rival.post(&format!("/customers/{other}/claim"), json!({})).await.ok();
    shop.run_jobs().await;
    let waits = plans(&shop.rival, &other).await;
    assert!(waits == ["跟进 1/2"] || waits.is_empty(), "{waits:?}");
}

#[actix_web::test]
async fn of_two_records_that_become_one_the_plan_that_is_further_along_goes_on() {
    let shop = Shop::new().await;
    let (new, vip) = (tag(&shop.boss, "新客").await, tag(&shop.boss, "贵宾").await);
    running(&shop.boss, "跟进", &new).await;
    running(&shop.boss, "贵宾跟进", &vip).await;
    let stays = customer(&shop.sales, "张三", &[&new]).await;
    let goes = customer(&shop.sales, "张三丰", &[&new, &vip]).await;
    shop.run_jobs().await;
    let found = shop.sales.get(&format!("/customers/{goes}/plans")).await.ok();
    let run =
        found["items"].as_array().expect("items").iter().find(|item| item["name"] == "跟进").expect("one").clone();
    // The one who goes is further along with one of them.
    let open = shop.sales.get(&format!("/tasks?customer_id={goes}&status=open")).await.ok();
    let nexts = [&run["next"]["id"]];
    let first = open["items"].as_array().expect("items").iter().find(|task| nexts.contains(&&task["id"])).expect("one");
    let version = first["version"].as_i64().expect("a version");
    shop.sales.post_at(&format!("/tasks/{}/done", text(&first["id"])), version, json!({})).await.ok();
    let rest = shop.sales.get(&format!("/customers/{goes}/plans")).await.ok();
    let rest =
        rest["items"].as_array().expect("items").iter().find(|item| item["name"] == "跟进").expect("one").clone();
    shop.sales.post_at(&format!("/tasks/{}/done", text(&rest["next"]["id"])), 1, json!({})).await.ok();
    shop.advance(Duration::seconds(10)).await;
    shop.run_jobs().await;
    let mut before = plans(&shop.sales, &goes).await;
    before.sort();
    assert_eq!(before, ["贵宾跟进 1/2", "跟进 2/2"]);

    let done = merge(&shop.boss, &stays, &goes, json!({})).await;
    shop.run_jobs().await;
    let mut now = plans(&shop.sales, &stays).await;
    now.sort();
    assert_eq!(now, ["贵宾跟进 1/2", "跟进 2/2"]);
    assert_eq!(tasks(&shop.sales, &stays, "cancelled").await, ["回访*", "打招呼*"]);
    assert_eq!(tasks(&shop.sales, &stays, "open").await, ["回访*", "打招呼*", "邀请到店*"]);

    undo(&shop.boss, &done).await;
    shop.run_jobs().await;
    let mut back = plans(&shop.sales, &goes).await;
    back.sort();
    assert_eq!(back, ["贵宾跟进 1/2", "跟进 2/2"]);
    // That of the one who stayed was ended by the merge alone, so it goes on.
    assert_eq!(plans(&shop.sales, &stays).await, ["跟进 1/2"]);
    assert_eq!(tasks(&shop.sales, &stays, "open").await, ["回访*", "打招呼*"]);
}

#[actix_web::test]
async fn a_tag_that_goes_takes_its_plan_along_once_it_cannot_come_back() {
    let shop = Shop::new().await;
    let (new, old) = (tag(&shop.boss, "新客").await, tag(&shop.boss, "老客").await);
    let heir = tag(&shop.boss, "会员").await;
    running(&shop.boss, "跟进", &new).await;
    running(&shop.boss, "维护", &old).await;
    let first = customer(&shop.sales, "甲", &[&new]).await;
    let second = customer(&shop.sales, "乙", &[&old]).await;
    shop.run_jobs().await;
    shop.boss.delete(&format!("/tags/{new}"), 1).await.ok();
    shop.boss.post_at(&format!("/tags/{old}/merge"), 1, json!({ "into": heir })).await.ok();
    shop.run_jobs().await;
    let waiting = shop.boss.get("/plans").await.ok()["items"].clone();
    assert!(waiting.as_array().expect("plans").iter().all(|plan| plan["tag_gone"] == true), "{waiting}");
    assert_eq!(tasks(&shop.sales, &first, "open").await.len(), 2);
    // Back within half an hour nothing has happened.
    shop.boss.post(&format!("/tags/{new}/restore"), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(
        (plans(&shop.sales, &first).await, plans(&shop.sales, &second).await.len()),
        (vec!["跟进 1/2".into()], 1)
    );
    shop.boss.delete(&format!("/tags/{new}"), 3).await.ok();
    shop.advance(Duration::hours(1)).await;
    shop.run_jobs().await;
    let (boss, sales) = (again(&shop, &shop.boss).await, again(&shop, &shop.sales).await);
    assert_eq!(tasks(&sales, &first, "open").await, Vec::<String>::new());
    // That of a tag that became another one is that one's.
    let left = boss.get("/plans").await.ok();
    assert_eq!((&left["items"][0]["name"], &left["items"][0]["tag_id"]), (&json!("维护"), &json!(heir)));
    assert_eq!(left["items"][0]["tag_gone"], false);
    assert_eq!(left["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (plans(&sales, &second).await, tasks(&sales, &second, "open").await.len()),
        (vec!["维护 1/2".into()], 2)
    );
}

#[actix_web::test]
async fn a_customer_who_is_deleted_or_erased_has_nothing_left_to_do() {
    let shop = Shop::new().await;
    let new = tag(&shop.boss, "新客").await;
    let id = running(&shop.boss, "跟进", &new).await;
    let deleted = customer(&shop.sales, "甲", &[&new]).await;
    let number = phone_number();
    let body = json!({ "name": "乙", "tag_ids": [new], "phones": [{ "number": number }] });
    let erased = text(&shop.sales.post("/customers", body).await.ok()["id"]);
    shop.run_jobs().await;
    // What is kept about somebody says so.
    let person = shop.customer(&number).await;
    let kept = person.get("/me/data").await.ok()["records"][0]["plans"].clone();
    assert_eq!((&kept[0]["ended_at"], &kept[0]["name"]), (&json!(null), &json!(null)), "{kept}");
    assert!(kept[0]["started_at"].is_string());
    let selection = json!({ "selection": { "ids": [deleted] } });
    let bulk = text(&shop.boss.post("/customers/bulk/deletions", selection).await.ok()["id"]);
    shop.boss.post(&format!("/customers/{erased}/erase"), json!({ "reason": "asked" })).await;
    shop.run_jobs().await;
    let uses = shop.boss.get(&format!("/plans/{id}/uses")).await.ok();
    assert_eq!(uses, json!({ "running": 0, "tasks": 0, "gains": 0, "capped": false }));
    // Whoever comes back goes on where they were.
    shop.boss.post(&format!("/customers/bulk/{bulk}/undo"), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(
        (plans(&shop.sales, &deleted).await, tasks(&shop.sales, &deleted, "open").await.len()),
        (vec!["跟进 1/2".into()], 2)
    );
}

#[actix_web::test]
async fn a_plan_is_of_a_tag_that_is_there_and_says_what_is_done_when() {
    let shop = Shop::new().await;
    let (_, neighbour) = shop.neighbour().await;
    let (new, theirs) = (tag(&shop.boss, "新客").await, tag(&neighbour, "新客").await);
    let body = |tag: &str, stages: Value| json!({ "name": "跟进", "tag_id": tag, "stages": stages });
    let refused = shop.boss.post("/plans", body(&theirs, stages())).await;
    assert_eq!(refused.violations(), ["tag_id: tag_unknown"]);
    shop.sales.post("/plans", body(&new, stages())).await.problem(403, "forbidden");
    let stage = |tasks: Value| json!([{ "name": "一", "tasks": tasks }]);
    for (stages, why) in [
        (json!([]), "stages: too_few"),
        (stage(json!([])), "stages.0.tasks: too_few"),
        (stage(json!([{ "title": "x", "after_days": 731 }])), "stages.0.tasks.0.after_days: too_large"),
        (stage(json!([{ "title": "x", "after_days": -1 }])), "stages.0.tasks.0.after_days: too_small"),
        (stage(json!([{ "title": " ", "after_days": 1 }])), "stages.0.tasks.0.title: required"),
        (stage(json!([{ "title": "x", "after_days": 1, "at": "25:00" }])), "stages.0.tasks.0.at: time_invalid"),
        (stage(json!([{ "title": "x", "after_days": 1.5 }])), "stages.0.tasks.0.after_days: type"),
        (
            json!([{ "name": "一", "goal": "a\nb", "tasks": [{ "title": "x", "after_days": 1 }] }]),
            "stages.0.goal: control_character",
        ),
        (stage(json!(vec![json!({ "title": "x", "after_days": 1 }); 11])), "stages.0.tasks: too_many"),
        (json!(vec![json!({ "name": "一", "tasks": [{ "title": "x", "after_days": 1 }] }); 11]), "stages: too_many"),
    ] {
        assert_eq!(shop.boss.post("/plans", body(&new, stages)).await.violations(), [why]);
    }
    plan(&shop.boss, "跟进", &new).await;
    shop.boss
        .post("/plans", json!({ "name": "别的", "tag_id": new, "stages": stages() }))
        .await
        .problem(409, "plan_known");
    let other = tag(&shop.boss, "老客").await;
    shop.boss.post("/plans", body(&other, stages())).await.problem(409, "name_taken");
}

async fn count(db: &DatabaseConnection, sql: &str) -> i64 {
    let rows = db.query_all_raw(Statement::from_string(DatabaseBackend::Sqlite, sql)).await.expect("rows");
    rows[0].try_get_by_index(0).expect("a count")
}

#[actix_web::test]
async fn a_server_that_is_killed_begins_a_plan_with_everybody_once() {
    let home = Home::new().await;
    home.furnish();
    let server = home.start().await;
    let boss = server.boss().await;
    let new = tag(&boss, "新客").await;
    let names: String = (0..900).map(|at| format!("客户{at},新客\n")).collect();
    let table = boss.request(Method::POST, "/imports?name=a.csv").body(format!("姓名,标签\n{names}"));
    let detail = boss.send(table).await.ok();
    let path = format!("/imports/{}", text(&detail["id"]));
    boss.post(&format!("{path}/start"), json!({ "columns": detail["columns"], "mode": "create" })).await.ok();
    until("the import", async || (boss.get(&path).await.ok()["state"] == "done").then_some(())).await;
    let id = plan(&boss, "跟进", &new).await;
    boss.patch(&format!("/plans/{id}"), 1, json!({ "enabled": true, "existing": true })).await.ok();
    let db = Database::connect(format!("sqlite://{}", home.path("shuke.db").display())).await.expect("opens");
    const RUNS: &str = "SELECT COUNT(*) FROM plan_runs";
    let mut server = server;
    for past in [0, 300] {
        until("some to be done", async || (count(&db, RUNS).await > past).then_some(())).await;
        server.kill();
        assert!(count(&db, RUNS).await < 900, "killed in the middle");
        // Nobody renews the lease any more, so what was cut off goes on within some seconds.
        let left = "SELECT COALESCE(MAX(unixepoch(lease_until)) - unixepoch(), 0) FROM jobs WHERE state = 'waiting'";
        let left = count(&db, left).await;
        assert!(left <= 15, "{left} seconds");
        server = home.start().await;
    }
    until("all to be done", async || {
        let waiting = "SELECT COUNT(*) FROM jobs WHERE kind = 'plan_switched' AND state <> 'done'";
        (count(&db, RUNS).await >= 900 && count(&db, waiting).await == 0).then_some(())
    })
    .await;
    server.stop().await;
    let distinct = "SELECT COUNT(DISTINCT customer_id) FROM plan_runs";
    assert_eq!((count(&db, RUNS).await, count(&db, distinct).await), (900, 900));
    assert_eq!(count(&db, "SELECT COUNT(*) FROM tasks WHERE plan_run_id IS NOT NULL").await, 1800);
    db.close().await.expect("closed");
}
