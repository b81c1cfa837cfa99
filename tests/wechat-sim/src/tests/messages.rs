//! Subscribe messages, codes and rubbish.

use super::*;

#[actix_web::test]
async fn a_consent_buys_one_message() {
    let stage = Stage::with_template(json!({})).await;
    let openid = stage.login("customer").await["openid"].clone();
    let openid = openid.as_str().unwrap();
    let token = stage.token().await;
    assert_eq!(stage.message(&token, "oNobody").await["errcode"], 40003);
    assert_eq!(stage.message(&token, openid).await["errcode"], 43101);
    let sheet = stage.consent("customer").await;
    assert_eq!(sheet, json!({"errMsg": "requestSubscribeMessage:ok", "t1": "accept"}));
    assert_eq!(stage.message(&token, openid).await, json!({"errcode": 0, "errmsg": "ok"}));
    assert_eq!(stage.message(&token, openid).await["errcode"], 43101);

    let inbox = stage.get(&format!("/phone/customer/messages?appid={}", stage.appid)).await;
    let messages = inbox["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 1);
    assert_eq!(inbox["messages"][0]["lines"], json!(["项目:剪发", "时间:15:01"]));
    let books = stage.books().await;
    let results: Vec<&Value> = books["sends"].as_array().unwrap().iter().map(|s| &s["result"]).collect();
    assert_eq!(results, [40003, 43101, 0, 43101]);
    let msgid: u64 = books["sends"][2]["msgid"].as_str().unwrap().parse().unwrap();
    assert!(msgid > 1 << 53);
    assert_eq!(books["credits"][0]["count"], 0);
}

#[actix_web::test]
async fn two_sends_at_once_to_one_user_collide() {
    let stage = Stage::with_template(json!({"send_ms": 200})).await;
    let openid = stage.login("customer").await["openid"].clone();
    stage.consent("customer").await;
    stage.consent("customer").await;
    let token = stage.token().await;
    let openid = openid.as_str().unwrap();
    let (one, two) = tokio::join!(stage.message(&token, openid), stage.message(&token, openid));
    let mut codes = [one["errcode"].as_i64().unwrap(), two["errcode"].as_i64().unwrap()];
    codes.sort_unstable();
    assert_eq!(codes, [0, 43108]);
    assert_eq!(stage.message(&token, openid).await["errcode"], 0);
}

#[actix_web::test]
async fn the_consent_sheet_fails_as_documented() {
    let stage = Stage::with_template(json!({})).await;
    let cases = [(json!([]), 10001), (json!(["t1", "t1", "t1", "t1", "t1", "t1"]), 20003), (json!(["unknown"]), 20001)];
    for (ids, code) in cases {
        let body = json!({"appid": stage.appid, "tmplIds": ids});
        let answer = stage.post("/phone/customer/subscribe", body).await;
        assert_eq!(answer["errCode"], code);
        assert!(answer["errMsg"].as_str().unwrap().starts_with("requestSubscribeMessage:fail"));
    }
    let body = json!({"appid": stage.appid, "tmplIds": ["t1"], "answers": {"t1": "reject"}});
    let answer = stage.post("/phone/customer/subscribe", body).await;
    assert_eq!(answer["t1"], "reject");
    assert_eq!(stage.books().await["credits"], json!([]));
}

#[actix_web::test]
async fn a_withdrawn_consent_is_gone() {
    let stage = Stage::with_template(json!({})).await;
    let openid = stage.login("customer").await["openid"].clone();
    stage.consent("customer").await;
    let body = json!({"appid": stage.appid, "tmplIds": ["t1"]});
    stage.post("/phone/customer/unsubscribe", body).await;
    let answer = stage.message(&stage.token().await, openid.as_str().unwrap()).await;
    assert_eq!(answer["errcode"], 43101);
}

#[actix_web::test]
async fn a_code_is_bytes_and_its_failure_is_json() {
    let stage = Stage::new(json!({})).await;
    let path = format!("/wxa/getwxacodeunlimit?access_token={}", stage.token().await);
    let response = stage.response(Method::POST, &path, &json!({"scene": "s=a1"})).await.unwrap();
    assert_eq!(response.headers()["content-type"], "image/png");
    assert!(response.bytes().await.unwrap().starts_with(b"\x89PNG"));
    assert_eq!(stage.post(&path, json!({"scene": "a%b"})).await["errcode"], 40129);
    let link = format!("/wxa/generate_urllink?access_token={}", stage.token().await);
    let body = json!({"query": "a=1", "expire_type": 1, "expire_interval": 30});
    assert!(stage.post(&link, body).await["url_link"].as_str().unwrap().starts_with("https://"));
    let body = json!({"expire_type": 1, "expire_interval": 31});
    assert_eq!(stage.post(&link, body).await["errcode"], 85401);
}

#[actix_web::test]
async fn rubbish_is_answered() {
    let stage = Stage::with_template(json!({})).await;
    let token = stage.token().await;
    let posts = [
        "/wxa/business/getuserphonenumber",
        "/cgi-bin/message/subscribe/send",
        "/wxa/getwxacodeunlimit",
        "/wxa/generate_urllink",
        "/cgi-bin/openapi/quota/get",
        "/cgi-bin/stable_token",
    ];
    for path in posts {
        let url = format!("{}{path}?access_token={token}", SIM.base_url);
        assert_eq!(stage.get(&format!("{path}?access_token={token}")).await["errcode"], 43002);
        for (body, code) in [("", 44002), ("{", 47001), ("\u{0}", 47001), ("[[[", 47001)] {
            let answer = stage.http.post(&url).body(body).send().await.unwrap();
            let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
            let code = if path.contains("wxacode") && code == 47001 { 40169 } else { code };
            assert_eq!(answer["errcode"], code, "{path} {body:?}");
        }
    }
    let absent = stage.response(Method::POST, "/nothing/here", &json!({})).await.unwrap();
    assert_eq!(absent.status(), 404);
    let absent = stage.response(Method::GET, "/sns/jscode2session?%ff=%zz&a", &json!({})).await.unwrap();
    assert_eq!(absent.status(), 200);
    for path in ["/sim/apps", "/sim/clock", "/phone/x/login"] {
        let url = format!("{}{path}", SIM.base_url);
        let refused = stage.http.post(url).body("[[").send().await.unwrap();
        assert_eq!(refused.status(), 400, "{path}");
    }
}

#[actix_web::test]
async fn a_browser_on_another_origin_may_use_the_phone() {
    let stage = Stage::new(json!({})).await;
    for path in ["/phone/customer", "/phone/customer/login"] {
        let answer = stage.response(Method::OPTIONS, path, &json!({})).await.unwrap();
        assert_eq!(answer.status(), 204, "{path}");
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    }
}
