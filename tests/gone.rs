//! People who go away in the middle of what they asked for.

use crate::harness::{Shop, phone_number};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// Asks for something and hangs up after a while, so that the server drops it where it stands.
async fn hang_up(shop: &Shop, path: &str, body: &Value, after: Duration) {
    let address = shop.base.trim_start_matches("http://");
    let token = shop.sales.token.clone().unwrap_or_default();
    let body = body.to_string();
    let head = format!(
        "POST /api/v1{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut line = TcpStream::connect(address).await.expect("the server listens");
    line.set_zero_linger().expect("no farewell");
    line.write_all(format!("{head}{body}").as_bytes()).await.expect("said");
    line.flush().await.expect("said");
    tokio::time::sleep(after).await;
}

#[actix_web::test]
async fn whoever_hangs_up_in_the_middle_is_in_nobodys_way() {
    let shop = Shop::new().await;
    let customer = shop.customer_named("沈怡").await;
    let talk = format!("/customers/{customer}/interactions");
    for (round, length) in (0..60_u64).zip((1..=20).cycle()) {
        let after = Duration::from_micros(400 * (round % 30));
        let number = phone_number();
        let body = json!({ "name": "客".repeat(length), "phones": [{ "number": number }] });
        hang_up(&shop, "/customers", &body, after).await;
        hang_up(&shop, &talk, &json!({ "channel": "call", "content": format!("第{round}次") }), after).await;
        // It was done as a whole or not at all.
        let again = shop.sales.post("/customers", body).await;
        assert!([201, 409].contains(&again.status), "{round}: {}", again.status);
        let found = shop.sales.get(&format!("/customers?q={number}")).await.ok();
        let found = found["items"].as_array().expect("items");
        assert_eq!(found.len(), 1, "{round}");
        let id = found[0]["id"].as_str().expect("an id");
        let entries = shop.boss.get(&format!("/audit?resource=customer&resource_id={id}&action=create")).await.ok();
        assert_eq!(entries["items"].as_array().map(Vec::len), Some(1), "{round}");
    }
    shop.sales.post("/customers", json!({ "name": "最后" })).await.ok();
}
