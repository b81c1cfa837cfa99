//! Pools: who is in them, who may take whom and how many, what is remembered of it, and giving a pool up.

use crate::customers::by_pages;
use crate::harness::{Client, Shop, phone_number, text};
use chrono::Duration;
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn customer(client: &Client, name: &str) -> String {
    text(&client.post("/customers", json!({ "name": name })).await.ok()["id"])
}

async fn version(client: &Client, id: &str) -> i64 {
    client.get(&format!("/customers/{id}")).await.ok()["version"].as_i64().expect("a version")
}

/// Gives a customer up, into a pool.
pub async fn release(client: &Client, id: &str, pool: &str) {
    let body = json!({ "reason": "联系不上", "pool_id": pool });
    client.post_at(&format!("/customers/{id}/release"), version(client, id).await, body).await.ok();
}

/// A new customer in a pool.
async fn pooled(client: &Client, pool: &str) -> String {
    let id = customer(client, "张三").await;
    release(client, &id, pool).await;
    id
}

async fn pool(shop: &Shop, body: Value) -> String {
    text(&shop.boss.post("/pools", body).await.ok()["id"])
}

async fn claim(client: &Client, id: &str) -> crate::harness::Answer {
    client.post(&format!("/customers/{id}/claim"), json!({})).await
}

/// A colleague, logged in, and their id.
async fn hire(shop: &Shop, role: &str, team: Option<&str>) -> (Client, String) {
    let number = phone_number();
    let body = json!({ "name": "何平", "phone": number, "role": role, "team_id": team });
    let id = text(&shop.boss.post("/staff", body).await.ok()["id"]);
    (Shop::join(&shop.nobody, &shop.appid(), &number).await.act_in(shop.tenant).await, id)
}

fn ids(answer: &Value) -> BTreeSet<String> {
    answer["items"].as_array().expect("items").iter().map(|item| text(&item["id"])).collect()
}

#[actix_web::test]
async fn a_pool_is_seen_and_taken_from_by_its_members_only() {
    let shop = Shop::new().await;
    let above = text(&shop.boss.post("/teams", json!({ "name": "一队" })).await.ok()["id"]);
    let below = text(&shop.boss.post("/teams", json!({ "name": "一组", "parent_id": above })).await.ok()["id"]);
    let (junior, _) = hire(&shop, "sales", Some(&below)).await;
    let (manager, manager_id) = hire(&shop, "manager", None).await;
    shop.boss.patch(&format!("/teams/{above}"), 1, json!({ "lead_id": manager_id })).await.ok();
    shop.advance(Duration::seconds(4)).await;
    let north = pool(&shop, json!({ "name": "华北", "staff_ids": [shop.sales_id] })).await;
    let south = pool(&shop, json!({ "name": "华南", "team_ids": [above] })).await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    let [a, b, c] =
        [pooled(&shop.boss, &north).await, pooled(&shop.boss, &south).await, pooled(&shop.boss, &open).await];
    let seen = async |client: &Client| {
        let list = ids(&client.get("/customers?pool=true").await.ok());
        for id in [&a, &b, &c] {
            let one = client.get(&format!("/customers/{id}")).await;
            assert_eq!(one.status, if list.contains(id) { 200 } else { 404 });
        }
        let count = client.get("/customers/count?pool=true").await.ok();
        assert_eq!(count["count"], list.len());
        list
    };
    let set = |of: &[&String]| of.iter().map(|id| (*id).clone()).collect::<BTreeSet<_>>();
    assert_eq!(seen(&shop.sales).await, set(&[&a, &c]));
    assert_eq!(seen(&shop.rival).await, set(&[&c]));
    assert_eq!(seen(&junior).await, set(&[&b, &c]));
    assert_eq!(seen(&manager).await, set(&[&b, &c]));
    assert_eq!(seen(&shop.boss).await, set(&[&a, &b, &c]));
    assert_eq!(ids(&shop.rival.get("/pools").await.ok()), set(&[&open]));
    assert_eq!(ids(&manager.get("/pools").await.ok()), set(&[&north, &south, &open]));
    claim(&shop.rival, &a).await.problem(404, "not_found");
    claim(&junior, &a).await.problem(404, "not_found");
    // The boss sees everything, and gives it away; to take it she would have to be a member.
    claim(&shop.boss, &a).await.problem(403, "pool_closed");
    let mine = customer(&shop.rival, "李四").await;
    let body = json!({ "reason": "换行业了", "pool_id": north });
    let refused = shop.rival.post_at(&format!("/customers/{mine}/release"), 1, body).await;
    assert_eq!(refused.violations(), ["pool_id: pool_unknown"]);
    let mine = claim(&junior, &b).await.ok();
    // Somebody whose answer was lost asks again.
    assert_eq!(claim(&junior, &b).await.ok()["version"], mine["version"]);
    // Who is a member follows at once.
    let members = json!({ "staff_ids": [shop.rival_id] });
    shop.boss.patch(&format!("/pools/{north}"), 1, members).await.ok();
    assert_eq!(seen(&shop.sales).await, set(&[&c]));
    assert_eq!(seen(&shop.rival).await, set(&[&a, &c]));
    claim(&shop.rival, &a).await.ok();
}

