//! Rights as data, through the front door: who may give what to whom, what a role opens, who shares a
//! customer, and how a leaver's customers go on.

use crate::guards::database::open;
use crate::harness::{Client, Shop, phone_number, text};
use chrono::Duration;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

/// Rights with these permissions and this reach, everything shown.
fn rights(permissions: &[&str], reach: &str) -> Value {
    json!({
        "permissions": permissions, "pool": false, "fields": { "phones": "show", "amounts": "show" },
        "reach": { "customers": reach, "interactions": reach, "tasks": reach, "orders": reach },
    })
}

async fn role(shop: &Shop, name: &str, rights: &Value) -> String {
    text(&shop.boss.post("/roles", json!({ "name": name, "rights": rights })).await.ok()["id"])
}

/// A colleague, logged in, and their id.
pub async fn hire(shop: &Shop, role: &str, role_id: Option<&str>) -> (Client, String) {
    let number = phone_number();
    let body = json!({ "name": "何平", "phone": number, "role": role, "role_id": role_id });
    let id = text(&shop.boss.post("/staff", body).await.ok()["id"]);
    (Shop::join(&shop.nobody, &shop.appid(), &number).await.act_in(shop.tenant).await, id)
}

async fn customer(client: &Client, name: &str) -> String {
    let body = json!({ "name": name, "phones": [{ "number": phone_number() }] });
    text(&client.post("/customers", body).await.ok()["id"])
}

fn order(customer: &str) -> Value {
    json!({ "customer_id": customer, "receiver": "张三", "phone": phone_number(), "address": "杭州",
        "lines": [{ "name": "龙井", "quantity": 2, "unit_price_fen": 100 }] })
}

#[actix_web::test]
async fn an_invitation_makes_one_person_staff_and_nobody_else() {
    let shop = Shop::new().await;
    let made = shop.boss.post("/invitations", json!({ "role": "sales", "name": "何平" })).await.ok();
    assert!(text(&made["image"]).starts_with("data:image/"));
    let ticket = json!({ "ticket": made["ticket"] });
    let (first, second) = (shop.stranger().await, shop.stranger().await);
    let look = first.post("/auth/invitation", ticket.clone()).await.ok();
    assert_eq!((&look["business"], &look["role"]), (&json!("山月茶行"), &json!("sales")));
    let accepted = first.post("/auth/invitation/accept", ticket.clone()).await.ok();
    // The answer was lost on the way: the same person asks again and gets it.
    assert_eq!(first.post("/auth/invitation/accept", ticket.clone()).await.ok(), accepted);
    second.post("/auth/invitation/accept", ticket.clone()).await.problem(404, "not_found");
    second.post("/auth/invitation", ticket).await.problem(404, "not_found");
    let at_work = first.act_in(shop.tenant).await;
    customer(&at_work, "张三").await;
    let audit = shop.boss.get("/audit?action=accept_invitation").await.ok();
    assert_eq!(audit["items"][0]["actor_name"], "何平");

    let late = shop.boss.post("/invitations", json!({ "role": "sales" })).await.ok();
    let taken = shop.boss.post("/invitations", json!({ "role": "sales" })).await.ok();
    let path = format!("/invitations/{}", text(&taken["id"]));
    assert_eq!(shop.boss.send(shop.boss.request(reqwest::Method::DELETE, &path)).await.status, 204);
    let answer = json!({ "ticket": taken["ticket"], "name": "何平" });
    second.post("/auth/invitation/accept", answer).await.problem(404, "not_found");
    let nameless = second.post("/auth/invitation/accept", json!({ "ticket": late["ticket"] })).await;
    assert_eq!(nameless.violations(), ["name: required"]);
    shop.at.clock().advance(Duration::days(3));
    let fresh = shop.log_in_again(&second).await;
    let answer = json!({ "ticket": late["ticket"], "name": "何平" });
    fresh.post("/auth/invitation/accept", answer).await.problem(404, "not_found");
}

