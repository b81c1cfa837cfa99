//! The message push, received by a server.

use super::*;
use crate::push::crypto::{AesKey, signature};

fn open(stage: &Stage, encrypted: &str) -> (String, String) {
    let key = AesKey::parse(stage.app["encoding_aes_key"].as_str().unwrap()).unwrap();
    key.decrypt(encrypted).unwrap()
}

fn signed(stage: &Stage, got: &Received, encrypted: Option<&str>) -> String {
    let token = stage.app["push_token"].as_str().unwrap();
    let mut parts = vec![token, got.query("timestamp"), got.query("nonce")];
    parts.extend(encrypted);
    signature(&parts)
}

#[actix_web::test]
async fn safe_json_is_signed_encrypted_and_alternates_the_shape_of_the_list() {
    let receiver = Receiver::start(&[]);
    let stage = Stage::with_template(json!({"push_url": receiver.url})).await;
    let openid = stage.login("customer").await["openid"].clone();
    stage.consent("customer").await;
    stage.consent("customer").await;
    stage.books().await;
    let mut shapes = Vec::new();
    for got in receiver.got() {
        let names: Vec<&str> = got.query.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["signature", "timestamp", "nonce", "openid", "encrypt_type", "msg_signature"]);
        assert_eq!(got.query("openid"), openid);
        let body: Value = serde_json::from_str(&got.body).unwrap();
        assert_eq!(body.as_object().unwrap().len(), 2);
        assert_eq!(body["ToUserName"], stage.app["username"]);
        let encrypted = body["Encrypt"].as_str().unwrap();
        assert_eq!(got.query("msg_signature"), signed(&stage, &got, Some(encrypted)));
        assert_eq!(got.query("signature"), signed(&stage, &got, None));
        let (message, appid) = open(&stage, encrypted);
        assert_eq!(appid, stage.appid);
        let event: Value = serde_json::from_str(&message).unwrap();
        assert_eq!(event["Event"], "subscribe_msg_popup_event");
        assert_eq!(event["FromUserName"], openid);
        assert!(event["CreateTime"].is_string());
        shapes.push(event["List"].is_array());
    }
    assert_eq!(shapes, [false, true]);
    receiver.stop().await;
}

#[actix_web::test]
async fn a_sent_message_is_followed_by_its_event_in_plain_xml() {
    let receiver = Receiver::start(&[]);
    let stage = Stage::with_template(json!({
        "push_url": receiver.url, "push_mode": "plain", "push_format": "xml",
        "sent_event": {"copies": 2, "delay_ms": 10},
    }))
    .await;
    let openid = stage.login("customer").await["openid"].clone();
    stage.consent("customer").await;
    stage.message(&stage.token().await, openid.as_str().unwrap()).await;
    let books = stage.books().await;
    let msgid = books["sends"][0]["msgid"].as_str().unwrap();
    let all = receiver.got();
    let sent: Vec<&Received> = all.iter().filter(|got| got.body.contains("SentEvent")).collect();
    assert_eq!(sent.len(), 2);
    for got in sent {
        assert_eq!(got.query.len(), 3);
        assert_eq!(got.query("signature"), signed(&stage, got, None));
        assert!(got.body.contains(&format!("<MsgID>{msgid}</MsgID>")), "{}", got.body);
        assert!(got.body.contains("<SubscribeMsgSentEvent><List><ErrorCode>0</ErrorCode>"));
    }
    receiver.stop().await;
}

#[actix_web::test]
async fn an_unanswered_push_is_tried_four_times() {
    let receiver = Receiver::start(&[500, 500, 500, 500, 500]);
    let stage = Stage::with_template(json!({"push_url": receiver.url})).await;
    stage.consent("customer").await;
    let books = stage.books().await;
    let statuses = books["pushes"][0]["attempts"].as_array().unwrap();
    assert_eq!(statuses.len(), 4);
    stage.consent("customer").await;
    let books = stage.books().await;
    let attempts: Vec<&Value> = books["pushes"][1]["attempts"].as_array().unwrap().iter().collect();
    let statuses: Vec<&Value> = attempts.iter().map(|attempt| &attempt["status"]).collect();
    assert_eq!(statuses, [500, 200]);
    receiver.stop().await;
}

#[actix_web::test]
async fn faults_forge_lose_and_repeat() {
    let receiver = Receiver::start(&[]);
    let stage = Stage::new(json!({"push_url": receiver.url})).await;
    let event = json!({"Event": "wxa_media_check", "FromUserName": "o1", "errcode": 0});
    for (faults, copies) in [
        (json!({"bad_signature": true}), 1),
        (json!({"wrong_appid": true}), 1),
        (json!({"drop": true}), 0),
        (json!({"copies": 3}), 3),
    ] {
        let before = receiver.got().len();
        let answer = stage.sim("push", json!({"event": event, "faults": faults})).await;
        assert_eq!(answer["attempts"].as_array().unwrap().len(), copies, "{faults}");
        let all = receiver.got();
        assert_eq!(all.len() - before, copies);
        let Some(got) = all.get(before) else { continue };
        let body: Value = serde_json::from_str(&got.body).unwrap();
        let encrypted = body["Encrypt"].as_str().unwrap();
        let right = got.query("msg_signature") == signed(&stage, got, Some(encrypted));
        assert_eq!(right, faults.get("bad_signature").is_none());
        let (_, appid) = open(&stage, encrypted);
        assert_eq!(appid == stage.appid, faults.get("wrong_appid").is_none());
    }
    receiver.stop().await;
}

#[actix_web::test]
async fn the_url_is_verified_and_settings_change_at_run_time() {
    let receiver = Receiver::start(&[]);
    let stage = Stage::new(json!({})).await;
    assert_eq!(stage.sim("verify-url", json!({})).await["verified"], false);
    let path = format!("/sim/apps/{}", stage.appid);
    let changes = json!({"push_url": receiver.url, "push_mode": "compatible", "push_faults": {"copies": 2}});
    let app = stage.send(Method::PATCH, &path, &changes).await;
    assert_eq!(app["push_faults"]["retries"], 3);
    assert_eq!(stage.sim("verify-url", json!({})).await["verified"], true);
    for format in ["json", "xml"] {
        let body = json!({"event": {"Event": "debug_demo", "FromUserName": "o1"}, "format": format});
        let answer = stage.sim("push", body).await;
        assert_eq!(answer["attempts"].as_array().unwrap().len(), 2);
        let got = receiver.got().pop().unwrap();
        assert!(got.body.contains("debug_demo") && got.body.contains("Encrypt"), "{}", got.body);
    }
    let refused = stage.response(Method::PATCH, &path, &json!({"encoding_aes_key": "x"})).await.unwrap();
    assert_eq!(refused.status(), 400);
    receiver.stop().await;
}

#[actix_web::test]
async fn a_silent_receiver_is_given_up_on() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let faults = json!({"timeout_ms": 50, "retries": 1});
    let stage = Stage::new(json!({"push_url": url, "push_faults": faults})).await;
    let answer = stage.sim("push", json!({"event": {"Event": "debug_demo"}})).await;
    assert_eq!(answer["attempts"].as_array().unwrap().len(), 2);
    assert_eq!(answer["attempts"][0]["status"], Value::Null);
}
