//! The control API under `/sim`: what tests and developers use to set the stage and read the books.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, Path, ServiceConfig};
use actix_web::{HttpResponse, ResponseError};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::books;
use crate::clock::ClockChange;
use crate::config::{AppConfig, PushFaults, PushFormat, PushMode};
use crate::fault::Fault;
use crate::push::{self, event::Event};
use crate::state::{App, World};

pub(crate) type Reply = Result<HttpResponse, Refusal>;

/// Why a phone's or a test's request was refused. WeChat's own errors are `WxError`.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    text: String,
}

impl Refusal {
    pub(crate) fn bad(why: impl fmt::Display) -> Self {
        Self { status: StatusCode::BAD_REQUEST, text: why.to_string() }
    }

    pub(crate) fn no_app(appid: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, text: format!("no app {appid}; register it with POST /sim/apps") }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status).json(json!({"error": self.text}))
    }
}

/// An empty body counts as `{}`.
pub(crate) fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    serde_json::from_slice(bytes).map_err(Refusal::bad)
}

/// Fields of `changes` replace those of `value`, objects field by field.
pub(crate) fn merge(value: &mut Value, changes: &Value) {
    match (value, changes) {
        (Value::Object(value), Value::Object(changes)) => {
            for (name, change) in changes {
                merge(value.entry(name).or_insert(Value::Null), change);
            }
        }
        (value, changes) => *value = changes.clone(),
    }
}

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .route("/healthz", web::get().to(health))
        .route("/clock", web::post().to(set_clock))
        .route("/apps", web::post().to(add_app))
        .route("/apps/{appid}", web::get().to(show_app))
        .route("/apps/{appid}", web::patch().to(change_app))
        .route("/apps/{appid}/clock", web::post().to(set_app_clock))
        .route("/apps/{appid}/faults", web::post().to(add_fault))
        .route("/apps/{appid}/faults", web::delete().to(clear_faults))
        .route("/apps/{appid}/revoke-tokens", web::post().to(revoke_tokens))
        .route("/apps/{appid}/push", web::post().to(push_now))
        .route("/apps/{appid}/verify-url", web::post().to(verify_url))
        .route("/apps/{appid}/settle", web::post().to(settle))
        .route("/apps/{appid}/books", web::get().to(read_books));
}

fn find(world: &World, appid: &str) -> Result<Arc<App>, Refusal> {
    world.app(appid).ok_or_else(|| Refusal::no_app(appid))
}

async fn health() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// POST /sim/apps: answers the complete configuration, drawn secrets included.
async fn add_app(world: Data<World>, bytes: Bytes) -> Reply {
    let config: AppConfig = body(&bytes)?;
    let config = config.complete(&world.random).map_err(|e| Refusal::bad(format!("{e:#}")))?;
    match world.add_app(config.clone()) {
        Some(_) => Ok(HttpResponse::Created().json(config)),
        None => Err(Refusal { status: StatusCode::CONFLICT, text: format!("app {} exists", config.appid) }),
    }
}

/// GET /sim/apps/{appid}
async fn show_app(world: Data<World>, appid: Path<String>) -> Reply {
    let app = find(&world, &appid)?;
    let config = app.ledger().config.clone();
    Ok(HttpResponse::Ok().json(config))
}

/// PATCH /sim/apps/{appid}: a JSON merge of the configuration; the appid stays.
async fn change_app(world: Data<World>, appid: Path<String>, bytes: Bytes) -> Reply {
    let changes: Value = body(&bytes)?;
    let app = find(&world, &appid)?;
    let mut ledger = app.ledger();
    let mut config = json!(ledger.config);
    merge(&mut config, &changes);
    let config: AppConfig = serde_json::from_value(config).map_err(Refusal::bad)?;
    if config.appid != app.appid {
        return Err(Refusal::bad("the appid cannot change"));
    }
    config.check().map_err(|e| Refusal::bad(format!("{e:#}")))?;
    ledger.config = config.clone();
    Ok(HttpResponse::Ok().json(config))
}

/// POST /sim/clock {appid, now?, advance_s?, stopped?}
async fn set_clock(world: Data<World>, bytes: Bytes) -> Reply {
    let change: ClockChange = body(&bytes)?;
    move_clock(&world, &change.appid, &change)
}

/// POST /sim/apps/{appid}/clock: the same.
async fn set_app_clock(world: Data<World>, appid: Path<String>, bytes: Bytes) -> Reply {
    move_clock(&world, &appid, &body(&bytes)?)
}

fn move_clock(world: &World, appid: &str, change: &ClockChange) -> Reply {
    let app = find(world, appid)?;
    let mut ledger = app.ledger();
    ledger.clock.change(change);
    Ok(HttpResponse::Ok().json(json!({"now": ledger.clock.now(), "clock": ledger.clock})))
}

/// POST /sim/apps/{appid}/faults
async fn add_fault(world: Data<World>, appid: Path<String>, bytes: Bytes) -> Reply {
    let fault: Fault = body(&bytes)?;
    let app = find(&world, &appid)?;
    app.ledger().faults.push(fault);
    Ok(HttpResponse::NoContent().finish())
}

/// DELETE /sim/apps/{appid}/faults
async fn clear_faults(world: Data<World>, appid: Path<String>) -> Reply {
    let app = find(&world, &appid)?;
    app.ledger().faults.clear();
    Ok(HttpResponse::NoContent().finish())
}

/// POST /sim/apps/{appid}/revoke-tokens: every token is 40001 from now on.
async fn revoke_tokens(world: Data<World>, appid: Path<String>) -> Reply {
    let app = find(&world, &appid)?;
    let mut ledger = app.ledger();
    let now = ledger.clock.now();
    ledger.tokens.revoke_all(now);
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PushNow {
    event: Map<String, Value>,
    mode: Option<PushMode>,
    format: Option<PushFormat>,
    faults: Option<PushFaults>,
}

/// POST /sim/apps/{appid}/push: sends the event now, answers what the server said.
async fn push_now(world: Data<World>, appid: Path<String>, bytes: Bytes) -> Reply {
    let request: PushNow = body(&bytes)?;
    let app = find(&world, &appid)?;
    let mut config = app.ledger().config.clone();
    config.push_mode = request.mode.unwrap_or(config.push_mode);
    config.push_format = request.format.unwrap_or(config.push_format);
    let faults = request.faults.unwrap_or_else(|| config.push_faults.clone());
    let event = Event { fields: request.event };
    let answered = push::send(&world, &app, event, &config, &faults).await;
    Ok(HttpResponse::Ok().json(answered))
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct VerifyUrl {
    bad_signature: bool,
}

/// POST /sim/apps/{appid}/verify-url
async fn verify_url(world: Data<World>, appid: Path<String>, bytes: Bytes) -> Reply {
    let request: VerifyUrl = body(&bytes)?;
    let app = find(&world, &appid)?;
    Ok(HttpResponse::Ok().json(push::verify_url(&world, &app, request.bad_signature).await))
}

/// POST /sim/apps/{appid}/settle: answers the books once nothing is under way, so that a test needs
/// no sleep.
async fn settle(world: Data<World>, appid: Path<String>) -> Reply {
    let app = find(&world, &appid)?;
    while app.under_way() > 0 {
        actix_web::rt::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(HttpResponse::Ok().json(books::of(&app)))
}

/// GET /sim/apps/{appid}/books
async fn read_books(world: Data<World>, appid: Path<String>) -> Reply {
    let app = find(&world, &appid)?;
    Ok(HttpResponse::Ok().json(books::of(&app)))
}
