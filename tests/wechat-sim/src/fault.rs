//! Faults of the server-facing API: what the network and WeChat do on bad days.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::books::FaultEntry;
use crate::state::App;

/// The next `times` requests to `path` (`*`: any path) of one app go wrong.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Fault {
    pub(crate) path: String,
    #[serde(default = "once")]
    pub(crate) times: u32,
    #[serde(flatten)]
    pub(crate) kind: FaultKind,
}

const fn once() -> u32 {
    1
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum FaultKind {
    /// Answers this errcode and does nothing.
    Errcode { code: i64 },
    /// Answers this HTTP status and does nothing.
    HttpStatus { status: u16 },
    /// Does its work at once and answers late: the caller's timeout does not tell the outcome.
    HangMs { ms: u64 },
    /// Closes the connection and does nothing.
    DropBefore,
    /// Does its work and closes the connection without an answer.
    DropAfter,
}

/// Takes one turn of the first fault that fits, and counts the call.
pub(crate) fn next(app: &App, path: &str) -> Option<FaultKind> {
    let mut ledger = app.ledger();
    *ledger.books.calls.entry(path.to_owned()).or_default() += 1;
    let fault = ledger.faults.iter_mut().find(|fault| fault.times > 0 && (fault.path == path || fault.path == "*"))?;
    fault.times -= 1;
    let kind = fault.kind.clone();
    ledger.faults.retain(|fault| fault.times > 0);
    let at = ledger.clock.now();
    ledger.books.faults.push(FaultEntry { at, path: path.to_owned(), kind: json!(kind) });
    Some(kind)
}

/// What a gateway answers instead of WeChat: no JSON.
pub(crate) fn gateway(status: u16) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    HttpResponse::build(status).content_type("text/html").body(format!("<html><body>{status}</body></html>"))
}
