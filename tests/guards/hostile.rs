//! Bodies that no client of ours sends. Each gets a Problem and leaves nothing behind.

use super::document::{Operation, operations};
use super::samples::{Desk, Sample, unchanged, unique};
use crate::harness::{Answer, Shop};
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const JSON: &str = "application/json";

/// A body, and the status and code of its Problem.
struct Hostile {
    name: &'static str,
    kind: &'static str,
    body: Vec<u8>,
    status: u16,
    code: &'static str,
}

fn invalid(name: &'static str, body: impl Into<Vec<u8>>) -> Hostile {
    Hostile { name, kind: JSON, body: body.into(), status: 422, code: "invalid" }
}

fn too_large(name: &'static str, body: impl Into<Vec<u8>>) -> Hostile {
    Hostile { name, kind: JSON, body: body.into(), status: 413, code: "body_too_large" }
}

fn unreadable(name: &'static str, kind: &'static str, body: &str) -> Hostile {
    Hostile { name, kind, body: body.into(), status: 400, code: "content_type_invalid" }
}

/// All of them, made from a body that would succeed.
fn bodies(good: &Value) -> Vec<Hostile> {
    let text = good.to_string();
    let members = good.as_object().expect("a record");
    let (first, value) = members.iter().next().expect("a member");
    let all = |change: fn(&Value) -> Value| {
        Value::Object(members.iter().map(|(name, value)| (name.clone(), change(value))).collect()).to_string()
    };
    let many = |count: u128| {
        let ids: Vec<_> = (0..count).map(|id| uuid::Uuid::from_u128(id).to_string()).collect();
        let name = members.keys().find(|name| matches!(name.as_str(), "tag_ids" | "add")).unwrap_or(first);
        with(members, name, json!(ids))
    };
    let half = text.char_indices().nth(text.chars().count() / 2).map_or("", |(at, _)| text.split_at(at).0);
    let deep = |open: &str, close: &str| format!("{{\"{first}\":{}1{}}}", open.repeat(200), close.repeat(200));
    vec![
        invalid("nothing", ""),
        invalid("a blank", " \n"),
        invalid("broken JSON", "{\"name\":"),
        invalid("half of it", half),
        invalid("more than one value", format!("{text}{text}")),
        invalid("a list", format!("[{text}]")),
        invalid("null", "null"),
        invalid("a number", "1"),
        invalid("a text", "\"text\""),
        invalid("wrong types", all(|value| if value.is_object() { json!([1]) } else { json!({ "x": 1 }) })),
        invalid("wrong types in lists", all(|_| json!([[null, { "x": [] }], 1, "x"]))),
        invalid("numbers out of range", all(|_| json!(u64::MAX))),
        invalid("a number without end", format!("{{\"{first}\":1{}}}", "0".repeat(400))),
        invalid("a number with an exponent", format!("{{\"{first}\":1e999999999}}")),
        invalid("lists 200 levels deep", deep("[", "]")),
        invalid("records 200 levels deep", deep("{\"a\":", "}")),
        invalid("200,000 open brackets", "[".repeat(200_000)),
        invalid("NUL in every text", all(nul)),
        invalid("NUL as it is", text.replace('}', "\0}")),
        invalid("only NUL", vec![0; 1000]),
        invalid("half of a surrogate pair", format!("{{\"{first}\":\"\\ud83d\"}}")),
        invalid("no UTF-8", [text.as_bytes(), &[0xff, 0xfe]].concat()),
        invalid("UTF-16", text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()),
        invalid("a byte-order mark", format!("\u{feff}{text}")),
        invalid("a key twice", format!("{{\"{first}\":{value},{}", text.split_at(1).1)),
        invalid("an unknown key", with(members, "is_admin", json!(true))),
        invalid("a prototype", with(members, "__proto__", json!({ "role": "boss" }))),
        invalid("another business", with(members, "other_tenant_id", json!(1))),
        invalid("200 KB of text", with(members, "x", json!("长".repeat(66_000)))),
        invalid("5,000 ids", many(5_000)),
        invalid("15,000 unknown keys", unknown(15_000)),
        too_large("10,000 ids", many(10_000)),
        too_large("1 MB of text", with(members, first, json!("x".repeat(1 << 20)))),
        too_large("1 MB of blanks", format!("{}{text}", " ".repeat(1 << 20))),
        unreadable("plain text", "text/plain", &text),
        unreadable("a form", "application/x-www-form-urlencoded", &text),
        unreadable("something like JSON", "application/jsonp", &text),
        unreadable("no type", "", &text),
    ]
}

fn with(members: &Map<String, Value>, name: &str, value: Value) -> String {
    let mut members = members.clone();
    members.insert(name.to_owned(), value);
    Value::Object(members).to_string()
}

