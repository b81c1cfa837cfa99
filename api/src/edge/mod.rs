//! The edge of the server: request ids, authentication, the rendering of problems, metrics. What it
//! finds out about a request it leaves in [`Marks`], where extractors read it.

mod headers;
mod limits;
mod patience;
mod routes;

pub(crate) use routes::RouteLimits;

use crate::auth;
use crate::crypto::TenantKeys;
use crate::installation::Installation;
use crate::openapi;
use crate::problem::{Problem, ProblemView};
use crate::scope::system::System;
use crate::scope::{Actor, body_limit};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse, ResponseError as _, web};
use domain::Lang;
use domain::step_up::StepUpMethod;
use futures::FutureExt as _;
use patience::Patience;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the edge knows about a request.
#[derive(Clone, Default)]
pub struct Marks {
    /// In every answer, log line, problem and audit entry.
    pub request_id: String,
    /// Whence it came: the peer, or what the trusted proxy says.
    pub address: String,
    /// The name of the operator of the installation who sends it; only asked where that matters.
    pub operator: Option<String>,
    found: Option<Arc<Actor>>,
    keys: Option<Arc<TenantKeys>>,
    refused: Option<Refused>,
    /// Whether the network may not come in at all.
    blocked: bool,
    /// Whether the network is none that operators may come from.
    shut_to_operators: bool,
}

