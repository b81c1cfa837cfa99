//! Whom a push of an offer passes over because they refused advertising, however long ago; and a push that meets a merge.

use crate::giving::{counts, customer, failures, give, hands, moved, offer, progress, push};
use crate::harness::{Client, Shop, phone_number, text};
use crate::merge::{merge, undo};
use chrono::Duration;
use futures::future::{join, join_all};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Longer than a proof of a phone counts.
const LONG: Duration = Duration::days(91);

async fn says(shop: &Shop, person: &Client, agrees: bool) {
    let version = shop.at.config().privacy.version.clone();
    let said = json!({ "purpose": "marketing", "version": version, "given": agrees });
    person.post("/me/consents", said).await.ok();
    shop.advance(Duration::seconds(1)).await;
}

/// Somebody in the mini-program with this number, a second after whatever was before.
async fn holder(shop: &Shop, number: &str) -> Client {
    let person = shop.customer(number).await;
    shop.advance(Duration::seconds(1)).await;
    person
}

async fn by_letter(shop: &Shop, customer: &str) {
    shop.boss.post(&format!("/customers/{customer}/ads-refusal"), json!({})).await.ok();
    shop.advance(Duration::seconds(1)).await;
}

#[actix_web::test]
async fn a_refusal_is_not_forgotten_with_the_proof_of_the_phone() {
    let shop = Shop::new().await;
    let numbers = [(); 7].map(|()| phone_number());
    let mut ids = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        ids.push(customer(&shop.sales, &format!("客{at}"), number).await);
    }
    let [silent, took_back, back_again, letter, letter_then_consent, handed_on, letter_of_the_former] =
        [0, 1, 2, 3, 4, 5, 6].map(|at: usize| (&ids[at], &numbers[at]));
    // Says nothing; agrees and takes it back; takes it back and agrees again.
    holder(&shop, silent.1).await;
    for (number, words) in [(took_back.1, &[true, false][..]), (back_again.1, &[true, false, true])] {
        let person = holder(&shop, number).await;
        for agrees in words {
            says(&shop, &person, *agrees).await;
        }
    }
    // By letter; by letter and taken back by consent; both with another one holding the number later.
    by_letter(&shop, letter.0).await;
    by_letter(&shop, letter_then_consent.0).await;
    let person = holder(&shop, letter_then_consent.1).await;
    says(&shop, &person, true).await;
    let former = holder(&shop, handed_on.1).await;
    says(&shop, &former, false).await;
    by_letter(&shop, letter_of_the_former.0).await;
    let former = holder(&shop, letter_of_the_former.1).await;
    says(&shop, &former, true).await;

    shop.advance(LONG).await;
    let boss = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    let refusals = async |name: &str| {
        let body = json!({ "name": name, "kind": "gift", "gift": "茶杯", "last_day": "2037-12-31" });
        let present = text(&boss.post("/offers", body).await.ok()["id"]);
        let id = push(&boss, json!({ "ids": ids }), &present).await;
        shop.run_jobs().await;
        let refused = failures(&boss, &id).await;
        assert!(refused.iter().all(|(_, why)| why == "ads_refused"), "{refused:?}");
        let refused: BTreeSet<String> = refused.into_iter().map(|(customer, _)| customer).collect();
        ids.iter().map(|id| refused.contains(id)).collect::<Vec<_>>()
    };
    // Nobody proved any of the numbers since: who said the last word still speaks for it.
    assert_eq!(refusals("三个月后").await, [false, true, false, true, false, true, false]);
    // Somebody else has the numbers of the last two by now: what the former one said is not their word, neither the
    // refusal nor the consent. The letter is the customer's.
    holder(&shop, handed_on.1).await;
    holder(&shop, letter_of_the_former.1).await;
    assert_eq!(refusals("换了主人").await, [false, true, false, true, false, false, true]);
}

/// How many customers have an offer, and whether nobody has it twice.
async fn having(client: &Client, customers: &[String], name: &str) -> Vec<usize> {
    let lists = join_all(customers.iter().map(|id| hands(client, id))).await;
    lists.into_iter().map(|list| list.into_iter().filter(|(called, _)| called == name).count()).collect()
}

#[actix_web::test]
async fn pushes_beside_merges_give_everybody_who_is_left_each_offer_once() {
    let shop = Shop::new().await;
    let (mut stays, mut goes) = (Vec::new(), Vec::new());
    for at in 0..8 {
        // Whoever stays came first or last.
        let mut pair = Vec::new();
        for name in ["甲", "乙"] {
            pair.push(customer(&shop.sales, &format!("{name}{at}"), &phone_number()).await);
        }
        pair.rotate_left(at % 2);
        goes.extend(pair.pop());
        stays.extend(pair.pop());
    }
    let everybody: Vec<&String> = stays.iter().chain(&goes).collect();
    let mut pushes = Vec::new();
    for name in ["一", "二", "三", "四", "五", "六"] {
        let present = offer(&shop, name).await;
        // Half of those who go have it already, and half of these used it.
        for (at, id) in goes.iter().enumerate().filter(|(at, _)| at % 2 == 0) {
            let given = give(&shop.sales, id, &present).await;
            if at % 4 == 0 {
                moved(&shop.sales, &given, "use").await;
            }
        }
        pushes.push((name, push(&shop.boss, json!({ "ids": everybody }), &present).await, present));
    }
    let merges = async {
        let mut merged = Vec::new();
        for (stays, goes) in stays.iter().zip(&goes) {
            merged.push(merge(&shop.boss, stays, goes, json!({})).await);
        }
        merged
    };
    let ((), merged) = join(shop.run_jobs(), merges).await;
    let mut given = Vec::new();
    for (name, id, present) in &pushes {
        settle(&shop, id).await;
        let (state, done, failed, _) = progress(&shop.boss, id).await;
        // Who was merged before the push looked is not among those whom it means.
        assert!(state == "done" && (8..=16).contains(&(done + failed)), "{name}: {state}, {done}, {failed}");
        for (_, why) in failures(&shop.boss, id).await {
            assert!(["customer_unknown", "offer_given_already"].contains(&why.as_str()), "{name}: {why}");
        }
        assert_eq!(having(&shop.boss, &stays, name).await, [1; 8], "{name}");
        given.push(4 + done);
        assert_eq!(counts(&shop, present).await, (4 + done, 2), "{name}");
    }
    // Nobody can use what their other record used.
    for (at, id) in stays.iter().enumerate() {
        let used = hands(&shop.boss, id).await.iter().filter(|(_, state)| state == "used").count();
        assert_eq!(used, if at % 4 == 0 { 6 } else { 0 }, "{at}");
    }
    // Parted again nobody has it twice, and it was given as often as the offer says.
    for merge in &merged {
        undo(&shop.boss, merge).await;
    }
    shop.run_jobs().await;
    for ((name, _, _), given) in pushes.iter().zip(given) {
        let hands = [having(&shop.boss, &stays, name).await, having(&shop.boss, &goes, name).await].concat();
        assert!(hands.iter().all(|count| *count <= 1), "{name}: {hands:?}");
        assert_eq!(i64::try_from(hands.iter().sum::<usize>()).expect("a few"), given, "{name}");
    }
}

/// Runs what is due until a push has ended: what met another transaction is tried again a little later.
async fn settle(shop: &Shop, push: &str) {
    for _ in 0..20 {
        shop.run_jobs().await;
        let now: Value = shop.boss.get(&format!("/customers/bulk/{push}")).await.ok();
        if now["state"] != "running" {
            return;
        }
        shop.advance(Duration::seconds(30)).await;
    }
}
