//! `wx.login` and what the server does with its code.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use crate::api::Call;
use crate::books::{ExchangeEntry, LoginEntry};
use crate::phone::Card;
use crate::random::{Random, stable_id};
use crate::state::App;
use crate::wire::{Answer, WxError, bare_text, ok};

/// Both kinds of codes live this long.
pub(crate) const CODE_LIFETIME_S: i64 = 300;

#[derive(Debug, Default)]
pub(crate) struct Logins {
    codes: HashMap<String, Code>,
    /// openid → the key of the latest login.
    session_keys: HashMap<String, String>,
}

#[derive(Debug)]
struct Code {
    openid: String,
    session_key: String,
    issued_at: i64,
    used: bool,
    /// WeChat holds the user for high-risk: 40226.
    blocked: bool,
}

pub(crate) fn openid_of(appid: &str, phone: &str) -> String {
    stable_id('o', &["openid", appid, phone])
}

fn unionid_of(phone: &str) -> String {
    stable_id('o', &["unionid", phone])
}

/// `wx.login` on a phone: a fresh code, and usually a fresh session key.
pub(crate) fn mint(app: &App, phone: &str, card: &Card, random: &Random) -> String {
    let code = format!("0{}", random.alphanumeric(31));
    let openid = openid_of(&app.appid, phone);
    let mut ledger = app.ledger();
    let now = ledger.clock.now();
    let rotate = ledger.config.rotate_session_key;
    ledger.users.insert(openid.clone(), phone.to_owned());
    let kept = ledger.logins.session_keys.get(&openid).cloned();
    let session_key = match kept {
        Some(kept) if !rotate => kept,
        _ => new_session_key(random),
    };
    ledger.logins.session_keys.insert(openid.clone(), session_key.clone());
    ledger.logins.codes.insert(
        code.clone(),
        Code { openid: openid.clone(), session_key, issued_at: now, used: false, blocked: card.blocked },
    );
    ledger.books.logins.push(LoginEntry { at: now, openid, phone: phone.to_owned() });
    code
}

fn new_session_key(random: &Random) -> String {
    STANDARD.encode(random.bytes(16))
}

impl Logins {
    fn redeem(&mut self, code: &str, now: i64) -> Result<&Code, WxError> {
        let code = self.codes.get_mut(code).ok_or_else(|| WxError::of(40029))?;
        if code.used {
            return Err(WxError::of(40163));
        }
        if now >= code.issued_at.saturating_add(CODE_LIFETIME_S) {
            return Err(WxError::of(40029));
        }
        code.used = true;
        if code.blocked {
            return Err(WxError::of(40226));
        }
        Ok(code)
    }
}

/// GET /sns/jscode2session. Nothing of `errcode` in a success.
pub(crate) fn code_to_session(call: &Call) -> Answer {
    let app = call.app_by_secret(
        call.query("grant_type") == Some("authorization_code"),
        call.query("appid"),
        call.query("secret"),
    )?;
    let code = call.query("js_code").ok_or_else(|| WxError::of(41008))?;
    let mut ledger = app.ledger();
    let now = ledger.clock.now();
    let redeemed = ledger.logins.redeem(code, now).map(|code| (code.openid.clone(), code.session_key.clone()));
    ledger.books.code2session.push(ExchangeEntry {
        at: now,
        openid: redeemed.as_ref().ok().map(|(openid, _)| openid.clone()),
        result: redeemed.as_ref().err().map_or(0, |error| error.code),
    });
    let (openid, session_key) = redeemed?;
    let mut body = json!({"session_key": session_key, "openid": openid});
    if ledger.config.unionid
        && let Some(phone) = ledger.users.get(&openid)
        && let Some(body) = body.as_object_mut()
    {
        body.insert("unionid".to_owned(), json!(unionid_of(phone)));
    }
    bare_text(&body)
}

/// GET /wxa/checksession
pub(crate) fn check_session(call: &Call) -> Answer {
    let app = call.app_by_token()?;
    signed_openid(call, &app)?;
    ok(json!({}))
}

/// GET /wxa/resetusersessionkey
pub(crate) fn reset_session(call: &Call) -> Answer {
    let app = call.app_by_token()?;
    let openid = signed_openid(call, &app)?;
    let session_key = new_session_key(&call.world.random);
    app.ledger().logins.session_keys.insert(openid.clone(), session_key.clone());
    ok(json!({"openid": openid, "session_key": session_key}))
}

/// The openid, once the signature proved that the caller knows the latest session key.
fn signed_openid(call: &Call, app: &App) -> Result<String, WxError> {
    let openid = call.query("openid").ok_or_else(|| WxError::of(40003))?;
    let given = call.query("signature").ok_or_else(|| WxError::of(87009))?;
    if call.query("sig_method") != Some("hmac_sha256") {
        return Err(WxError::of(87008));
    }
    let ledger = app.ledger();
    if !ledger.users.contains_key(openid) {
        return Err(WxError::of(40003));
    }
    let session_key = ledger.logins.session_keys.get(openid).ok_or_else(|| WxError::of(87007))?;
    if !given.eq_ignore_ascii_case(&login_state_signature(session_key, "")) {
        return Err(WxError::of(87009));
    }
    Ok(openid.to_owned())
}

/// The key of the HMAC is the session key's text, not the bytes it stands for.
fn login_state_signature(session_key: &str, message: &str) -> String {
    Hmac::<Sha256>::new_from_slice(session_key.as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(message.as_bytes());
            hex::encode(mac.finalize().into_bytes())
        },
    )
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn the_login_state_signature_is_the_published_one() {
        let key = "o0q0otL8aEzpcZL/FT9WsQ==";
        assert_eq!(
            login_state_signature(key, "{\"foo\":\"bar\"}"),
            "654571f79995b2ce1e149e53c0a33dc39c0a74090db514261454e8dbe432aa0b"
        );
        assert_eq!(login_state_signature(key, ""), "46e043c5525c2d817c44be603d30837a808a1d930d038f6fdc3e62a201fed128");
    }

    #[test]
    fn a_login_code_works_once_within_five_minutes() {
        let mut logins = Logins::default();
        for (code, blocked) in [("once", false), ("late", false), ("risky", true)] {
            logins.codes.insert(
                code.to_owned(),
                Code { openid: "o1".to_owned(), session_key: String::new(), issued_at: 0, used: false, blocked },
            );
        }
        assert_eq!(logins.redeem("once", 299).unwrap().openid, "o1");
        assert_eq!(logins.redeem("once", 299).unwrap_err().code, 40163);
        assert_eq!(logins.redeem("late", 300).unwrap_err().code, 40029);
        assert_eq!(logins.redeem("never", 0).unwrap_err().code, 40029);
        assert_eq!(logins.redeem("risky", 0).unwrap_err().code, 40226);
    }

    #[test]
    fn an_openid_looks_real_and_depends_on_app_and_phone() {
        let openid = openid_of("wx1", "customer");
        assert_eq!(openid.len(), 28);
        assert!(openid.starts_with('o'));
        assert_eq!(openid, openid_of("wx1", "customer"));
        assert_ne!(openid, openid_of("wx2", "customer"));
        assert_ne!(openid, openid_of("wx1", "staff"));
    }
}
