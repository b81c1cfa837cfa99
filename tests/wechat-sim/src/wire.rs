//! The envelope of api.weixin.qq.com: HTTP 200 whatever happens, `errcode` says whether it worked.

use std::fmt;

use actix_web::HttpResponse;
use actix_web::http::header;
use serde_json::{Value, json};

pub(crate) type Answer = Result<HttpResponse, WxError>;

/// A business failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WxError {
    pub(crate) code: i64,
    pub(crate) text: String,
}

impl WxError {
    pub(crate) fn new(code: i64, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    /// The code with the text WeChat usually prints. Clients must branch on the code only.
    pub(crate) fn of(code: i64) -> Self {
        Self::new(code, usual_text(code))
    }
}

impl fmt::Display for WxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.text)
    }
}

fn usual_text(code: i64) -> &'static str {
    match code {
        -1 => "system error",
        40001 => "invalid credential, access_token is invalid or not latest",
        40002 => "invalid grant_type",
        40003 => "invalid openid",
        40013 => "invalid appid",
        40014 => "invalid access_token",
        40029 => "invalid code",
        40037 => "invalid template_id",
        40097 => "invalid args",
        40125 => "invalid appsecret",
        40129 => "invalid scene",
        40163 => "code been used",
        40165 => "invalid weapp pagepath",
        40169 => "invalid length for scene, or the data is not json string",
        40212 => "invalid query",
        40226 => "code blocked",
        41001 => "access_token missing",
        41002 => "appid missing",
        41004 => "appsecret missing",
        41008 => "missing code",
        41030 => "invalid page",
        42001 => "access_token expired",
        43001 => "require GET method",
        43002 => "require POST method",
        43101 => "user refuse to accept the msg",
        43108 => "concurrent sends to the same user",
        44002 => "empty post data",
        45009 => "reach max api daily quota limit",
        47001 => "data format error",
        76021 => "cgi_path not found",
        85401 => "invalid expire time",
        85402 => "invalid env_version",
        87007 => "session_key is not existed or expired",
        87008 => "invalid sig_method",
        87009 => "invalid signature",
        _ => "error",
    }
}

/// A failure body. `rid` names the request in WeChat's own logs.
pub(crate) fn failure(error: &WxError, rid: &str) -> HttpResponse {
    json_body(&json!({
        "errcode": error.code,
        "errmsg": format!("{} rid: {rid}", error.text),
    }))
}

/// `{"errcode":0,"errmsg":"ok"}` and the fields of `extra`.
pub(crate) fn ok(extra: Value) -> Answer {
    let mut body = json!({"errcode": 0, "errmsg": "ok"});
    if let (Some(body), Value::Object(extra)) = (body.as_object_mut(), extra) {
        body.extend(extra);
    }
    Ok(json_body(&body))
}

/// A success that carries no errcode at all, as tokens do.
pub(crate) fn bare(body: &Value) -> Answer {
    Ok(json_body(body))
}

/// The same for code2Session, which calls its JSON plain text.
pub(crate) fn bare_text(body: &Value) -> Answer {
    Ok(HttpResponse::Ok().content_type("text/plain").body(body.to_string()))
}

pub(crate) fn image(bytes: Vec<u8>) -> Answer {
    Ok(HttpResponse::Ok().content_type("image/png").body(bytes))
}

fn json_body(body: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json; charset=UTF-8")).body(body.to_string())
}
