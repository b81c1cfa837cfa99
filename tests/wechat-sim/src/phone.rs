//! The phone-facing API: what `wx` does inside WeChat, for the browser preview and the tests.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{self, Bytes, Data, Path, Query, ServiceConfig};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::control::{Refusal, Reply, body};
use crate::push::{self, event};
use crate::state::{App, World};
use crate::{login, number, soter, subscribe};

/// What is in a phone: its SIM card, and how WeChat regards its user.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Card {
    pub(crate) phone_number: String,
    pub(crate) country_code: String,
    pub(crate) nickname: String,
    /// A high-risk user: code2Session answers 40226.
    pub(crate) blocked: bool,
    /// The main switch of subscribe messages is off: errCode 20004.
    pub(crate) messages_off: bool,
    /// Nothing is enrolled that could be recognised: no finger, no face.
    pub(crate) biometrics_off: bool,
}

impl Card {
    /// A stable fictional number, so that a name means the same person in every run.
    pub(crate) fn of(phone: &str) -> Self {
        let hash = Sha256::digest(phone.as_bytes());
        let digits: String = hash.iter().take(8).map(|byte| char::from(b'0' + byte % 10)).collect();
        Self {
            phone_number: format!("199{digits}"),
            country_code: "86".to_owned(),
            nickname: phone.to_owned(),
            blocked: false,
            messages_off: false,
            biometrics_off: false,
        }
    }
}

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .route("/{phone}", web::get().to(show))
        .route("/{phone}", web::put().to(change))
        .route("/{phone}/login", web::post().to(sign_in))
        .route("/{phone}/phone-code", web::post().to(phone_code))
        .route("/{phone}/subscribe", web::post().to(consent))
        .route("/{phone}/soter", web::post().to(recognise))
        .route("/{phone}/unsubscribe", web::post().to(withdraw))
        .route("/{phone}/messages", web::get().to(messages))
        .default_service(web::to(preflight));
}

/// A browser on another origin asks before it posts JSON.
async fn preflight(request: actix_web::HttpRequest) -> HttpResponse {
    if request.method() == actix_web::http::Method::OPTIONS {
        HttpResponse::NoContent().finish()
    } else {
        HttpResponse::NotFound().finish()
    }
}

#[derive(Deserialize)]
struct AppRef {
    appid: String,
}

#[derive(Deserialize)]
struct MaybeApp {
    appid: Option<String>,
}

fn find(world: &World, appid: &str) -> Result<Arc<App>, Refusal> {
    world.app(appid).ok_or_else(|| Refusal::no_app(appid))
}

fn shown(phone: &str, card: &Card, appid: Option<&str>) -> Value {
    let mut value = json!(card);
    if let Some(value) = value.as_object_mut() {
        value.insert("phone".to_owned(), json!(phone));
        if let Some(appid) = appid {
            value.insert("openid".to_owned(), json!(login::openid_of(appid, phone)));
        }
    }
    value
}

/// GET /phone/{phone}?appid=
async fn show(world: Data<World>, phone: Path<String>, app: Query<MaybeApp>) -> Reply {
    let card = world.card(&phone);
    Ok(HttpResponse::Ok().json(shown(&phone, &card, app.appid.as_deref())))
}

/// PUT /phone/{phone}: changes the fields given, keeps the others.
async fn change(world: Data<World>, phone: Path<String>, bytes: Bytes) -> Reply {
    let changes: Value = body(&bytes)?;
    let mut card = json!(world.card(&phone));
    crate::control::merge(&mut card, &changes);
    let card: Card = serde_json::from_value(card).map_err(Refusal::bad)?;
    world.set_card(&phone, card.clone());
    Ok(HttpResponse::Ok().json(shown(&phone, &card, None)))
}

/// POST /phone/{phone}/login: wx.login
async fn sign_in(world: Data<World>, phone: Path<String>, bytes: Bytes) -> Reply {
    let request: AppRef = body(&bytes)?;
    let app = find(&world, &request.appid)?;
    let code = login::mint(&app, &phone, &world.card(&phone), &world.random);
    Ok(HttpResponse::Ok().json(json!({"errMsg": "login:ok", "code": code})))
}

