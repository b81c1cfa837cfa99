//! An operator, who logs in with a password and perhaps an authenticator app.

use super::{Answer, Client, Shop, phone_number, sim, text};
use api::System;
use chrono::{DateTime, Utc};
use domain::permission::Role;
use serde_json::{Value, json};
use uuid::Uuid;

pub const PASSWORD: &str = "correct horse battery";

/// Somebody with a name and a password.
pub struct Operator {
    pub name: String,
    /// What the authenticator app was told.
    pub secret: Option<String>,
    pub recovery_codes: Vec<String>,
}

impl Shop {
    /// A new operator who is a boss of the shop.
    pub async fn operator(&self) -> Operator {
        let (operator, account) = self.somebody().await;
        let system = System::new(&self.at);
        system.create_staff(self.tenant, "运营", Role::Boss, None, Some(account)).await.expect("staff");
        operator
    }

    /// A new operator who works nowhere and manages the installation.
    pub async fn caretaker(&self) -> Operator {
        let operator = self.newcomer().await;
        System::new(&self.at).appoint_operator(&operator.name).await.expect("appointed");
        operator
    }

    /// A new operator who works nowhere.
    pub async fn newcomer(&self) -> Operator {
        self.somebody().await.0
    }

    async fn somebody(&self) -> (Operator, Uuid) {
        let name = format!("operator-{}", phone_number());
        let hash = api::hash_password(PASSWORD).expect("a hash");
        let account = System::new(&self.at).create_operator(&name, hash).await.expect("made");
        (Operator { name, secret: None, recovery_codes: Vec::new() }, account)
    }

    /// What an app shows now that was told this secret.
    pub fn totp(&self, secret: &str) -> String {
        totp_at(secret, self.at.clock().now())
    }

    /// Asks for a second look by the phone's finger, and gives it.
    pub async fn step_up(&self, client: &Client) -> Client {
        let challenge = client.post("/auth/step-up/challenge", json!({ "method": "soter" })).await.ok();
        client.holding(&client.post("/auth/step-up", self.finger(client, &challenge["challenge"]).await).await.ok())
    }

    /// Sets an app up for an operator who has none, and gives the second look with it.
    pub async fn vouch(&self, client: &Client) -> Client {
        let secret = text(&client.post("/auth/totp", json!({})).await.ok()["secret"]);
        client.post("/auth/totp/confirm", json!({ "code": self.totp(&secret) })).await.ok();
        let challenge = client.post("/auth/step-up/challenge", json!({ "method": "totp" })).await.ok();
        // No code counts twice: the next one counts already.
        let next = totp_at(&secret, self.at.clock().now() + chrono::Duration::seconds(30));
        let proof = json!({ "challenge": challenge["challenge"], "code": next });
        client.holding(&client.post("/auth/step-up", proof).await.ok())
    }

    /// What the phone of `client` signs.
    pub async fn finger(&self, client: &Client, challenge: &Value) -> Value {
        let path = format!("/phone/{}/soter", client.phone.clone().unwrap_or_default());
        let signed = sim("POST", &path, json!({ "appid": self.appid(), "challenge": challenge })).await;
        json!({ "challenge": challenge, "result_json": signed["resultJSON"], "signature": signed["resultJSONSignature"] })
    }
}

pub fn totp_at(secret: &str, at: DateTime<Utc>) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).expect("base32");
    let app = totp_rs::Builder::new().with_secret(secret).with_account_name("app").build().expect("an app");
    app.generate(u64::try_from(at.timestamp()).expect("after 1970")).to_string()
}

impl Operator {
    /// Sends the password from a device.
    pub async fn password(&self, nobody: &Client, password: &str, device: &str) -> Answer {
        let body = json!({ "name": self.name, "password": password, "device": device, "label": "办公室电脑" });
        nobody.post("/auth/password", body).await
    }

    /// Logs in, without a second factor.
    pub async fn log_in(&self, shop: &Shop) -> Client {
        shop.nobody.holding(&self.password(&shop.nobody, PASSWORD, "browser-1").await.ok())
    }

    /// Sets an authenticator app up.
    pub async fn enrol(&mut self, shop: &Shop) -> Client {
        let client = self.log_in(shop).await;
        self.enrol_with(shop, &client).await;
        client
    }

    pub async fn enrol_with(&mut self, shop: &Shop, client: &Client) {
        let secret = text(&client.post("/auth/totp", json!({})).await.ok()["secret"]);
        let codes = client.post("/auth/totp/confirm", json!({ "code": shop.totp(&secret) })).await.ok();
        self.recovery_codes = codes["recovery_codes"].as_array().expect("codes").iter().map(text).collect();
        self.secret = Some(secret);
    }

    /// The challenge of a login that lacks its second factor.
    pub async fn challenge(&self, shop: &Shop) -> Value {
        let answer = self.password(&shop.nobody, PASSWORD, "browser-1").await;
        answer.problem(401, "second_factor_required")["challenge"].take()
    }
}
