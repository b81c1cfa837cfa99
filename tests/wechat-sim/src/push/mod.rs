//! The message push: WeChat calling the app's server.

pub(crate) mod crypto;
pub(crate) mod event;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use reqwest::Url;
use serde_json::{Value, json};

use crate::books::{PushAttempt, PushEntry};
use crate::config::{AppConfig, PushFaults, PushFormat, PushMode};
use crate::random::Random;
use crate::state::{App, World};
use crypto::{AesKey, signature};
use event::Event;

/// An id that never belongs to the receiver.
const SOMEONE_ELSE: &str = "wx0000000000000000";
/// Between two attempts of the same delivery.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// Sends the event in the background.
pub(crate) fn later(world: &Arc<World>, app: &Arc<App>, event: Event, faults: PushFaults) {
    let (world, app) = (Arc::clone(world), Arc::clone(app));
    let under_way = app.begin();
    actix_web::rt::spawn(async move {
        let config = app.ledger().config.clone();
        send(&world, &app, event, &config, &faults).await;
        drop(under_way);
    });
}

/// Sends the event and writes down what came of it.
pub(crate) async fn send(world: &World, app: &App, mut event: Event, config: &AppConfig, faults: &PushFaults) -> Value {
    {
        let mut ledger = app.ledger();
        event.complete(&mut ledger, &config.username);
    }
    let message = event.render(config.push_format);
    if faults.delay_ms > 0 {
        actix_web::rt::time::sleep(Duration::from_millis(faults.delay_ms)).await;
    }
    let mut attempts = Vec::new();
    let dropped = faults.drop || config.push_url.is_none();
    if !dropped {
        for copy in 1..=faults.copies {
            for attempt in 1..=faults.retries.saturating_add(1) {
                let tried = deliver(world, app, &event, &message, config, faults).await;
                let done = tried.status == Some(200);
                attempts.push(PushAttempt { copy, attempt, ..tried });
                if done {
                    break;
                }
                actix_web::rt::time::sleep(RETRY_PAUSE).await;
            }
        }
    }
    let answered = json!({"message": message, "dropped": dropped, "attempts": attempts});
    let mut ledger = app.ledger();
    let at = ledger.clock.now();
    ledger.books.pushes.push(PushEntry {
        at,
        event: event.text("Event"),
        openid: event.text("FromUserName"),
        message,
        dropped,
        attempts,
    });
    answered
}

/// One HTTP request. `copy` and `attempt` are the caller's to fill in.
async fn deliver(
    world: &World,
    app: &App,
    event: &Event,
    message: &str,
    config: &AppConfig,
    faults: &PushFaults,
) -> PushAttempt {
    let now = app.ledger().clock.now();
    let answer = async {
        let openid = event.text("FromUserName");
        let (url, body) = request(&world.random, config, faults, &openid, message, now)?;
        let content_type = match config.push_format {
            PushFormat::Json => "application/json",
            PushFormat::Xml => "text/xml",
        };
        let response = world
            .http
            .post(url)
            .header("content-type", content_type)
            .body(body)
            .timeout(Duration::from_millis(faults.timeout_ms))
            .send()
            .await?;
        let status = response.status().as_u16();
        anyhow::Ok((status, response.text().await?))
    };
    match answer.await {
        Ok((status, answer)) => PushAttempt {
            copy: 0,
            attempt: 0,
            status: Some(status),
            answer_message: open_answer(config, &answer),
            answer,
            error: None,
        },
        Err(error) => PushAttempt {
            copy: 0,
            attempt: 0,
            status: None,
            answer: String::new(),
            answer_message: None,
            error: Some(format!("{error:#}")),
        },
    }
}

