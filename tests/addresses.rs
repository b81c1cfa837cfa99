//! Networks that are kept out: before anything else is looked at, and without a restart.

use crate::harness::{Home, PASSWORD, Shop, phone_number, until};
use serde_json::json;

#[actix_web::test]
async fn a_running_server_follows_what_the_command_line_says_about_networks() {
    let home = Home::new().await;
    home.furnish();
    let server = home.start().await;
    let boss = server.boss().await;
    boss.get("/today").await.ok();

    // The boss logged in with a password from 127.0.0.1; from elsewhere only is allowed now.
    home.admin(&["admin", "ip", "allow", "203.0.113.0/24", "--reason", "办公室"]);
    until("the allow list", async || (boss.get("/today").await.status == 403).then_some(())).await;
    boss.get("/today").await.problem(403, "address_not_allowed");
    let login = json!({ "name": "admin", "password": PASSWORD, "device": "browser-1" });
    server.nobody().post("/auth/password", login.clone()).await.problem(403, "address_not_allowed");
    // Customers and staff with WeChat are not concerned.
    server.nobody().get("/welcome").await.ok();

    home.admin(&["admin", "ip", "allow", "127.0.0.1"]);
    until("the second network", async || (boss.get("/today").await.status == 200).then_some(())).await;
    server.nobody().post("/auth/password", login).await.ok();

    // A block is for everybody, before a token is looked at.
    home.admin(&["admin", "ip", "block", "127.0.0.0/8", "--hours", "1"]);
    until("the block", async || (server.nobody().get("/welcome").await.status == 403).then_some(())).await;
    server.nobody().get("/welcome").await.problem(403, "address_blocked");
    boss.get("/today").await.problem(403, "address_blocked");

    let list = home.admin(&["admin", "ip", "list"]);
    assert_eq!(list["rules"].as_array().map(Vec::len), Some(3), "{list}");
    // It is taken away alone, whatever else is said about the same network.
    home.admin(&["admin", "ip", "allow", "127.0.0.0/8"]);
    let refused = home.run(&["admin", "ip", "remove", "127.0.0.0/8"]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("--rule block"));
    home.admin(&["admin", "ip", "remove", "127.0.0.0/8", "--rule", "block"]);
    let kinds = home.admin(&["admin", "ip", "list"]);
    assert!(kinds["rules"].as_array().is_some_and(|rules| rules.iter().all(|rule| rule["kind"] == "allow")), "{kinds}");
    until("the end of the block", async || (boss.get("/today").await.status == 200).then_some(())).await;
    let refused = home.run(&["admin", "ip", "block", "nonsense"]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("no network"));
    let refused = home.run(&["admin", "ip", "remove", "192.0.2.0/24"]);
    assert!(!refused.status.success());
}

#[actix_web::test]
async fn an_operator_who_lost_the_app_gets_in_again_by_the_command_line() {
    let home = Home::new().await;
    home.furnish();
    let server = home.start().await;
    let boss = server.boss().await;
    let secret = boss.post("/auth/totp", json!({})).await.ok()["secret"].as_str().expect("a secret").to_owned();
    let code = crate::harness::totp_at(&secret, api::Clock::System.now());
    boss.post("/auth/totp/confirm", json!({ "code": code })).await.ok();
    let login = json!({ "name": "admin", "password": PASSWORD, "device": "browser-1" });
    server.nobody().post("/auth/password", login.clone()).await.problem(401, "second_factor_required");
    home.admin(&["admin", "operator", "reset-totp", "--name", "admin"]);
    server.nobody().post("/auth/password", login).await.ok();
    // Whoever held a session must log in anew.
    until("the end of the session", async || (boss.get("/today").await.status == 401).then_some(())).await;
    assert!(!home.run(&["admin", "operator", "reset-totp", "--name", "nobody"]).status.success());
}

#[actix_web::test]
async fn an_operator_gets_another_password_and_one_who_leaves_has_none() {
    let home = Home::new().await;
    home.furnish();
    let server = home.start().await;
    let boss = server.boss().await;
    let login = async |password: &str| {
        let body = json!({ "name": "admin", "password": password, "device": "browser-1" });
        server.nobody().post("/auth/password", body).await
    };
    home.told(&["admin", "operator", "password", "--name", "admin", "--password-stdin"], "another good horse");
    until("the end of the session", async || (boss.get("/today").await.status == 401).then_some(())).await;
    assert_eq!(login(PASSWORD).await.status, 401);
    let session = login("another good horse").await.ok();
    let boss = server.nobody().with_token(session["access_token"].as_str().expect("a token"));
    assert_eq!(home.admin(&["admin", "operator", "list"])["operators"][0]["name"], "admin");
    home.admin(&["admin", "operator", "remove", "--name", "admin"]);
    until("the end of the session", async || (boss.get("/today").await.status == 401).then_some(())).await;
    assert_eq!(login("another good horse").await.status, 401);
    assert_eq!(home.admin(&["admin", "operator", "list"])["operators"], json!([]));
    assert!(!home.run(&["admin", "operator", "remove", "--name", "admin"]).status.success());
}

#[actix_web::test]
async fn a_blocked_address_is_refused_by_what_the_proxy_says_of_it() {
    let shop = Shop::new().await;
    let own = phone_number();
    let network = format!("2001:db8:{}:{}::/64", &own[3..7], &own[7..11]);
    shop.block(&network).await;
    let from = async |address: &str| {
        let request = shop.nobody.request(reqwest::Method::GET, "/welcome").header("X-Forwarded-For", address);
        shop.nobody.send(request).await
    };
    from(&network.replace("/64", "7")).await.problem(403, "address_blocked");
    from("2001:db8:ffff::1").await.ok();
    // What the client wrote in front of what the proxy added counts for nothing.
    from(&format!("2001:db8:ffff::1, {}", network.replace("/64", "7"))).await.problem(403, "address_blocked");
    from(&format!("{}, 2001:db8:ffff::1", network.replace("/64", "7"))).await.ok();
}
