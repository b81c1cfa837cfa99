//! Every operation of the API, as its own document tells it.

use super::samples::Sample;
use crate::harness::{Answer, Client, Shop, text};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::collections::BTreeSet;

/// Who may call an operation, as the document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Whoever is logged in.
    Login,
    /// Operators of the installation.
    Operator,
    /// Staff with this permission.
    Can(String),
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// From `/api/v1` on, with `{id}` where an id goes.
    pub path: String,
    pub access: Access,
    pub has_body: bool,
    /// `always` or `sometimes`, for one that asks for the second look.
    pub second_look: Option<String>,
    /// Whether it is done once for an `Idempotency-Key`.
    pub takes_key: bool,
    statuses: BTreeSet<u16>,
}

/// All of them.
pub async fn operations(shop: &Shop) -> Vec<Operation> {
    let document = shop.nobody.get("/openapi.json").await.ok();
    let paths = document["paths"].as_object().expect("paths");
    let found: Vec<_> = paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods").iter();
            methods.map(move |(method, operation)| Operation::read(path, method, operation))
        })
        .collect();
    // An empty document would make every guard pass.
    assert!(found.len() > 30, "the document lists {} operations", found.len());
    found
}

impl Operation {
    fn read(path: &str, method: &str, operation: &Value) -> Self {
        let id = text(&operation["operationId"]);
        let access = match operation["security"].as_array().map(Vec::as_slice) {
            Some([one]) => match one.get("bearer").and_then(Value::as_array).map(Vec::as_slice) {
                None => Access::Public,
                Some([]) => Access::Login,
                Some([installation]) if installation == "installation" => Access::Operator,
                Some([installation, vouched]) if installation == "installation" && vouched == "vouched" => {
                    Access::Operator
                }
                Some([permission]) => Access::Can(text(permission)),
                Some(_) => panic!("{id}: one operation, one permission"),
            },
            _ => panic!("{id} does not say who may call it: security((\"bearer\" = [\"…\"])) or security(())"),
        };
        let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let statuses = operation["responses"].as_object().expect("responses");
        Self {
            access,
            method: method.to_uppercase().parse().expect("a method"),
            path: path.strip_prefix("/api/v1").expect("all operations are under /api/v1").to_owned(),
            second_look: operation["x-second-look"].as_str().map(str::to_owned),
            takes_key: parameters.iter().any(|one| one["name"] == "Idempotency-Key" && one["in"] == "header"),
            has_body: operation["requestBody"]["content"]["application/json"].is_object(),
            statuses: statuses.keys().map(|status| status.parse().expect("a status")).collect(),
            id,
        }
    }

    /// Of the customer side.
    pub fn is_mine(&self) -> bool {
        self.path.starts_with("/me/")
    }

    /// The names in braces.
    pub fn parameters(&self) -> Vec<&str> {
        self.path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    /// The path with a value for each name.
    pub fn filled(&self, value: impl Fn(&str) -> String) -> String {
        let names = self.parameters();
        names.iter().fold(self.path.clone(), |path, name| path.replace(&format!("{{{name}}}"), &value(name)))
    }

    /// A request in which nothing is right but the address.
    pub fn rubbish(&self, client: &Client) -> RequestBuilder {
        let request = client.request(self.method.clone(), &self.filled(|_| "not-an-id".to_owned()));
        if self.has_body { request.header("Content-Type", "application/json").body("{\"") } else { request }
    }

    /// The sample's request without its body.
    pub fn bare(&self, client: &Client, sample: &Sample) -> RequestBuilder {
        let query = sample.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        let path = format!("{}{query}", self.filled(|name| sample.value(name)));
        let request = client.request(self.method.clone(), &path);
        match sample.version {
            Some(version) => request.header("If-Match", format!("\"{version}\"")),
            None => request,
        }
    }

    /// The sample's request, sent by somebody.
    pub async fn call(&self, client: &Client, sample: &Sample) -> Answer {
        let request = self.bare(client, sample);
        let request = match (&sample.body, &sample.file) {
            (Some(body), _) => request.json(body),
            (None, Some(file)) => request.header("Content-Type", "application/octet-stream").body(file.clone()),
            (None, None) => request,
        };
        self.checked(client.send(request).await)
    }

    /// An answer as the document promises it: a status it lists, and from 400 on a Problem.
    #[track_caller]
    pub fn checked(&self, answer: Answer) -> Answer {
        let (id, status, body) = (&self.id, answer.status, &answer.body);
        assert!(self.statuses.contains(&status), "{id}: {status} is not in the document: {body}");
        if status >= 400 {
            let kind = answer.headers.get("content-type").and_then(|value| value.to_str().ok());
            assert_eq!(kind, Some("application/problem+json"), "{id}: {body}");
            let code = text(&body["code"]);
            assert_eq!(body["type"], format!("/problems/{code}"), "{id}");
            assert_eq!(body["status"], status, "{id}");
            assert!(body["errors"].is_array(), "{id}: {body}");
            let header = answer.headers.get("x-request-id").and_then(|value| value.to_str().ok());
            assert_eq!(body["request_id"].as_str(), header, "{id}");
            assert_ne!(text(&body["title"]), code, "{id}: the code has no text");
            for error in body["errors"].as_array().into_iter().flatten() {
                assert_ne!(error["detail"], error["code"], "{id}: the code has no text");
            }
        }
        answer
    }
}
