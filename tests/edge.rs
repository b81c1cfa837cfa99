//! What holds for every request before a feature sees it: headers, origins, limits, time, TLS, and what
//! a caller says about itself.

use crate::harness::{Client, Shop, start};
use api::{Clock, Installation, Running};
use chrono::Duration;
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

fn header(answer: &crate::harness::Answer, name: &str) -> String {
    answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

#[actix_web::test]
async fn every_answer_tells_a_browser_to_do_no_more_with_it() {
    let shop = Shop::new().await;
    let answers = [
        shop.boss.get("/customers").await,
        shop.nobody.get("/customers").await,
        shop.nobody.get("//nowhere").await,
        shop.nobody.get("//healthz").await,
        shop.boss.post("/customers", json!({ "name": "" })).await,
    ];
    for answer in answers {
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert_eq!(header(&answer, "x-frame-options"), "DENY");
        assert_eq!(header(&answer, "cache-control"), "no-store");
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
        assert!(header(&answer, "content-security-policy").starts_with("default-src 'none'"));
        assert_eq!(header(&answer, "strict-transport-security"), "", "plain HTTP");
        assert_eq!(header(&answer, "access-control-allow-origin"), "");
    }
    let page = shop.nobody.get("//docs/").await;
    assert!(header(&page, "content-security-policy").contains("default-src 'self'"), "{:?}", page.headers);
}

#[actix_web::test]
async fn only_named_origins_may_call_from_a_web_page() {
    let shop = Shop::with(|config| config.http.cors_origins = "https://admin.example.com".to_owned()).await;
    let preflight = async |origin: &str, method: &str| {
        let request = shop.nobody.request(Method::OPTIONS, "/customers").header("Origin", origin);
        let request = request.header("Access-Control-Request-Method", method);
        shop.nobody.send(request.header("Access-Control-Request-Headers", "authorization")).await
    };
    let document = shop.nobody.get("/openapi.json").await.ok();
    let paths = document["paths"].as_object().into_iter().flat_map(|paths| paths.values());
    let methods: BTreeSet<_> = paths.filter_map(|path| path.as_object()).flat_map(|path| path.keys()).collect();
    assert!(methods.len() >= 4, "{methods:?}");
    for method in methods {
        let theirs = preflight("https://admin.example.com", &method.to_uppercase()).await;
        let allowed = header(&theirs, "access-control-allow-origin");
        assert_eq!((theirs.status, allowed.as_str()), (200, "https://admin.example.com"), "{method}");
    }
    let other = preflight("https://evil.example.com", "GET").await;
    assert_eq!(header(&other, "access-control-allow-origin"), "");
    let request = shop.boss.request(Method::GET, "/customers").header("Origin", "https://evil.example.com");
    assert_eq!(header(&shop.boss.send(request).await, "access-control-allow-origin"), "");
}

#[actix_web::test]
async fn whoever_asks_too_much_waits_and_nobody_else_does() {
    let shop = Shop::with(|config| config.limits.reads_per_minute = 40).await;
    let mut refused = None;
    for _ in 0..12 {
        let answer = shop.sales.get("/customers").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a quarter of a minute's reads may come at once, no more");
    // 40 a minute: the next is there after a second and a half.
    assert_eq!(header(&refused, "retry-after"), "2");
    refused.problem(429, "too_many_requests");
    shop.rival.get("/customers").await.ok();
    shop.sales.post("/customers", json!({ "name": "张三" })).await.ok();
    shop.advance(Duration::seconds(2)).await;
    shop.sales.get("/customers").await.ok();
}

#[actix_web::test]
async fn a_route_with_a_limit_of_its_own_leaves_all_others_alone() {
    let shop = Shop::with(|config| {
        for route in ["GET /api/v1/customers/{id}", "POST /api/v1/auth/password"] {
            config.limits.routes.insert(route.to_owned(), 8);
        }
    })
    .await;
    let path = format!("/customers/{}", shop.customer_named("沈怡").await);
    for _ in 0..2 {
        shop.sales.get(&path).await.ok();
    }
    let refused = shop.sales.get(&path).await;
    assert_eq!(header(&refused, "retry-after"), "8");
    refused.problem(429, "too_many_requests");
    // Neither what is like it, nor the same path in another way, nor anybody else.
    for other in ["/customers", "/customers/count", "/customers/bulk", &format!("{path}/helpers")] {
        shop.sales.get(other).await.ok();
    }
    shop.sales.patch(&path, 1, json!({ "title": "掌柜" })).await.ok();
    shop.boss.get(&path).await.ok();
    shop.sales.get(&path).await.problem(429, "too_many_requests");
    shop.advance(Duration::seconds(8)).await;
    shop.sales.get(&path).await.ok();
    // Whoever has not logged in is an address.
    let guess = json!({ "name": "nobody", "password": "a wrong password", "device": "browser-limits" });
    for _ in 0..2 {
        shop.nobody.post("/auth/password", guess.clone()).await.problem(401, "login_refused");
    }
    shop.nobody.post("/auth/password", guess.clone()).await.problem(429, "too_many_requests");
    shop.nobody.get("/welcome").await.ok();
    let elsewhere = crate::harness::Client::at(&shop.base, &crate::harness::an_address());
    elsewhere.post("/auth/password", guess).await.problem(401, "login_refused");
}

#[actix_web::test]
async fn a_request_that_never_ends_is_given_up() {
    let shop = Shop::with(|config| config.http.request_seconds = 1).await;
    let address = shop.base.strip_prefix("http://").expect("an address").to_owned();
    let mut line = tokio::net::TcpStream::connect(&address).await.expect("a connection");
    let head = "POST /api/v1/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    line.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let mut part = [0; 1024];
    while !String::from_utf8_lossy(&answer).contains("unavailable") {
        let read = line.read(&mut part).await.expect("an answer");
        assert!(read > 0, "{}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&part[..read]);
    }
    assert!(answer.starts_with(b"HTTP/1.1 503"), "{}", String::from_utf8_lossy(&answer));
}

/// Sends a table to the server, a piece every 400 ms, and answers the first line of what comes back.
async fn trickle(shop: &Shop, piece: &str, pieces: usize) -> String {
    let address = shop.base.strip_prefix("http://").expect("an address").to_owned();
    let mut line = tokio::net::TcpStream::connect(&address).await.expect("a connection");
    let (token, length) = (shop.boss.token.as_deref().expect("a token"), piece.len() * pieces);
    let head = format!(
        "POST /api/v1/imports?name=a.csv HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: text/csv\r\nContent-Length: {length}\r\n\r\n"
    );
    line.write_all(head.as_bytes()).await.expect("sent");
    for _ in 0..pieces {
        // Whoever is given up meanwhile finds the line closed.
        let _ = line.write_all(piece.as_bytes()).await;
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    }
    let mut part = [0; 1024];
    let read = line.read(&mut part).await.expect("an answer");
    String::from_utf8_lossy(&part[..read]).lines().next().unwrap_or_default().to_owned()
}

#[actix_web::test]
async fn a_file_may_come_slowly_as_long_as_it_comes() {
    let shop = Shop::with(|config| config.http.request_seconds = 1).await;
    // Two seconds and more, and never one without a piece.
    let row = "李小满,13812345678,杭州\n".repeat(2_500);
    assert_eq!(trickle(&shop, &row, 6).await, "HTTP/1.1 201 Created");
    // As long, and next to nothing.
    assert_eq!(trickle(&shop, "李,1,杭\n", 6).await, "HTTP/1.1 503 Service Unavailable");
}

/// The gateway of WeChat's cloud adds these headers; without it anybody can.
#[actix_web::test]
async fn what_a_caller_says_about_its_openid_counts_for_nothing() {
    let shop = Shop::new().await;
    let openid = shop.openid(&shop.boss).await;
    for path in ["/auth/me", "/customers", "/me/orders"] {
        let request = shop.nobody.request(Method::GET, path).header("X-WX-OPENID", &openid);
        let request = request.header("X-WX-SOURCE", "wx_client").header("X-WX-APPID", shop.appid());
        shop.nobody.send(request).await.problem(401, "unauthenticated");
    }
}

#[actix_web::test]
async fn the_server_speaks_tls_by_itself() {
    let shop = Shop::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).expect("written");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("written");
    let mut config = shop.at.config().clone();
    config.http.tls_certificate = certificate.display().to_string();
    config.http.tls_key = key.display().to_string();
    let at = Installation::open(config, Clock::fixed(start())).await.expect("opens");
    let Running { address, handle, server } = api::listen(&at).expect("listens");
    actix_web::rt::spawn(server);
    let trust = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).expect("a certificate");
    let base = format!("https://localhost:{}", address.port());
    let http = reqwest::Client::builder().tls_certs_only([trust]).build().expect("a client");
    let answer = http.get(format!("{base}/healthz")).send().await.expect("an answer over TLS");
    assert!(answer.status().is_success());
    assert!(answer.headers().contains_key("strict-transport-security"));
    // Plain HTTP gets nothing from it.
    assert!(Client::new(&format!("http://{address}")).tried("//healthz").await.is_err());
    drop(handle.stop(false));
}

#[actix_web::test]
async fn a_certificate_without_its_key_is_a_clear_refusal() {
    let shop = Shop::new().await;
    let mut config = shop.at.config().clone();
    config.http.tls_certificate = "/nowhere/cert.pem".to_owned();
    let at = Installation::open(config, Clock::fixed(start())).await.expect("opens");
    let error = api::listen(&at).map(|_| ()).expect_err("refused");
    assert!(format!("{error:#}").contains("tls_certificate"), "{error:#}");
}

#[actix_web::test]
async fn whoever_hangs_up_in_the_middle_leaves_nothing_half_and_holds_nobody_up() {
    let shop = Shop::new().await;
    let address = shop.base.strip_prefix("http://").expect("an address").to_owned();
    let token = shop.boss.token.as_deref().expect("a token");
    for at in 0..60 {
        let phone = format!("139{:08}", 10_000_000 + at);
        let body = json!({ "name": "挂断的人", "phones": [{ "number": phone }] }).to_string();
        let head = format!(
            "POST /api/v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut line = tokio::net::TcpStream::connect(&address).await.expect("a connection");
        line.write_all((head + &body).as_bytes()).await.expect("sent");
        // From before the transaction to after its end.
        tokio::time::sleep(std::time::Duration::from_micros(300 * at)).await;
        drop(line);
    }
    let begun = std::time::Instant::now();
    for _ in 0..10 {
        assert_eq!(shop.boss.post("/customers", json!({ "name": "后来的人" })).await.status, 201);
    }
    // A transaction that stayed open would hold the next ones up for seconds, and its locks the same phones.
    assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", begun.elapsed());
    for at in 0..60 {
        let phone = format!("139{:08}", 10_000_000 + at);
        let again = shop.boss.post("/customers", json!({ "name": "挂断的人", "phones": [{ "number": phone }] })).await;
        match again.status {
            // It was there, as a whole.
            409 => assert_eq!(again.body["code"], "phone_taken", "{}", again.body),
            other => assert_eq!(other, 201, "{}", again.body),
        }
    }
    let found = shop.boss.get("/customers?q=挂断的人").await.ok();
    let ids: Vec<String> =
        found["items"].as_array().expect("items").iter().map(|item| crate::harness::text(&item["id"])).collect();
    for id in ids {
        let whole = shop.boss.get(&format!("/customers/{id}")).await.ok();
        assert_eq!(whole["phones"].as_array().map(Vec::len), Some(1), "{whole}");
    }
    shop.boss.get("/audit/verify").await.ok();
}
