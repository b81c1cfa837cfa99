//! Whoever steals the database learns no phone number and no secret: every byte of the file and its log,
//! or every column and the server's own dump, is searched for everything that was ever said.

use crate::harness::{Shop, phone_number, text};
use api::System;
use domain::permission::Role;
use domain::phone::Phone;
use serde_json::json;

#[actix_web::test]
async fn a_stolen_database_says_no_phone_and_no_secret() {
    let shop = Shop::new().await;
    let system = System::new(&shop.at);
    let numbers: Vec<String> = (0..7).map(|_| phone_number()).collect();
    let [staff, first, second, third, receiver, later, proved] = numbers.as_slice() else { panic!("seven") };
    let mut secrets = Vec::new();

    // Staff, by the phone that was entered for them, and an operator with a password.
    let phone = Phone::parse(staff).expect("a phone");
    system.create_staff(shop.tenant, "赵新", Role::Sales, Some(&phone), None).await.expect("staff");
    let hired = Shop::join(&shop.nobody, &shop.appid(), staff).await.act_in(shop.tenant).await;
    let (name, password) = (format!("operator-{}", phone_number()), "correct horse battery at rest");
    let hash = api::hash_password(password).expect("a hash");
    system.create_operator(&name, hash).await.expect("an operator");
    let login = json!({ "name": name, "password": password, "device": "browser-at-rest" });
    let operator = shop.nobody.holding(&shop.nobody.post("/auth/password", login).await.ok());
    shop.nobody
        .post("/auth/password", json!({ "name": name, "password": "a wrong password", "device": "browser-at-rest" }))
        .await;

    // A customer with two phones, one of which is replaced; twice the same request; looked at and deleted.
    let phones = json!([{ "number": first, "label": "手机" }, { "number": second }]);
    let customer = json!({ "name": "沈怡", "phones": phones });
    let id = text(&hired.post_once("/customers", "key-at-rest-1", customer.clone()).await.ok()["id"]);
    hired.post_once("/customers", "key-at-rest-1", customer).await.ok();
    hired.patch(&format!("/customers/{id}"), 1, json!({ "phones": [{ "number": third }] })).await.ok();
    hired.get(&format!("/customers?q={third}")).await.ok();
    hired.post(&format!("/customers/{id}/phones/0/reveal"), json!({})).await.ok();
    let order = json!({ "customer_id": id, "receiver": "沈怡", "phone": receiver, "address": "龙井路",
        "lines": [{ "name": "茶", "quantity": 1, "unit_price_fen": 1 }] });
    let order = text(&hired.post("/orders", order).await.ok()["id"]);
    hired.patch(&format!("/orders/{order}"), 1, json!({ "phone": later })).await.ok();
    hired.post(&format!("/orders/{order}/phone/reveal"), json!({})).await.ok();
    let code = text(&hired.post(&format!("/orders/{order}/receipt-code"), json!({})).await.ok()["code"]);
    let buyer = shop.customer(proved).await;
    buyer.post("/me/receipts", json!({ "code": code })).await.ok();
    secrets.extend([code.replace('-', ""), code]);
    shop.boss.delete(&format!("/customers/{id}"), 2).await;
    system.seal_audit(Some(shop.tenant)).await.expect("sealed");

    // A refresh, after which the token before is used up; what WeChat gave; what signs.
    for client in [&hired, &operator, &buyer, &shop.boss] {
        secrets.extend(client.token.clone());
        secrets.extend(client.refresh_token.clone());
    }
    let again = json!({ "refresh_token": operator.refresh_token, "device": "browser-at-rest" });
    let next = shop.nobody.post("/auth/refresh", again).await.ok();
    secrets.extend([text(&next["refresh_token"]), text(&next["access_token"])]);
    secrets.extend(["secret", "push_token", "encoding_aes_key"].map(|part| text(&shop.app[part])));
    secrets.extend([password, "a wrong password", "key-at-rest-1", "browser-at-rest"].map(str::to_owned));
    let wanted: Vec<&str> = numbers.iter().chain(&secrets).map(String::as_str).collect();
    assert!(wanted.iter().all(|text| text.len() >= 8), "short texts are found by chance: {wanted:?}");
    assert_eq!(shop.readable_at_rest(&wanted).await, Vec::<&str>::new());
}