#[actix_web::test]
async fn nobody_gives_away_more_than_they_have_or_touches_who_may_do_more() {
    let shop = Shop::new().await;
    let own = rights(&["staff.read", "staff.write", "roles.write", "customers.read"], "own");
    let id = role(&shop, "人事", &own).await;
    let (clerk, _) = hire(&shop, "custom", Some(&id)).await;
    let clerk = shop.step_up(&clerk).await;
    let more = rights(&["customers.read", "customers.delete"], "own");
    let refused = clerk.post("/roles", json!({ "name": "更多", "rights": more })).await.violations();
    assert_eq!(refused, ["rights.permissions.1: rights_beyond_own"]);
    let farther = rights(&["customers.read"], "all");
    let refused = clerk.post("/roles", json!({ "name": "更远", "rights": farther })).await.violations();
    assert_eq!(refused, ["rights.reach.customers: rights_beyond_own"]);
    let staff = json!({ "name": "何平", "phone": phone_number(), "role": "boss" });
    assert_eq!(clerk.post("/staff", staff).await.violations(), ["role: rights_beyond_own"]);
    assert_eq!(clerk.post("/invitations", json!({ "role": "sales" })).await.violations(), ["role: rights_beyond_own"]);
    for colleague in [shop.boss_id, shop.sales_id] {
        let path = format!("/staff/{colleague}/suspend");
        clerk.post_at(&path, 1, json!({})).await.problem(403, "colleague_above");
    }
    // Whoever only wants to look reads that they may not, not that they may not change.
    let refused = clerk.get(&format!("/staff/{}/sessions", shop.boss_id)).await.problem(403, "colleague_above");
    assert_eq!(refused["title"], "不能管理权限比你大的同事");
    // What they have they may hand on.
    let less = clerk.post("/roles", json!({ "name": "更少", "rights": rights(&["customers.read"], "own") })).await.ok();
    let staff = json!({ "name": "何平", "phone": phone_number(), "role": "custom", "role_id": less["id"] });
    clerk.post("/staff", staff).await.ok();
    let path = format!("/roles/{id}");
    clerk.patch(&path, 1, json!({ "name": "人事部" })).await.ok();
}

#[actix_web::test]
async fn a_business_keeps_a_boss() {
    let shop = Shop::new().await;
    let me = format!("/staff/{}", shop.boss_id);
    let version = shop.boss.get("/staff").await.ok()["items"][0]["version"].as_i64().expect("a version");
    shop.boss.post_at(&format!("{me}/role"), version, json!({ "role": "sales" })).await.problem(409, "last_boss");
    shop.boss.post_at(&format!("{me}/suspend"), version, json!({})).await.problem(409, "own_rights");
    let (_, second) = hire(&shop, "boss", None).await;
    let of = async |id: &str| {
        let staff = shop.boss.get("/staff").await.ok();
        let rows = staff["items"].as_array().expect("staff").clone();
        rows.iter().find(|row| row["id"] == id).expect("them")["version"].as_i64().expect("a version")
    };
    let path = format!("/staff/{second}/suspend");
    shop.boss.post_at(&path, of(&second).await, json!({})).await.ok();
    let version = of(&shop.boss_id.to_string()).await;
    shop.boss.post_at(&format!("{me}/role"), version, json!({ "role": "sales" })).await.problem(409, "last_boss");
}

#[actix_web::test]
async fn a_change_to_a_role_is_counted_first_and_then_holds_for_whoever_has_it() {
    let shop = Shop::new().await;
    for name in ["张三", "李四", "王五"] {
        customer(&shop.sales, name).await;
    }
    let before = rights(&["customers.read", "customers.write"], "own");
    let id = role(&shop, "助理", &before).await;
    let (assistant, _) = hire(&shop, "custom", Some(&id)).await;
    let own = customer(&assistant, "赵六").await;
    let count = async || assistant.get("/customers").await.ok()["items"].as_array().expect("rows").len();
    assert_eq!(count().await, 1);
    let wider = json!({ "rights": rights(&["customers.read"], "all") });
    let preview = shop.boss.post(&format!("/roles/{id}/preview"), wider.clone()).await.ok();
    assert_eq!(preview["staff"], 1);
    let of = |preview: &Value| {
        let rows = preview["rows"].as_array().expect("rows").clone();
        rows.into_iter().find(|row| row["resource"] == "customers").expect("customers")
    };
    assert_eq!((&of(&preview)["opens"]["count"], &of(&preview)["closes"]["count"]), (&json!(3), &json!(0)));
    assert_eq!(count().await, 1, "a preview saves nothing");
    shop.boss.patch(&format!("/roles/{id}"), 1, wider).await.ok();
    shop.advance(Duration::seconds(3)).await;
    assert_eq!(count().await, 4, "within three seconds, with the same token");
    assistant.patch(&format!("/customers/{own}"), 1, json!({ "name": "赵七" })).await.problem(403, "forbidden");
    let back = json!({ "rights": rights(&[], "own") });
    let preview = shop.boss.post(&format!("/roles/{id}/preview"), back).await.ok();
    assert_eq!(of(&preview)["closes"]["count"], 4);
    // Who sees the same customers may see more of them.
    let mut masked = rights(&["customers.read"], "all");
    masked["fields"] = json!({ "phones": "mask", "emails": "show", "amounts": "show" });
    let preview = shop.boss.post(&format!("/roles/{id}/preview"), json!({ "rights": masked })).await.ok();
    let fields = json!([{ "field": "phones", "before": "show", "after": "mask" }]);
    assert_eq!((&preview["fields"], &preview["rows"]), (&fields, &json!([])));
}

