//! What is not yours answers exactly as what does not exist, and stays as it is.

use super::document::{Access, Operation, operations};
use super::samples::{Desk, Sample, unchanged};
use crate::harness::{Client, Shop};
use domain::permission::{Permission, Role};
use serde_json::Value;

/// Operations on one row.
async fn on_a_row(shop: &Shop) -> Vec<Operation> {
    let found: Vec<_> =
        operations(shop).await.into_iter().filter(|operation| operation.parameters().contains(&"id")).collect();
    assert!(found.len() > 15, "{} operations have an id", found.len());
    found
}

#[actix_web::test]
async fn a_row_of_another_business_is_not_found_and_stays_as_it_is() {
    let shop = Shop::new().await;
    let theirs = Desk::of_neighbour(&shop).await;
    let stranger = shop.stranger().await;
    let mut asked = Vec::new();
    for operation in on_a_row(&shop).await {
        asked.push((theirs.sample(&operation.id).await, operation));
    }
    let before = theirs.snapshot().await;
    for (sample, operation) in asked {
        let client = if operation.is_mine() { &stranger } else { &shop.boss };
        let answer = operation.call(client, &sample).await;
        assert_eq!(answer.status, 404, "{}: {}", operation.id, answer.body);
    }
    unchanged(&before, &theirs.snapshot().await);
}

#[actix_web::test]
async fn a_row_of_a_colleague_is_not_found_and_stays_as_it_is() {
    let shop = Shop::new().await;
    let (colleague, own) = (Desk::of_sales(&shop), Desk::new(&shop, shop.tenant, &shop.rival, &shop.boss));
    let mut asked = Vec::new();
    for operation in on_a_row(&shop).await {
        // What sales may not do at all answers 403, and tags, their plans and offers belong to everybody. A customer in the
        // pool is there for whoever is first.
        if ["claim_customer", "get_plan", "get_offer"].contains(&operation.id.as_str()) {
            continue;
        }
        let Access::Can(name) = &operation.access else { continue };
        if !Permission::parse(name).is_some_and(|permission| Role::Sales.can(permission)) {
            continue;
        }
        // The body is one's own: only the row is not.
        let sample = Sample { body: own.sample(&operation.id).await.body, ..colleague.sample(&operation.id).await };
        asked.push((sample, operation));
    }
    let before = colleague.snapshot().await;
    for (sample, operation) in asked {
        let answer = operation.call(&shop.rival, &sample).await;
        assert_eq!(answer.status, 404, "{}: {}", operation.id, answer.body);
    }
    unchanged(&before, &colleague.snapshot().await);
}

/// The one kind of row that also the boss may not see.
#[actix_web::test]
async fn an_inbox_is_private() {
    let shop = Shop::new().await;
    let colleague = Desk::of_sales(&shop);
    let operations = on_a_row(&shop).await;
    let operation = operations.iter().find(|operation| operation.id == "read_inbox_item").expect("the operation");
    let sample = colleague.sample(&operation.id).await;
    operation.call(&shop.boss, &sample).await.problem(404, "not_found");
    assert_eq!(shop.sales.get("/inbox").await.ok()["unread"], 1);
    operation.call(&shop.sales, &sample).await.ok();
    assert_eq!(shop.sales.get("/inbox").await.ok()["unread"], 0);
}

#[actix_web::test]
async fn an_id_that_nobody_has_is_not_found() {
    let shop = Shop::new().await;
    let desk = Desk::of_boss(&shop);
    // Of an account: a UUID that exists, and is no row.
    let account = shop.boss.get("/auth/me").await.ok()["account_id"].take();
    let ids = [
        "not-an-id",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
        "-1",
        "%00",
        "%F0%9F%8D%B5",
        "..%2F",
        "' OR 1=1",
    ];
    for operation in operations(&shop).await.iter().filter(|operation| !operation.parameters().is_empty()) {
        let sample = desk.sample(&operation.id).await;
        for name in operation.parameters() {
            for id in ids.iter().copied().chain(account.as_str()) {
                let values = sample
                    .values
                    .iter()
                    .map(|(known, value)| (*known, if *known == name { id.to_owned() } else { value.clone() }));
                let wrong = Sample { values: values.collect(), ..sample.clone() };
                let answer = operation.call(&sample.client, &wrong).await;
                assert_eq!(answer.status, 404, "{} with {name} = {id}: {}", operation.id, answer.body);
            }
        }
    }
}

