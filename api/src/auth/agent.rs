//! What a program that logs in with a password calls itself, when it does not say so in the body: read off its
//! `User-Agent`, for the list of sessions.

use actix_web::http::header::{HeaderMap, USER_AGENT};
use domain::text;

/// As many characters as a label in the body may have.
const LONGEST: usize = 50;

/// Browsers by what stands before their version. Those that are built from another say its name too, so they come
/// first.
const BROWSERS: [(&str, &str); 8] = [
    ("MicroMessenger/", "WeChat"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
];

/// Systems by a word that says so; phones say the system they come from too.
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// `Firefox 140 · Linux`, `curl 8.5`: at most 50 characters on one line; none where nothing can be read.
pub(super) fn label(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(USER_AGENT)?.to_str().ok()?;
    let label: String = browser(agent).or_else(|| program(agent))?.chars().take(LONGEST).collect();
    let label = text::fold(&label);
    text::line(&label).is_ok().then_some(label)
}

/// A browser, by its name, the first number of its version, and the system.
fn browser(agent: &str) -> Option<String> {
    let (before, name) = BROWSERS.into_iter().find(|(before, _)| agent.contains(before))?;
    let version = agent.split_once(before)?.1;
    let major: String = version.chars().take_while(char::is_ascii_digit).collect();
    let system = SYSTEMS.into_iter().find(|(word, _)| agent.contains(word)).map(|(_, system)| format!(" · {system}"));
    Some(format!("{name} {major}{}", system.unwrap_or_default()))
}

/// The first product that is named, with two numbers of its version.
fn program(agent: &str) -> Option<String> {
    let product = agent.split_whitespace().next()?;
    let Some((name, version)) = product.split_once('/') else { return Some(product.to_owned()) };
    let version: Vec<&str> = version.split('.').take(2).collect();
    Some(format!("{name} {}", version.join(".")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn a_program_is_called_by_its_name_and_version() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.1";
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
        let long = "a".repeat(300);
        for (agent, expected) in [
            (firefox, Some("Firefox 140 · Linux")),
            (edge, Some("Edge 138 · Windows")),
            (safari, Some("Safari 18 · iOS")),
            ("curl/8.5.0", Some("curl 8.5")),
            ("python-requests/2.32.3", Some("python-requests 2.32")),
            ("backoffice", Some("backoffice")),
            (&long, Some(&long[..50])),
            ("  ", None),
            ("", None),
        ] {
            let headers = [(USER_AGENT, HeaderValue::from_str(agent).expect("a value"))].into_iter().collect();
            assert_eq!(label(&headers).as_deref(), expected, "{agent}");
        }
        let odd = [(USER_AGENT, HeaderValue::from_bytes(b"\xe7\x86\x9f/1").expect("a value"))].into_iter().collect();
        assert_eq!(label(&odd), None);
        assert_eq!(label(&HeaderMap::new()), None);
    }
}
