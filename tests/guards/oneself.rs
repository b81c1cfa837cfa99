//! Samples of what people do for themselves: signing in, looking at what is theirs, saying what may be kept of them.

use super::samples::{Desk, Sample, unique};
use crate::harness::{Client, phone_number, sim, text, unique_phone};
use api::System;
use serde_json::json;

/// The password of an operator who logs in.
const PASSWORD: &str = "山月茶行的新茶-2026";

impl Desk<'_> {
    /// A sample of an operation on oneself.
    pub async fn oneself(&self, operation: &str) -> Sample {
        let shop = self.shop;
        let as_client = |client: &Client| self.empty(client);
        let mine = || as_client(&self.client);
        match operation {
            // Signing in.
            "login_wechat" => {
                let login =
                    sim("POST", &format!("/phone/{}/login", unique_phone()), json!({ "appid": shop.appid() })).await;
                as_client(&shop.nobody).body(json!({ "code": login["code"], "device": "device-of-a-guard" }))
            }
            "login_password" => {
                let name = unique("operator");
                let hash = api::hash_password(PASSWORD).expect("a hash");
                System::new(&shop.at).create_operator(&name, hash).await.expect("an operator");
                as_client(&shop.nobody)
                    .body(json!({ "name": name, "password": PASSWORD, "device": "device-of-a-guard" }))
            }
            "login_second_factor" => {
                let mut operator = shop.operator().await;
                operator.enrol(shop).await;
                let challenge = operator.challenge(shop).await;
                as_client(&shop.nobody)
                    .body(json!({ "challenge": challenge, "recovery_code": operator.recovery_codes[0] }))
            }
            "enrol_totp" => as_client(&shop.operator().await.log_in(shop).await),
            "confirm_totp" => {
                let client = shop.operator().await.log_in(shop).await;
                let secret = text(&client.post("/auth/totp", json!({})).await.ok()["secret"]);
                as_client(&client).body(json!({ "code": shop.totp(&secret) }))
            }
            "challenge_step_up" => as_client(&shop.stranger().await).body(json!({ "method": "soter" })),
            "step_up" => {
                let somebody = shop.stranger().await;
                let challenge = somebody.post("/auth/step-up/challenge", json!({ "method": "soter" })).await.ok();
                as_client(&somebody).body(shop.finger(&somebody, &challenge["challenge"]).await)
            }
            "list_sessions" | "revoke_other_sessions" => as_client(&shop.stranger().await),
            "revoke_session" | "wipe_session" => {
                let somebody = shop.stranger().await;
                let there = shop.log_in_again(&somebody).await;
                let sessions = there.get("/auth/sessions").await.ok();
                let other = sessions["items"].as_array().expect("items").iter().find(|item| item["current"] == false);
                as_client(&there).at("id", text(&other.expect("the first session")["id"]))
            }
            "refresh_session" => {
                let somebody = shop.stranger().await;
                let device = format!("device-{}", somebody.phone.as_deref().expect("a phone"));
                as_client(&shop.nobody).body(json!({ "refresh_token": somebody.refresh_token, "device": device }))
            }
            "prove_phone" => {
                let somebody = shop.stranger().await;
                let phone = somebody.phone.clone().expect("a phone");
                sim("PUT", &format!("/phone/{phone}"), json!({ "phone_number": phone_number() })).await;
                let code = sim("POST", &format!("/phone/{phone}/phone-code"), json!({ "appid": shop.appid() })).await;
                as_client(&somebody).body(json!({ "code": code["code"] }))
            }
            "logout" => as_client(&shop.stranger().await),
            "get_me" => mine(),
            "switch_side" => mine().body(json!({ "side": "staff", "tenant_id": self.tenant })),

            // The customer side.
            "welcome" => as_client(&shop.nobody),
            "list_my_orders" => as_client(&shop.stranger().await),
            "get_my_order" => {
                let number = phone_number();
                let order = self.order(&number).await;
                as_client(&shop.customer(&number).await).at("tenant_id", self.tenant).at("id", order)
            }
            "prove_receipt" => {
                let path = format!("/orders/{}/receipt-code", self.order(&phone_number()).await);
                let code = self.client.post(&path, json!({})).await.ok();
                as_client(&shop.stranger().await).body(json!({ "code": code["code"] }))
            }
            // Privacy.
            "list_my_consents" | "list_account_consents" => as_client(&shop.stranger().await),
            "record_consent" | "record_account_consent" => as_client(&shop.stranger().await)
                .body(json!({ "purpose": "marketing", "version": shop.at.config().privacy.version, "given": true })),
            "list_my_offers" => {
                let (id, number) = self.customer_with_number().await;
                self.hand_out(&id).await;
                as_client(&shop.customer(&number).await)
            }
            "get_my_data" => {
                let (_, number) = self.customer_with_number().await;
                as_client(&shop.customer(&number).await)
            }
            "ask_about_my_data" => {
                let (id, number) = self.customer_with_number().await;
                let body = json!({ "kind": "correct", "text": "姓名应为张君宝" });
                as_client(&shop.customer(&number).await).at("tenant_id", self.tenant).at("id", id).body(body)
            }
            "list_data_requests" | "list_fading_customers" => mine(),
            "answer_data_request" => {
                let (id, number) = self.customer_with_number().await;
                let path = format!("/me/businesses/{}/records/{id}/requests", self.tenant);
                let body = json!({ "kind": "correct", "text": "姓名应为张君宝" });
                let asked = shop.customer(&number).await.post(&path, body).await.ok();
                let answer = json!({ "outcome": "refused", "ground": "identity_unproved", "text": "请到店出示证件" });
                mine().at("id", text(&asked["id"])).version(1).body(answer)
            }
            _ => panic!("add a sample for {operation} to tests/guards/oneself.rs"),
        }
    }
}