#[actix_web::test]
async fn a_leaver_hands_everything_over_and_is_removed() {
    let shop = Shop::new().await;
    let now = shop.at.clock().now();
    let id = customer(&shop.sales, "张三").await;
    let theirs = shop.sales.post("/orders", order(&id)).await.ok();
    shop.sales
        .post("/tasks", json!({ "customer_id": id, "title": "回访", "due_at": now + Duration::days(1) }))
        .await
        .ok();
    let done = json!({ "customer_id": id, "title": "做完的", "due_at": now + Duration::days(1) });
    let done = shop.sales.post("/tasks", done).await.ok();
    shop.sales.post_at(&format!("/tasks/{}/done", text(&done["id"])), 1, json!({})).await.ok();
    let path = format!("/staff/{}", shop.sales_id);
    let counts = shop.boss.get(&format!("{path}/handover")).await.ok();
    let count = |what: &str| counts[what]["count"].clone();
    assert_eq!((count("customers"), count("tasks"), count("orders")), (json!(1), json!(1), json!(1)));
    let version = async || {
        let staff = shop.boss.get("/staff").await.ok();
        let rows = staff["items"].as_array().expect("staff").clone();
        rows.iter().find(|row| row["id"] == shop.sales_id.to_string()).map(|row| row["version"].as_i64().expect("one"))
    };
    shop.boss.delete(&path, version().await.expect("there")).await.problem(409, "still_in_charge");
    let itself = json!({ "to_staff_id": shop.sales_id });
    assert_eq!(shop.boss.post(&format!("{path}/handover"), itself).await.violations(), ["to_staff_id: staff_unknown"]);
    let begun = shop.boss.post(&format!("{path}/handover"), json!({ "to_staff_id": shop.rival_id })).await;
    assert_eq!(begun.status, 202);
    let handover = text(&begun.body["id"]);
    shop.run_jobs().await;
    let state = shop.boss.get(&format!("/handovers/{handover}")).await.ok();
    assert_eq!((&state["done"], &state["customers"], &state["tasks"]), (&json!(true), &json!(1), &json!(1)));
    shop.rival.get(&format!("/orders/{}", text(&theirs["id"]))).await.ok();
    assert_eq!(shop.rival.get("/tasks?status=open").await.ok()["items"].as_array().map(Vec::len), Some(1));
    shop.sales.get(&format!("/customers/{id}")).await.problem(404, "not_found");
    let audit = shop.boss.get(&format!("/audit?resource_id={id}&action=hand_over")).await.ok();
    assert_eq!(audit["items"].as_array().map(Vec::len), Some(1), "{audit}");
    assert_eq!(shop.boss.delete(&path, version().await.expect("there")).await.status, 204);
    assert_eq!(version().await, None);
    shop.sales.get("/today").await.problem(401, "token_expired");
}

#[actix_web::test]
async fn of_all_who_reach_into_the_pool_exactly_one_gets_the_customer() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三").await;
    let path = format!("/customers/{id}");
    shop.rival.get(&path).await.problem(404, "not_found");
    shop.sales.post_at(&format!("{path}/release"), 1, json!({ "reason": "三次没接电话" })).await.ok();
    // In the pool everybody may look and nobody may touch.
    let seen = shop.rival.get(&path).await.ok();
    assert_eq!((&seen["owner_id"], seen["pool_id"].is_string()), (&json!(null), true));
    shop.rival.patch(&path, 2, json!({ "name": "张四" })).await.problem(403, "row_read_only");
    shop.rival.post(&format!("{path}/phones/0/reveal"), json!({})).await.problem(403, "row_read_only");
    shop.rival.post("/orders", order(&id)).await.problem(403, "row_read_only");
    let said = json!({ "channel": "call", "content": "聊了聊" });
    shop.rival.post(&format!("{path}/interactions"), said).await.problem(403, "row_read_only");
    let claim = format!("{path}/claim");
    let (one, two) =
        futures::future::join(shop.sales.post(&claim, json!({})), shop.rival.post(&claim, json!({}))).await;
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert!(statuses[0] == 200 && statuses[1] != 200, "{} {}", one.body, two.body);
    let (winner, loser) = if one.status == 200 { (&shop.sales, &shop.rival) } else { (&shop.rival, &shop.sales) };
    winner.post("/orders", order(&id)).await.ok();
    loser.get(&path).await.problem(404, "not_found");
    let audit = shop.boss.get(&format!("/audit?resource_id={id}&action=release")).await.ok();
    assert!(audit.to_string().contains("三次没接电话"), "{audit}");
}

