//! Offers of customers who become one: what one of the two used is used, and each has their own again when that is undone.

use crate::giving::{counts, customer, give, hands, moved, offer, path, progress, push};
use crate::harness::{Client, Shop, phone_number, text};
use crate::merge::{merge, undo};
use serde_json::{Value, json};

/// Two customers, and an offer that both were given: as the first has it, and as the second has it.
struct Two {
    stays: String,
    goes: String,
    offer: String,
    mine: Value,
    theirs: Value,
}

async fn two(shop: &Shop) -> Two {
    let stays = customer(&shop.sales, "张三", &phone_number()).await;
    let goes = customer(&shop.sales, "李四", &phone_number()).await;
    let offer = offer(shop, "都有").await;
    let (mine, theirs) = (give(&shop.sales, &stays, &offer).await, give(&shop.sales, &goes, &offer).await);
    Two { stays, goes, offer, mine, theirs }
}

/// How each of a customer's offers stands, by its name.
async fn standing(client: &Client, customer: &str) -> Vec<(String, String)> {
    let mut hands = hands(client, customer).await;
    hands.sort();
    hands
}

fn said(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, state)| ((*name).to_owned(), (*state).to_owned())).collect()
}

async fn first(client: &Client, customer: &str) -> Value {
    client.get(&format!("/customers/{customer}/offers")).await.ok()["items"][0].clone()
}

async fn parted(shop: &Shop, merged: &Value) -> Value {
    undo(&shop.boss, merged).await;
    shop.run_jobs().await;
    shop.boss.get(&format!("/merges/{}", text(&merged["id"]))).await.ok()
}

#[actix_web::test]
async fn of_two_of_an_offer_the_used_one_stays() {
    let shop = Shop::new().await;
    let Two { stays, goes, offer: both, mine, theirs } = two(&shop).await;
    moved(&shop.sales, &theirs, "use").await;
    // Used by the one who stays, by neither and by both: nothing goes over.
    for (name, here, there) in [("一", true, false), ("二", false, false), ("三", true, true)] {
        let id = offer(&shop, name).await;
        for (customer, used) in [(&stays, here), (&goes, there)] {
            let given = give(&shop.sales, customer, &id).await;
            if used {
                moved(&shop.sales, &given, "use").await;
            }
        }
    }
    let (before, other) = (standing(&shop.sales, &stays).await, standing(&shop.sales, &goes).await);
    let merged = merge(&shop.boss, &stays, &goes, json!({})).await;
    shop.run_jobs().await;
    let as_one = said(&[("一", "used"), ("三", "used"), ("二", "open"), ("都有", "used")]);
    assert_eq!(standing(&shop.sales, &stays).await, as_one);
    // It can neither be used once more, nor be given once more.
    let again = shop.sales.post(&format!("/customers/{stays}/offers"), json!({ "offer_id": both })).await;
    again.problem(409, "offer_given_already");
    let hidden = shop.sales.post_at(&format!("{}/moves", path(&mine)), 1, json!({ "event": "use" })).await;
    hidden.problem(404, "not_found");
    let spent = format!("/customers/{stays}/offers/{}/moves", text(&theirs["id"]));
    shop.sales.post_at(&spent, 2, json!({ "event": "use" })).await.problem(409, "offer_used");
    assert_eq!(counts(&shop, &both).await, (2, 1));
    assert_eq!(parted(&shop, &merged).await["kept"], 0);
    assert_eq!(standing(&shop.sales, &stays).await, before);
    assert_eq!(standing(&shop.sales, &goes).await, other);
    assert_eq!(counts(&shop, &both).await, (2, 1));
    // The same rows as before.
    assert_eq!(moved(&shop.sales, &mine, "use").await["state"], "used");
}

