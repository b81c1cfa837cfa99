//! URL links: a minimal `generate_urllink`.

use serde::Deserialize;
use serde_json::json;

use crate::api::Call;
use crate::wire::{Answer, WxError, ok};

const MOST_QUERY_CHARS: usize = 1_024;
const MOST_DAYS: i64 = 30;

#[derive(Deserialize)]
struct Request {
    path: Option<String>,
    query: Option<String>,
    #[serde(default)]
    expire_type: i64,
    expire_time: Option<i64>,
    expire_interval: Option<i64>,
    env_version: Option<String>,
}

/// POST /wxa/generate_urllink
pub(crate) fn generate(call: &Call) -> Answer {
    let app = call.app_by_token()?;
    let request: Request = call.parse()?;
    let ledger = app.ledger();
    let path = request.path.as_deref().unwrap_or_default();
    if path.contains('?') || (!path.is_empty() && !ledger.config.has_page(path)) {
        return Err(WxError::of(40165));
    }
    if request.query.as_ref().is_some_and(|query| query.chars().count() > MOST_QUERY_CHARS) {
        return Err(WxError::of(40212));
    }
    let env_version = request.env_version.as_deref().unwrap_or("release");
    if !matches!(env_version, "release" | "trial" | "develop") {
        return Err(WxError::of(85402));
    }
    let left = request.expire_time.map(|time| time.saturating_sub(ledger.clock.now()));
    let expires_in_time = match request.expire_type {
        0 => left.is_none_or(|left| (60..=MOST_DAYS * 86_400).contains(&left)),
        1 => request.expire_interval.is_some_and(|days| (1..=MOST_DAYS).contains(&days)),
        _ => false,
    };
    if !expires_in_time {
        return Err(WxError::of(85401));
    }
    ok(json!({
        "url_link": format!("https://wxaurl.cn/{}", call.world.random.alphanumeric(11)),
    }))
}