fn unknown(count: u32) -> String {
    Value::Object((0..count).map(|at| (format!("k{at}"), Value::Null)).collect()).to_string()
}

/// NUL at the end of every text; what holds no text becomes one, which is as wrong.
fn nul(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(format!("{text}\0")),
        Value::Array(items) if !items.is_empty() => items.iter().map(nul).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), nul(value))).collect())
        }
        _ => json!("\0"),
    }
}

async fn with_body(shop: &Shop) -> Vec<Operation> {
    let found: Vec<_> = operations(shop).await.into_iter().filter(|operation| operation.has_body).collect();
    assert!(found.len() > 15, "{} operations have a body", found.len());
    found
}

/// Each with what it would be asked.
async fn with_samples(desk: &Desk<'_>, operations: Vec<Operation>) -> Vec<(Operation, Sample)> {
    let mut samples = Vec::new();
    for operation in operations {
        let sample = desk.sample(&operation.id).await;
        samples.push((operation, sample));
    }
    samples
}

async fn send(operation: &Operation, sample: &Sample, hostile: &Hostile) -> Answer {
    let request = operation.bare(&sample.client, sample).body(hostile.body.clone());
    let request = if hostile.kind.is_empty() { request } else { request.header("Content-Type", hostile.kind) };
    operation.checked(sample.client.send(request).await)
}

#[actix_web::test]
async fn a_hostile_body_gets_a_problem_and_leaves_nothing_behind() {
    let shop = Shop::new().await;
    let desk = Desk::of_boss(&shop);
    let asked = with_samples(&desk, with_body(&shop).await).await;
    let before = desk.snapshot().await;
    for (operation, sample) in &asked {
        for hostile in bodies(sample.body.as_ref().expect("a body")) {
            let answer = send(operation, sample, &hostile).await;
            let got = (answer.status, answer.body["code"].as_str());
            assert_eq!(
                got,
                (hostile.status, Some(hostile.code)),
                "{} with {}: {}",
                operation.id,
                hostile.name,
                answer.body
            );
            // What was sent is not sent back.
            let size = answer.body.to_string().len();
            assert!(size < 20_000, "{} with {}: {size} bytes of answer", operation.id, hostile.name);
        }
    }
    unchanged(&before, &desk.snapshot().await);
    for (operation, _) in &asked {
        // The samples were not at fault; what was done meanwhile may have made them old.
        let sample = desk.sample(&operation.id).await;
        let answer = operation.call(&sample.client, &sample).await;
        assert!(answer.status < 300, "{}: {}", operation.id, answer.body);
    }
}

#[actix_web::test]
async fn a_body_that_breaks_off_leaves_nothing_behind() {
    let shop = Shop::new().await;
    let desk = Desk::of_boss(&shop);
    let asked = with_samples(&desk, with_body(&shop).await).await;
    let before = desk.snapshot().await;
    for (operation, sample) in &asked {
        let body = sample.body.as_ref().expect("a body").to_string();
        // The whole value is there: only the length says that more was to come.
        let length = format!("Content-Length: {}\r\n\r\n{body}", body.len() + 10);
        let chunks = format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n", body.len());
        let broken = format!("Transfer-Encoding: chunked\r\n\r\nzz\r\n{body}\r\n0\r\n\r\n");
        for (name, rest) in [("a length", length), ("chunks", chunks), ("broken chunks", broken)] {
            let answer = break_off(&shop, operation, sample, &rest).await;
            // Whoever hung up may get no answer at all, but never a success.
            let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 400 ");
            assert!(refused, "{} with {name}: {answer}", operation.id);
            assert!(answer.is_empty() || answer.contains("body_truncated"), "{} with {name}: {answer}", operation.id);
        }
    }
    unchanged(&before, &desk.snapshot().await);
}