#[actix_web::test]
async fn a_mark_that_was_taken_back_since_stays_with_whoever_stayed() {
    let shop = Shop::new().await;
    let Two { stays, goes, offer, mine, theirs } = two(&shop).await;
    moved(&shop.sales, &theirs, "use").await;
    let merged = merge(&shop.boss, &stays, &goes, json!({})).await;
    let now = moved(&shop.sales, &first(&shop.sales, &stays).await, "unuse").await;
    assert_eq!((&now["id"], &now["state"]), (&theirs["id"], &json!("open")));
    let detail = parted(&shop, &merged).await;
    assert_eq!((&detail["kept"], &detail["kept_rows"][0]["kind"]), (&json!(1), &json!("customer_offers")));
    // Each has one, and nobody two.
    assert_eq!(first(&shop.sales, &stays).await["id"], theirs["id"]);
    assert_eq!(first(&shop.sales, &goes).await["id"], mine["id"]);
    assert_eq!((standing(&shop.sales, &stays).await.len(), standing(&shop.sales, &goes).await.len()), (1, 1));
    assert_eq!(counts(&shop, &offer).await, (2, 0));
}

#[actix_web::test]
async fn what_lay_in_the_place_of_one_that_was_taken_back_comes_home() {
    let shop = Shop::new().await;
    for anew in [false, true] {
        let Two { stays, goes, offer, mine, theirs } = two(&shop).await;
        moved(&shop.sales, &theirs, "use").await;
        let merged = merge(&shop.boss, &stays, &goes, json!({})).await;
        let now = moved(&shop.sales, &first(&shop.sales, &stays).await, "unuse").await;
        let version = now["version"].as_i64().expect("a version");
        assert_eq!(shop.sales.delete(&path(&now), version).await.status, 204);
        let mut here = mine["id"].clone();
        if anew {
            here = give(&shop.sales, &stays, &offer).await["id"].clone();
        }
        parted(&shop, &merged).await;
        assert_eq!(first(&shop.sales, &stays).await["id"], here, "{anew}");
        assert_eq!(standing(&shop.sales, &stays).await.len(), 1, "{anew}");
        assert_eq!(standing(&shop.sales, &goes).await.len(), usize::from(anew), "{anew}");
    }
}

#[actix_web::test]
async fn a_used_offer_goes_through_several_merges_and_all_the_way_back() {
    let shop = Shop::new().await;
    let Two { stays, goes, offer, mine, theirs } = two(&shop).await;
    let last = customer(&shop.sales, "王五", &phone_number()).await;
    let unused = give(&shop.sales, &last, &offer).await;
    moved(&shop.sales, &theirs, "use").await;
    let one = merge(&shop.boss, &stays, &goes, json!({})).await;
    let two = merge(&shop.boss, &last, &stays, json!({})).await;
    assert_eq!(standing(&shop.sales, &last).await, said(&[("都有", "used")]));
    parted(&shop, &two).await;
    assert_eq!(standing(&shop.sales, &last).await, said(&[("都有", "open")]));
    assert_eq!(standing(&shop.sales, &stays).await, said(&[("都有", "used")]));
    parted(&shop, &one).await;
    for (customer, id) in [(&stays, &mine), (&goes, &theirs), (&last, &unused)] {
        assert_eq!(first(&shop.sales, customer).await["id"], id["id"]);
    }
    assert_eq!(counts(&shop, &offer).await, (3, 1));
}

/// Undoes a push, and says of how many customers.
async fn undone(shop: &Shop, client: &Client, push: &str) -> i64 {
    client.post(&format!("/customers/bulk/{push}/undo"), json!({})).await.ok();
    shop.run_jobs().await;
    let (state, _, _, undone) = progress(client, push).await;
    assert_eq!(state, "undone");
    undone
}

/// Two customers who become one after a push, which is undone then.
struct Pushed {
    /// What this is about.
    about: &'static str,
    /// Whom the push means, and who was given the offer by hand before: who stays, who goes.
    push: [bool; 2],
    by_hand: [bool; 2],
    /// Whether the one who goes used theirs.
    used: bool,
    /// How many of whom the push meant are as they were.
    undone: i64,
    /// What the one who stayed has then, and what each has once the two are parted.
    one: &'static [&'static str],
    parted: [&'static [&'static str]; 2],
}

