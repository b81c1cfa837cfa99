//! Who may call what: every operation succeeds for those it is for, and refuses all others before it
//! looks at anything else they sent.

use super::document::{Access, operations};
use super::samples::Desk;
use super::source;
use crate::harness::{Client, Shop};
use chrono::Duration;
use domain::permission::{Permission, Role};

fn permission(name: &str) -> Permission {
    Permission::parse(name).unwrap_or_else(|| panic!("{name} is no permission"))
}

#[actix_web::test]
async fn every_operation_succeeds_for_every_role_that_may() {
    let shop = Shop::new().await;
    for (role, desk) in [(Role::Boss, Desk::of_boss(&shop)), (Role::Sales, Desk::of_sales(&shop))] {
        for operation in operations(&shop).await {
            let sample = desk.sample(&operation.id).await;
            let answer = operation.call(&sample.client, &sample).await;
            match &operation.access {
                Access::Can(name) if !role.can(permission(name)) => {
                    answer.problem(403, "forbidden");
                }
                _ => {
                    assert!(answer.status < 300, "{} for {role}: {}", operation.id, answer.body);
                }
            }
        }
    }
}

#[actix_web::test]
async fn without_a_good_token_nothing_else_is_looked_at() {
    let shop = Shop::new().await;
    let ended = shop.stranger().await;
    ended.post("/auth/logout", serde_json::json!({})).await.ok();
    let token = |client: &Client| client.token.clone().expect("a token");
    let (ours, theirs) = (token(&shop.boss), token(&shop.sales));
    let part = |token: &str, at: usize| token.split('.').nth(at).expect("three parts").to_owned();
    // `{"alg":"none"}`
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", part(&ours, 1));
    let refused: Vec<(&str, Client)> = vec![
        ("no token", shop.nobody.clone()),
        ("rubbish", shop.nobody.with_token("rubbish")),
        ("an empty token", shop.nobody.with_token("")),
        (
            "another's signature",
            shop.nobody.with_token(&format!("{}.{}.{}", part(&ours, 0), part(&ours, 1), part(&theirs, 2))),
        ),
        (
            "another's claims",
            shop.nobody.with_token(&format!("{}.{}.{}", part(&theirs, 0), part(&ours, 1), part(&theirs, 2))),
        ),
        ("no algorithm", shop.nobody.with_token(&unsigned)),
        ("a refresh token", shop.nobody.with_token(&shop.boss.refresh_token.clone().expect("a refresh token"))),
        ("an ended session", ended),
    ];
    let operations = operations(&shop).await;
    let guarded = || operations.iter().filter(|operation| operation.access != Access::Public);
    for operation in guarded() {
        for (why, client) in &refused {
            let answer = operation.checked(client.send(operation.rubbish(client)).await);
            assert_eq!(answer.status, 401, "{} with {why}: {}", operation.id, answer.body);
        }
    }
    shop.advance(Duration::seconds(shop.at.config().auth.access_seconds)).await;
    for operation in guarded() {
        let answer = operation.checked(shop.boss.send(operation.rubbish(&shop.boss)).await);
        answer.problem(401, "token_expired");
    }
}

#[actix_web::test]
async fn a_bad_token_does_not_lock_anybody_out_of_what_is_public() {
    let shop = Shop::new().await;
    let desk = Desk::of_boss(&shop);
    for operation in operations(&shop).await.iter().filter(|operation| operation.access == Access::Public) {
        let sample = desk.sample(&operation.id).await;
        let answer = operation.call(&sample.client.with_token("rubbish"), &sample).await;
        assert!(answer.status < 300, "{}: {}", operation.id, answer.body);
    }
}