/// Why a token was not taken.
#[derive(Clone, Copy)]
enum Refused {
    Unauthenticated(&'static str),
    Forbidden(&'static str),
    Unavailable,
}

impl Marks {
    /// Of a request.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_default()
    }

    /// Who it comes from.
    ///
    /// # Errors
    /// 401 without a valid token; 403 for an operator who must set an authenticator app up first; 503
    /// when the database could not be asked.
    pub fn actor(&self) -> Result<Arc<Actor>, Problem> {
        let actor = self.anyone()?;
        if actor.must_enrol { Err(Problem::Forbidden("totp_required")) } else { Ok(actor) }
    }

    /// As [`Marks::actor`], also an operator who has no authenticator app yet.
    pub(crate) fn anyone(&self) -> Result<Arc<Actor>, Problem> {
        self.found.clone().ok_or(match self.refused {
            // Not a logout: the token may be good, and nobody can say so now.
            Some(Refused::Unavailable) => Problem::Unavailable,
            Some(Refused::Forbidden(code)) => Problem::Forbidden(code),
            Some(Refused::Unauthenticated(code)) => Problem::Unauthenticated(code),
            None => Problem::Unauthenticated("unauthenticated"),
        })
    }

    /// Whether an operator may log in from where the request comes from.
    pub(crate) fn admits_operator(&self) -> Result<(), Problem> {
        if self.shut_to_operators { Err(Problem::Forbidden("address_not_allowed")) } else { Ok(()) }
    }

    pub(crate) fn tenant_keys(&self) -> Option<Arc<TenantKeys>> {
        self.keys.clone()
    }
}

/// Lets clients that know no PATCH (WeChat's `wx.request` does not) say it in a header.
pub(crate) async fn method_override(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let patch = request.headers().get("X-HTTP-Method-Override").is_some_and(|value| value.as_bytes() == b"PATCH");
    if patch && request.method() == Method::POST {
        request.head_mut().method = Method::PATCH;
    }
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

/// Wraps every request: marks it, finds out who sends it, and answers in one shape whatever happens.
pub(crate) async fn answer(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = Instant::now();
    let at = request.app_data::<web::Data<Installation>>().map(|data| Arc::clone(data));
    let marks = marks(&request).await;
    let request_id = marks.request_id.clone();
    let lang = request
        .headers()
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .map_or(Lang::Zh, Lang::accepted);
    let method = request.method().clone();
    let refused = match &at {
        _ if marks.blocked => Some(Problem::Forbidden("address_blocked")),
        Some(at) => admitted(at, &request, &marks).await.err(),
        None => None,
    };
    let patience =
        Patience::of(Duration::from_secs(at.as_ref().map_or(60, |at| at.config.http.request_seconds.max(1))));
    let encrypted = at.is_some_and(|at| !at.config.http.tls_certificate.is_empty());
    request.extensions_mut().insert(marks);

    // The request goes down with a handler that panics or takes too long, so the answer is then made from
    // what we kept. What the handler began to write is rolled back with it.
    let lost = |problem: Problem, why: &str| {
        tracing::error!(request_id, %problem, why, "no answer");
        let answer = written(&problem, lang, &request_id, None);
        Err(actix_web::error::InternalError::from_response(problem, answer).into())
    };
    let outcome = match refused {
        Some(problem) => Some(Ok(Ok(request.error_response(problem).map_into_right_body()))),
        None => {
            patience.watch(&mut request);
            let answered = AssertUnwindSafe(next.call(request)).catch_unwind();
            let in_time = patience.wait(answered).await;
            in_time.map(|answered| answered.map(|response| response.map(ServiceResponse::map_into_left_body)))
        }
    };
    let response = match outcome {
        Some(Ok(response)) => response?.map_into_boxed_body(),
        Some(Err(_)) => return lost(Problem::Internal(anyhow::anyhow!("a handler panicked")), "a handler panicked"),
        None => return lost(Problem::Unavailable, "it took too long"),
    };
    let second_look = second_look(&response).await;
    let mut response = rendered(response, lang, &request_id, second_look);
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let path = response.request().path().to_owned();
    headers::secure(response.headers_mut(), &path, encrypted);

    let route = response.request().match_pattern().unwrap_or_else(|| "unknown".to_owned());
    let status = response.status().as_u16();
    metrics::histogram!("shuke_http_seconds", "method" => method.to_string(), "route" => route.clone(), "status" => status.to_string())
        .record(begun.elapsed().as_secs_f64());
    let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    // The route, never the path or query: they hold ids and searched names.
    tracing::info!(%method, route, status, millis, request_id, "request");
    Ok(response)
}

/// Whether a request may go on to its handler. Whoever runs the machine may always ask how it is.
async fn admitted(at: &Arc<Installation>, request: &ServiceRequest, marks: &Marks) -> Result<(), Problem> {
    limits::take(at, request, marks).await?;
    if limits::is_the_machine(request) { Ok(()) } else { at.presence.ensure(at).await }
}

/// What whoever is asked for a second look can do about it.
enum SecondLook {
    /// Give it in one of these ways.
    By(Vec<StepUpMethod>),
    /// Nothing yet: an operator sets an authenticator app up first.
    SetUp,
}

async fn second_look(response: &ServiceResponse<BoxBody>) -> Option<SecondLook> {
    let problem = response.response().error().and_then(|error| error.as_error::<Problem>());
    let (Some(Problem::StepUp), Ok(system)) = (problem, System::of(response.request())) else { return None };
    debug_assert!(is_said(response.request()), "the document does not say that this asks for the second look");
    let actor = Marks::of(response.request()).anyone().ok()?;
    let methods = auth::step_up_methods(&system, actor.account_id).await.ok()?;
    let sets_up = methods.is_empty() && system.operator_of(actor.account_id).await.ok()?.is_some();
    Some(if sets_up { SecondLook::SetUp } else { SecondLook::By(methods) })
}

/// Whether the document says that the operation asks for the second look: every test looks for it.
fn is_said(request: &HttpRequest) -> bool {
    let route = request.match_pattern().unwrap_or_default();
    openapi::says_second_look(request.method().as_str(), &route)
}

/// Fills in the body of a problem, now that its language and request id are known.
fn rendered(
    response: ServiceResponse<BoxBody>,
    lang: Lang,
    request_id: &str,
    second_look: Option<SecondLook>,
) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let own = response.response().error().and_then(|error| error.as_error::<Problem>());
    let foreign = match status {
        _ if own.is_some() || !(status.is_client_error() || status.is_server_error()) => None,
        StatusCode::PAYLOAD_TOO_LARGE => Some(Problem::TooLarge { most: body_limit(response.request()) }),
        StatusCode::METHOD_NOT_ALLOWED => Some(Problem::MethodNotAllowed),
        StatusCode::NOT_FOUND => Some(Problem::NotFound),
        _ if response.response().error().is_none() => None,
        _ if status.is_client_error() => Some(Problem::Unreadable("query_invalid")),
        _ => Some(Problem::Internal(anyhow::anyhow!("{status}"))),
    };
    let (methods, before) = match second_look {
        Some(SecondLook::By(methods)) => (Some(methods), None),
        Some(SecondLook::SetUp) => (None, Some(Problem::Forbidden("totp_required"))),
        None => (None, None),
    };
    let Some(problem) = before.as_ref().or(own).or(foreign.as_ref()) else { return response };
    if let Problem::Internal(cause) | Problem::Upstream(_, cause) = problem {
        tracing::error!(request_id, code = problem.code(), cause = %format!("{cause:#}"), "problem");
    }
    let answer = written(problem, lang, request_id, methods);
    response.into_response(answer)
}

fn written(problem: &Problem, lang: Lang, request_id: &str, methods: Option<Vec<StepUpMethod>>) -> HttpResponse {
    let mut answer = HttpResponse::build(problem.status_code());
    if let Problem::TooMany { retry_after } = problem {
        answer.insert_header((header::RETRY_AFTER, retry_after.to_string()));
    }
    if let Problem::Unauthenticated(_) | Problem::SecondFactor { .. } = problem {
        answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
    }
    let view = ProblemView { methods, ..problem.view(lang, request_id) };
    let body = serde_json::to_vec(&view).unwrap_or_default();
    answer.content_type("application/problem+json").body(body)
}

async fn marks(request: &ServiceRequest) -> Marks {
    let Some(at) = request.app_data::<web::Data<Installation>>().map(|data| Arc::clone(data)) else {
        return Marks::default();
    };
    let mut marks = Marks { request_id: request_id(request, &at), address: address(request, &at), ..Marks::default() };
    let rules = at.snapshots.addresses(&System::new(&at)).await;
    let (address, now) = (auth::address_of(&marks.address), at.clock.now());
    marks.blocked = address.is_some_and(|address| rules.blocks(address, now));
    marks.shut_to_operators = !rules.admits_operator(address, now);
    if marks.blocked {
        return marks;
    }
    let bearer = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if let Some(token) = bearer {
        match auth::authenticate(&at, token.trim(), &marks.address, !marks.shut_to_operators).await {
            Ok((actor, keys)) => {
                if request.path().starts_with("/api/v1/operator/") {
                    let operator = System::new(&at).operator_of(actor.account_id).await.ok().flatten();
                    let runs = operator.filter(|operator| operator.installation.is_some());
                    marks.operator = runs.map(|operator| operator.name);
                }
                (marks.found, marks.keys) = (Some(Arc::new(actor)), keys);
            }
            Err(Problem::Unauthenticated(code)) => marks.refused = Some(Refused::Unauthenticated(code)),
            Err(Problem::Forbidden(code)) => marks.refused = Some(Refused::Forbidden(code)),
            Err(problem) => {
                tracing::error!(%problem, "authenticating");
                marks.refused = Some(Refused::Unavailable);
            }
        }
    }
    marks
}

/// The caller's id if it is one we can print, otherwise our own.
fn request_id(request: &ServiceRequest, at: &Installation) -> String {
    let theirs = request.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    match theirs.filter(|id| (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
    {
        Some(id) => id.to_owned(),
        None => crate::scope::new_id(at.clock.now()).simple().to_string(),
    }
}

/// The peer's address; behind trusted proxies, the last address in `X-Forwarded-For` that is none of
/// theirs, and in WeChat's cloud what its gateway says. What stands before it anybody may have written.
fn address(request: &ServiceRequest, at: &Installation) -> String {
    if let Some(forwarded) = at.wechat.forwarded(request.headers()) {
        return forwarded;
    }
    let trusted = |address: IpAddr| at.proxies.iter().any(|proxies| proxies.contains(&address.to_canonical()));
    let Some(peer) = request.peer_addr().map(|peer| peer.ip()) else { return String::new() };
    let forwarded = request.headers().get("X-Forwarded-For").and_then(|value| value.to_str().ok());
    let Some(forwarded) = forwarded.filter(|_| trusted(peer)) else { return peer.to_string() };
    let strangers = forwarded.rsplit(',').map(str::trim).find(|text| !auth::address_of(text).is_some_and(trusted));
    strangers.map_or_else(|| peer.to_string(), str::to_owned)
}