#[actix_web::test]
async fn of_sixteen_who_claim_at_once_exactly_one_wins() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true, "claims_a_day": 50 })).await;
    let mut people = vec![shop.sales.clone(), shop.rival.clone()];
    for _ in 0..6 {
        people.push(hire(&shop, "sales", None).await.0);
    }
    for _ in 0..3 {
        let id = pooled(&shop.boss, &open).await;
        // Each with both hands.
        let answers = join_all(people.iter().chain(&people).map(|client| claim(client, &id))).await;
        // The second hand of whoever won may find it in the first.
        let mut owners: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        owners.dedup_by_key(|answer| text(&answer.body["owner_id"]));
        assert_eq!(owners.len(), 1, "{answers:?}");
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 404 | 409)), "{answers:?}");
        let moves = shop.boss.get(&format!("/customers/{id}/pool-moves")).await.ok();
        assert_eq!(moves["items"].as_array().map(Vec::len), Some(2), "{moves}");
    }
}

#[actix_web::test]
async fn the_day_has_only_so_many_claims_and_who_gave_up_waits() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true, "claims_a_day": 2, "reclaim_days": 7 })).await;
    let mut waiting = Vec::new();
    for _ in 0..4 {
        waiting.push(pooled(&shop.boss, &open).await);
    }
    let left = async |client: &Client| client.get("/pools").await.ok()["items"][0]["claims_left"].clone();
    assert_eq!(left(&shop.sales).await, 2);
    // With three hands at once: two get something.
    let answers = join_all(waiting[..3].iter().map(|id| claim(&shop.sales, id))).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses[..2], [200, 200], "{answers:?}");
    assert_ne!(statuses[2], 200);
    assert_eq!(left(&shop.sales).await, 0);
    let refused = claim(&shop.sales, &waiting[3]).await;
    assert_eq!(refused.body["errors"][0]["params"], json!({ "max": 2 }));
    assert_eq!(refused.body["title"], "每天最多领取 2 位，今天已领完");
    assert_eq!(refused.violations(), [": claims_spent"]);
    assert_eq!(left(&shop.rival).await, 2);
    // The next day begins at midnight in China, not in London: it is ten in the morning now.
    shop.advance(Duration::hours(14)).await;
    let again = async |client: &Client| shop.log_in_again(client).await.act_in(shop.tenant).await;
    let (sales, rival, boss) = (again(&shop.sales).await, again(&shop.rival).await, again(&shop.boss).await);
    assert_eq!(left(&sales).await, 2);
    claim(&sales, &waiting[3]).await.ok();
    release(&sales, &waiting[3], &open).await;
    let refused = claim(&sales, &waiting[3]).await;
    assert_eq!(refused.body["errors"][0]["params"], json!({ "days": 7 }));
    assert_eq!(refused.body["title"], "退回后 7 天内不能再领取");
    assert_eq!(refused.violations(), [": reclaim_early"]);
    shop.advance(Duration::days(7)).await;
    let sales = again(&sales).await;
    claim(&sales, &waiting[3]).await.ok();
    drop((rival, boss));
}

