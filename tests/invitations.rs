//! Invitations and what becomes of them when whoever made them, or the role they give, is no more.

use crate::guards::database::open;
use crate::harness::{Client, Shop, phone_number, text};
use crate::rights::hire;
use chrono::Duration;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

pub async fn version(shop: &Shop, id: &str) -> i64 {
    let staff = shop.boss.get("/staff").await.ok();
    let rows = staff["items"].as_array().expect("staff").clone();
    rows.iter().find(|row| row["id"] == id).expect("them")["version"].as_i64().expect("a version")
}

async fn invite(client: &Client, role: &Value) -> Value {
    let mut body = role.clone();
    body["name"] = json!("何平");
    json!({ "ticket": client.post("/invitations", body).await.ok()["ticket"] })
}

/// Neither shown nor taken.
async fn is_void(ticket: &Value, to: &Client) {
    to.post("/auth/invitation", ticket.clone()).await.problem(404, "not_found");
    to.post("/auth/invitation/accept", ticket.clone()).await.problem(404, "not_found");
}

#[actix_web::test]
async fn an_invitation_counts_as_long_as_its_maker_could_give_it() {
    let shop = Shop::new().await;
    let (second, id) = hire(&shop, "boss", None).await;
    let second = shop.step_up(&second).await;
    let kept = invite(&second, &json!({ "role": "boss" })).await;
    let (friend, path) = (shop.stranger().await, format!("/staff/{id}"));
    friend.post("/auth/invitation", kept.clone()).await.ok();
    let at = version(&shop, &id).await;
    shop.boss.post_at(&format!("{path}/suspend"), at, json!({})).await.ok();
    is_void(&kept, &friend).await;
    // Let back they could invite again, and so it counts again; in a lesser role they could not.
    shop.boss.post_at(&format!("{path}/resume"), at + 1, json!({})).await.ok();
    friend.post("/auth/invitation", kept.clone()).await.ok();
    shop.boss.post_at(&format!("{path}/role"), at + 2, json!({ "role": "manager" })).await.ok();
    is_void(&kept, &friend).await;
    shop.boss.post_at(&format!("{path}/role"), at + 3, json!({ "role": "boss" })).await.ok();
    assert_eq!(shop.boss.delete(&path, at + 4).await.status, 204);
    is_void(&kept, &friend).await;
    // Nor does whoever was removed come back by it, who has no place there to be in the way.
    shop.advance(Duration::seconds(3)).await;
    is_void(&kept, &shop.log_in_again(&second).await).await;
    // What a present boss says counts.
    let good = invite(&shop.boss, &json!({ "role": "boss" })).await;
    friend.post("/auth/invitation/accept", good).await.ok();
}

#[actix_web::test]
async fn a_role_is_there_as_long_as_an_invitation_gives_it() {
    let shop = Shop::new().await;
    let rights = json!({
        "permissions": ["customers.read"], "pool": false, "fields": { "phones": "mask", "amounts": "show" },
        "reach": { "customers": "own", "interactions": "own", "tasks": "own", "orders": "own" },
    });
    let role =
        async |name: &str| text(&shop.boss.post("/roles", json!({ "name": name, "rights": rights })).await.ok()["id"]);
    let id = role("旁观").await;
    let made = shop.boss.post("/invitations", json!({ "role": "custom", "role_id": id, "name": "何平" })).await.ok();
    let path = format!("/roles/{id}");
    shop.boss.delete(&path, 1).await.problem(409, "in_use");
    let taken = format!("/invitations/{}", text(&made["id"]));
    assert_eq!(shop.boss.send(shop.boss.request(reqwest::Method::DELETE, &taken)).await.status, 204);
    assert_eq!(shop.boss.delete(&path, 1).await.status, 204);

    // An earlier version let a role go that somebody was about to get, or had got.
    let id = role("帮手").await;
    let ticket = invite(&shop.boss, &json!({ "role": "custom", "role_id": id })).await;
    let (_, colleague) = hire(&shop, "custom", Some(&id)).await;
    let gone = format!("UPDATE roles SET live = NULL WHERE tenant_id = {}", shop.tenant);
    open(&shop).await.execute_unprepared(&gone).await.expect("gone");
    is_void(&ticket, &shop.stranger().await).await;
    let (path, at) = (format!("/staff/{colleague}"), version(&shop, &colleague).await);
    shop.boss.get(&format!("{path}/sessions")).await.ok();
    shop.boss.get(&format!("{path}/handover")).await.ok();
    shop.boss.post_at(&format!("{path}/suspend"), at, json!({})).await.ok();
    // There is nothing to let them back to, until they get another role.
    let resume = format!("{path}/resume");
    assert_eq!(shop.boss.post_at(&resume, at + 1, json!({})).await.violations(), ["role_id: role_unknown"]);
    shop.boss.post_at(&format!("{path}/role"), at + 1, json!({ "role": "sales" })).await.ok();
    shop.boss.post_at(&resume, at + 2, json!({})).await.ok();
}

