//! WeChat's side of a test: what the phones and the console of the shop's mini-program do.

use super::{Client, Shop, TEMPLATE, sim, text};
use chrono::Duration;
use serde_json::{Value, json};

impl Shop {
    /// Keeps a network out, as the operator would.
    pub async fn block(&self, network: &str) {
        let block = api::admin::Ip::Block { network: network.to_owned(), reason: None, hours: Some(1) };
        api::admin::Admin::Ip(block).run(&self.at).await.expect("a block");
    }

    /// Asks the simulator about the shop's mini-program.
    pub async fn control(&self, what: &str, body: Value) -> Value {
        sim("POST", &format!("/sim/apps/{}/{what}", self.appid()), body).await
    }

    /// Changes the mini-program's settings at WeChat.
    pub async fn configure(&self, change: Value) {
        sim("PATCH", &format!("/sim/apps/{}", self.appid()), change).await;
    }

    /// Somebody accepts one more message on their phone, a second after whatever was before.
    pub async fn consent(&self, client: &Client) {
        self.advance(Duration::seconds(1)).await;
        let path = format!("/phone/{}/subscribe", client.phone.clone().unwrap_or_default());
        sim("POST", &path, json!({ "appid": self.appid(), "tmplIds": [TEMPLATE] })).await;
        self.settled().await;
    }

    /// Who somebody is to WeChat.
    pub async fn openid(&self, client: &Client) -> String {
        let (books, phone) = (self.settled().await, json!(client.phone));
        let users = books["users"].as_object().expect("users");
        users.iter().find(|(_, name)| **name == phone).map(|(openid, _)| openid.clone()).expect("a user")
    }

    /// WeChat tells what became of a message it had taken: error 0 means that it arrived.
    pub async fn tell_sent(&self, openid: &str, error: &str) -> Value {
        let item =
            json!({ "TemplateId": TEMPLATE, "MsgID": "1864323726461255680", "ErrorCode": error, "ErrorStatus": "-" });
        let event = json!({ "Event": "subscribe_msg_sent_event", "FromUserName": openid, "List": [item] });
        self.control("push", json!({ "event": event })).await["attempts"][0]["status"].clone()
    }

    /// Messages WeChat was asked to send, as it remembers them.
    pub async fn sends(&self) -> Vec<Value> {
        self.settled().await["sends"].as_array().cloned().unwrap_or_default()
    }

    /// How often WeChat was called at `path`.
    pub async fn calls(&self, path: &str) -> i64 {
        self.settled().await["calls"][path].as_i64().unwrap_or_default()
    }

    /// What our ledger says the salesperson may be sent.
    pub async fn credit(&self) -> i64 {
        self.sales.get("/subscriptions").await.ok()["items"][0]["credit"].as_i64().expect("a number")
    }

    /// The same person opens the mini-program anew: their phone gets another code.
    pub async fn log_in_again(&self, client: &Client) -> Client {
        super::log_in(&self.nobody, &self.appid(), client.phone.as_deref().expect("a phone")).await
    }

    /// A new customer of the salesperson's, by id.
    pub async fn customer_named(&self, name: &str) -> String {
        text(&self.sales.post("/customers", json!({ "name": name })).await.ok()["id"])
    }
}