/// POST /phone/{phone}/phone-code: the getPhoneNumber button, and the user allowed it.
async fn phone_code(world: Data<World>, phone: Path<String>, bytes: Bytes) -> Reply {
    let request: AppRef = body(&bytes)?;
    let app = find(&world, &request.appid)?;
    let code = number::mint(&app, &phone, &world.card(&phone), &world.random);
    Ok(HttpResponse::Ok().json(json!({"errMsg": "getPhoneNumber:ok", "code": code})))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Consent {
    appid: String,
    #[serde(default)]
    tmpl_ids: Vec<String>,
    #[serde(default)]
    answers: HashMap<String, String>,
}

/// POST /phone/{phone}/subscribe: wx.requestSubscribeMessage and the user's answers.
async fn consent(world: Data<World>, phone: Path<String>, bytes: Bytes) -> Reply {
    let request: Consent = body(&bytes)?;
    let app = find(&world, &request.appid)?;
    let openid = login::openid_of(&app.appid, &phone);
    app.ledger().users.insert(openid.clone(), phone.clone());
    let answered = if world.card(&phone).messages_off {
        Err(subscribe::ConsentError { code: 20004, text: "The main switch is switched off" })
    } else {
        subscribe::consent(&app, &openid, &request.tmpl_ids, &request.answers)
    };
    let (answers, items) = match answered {
        Ok(answered) => answered,
        Err(error) => {
            return Ok(HttpResponse::Ok().json(json!({
                "errMsg": format!("requestSubscribeMessage:fail {}", error.text),
                "errCode": error.code,
            })));
        }
    };
    push_event(&world, &app, event::POPUP, &openid, items);
    let mut result = json!({"errMsg": "requestSubscribeMessage:ok"});
    crate::control::merge(&mut result, &json!(answers));
    Ok(HttpResponse::Ok().json(result))
}

#[derive(Deserialize)]
struct Recognition {
    appid: String,
    challenge: String,
    #[serde(default)]
    counter: u64,
}

/// POST /phone/{phone}/soter: wx.startSoterAuthentication, and the right finger was there.
async fn recognise(world: Data<World>, phone: Path<String>, bytes: Bytes) -> Reply {
    let request: Recognition = body(&bytes)?;
    let app = find(&world, &request.appid)?;
    if world.card(&phone).biometrics_off {
        return Ok(HttpResponse::Ok().json(json!({
            "errMsg": "startSoterAuthentication:fail not enrolled", "errCode": 90011,
        })));
    }
    let openid = login::openid_of(&app.appid, &phone);
    app.ledger().users.insert(openid.clone(), phone.clone());
    let (result, signature) = soter::sign(&openid, &request.challenge, request.counter);
    Ok(HttpResponse::Ok().json(json!({
        "errMsg": "startSoterAuthentication:ok", "errCode": 0, "authMode": "fingerPrint",
        "resultJSON": result, "resultJSONSignature": signature,
    })))
}

/// POST /phone/{phone}/unsubscribe: the user takes consents back in the settings page.
async fn withdraw(world: Data<World>, phone: Path<String>, bytes: Bytes) -> Reply {
    let request: Consent = body(&bytes)?;
    let app = find(&world, &request.appid)?;
    let openid = login::openid_of(&app.appid, &phone);
    let items = subscribe::withdraw(&app, &openid, &request.tmpl_ids);
    push_event(&world, &app, event::CHANGE, &openid, items);
    Ok(HttpResponse::NoContent().finish())
}

fn push_event(world: &Data<World>, app: &Arc<App>, name: &str, openid: &str, items: Vec<Value>) {
    if items.is_empty() {
        return;
    }
    let faults = app.ledger().config.push_faults.clone();
    let event = event::subscribe(name, openid, items);
    push::later(&world.clone().into_inner(), app, event, faults);
}

/// GET /phone/{phone}/messages?appid=
async fn messages(world: Data<World>, phone: Path<String>, app: Query<AppRef>) -> Reply {
    let app = find(&world, &app.appid)?;
    let openid = login::openid_of(&app.appid, &phone);
    let messages = app.ledger().subscriptions.inbox(&openid);
    Ok(HttpResponse::Ok().json(json!({"openid": openid, "messages": messages})))
}