#[actix_web::test]
async fn the_record_says_whence_a_colleague_joined_and_by_which_login() {
    let shop = Shop::new().await;
    // By phone: the login with which they came was no business's, so it stands here.
    let (by_phone, colleague) = hire(&shop, "sales", None).await;
    assert_eq!(version(&shop, &colleague).await, 2, "who can log in now is no longer as they were");
    let ticket = invite(&shop.boss, &json!({ "role": "sales" })).await;
    let by_ticket = shop.stranger().await;
    let guest = text(&by_ticket.post("/auth/invitation/accept", ticket).await.ok()["staff_id"]);
    for (id, action, client) in [(&colleague, "join", &by_phone), (&guest, "accept_invitation", &by_ticket)] {
        let record = shop.boss.get(&format!("/audit?resource=staff&action={action}&resource_id={id}")).await.ok();
        let said = record["items"].as_array().expect("entries");
        assert_eq!(said.len(), 1, "{record}");
        let sessions = client.get("/auth/sessions").await.ok();
        assert_eq!(said[0]["session_id"], sessions["items"][0]["id"], "{record}");
        assert_eq!((&said[0]["actor_id"], &said[0]["actor_name"]), (&json!(id), &json!("何平")));
        assert!(text(&said[0]["address"]).starts_with("10.") && !text(&said[0]["request_id"]).is_empty(), "{record}");
    }
    let by_whom = shop.boss.get(&format!("/audit?action=join&actor_id={}", shop.sales_id)).await.ok();
    assert_eq!(by_whom["items"].as_array().map(Vec::len), Some(1), "everybody their own: {by_whom}");
}

#[actix_web::test]
async fn a_team_is_there_as_long_as_an_invitation_leads_into_it() {
    let shop = Shop::new().await;
    let (second, id) = hire(&shop, "boss", None).await;
    let second = shop.step_up(&second).await;
    let team = text(&shop.boss.post("/teams", json!({ "name": "一队" })).await.ok()["id"]);
    let ticket = invite(&second, &json!({ "role": "sales", "team_id": team })).await;
    let listed = async || shop.boss.get("/invitations").await.ok()["items"].as_array().map(Vec::len);
    let path = format!("/teams/{team}");
    shop.boss.delete(&path, 1).await.problem(409, "in_use");
    assert_eq!(listed().await, Some(1));
    // Nobody can accept what its maker could not give: it is marked, stands behind what counts, and keeps no team.
    let at = version(&shop, &id).await;
    shop.advance(Duration::seconds(1)).await;
    shop.boss.post_at(&format!("/staff/{id}/suspend"), at, json!({})).await.ok();
    let fresh = text(&shop.boss.post("/invitations", json!({ "role": "sales" })).await.ok()["id"]);
    let open = shop.boss.get("/invitations").await.ok();
    let dormant: Vec<_> = open["items"].as_array().expect("rows").iter().map(|row| &row["dormant"]).collect();
    assert_eq!(dormant, [false, true], "{open}");
    // It can be taken back like any other.
    let back = shop.boss.request(reqwest::Method::DELETE, &format!("/invitations/{fresh}"));
    assert_eq!(shop.boss.send(back).await.status, 204);
    assert_eq!(shop.boss.delete(&path, 1).await.status, 204);
    // Nor does it lead into a team that is no more, when they are back.
    shop.boss.post_at(&format!("/staff/{id}/resume"), at + 1, json!({})).await.ok();
    is_void(&ticket, &shop.stranger().await).await;
    let open = shop.boss.get("/invitations").await.ok();
    assert_eq!(open["items"][0]["dormant"], true, "{open}");
    let path = format!("/invitations/{}", text(&open["items"][0]["id"]));
    assert_eq!(shop.boss.send(shop.boss.request(reqwest::Method::DELETE, &path)).await.status, 204);
    assert_eq!(listed().await, Some(0));
}

