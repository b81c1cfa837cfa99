//! Who may call what: every operation succeeds for those it is for, and refuses all others before it
//! looks at anything else they sent.

use super::document::{Access, operations};
use super::samples::Desk;
use super::source;
use crate::harness::{Client, Shop};
use chrono::Duration;
use domain::permission::{Permission, Role};
use serde_json::Value;

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
        // What is missing is said: the name that the document has, and nothing about anybody's rows.
        assert_eq!(answer.body["errors"][0]["params"]["needs"], name.as_str(), "{}: {}", operation.id, answer.body);
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

/// The second look is asked of the type that opens the scope, so no operation that needs it can forget it; and the
/// document knows the same: who asks always does so before anything else is looked at.
#[actix_web::test]
async fn what_is_dangerous_asks_for_a_second_look_before_anything_else_is_looked_at() {
    let shop = Shop::new().await;
    let plain = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    let operator = shop.caretaker().await.log_in(&shop).await;
    let handlers = source::handlers();
    let (mut asked, mut operators) = (0, 0);
    for operation in operations(&shop).await {
        let always = operation.second_look.as_deref() == Some("always");
        let typed = match &operation.access {
            Access::Can(name) => domain::step_up::dangerous(permission(name)),
            _ => handlers[&operation.id].contains(": Vouched"),
        };
        assert_eq!(always, typed, "{}: what the document says of the second look", operation.id);
        if !always {
            continue;
        }
        // An operator without an app sets one up first.
        let (client, code) = match &operation.access {
            Access::Can(_) => (&plain, "step_up_required"),
            _ => (&operator, "totp_required"),
        };
        let answer = operation.checked(client.send(operation.rubbish(client)).await);
        assert_eq!((answer.status, &answer.body["code"]), (403, &code.into()), "{}", operation.id);
        asked += 1;
        operators += usize::from(operation.access == Access::Operator);
    }
    assert!(asked > 10 && operators > 4, "only {asked} operations are dangerous, {operators} of operators");
}

/// Every change that an operator of the installation makes asks for the second look: there is no other kind.
#[actix_web::test]
async fn operators_change_nothing_without_the_second_look() {
    let shop = Shop::new().await;
    for operation in operations(&shop).await.iter().filter(|operation| operation.access == Access::Operator) {
        let reads = operation.method == reqwest::Method::GET;
        assert_eq!(operation.second_look.is_none(), reads, "{}", operation.id);
    }
}

/// `docs/API.md` lists what asks; whoever adds an operation that does is told here.
#[actix_web::test]
async fn the_page_about_the_api_lists_what_asks_for_the_second_look() {
    let shop = Shop::new().await;
    let operations = operations(&shop).await;
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/API.md");
    let page = std::fs::read_to_string(page).expect("docs/API.md");
    for kind in ["always", "sometimes"] {
        let asking = operations.iter().filter(|operation| operation.second_look.as_deref() == Some(kind));
        let mut asking: Vec<String> = asking.map(|one| format!("`{} {}`", one.method, one.path)).collect();
        asking.sort();
        let line = format!("  - {kind}: {}", asking.join(", "));
        assert!(page.lines().any(|found| found == line), "docs/API.md has no such line:\n{line}");
    }
}

/// Whatever answers `Created` or `Accepted` is done once, and the document says so of exactly these.
#[actix_web::test]
async fn the_document_names_the_idempotency_key_where_it_counts() {
    let shop = Shop::new().await;
    let desk = Desk::of_boss(&shop);
    let handlers = source::handlers();
    let mut once = 0;
    for operation in operations(&shop).await {
        let answers = ["Created<", "Accepted<"].map(|answer| handlers[&operation.id].contains(answer));
        assert_eq!(operation.takes_key, answers.contains(&true), "{}", operation.id);
        if !operation.takes_key {
            continue;
        }
        let sample = desk.sample(&operation.id).await;
        let key = format!("guard-{}", operation.id);
        let keyed = || operation.bare(&sample.client, &sample).header("Idempotency-Key", &key);
        let send = async |body: &Value| operation.checked(sample.client.send(keyed().json(body)).await);
        let body = sample.body.clone().unwrap_or_default();
        let (first, second) = (send(&body).await, send(&body).await);
        let made = if answers[1] { 202 } else { 201 };
        assert_eq!(first.status, made, "{}: {}", operation.id, first.body);
        assert_eq!((second.status, &second.body), (made, &first.body), "{}", operation.id);
        // The same in other bytes is another body.
        let spaced = keyed().header("Content-Type", "application/json").body(format!(" {body}"));
        let other = operation.checked(sample.client.send(spaced).await);
        assert_eq!(other.violations(), [": idempotency_reused"], "{}", operation.id);
        once += 1;
    }
    assert!(once > 15, "only {once} operations take a key");
}
