//! Routes with a bucket of their own: what costs much, and what can be guessed at. They are named in the settings as
//! the API's document names them, and a name that it does not know is an error at the start.

use crate::openapi;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use anyhow::ensure;
use std::collections::BTreeMap;

/// `[limits.routes]`, read once.
#[derive(Debug)]
pub(crate) struct RouteLimits(Vec<RouteLimit>);

/// How often one caller may ask one route.
#[derive(Debug)]
pub(super) struct RouteLimit {
    /// `POST /api/v1/exports`.
    pub(super) name: String,
    method: Method,
    pattern: String,
    pub(super) per_minute: u64,
}

impl RouteLimits {
    /// Reads the settings; 0 is no limit.
    ///
    /// # Errors
    /// For a route that there is not.
    pub(crate) fn read(settings: &BTreeMap<String, u64>) -> anyhow::Result<Self> {
        let known = if settings.is_empty() { Vec::new() } else { openapi::names() };
        let mut read = Vec::new();
        for (name, per_minute) in settings {
            ensure!(
                known.contains(name),
                "[limits.routes] names \"{name}\", which is no route; write it as the document does, with its method: \
                 \"POST /api/v1/exports\""
            );
            if let (Some((method, pattern)), true) = (name.split_once(' '), *per_minute > 0) {
                let (method, pattern) = (method.parse()?, pattern.to_owned());
                read.push(RouteLimit { name: name.clone(), method, pattern, per_minute: *per_minute });
            }
        }
        Ok(Self(read))
    }

    /// The limit of the route that a request asks.
    pub(super) fn of(&self, request: &ServiceRequest) -> Option<&RouteLimit> {
        let like =
            self.0.iter().find(|route| route.method == *request.method() && is_like(&route.pattern, request.path()))?;
        // Only the router knows whether what stands for `{id}` is a route of its own.
        let named = !like.pattern.contains('{') || request.match_pattern().as_ref() == Some(&like.pattern);
        named.then_some(like)
    }
}

/// Whether a path may be one of a pattern.
fn is_like(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one == other || one.starts_with('{') && !other.is_empty() => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_that_there_is_not_is_named() {
        let read = |name: &str| RouteLimits::read(&BTreeMap::from([(name.to_owned(), 5)]));
        assert!(read("POST /api/v1/customers/{id}/phones/{index}/reveal").is_ok());
        for wrong in ["POST /api/v1/export", "GET /api/v1/me", "/api/v1/exports", "PUT /api/v1/exports", ""] {
            let said = read(wrong).expect_err("refused").to_string();
            assert!(said.contains(&format!("\"{wrong}\"")), "{said}");
        }
    }

    #[test]
    fn the_documented_defaults_name_routes() {
        let config = crate::config::Config::load(None).expect("defaults");
        let read = RouteLimits::read(&config.limits.routes).expect("routes");
        assert!(read.0.len() > 10 && read.0.iter().any(|route| route.name == "POST /api/v1/exports"));
    }

    #[test]
    fn a_path_is_like_its_pattern() {
        assert!(is_like("/a/{id}/b", "/a/1/b") && is_like("/a", "/a"));
        assert!(!is_like("/a/{id}/b", "/a//b") && !is_like("/a/{id}", "/a/1/b") && !is_like("/a/{id}", "/a"));
    }
}