#[actix_web::test]
async fn whoever_proves_a_phone_that_a_business_entered_is_asked_first() {
    let shop = Shop::new().await;
    let number = phone_number();
    let colleague = json!({ "name": "何平", "phone": number, "role": "sales" });
    let id = text(&shop.boss.post("/staff", colleague).await.ok()["id"]);
    let person = Shop::prove(&shop.nobody, &shop.appid(), &number).await;
    assert_eq!(person.get("/auth/me").await.ok()["businesses"], json!([]), "nobody works where they did not want to");
    let there = json!({ "side": "staff", "tenant_id": shop.tenant });
    person.post("/auth/switch", there).await.problem(404, "not_found");
    let offered = person.get("/auth/invitations").await.ok();
    let [place] = offered["items"].as_array().expect("places").as_slice() else { panic!("{offered}") };
    let what = [&place["business"], &place["name"], &place["role"], &place["invited_by"]];
    assert_eq!(what, ["山月茶行", "何平", "sales", "林静"]);
    let ticket = json!({ "ticket": place["ticket"] });
    let looked = person.post("/auth/invitation", ticket.clone()).await.ok();
    assert_eq!((&looked["business"], &looked["invited_by"]), (&json!("山月茶行"), &json!("林静")));
    // It is nobody's who does not have the phone.
    let stranger = shop.stranger().await;
    assert_eq!(stranger.get("/auth/invitations").await.ok()["items"], json!([]));
    is_void(&ticket, &stranger).await;
    stranger.post("/auth/invitation/decline", ticket.clone()).await.problem(404, "not_found");

    // The business sees where somebody works for it, and no other login of theirs.
    let sessions = format!("/staff/{id}/sessions");
    let listed = async || shop.boss.get(&sessions).await.ok()["items"].as_array().expect("sessions").clone();
    assert_eq!(listed().await, Vec::<Value>::new());
    let accepted = person.post("/auth/invitation/accept", ticket.clone()).await.ok();
    assert_eq!((&accepted["staff_id"], &accepted["tenant_id"]), (&json!(id), &json!(shop.tenant)));
    assert_eq!(person.post("/auth/invitation/accept", ticket).await.ok(), accepted, "the answer was lost");
    assert_eq!(person.get("/auth/invitations").await.ok()["items"], json!([]));
    assert_eq!(listed().await, Vec::<Value>::new());
    let elsewhere = person.get("/auth/sessions").await.ok()["items"][0]["id"].clone();
    let at_work = shop.log_in_again(&person).await.act_in(shop.tenant).await;
    at_work.get("/customers").await.ok();
    let [there] = listed().await.try_into().expect("one session");
    assert_ne!(there["id"], elsewhere);
    let path = format!("{sessions}/{}", text(&elsewhere));
    shop.boss.post(&format!("{path}/wipe"), json!({})).await.problem(404, "not_found");
    shop.boss.send(shop.boss.request(reqwest::Method::DELETE, &path)).await.problem(404, "not_found");
    person.get("/auth/me").await.ok();
    shop.boss.post(&format!("{sessions}/{}/wipe", text(&there["id"])), json!({})).await.ok();
    at_work.get("/customers").await.problem(401, "wiped");
}

