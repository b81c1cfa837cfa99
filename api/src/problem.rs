//! The one error a handler returns: RFC 9457 `application/problem+json`.
//!
//! One variant is one status. It is rendered once, at the edge, where the request's id and language
//! are known (`edge::answer`); an internal cause is logged there and never sent.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use domain::message::{self, Lang};
use domain::permission::Permission;
use domain::step_up::StepUpMethod;
use domain::violation::BEHIND;
use domain::{Violation, Violations};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::crypto::SealError;

mod database;

/// What went wrong, for the caller.
#[derive(Debug)]
pub enum Problem {
    /// 422: fields of the body, path or query are wrong.
    Invalid(Violations),
    /// 400: not even readable.
    Unreadable(&'static str),
    /// 413.
    TooLarge {
        /// How many bytes there may be.
        most: usize,
    },
    /// 401, with the reason's code.
    Unauthenticated(&'static str),
    /// 401: the password fits; the second factor is missing.
    SecondFactor {
        /// Names this login for five minutes.
        challenge: String,
    },
    /// 403: you may not do this kind of thing.
    Forbidden(&'static str),
    /// 403: whoever asks lacks this permission, which the document names of the operation as well.
    Lacking(Permission),
    /// 403: prove once more that it is you. The edge adds by which methods that can be done.
    StepUp,
    /// 404: absent, or not yours. The two cannot be told apart.
    NotFound,
    /// 404: merged into another customer, whom whoever asks sees.
    Merged {
        /// The customer who stayed.
        into: Value,
    },
    /// 405.
    MethodNotAllowed,
    /// 409: somebody or something else was first. Carries the row as it is now, or the masked row
    /// in the way.
    Conflict {
        /// `version_stale`, `phone_taken`, …
        code: &'static str,
        /// The field that is in conflict, if there is one.
        field: Option<Cow<'static, str>>,
        /// The row as it is now (`version_stale`).
        current: Option<Value>,
        /// The masked row in the way (`phone_taken`).
        existing: Option<Value>,
    },
    /// 409: the person has orders on their way, and whoever erases them did not say that they know.
    OrdersOpen {
        /// How many, up to 1000.
        count: u64,
    },
    /// 409: it cannot go while others use it.
    InUse {
        /// The text for each kind of them, with how many there are.
        holders: Violations,
    },
    /// 428: `If-Match` is missing.
    VersionMissing,
    /// 429.
    TooMany {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// 502: WeChat refused or did not answer.
    Upstream(&'static str, anyhow::Error),
    /// 503: the database does not answer, so nobody can be told apart from anybody.
    Unavailable,
    /// 500.
    Internal(anyhow::Error),
}

/// The body of every answer from 400 upwards.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemView {
    /// `/problems/{code}`.
    #[serde(rename = "type")]
    pub type_: String,
    /// What happened, in the language of `Accept-Language`.
    pub title: String,
    /// The status again.
    pub status: u16,
    /// What happened, for programs. Stable.
    pub code: String,
    /// The `X-Request-Id` of the answer.
    pub request_id: String,
    /// Field by field, for `invalid`; which permission is missing (`params.needs`), for `forbidden`.
    #[schema(value_type = Vec<ViolationView>)]
    pub errors: Value,
    /// The row as it is now, for `version_stale`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Value>,
    /// The masked row in the way, for `phone_taken` and `undo_blocked`; who stayed, for `merged` and `merged_on`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existing: Option<Value>,
    /// What to send with the second factor, for `second_factor_required`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    /// How to prove it, for `step_up_required`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub methods: Option<Vec<StepUpMethod>>,
    /// Where to set an authenticator app up, for `totp_required`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_up: Option<&'static str>,
}

/// Where an operator sets an authenticator app up.
const SET_UP: &str = "/api/v1/auth/totp";

/// One wrong field.
#[derive(Debug, Serialize, ToSchema)]
pub struct ViolationView {
    /// `lines.0.quantity`; empty for the body as a whole.
    pub field: String,
    /// What is wrong, for programs.
    pub code: String,
    /// Numbers and words of the text.
    #[schema(value_type = Object)]
    pub params: Value,
    /// What is wrong, for people.
    pub detail: String,
}

/// The answers that every operation can give besides its own: status and meaning.
pub struct Problems;

const ANSWERS: [(&str, &str); 12] = [
    ("400", "Not readable."),
    ("401", "Not logged in."),
    ("403", "Not allowed."),
    ("404", "Absent or not yours."),
    ("409", "In conflict with what is there."),
    ("413", "Too large."),
    ("422", "Wrong, field by field."),
    ("428", "`If-Match` is missing."),
    ("429", "Too many attempts; `Retry-After` says how long to wait."),
    ("500", "Broken on our side."),
    ("502", "WeChat does not answer."),
    ("503", "The database does not answer."),
];

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let answer =
            |(status, _): (&str, &str)| (status.to_owned(), Ref::from_response_name(format!("Problem{status}")).into());
        ANSWERS.into_iter().map(answer).collect()
    }
}

impl Problems {
    /// What the operations refer to, by name.
    pub(crate) fn components() -> impl Iterator<Item = (String, Response)> {
        ANSWERS.into_iter().map(|(status, meaning)| {
            let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemView"))).build();
            let response = ResponseBuilder::new().description(meaning).content("application/problem+json", body);
            (format!("Problem{status}"), response.build())
        })
    }
}

impl Problem {
    /// One wrong field.
    #[must_use]
    pub fn field(field: &str, code: &'static str) -> Self {
        Self::Invalid(Violation::new(field, code).into())
    }

    /// The same refusal of a value that stands in a field of something larger.
    #[must_use]
    pub(crate) fn under(self, field: &str) -> Self {
        match self {
            Self::Invalid(violations) => Self::Invalid(violations.under(field)),
            other => other,
        }
    }

    /// A conflict without a row to show.
    #[must_use]
    pub fn conflict(code: &'static str, field: Option<&'static str>) -> Self {
        Self::Conflict { code, field: field.map(Cow::Borrowed), current: None, existing: None }
    }

    /// Refuses to delete what these use: the code of each kind's text, and how many of the kind there are. Nothing when
    /// nobody does.
    ///
    /// # Errors
    /// 409 `in_use`.
    pub(crate) fn in_use(holders: &[(&'static str, u64)]) -> Result<(), Self> {
        let used = holders.iter().filter(|(_, count)| *count > 0);
        let said = |(code, count): &(&'static str, u64)| {
            Violation::new("", code).with("count", i64::try_from(*count).unwrap_or(i64::MAX))
        };
        let holders = Violations(used.map(said).collect());
        if holders.0.is_empty() { Ok(()) } else { Err(Self::InUse { holders }) }
    }

    /// Somebody changed the row meanwhile: carries it as it is now.
    #[must_use]
    pub fn stale(current: &impl Serialize) -> Self {
        Self::Conflict {
            code: "version_stale",
            field: None,
            current: serde_json::to_value(current).ok(),
            existing: None,
        }
    }

    /// What happened, for whoever runs the installation: at most 2,000 characters.
    #[must_use]
    pub fn cause(&self) -> String {
        let text = match self {
            Self::Internal(cause) | Self::Upstream(_, cause) => format!("{cause:#}"),
            other => other.to_string(),
        };
        text.chars().take(2000).collect()
    }

    /// The code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::TooLarge { .. } => "body_too_large",
            Self::NotFound => "not_found",
            Self::Merged { .. } => "merged",
            Self::SecondFactor { .. } => "second_factor_required",
            Self::Lacking(_) => "forbidden",
            Self::StepUp => "step_up_required",
            Self::OrdersOpen { .. } => "orders_open",
            Self::InUse { .. } => "in_use",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::VersionMissing => "version_missing",
            Self::TooMany { .. } => "too_many_requests",
            Self::Unavailable => "unavailable",
            Self::Internal(_) => "internal",
            Self::Unreadable(code)
            | Self::Unauthenticated(code)
            | Self::Forbidden(code)
            | Self::Conflict { code, .. }
            | Self::Upstream(code, _) => code,
        }
    }

    /// The body that is sent.
    #[must_use]
    pub fn view(&self, lang: Lang, request_id: &str) -> ProblemView {
        let code = self.code();
        let numbered = match self {
            Self::OrdersOpen { count } => {
                let count = i64::try_from(*count).unwrap_or(i64::MAX);
                Some(Violation::new("with_open_orders", code).with("count", count))
            }
            Self::TooLarge { most } => {
                let max = i64::try_from(*most).unwrap_or(i64::MAX);
                Some(Violation::new("", code).with("max", max).with("size", size(*most)))
            }
            _ => None,
        };
        let title = match (&numbered, self) {
            (Some(numbered), _) => numbered.detail(lang),
            (None, Self::InUse { holders }) => {
                let between = if lang == Lang::Zh { "、" } else { ", " };
                let said: Vec<String> = holders.0.iter().map(|holder| holder.detail(lang)).collect();
                message::detail(code, &[(BEHIND, said.join(between).into())], lang)
            }
            // Nothing is marked: what is wrong with the whole is said at once.
            (None, Self::Invalid(violations)) => match violations.0.as_slice() {
                [whole] if whole.field.is_empty() => whole.detail(lang),
                _ => message::detail(code, &[], lang),
            },
            _ => message::detail(code, &[], lang),
        };
        let explained = |violations: &Violations| serde_json::to_value(violations.explain(lang)).unwrap_or_default();
        let (errors, current, existing) = match self {
            Self::Invalid(violations) | Self::InUse { holders: violations } => (explained(violations), None, None),
            Self::Conflict { field: Some(field), current, existing, .. } => {
                (explained(&Violation::new(field.as_ref(), code).into()), current.clone(), existing.clone())
            }
            Self::Conflict { current, existing, .. } => (Value::Array(Vec::new()), current.clone(), existing.clone()),
            Self::Lacking(permission) => {
                let lacking = Violation::new("", code).with("needs", permission.as_str());
                (explained(&lacking.into()), None, None)
            }
            Self::OrdersOpen { .. } | Self::TooLarge { .. } => {
                (numbered.map(|numbered| explained(&numbered.into())).unwrap_or_default(), None, None)
            }
            Self::Merged { into } => (Value::Array(Vec::new()), None, Some(into.clone())),
            _ => (Value::Array(Vec::new()), None, None),
        };
        ProblemView {
            type_: format!("/problems/{code}"),
            title,
            status: self.status_code().as_u16(),
            code: code.to_owned(),
            request_id: request_id.to_owned(),
            errors,
            current,
            existing,
            challenge: match self {
                Self::SecondFactor { challenge } => Some(challenge.clone()),
                _ => None,
            },
            methods: None,
            set_up: (code == "totp_required").then_some(SET_UP),
        }
    }
}

/// `256 KB`, `1.5 MB`: what a person reads faster than the bytes.
fn size(bytes: usize) -> String {
    const KB: usize = 1024;
    match bytes {
        0..KB => format!("{bytes} B"),
        KB..1_048_576 => format!("{} KB", bytes / KB),
        _ if bytes.is_multiple_of(KB * KB) => format!("{} MB", bytes / (KB * KB)),
        _ => format!("{}.{} MB", bytes / (KB * KB), bytes % (KB * KB) * 10 / (KB * KB)),
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(violations) => write!(f, "invalid: {violations}"),
            _ => f.write_str(self.code()),
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unauthenticated(_) | Self::SecondFactor { .. } => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) | Self::Lacking(_) | Self::StepUp => StatusCode::FORBIDDEN,
            Self::NotFound | Self::Merged { .. } => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict { .. } | Self::OrdersOpen { .. } | Self::InUse { .. } => StatusCode::CONFLICT,
            Self::VersionMissing => StatusCode::PRECONDITION_REQUIRED,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Upstream(..) => StatusCode::BAD_GATEWAY,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        // The edge fills in the body, which needs the request's id and language.
        HttpResponse::new(self.status_code())
    }
}

impl From<Violations> for Problem {
    fn from(violations: Violations) -> Self {
        Self::Invalid(violations)
    }
}

impl From<Violation> for Problem {
    fn from(violation: Violation) -> Self {
        Self::Invalid(violation.into())
    }
}

impl From<SealError> for Problem {
    fn from(error: SealError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}
