//! Bad days.

use super::*;

#[actix_web::test]
async fn each_fault_happens_as_often_as_asked() {
    let stage = Stage::new(json!({})).await;
    let fault = |rest: Value| {
        let mut fault = json!({"path": "/cgi-bin/token"});
        crate::control::merge(&mut fault, &rest);
        fault
    };
    let token = format!("/cgi-bin/token?grant_type=client_credential&appid={}&secret={}", stage.appid, stage.secret());
    stage.sim("faults", fault(json!({"kind": "errcode", "code": -1, "times": 2}))).await;
    assert_eq!(stage.get(&token).await["errcode"], -1);
    assert_eq!(stage.get(&token).await["errcode"], -1);
    assert!(stage.get(&token).await["access_token"].is_string());

    stage.sim("faults", fault(json!({"kind": "http_status", "status": 502}))).await;
    let gateway = stage.response(Method::GET, &token, &Value::Null).await.unwrap();
    assert_eq!(gateway.status(), 502);

    stage.sim("faults", fault(json!({"kind": "hang_ms", "ms": 60}))).await;
    let before = std::time::Instant::now();
    assert!(stage.get(&token).await["access_token"].is_string());
    assert!(before.elapsed().as_millis() >= 60);
    assert_eq!(stage.books().await["tokens"]["classic"], 2);
    assert_eq!(stage.books().await["calls"]["/cgi-bin/token"], 5);
}

#[actix_web::test]
async fn a_dropped_connection_hides_whether_the_work_was_done() {
    let stage = Stage::with_template(json!({})).await;
    let openid = stage.login("customer").await["openid"].clone();
    stage.consent("customer").await;
    let token = stage.token().await;
    let path = format!("/cgi-bin/message/subscribe/send?access_token={token}");
    let body = json!({
        "touser": openid, "template_id": "t1",
        "data": {"thing1": {"value": "剪发"}, "time2": {"value": "15:01"}},
    });
    for (kind, sends) in [("drop_before", 0), ("drop_after", 1)] {
        stage.sim("faults", json!({"path": "*", "kind": kind})).await;
        assert!(stage.response(Method::POST, &path, &body).await.is_err(), "{kind}");
        let books = stage.books().await;
        assert_eq!(books["sends"].as_array().unwrap().len(), sends, "{kind}");
    }
    assert_eq!(stage.post(&path, body).await["errcode"], 43101);
}

#[actix_web::test]
async fn a_caller_who_hangs_up_does_not_stop_wechat() {
    let stage = Stage::with_template(json!({"send_ms": 150})).await;
    let openid = stage.login("customer").await["openid"].clone();
    stage.consent("customer").await;
    let token = stage.token().await;
    let message = stage.message(&token, openid.as_str().unwrap());
    let patience = std::time::Duration::from_millis(60);
    assert!(tokio::time::timeout(patience, message).await.is_err());
    let books = stage.books().await;
    assert_eq!(books["sends"][0]["result"], 0);
}