#[actix_web::test]
async fn a_place_that_somebody_declines_is_offered_no_more_and_the_business_sees_it() {
    let shop = Shop::new().await;
    let number = phone_number();
    let colleague = json!({ "name": "何平", "phone": number, "role": "sales" });
    let id = text(&shop.boss.post("/staff", colleague.clone()).await.ok()["id"]);
    let person = Shop::prove(&shop.nobody, &shop.appid(), &number).await;
    let offers = async || person.get("/auth/invitations").await.ok()["items"].as_array().expect("places").clone();
    // Nor is it offered while the business keeps them out.
    let at = version(&shop, &id).await;
    shop.boss.post_at(&format!("/staff/{id}/suspend"), at, json!({})).await.ok();
    assert_eq!(offers().await, Vec::<Value>::new());
    shop.boss.post_at(&format!("/staff/{id}/resume"), at + 1, json!({})).await.ok();
    let ticket = json!({ "ticket": offers().await[0]["ticket"] });
    assert_eq!(person.post("/auth/invitation/decline", ticket.clone()).await.status, 204);
    assert_eq!(offers().await, Vec::<Value>::new());
    is_void(&ticket, &person).await;
    person.post("/auth/invitation/decline", ticket).await.problem(404, "not_found");
    let staff = shop.boss.get("/staff").await.ok();
    let row = staff["items"].as_array().expect("staff").iter().find(|row| row["id"] == id.as_str()).expect("them");
    assert_eq!((&row["declined"], &row["active"]), (&json!(true), &json!(false)));
    let said = shop.boss.get(&format!("/audit?action=decline&resource_id={id}")).await.ok();
    assert_eq!(said["items"][0]["actor_name"], "何平", "{said}");
    // They never worked there: the business learns neither whence they declined nor by which login.
    assert_eq!([&said["items"][0]["address"], &said["items"][0]["session_id"]], [&Value::Null; 2], "{said}");
    // Nobody is given anything to look after who does not come.
    let preview = shop.boss.get(&format!("/staff/{}/handover", shop.sales_id)).await.ok();
    assert!(!preview["receivers"].as_array().expect("receivers").contains(&json!(id)), "{preview}");
    let hers = json!({ "name": "沈怡", "owner_id": id });
    assert_eq!(shop.boss.post("/customers", hers).await.violations(), ["owner_id: owner_unknown"]);
    let theirs = shop.customer_named("沈怡").await;
    let why = shop.boss.get(&format!("/permissions/explain?resource=customers&id={theirs}&staff={id}")).await.ok();
    assert_eq!((&why["may_read"], &why["reasons"][0]["code"]), (&json!(false), &json!("explain_not_joined")), "{why}");
    // The phone is free: whoever meant it asks once more. Whoever works there already is not asked.
    shop.boss.post("/staff", colleague.clone()).await.ok();
    let ticket = invite(&shop.boss, &json!({ "role": "service" })).await;
    assert_eq!(offers().await.len(), 1);
    person.post("/auth/invitation/accept", ticket).await.ok();
    assert_eq!(offers().await, Vec::<Value>::new());
}

/// The places that somebody is offered.
async fn offers(person: &Client) -> Vec<Value> {
    person.get("/auth/invitations").await.ok()["items"].as_array().expect("places").clone()
}