/// Sends a request by hand, stops speaking, and hears what the server still says.
async fn break_off(shop: &Shop, operation: &Operation, sample: &Sample, rest: &str) -> String {
    let address = shop.base.strip_prefix("http://").expect("an address");
    let path = operation.filled(|name| sample.value(name));
    let token = sample.client.token.as_deref().map(|token| format!("Authorization: Bearer {token}\r\n"));
    let version = sample.version.map(|version| format!("If-Match: \"{version}\"\r\n"));
    let head = format!(
        "{} /api/v1{path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: {JSON}\r\n{}{}{rest}",
        operation.method,
        token.unwrap_or_default(),
        version.unwrap_or_default(),
    );
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream.write_all(head.as_bytes()).await.expect("sends");
    stream.shutdown().await.expect("stops speaking");
    let mut answer = Vec::new();
    // A reset is one way of not answering.
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Fields in which people write what they like.
const FREE: [&str; 11] =
    ["name", "company", "title", "remark", "label", "content", "next_step", "receiver", "address", "note", "carrier"];

#[actix_web::test]
async fn emoji_and_rare_characters_come_back_as_they_were_sent() {
    let shop = Shop::new().await;
    let desk = Desk::of_boss(&shop);
    let mut written = 0;
    for operation in with_body(&shop).await {
        // An operator's name is not free: it has to be the one that exists.
        // What an operator writes is no part of the business that is looked at.
        if operation.path.starts_with("/auth/") || operation.path.starts_with("/operator/") {
            continue;
        }
        let mut sample = desk.sample(&operation.id).await;
        let mut texts = Vec::new();
        write(sample.body.as_mut().expect("a body"), &mut texts);
        let answer = operation.call(&sample.client, &sample).await;
        assert!(answer.status < 300, "{}: {}", operation.id, answer.body);
        let all = desk.snapshot().await.to_string();
        for text in texts {
            assert!(all.contains(&text), "{}: {text} is gone", operation.id);
            written += 1;
        }
    }
    assert!(written > 10, "only {written} texts were written");
}

static LABELS: AtomicU32 = AtomicU32::new(0);

/// Puts a text of four-byte characters into every free field: CJK extension B, an emoji, a family
/// joined of three, a flag of two.
fn write(body: &mut Value, texts: &mut Vec<String>) {
    match body {
        Value::Object(members) => {
            for (name, value) in members {
                if FREE.contains(&name.as_str()) && value.is_string() {
                    // Ten characters are what the shortest field holds.
                    let text = format!("𠮷{}🍵", ["👨‍👩‍👧", "🇨🇳", "𪚥", "é"][texts.len() % 4]);
                    let text = match name.as_str() {
                        "name" => format!("{text}{}", unique("")),
                        // Two fields of a business are not called the same, and a label is short.
                        "label" => format!("{text}{}", LABELS.fetch_add(1, Ordering::Relaxed)),
                        _ => text,
                    };
                    *value = json!(text);
                    texts.push(text);
                } else {
                    write(value, texts);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| write(item, texts)),
        _ => {}
    }
}

#[actix_web::test]
async fn headers_that_nobody_can_read_are_problems() {
    let shop = Shop::new().await;
    let desk = Desk::of_boss(&shop);
    let asked = with_samples(&desk, operations(&shop).await).await;
    let before = desk.snapshot().await;
    for (operation, sample) in asked {
        if sample.version.is_some() {
            for version in ["", "x", "\"\"", "W/\"1\"", "99999999999999999999", "*"] {
                let request =
                    sample.client.request(operation.method.clone(), &operation.filled(|name| sample.value(name)));
                let request = request.header("If-Match", version);
                let request = if let Some(body) = &sample.body { request.json(body) } else { request };
                let answer = operation.checked(sample.client.send(request).await);
                answer.problem(400, "version_unreadable");
            }
            let answer = operation.call(&sample.client, &Sample { version: Some(7), ..sample.clone() }).await;
            assert_eq!(answer.status, 409, "{} at another version: {}", operation.id, answer.body);
        }
        if let Some(body) = &sample.body {
            for (key, code) in [
                ("", "idempotency_blank"),
                (&"k".repeat(101), "idempotency_invalid"),
                ("schlüssel", "idempotency_invalid"),
            ] {
                let request = operation.bare(&sample.client, &sample).json(body).header("Idempotency-Key", key);
                let answer = operation.checked(sample.client.send(request).await);
                answer.problem(400, code);
            }
        }
    }
    unchanged(&before, &desk.snapshot().await);
}

#[actix_web::test]
async fn a_query_that_nobody_can_read_is_a_problem() {
    let shop = Shop::new().await;
    let desk = Desk::of_boss(&shop);
    for operation in operations(&shop).await.iter().filter(|operation| operation.method == "GET") {
        let sample = desk.sample(&operation.id).await;
        let path = operation.filled(|name| sample.value(name));
        let queries = [
            "limit=0",
            "limit=101",
            "limit=-1",
            "limit=x",
            "cursor=x",
            "cursor=%00",
            "limit=1&limit=2",
            "status=x",
            "type=x",
            "owner_id=x",
            "customer_id=x",
            "tags_any=x",
            "resource_id=x",
            "%ff=%ff",
            "q=%ff",
            "q=%00",
            "q=%25_%5C'\"",
            "&&&===",
            "limit=99999999999999999999",
        ];
        for query in queries {
            let answer = operation.checked(sample.client.get(&format!("{path}?{query}")).await);
            assert!(
                matches!(answer.status, 200 | 400 | 422),
                "{}?{query}: {} {}",
                operation.id,
                answer.status,
                answer.body
            );
        }
    }
}