const OPEN: &[&str] = &["open"];
const USED: &[&str] = &["used"];
const PUSHED: [Pushed; 5] = [
    Pushed {
        about: "it went over",
        push: [false, true],
        by_hand: [false, false],
        used: false,
        undone: 1,
        one: &[],
        parted: [&[], &[]],
    },
    Pushed {
        about: "it changed places",
        push: [true, false],
        by_hand: [false, true],
        used: true,
        undone: 1,
        one: USED,
        parted: [&[], USED],
    },
    Pushed {
        about: "both were given it",
        push: [true, true],
        by_hand: [false, false],
        used: false,
        undone: 2,
        one: &[],
        parted: [&[], &[]],
    },
    Pushed {
        about: "it stayed where it was",
        push: [false, true],
        by_hand: [true, false],
        used: false,
        undone: 1,
        one: OPEN,
        parted: [OPEN, &[]],
    },
    Pushed {
        about: "it was used",
        push: [true, true],
        by_hand: [false, false],
        used: true,
        undone: 1,
        one: USED,
        parted: [&[], USED],
    },
];

#[actix_web::test]
async fn a_push_that_is_undone_takes_back_what_a_merge_moved() {
    let shop = Shop::new().await;
    let states = |list: Vec<(String, String)>| list.into_iter().map(|(_, state)| state).collect::<Vec<_>>();
    // Whoever sees everything, and whoever sees what is theirs alone.
    for client in [&shop.boss, &shop.sales] {
        for Pushed { about, push: meant, by_hand, used, undone: as_before, one, parted: apart } in PUSHED {
            let stays = customer(&shop.sales, "张三", &phone_number()).await;
            let both = [stays, customer(&shop.sales, "李四", &phone_number()).await];
            let present = offer(&shop, "到店有礼").await;
            for (at, id) in both.iter().enumerate() {
                if by_hand[at] {
                    give(&shop.sales, id, &present).await;
                }
            }
            let meant: Vec<_> = both.iter().zip(meant).filter_map(|(id, meant)| meant.then_some(id)).collect();
            let push = push(client, json!({ "ids": meant }), &present).await;
            shop.run_jobs().await;
            if used {
                moved(&shop.sales, &first(&shop.sales, &both[1]).await, "use").await;
            }
            let merged = merge(&shop.boss, &both[0], &both[1], json!({})).await;
            shop.run_jobs().await;
            assert_eq!(undone(&shop, client, &push).await, as_before, "{about}");
            assert_eq!(states(standing(&shop.sales, &both[0]).await), one, "{about}");
            let left = i64::try_from(apart[0].len() + apart[1].len()).expect("a few");
            assert_eq!(counts(&shop, &present).await, (left, i64::from(used)), "{about}");
            parted(&shop, &merged).await;
            for (id, apart) in both.iter().zip(apart) {
                assert_eq!(states(standing(&shop.sales, id).await), apart, "{about}");
            }
            assert_eq!(counts(&shop, &present).await, (left, i64::from(used)), "{about}");
        }
    }
}

#[actix_web::test]
async fn a_push_that_is_undone_finds_who_stands_for_somebody_after_several_merges() {
    let shop = Shop::new().await;
    let (mut people, present) = (Vec::new(), offer(&shop, "老客礼").await);
    for name in ["张三", "李四", "王五"] {
        people.push(customer(&shop.sales, name, &phone_number()).await);
    }
    let push = push(&shop.boss, json!({ "ids": [people[0]] }), &present).await;
    shop.run_jobs().await;
    let one = merge(&shop.boss, &people[1], &people[0], json!({})).await;
    let two = merge(&shop.boss, &people[2], &people[1], json!({})).await;
    shop.run_jobs().await;
    assert_eq!(standing(&shop.sales, &people[2]).await, said(&[("老客礼", "open")]));
    assert_eq!(undone(&shop, &shop.boss, &push).await, 1);
    for merged in [&two, &one] {
        assert_eq!(counts(&shop, &present).await, (0, 0));
        assert_eq!(standing(&shop.sales, &people[2]).await, []);
        parted(&shop, merged).await;
    }
    for id in &people {
        assert_eq!(standing(&shop.sales, id).await, []);
    }
}
