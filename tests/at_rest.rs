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
    let numbers: Vec<String> = (0..8).map(|_| phone_number()).collect();
    let [staff, first, second, third, receiver, later, proved, imported] = numbers.as_slice() else { panic!("eight") };
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
    let field = json!({ "label": "证件号", "key": "id_card", "kind": "text", "rules": { "secret": true } });
    shop.boss.post("/custom-fields", field).await.ok();
    let held = [
        "sealed-at-rest@example.com",
        "wx-sealed-at-rest",
        "龙井路甲七十七号",
        "330106-at-rest-9X",
        "她在打离婚官司，别提",
    ];
    let customer = json!({ "name": "沈怡", "phones": phones, "emails": [{ "email": held[0] }],
        "wechat_ids": [{ "account": held[1] }], "address": held[2], "custom": { "id_card": held[3] }, "remark": held[4], "remark_secret": true });
    secrets.extend(held.map(str::to_owned));
    let id = text(&hired.post_once("/customers", "key-at-rest-1", customer.clone()).await.ok()["id"]);
    hired.post_once("/customers", "key-at-rest-1", customer).await.ok();
    let remark = "官司赢了，还是别提";
    secrets.push(remark.to_owned());
    let body = json!({ "phones": [{ "number": third }], "remark": remark });
    hired.patch(&format!("/customers/{id}"), 1, body).await.ok();
    hired.post(&format!("/customers/{id}/remark/reveal"), json!({})).await.ok();
    hired.get(&format!("/customers?q={third}")).await.ok();
    hired.post(&format!("/customers/{id}/phones/0/reveal"), json!({})).await.ok();
    let order = json!({ "customer_id": id, "receiver": "沈怡", "phone": receiver, "address": "满觉陇路乙八十八号",
        "lines": [{ "name": "茶", "quantity": 1, "unit_price_fen": 1 }] });
    let order = text(&hired.post("/orders", order).await.ok()["id"]);
    hired.patch(&format!("/orders/{order}"), 1, json!({ "phone": later })).await.ok();
    hired.post(&format!("/orders/{order}/phone/reveal"), json!({})).await.ok();
    let code = text(&hired.post(&format!("/orders/{order}/receipt-code"), json!({})).await.ok()["code"]);
    let buyer = shop.customer(proved).await;
    buyer.post("/me/receipts", json!({ "code": code })).await.ok();
    secrets.extend([code.replace('-', ""), code]);
    // What is put into a table, kept to undo, or asked by the person themselves.
    let table = format!("姓名,手机,邮箱\n顾安,{imported},imported-at-rest@example.com\n");
    let send = shop.boss.request(reqwest::Method::POST, "/imports?name=a.csv").body(table);
    let detail = shop.boss.send(send).await.ok();
    let start = json!({ "columns": detail["columns"], "mode": "create" });
    shop.boss.post(&format!("/imports/{}/start", text(&detail["id"])), start).await.ok();
    shop.run_jobs().await;
    let twin = shop.boss.get(&format!("/customers?q={imported}")).await.ok()["items"][0].clone();
    let version = shop.boss.get(&format!("/customers/{id}")).await.ok()["version"].clone();
    let versions = json!({ "this": version, "other": twin["version"] });
    let merge = json!({ "other_id": twin["id"], "fields": {}, "versions": versions });
    shop.boss.post(&format!("/customers/{id}/merge"), merge).await.ok();
    let asked = format!("/me/businesses/{}/records/{id}/requests", shop.tenant);
    let words = json!({ "kind": "correct", "text": "请把我的名字改成沈怡然" });
    shop.customer(third).await.post(&asked, words).await.ok();
    secrets.extend(["imported-at-rest@example.com", "满觉陇路乙八十八号", "请把我的名字改成沈怡然"].map(str::to_owned));
    let version = shop.boss.get(&format!("/customers/{id}")).await.ok()["version"].as_i64().expect("a version");
    shop.boss.delete(&format!("/customers/{id}"), version).await.ok();
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