#[actix_web::test]
async fn a_limit_names_itself_wherever_somebody_would_get_one_customer_too_many() {
    let shop = Shop::new().await;
    let team = text(&shop.boss.post("/teams", json!({ "name": "一队" })).await.ok()["id"]);
    let (junior, junior_id) = hire(&shop, "sales", Some(&team)).await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    let waiting = pooled(&shop.boss, &open).await;
    let settings = json!({
        "reasons": [{ "text": "联系不上" }, { "text": "换行业了" }], "person_limit": 2,
        "limits": [{ "team_id": team, "most": 1 }, { "staff_id": shop.rival_id, "most": 3 }],
    });
    let made = shop.boss.patch("/pool-settings", 0, settings.clone()).await.ok();
    assert_eq!((&made["reasons"], &made["limits"][0]["team_id"]), (&settings["reasons"], &json!(team)));
    shop.boss.patch("/pool-settings", 0, settings).await.problem(409, "version_stale");
    // Whoever gives up chooses among the reasons; who may have how many is nobody else's business.
    let seen = shop.sales.get("/pool-settings").await.ok();
    assert_eq!((seen["reasons"].as_array().map(Vec::len), &seen["limits"]), (Some(2), &json!([])));
    for name in ["张三", "李四"] {
        customer(&shop.sales, name).await;
    }
    let refused = shop.sales.post("/customers", json!({ "name": "王五" })).await;
    assert_eq!(refused.body["errors"][0]["params"], json!({ "max": 2 }));
    assert!(text(&refused.body["errors"][0]["detail"]).contains('2'));
    assert_eq!(refused.violations(), ["owner_id: owner_limit"]);
    assert_eq!(claim(&shop.sales, &waiting).await.violations(), [": owner_limit"]);
    let to_sales = json!({ "owner_id": shop.sales_id });
    let assign = format!("/customers/{waiting}/assign");
    assert_eq!(shop.boss.post(&assign, to_sales.clone()).await.violations(), ["owner_id: owner_limit"]);
    let others = customer(&shop.boss, "赵六").await;
    let path = format!("/customers/{others}");
    assert_eq!(shop.boss.patch(&path, 1, to_sales).await.violations(), ["owner_id: owner_limit"]);
    // Three for the rival, of whom something else is said; one for the team.
    for name in ["甲", "乙"] {
        customer(&shop.rival, name).await;
    }
    customer(&junior, "丙").await;
    assert_eq!(junior.post("/customers", json!({ "name": "丁" })).await.violations(), ["owner_id: team_limit"]);
    let bulk = json!({ "selection": { "ids": [others] }, "owner_id": junior_id });
    let bulk = text(&shop.boss.post("/customers/bulk", bulk).await.ok()["id"]);
    shop.run_jobs().await;
    let failures = shop.boss.get(&format!("/customers/bulk/{bulk}/failures")).await.ok();
    assert_eq!(failures["items"][0]["code"], "team_limit");
    // What one changes about one's own customers is no new customer.
    let own = customer(&shop.rival, "戊").await;
    shop.rival.patch(&format!("/customers/{own}"), 1, json!({ "owner_id": shop.rival_id, "name": "己" })).await.ok();
    let unknown = json!({ "limits": [{ "staff_id": team, "most": 1 }, { "most": 1 }] });
    assert_eq!(shop.boss.patch("/pool-settings", 1, unknown).await.violations(), ["limits.1: limit_unclear"]);
    let unknown = json!({ "limits": [{ "staff_id": team, "most": 1 }] });
    assert_eq!(shop.boss.patch("/pool-settings", 1, unknown).await.violations(), ["limits.0.staff_id: staff_unknown"]);
    shop.boss.patch("/pool-settings", 1, json!({ "person_limit": null, "limits": [] })).await.ok();
    claim(&shop.sales, &waiting).await.ok();
}

#[actix_web::test]
async fn ten_at_once_do_not_get_past_a_limit() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    let mut waiting = Vec::new();
    for _ in 0..10 {
        waiting.push(pooled(&shop.boss, &open).await);
    }
    shop.boss.patch("/pool-settings", 0, json!({ "person_limit": 3 })).await.ok();
    let answers = join_all(waiting.iter().map(|id| claim(&shop.sales, id))).await;
    let mine = shop.sales.get("/customers/count?pool=false").await.ok();
    assert!(mine["count"].as_u64() <= Some(3), "{mine} {answers:?}");
    for id in &waiting {
        claim(&shop.sales, id).await;
    }
    assert_eq!(shop.sales.get("/customers/count?pool=false").await.ok()["count"], 3);
}