#[actix_web::test]
async fn a_helper_sees_all_that_hangs_on_the_customer_and_changes_it_only_if_told_so() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三").await;
    let theirs = text(&shop.sales.post("/orders", order(&id)).await.ok()["id"]);
    let helpers = format!("/customers/{id}/helpers");
    let helper = |level: &str| json!({ "staff_id": shop.rival_id, "level": level });
    shop.rival.get(&format!("/orders/{theirs}")).await.problem(404, "not_found");
    shop.sales.post(&helpers, helper("read")).await.ok();
    shop.rival.get(&format!("/orders/{theirs}")).await.ok();
    shop.rival.get(&format!("/customers/{id}/interactions")).await.ok();
    shop.rival.patch(&format!("/customers/{id}"), 1, json!({ "name": "张四" })).await.problem(403, "row_read_only");
    let ship = json!({ "event": "accept" });
    shop.rival.post_at(&format!("/orders/{theirs}/moves"), 1, ship.clone()).await.problem(403, "row_read_only");
    shop.rival.post(&helpers, helper("edit")).await.problem(403, "row_read_only");
    shop.sales.post(&helpers, helper("edit")).await.ok();
    shop.rival.patch(&format!("/customers/{id}"), 1, json!({ "name": "张四" })).await.ok();
    shop.rival.post_at(&format!("/orders/{theirs}/moves"), 1, ship).await.ok();
    let path = format!("{helpers}/{}", shop.rival_id);
    shop.sales.send(shop.sales.request(reqwest::Method::DELETE, &path)).await.ok();
    shop.rival.get(&format!("/customers/{id}")).await.problem(404, "not_found");
    let nobody = json!({ "staff_id": "01890a5d-ac96-774b-bcce-b302099a8057", "level": "read" });
    assert_eq!(shop.sales.post(&helpers, nobody).await.violations(), ["staff_id: staff_unknown"]);
}

#[actix_web::test]
async fn whoever_helps_with_many_sees_each_of_them_at_once() {
    let shop = Shop::new().await;
    let names = (0..52).map(|at| format!("客户{at},陈晓,王磊\n")).collect::<String>();
    let none = shop.rival.get("/customers").await.ok();
    let done = crate::transfer::import(&shop, &shop.boss, &format!("姓名,负责人,协作人\n{names}"), json!({})).await;
    assert_eq!(done["created"], 52, "{done}");
    let count = async || shop.rival.get("/customers/count").await.ok()["count"].clone();
    assert_eq!((none["items"].clone(), count().await), (json!([]), json!(52)));
    let page = shop.rival.get("/customers?q=客户").await.ok();
    for (at, left) in [51, 50, 49].into_iter().enumerate() {
        let customer = text(&page["items"][at]["id"]);
        let path = format!("/customers/{customer}/helpers/{}", shop.rival_id);
        shop.boss.send(shop.boss.request(reqwest::Method::DELETE, &path)).await.ok();
        assert_eq!(count().await, json!(left));
        shop.rival.get(&format!("/customers/{customer}")).await.problem(404, "not_found");
    }
}

