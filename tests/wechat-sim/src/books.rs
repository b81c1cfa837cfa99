//! What happened, in the order it happened, for comparison with the product's own records.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::state::App;

#[derive(Debug, Default, Serialize)]
pub(crate) struct Books {
    /// Requests per path of the server-facing API, faulted ones included.
    pub(crate) calls: BTreeMap<String, u64>,
    pub(crate) faults: Vec<FaultEntry>,
    pub(crate) logins: Vec<LoginEntry>,
    pub(crate) code2session: Vec<ExchangeEntry>,
    pub(crate) phone_exchanges: Vec<PhoneEntry>,
    pub(crate) consents: Vec<ConsentEntry>,
    pub(crate) sends: Vec<SendEntry>,
    pub(crate) pushes: Vec<PushEntry>,
    pub(crate) qrcodes: Vec<QrcodeEntry>,
}

#[derive(Debug, Serialize)]
pub(crate) struct FaultEntry {
    pub(crate) at: i64,
    pub(crate) path: String,
    pub(crate) kind: Value,
}

/// A `wx.login` on a phone.
#[derive(Debug, Serialize)]
pub(crate) struct LoginEntry {
    pub(crate) at: i64,
    pub(crate) openid: String,
    pub(crate) phone: String,
}

/// A code2Session call; `result` is its errcode.
#[derive(Debug, Serialize)]
pub(crate) struct ExchangeEntry {
    pub(crate) at: i64,
    pub(crate) openid: Option<String>,
    pub(crate) result: i64,
}

#[derive(Debug, Serialize)]
pub(crate) struct PhoneEntry {
    pub(crate) at: i64,
    pub(crate) openid: Option<String>,
    pub(crate) phone_number: Option<String>,
    pub(crate) result: i64,
}

#[derive(Debug, Serialize)]
pub(crate) struct ConsentEntry {
    pub(crate) at: i64,
    pub(crate) openid: String,
    pub(crate) template_id: String,
    pub(crate) answer: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct SendEntry {
    pub(crate) at: i64,
    pub(crate) openid: String,
    pub(crate) template_id: String,
    pub(crate) data: Value,
    pub(crate) page: Option<String>,
    pub(crate) result: i64,
    pub(crate) errmsg: String,
    /// A string, because it exceeds what JSON numbers hold in JavaScript.
    pub(crate) msgid: Option<String>,
}

/// One event and everything that became of it.
#[derive(Debug, Serialize)]
pub(crate) struct PushEntry {
    pub(crate) at: i64,
    pub(crate) event: String,
    pub(crate) openid: String,
    /// The text before encryption.
    pub(crate) message: String,
    /// Lost on purpose, or there is no push url.
    pub(crate) dropped: bool,
    pub(crate) attempts: Vec<PushAttempt>,
}

/// One HTTP request; `copy` counts deliveries of the same event, `attempt` the tries of one copy.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PushAttempt {
    pub(crate) copy: u32,
    pub(crate) attempt: u32,
    pub(crate) status: Option<u16>,
    pub(crate) answer: String,
    /// The message inside an encrypted answer.
    pub(crate) answer_message: Option<String>,
    pub(crate) error: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct QrcodeEntry {
    pub(crate) at: i64,
    pub(crate) scene: String,
    pub(crate) page: Option<String>,
    pub(crate) env_version: String,
    pub(crate) result: i64,
}

/// Everything about one app as one JSON object.
pub(crate) fn of(app: &App) -> Value {
    let under_way = app.under_way();
    let ledger = app.ledger();
    let mut books = serde_json::to_value(&ledger.books).unwrap_or_else(|_| json!({}));
    if let Some(books) = books.as_object_mut() {
        books.insert("appid".to_owned(), json!(app.appid));
        books.insert("now".to_owned(), json!(ledger.clock.now()));
        books.insert("tokens".to_owned(), json!(ledger.tokens.issued()));
        books.insert("users".to_owned(), json!(ledger.users));
        books.insert("credits".to_owned(), ledger.subscriptions.credits());
        books.insert("faults_left".to_owned(), json!(ledger.faults));
        books.insert("under_way".to_owned(), json!(under_way));
    }
    books
}
