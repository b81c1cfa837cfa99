//! The server-facing API: api.weixin.qq.com as the product's server sees it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::fault::{self, FaultKind};
use crate::socket::Socket;
use crate::state::{App, World};
use crate::wire::{self, Answer, WxError};
use crate::{login, number, qrcode, soter, subscribe, template, token, urllink};

/// One request.
pub(crate) struct Call {
    pub(crate) world: Arc<World>,
    path: String,
    method: Method,
    query: HashMap<String, String>,
    body: Bytes,
}

/// Paths that exist, for `quota/get`.
const PATHS: &[&str] = &[
    "/cgi-bin/message/subscribe/send",
    "/cgi-bin/openapi/quota/get",
    "/cgi-bin/soter/verify_signature",
    "/cgi-bin/stable_token",
    "/cgi-bin/token",
    "/sns/jscode2session",
    "/wxa/business/getuserphonenumber",
    "/wxa/checksession",
    "/wxa/generate_urllink",
    "/wxa/getwxacodeunlimit",
    "/wxa/resetusersessionkey",
    "/wxaapi/newtmpl/gettemplate",
];

/// Serves every path that is neither the phones' nor the control API's.
pub(crate) async fn serve(request: HttpRequest, body: Bytes, world: Data<World>) -> HttpResponse {
    let call = Call {
        world: world.into_inner(),
        path: request.path().to_owned(),
        method: request.method().clone(),
        query: Query::from_query(request.query_string()).map(Query::into_inner).unwrap_or_default(),
        body,
    };
    let fault = call.app().and_then(|app| fault::next(&app, &call.path));
    match fault {
        Some(FaultKind::Errcode { code }) => {
            return wire::failure(&WxError::of(code), &rid(&call.world));
        }
        Some(FaultKind::HttpStatus { status }) => return fault::gateway(status),
        Some(FaultKind::DropBefore) => return hang_up(&request),
        Some(FaultKind::HangMs { .. } | FaultKind::DropAfter) | None => {}
    }
    let answer = act(call).await;
    match fault {
        Some(FaultKind::HangMs { ms }) => {
            actix_web::rt::time::sleep(Duration::from_millis(ms)).await;
        }
        Some(FaultKind::DropAfter) => return hang_up(&request),
        _ => {}
    }
    answer
}

/// Runs in a task of its own: a caller who hangs up does not stop WeChat.
async fn act(call: Call) -> HttpResponse {
    let world = Arc::clone(&call.world);
    let under_way = call.app().map(|app| app.begin());
    let answer = actix_web::rt::spawn(async move {
        let answer = route(&call).await;
        drop(under_way);
        answer
    })
    .await;
    answer.unwrap_or_else(|_| Err(WxError::of(-1))).unwrap_or_else(|error| wire::failure(&error, &rid(&world)))
}

async fn route(call: &Call) -> Answer {
    match call.path.as_str() {
        "/sns/jscode2session" => call.get().and_then(|()| login::code_to_session(call)),
        "/cgi-bin/token" => call.get().and_then(|()| token::classic(call)),
        "/cgi-bin/stable_token" => call.post().and_then(|()| token::stable(call)),
        "/wxa/checksession" => call.get().and_then(|()| login::check_session(call)),
        "/wxa/resetusersessionkey" => call.get().and_then(|()| login::reset_session(call)),
        "/wxa/business/getuserphonenumber" => call.post().and_then(|()| number::exchange(call)),
        "/cgi-bin/message/subscribe/send" => {
            call.post()?;
            subscribe::send(call).await
        }
        "/cgi-bin/soter/verify_signature" => call.post().and_then(|()| soter::verify(call)),
        "/wxaapi/newtmpl/gettemplate" => call.get().and_then(|()| template::list(call)),
        "/wxa/getwxacodeunlimit" => call.post().and_then(|()| qrcode::unlimited(call)),
        "/wxa/generate_urllink" => call.post().and_then(|()| urllink::generate(call)),
        "/cgi-bin/openapi/quota/get" => call.post().and_then(|()| quota(call)),
        _ => Ok(HttpResponse::NotFound().finish()),
    }
}

/// POST /cgi-bin/openapi/quota/get
fn quota(call: &Call) -> Answer {
    let app = call.app_by_token()?;
    let body: Value = call.parse()?;
    let path = body
        .get("cgi_path")
        .and_then(Value::as_str)
        .filter(|path| PATHS.contains(path))
        .ok_or_else(|| WxError::of(76021))?;
    let used = app.ledger().books.calls.get(path).copied().unwrap_or(0);
    let limit = 10_000_u64;
    wire::ok(json!({
        "quota": {"daily_limit": limit, "used": used, "remain": limit.saturating_sub(used)},
    }))
}

/// The request's number in WeChat's logs: three groups of eight hexadecimal digits.
fn rid(world: &World) -> String {
    [(); 3].map(|()| world.random.hex(4)).join("-")
}

/// The response is never seen: the socket is closed under it.
fn hang_up(request: &HttpRequest) -> HttpResponse {
    if let Some(socket) = request.conn_data::<Socket>() {
        socket.close();
    }
    HttpResponse::InternalServerError().finish()
}

impl Call {
    fn get(&self) -> Result<(), WxError> {
        self.method(&Method::GET, 43001)
    }

    fn post(&self) -> Result<(), WxError> {
        self.method(&Method::POST, 43002)
    }

    fn method(&self, wanted: &Method, code: i64) -> Result<(), WxError> {
        if self.method == *wanted { Ok(()) } else { Err(WxError::of(code)) }
    }

    /// A query parameter; an empty one counts as missing.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, WxError> {
        if self.body.is_empty() {
            return Err(WxError::of(44002));
        }
        serde_json::from_slice(&self.body).map_err(|_| WxError::of(47001))
    }

    /// The app the request is about, whether or not it may be served: faults hang on it.
    fn app(&self) -> Option<Arc<App>> {
        if let Some(token) = self.query("access_token") {
            return self.world.app_of_token(token);
        }
        if let Some(appid) = self.query("appid") {
            return self.world.app(appid);
        }
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        self.world.app(body.get("appid")?.as_str()?)
    }

    pub(crate) fn app_by_token(&self) -> Result<Arc<App>, WxError> {
        let value = self.query("access_token").ok_or_else(|| WxError::of(41001))?;
        if !token::well_formed(value) {
            return Err(WxError::of(40014));
        }
        let app = self.world.app_of_token(value).ok_or_else(|| WxError::of(40001))?;
        {
            let ledger = app.ledger();
            ledger.tokens.check(value, ledger.clock.now())?;
        }
        Ok(app)
    }

    pub(crate) fn app_by_secret(
        &self,
        grant_type_fits: bool,
        appid: Option<&str>,
        secret: Option<&str>,
    ) -> Result<Arc<App>, WxError> {
        if !grant_type_fits {
            return Err(WxError::of(40002));
        }
        let appid = appid.ok_or_else(|| WxError::of(41002))?;
        let secret = secret.ok_or_else(|| WxError::of(41004))?;
        let app = self.world.app(appid).ok_or_else(|| WxError::of(40013))?;
        let right = app.ledger().config.secret == secret;
        right.then_some(app).ok_or_else(|| WxError::of(40125))
    }
}
