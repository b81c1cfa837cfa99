//! Tokens, logins and phone numbers.

use super::*;

#[actix_web::test]
async fn a_login_gives_the_same_openid_and_a_new_key_without_errcode() {
    let stage = Stage::new(json!({"unionid": true})).await;
    let first = stage.login("customer").await;
    let second = stage.login("customer").await;
    assert_eq!(first["openid"], second["openid"]);
    assert_eq!(first["unionid"], second["unionid"]);
    assert_ne!(first["session_key"], second["session_key"]);
    assert!(first.get("errcode").is_none());
    let card = stage.get(&format!("/phone/customer?appid={}", stage.appid)).await;
    assert_eq!(card["openid"], first["openid"]);
    let books = stage.books().await;
    assert_eq!(books["code2session"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn a_code_is_used_once_expires_and_is_bound_to_its_app() {
    let stage = Stage::new(json!({})).await;
    let other = Stage::new(json!({})).await;
    let appid = json!({"appid": stage.appid});
    let code = stage.post("/phone/customer/login", appid.clone()).await;
    let code = code["code"].as_str().unwrap();
    assert_eq!(other.exchange(code).await["errcode"], 40029);
    assert!(stage.exchange(code).await["openid"].is_string());
    assert_eq!(stage.exchange(code).await["errcode"], 40163);

    let late = stage.post("/phone/customer/login", appid).await;
    stage.post("/sim/clock", json!({"appid": stage.appid, "advance_s": 300})).await;
    assert_eq!(stage.exchange(late["code"].as_str().unwrap()).await["errcode"], 40029);
}

#[actix_web::test]
async fn credentials_are_checked_part_by_part() {
    let stage = Stage::new(json!({})).await;
    let (appid, secret) = (&stage.appid, stage.secret());
    for (query, code) in [
        ("grant_type=x".to_owned(), 40002),
        ("grant_type=client_credential".to_owned(), 41002),
        (format!("grant_type=client_credential&appid={appid}"), 41004),
        (format!("grant_type=client_credential&appid=wx0&secret={secret}"), 40013),
        (format!("grant_type=client_credential&appid={appid}&secret=no"), 40125),
    ] {
        let answer = stage.get(&format!("/cgi-bin/token?{query}")).await;
        assert_eq!(answer["errcode"], code, "{query}");
        assert!(answer["errmsg"].as_str().unwrap().contains(" rid: "));
    }
    for (token, code) in [("", 41001), ("abc", 40014), (&format!("75_{}", "A".repeat(100)), 40001)] {
        let answer = stage.get(&format!("/wxaapi/newtmpl/gettemplate?access_token={token}")).await;
        assert_eq!(answer["errcode"], code, "{token}");
    }
}

#[actix_web::test]
async fn a_token_expires_and_is_counted() {
    let stage = Stage::new(json!({})).await;
    let token = stage.token().await;
    assert_eq!(stage.token().await, token);
    let templates = format!("/wxaapi/newtmpl/gettemplate?access_token={token}");
    assert_eq!(stage.get(&templates).await["errcode"], 0);
    stage.sim("clock", json!({"advance_s": 7_200})).await;
    assert_eq!(stage.get(&templates).await["errcode"], 42001);
    assert_ne!(stage.token().await, token);
    assert_eq!(stage.books().await["tokens"]["stable"], 2);
}

#[actix_web::test]
async fn the_session_key_is_proved_by_its_text() {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let stage = Stage::new(json!({})).await;
    let session = stage.login("customer").await;
    let token = stage.token().await;
    let sign = |key: &Value| {
        let mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_str().unwrap().as_bytes()).unwrap();
        hex::encode(mac.finalize().into_bytes())
    };
    let openid = session["openid"].as_str().unwrap();
    let query =
        |key: &Value| format!("access_token={token}&openid={openid}&sig_method=hmac_sha256&signature={}", sign(key));
    let old = query(&session["session_key"]);
    assert_eq!(stage.get(&format!("/wxa/checksession?{old}")).await["errcode"], 0);
    let reset = stage.get(&format!("/wxa/resetusersessionkey?{old}")).await;
    assert_eq!(stage.get(&format!("/wxa/checksession?{old}")).await["errcode"], 87009);
    let new = query(&reset["session_key"]);
    assert_eq!(stage.get(&format!("/wxa/checksession?{new}")).await["errcode"], 0);
}

#[actix_web::test]
async fn a_phone_code_gives_the_number_once_and_only_to_its_app() {
    let stage = Stage::new(json!({})).await;
    let other = Stage::new(json!({})).await;
    let phone = format!("/phone/{}", stage.appid);
    let card = json!({"phone_number": "13800138000"});
    stage.send(Method::PUT, &phone, &card).await;
    let mut kinds = Vec::new();
    for _ in 0..2 {
        let code = stage.post(&format!("{phone}/phone-code"), json!({"appid": stage.appid})).await;
        let body = json!({"code": code["code"]});
        let path = |token: &str| format!("/wxa/business/getuserphonenumber?access_token={token}");
        let foreign = other.post(&path(&other.token().await), body.clone()).await;
        assert_eq!(foreign["errcode"], 40013);
        let token = stage.token().await;
        let answer = stage.post(&path(&token), body.clone()).await;
        assert_eq!(answer["phone_info"]["purePhoneNumber"], "13800138000");
        assert_eq!(answer["phone_info"]["watermark"]["appid"], stage.appid);
        kinds.push(answer["phone_info"]["countryCode"].clone());
        assert_eq!(stage.post(&path(&token), body).await["errcode"], 40029);
    }
    assert_eq!(kinds, [json!(86), json!("86")]);
}
