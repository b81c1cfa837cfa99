//! Offers in the hands of customers: given one by one and by a bulk action, used once, taken back, seen by whoever they
//! are for, and what becomes of them with their customer.

use crate::harness::{Client, Shop, phone_number, text};
use crate::merge::{merge, undo};
use crate::rights::hire;
use chrono::Duration;
use domain::permission::Role;
use serde_json::{Value, json};

pub fn day(shop: &Shop, days: i64) -> String {
    (shop.at.clock().now() + Duration::hours(8) + Duration::days(days)).date_naive().to_string()
}

/// A present until the day after tomorrow, in China.
pub async fn offer(shop: &Shop, name: &str) -> String {
    let body = json!({ "name": name, "kind": "gift", "gift": "茶杯一只", "last_day": day(shop, 2) });
    text(&shop.boss.post("/offers", body).await.ok()["id"])
}

pub async fn customer(client: &Client, name: &str, number: &str) -> String {
    text(&client.post("/customers", json!({ "name": name, "phones": [{ "number": number }] })).await.ok()["id"])
}

pub async fn give(client: &Client, customer: &str, offer: &str) -> Value {
    client.post(&format!("/customers/{customer}/offers"), json!({ "offer_id": offer })).await.ok()
}

pub fn path(given: &Value) -> String {
    format!("/customers/{}/offers/{}", text(&given["customer_id"]), text(&given["id"]))
}

pub async fn moved(client: &Client, given: &Value, event: &str) -> Value {
    let version = given["version"].as_i64().expect("a version");
    client.post_at(&format!("{}/moves", path(given)), version, json!({ "event": event })).await.ok()
}

pub async fn counts(shop: &Shop, offer: &str) -> (i64, i64) {
    let offer = shop.boss.get(&format!("/offers/{offer}")).await.ok();
    (offer["given"].as_i64().expect("a count"), offer["used"].as_i64().expect("a count"))
}

/// Names and states of a customer's offers.
pub async fn hands(client: &Client, customer: &str) -> Vec<(String, String)> {
    let list = client.get(&format!("/customers/{customer}/offers")).await.ok();
    list["items"].as_array().expect("items").iter().map(|one| (text(&one["name"]), text(&one["state"]))).collect()
}

pub async fn push(client: &Client, selection: Value, offer: &str) -> String {
    let body = json!({ "selection": selection, "offer_id": offer });
    text(&client.post("/customers/bulk", body).await.ok()["id"])
}

pub async fn progress(client: &Client, id: &str) -> (String, i64, i64, i64) {
    let now = client.get(&format!("/customers/bulk/{id}")).await.ok();
    let count = |name: &str| now[name].as_i64().expect("a count");
    (text(&now["state"]), count("done"), count("failed"), count("undone"))
}

/// Whom an action left alone, and why.
pub async fn failures(client: &Client, id: &str) -> Vec<(String, String)> {
    let page = client.get(&format!("/customers/bulk/{id}/failures")).await.ok();
    page["items"].as_array().expect("items").iter().map(|one| (text(&one["customer_id"]), text(&one["code"]))).collect()
}

