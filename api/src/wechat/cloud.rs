//! WeChat's cloud 微信云托管: its gateway says in headers who asks and from where. Anybody can write these headers, so
//! they are believed only where the settings say that nobody reaches the server but through the gateway.

use super::{LoginAnswer, Wechat};
use crate::auth::address_of;
use actix_web::http::header::HeaderMap;

/// What only the gateway adds to all that comes from WeChat.
const SOURCE: &str = "X-WX-SOURCE";

impl Wechat {
    /// Whether the server stands behind the gateway, with nothing beside it.
    pub(crate) fn is_in_the_cloud(&self) -> bool {
        self.parts.cloud_run
    }

    /// Whether the gateway vouches for a request.
    pub(crate) fn is_vouched(&self, headers: &HeaderMap) -> bool {
        self.is_in_the_cloud() && one(headers, SOURCE).is_some()
    }

    /// Who asks, as the gateway says; nobody when it does not, or it is somebody of another mini-program.
    pub(crate) fn vouched(&self, headers: &HeaderMap) -> Option<LoginAnswer> {
        let ours = !self.appid().is_empty() && one(headers, "X-WX-APPID") == Some(self.appid());
        if !ours || !self.is_vouched(headers) {
            return None;
        }
        let openid = name(headers, "X-WX-OPENID")?;
        Some(LoginAnswer { openid, session_key: None, unionid: name(headers, "X-WX-UNIONID") })
    }

    /// Whence they ask: the gateway puts the address that it saw behind those that it was told.
    pub(crate) fn forwarded(&self, headers: &HeaderMap) -> Option<String> {
        let all = one(headers, "X-Original-Forwarded-For").filter(|_| self.is_vouched(headers))?;
        all.rsplit(',').next().map(str::trim).filter(|last| address_of(last).is_some()).map(str::to_owned)
    }
}

/// A header that is there once: of two nobody knows which one the gateway wrote.
fn one<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut all = headers.get_all(name);
    let first = all.next()?.to_str().ok()?.trim();
    (all.next().is_none() && !first.is_empty()).then_some(first)
}

fn name(headers: &HeaderMap, header: &str) -> Option<String> {
    let said = one(headers, header)?;
    let fits = said.len() <= 64 && said.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    fits.then(|| said.to_owned())
}
