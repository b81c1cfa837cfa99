//! How much one caller may ask for: a token bucket for each kind of request and caller, and one more for each route
//! that the settings name, shared through Redis, or in the process while Redis is away. A login has stricter limits of
//! its own (`auth`).

use super::Marks;
use crate::config;
use crate::installation::Installation;
use crate::problem::Problem;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;

/// Kinds of request, each with a bucket of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Without a token, by address.
    Anonymous,
    /// Reads of somebody.
    Read,
    /// Changes by somebody.
    Write,
    /// What WeChat pushes: it comes from few addresses and must not be lost.
    Push,
}

impl Kind {
    fn of(request: &ServiceRequest, known: bool) -> Option<Self> {
        let path = request.path();
        match () {
            () if is_the_machine(request) => None,
            () if path.starts_with("/callbacks/") => Some(Self::Push),
            () if !known => Some(Self::Anonymous),
            () if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) => Some(Self::Read),
            () => Some(Self::Write),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Read => "read",
            Self::Write => "write",
            Self::Push => "push",
        }
    }

    fn per_minute(self, limits: &config::Limits) -> u64 {
        match self {
            Self::Anonymous => limits.anonymous_per_minute,
            Self::Read => limits.reads_per_minute,
            Self::Write => limits.writes_per_minute,
            Self::Push => limits.pushes_per_minute,
        }
    }
}

/// Whether it is what whoever runs the machine asks.
pub(super) fn is_the_machine(request: &ServiceRequest) -> bool {
    matches!(request.path(), "/healthz" | "/readyz" | "/metrics")
}

/// Takes a token for a request; of the route first, so that who asks one too often may go on asking others.
///
/// # Errors
/// 429 with the seconds until there is one again.
pub(super) async fn take(at: &Installation, request: &ServiceRequest, marks: &Marks) -> Result<(), Problem> {
    let who = marks.anyone().ok().map(|actor| actor.session_id.simple().to_string());
    let Some(kind) = Kind::of(request, who.is_some()) else { return Ok(()) };
    let who = who.unwrap_or_else(|| marks.address.clone());
    let route = at.routes.of(request).map(|route| (route.name.as_str(), route.per_minute));
    let buckets = route.into_iter().chain([(kind.name(), kind.per_minute(&at.config.limits))]);
    for (bucket, per_minute) in buckets.filter(|(_, per_minute)| *per_minute > 0) {
        let taken = at.cache.take_token(&format!("bucket:{bucket}:{who}"), per_minute, at.clock.now()).await;
        taken.map_err(|retry_after| Problem::TooMany { retry_after })?;
    }
    Ok(())
}