#[actix_web::test]
async fn a_place_is_for_whoever_has_the_number_since_it_was_entered() {
    let shop = Shop::new().await;
    let number = phone_number();
    let before = Shop::prove(&shop.nobody, &shop.appid(), &number).await;
    shop.advance(Duration::seconds(1)).await;
    let colleague = json!({ "name": "何平", "phone": number, "role": "boss" });
    let id = text(&shop.boss.post("/staff", colleague).await.ok()["id"]);
    // Whoever had the number before may have given it back since.
    let ticket = json!({ "ticket": format!("{}-{}", shop.tenant, id.replace('-', "")) });
    assert_eq!(offers(&before).await, Vec::<Value>::new());
    is_void(&ticket, &before).await;
    before.post("/auth/invitation/decline", ticket.clone()).await.problem(404, "not_found");
    // Who proves it once more has it still.
    shop.advance(Duration::seconds(1)).await;
    let before = Shop::prove_again(&before, &shop.appid()).await;
    assert_eq!(offers(&before).await[0]["ticket"], ticket["ticket"]);
    // When another proved it later it is theirs.
    shop.advance(Duration::seconds(1)).await;
    let after = Shop::prove(&shop.nobody, &shop.appid(), &number).await;
    assert_eq!(offers(&before).await, Vec::<Value>::new());
    is_void(&ticket, &before).await;
    assert_eq!(offers(&after).await.len(), 1);
    after.post("/auth/invitation/accept", ticket.clone()).await.ok();
    assert_eq!(after.act_in(shop.tenant).await.get("/auth/me").await.ok()["staff"]["id"], id);
    is_void(&ticket, &before).await;
}

#[actix_web::test]
async fn a_place_counts_as_long_as_whoever_entered_the_phone_could_give_it() {
    let shop = Shop::new().await;
    let (second, maker) = hire(&shop, "boss", None).await;
    let second = shop.step_up(&second).await;
    let number = phone_number();
    let body = json!({ "name": "何平", "phone": number, "role": "boss" });
    second.post("/staff", body).await.ok();
    let person = Shop::prove(&shop.nobody, &shop.appid(), &number).await;
    let ticket = json!({ "ticket": offers(&person).await[0]["ticket"] });
    let (path, at) = (format!("/staff/{maker}"), version(&shop, &maker).await);
    shop.boss.post_at(&format!("{path}/role"), at, json!({ "role": "manager" })).await.ok();
    assert_eq!(offers(&person).await, Vec::<Value>::new());
    is_void(&ticket, &person).await;
    person.post("/auth/invitation/decline", ticket.clone()).await.problem(404, "not_found");
    shop.boss.post_at(&format!("{path}/role"), at + 1, json!({ "role": "boss" })).await.ok();
    person.post("/auth/invitation", ticket.clone()).await.ok();
    assert_eq!(shop.boss.delete(&path, at + 2).await.status, 204);
    is_void(&ticket, &person).await;
    assert_eq!(offers(&person).await, Vec::<Value>::new());
}

#[actix_web::test]
async fn who_works_in_many_businesses_is_still_offered_the_next_one() {
    let shop = Shop::new().await;
    let (number, system) = (phone_number(), api::System::new(&shop.at));
    let phone = domain::phone::Phone::parse(&number).expect("a phone");
    // More than are shown, each older than the one that can be given: the business is suspended.
    for _ in 0..21 {
        let (tenant, _) = shop.neighbour().await;
        system.create_staff(tenant, "何平", domain::permission::Role::Sales, Some(&phone), None).await.expect("staff");
        let closed = format!("UPDATE tenants SET suspended_at = created_at WHERE id = {tenant}");
        open(&shop).await.execute_unprepared(&closed).await.expect("suspended");
    }
    shop.advance(Duration::seconds(1)).await;
    shop.boss.post("/staff", json!({ "name": "何平", "phone": number, "role": "sales" })).await.ok();
    let person = Shop::prove(&shop.nobody, &shop.appid(), &number).await;
    let [place] = offers(&person).await.try_into().expect("one place");
    assert_eq!(place["business"], "山月茶行");
}

