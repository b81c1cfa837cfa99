//! Fingerprint and face: what a phone signs, and whether WeChat vouches for it.
//!
//! A real phone signs with a key in its own hardware (SHA256withRSA/PSS); here an HMAC stands for that. The
//! server never looks at the signature itself, it asks WeChat.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;

use crate::api::Call;
use crate::wire::{Answer, WxError, bare};

/// What `wx.startSoterAuthentication` gives: `resultJSON` and its signature.
pub(crate) fn sign(openid: &str, challenge: &str, counter: u64) -> (String, String) {
    let result = json!({
        "raw": challenge, "fid": "fid-1", "counter": counter, "tee_n": "TEE", "tee_v": "1.0",
        "fp_n": "FP", "fp_v": "1.0", "cpu_id": format!("cpu-{openid}"), "uid": "10001",
    })
    .to_string();
    let signature = STANDARD.encode(mac(openid, &result));
    (result, signature)
}

fn mac(openid: &str, result: &str) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(openid.as_bytes()).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(b"soter");
            mac.update(result.as_bytes());
            mac.finalize().into_bytes().to_vec()
        },
    )
}

#[derive(Deserialize)]
struct Asked {
    openid: String,
    json_string: String,
    json_signature: String,
}

/// POST /cgi-bin/soter/verify_signature. Nothing of `errcode` in a success.
pub(crate) fn verify(call: &Call) -> Answer {
    let app = call.app_by_token()?;
    let asked: Asked = call.parse()?;
    if !app.ledger().users.contains_key(&asked.openid) {
        return Err(WxError::of(40003));
    }
    let given = STANDARD.decode(&asked.json_signature).unwrap_or_default();
    let is_ok = !given.is_empty() && given == mac(&asked.openid, &asked.json_string);
    bare(&json!({ "is_ok": is_ok }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_one_person_and_one_text() {
        let (result, signature) = sign("o1", "challenge", 7);
        assert!(result.contains("\"raw\":\"challenge\""));
        assert_eq!(STANDARD.encode(mac("o1", &result)), signature);
        assert_ne!(STANDARD.encode(mac("o2", &result)), signature);
        assert_ne!(STANDARD.encode(mac("o1", &result.replace("challenge", "another"))), signature);
    }
}