#[actix_web::test]
async fn a_customer_is_given_an_offer_once_uses_it_once_and_in_its_days() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三", &phone_number()).await;
    let present = offer(&shop, "到店有礼").await;
    let given = give(&shop.sales, &id, &present).await;
    assert_eq!((&given["state"], &given["gift"]), (&json!("open"), &json!("茶杯一只")));
    assert_eq!((&given["moves"], &given["version"]), (&json!(["use"]), &json!(1)));
    let again = shop.sales.post(&format!("/customers/{id}/offers"), json!({ "offer_id": present })).await;
    again.problem(409, "offer_given_already");
    assert_eq!(counts(&shop, &present).await, (1, 0));
    let used = moved(&shop.sales, &given, "use").await;
    assert_eq!((&used["state"], &used["moves"]), (&json!("used"), &json!(["unuse"])));
    assert!(used["used_at"].is_string() && used["used_by_name"].is_string(), "{used}");
    // Two at the counter: the second sees what the first did.
    let second = shop.boss.post_at(&format!("{}/moves", path(&given)), 1, json!({ "event": "use" })).await;
    assert_eq!(second.problem(409, "version_stale")["current"]["state"], "used");
    let second = shop.boss.post_at(&format!("{}/moves", path(&given)), 2, json!({ "event": "use" })).await;
    second.problem(409, "offer_used");
    shop.boss.delete(&path(&given), 2).await.problem(409, "offer_used");
    assert_eq!(counts(&shop, &present).await, (1, 1));
    let unused = moved(&shop.sales, &used, "unuse").await;
    assert_eq!((&unused["state"], &unused["used_at"]), (&json!("open"), &json!(null)));
    // The owner sees who marked which offer.
    let said = shop.boss.get(&format!("/audit?resource=customer_offer&resource_id={}", text(&given["id"]))).await.ok();
    let names: Vec<_> =
        said["items"].as_array().expect("entries").iter().map(|one| text(&one["resource_name"])).collect();
    assert_eq!(names, ["到店有礼"; 3], "{said}");
    let idle = shop.sales.post_at(&format!("{}/moves", path(&given)), 3, json!({ "event": "unuse" })).await;
    idle.problem(409, "offer_not_used");
    assert_eq!(shop.sales.delete(&path(&given), 3).await.status, 204);
    assert_eq!((counts(&shop, &present).await, hands(&shop.sales, &id).await), ((0, 0), vec![]));
    // What was taken back can be given again; its days end in China.
    let late = give(&shop.sales, &id, &present).await;
    shop.advance(Duration::days(3)).await;
    let sales = shop.log_in_again(&shop.sales).await;
    let over = sales.post_at(&format!("{}/moves", path(&late)), 1, json!({ "event": "use" })).await;
    over.problem(409, "offer_over");
    assert_eq!(hands(&sales, &id).await, [("到店有礼".to_owned(), "over".to_owned())]);
}

#[actix_web::test]
async fn what_is_stopped_over_unknown_or_not_begun_is_refused_by_its_reason() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三", &phone_number()).await;
    let to = format!("/customers/{id}/offers");
    let present = offer(&shop, "到店有礼").await;
    let given = give(&shop.sales, &id, &present).await;
    shop.boss.delete(&format!("/offers/{present}"), 1).await.problem(409, "offer_given");
    shop.boss.post_at(&format!("/offers/{present}/stop"), 1, json!({})).await.ok();
    // Who has it keeps it.
    assert_eq!(moved(&shop.sales, &given, "use").await["state"], "used");
    let other = customer(&shop.sales, "李四", &phone_number()).await;
    let stopped = shop.sales.post(&format!("/customers/{other}/offers"), json!({ "offer_id": present })).await;
    assert_eq!(stopped.violations(), ["offer_id: offer_ended"]);
    for (body, said) in [
        (json!({ "offer_id": id }), "offer_id: offer_unknown"),
        (json!({ "offer_id": "x" }), "offer_id: uuid_invalid"),
        (json!({}), "offer_id: required"),
        (json!({ "offer_id": present, "used_at": "2026-01-01T00:00:00Z" }), "used_at: unknown_field"),
    ] {
        assert_eq!(shop.sales.post(&to, body.clone()).await.violations(), [said], "{body}");
    }
    let coming = json!({ "name": "双十二", "kind": "percent_off", "percent": 88, "first_day": day(&shop, 1), "last_day": day(&shop, 5) });
    let coming = text(&shop.boss.post("/offers", coming).await.ok()["id"]);
    let early = give(&shop.sales, &id, &coming).await;
    assert_eq!((&early["state"], &early["moves"]), (&json!("coming"), &json!([])));
    let refused = shop.sales.post_at(&format!("{}/moves", path(&early)), 1, json!({ "event": "use" })).await;
    refused.problem(409, "offer_coming");
    // One with a mistake in it that nobody has is deleted.
    let wrong = offer(&shop, "写错了").await;
    shop.sales.delete(&format!("/offers/{wrong}"), 1).await.problem(403, "forbidden");
    assert_eq!(shop.boss.delete(&format!("/offers/{wrong}"), 1).await.status, 204);
    shop.boss.get(&format!("/offers/{wrong}")).await.problem(404, "not_found");
    assert_eq!(shop.sales.post(&to, json!({ "offer_id": wrong })).await.violations(), ["offer_id: offer_unknown"]);
}

