//! A named actor's HTTP client: `shop.sales.post("/customers", …).await.ok()`.

use super::text;
use reqwest::Method;
use serde_json::{Value, json};

/// Somebody who talks to the server.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    pub token: Option<String>,
    pub refresh_token: Option<String>,
    /// Their phone at the simulator.
    pub phone: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    /// The body of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "expected success, got {} {}", self.status, self.body);
        self.body
    }

    /// The problem, which must have this status and code.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
        let kind = self.headers.get("content-type").and_then(|value| value.to_str().ok());
        assert_eq!(kind, Some("application/problem+json"));
        assert!(!text(&self.body["title"]).is_empty());
        self.body
    }

    /// The codes of the wrong fields, as `field: code`.
    #[track_caller]
    pub fn violations(self) -> Vec<String> {
        let body = self.problem(422, "invalid");
        let errors = body["errors"].as_array().expect("errors");
        errors.iter().map(|error| format!("{}: {}", text(&error["field"]), text(&error["code"]))).collect()
    }
}

impl Client {
    pub fn new(base: &str) -> Self {
        Self::through(base, reqwest::header::HeaderMap::new())
    }

    /// Somebody whose requests come from this address, as the proxy in front of the server says.
    pub fn at(base: &str, address: &str) -> Self {
        let forwarded = ("X-Forwarded-For".parse().expect("a name"), address.parse().expect("a value"));
        Self::through(base, [forwarded].into_iter().collect())
    }

    fn through(base: &str, headers: reqwest::header::HeaderMap) -> Self {
        // The server closes what says nothing for 5 s; on a busy machine a test may be that slow between two requests.
        let idle = std::time::Duration::from_secs(2);
        let http = reqwest::Client::builder().default_headers(headers).pool_idle_timeout(idle).build();
        let http = http.expect("a client");
        Self { http, base: base.to_owned(), token: None, refresh_token: None, phone: None }
    }

    /// The same client with the tokens of a session.
    pub fn holding(&self, session: &Value) -> Self {
        let refresh_token = session["refresh_token"].as_str().map(str::to_owned).or_else(|| self.refresh_token.clone());
        Self { token: Some(text(&session["access_token"])), refresh_token, ..self.clone() }
    }

    pub fn of_phone(&self, phone: &str) -> Self {
        Self { phone: Some(phone.to_owned()), ..self.clone() }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Chooses the business to act in.
    pub async fn act_in(&self, tenant: i64) -> Self {
        let session = self.post("/auth/switch", json!({ "side": "staff", "tenant_id": tenant })).await.ok();
        self.holding(&session)
    }

    /// A request to `/api/v1{path}` (or to `path` itself when it starts with `//`).
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = match path.strip_prefix('/').filter(|rest| rest.starts_with('/')) {
            Some(absolute) => format!("{}{absolute}", self.base),
            None => format!("{}/api/v1{path}", self.base),
        };
        let request = self.http.request(method, url).header("Accept-Language", "zh-CN");
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = request.send().await.expect("the server answers");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer { status, headers, body }
    }

    /// Whether there is an answer at all.
    pub async fn tried(&self, path: &str) -> Result<u16, reqwest::Error> {
        self.request(Method::GET, path).send().await.map(|answer| answer.status().as_u16())
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// A POST with an `Idempotency-Key`.
    pub async fn post_once(&self, path: &str, key: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).header("Idempotency-Key", key).json(&body)).await
    }

    /// A POST with `If-Match`.
    pub async fn post_at(&self, path: &str, version: i64, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).header("If-Match", format!("\"{version}\"")).json(&body)).await
    }

    pub async fn patch(&self, path: &str, version: i64, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).header("If-Match", format!("\"{version}\"")).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str, version: i64) -> Answer {
        self.send(self.request(Method::DELETE, path).header("If-Match", format!("\"{version}\""))).await
    }
}