#[actix_web::test]
async fn the_other_side_is_refused_before_anything_else_is_looked_at() {
    let shop = Shop::new().await;
    let customer = shop.stranger().await;
    for operation in operations(&shop).await {
        let others = match &operation.access {
            Access::Can(_) => &customer,
            Access::Operator => {
                for client in [&customer, &shop.boss] {
                    let answer = operation.checked(client.send(operation.rubbish(client)).await);
                    assert_eq!(
                        (answer.status, &answer.body["code"]),
                        (403, &"operators_only".into()),
                        "{}",
                        operation.id
                    );
                }
                continue;
            }
            _ if operation.is_mine() => &shop.boss,
            _ => continue,
        };
        let answer = operation.checked(others.send(operation.rubbish(others)).await);
        assert_eq!((answer.status, &answer.body["code"]), (403, &"side_wrong".into()), "{}", operation.id);
    }
}

#[actix_web::test]
async fn a_role_without_the_permission_is_refused_before_anything_else_is_looked_at() {
    let shop = Shop::new().await;
    let mut refused = 0;
    for operation in operations(&shop).await {
        let Access::Can(name) = &operation.access else { continue };
        if Role::Sales.can(permission(name)) {
            continue;
        }
        let answer = operation.checked(shop.sales.send(operation.rubbish(&shop.sales)).await);
        assert_eq!((answer.status, &answer.body["code"]), (403, &"forbidden".into()), "{}", operation.id);
        refused += 1;
    }
    assert!(refused > 0, "sales may do everything, so this proves nothing");
}

/// Two permissions that the same roles have cannot be told apart from outside, so the signature is
/// read: the type that opens the scope must be the permission that the document names.
#[actix_web::test]
async fn the_permission_in_the_document_is_the_one_in_the_signature() {
    let shop = Shop::new().await;
    let handlers = source::handlers();
    for operation in operations(&shop).await {
        let signature = handlers.get(&operation.id).unwrap_or_else(|| panic!("no handler is called {}", operation.id));
        let granted = signature.split("Can<").nth(1).and_then(|rest| rest.split('>').next());
        match &operation.access {
            Access::Can(name) => {
                let wanted: String = name.split(['.', '_']).map(capital).collect();
                assert_eq!(granted, Some(wanted.as_str()), "{}", operation.id);
            }
            _ => assert_eq!(granted, None, "{}: the document names no permission", operation.id),
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[actix_web::test]
async fn an_address_that_does_not_exist_and_a_wrong_method_are_problems() {
    let shop = Shop::new().await;
    let mut answers = vec![shop.boss.get("/nothing-here").await, shop.nobody.get("//nothing-here").await];
    let all = operations(&shop).await;
    let puts: Vec<&str> = all.iter().filter(|one| one.method == reqwest::Method::PUT).map(|one| &*one.path).collect();
    for operation in all.iter().filter(|operation| !puts.contains(&&*operation.path)) {
        let path = operation.filled(|_| shop.boss_id.to_string());
        answers.push(shop.boss.send(shop.boss.request(reqwest::Method::PUT, &path)).await);
    }
    for answer in answers {
        assert!(matches!(answer.status, 404 | 405), "{}", answer.body);
        let (status, code) = if answer.status == 404 { (404, "not_found") } else { (405, "method_not_allowed") };
        answer.problem(status, code);
    }
}

/// The second look is asked of the permission, so no operation that needs a dangerous one can forget it.
#[actix_web::test]
async fn what_is_dangerous_asks_for_a_second_look_before_anything_else_is_looked_at() {
    let shop = Shop::new().await;
    let plain = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    let mut asked = 0;
    let operator = Desk::of_boss(&shop).operator().await;
    for operation in operations(&shop).await {
        // Replacing keys is nothing that a role may do, and dangerous all the same.
        if operation.id == "rotate_tenant_keys" {
            let answer = operation.checked(operator.send(operation.rubbish(&operator)).await);
            assert_eq!((answer.status, &answer.body["code"]), (403, &"totp_required".into()), "{}", operation.id);
        }
        let Access::Can(name) = &operation.access else { continue };
        if domain::step_up::dangerous(permission(name)) {
            let answer = operation.checked(plain.send(operation.rubbish(&plain)).await);
            assert_eq!((answer.status, &answer.body["code"]), (403, &"step_up_required".into()), "{}", operation.id);
            asked += 1;
        }
    }
    assert!(asked > 5, "only {asked} operations are dangerous");
}