#[actix_web::test]
async fn a_field_that_is_masked_or_read_only_stays_so_on_every_way() {
    let shop = Shop::new().await;
    let (service, _) = hire(&shop, "service", None).await;
    let (finance, _) = hire(&shop, "finance", None).await;
    let number = phone_number();
    let body = json!({ "name": "张三", "phones": [{ "number": number }] });
    let id = text(&shop.sales.post("/customers", body).await.ok()["id"]);
    let theirs = text(&shop.sales.post("/orders", order(&id)).await.ok()["id"]);
    assert!(text(&service.get(&format!("/customers/{id}")).await.ok()["phone_masked"]).contains("****"));
    assert_eq!(finance.get(&format!("/customers/{id}")).await.ok()["phones"], json!([]));
    let seen = finance.get(&format!("/orders/{theirs}")).await.ok();
    assert_eq!(
        (&seen["total_fen"], &seen["phone_masked"], &seen["address"]),
        (&json!(200), &json!(null), &json!(null))
    );
    service.get("/orders").await.problem(403, "forbidden");
    assert_eq!(finance.get(&format!("/customers?q={number}")).await.ok()["items"], json!([]));
    assert_eq!(finance.get(&format!("/customers?q={}", &number[7..])).await.ok()["items"], json!([]));
    assert_eq!(service.get(&format!("/customers?q={number}")).await.ok()["items"], json!([]));
    // A role of one's own that writes customers and orders, but sees neither phones nor sums.
    let mut blind = rights(
        &["customers.read", "customers.write", "customers.reveal", "orders.read", "orders.write", "audit.read"],
        "all",
    );
    blind["fields"] = json!({ "phones": "read_only", "amounts": "mask" });
    let (clerk, _) = hire(&shop, "custom", Some(&role(&shop, "文员", &blind).await)).await;
    let change = json!({ "phones": [{ "number": phone_number() }] });
    let path = format!("/customers/{id}");
    assert_eq!(clerk.patch(&path, 1, change.clone()).await.violations(), ["phones: field_read_only"]);
    let new = json!({ "name": "李四", "phones": change["phones"] });
    assert_eq!(clerk.post("/customers", new).await.violations(), ["phones: field_read_only"]);
    clerk.patch(&path, 1, json!({ "name": "张君宝" })).await.ok();
    assert_eq!(clerk.post("/orders", order(&id)).await.violations(), ["lines: field_read_only"]);
    assert_eq!(clerk.get(&format!("/orders/{theirs}")).await.ok()["total_fen"], json!(null));
    let elsewhere = clerk.patch(&format!("/orders/{theirs}"), 1, json!({ "address": "上海" })).await;
    assert_eq!(elsewhere.violations(), ["address: field_read_only"]);
    // What somebody else changed meanwhile is shown no farther either.
    let stale =
        clerk.patch(&format!("/orders/{theirs}"), 9, json!({ "remark": "x" })).await.problem(409, "version_stale");
    assert_eq!(stale["current"]["total_fen"], json!(null), "{stale}");
    clerk.post(&format!("{path}/phones/0/reveal"), json!({})).await.ok();
    // Nor does the record say what the order does not.
    let recorded = async |client: &Client| {
        let audit = client.get(&format!("/audit?resource_id={theirs}&action=create")).await.ok();
        let fields = audit["items"][0]["fields"].as_array().expect("fields").clone();
        fields.into_iter().find(|field| field["name"] == "total_fen").expect("the sum")["new"].take()
    };
    assert_eq!((recorded(&clerk).await, recorded(&shop.boss).await), (json!(null), json!(200)));
    // It says which of what is sealed together was changed.
    shop.advance(Duration::seconds(1)).await;
    let version = shop.boss.get(&path).await.ok()["version"].as_i64().expect("a version");
    shop.boss.patch(&path, version, json!({ "emails": [{ "email": "yi@example.cn" }] })).await.ok();
    let audit = shop.boss.get(&format!("/audit?resource_id={id}&action=update")).await.ok();
    let fields = audit["items"][0]["fields"].as_array().expect("fields").iter().map(|field| text(&field["name"]));
    let fields: Vec<_> = fields.collect();
    assert!(fields.contains(&"emails".to_owned()) && !fields.contains(&"phones".to_owned()), "{fields:?}");
    for (query, said) in
        [("", "resource: required"), ("&id=x", "id: uuid_invalid"), (&format!("&id={id}"), "staff: required")]
    {
        let query = if query.is_empty() { String::new() } else { format!("?resource=customers{query}") };
        assert_eq!(shop.boss.get(&format!("/permissions/explain{query}")).await.violations(), [said]);
    }
}

