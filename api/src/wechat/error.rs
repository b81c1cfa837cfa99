//! What a call to WeChat can end in, besides its answer.

use crate::problem::Problem;

/// System busy: WeChat does not say how far it got.
pub(super) const BUSY: i64 = -1;

/// Why a call to WeChat has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WechatError {
    /// No appid or no secret is set.
    #[error("no appid and secret are configured")]
    Unconfigured,
    /// WeChat said no.
    #[error("WeChat refused: {code} {message}")]
    Refused {
        /// `errcode`: the only part to branch on.
        code: i64,
        /// `errmsg` with its `rid`, without anything that could be a secret or name a person.
        message: String,
    },
    /// A timeout, a broken connection, a gateway's page, an answer nobody can read, no access token.
    /// Whether the call was done, [`WechatError::is_certain`] tells.
    #[error("WeChat did not answer: {0:#}")]
    Unanswered(anyhow::Error),
}

/// Marks a failure from before the call was sent.
#[derive(Debug, thiserror::Error)]
#[error("the call was not sent")]
struct NotSent;

impl WechatError {
    /// Nobody knows whether the call was done.
    pub(super) fn unanswered(cause: impl Into<anyhow::Error>) -> Self {
        Self::Unanswered(cause.into())
    }

    /// The call surely was not done.
    pub(super) fn not_sent(cause: impl Into<anyhow::Error>) -> Self {
        Self::Unanswered(cause.into().context(NotSent))
    }

    /// Of the HTTP client. Its text is kept, without the URL: that holds secrets.
    pub(super) fn http(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_connect() || error.is_builder() { Self::not_sent(error) } else { Self::unanswered(error) }
    }

    /// Whether the call surely was not done: WeChat refused it, or it never left. `false` means that
    /// nobody knows, so that only a call which does no harm twice may be repeated.
    ///
    /// `-1` (system busy) is not certain. A certain [`Self::Unanswered`] may be tried again later.
    pub(crate) fn is_certain(&self) -> bool {
        match self {
            Self::Unconfigured => true,
            Self::Refused { code, .. } => *code != BUSY,
            Self::Unanswered(cause) => cause.downcast_ref::<NotSent>().is_some(),
        }
    }

    /// For metrics.
    pub(super) const fn outcome(&self) -> &'static str {
        match self {
            Self::Unconfigured => "unconfigured",
            Self::Refused { .. } => "refused",
            Self::Unanswered(_) => "unanswered",
        }
    }
}

impl From<WechatError> for Problem {
    fn from(error: WechatError) -> Self {
        let code = match error {
            WechatError::Unconfigured => "wechat_unconfigured",
            WechatError::Refused { .. } | WechatError::Unanswered(_) => "upstream_failed",
        };
        Self::Upstream(code, error.into())
    }
}

/// An `errmsg` fit for a log: its words and its `rid`, but nothing long enough to be a token, a code
/// or an openid, and no run of digits long enough to be a phone number.
pub(super) fn cleaned(errmsg: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '=' | '/');
    let mut clean = String::new();
    let mut rest = errmsg.get(..errmsg.floor_char_boundary(300)).unwrap_or_default();
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| is_part(c) != is_part(first)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if is_part(first) && !is_rid(run) && could_be_private(run) {
            clean.push('…');
        } else {
            clean.extend(run.chars().map(|c| if c.is_control() { ' ' } else { c }));
        }
        rest = after;
    }
    clean
}

fn could_be_private(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    // A login code has 32 characters, an openid 28, a phone number 11. Words of English have less.
    digits >= 7 || run.chars().count() >= 20
}

/// `xxxxxxxx-xxxxxxxx-xxxxxxxx` in hexadecimal: names the request in WeChat's own logs.
fn is_rid(run: &str) -> bool {
    let parts: Vec<&str> = run.split('-').collect();
    parts.len() == 3 && parts.iter().all(|part| part.len() == 8 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_errmsg_keeps_its_words_and_its_rid_only() {
        let kept = "argument invalid! data.thing1.value invalid rid: 6a1b2c3d-00000000-deadbeef";
        assert_eq!(cleaned(kept), kept);
        assert_eq!(cleaned("invalid ip 10.20.30.40, not in whitelist"), "invalid ip 10.20.30.40, not in whitelist");
        assert_eq!(cleaned("invalid code 0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P"), "invalid code …");
        assert_eq!(cleaned("openid oGZUI0egBJY1zhBYw2KhdUfwVJJE"), "openid …");
        assert_eq!(cleaned("number +8613800138000\r\n."), "number …  .");
        assert_eq!(cleaned("75_abcdefghijklmnopqrstuvwxyz-ABC"), "…");
        assert!(cleaned(&"没有权限 ".repeat(200)).chars().count() <= 300);
        assert_eq!(cleaned(""), "");
    }

    #[test]
    fn certain_means_that_it_did_not_happen() {
        let refused = |code| WechatError::Refused { code, message: String::new() };
        assert!(refused(43101).is_certain());
        assert!(!refused(BUSY).is_certain());
        assert!(!WechatError::unanswered(anyhow::anyhow!("timeout")).is_certain());
        assert!(WechatError::not_sent(anyhow::anyhow!("no connection")).is_certain());
        assert!(WechatError::Unconfigured.is_certain());
    }

    #[test]
    fn each_error_has_its_problem() {
        assert_eq!(Problem::from(WechatError::Unconfigured).code(), "wechat_unconfigured");
        let refused = WechatError::Refused { code: 40125, message: String::new() };
        assert_eq!(Problem::from(refused).code(), "upstream_failed");
    }
}
