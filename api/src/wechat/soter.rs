//! Fingerprint and face: whether a phone of this person signed what it says it signed.

use super::client::json;
use super::{Wechat, WechatError};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    is_ok: bool,
}

impl Wechat {
    /// Asks WeChat whether `signature` is that of the phone's own key over `result`. What was signed is
    /// for the caller to compare with what it asked for.
    ///
    /// # Errors
    /// `Refused`: 40003 not a user of this mini-program.
    pub(crate) async fn verify_soter(&self, openid: &str, result: &str, signature: &str) -> Result<bool, WechatError> {
        let body = json!({ "openid": openid, "json_string": result, "json_signature": signature });
        Ok(self.post("/cgi-bin/soter/verify_signature", &body, json::<Answer>).await?.is_ok)
    }
}
