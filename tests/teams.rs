//! The tree of teams, from which it follows who sees whom: nobody opens by it what they do not see.

use crate::harness::{Client, Shop, phone_number, text};
use crate::invitations::version;
use crate::rights::hire;
use chrono::Duration;
use serde_json::{Value, json};

/// A role of the business's own that reaches its team, by id.
async fn role(shop: &Shop, name: &str, permissions: &[&str]) -> String {
    let rights = json!({
        "permissions": permissions, "pool": false, "fields": { "phones": "show", "amounts": "show" },
        "reach": { "customers": "team", "interactions": "team", "tasks": "team", "orders": "team" },
    });
    text(&shop.boss.post("/roles", json!({ "name": name, "rights": rights })).await.ok()["id"])
}

async fn team(by: &Client, name: &str, parent: Option<&str>) -> String {
    text(&by.post("/teams", json!({ "name": name, "parent_id": parent })).await.ok()["id"])
}

async fn put(shop: &Shop, colleague: &str, team: &str) {
    let at = version(shop, colleague).await;
    shop.boss.patch(&format!("/staff/{colleague}"), at, json!({ "team_id": team })).await.ok();
}

#[actix_web::test]
async fn nobody_opens_by_the_tree_of_teams_what_they_do_not_see() {
    let shop = Shop::new().await;
    let unseen = shop.customer_named("张三").await;
    let (above, below) = (team(&shop.boss, "总部", None).await, team(&shop.boss, "一组", None).await);
    let beside = team(&shop.boss, "二组", Some(&above)).await;
    shop.boss.patch(&format!("/teams/{below}"), 1, json!({ "parent_id": above })).await.ok();
    let clerk = role(&shop, "组长", &["staff.read", "staff.write", "customers.read"]).await;
    let less = role(&shop, "组员", &["customers.read"]).await;
    let (clerk, me) = hire(&shop, "custom", Some(&clerk)).await;
    let (_, other) = hire(&shop, "custom", Some(&less)).await;
    for (colleague, team) in [(shop.sales_id.to_string(), &above), (me.clone(), &below), (other.clone(), &beside)] {
        put(&shop, &colleague, team).await;
    }
    shop.advance(Duration::seconds(3)).await;

    // To sit where one sees more, to lead it, and to draw it under oneself are the same thing.
    let patch = async |path: String, at: i64, body: Value| clerk.patch(&path, at, body).await.violations();
    let at = version(&shop, &me).await;
    let refused = patch(format!("/staff/{me}"), at, json!({ "team_id": above })).await;
    assert_eq!(refused, ["team_id: team_unseen"]);
    let refused = patch(format!("/teams/{above}"), 1, json!({ "lead_id": me })).await;
    assert_eq!(refused, ["lead_id: team_unseen"]);
    let refused = patch(format!("/teams/{beside}"), 1, json!({ "parent_id": below })).await;
    assert_eq!(refused, ["parent_id: team_unseen"]);
    let refused = patch(format!("/staff/{other}"), version(&shop, &other).await, json!({ "team_id": below })).await;
    assert_eq!(refused, ["team_id: team_unseen"], "whom one draws over brings their customers along");
    // Nor may somebody new, who may be oneself on another phone.
    let new = |team: &str| json!({ "name": "何平", "phone": phone_number(), "role": "custom", "role_id": less, "team_id": team });
    let ticket = |team: &str| json!({ "role": "custom", "role_id": less, "team_id": team });
    assert_eq!(clerk.post("/staff", new(&above)).await.violations(), ["team_id: team_unseen"]);
    assert_eq!(clerk.post("/invitations", ticket(&above)).await.violations(), ["team_id: team_unseen"]);
    let refused = clerk.post("/teams", json!({ "name": "三组", "parent_id": above })).await;
    assert_eq!(refused.violations(), ["parent_id: team_unseen"]);
    clerk.get(&format!("/customers/{unseen}")).await.problem(404, "not_found");

    // Their own part of the tree is theirs, and a name opens nothing.
    clerk.post("/staff", new(&below)).await.ok();
    clerk.post("/invitations", ticket(&below)).await.ok();
    let own = team(&clerk, "一组甲", Some(&below)).await;
    clerk.patch(&format!("/teams/{own}"), 1, json!({ "lead_id": me })).await.ok();
    let same = json!({ "name": "总部", "parent_id": null, "lead_id": null });
    clerk.patch(&format!("/teams/{above}"), 1, same).await.ok();
    clerk.patch(&format!("/staff/{me}"), at, json!({ "name": "何平", "team_id": own })).await.ok();
    // Whoever sees everybody may do all of it.
    shop.boss.patch(&format!("/teams/{above}"), 2, json!({ "lead_id": me })).await.ok();
    shop.advance(Duration::seconds(3)).await;
    clerk.get(&format!("/customers/{unseen}")).await.ok();
}

#[actix_web::test]
async fn a_role_that_sees_the_team_of_some_things_only_puts_nobody_into_it() {
    let shop = Shop::new().await;
    let rights = json!({
        "permissions": ["staff.read", "staff.write", "customers.read", "orders.read"], "pool": false,
        "fields": { "phones": "show", "amounts": "show" },
        "reach": { "customers": "team", "interactions": "team", "tasks": "team", "orders": "own" },
    });
    let mixed = text(&shop.boss.post("/roles", json!({ "name": "半个组长", "rights": rights })).await.ok()["id"]);
    let less = role(&shop, "组员", &["customers.read"]).await;
    let (clerk, me) = hire(&shop, "custom", Some(&mixed)).await;
    let (_, other) = hire(&shop, "custom", Some(&less)).await;
    let (mine, empty) = (team(&shop.boss, "一组", None).await, team(&shop.boss, "二组", None).await);
    put(&shop, &me, &mine).await;
    put(&shop, &other, &mine).await;
    shop.advance(Duration::seconds(3)).await;
    // Their own team's orders they do not see: somebody they put there would, by a role that reaches the team.
    let new = |team: &str| json!({ "name": "何平", "phone": phone_number(), "role": "custom", "role_id": mixed, "team_id": team });
    assert_eq!(clerk.post("/staff", new(&mine)).await.violations(), ["team_id: team_unseen"]);
    let ticket = json!({ "role": "custom", "role_id": mixed, "team_id": mine });
    assert_eq!(clerk.post("/invitations", ticket).await.violations(), ["team_id: team_unseen"]);
    let refused = clerk.patch(&format!("/teams/{mine}"), 1, json!({ "lead_id": me })).await;
    assert_eq!(refused.violations(), ["lead_id: team_unseen"]);
    // Where nobody is there is nothing to be opened.
    clerk.post("/staff", new(&empty)).await.ok();
}