#[actix_web::test]
async fn the_history_says_who_from_where_to_where_why_and_when() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    let id = customer(&shop.sales, "张三").await;
    let path = format!("/customers/{id}");
    shop.boss.post(&format!("{path}/assign"), json!({ "owner_id": shop.rival_id })).await.problem(409, "not_in_pool");
    // Each a moment after the other.
    let then = async || shop.advance(Duration::seconds(1)).await;
    release(&shop.sales, &id, &open).await;
    then().await;
    claim(&shop.sales, &id).await.ok();
    then().await;
    release(&shop.sales, &id, &open).await;
    then().await;
    let assignment = json!({ "owner_id": shop.rival_id, "reason": "离得近" });
    shop.sales.post(&format!("{path}/assign"), assignment.clone()).await.problem(403, "forbidden");
    assert_eq!(shop.boss.post(&format!("{path}/assign"), assignment).await.status, 204);
    let at = shop.at.clock().now();
    then().await;
    shop.sales.get(&path).await.problem(404, "not_found");
    shop.sales.get(&format!("{path}/pool-moves")).await.problem(404, "not_found");
    let nobody = json!({ "owner_id": open });
    release(&shop.rival, &id, &open).await;
    then().await;
    assert_eq!(shop.boss.post(&format!("{path}/assign"), nobody).await.violations(), ["owner_id: owner_unknown"]);
    // Changing the owner takes it out as well.
    shop.boss.patch(&path, version(&shop.boss, &id).await, json!({ "owner_id": shop.sales_id })).await.ok();
    let moves = shop.sales.get(&format!("{path}/pool-moves")).await.ok();
    let told: Vec<Value> = moves["items"].as_array().expect("items").iter().rev().cloned().collect();
    let kinds: Vec<_> = told.iter().map(|step| text(&step["kind"])).collect();
    assert_eq!(kinds, ["released", "claimed", "released", "assigned", "released", "assigned"]);
    let (sales, rival) = (json!(shop.sales_id), json!(shop.rival_id));
    assert_eq!(
        (&told[0]["from_owner_id"], &told[0]["to_pool_id"], &told[0]["reason"], &told[0]["staff_id"]),
        (&sales, &json!(open), &json!("联系不上"), &sales)
    );
    assert_eq!((&told[1]["from_pool_id"], &told[1]["to_owner_id"]), (&json!(open), &sales));
    assert_eq!((&told[3]["to_owner_id"], &told[3]["reason"]), (&rival, &json!("离得近")));
    assert_eq!((&told[3]["staff_id"], &told[3]["staff_name"]), (&json!(shop.boss_id), &json!("林静")));
    assert_eq!(told[3]["created_at"].as_str().map(|text| text.parse()), Some(Ok(at)));
}

#[actix_web::test]
async fn a_pool_with_customers_is_given_up_only_for_another_one() {
    let shop = Shop::new().await;
    let (old, new) = (
        pool(&shop, json!({ "name": "旧", "everyone": true })).await,
        pool(&shop, json!({ "name": "新", "everyone": true })).await,
    );
    let mut waiting = Vec::new();
    for _ in 0..3 {
        waiting.push(pooled(&shop.sales, &old).await);
    }
    let path = format!("/pools/{old}");
    shop.boss.delete(&path, 1).await.problem(409, "in_use");
    let to = |id: &str| format!("{path}?move_to={id}");
    assert_eq!(shop.boss.delete(&to(&old), 1).await.violations(), ["move_to: pool_unknown"]);
    shop.boss.delete(&to(&new), 9).await.problem(409, "version_stale");
    assert_eq!(shop.boss.delete(&to(&new), 1).await.status, 202);
    shop.boss.delete(&to(&new), 2).await.problem(409, "pool_closing");
    let mine = customer(&shop.sales, "李四").await;
    let body = json!({ "reason": "联系不上", "pool_id": old });
    let late = shop.sales.post_at(&format!("/customers/{mine}/release"), 1, body).await;
    assert_eq!(late.violations(), ["pool_id: pool_unknown"]);
    shop.advance(Duration::seconds(1)).await;
    shop.run_jobs().await;
    for id in &waiting {
        let seen = shop.rival.get(&format!("/customers/{id}")).await.ok();
        assert_eq!(seen["pool_id"], new.as_str());
        let moves = shop.rival.get(&format!("/customers/{id}/pool-moves")).await.ok();
        assert_eq!((&moves["items"][0]["kind"], &moves["items"][0]["to_pool_id"]), (&json!("moved"), &json!(new)));
    }
    assert_eq!(ids(&shop.boss.get("/pools").await.ok()), BTreeSet::from([new.clone()]));
    shop.boss.get(&format!("{path}/rules")).await.problem(404, "not_found");
    for id in &waiting {
        claim(&shop.rival, id).await.ok();
    }
    assert_eq!(shop.boss.delete(&format!("/pools/{new}"), 1).await.status, 204);
    // The first who gives up has the business make one again.
    shop.sales.post_at(&format!("/customers/{mine}/release"), 1, json!({ "reason": "联系不上" })).await.ok();
    assert_eq!(shop.rival.get("/pools").await.ok()["items"][0]["name"], "公海");
}