#[actix_web::test]
async fn whoever_sees_a_customer_marks_and_whoever_changes_them_gives() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三", &phone_number()).await;
    let present = offer(&shop, "到店有礼").await;
    let given = give(&shop.sales, &id, &present).await;
    let to = format!("/customers/{id}/offers");
    let (_, stranger) = shop.neighbour().await;
    for nobody in [&stranger, &shop.rival] {
        nobody.get(&to).await.problem(404, "not_found");
        nobody.delete(&path(&given), 1).await.problem(404, "not_found");
        let moves = format!("{}/moves", path(&given));
        nobody.post_at(&moves, 1, json!({ "event": "use" })).await.problem(404, "not_found");
        let refused = nobody.post(&to, json!({ "offer_id": present })).await;
        refused.problem(404, "not_found");
    }
    // At the counter.
    let service = hire(&shop, "service", None).await.0;
    let used = moved(&service, &given, "use").await;
    assert_eq!(moved(&service, &used, "unuse").await["state"], "open");
    service.post(&to, json!({ "offer_id": offer(&shop, "别的").await })).await.problem(403, "forbidden");
    service.delete(&path(&given), 3).await.problem(403, "forbidden");
    let finance = hire(&shop, "finance", None).await.0;
    assert_eq!(hands(&finance, &id).await.len(), 1);
    finance.delete(&path(&given), 3).await.problem(403, "forbidden");
    finance.post(&to, json!({ "offer_id": present })).await.problem(403, "forbidden");
    let bulk = json!({ "selection": { "ids": [id] }, "offer_id": present });
    finance.post("/customers/bulk", bulk.clone()).await.problem(403, "forbidden");
    // A role that changes customers and gives no offers.
    let rights = json!({
        "permissions": ["customers.read", "customers.write", "offers.read"],
        "reach": { "customers": "all", "interactions": "all", "tasks": "all", "orders": "all" },
        "pool": true, "fields": { "phones": "show", "amounts": "show" },
    });
    let role = text(&shop.boss.post("/roles", json!({ "name": "不发券", "rights": rights })).await.ok()["id"]);
    let clerk = hire(&shop, "custom", Some(&role)).await.0;
    assert_eq!(hands(&clerk, &id).await.len(), 1);
    clerk.post("/customers/bulk", bulk).await.problem(403, "forbidden");
}