/// Where a body names a row, it is one of the same business: every id in it is swapped for that of
/// the same kind of row next door, and for that of a colleague's.
#[actix_web::test]
async fn a_body_cannot_name_a_row_of_another_business() {
    let shop = Shop::new().await;
    let (ours, theirs) = (Desk::of_boss(&shop), Desk::of_neighbour(&shop).await);
    swap_ids(&ours, &theirs, &shop.boss).await;
}

#[actix_web::test]
async fn a_body_cannot_name_a_customer_of_a_colleague() {
    let shop = Shop::new().await;
    let (ours, theirs) = (Desk::new(&shop, shop.tenant, &shop.rival, &shop.boss), Desk::of_sales(&shop));
    swap_ids(&ours, &theirs, &shop.rival).await;
}

async fn swap_ids(ours: &Desk<'_>, theirs: &Desk<'_>, client: &Client) {
    let (mut swapped, mut asked) = (0, Vec::new());
    let all = operations(ours.shop).await;
    for operation in all.iter().filter(|operation| operation.has_body) {
        let Access::Can(name) = &operation.access else { continue };
        let colleagues = ours.tenant == theirs.tenant;
        if colleagues && !Permission::parse(name).is_some_and(|permission| Role::Sales.can(permission)) {
            continue;
        }
        let (sample, other) = (ours.sample(&operation.id).await, theirs.sample(&operation.id).await);
        for pointer in ids(sample.body.as_ref().expect("a body")) {
            // Colleagues share their tags and offers, and know each other.
            if colleagues
                && (pointer.contains("tag")
                    || pointer.starts_with("/add")
                    || pointer == "/staff_id"
                    || pointer == "/offer_id")
            {
                continue;
            }
            let mut body = sample.body.clone().expect("a body");
            let foreign =
                other.body.as_ref().and_then(|body| body.pointer(&pointer)).expect("samples are of one shape");
            *body.pointer_mut(&pointer).expect("the id") = foreign.clone();
            asked.push((operation, Sample { body: Some(body), ..sample.clone() }, pointer));
        }
    }
    let (before, beside) = (ours.snapshot().await, theirs.snapshot().await);
    for (operation, sample, pointer) in asked {
        let answer = operation.checked(client.send(operation.bare(client, &sample).json(&sample.body)).await);
        assert!(
            matches!(answer.status, 403 | 404 | 422),
            "{} with {pointer} of another: {} {}",
            operation.id,
            answer.status,
            answer.body
        );
        // 403 is for naming a colleague one can see as the owner, never for a hidden row.
        assert!(answer.status != 403 || pointer == "/owner_id", "{}{pointer}", operation.id);
        swapped += 1;
    }
    unchanged(&before, &ours.snapshot().await);
    unchanged(&beside, &theirs.snapshot().await);
    assert!(swapped > 3, "only {swapped} ids were swapped");
}

/// Where a body holds ids, as JSON pointers.
fn ids(body: &Value) -> Vec<String> {
    let steps: Vec<(String, &Value)> = match body {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        Value::String(text) if uuid::Uuid::parse_str(text).is_ok() => return vec![String::new()],
        _ => return Vec::new(),
    };
    steps
        .into_iter()
        .flat_map(|(name, value)| ids(value).into_iter().map(move |rest| format!("/{name}{rest}")))
        .collect()
}