#[actix_web::test]
async fn pools_are_made_by_whoever_may() {
    let shop = Shop::new().await;
    shop.sales.post("/pools", json!({ "name": "华北" })).await.problem(403, "forbidden");
    let (manager, _) = hire(&shop, "manager", None).await;
    let made = manager.post("/pools", json!({ "name": "华北", "everyone": true })).await.ok();
    manager.post("/pools", json!({ "name": "华北" })).await.problem(409, "name_taken");
    let id = text(&made["id"]);
    let strangers = json!({ "name": "华南", "staff_ids": [id] });
    assert_eq!(manager.post("/pools", strangers).await.violations(), ["staff_ids.0: staff_unknown"]);
    let strangers = json!({ "team_ids": [id] });
    assert_eq!(manager.patch(&format!("/pools/{id}"), 1, strangers).await.violations(), ["team_ids.0: team_unknown"]);
    let changed = manager.patch(&format!("/pools/{id}"), 1, json!({ "claims_a_day": 3 })).await.ok();
    assert_eq!(
        (&changed["claims_a_day"], &changed["claims_left"], &changed["version"]),
        (&json!(3), &json!(3), &json!(2))
    );
    manager.patch(&format!("/pools/{id}"), 1, json!({ "name": "华中" })).await.problem(409, "version_stale");
    let open = manager.patch(&format!("/pools/{id}"), 2, json!({ "claims_a_day": null })).await.ok();
    assert_eq!(open["claims_left"], json!(null));
}

#[actix_web::test]
async fn who_comes_back_from_a_pool_that_is_no_more_is_owned_or_in_another_one() {
    let shop = Shop::new().await;
    let boss = shop.step_up(&shop.boss).await;
    let [gone, given, kept] = ["旧公海", "并入的公海", "大公海"].map(|name| json!({ "name": name, "everyone": true }));
    let (gone, given, kept) = (pool(&shop, gone).await, pool(&shop, given).await, pool(&shop, kept).await);
    let (alone, moved, still) =
        (pooled(&shop.sales, &gone).await, pooled(&shop.sales, &given).await, pooled(&shop.sales, &kept).await);
    // Its pool is there at the end, as is this one, who makes the pool one that has to be moved.
    let other = pooled(&shop.sales, &given).await;
    // Whose owner is changed by a bulk action, out of a pool that goes.
    let assigned = pooled(&shop.sales, &gone).await;
    let bulk = json!({ "selection": { "ids": [assigned] }, "owner_id": shop.rival_id });
    let assign = text(&boss.post("/customers/bulk", bulk).await.ok()["id"]);
    let deletion = json!({ "selection": { "ids": [alone, moved, still] } });
    let deletion = text(&boss.post("/customers/bulk/deletions", deletion).await.ok()["id"]);
    shop.run_jobs().await;
    assert_eq!(boss.delete(&format!("/pools/{gone}"), 1).await.status, 204);
    assert_eq!(boss.delete(&format!("/pools/{given}?move_to={kept}"), 1).await.status, 202);
    shop.run_jobs().await;
    shop.advance(Duration::seconds(1)).await;
    for bulk in [&deletion, &assign] {
        boss.post(&format!("/customers/bulk/{bulk}/undo"), json!({})).await.ok();
        shop.run_jobs().await;
        let undone = boss.get(&format!("/customers/bulk/{bulk}")).await.ok();
        assert_eq!(undone["state"], "undone", "{undone}");
    }
    let stands = async |id: &String| {
        let row = boss.get(&format!("/customers/{id}")).await.ok();
        (row["pool_id"].clone(), row["owner_id"].clone())
    };
    // Made, given up, deleted, back: whoever comes back elsewhere does so by one change of the row.
    for id in [&alone, &moved, &still] {
        assert_eq!(version(&boss, id).await, 4);
    }
    let sales = json!(shop.sales_id);
    assert_eq!(stands(&alone).await, (json!(null), sales.clone()));
    assert_eq!(stands(&assigned).await, (json!(null), sales.clone()));
    for id in [&moved, &still, &other] {
        assert_eq!(stands(id).await.0, json!(kept));
    }
    let steps = boss.get(&format!("/customers/{alone}/pool-moves")).await.ok();
    let last = &steps["items"][0];
    assert_eq!((&last["kind"], &last["from_pool_id"], &last["to_owner_id"]), (&json!("undone"), &json!(gone), &sales));
    let steps = boss.get(&format!("/customers/{moved}/pool-moves")).await.ok();
    let last = &steps["items"][0];
    assert_eq!((&last["kind"], &last["to_pool_id"]), (&json!("moved"), &json!(kept)));
    assert_eq!(
        boss.get(&format!("/customers/{still}/pool-moves")).await.ok()["items"].as_array().map(Vec::len),
        Some(1)
    );
}