#[actix_web::test]
async fn an_operator_suspends_a_business_and_its_customers_still_see_their_orders() {
    let shop = Shop::new().await;
    let number = phone_number();
    let id = customer(&shop.sales, "张三").await;
    let mut body = order(&id);
    body["phone"] = json!(number);
    shop.sales.post("/orders", body).await.ok();
    let buyer = shop.customer(&number).await;
    // Somebody who works nowhere: in a suspended business even the operator's own staff are out.
    let operator = shop.caretaker().await.log_in(&shop).await;
    // Who runs the machine is nobody's colleague.
    operator.get("/staff").await.problem(403, "side_wrong");
    let staff = shop.boss.get("/staff").await.ok();
    let staff: Vec<_> = staff["items"].as_array().expect("items").iter().map(|row| text(&row["id"])).collect();
    assert_eq!(staff.len(), 3, "{staff:?}");
    assert!([shop.boss_id, shop.sales_id, shop.rival_id].iter().all(|id| staff.contains(&id.to_string())), "{staff:?}");
    let path = format!("/operator/tenants/{}", shop.tenant);
    let version = operator.get(&path).await.ok()["version"].as_i64().expect("a version");
    // To look needs no second look, to change does.
    operator.patch(&path, version, json!({ "suspended": true })).await.problem(403, "totp_required");
    let operator = shop.vouch(&operator).await;
    operator.patch(&path, version, json!({ "suspended": true })).await.ok();
    operator.patch(&path, version, json!({ "suspended": false })).await.problem(409, "version_stale");
    shop.advance(Duration::seconds(3)).await;
    shop.sales.get("/customers").await.problem(401, "token_expired");
    assert_eq!(buyer.get("/me/orders").await.ok()["items"].as_array().map(Vec::len), Some(1));
    operator.patch(&path, version + 1, json!({ "suspended": false })).await.ok();
    shop.advance(Duration::seconds(3)).await;
    shop.sales.get("/customers").await.ok();
    shop.boss.get(&path).await.problem(403, "operators_only");
    // Nobody locks themselves out.
    let block = json!({ "rule": "block", "network": "0.0.0.0/0" });
    operator.post("/operator/networks", block).await.problem(409, "allow_excludes_caller");
}

#[actix_web::test]
async fn businesses_sign_themselves_up_only_where_the_installation_lets_them() {
    let shop = Shop::new().await;
    let body = json!({ "business": "远山茶行", "name": "周明" });
    let owner = shop.stranger().await;
    let made = owner.post("/auth/signup", body.clone()).await;
    assert_eq!(made.status, 201);
    let tenant = made.body["tenant_id"].as_i64().expect("an id");
    let owner = owner.act_in(tenant).await;
    customer(&owner, "张三").await;
    assert_eq!(owner.get("/auth/me").await.ok()["staff"]["role"], "boss");
    let closed = Shop::with(|config| config.signup.open = false).await;
    closed.stranger().await.post("/auth/signup", body).await.problem(403, "signup_closed");
}

#[actix_web::test]
async fn teams_are_a_tree_without_a_circle() {
    let shop = Shop::new().await;
    let team = async |name: &str, parent: Option<&str>| {
        text(&shop.boss.post("/teams", json!({ "name": name, "parent_id": parent })).await.ok()["id"])
    };
    let above = team("一队", None).await;
    let below = team("一组", Some(&above)).await;
    let circle = shop.boss.patch(&format!("/teams/{above}"), 1, json!({ "parent_id": below })).await;
    assert_eq!(circle.violations(), ["parent_id: team_circle"]);
    shop.boss.delete(&format!("/teams/{above}"), 1).await.problem(409, "in_use");
    shop.boss.patch(&format!("/teams/{below}"), 1, json!({ "parent_id": null })).await.ok();
    assert_eq!(shop.boss.delete(&format!("/teams/{above}"), 1).await.status, 204);
}

#[actix_web::test]
async fn a_hand_over_to_somebody_who_left_meanwhile_fails_and_leaves_everything_where_it_is() {
    let shop = Shop::new().await;
    let mine = customer(&shop.sales, "张三").await;
    let to = json!({ "to_staff_id": shop.rival_id });
    let begun = shop.boss.post(&format!("/staff/{}/handover", shop.sales_id), to).await;
    assert_eq!(begun.status, 202, "{}", begun.body);
    let rival = shop.rival_id.to_string();
    let at = crate::invitations::version(&shop, &rival).await;
    shop.boss.post_at(&format!("/staff/{rival}/suspend"), at, json!({})).await.ok();
    shop.run_jobs().await;
    let state = shop.boss.get(&format!("/handovers/{}", text(&begun.body["id"]))).await.ok();
    assert_eq!((&state["failed"], &state["customers"]), (&json!(true), &json!(0)), "{state}");
    let row = shop.boss.get(&format!("/customers/{mine}")).await.ok();
    assert_eq!(row["owner_id"], json!(shop.sales_id));
}

