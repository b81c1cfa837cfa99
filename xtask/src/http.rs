//! JSON over HTTP to servers on this machine.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

/// Asks one server.
pub struct Client {
    agent: Agent,
    base: String,
    token: Option<String>,
}

/// An answer of whatever status.
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Client {
    pub fn of(base: &str) -> Self {
        let config =
            Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(30))).build();
        Self { agent: config.into(), base: base.to_owned(), token: None }
    }

    /// The same server, as whoever holds the token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { agent: self.agent.clone(), base: self.base.clone(), token: Some(token.to_owned()) }
    }

    /// Sends and reads the answer, whatever its status.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Result<Answer> {
        let uri = format!("{}{path}", self.base);
        let mut request = Request::builder().method(method).uri(&uri).header("Accept-Language", "zh-CN");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let mut answer = if body.is_null() {
            self.agent.run(request.body(())?)
        } else {
            let request = request.header("Content-Type", "application/json");
            self.agent.run(request.body(body.to_string())?)
        }
        .with_context(|| format!("{method} {uri}"))?;
        let text = answer.body_mut().read_to_string()?;
        Ok(Answer {
            status: answer.status().as_u16(),
            body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
        })
    }

    pub fn get(&self, path: &str) -> Result<Value> {
        self.succeed("GET", path, &[], &Value::Null)
    }

    /// Sends, and makes a refusal an error that quotes the server.
    pub fn succeed(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Result<Value> {
        let answer = self.ask(method, path, headers, body)?;
        ensure!((200..300).contains(&answer.status), "{method} {path} answered {}: {}", answer.status, answer.body);
        Ok(answer.body)
    }

    /// Whether the server answers this with success now.
    pub fn is_up(&self, path: &str) -> bool {
        self.ask("GET", path, &[], &Value::Null).is_ok_and(|answer| (200..400).contains(&answer.status))
    }
}

/// A text member of an answer.
pub fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).with_context(|| format!("{pointer} is missing in {value}"))
}

/// An integer member of an answer.
pub fn integer(value: &Value, pointer: &str) -> Result<i64> {
    let found = value.pointer(pointer).and_then(Value::as_i64);
    found.with_context(|| format!("{pointer} is missing in {value}"))
}