#[actix_web::test]
async fn a_pool_says_at_once_who_is_in_it() {
    let shop = Shop::new().await;
    let team = text(&shop.boss.post("/teams", json!({ "name": "一队" })).await.ok()["id"]);
    let (manager, id) = hire(&shop, "manager", Some(&team)).await;
    // Before there is any pool whoever sees pools sees whichever comes.
    for (name, more, member) in [
        ("外人", json!({ "staff_ids": [shop.sales_id] }), false),
        ("自己", json!({ "staff_ids": [id] }), true),
        ("本队", json!({ "team_ids": [team] }), true),
        ("大家", json!({ "everyone": true }), true),
        ("无人", json!({ "everyone": false }), false),
        ("没说", json!({}), true),
    ] {
        let mut body = json!({ "name": name });
        body.as_object_mut().expect("a body").extend(more.as_object().expect("more").clone());
        let made = manager.post("/pools", body).await.ok();
        assert_eq!(made["member"], member, "{name}");
    }
    let list = manager.get("/pools").await.ok();
    let row = |name: &str| list["items"].as_array().expect("pools").iter().find(|row| row["name"] == name).cloned();
    let path = format!("/pools/{}", text(&row("外人").expect("a pool")["id"]));
    assert_eq!(manager.patch(&path, 1, json!({ "staff_ids": [id] })).await.ok()["member"], true);
    assert_eq!(manager.patch(&path, 2, json!({ "staff_ids": [] })).await.ok()["member"], false);
}

#[actix_web::test]
async fn a_reason_is_offered_once() {
    let shop = Shop::new().await;
    let reasons = json!({ "reasons": [{ "text": "联系不上" }, { "text": "不买了" }, { "text": " 联系不上 " }] });
    assert_eq!(shop.boss.patch("/pool-settings", 0, reasons).await.violations(), ["reasons.2.text: reason_twice"]);
}

