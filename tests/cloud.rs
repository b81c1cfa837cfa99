//! What the gateway of WeChat's cloud says is believed where the settings say that nobody gets past it, and nowhere else.

use crate::harness::{Answer, Shop, TEMPLATE, text};
use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};

/// What the gateway would write about somebody.
fn gateway(shop: &Shop, openid: &str) -> Vec<(&'static str, String)> {
    let forwarded = "198.51.100.7, 203.0.113.9".to_owned();
    vec![
        ("X-WX-SOURCE", "wx_client".to_owned()),
        ("X-WX-APPID", shop.appid()),
        ("X-WX-OPENID", openid.to_owned()),
        ("X-Original-Forwarded-For", forwarded),
    ]
}

async fn ask(shop: &Shop, path: &str, headers: &[(&'static str, String)], body: &str) -> Answer {
    let kind = if body.starts_with('<') { "text/xml" } else { "application/json" };
    let mut request = shop.nobody.request(Method::POST, path).body(body.to_owned()).header("content-type", kind);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    shop.nobody.send(request).await
}

async fn login(shop: &Shop, headers: &[(&'static str, String)]) -> Answer {
    ask(shop, "/auth/wechat", headers, &json!({ "device": "device-in-the-cloud" }).to_string()).await
}

async fn account(shop: &Shop, session: &Value) -> Value {
    shop.nobody.holding(session).get("/auth/me").await.ok()["account_id"].clone()
}

fn accepted(shop: &Shop, openid: &str) -> String {
    let item = json!({ "TemplateId": TEMPLATE, "SubscribeStatusString": "accept", "PopupScene": "0" });
    let at = shop.at.clock().now().timestamp().to_string();
    json!({ "Event": "subscribe_msg_popup_event", "FromUserName": openid, "CreateTime": at, "List": item }).to_string()
}

const CHECK: [&str; 2] = [r#"{"action":"CheckContainerPath"}"#, "<xml>\n  <action>CheckContainerPath</action>\n</xml>"];

#[actix_web::test]
async fn outside_the_cloud_no_header_of_its_gateway_is_believed() {
    let shop = Shop::new().await;
    let openid = shop.openid(&shop.sales).await;
    let forged = gateway(&shop, &openid);
    assert_eq!(login(&shop, &forged).await.violations(), ["code: required"]);
    let callback = format!("//callbacks/wechat/{}", shop.appid());
    for body in CHECK.map(str::to_owned).into_iter().chain([accepted(&shop, &openid)]) {
        ask(&shop, &callback, &forged, &body).await.problem(403, "forbidden");
    }
    // Nor where a session says it comes from.
    let code = crate::harness::sim("POST", "/phone/cloud-1/login", json!({ "appid": shop.appid() })).await;
    let body = json!({ "code": code["code"], "device": "device-in-the-cloud" }).to_string();
    let session = ask(&shop, "/auth/wechat", &forged, &body).await.ok();
    let sessions = shop.nobody.holding(&session).get("/auth/sessions").await.ok();
    assert_ne!(sessions["items"][0]["network"], "203.0.113.0/24", "{sessions}");
}

#[actix_web::test]
async fn in_the_cloud_the_gateway_says_who_logs_in_and_from_where() {
    let shop = Shop::with(|config| config.wechat.cloud_run = true).await;
    let openid = shop.openid(&shop.sales).await;
    let vouched = gateway(&shop, &openid);
    let session = login(&shop, &vouched).await.ok();
    let known = shop.sales.get("/auth/me").await.ok()["account_id"].clone();
    assert_eq!(account(&shop, &session).await, known);
    let sessions = shop.nobody.holding(&session).get("/auth/sessions").await.ok();
    let networks: Vec<_> = sessions["items"].as_array().expect("sessions").iter().map(|one| &one["network"]).collect();
    assert!(networks.contains(&&json!("203.0.113.0/24")), "{sessions}");
    // Somebody new is somebody new, and the same one the next time.
    let stranger = gateway(&shop, "o-never-seen-before");
    let first = account(&shop, &login(&shop, &stranger).await.ok()).await;
    assert_ne!(first, known);
    assert_eq!(account(&shop, &login(&shop, &stranger).await.ok()).await, first);
    // The code of the phone still counts, and keeps what it gave.
    shop.log_in_again(&shop.sales).await;

    for left_out in ["X-WX-SOURCE", "X-WX-APPID", "X-WX-OPENID"] {
        let headers: Vec<_> = vouched.iter().filter(|(name, _)| *name != left_out).cloned().collect();
        assert_eq!(login(&shop, &headers).await.violations(), ["code: required"], "{left_out}");
    }
    for (name, value) in [("X-WX-APPID", "wx0000000000000000"), ("X-WX-OPENID", "two words"), ("X-WX-OPENID", "")] {
        let with =
            vouched.iter().map(|(known, old)| (*known, if *known == name { value.to_owned() } else { old.clone() }));
        assert_eq!(login(&shop, &with.collect::<Vec<_>>()).await.violations(), ["code: required"], "{name}: {value}");
    }
    // Of two nobody knows which one the gateway wrote.
    let twice: Vec<_> = vouched.iter().cloned().chain([("X-WX-OPENID", "o-somebody-else".to_owned())]).collect();
    assert_eq!(login(&shop, &twice).await.violations(), ["code: required"]);
    // They say who logs in, not who asks for anything else.
    let mut request = shop.nobody.request(Method::GET, "/customers");
    for (name, value) in &vouched {
        request = request.header(*name, value);
    }
    shop.nobody.send(request).await.problem(401, "unauthenticated");
}

#[actix_web::test]
async fn in_the_cloud_pushes_come_through_the_gateway_as_they_are() {
    let shop = Shop::with(|config| config.wechat.cloud_run = true).await;
    let callback = format!("//callbacks/wechat/{}", shop.appid());
    for body in CHECK {
        let answer = ask(&shop, &callback, &[], body).await;
        assert_eq!((answer.status, &answer.body), (200, &json!("success")), "{body}");
        ask(&shop, "//callbacks/wechat/wx0000000000000000", &[], body).await.problem(404, "not_found");
    }
    let openid = shop.openid(&shop.sales).await;
    let source = [("X-WX-SOURCE", "wx_push".to_owned())];
    shop.advance(Duration::seconds(1)).await;
    let message = accepted(&shop, &openid);
    ask(&shop, &callback, &[], &message).await.problem(403, "forbidden");
    assert_eq!(shop.credit().await, 0);
    for _ in 0..2 {
        // The same message twice is one.
        assert_eq!(text(&ask(&shop, &callback, &source, &message).await.ok()), "success");
    }
    assert_eq!(shop.credit().await, 1);
    // What is signed and sealed is taken as everywhere.
    shop.consent(&shop.sales).await;
    assert_eq!(shop.credit().await, 2);
    ask(&shop, &callback, &source, "neither this nor that").await.problem(403, "forbidden");
}
