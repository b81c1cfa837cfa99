//! What a handler may take from a request besides its scope: a body, a version, a path, a query,
//! each already proved or answered with a Problem.

use super::Once;
use crate::installation::Installation;
use crate::problem::Problem;
use actix_web::dev::Payload;
use actix_web::error::QueryPayloadError;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use domain::Form;
use serde::de::DeserializeOwned;
use std::future::{Future, Ready, ready};
use std::pin::Pin;

/// A body that the form's rule table has passed.
pub struct Checked<T> {
    /// The value.
    pub value: T,
    /// How to recognise the same request again.
    pub once: Once,
}

impl<T: Form + 'static> FromRequest for Checked<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
                value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
            });
        let once = Once::of(request);
        let most = body_limit(request);
        let body = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let body = body.await.map_err(|error| unreadable(&error, most))?;
            if !json {
                return Err(Problem::Unreadable("content_type_invalid"));
            }
            let value = domain::check::<T>(&body)?;
            Ok(Self { value, once: once?.with_body(&body) })
        })
    }
}

/// How many bytes a body of JSON may have.
pub(crate) fn body_limit(request: &HttpRequest) -> usize {
    request.app_data::<web::Data<Installation>>().map_or(0, |at| at.config.http.body_limit)
}

/// Why a body did not arrive. actix does not say it in types.
fn unreadable(error: &actix_web::Error, most: usize) -> Problem {
    match error.as_response_error().status_code().as_u16() {
        413 => Problem::TooLarge { most },
        _ => Problem::Unreadable("body_truncated"),
    }
}

/// The version a client last saw (`If-Match: "3"`, RFC 9110), so that nobody overwrites what they
/// have not read.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(pub i64);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(said) = request.headers().get(header::IF_MATCH) else { return ready(Err(Problem::VersionMissing)) };
        let version = said.to_str().ok().and_then(|text| text.trim().trim_matches('"').parse().ok());
        ready(version.map(Self).ok_or(Problem::Unreadable("version_unreadable")))
    }
}

/// Path parameters. One that cannot be an id is an id that nobody has.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let path = web::Path::<T>::extract(request).into_inner();
        ready(path.map(|path| Self(path.into_inner())).map_err(|_| Problem::NotFound))
    }
}

/// Query parameters.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.query_string();
        let query = web::Query::<T>::from_query(text);
        ready(query.map(|query| Self(query.into_inner())).map_err(|error| unreadable_query::<T>(text, &error)))
    }
}

/// Names the parameter that cannot be read, or the one that is not there: alone, one that can be read lacks the
/// others at most. A name that the operation does not know is ignored and so never named.
fn unreadable_query<T: DeserializeOwned>(text: &str, error: &QueryPayloadError) -> Problem {
    let fails =
        |pair: &&str| web::Query::<T>::from_query(pair).is_err_and(|error| missing(&error.to_string()).is_none());
    if let Some(name) = text.split('&').find(fails).and_then(|pair| pair.split('=').next()) {
        // What is wanted, `T` alone knows: the first of these that it reads.
        let reads = |(sample, _): &&(&str, &str)| !fails(&format!("{name}={sample}").as_str());
        return Problem::field(name, SAMPLES.iter().find(reads).map_or("invalid_value", |(_, code)| code));
    }
    match missing(&error.to_string()) {
        Some(name) => Problem::field(name, "required"),
        None => Problem::Unreadable("query_invalid"),
    }
}

/// One of each kind of value that a parameter may want, with the code of the text that says so.
const SAMPLES: [(&str, &str); 5] = [
    ("2026-11-28T01:30:00Z", "instant_format"),
    ("2026-11-28", "date_format"),
    ("01939f0e-7c1a-7abc-8def-012345678904", "uuid_invalid"),
    ("true", "yes_or_no"),
    ("1", "count_invalid"),
];

/// The parameter that serde misses.
fn missing(error: &str) -> Option<&str> {
    error.split_once("missing field `")?.1.split_once('`').map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use domain::Form;

    struct Feed<'b>(&'b [u8]);

    impl domain::forms::Visitor for Feed<'_> {
        fn form<T: Form>(&mut self) {
            drop(domain::check::<T>(self.0));
        }
    }

    #[test]
    fn a_body_endures_whatever_is_done_to_it() {
        let samples = [
            r#"{"name":"张三","phones":[{"number":"13800138000","label":"手机"}],"birthday":"1990-02-28","tag_ids":["01890a5d-ac96-774b-bcce-b302099a8057"]}"#,
            r#"{"customer_id":"01890a5d-ac96-774b-bcce-b302099a8057","receiver":"张三","phone":"13800138000","address":"杭州","lines":[{"name":"龙井","quantity":2,"unit_price_fen":100}]}"#,
            r#"{"name":"自定","rights":{"permissions":["orders.read"],"reach":{"customers":"own","interactions":"own","tasks":"own","orders":"all"},"pool":false,"fields":{"phones":"mask","amounts":"show"}}}"#,
            r#"{"challenge":"abcdefghijklmnopqrstuvwxyz","result_json":"{\"raw\":\"x\"}","signature":"c2ln"}"#,
            r#"{"code":"ABCD-EFGH-JKLM"}"#,
            r#"{"until":"2026-11-21T02:00:00Z"}"#,
        ];
        let samples = samples.map(|text| text.as_bytes().to_vec());
        crate::mutants::endure(&samples, |bytes| domain::forms::each(&mut Feed(bytes)));
    }
}