#[actix_web::test]
async fn customers_wait_for_a_colleague_who_has_not_joined() {
    let shop = Shop::new().await;
    let number = phone_number();
    let hire = async |name: &str, number: &str| {
        text(&shop.boss.post("/staff", json!({ "name": name, "phone": number, "role": "sales" })).await.ok()["id"])
    };
    let id = hire("何平", &number).await;
    // A shop is set up before its people come: their customers can be given out, one by one and all at once.
    let given = json!({ "name": "沈怡", "owner_id": id });
    let given = text(&shop.boss.post("/customers", given).await.ok()["id"]);
    let (moved, helped) = (shop.customer_named("苏文清").await, shop.customer_named("顾客").await);
    shop.boss.patch(&format!("/customers/{moved}"), 1, json!({ "owner_id": id })).await.ok();
    let helper = json!({ "staff_id": id, "level": "read" });
    shop.boss.post(&format!("/customers/{helped}/helpers"), helper).await.ok();
    let why = shop.boss.get(&format!("/permissions/explain?resource=customers&id={given}&staff={id}")).await.ok();
    assert_eq!((&why["may_read"], &why["reasons"][0]["code"]), (&json!(false), &json!("explain_not_joined")), "{why}");
    let person = Shop::join(&shop.nobody, &shop.appid(), &number).await.act_in(shop.tenant).await;
    for customer in [&given, &moved, &helped] {
        person.get(&format!("/customers/{customer}")).await.ok();
    }
    let renamed = person.patch(&format!("/customers/{given}"), 1, json!({ "name": "沈怡女士" })).await.ok();
    assert_eq!(renamed["owner_id"], id);

    // Whoever never comes is handed over and removed as anybody who leaves.
    let number = phone_number();
    let absent = hire("周敏", &number).await;
    let theirs = json!({ "name": "孟先生", "owner_id": absent });
    let theirs = text(&shop.boss.post("/customers", theirs).await.ok()["id"]);
    let refuser = Shop::prove(&shop.nobody, &shop.appid(), &number).await;
    let ticket = json!({ "ticket": offers(&refuser).await[0]["ticket"] });
    assert_eq!(refuser.post("/auth/invitation/decline", ticket).await.status, 204);
    let path = format!("/staff/{absent}");
    let at = version(&shop, &absent).await;
    shop.boss.delete(&path, at).await.problem(409, "still_in_charge");
    assert_eq!(shop.boss.get(&format!("{path}/handover")).await.ok()["customers"]["count"], 1);
    assert_eq!(shop.boss.post(&format!("{path}/handover"), json!({ "to_staff_id": id })).await.status, 202);
    shop.run_jobs().await;
    assert_eq!(shop.boss.get(&format!("/customers/{theirs}")).await.ok()["owner_id"], id);
    assert_eq!(shop.boss.delete(&path, at).await.status, 204);
}

#[actix_web::test]
async fn what_a_colleague_is_already_changes_nothing() {
    let shop = Shop::new().await;
    let (client, id) = hire(&shop, "sales", None).await;
    let (path, at) = (format!("/staff/{id}"), version(&shop, &id).await);
    let entries = async || {
        let said = shop.boss.get(&format!("/audit?resource=staff&resource_id={id}&limit=100")).await.ok();
        said["items"].as_array().expect("entries").len()
    };
    let before = entries().await;
    let same = shop.boss.post_at(&format!("{path}/role"), at, json!({ "role": "sales" })).await.ok();
    assert_eq!((&same["version"], &same["role"]), (&json!(at), &json!("sales")));
    let same = shop.boss.post_at(&format!("{path}/resume"), at, json!({})).await.ok();
    assert_eq!((&same["version"], entries().await), (&json!(at), before));
    // What they hold is worth what it was.
    client.get("/customers").await.ok();
    shop.boss.post_at(&format!("{path}/suspend"), at, json!({})).await.ok();
    let (at, suspended) = (at + 1, entries().await);
    assert_eq!(suspended, before + 1);
    let again = shop.boss.post_at(&format!("{path}/suspend"), at, json!({})).await.ok();
    assert_eq!((&again["version"], &again["suspended"], entries().await), (&json!(at), &json!(true), suspended));
    // Whoever looked at an older row still hears that it has changed.
    shop.boss.post_at(&format!("{path}/suspend"), at - 1, json!({})).await.problem(409, "version_stale");
}