#[actix_web::test]
async fn customers_are_handed_to_nobody_who_may_not_change_them() {
    let shop = Shop::new().await;
    customer(&shop.sales, "张三").await;
    let path = format!("/staff/{}/handover", shop.sales_id);
    let (_, reader) = hire(&shop, "finance", None).await;
    let refused = shop.boss.post(&path, json!({ "to_staff_id": reader })).await;
    assert_eq!(refused.violations(), ["to_staff_id: cannot_change_customers"]);
    // It is the rights that count, not the name of the role.
    let rights = json!({
        "permissions": ["customers.read"], "pool": false, "fields": { "phones": "mask", "amounts": "show" },
        "reach": { "customers": "all", "interactions": "all", "tasks": "all", "orders": "all" },
    });
    let role = text(&shop.boss.post("/roles", json!({ "name": "旁观", "rights": rights })).await.ok()["id"]);
    let (_, watcher) = hire(&shop, "custom", Some(&role)).await;
    let refused = shop.boss.post(&path, json!({ "to_staff_id": watcher })).await;
    assert_eq!(refused.violations(), ["to_staff_id: cannot_change_customers"]);
    let preview = shop.boss.get(&path).await.ok();
    assert_eq!(preview["running_id"], json!(null));
    let mut receivers: Vec<_> = preview["receivers"].as_array().expect("ids").iter().map(text).collect();
    receivers.sort();
    let mut able = [shop.boss_id.to_string(), shop.rival_id.to_string()];
    able.sort();
    assert_eq!(receivers, able, "neither the leaver nor whoever only looks");
}

#[actix_web::test]
async fn a_leaver_is_handed_over_once_at_a_time() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三").await;
    let path = format!("/staff/{}/handover", shop.sales_id);
    let heirs = [shop.rival_id, shop.boss_id, shop.rival_id, shop.boss_id];
    let asked = heirs.map(|heir| shop.boss.post(&path, json!({ "to_staff_id": heir })));
    let answers = futures::future::join_all(asked).await;
    let begun: Vec<_> = answers.iter().filter(|answer| answer.status == 202).collect();
    assert_eq!(begun.len(), 1, "{answers:?}");
    let (handover, heir) = (begun[0].body["id"].clone(), begun[0].body["to_staff_id"].clone());
    for answer in answers.into_iter().filter(|answer| answer.status != 202) {
        answer.problem(409, "handover_running");
    }
    assert_eq!(shop.boss.get(&path).await.ok()["running_id"], handover);
    // Somebody else's is another matter.
    let other = format!("/staff/{}/handover", shop.rival_id);
    assert_eq!(shop.boss.post(&other, json!({ "to_staff_id": shop.boss_id })).await.status, 202);
    shop.run_jobs().await;
    assert_eq!(shop.boss.get(&path).await.ok()["running_id"], json!(null));
    assert!(
        [&heir, &json!(shop.boss_id)].contains(&&shop.boss.get(&format!("/customers/{id}")).await.ok()["owner_id"])
    );
    assert_eq!(shop.boss.post(&path, json!({ "to_staff_id": shop.rival_id })).await.status, 202);
}

#[actix_web::test]
async fn what_a_hand_over_that_was_given_up_left_can_be_handed_over_again() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三").await;
    let path = format!("/staff/{}/handover", shop.sales_id);
    let heir = json!({ "to_staff_id": shop.rival_id });
    let begun = shop.boss.post(&path, heir.clone()).await.ok();
    // Its worker went down each time before it could say why.
    let tried = format!("UPDATE jobs SET attempts = 10 WHERE kind = 'handover_asked' AND tenant_id = {}", shop.tenant);
    open(&shop).await.execute_unprepared(&tried).await.expect("tried");
    shop.run_jobs().await;
    let state = shop.boss.get(&format!("/handovers/{}", text(&begun["id"]))).await.ok();
    assert_eq!((&state["done"], &state["failed"]), (&json!(false), &json!(true)), "{state}");
    let said = shop.boss.get("/audit?resource=staff&action=handover_failed").await.ok();
    assert_eq!(said["items"][0]["resource_id"], json!(shop.sales_id), "{said}");
    assert_eq!(shop.boss.get(&path).await.ok()["running_id"], json!(null));
    let again = shop.boss.post(&path, heir).await;
    assert_eq!(again.status, 202, "{}", again.body);
    shop.run_jobs().await;
    assert_eq!(shop.boss.get(&format!("/customers/{id}")).await.ok()["owner_id"], json!(shop.rival_id));
}

