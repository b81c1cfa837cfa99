//! Where WeChat calls us. Not part of the API's document: nobody else may.

use super::push::{self, Event, LARGEST, Marked, Push, Unsealed};
use crate::problem::Problem;
use crate::scope::system::System;
use actix_web::http::header;
use actix_web::web::{Path, Payload, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, get, post};

/// Registers the addresses that are entered in the WeChat console.
pub(crate) fn callbacks(services: &mut ServiceConfig) {
    services.service(verify_push_url).service(take_push);
}

/// The check WeChat makes when the address is saved.
#[get("/callbacks/wechat/{appid}")]
async fn verify_push_url(request: HttpRequest, appid: Path<String>, system: System) -> Result<HttpResponse, Problem> {
    let echo = push_of(&system, &appid)?.echo(marked(&request), system.now())?;
    Ok(plain(echo))
}

/// An event. Anything but `success` makes WeChat repeat it, so that is the answer to everything that
/// was believed, also when it says nothing to us.
#[post("/callbacks/wechat/{appid}")]
async fn take_push(
    request: HttpRequest,
    appid: Path<String>,
    system: System,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    let body = body.to_bytes_limited(LARGEST).await.map_err(|_| Problem::TooLarge { most: LARGEST })?;
    let body = body.map_err(|_| Problem::Unreadable("body_truncated"))?;
    let opened = match (in_the_cloud(&system, &appid), push::from_the_cloud(&body)) {
        (true, Some(Unsealed::Check)) => return Ok(plain("success".to_owned())),
        (true, Some(Unsealed::Message(opened))) if system.at.wechat.is_vouched(request.headers()) => opened,
        _ => push_of(&system, &appid)?.open(&marked(&request), &body, system.now())?,
    };
    if let Some(event) = Event::read(&opened.message) {
        system.take_push(&appid, &opened.digest, &event.openid, &event.said, &event.settled).await?;
    }
    Ok(plain("success".to_owned()))
}

/// Whether pushes come to this address through the gateway of WeChat's cloud, which neither signs nor seals them.
fn in_the_cloud(system: &System, appid: &str) -> bool {
    let wechat = &system.at.wechat;
    wechat.is_in_the_cloud() && !appid.is_empty() && wechat.appid() == appid
}

fn push_of<'s>(system: &'s System, appid: &str) -> Result<&'s Push, Problem> {
    let wechat = &system.at.wechat;
    wechat.parts.push.as_ref().filter(|_| !appid.is_empty() && wechat.appid() == appid).ok_or(Problem::NotFound)
}

/// A query that nobody can read is one without a signature.
fn marked(request: &HttpRequest) -> Marked {
    Query::from_query(request.query_string()).map(Query::into_inner).unwrap_or_default()
}

/// `echostr` is the caller's text and no signature covers it: it must never be taken for a page.
fn plain(text: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(text)
}