#[actix_web::test]
async fn a_search_finds_whoever_one_looks_after_helps_with_or_may_take_and_nobody_twice() {
    let shop = Shop::new().await;
    let team = text(&shop.boss.post("/teams", json!({ "name": "一队" })).await.ok()["id"]);
    let (lead, lead_id) = hire(&shop, "manager", None).await;
    shop.boss.patch(&format!("/teams/{team}"), 1, json!({ "lead_id": lead_id })).await.ok();
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    let (waiting, helped) = (customer(&shop.rival, "王公海").await, customer(&shop.rival, "王帮手").await);
    customer(&shop.rival, "王别人").await;
    release(&shop.rival, &waiting, &open).await;
    let help = json!({ "staff_id": lead_id, "level": "read" });
    shop.rival.post(&format!("/customers/{helped}/helpers"), help).await.ok();
    let mut names = BTreeSet::from(["王公海".to_owned(), "王帮手".to_owned()]);
    // The names of a few people are looked through one by one, those of many together.
    for at in 0..14 {
        let colleague = json!({ "name": "何平", "phone": phone_number(), "role": "sales", "team_id": team });
        let owner = text(&shop.boss.post("/staff", colleague).await.ok()["id"]);
        let name = format!("王{at:02}");
        shop.boss.post("/customers", json!({ "name": name, "owner_id": owner })).await.ok();
        names.insert(name);
        if at == 1 || at == 13 {
            shop.advance(Duration::seconds(4)).await;
            let in_order: Vec<String> = names.iter().cloned().collect();
            assert_eq!(by_pages(&lead, "王", 3).await, in_order);
            let by_sound = by_pages(&lead, "wang", 3).await;
            assert_eq!((by_sound.len(), by_sound.into_iter().collect::<BTreeSet<_>>()), (names.len(), names.clone()));
        }
    }
    // A whole name is looked up with what sounds like it or holds it, in one statement; there are more than a page.
    let mut longer = BTreeSet::new();
    for at in 0..8 {
        let (own, given) = (format!("王小明{:02}", 20 - at), format!("王小明{:02}", 40 - at));
        customer(&lead, &own).await;
        let id = customer(&shop.rival, &given).await;
        release(&shop.rival, &id, &open).await;
        longer.extend([own, given]);
    }
    assert_eq!(by_pages(&lead, "王小明", 3).await, longer.iter().cloned().collect::<Vec<_>>());
    assert_eq!(by_pages(&lead, "公海", 3).await, ["王公海"]);
    assert_eq!(by_pages(&lead, "别人", 3).await, Vec::<String>::new());
    // Whoever is handed on is found by whoever has them now.
    claim(&shop.sales, &waiting).await.ok();
    assert_eq!(by_pages(&shop.sales, "王公", 3).await, ["王公海"]);
    assert!(!by_pages(&lead, "王公", 3).await.contains(&"王公海".to_owned()));
}

#[actix_web::test]
async fn a_pool_of_which_nothing_is_said_is_everybodys() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海" })).await;
    let waiting = pooled(&shop.boss, &open).await;
    shop.advance(Duration::seconds(4)).await;
    claim(&shop.rival, &waiting).await.ok();
    let everyone = async |body: Value| shop.boss.post("/pools", body).await.ok()["everyone"].clone();
    assert_eq!(everyone(json!({ "name": "空着", "everyone": null })).await, true);
    // Whoever names members means those; whoever wants nobody yet says so.
    assert_eq!(everyone(json!({ "name": "华北", "staff_ids": [shop.sales_id] })).await, false);
    assert_eq!(everyone(json!({ "name": "没人", "everyone": false })).await, false);
}

#[actix_web::test]
async fn a_number_too_long_to_be_kept_is_too_large_and_no_other_thing() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海" })).await;
    let send = async |path: &str, body: String| {
        let asked = shop.boss.request(reqwest::Method::POST, path).header("Content-Type", "application/json");
        shop.boss.send(asked.body(body)).await
    };
    for number in ["1e30", "1E+30", "100000000000000000000", "2.5e25"] {
        let refused = send("/pools", format!("{{\"name\":\"x\",\"claims_a_day\":{number}}}")).await;
        assert_eq!(refused.body["errors"][0]["detail"], "不能大于 1000", "{number}");
        assert_eq!(refused.violations(), ["claims_a_day: too_large"], "{number}");
        let terms = format!("{{\"terms\":{{\"by\":\"contact\",\"days\":{number}}}}}");
        let refused = send(&format!("/pools/{open}/rules"), terms).await;
        assert_eq!(refused.violations(), ["terms.days: too_large"], "{number}");
    }
    let refused = send("/pools", "{\"name\":\"x\",\"claims_a_day\":-1e30}".into()).await;
    assert_eq!(refused.violations(), ["claims_a_day: too_small"]);
    for number in ["1.5", "1e2", "1e-30", "0e30"] {
        let refused = send("/pools", format!("{{\"name\":\"x\",\"claims_a_day\":{number}}}")).await;
        assert_eq!(refused.violations(), ["claims_a_day: type"], "{number}");
    }
}