#[actix_web::test]
async fn an_offer_is_pushed_to_whoever_a_filter_finds_and_taken_back() {
    let shop = Shop::new().await;
    let present = offer(&shop, "老客礼").await;
    let group = shop.boss.post("/tag-groups", json!({ "name": "客群" })).await.ok();
    let tag = text(&shop.boss.post("/tags", json!({ "group_id": group["id"], "name": "老客" })).await.ok()["id"]);
    let (mut ids, numbers) = (Vec::new(), [(); 6].map(|()| phone_number()));
    for (at, number) in numbers.iter().enumerate() {
        let tags = if at < 5 { json!([tag]) } else { json!([]) };
        let body = json!({ "name": format!("客{at}"), "phones": [{ "number": number }], "tag_ids": tags });
        ids.push(text(&shop.sales.post("/customers", body).await.ok()["id"]));
    }
    // The first has it, the second refuses by letter, the third took consent back in the mini-program.
    let has = give(&shop.sales, &ids[0], &present).await;
    shop.sales.post(&format!("/customers/{}/ads-refusal", ids[1]), json!({})).await.ok();
    let person = shop.customer(&numbers[2]).await;
    for given in [true, false] {
        let version = shop.at.config().privacy.version.clone();
        let said = json!({ "purpose": "marketing", "version": version, "given": given });
        person.post("/me/consents", said).await.ok();
        shop.advance(Duration::seconds(1)).await;
    }
    let tagged = json!({ "filter": { "all": [{ "any": [{ "field": "tag", "op": "any_of", "values": [tag] }] }] } });
    let id = push(&shop.boss, tagged.clone(), &present).await;
    shop.run_jobs().await;
    assert_eq!(progress(&shop.boss, &id).await, ("done".to_owned(), 2, 3, 0));
    let mut why = vec![
        (ids[0].clone(), "offer_given_already".to_owned()),
        (ids[1].clone(), "ads_refused".to_owned()),
        (ids[2].clone(), "ads_refused".to_owned()),
    ];
    why.sort();
    assert_eq!(failures(&shop.boss, &id).await, why);
    assert_eq!(shop.boss.get(&format!("/customers/bulk/{id}")).await.ok()["changes"]["offer_id"], present.as_str());
    assert_eq!((hands(&shop.boss, &ids[3]).await.len(), hands(&shop.boss, &ids[5]).await.len()), (1, 0));
    assert_eq!(counts(&shop, &present).await, (3, 0));
    // By hand, to somebody who asks for it.
    give(&shop.sales, &ids[1], &present).await;
    // Once more: everybody has it or refuses.
    let twice = push(&shop.boss, tagged, &present).await;
    shop.run_jobs().await;
    assert_eq!(progress(&shop.boss, &twice).await, ("done".to_owned(), 0, 5, 0));
    // One of the two uses it; undoing takes back what is left of this action.
    let list = shop.sales.get(&format!("/customers/{}/offers", ids[3])).await.ok();
    moved(&shop.sales, &list["items"][0], "use").await;
    shop.boss.post(&format!("/customers/bulk/{id}/undo"), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(progress(&shop.boss, &id).await, ("undone".to_owned(), 2, 3, 1));
    assert!(failures(&shop.boss, &id).await.contains(&(ids[3].clone(), "offer_used".to_owned())));
    assert_eq!((hands(&shop.boss, &ids[3]).await.len(), hands(&shop.boss, &ids[4]).await.len()), (1, 0));
    assert_eq!(hands(&shop.boss, &text(&has["customer_id"])).await.len(), 1);
    assert_eq!(counts(&shop, &present).await, (3, 1));
}

#[actix_web::test]
async fn a_push_ends_with_its_offer_and_with_the_right_to_give_it() {
    let shop = Shop::new().await;
    for at in 0..3 {
        customer(&shop.sales, &format!("客{at}"), &phone_number()).await;
    }
    let everybody = json!({ "filter": {} });
    let (stopped, gone, given) = (offer(&shop, "一").await, offer(&shop, "二").await, offer(&shop, "三").await);
    let late = push(&shop.boss, everybody.clone(), &stopped).await;
    shop.boss.post_at(&format!("/offers/{stopped}/stop"), 1, json!({})).await.ok();
    let lost = push(&shop.boss, everybody.clone(), &gone).await;
    assert_eq!(shop.boss.delete(&format!("/offers/{gone}"), 1).await.status, 204);
    let cancelled = push(&shop.boss, everybody.clone(), &given).await;
    shop.boss.post(&format!("/customers/bulk/{cancelled}/cancel"), json!({})).await.ok();
    let theirs = push(&shop.sales, everybody.clone(), &given).await;
    api::System::new(&shop.at).set_role(shop.tenant, shop.sales_id, Some(Role::Finance)).await.expect("a role");
    shop.run_jobs().await;
    for (id, state, failed) in
        [(&late, "done", 3), (&lost, "done", 3), (&cancelled, "cancelled", 0), (&theirs, "cancelled", 0)]
    {
        assert_eq!(progress(&shop.boss, id).await, (state.to_owned(), 0, failed, 0), "{id}");
    }
    let why = |codes: Vec<(String, String)>| codes.into_iter().map(|(_, code)| code).collect::<Vec<_>>();
    assert_eq!(why(failures(&shop.boss, &late).await), ["offer_ended"; 3]);
    assert_eq!(why(failures(&shop.boss, &lost).await), ["offer_unknown"; 3]);
    assert_eq!(counts(&shop, &given).await, (0, 0));
    for (offer, said) in [(&stopped, "offer_id: offer_ended"), (&gone, "offer_id: offer_unknown")] {
        let body = json!({ "selection": everybody, "offer_id": offer });
        assert_eq!(shop.boss.post("/customers/bulk", body).await.violations(), [said]);
    }
}

#[actix_web::test]
async fn a_customer_sees_what_was_offered_to_the_number_in_their_hand() {
    let shop = Shop::new().await;
    let (number, other) = (phone_number(), phone_number());
    let (mine, theirs) = (customer(&shop.sales, "张三", &number).await, customer(&shop.sales, "李四", &other).await);
    let (first, last) = (offer(&shop, "先到期").await, "后到期");
    let body =
        json!({ "name": last, "kind": "amount_off", "amount_fen": 500, "last_day": day(&shop, 9), "terms": "到店用" });
    let last = text(&shop.boss.post("/offers", body).await.ok()["id"]);
    let given = give(&shop.sales, &mine, &first).await;
    give(&shop.sales, &mine, &last).await;
    give(&shop.sales, &theirs, &last).await;
    let me = shop.customer(&number).await;
    let list = async |client: &Client| {
        let list = client.get("/me/offers").await.ok();
        list["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|one| (text(&one["name"]), text(&one["state"])))
            .collect::<Vec<_>>()
    };
    let named =
        |names: &[(&str, &str)]| names.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
    assert_eq!(list(&me).await, named(&[("先到期", "open"), ("后到期", "open")]));
    let one = me.get("/me/offers").await.ok()["items"][1].clone();
    assert_eq!((&one["business_name"], &one["terms"]), (&json!("山月茶行"), &json!("到店用")));
    assert_eq!((&one["given_by_name"], &one["customer_id"]), (&json!(null), &json!(null)), "not who works there");
    moved(&shop.sales, &given, "use").await;
    assert_eq!(list(&me).await, named(&[("后到期", "open"), ("先到期", "used")]));
    assert_eq!(list(&shop.customer(&phone_number()).await).await, named(&[]));
    shop.sales.get("/me/offers").await.problem(403, "side_wrong");
    // Nobody's customer has no offers, and has them again with the record.
    let asked = json!({ "selection": { "ids": [mine] } });
    let gone = text(&shop.boss.post("/customers/bulk/deletions", asked).await.ok()["id"]);
    shop.run_jobs().await;
    assert_eq!(list(&me).await, named(&[]));
    shop.boss.get(&format!("/customers/{mine}/offers")).await.problem(404, "not_found");
    shop.boss.post(&format!("/customers/bulk/{gone}/undo"), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(list(&me).await.len(), 2);
}

#[actix_web::test]
async fn offers_go_with_their_customer() {
    let shop = Shop::new().await;
    let (stays, goes) =
        (customer(&shop.sales, "张三", &phone_number()).await, customer(&shop.sales, "李四", &phone_number()).await);
    let (both, one) = (offer(&shop, "都有").await, offer(&shop, "只有一个").await);
    give(&shop.sales, &stays, &both).await;
    give(&shop.sales, &goes, &both).await;
    give(&shop.sales, &goes, &one).await;
    let merged = merge(&shop.boss, &stays, &goes, json!({})).await;
    shop.run_jobs().await;
    // Nobody is given an offer twice.
    assert_eq!(hands(&shop.sales, &stays).await.len(), 2);
    undo(&shop.boss, &merged).await;
    shop.run_jobs().await;
    assert_eq!((hands(&shop.sales, &stays).await.len(), hands(&shop.sales, &goes).await.len()), (1, 2));
    let kept = shop.boss.get(&format!("/customers/{goes}/export")).await.ok();
    let names: Vec<_> = kept["offers"].as_array().expect("offers").iter().map(|one| text(&one["name"])).collect();
    assert!(names.len() == 2 && names.contains(&"都有".to_owned()), "{names:?}");
    let erased = shop.boss.post(&format!("/customers/{goes}/erase"), json!({ "reason": "asked_in_writing" })).await;
    assert_eq!(erased.status, 204, "{}", erased.body);
    shop.boss.get(&format!("/customers/{goes}/offers")).await.problem(404, "not_found");
    assert_eq!(shop.boss.get("/audit/verify").await.ok()["intact"], true);
}

#[actix_web::test]
async fn nobody_fades_whose_offer_can_still_be_used() {
    let shop = Shop::new().await;
    let (can, late) =
        (customer(&shop.sales, "张三", &phone_number()).await, customer(&shop.sales, "李四", &phone_number()).await);
    let long = json!({ "name": "一年有效", "kind": "gift", "gift": "茶杯", "last_day": day(&shop, 365) });
    let long = text(&shop.boss.post("/offers", long).await.ok()["id"]);
    let short = offer(&shop, "三天有效").await;
    give(&shop.sales, &can, &long).await;
    give(&shop.sales, &late, &short).await;
    let version = shop.boss.get("/business").await.ok()["version"].as_i64().expect("a version");
    shop.boss.patch("/business", version, json!({ "customers_idle_days": 60 })).await.ok();
    let turn = async |days: i64| {
        shop.advance(Duration::days(days)).await;
        api::System::new(&shop.at).begin_retention(Some(shop.tenant)).await.expect("a turn");
        shop.run_jobs().await;
    };
    let warnings = async || {
        let boss = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
        let said = boss.get("/audit?action=retention_warned").await.ok();
        said["items"].as_array().expect("entries").len()
    };
    // The last day counts as if it had touched them: the owner is warned two weeks before the end of sixty days after it.
    turn(47).await;
    assert_eq!(warnings().await, 0);
    turn(2).await;
    assert_eq!(warnings().await, 1);
    turn(12).await;
    let boss = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    boss.get(&format!("/customers/{late}")).await.ok();
    turn(3).await;
    assert_eq!(warnings().await, 1, "once");
    let boss = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    boss.get(&format!("/customers/{late}")).await.problem(404, "not_found");
    assert_eq!(hands(&boss, &can).await, [("一年有效".to_owned(), "open".to_owned())]);
}
