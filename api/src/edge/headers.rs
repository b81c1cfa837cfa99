//! Headers that every answer carries, so that a browser which gets one does no more with it than asked.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// The page at /docs shows the API to operators: its own scripts and styles, and nothing from elsewhere.
const PAGE_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// Everything else is no page at all.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// A year: what the preload lists of browsers ask for (RFC 6797).
const TRANSPORT: &str = "max-age=31536000; includeSubDomains";

/// Adds the headers; what a handler set itself stays.
pub(super) fn secure(headers: &mut HeaderMap, path: &str, encrypted: bool) {
    let page = path.starts_with("/docs/");
    let always: [(HeaderName, &'static str); 6] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
        (header::CONTENT_SECURITY_POLICY, if page { PAGE_POLICY } else { DATA_POLICY }),
    ];
    // Answers hold customers: no cache on the way keeps them.
    let private = (!page).then_some((header::CACHE_CONTROL, "no-store"));
    // Over plain HTTP the header means nothing, and behind a proxy the proxy says it.
    let transport = encrypted.then_some((header::STRICT_TRANSPORT_SECURITY, TRANSPORT));
    for (name, value) in always.into_iter().chain(private).chain(transport) {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}