#[actix_web::test]
async fn a_hand_over_whose_job_is_gone_has_failed_and_keeps_nobody_from_another() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三").await;
    let path = format!("/staff/{}/handover", shop.sales_id);
    let heir = json!({ "to_staff_id": shop.rival_id });
    let begun = shop.boss.post(&path, heir.clone()).await.ok();
    let state = async || shop.boss.get(&format!("/handovers/{}", text(&begun["id"]))).await.ok()["failed"].clone();
    assert_eq!(state().await, json!(false), "its job waits");
    // As an earlier version left it: the job is dead, and the row does not know.
    let given_up =
        format!("UPDATE jobs SET state = 'dead' WHERE kind = 'handover_asked' AND tenant_id = {}", shop.tenant);
    open(&shop).await.execute_unprepared(&given_up).await.expect("given up");
    assert_eq!(state().await, json!(true));
    assert_eq!(shop.boss.get(&path).await.ok()["running_id"], json!(null));
    assert_eq!(shop.boss.post(&path, heir).await.status, 202);
    shop.run_jobs().await;
    assert_eq!(shop.boss.get(&format!("/customers/{id}")).await.ok()["owner_id"], json!(shop.rival_id));
}

#[actix_web::test]
async fn a_role_names_each_permission_once_and_sees_what_it_changes() {
    let shop = Shop::new().await;
    let rights = |permissions: &[&str]| {
        json!({
            "permissions": permissions, "pool": false, "fields": { "phones": "mask", "amounts": "show" },
            "reach": { "customers": "all", "interactions": "all", "tasks": "all", "orders": "all" },
        })
    };
    let good = role(&shop, "开单", &rights(&["orders.write", "orders.read", "audit.read", "business.write"])).await;
    for (permissions, said) in [
        (vec!["orders.read", "orders.read"], "rights.permissions.1: permission_twice"),
        (vec!["customers.read", "orders.write"], "rights.permissions.1: permission_blind"),
        (vec!["customers.reveal"], "rights.permissions.0: permission_blind"),
        (vec!["pools.write"], "rights.permissions.0: permission_blind"),
        (vec!["tags.write"], "rights.permissions.0: permission_blind"),
        (vec!["roles.write"], "rights.permissions.0: permission_blind"),
    ] {
        let rights = rights(&permissions);
        let made = shop.boss.post("/roles", json!({ "name": "看不见", "rights": rights })).await;
        assert_eq!(made.violations(), [said], "{permissions:?}");
        let changed = shop.boss.patch(&format!("/roles/{good}"), 1, json!({ "rights": rights })).await;
        assert_eq!(changed.violations(), [said], "{permissions:?}");
    }
}

#[actix_web::test]
async fn a_link_to_an_export_ends_with_the_right_of_whoever_made_it() {
    let shop = Shop::new().await;
    let carries = role(&shop, "导出", &rights(&["customers.read", "customers.export"], "all")).await;
    let reads = role(&shop, "只看", &rights(&["customers.read"], "all")).await;
    let (client, id) = hire(&shop, "custom", Some(&carries)).await;
    let client = shop.step_up(&client).await;
    let asked = json!({ "selection": { "filter": {} }, "format": "csv" });
    let export = text(&client.post("/exports", asked).await.ok()["id"]);
    shop.run_jobs().await;
    let link = text(&client.post(&format!("/exports/{export}/link"), json!({})).await.ok()["path"]);
    let opens = async || shop.nobody.get(&format!("/{link}")).await;
    assert_eq!(opens().await.status, 200);
    let version = async || {
        let listed = shop.boss.get("/staff").await.ok();
        let row = listed["items"].as_array().expect("items").iter().find(|row| row["id"] == id.as_str()).cloned();
        row.expect("the colleague")["version"].as_i64().expect("a version")
    };
    let give = async |role: &str| {
        let choice = json!({ "role": "custom", "role_id": role });
        shop.boss.post_at(&format!("/staff/{id}/role"), version().await, choice).await.ok();
    };
    give(&reads).await;
    opens().await.problem(404, "not_found");
    give(&carries).await;
    assert_eq!(opens().await.status, 200);
    shop.boss.post_at(&format!("/staff/{id}/suspend"), version().await, json!({})).await.ok();
    opens().await.problem(404, "not_found");
}
