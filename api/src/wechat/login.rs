//! What the code of `wx.login` stands for.

use super::client::json;
use super::{Wechat, WechatError};
use serde::Deserialize;

/// Who logged in. Not `Debug`: the session key must not reach a log.
#[derive(Deserialize)]
pub(crate) struct LoginAnswer {
    /// The person, under this mini-program.
    pub(crate) openid: String,
    /// Key of the login at WeChat, where there was one. Never leaves the server.
    #[serde(default)]
    pub(crate) session_key: Option<String>,
    /// The person across mini-programs, when this one is bound to an Open Platform account.
    #[serde(default)]
    pub(crate) unionid: Option<String>,
}

impl Wechat {
    /// Exchanges the code of `wx.login`. Never repeated: a code works once, also when its answer was
    /// lost; the phone has to get another.
    ///
    /// # Errors
    /// `Refused`: 40029 invalid, 40163 used, 40226 blocked for risk, -1 the code may be used up.
    pub(crate) async fn login(&self, code: &str) -> Result<LoginAnswer, WechatError> {
        if !self.is_configured() {
            return Err(WechatError::Unconfigured);
        }
        let client = &self.parts.client;
        let query = [
            ("appid", client.appid()),
            ("secret", client.secret()),
            ("js_code", code),
            ("grant_type", "authorization_code"),
        ];
        client.get("/sns/jscode2session", &query, read).await
    }
}

fn read(body: &[u8]) -> Result<LoginAnswer, WechatError> {
    let mut answer: LoginAnswer = json(body)?;
    if answer.openid.is_empty() {
        return Err(WechatError::unanswered(anyhow::anyhow!("a login without an openid")));
    }
    answer.unionid = answer.unionid.filter(|unionid| !unionid.is_empty());
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_unionid_is_none() {
        let answer = read(br#"{"session_key":"k","openid":"o1","unionid":""}"#).expect("an answer");
        assert_eq!((answer.openid.as_str(), answer.unionid), ("o1", None));
        let answer = read(br#"{"session_key":"k","openid":"o1","unionid":"u"}"#).expect("an answer");
        assert_eq!(answer.unionid.as_deref(), Some("u"));
        assert!(read(br#"{"session_key":"k","openid":""}"#).is_err());
    }
}