/// The url with exactly the parameters WeChat adds, and the body.
fn request(
    random: &Random,
    config: &AppConfig,
    faults: &PushFaults,
    openid: &str,
    message: &str,
    now: i64,
) -> anyhow::Result<(Url, String)> {
    let timestamp = now.to_string();
    let nonce = random.digits(9);
    let token = signing_token(config, faults.bad_signature);
    let mut url = push_url(config)?;
    url.query_pairs_mut()
        .append_pair("signature", &signature(&[&token, &timestamp, &nonce]))
        .append_pair("timestamp", &timestamp)
        .append_pair("nonce", &nonce);
    if config.push_mode == PushMode::Plain {
        return Ok((url, message.to_owned()));
    }
    let inside = if faults.wrong_appid { SOMEONE_ELSE } else { &config.appid };
    let salt = random.alphanumeric(16);
    let encrypted = AesKey::parse(&config.encoding_aes_key)?.encrypt(salt.as_bytes(), message, inside)?;
    let msg_signature = signature(&[&token, &timestamp, &nonce, &encrypted]);
    url.query_pairs_mut()
        .append_pair("openid", openid)
        .append_pair("encrypt_type", "aes")
        .append_pair("msg_signature", &msg_signature);
    Ok((url, envelope(config, message, &encrypted)?))
}

/// Safe mode sends the receiver and the ciphertext, compatible mode the plain fields as well.
fn envelope(config: &AppConfig, message: &str, encrypted: &str) -> anyhow::Result<String> {
    let both = config.push_mode == PushMode::Compatible;
    match config.push_format {
        PushFormat::Json => {
            let mut body = if both { serde_json::from_str(message)? } else { json!({"ToUserName": config.username}) };
            body.as_object_mut().context("an event is an object")?.insert("Encrypt".to_owned(), json!(encrypted));
            Ok(body.to_string())
        }
        PushFormat::Xml => {
            let secret = format!("<Encrypt>{}</Encrypt></xml>", event::cdata(encrypted));
            let open = match message.strip_suffix("</xml>") {
                Some(fields) if both => fields.to_owned(),
                _ => format!("<xml><ToUserName>{}</ToUserName>", event::cdata(&config.username)),
            };
            Ok(open + &secret)
        }
    }
}

/// The console's check when the push url is saved: GET with `echostr`.
pub(crate) async fn verify_url(world: &World, app: &App, bad_signature: bool) -> Value {
    let (config, now) = {
        let ledger = app.ledger();
        (ledger.config.clone(), ledger.clock.now())
    };
    let echostr = world.random.digits(19);
    let answer = async {
        let timestamp = now.to_string();
        let nonce = world.random.digits(9);
        let token = signing_token(&config, bad_signature);
        let mut url = push_url(&config)?;
        url.query_pairs_mut()
            .append_pair("signature", &signature(&[&token, &timestamp, &nonce]))
            .append_pair("echostr", &echostr)
            .append_pair("timestamp", &timestamp)
            .append_pair("nonce", &nonce);
        let timeout = Duration::from_millis(config.push_faults.timeout_ms);
        let response = world.http.get(url).timeout(timeout).send().await?;
        let status = response.status().as_u16();
        anyhow::Ok((status, response.text().await?))
    };
    match answer.await {
        Ok((status, answer)) => json!({
            "verified": status == 200 && answer == echostr,
            "status": status,
            "answer": answer,
        }),
        Err(error) => json!({"verified": false, "error": format!("{error:#}")}),
    }
}

fn push_url(config: &AppConfig) -> anyhow::Result<Url> {
    let url = config.push_url.as_deref().context("the app has no push url")?;
    Url::parse(url).context("the push url")
}

fn signing_token(config: &AppConfig, bad_signature: bool) -> String {
    if bad_signature { format!("{}-forged", config.push_token) } else { config.push_token.clone() }
}

/// The message inside an answer `{Encrypt, …}`.
fn open_answer(config: &AppConfig, answer: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(answer).ok()?;
    let encrypted = answer.get("Encrypt")?.as_str()?;
    let key = AesKey::parse(&config.encoding_aes_key).ok()?;
    key.decrypt(encrypted).ok().map(|(message, _)| message)
}
