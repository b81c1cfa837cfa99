//! The phone number behind a `getPhoneNumber` code. Its codes are not the login codes.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use crate::api::Call;
use crate::books::PhoneEntry;
use crate::config::CountryCode;
use crate::login::{CODE_LIFETIME_S, openid_of};
use crate::phone::Card;
use crate::random::Random;
use crate::state::App;
use crate::wire::{Answer, WxError, ok};

#[derive(Debug, Default)]
pub(crate) struct PhoneCodes(HashMap<String, Code>);

#[derive(Debug)]
struct Code {
    openid: String,
    number: String,
    country_code: String,
    issued_at: i64,
    used: bool,
}

/// The user tapped the button and allowed it.
pub(crate) fn mint(app: &App, phone: &str, card: &Card, random: &Random) -> String {
    let code = random.hex(32);
    let openid = openid_of(&app.appid, phone);
    let mut ledger = app.ledger();
    let issued_at = ledger.clock.now();
    ledger.users.insert(openid.clone(), phone.to_owned());
    ledger.phone_codes.0.insert(
        code.clone(),
        Code {
            openid,
            number: card.phone_number.clone(),
            country_code: card.country_code.clone(),
            issued_at,
            used: false,
        },
    );
    code
}

impl PhoneCodes {
    /// Invalid, used and expired are all the same errcode here.
    fn redeem(&mut self, code: &str, now: i64) -> Result<&Code, WxError> {
        self.0
            .get_mut(code)
            .filter(|code| !code.used && now < code.issued_at.saturating_add(CODE_LIFETIME_S))
            .map(|code| {
                code.used = true;
                &*code
            })
            .ok_or_else(|| WxError::of(40029))
    }
}

#[derive(Deserialize)]
struct Request {
    code: Option<String>,
}

/// POST /wxa/business/getuserphonenumber
pub(crate) fn exchange(call: &Call) -> Answer {
    let app = call.app_by_token()?;
    let request: Request = call.parse()?;
    let code = request.code.ok_or_else(|| WxError::of(41008))?;
    let foreign = belongs_to_another(call, &app, &code);

    let mut ledger = app.ledger();
    let now = ledger.clock.now();
    let redeemed = if foreign {
        Err(WxError::of(40013))
    } else {
        ledger
            .phone_codes
            .redeem(&code, now)
            .map(|code| (code.openid.clone(), code.number.clone(), code.country_code.clone()))
    };
    ledger.books.phone_exchanges.push(PhoneEntry {
        at: now,
        openid: redeemed.as_ref().ok().map(|(openid, ..)| openid.clone()),
        phone_number: redeemed.as_ref().ok().map(|(_, number, _)| number.clone()),
        result: redeemed.as_ref().err().map_or(0, |error| error.code),
    });
    let (_, number, country_code) = redeemed?;

    let as_text = match ledger.config.country_code {
        CountryCode::String => true,
        CountryCode::Number => false,
        CountryCode::Alternate => {
            ledger.country_code_as_text = !ledger.country_code_as_text;
            !ledger.country_code_as_text
        }
    };
    let shown_code = match country_code.parse::<u32>() {
        Ok(digits) if !as_text => json!(digits),
        _ => json!(country_code),
    };
    let full = if country_code == "86" { number.clone() } else { format!("+{country_code}{number}") };
    ok(json!({
        "phone_info": {
            "phoneNumber": full,
            "purePhoneNumber": number,
            "countryCode": shown_code,
            "watermark": {"timestamp": now, "appid": app.appid},
        },
    }))
}

fn belongs_to_another(call: &Call, app: &Arc<App>, code: &str) -> bool {
    call.world
        .apps()
        .iter()
        .filter(|other| other.appid != app.appid)
        .any(|other| other.ledger().phone_codes.0.contains_key(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_code_works_once_within_five_minutes() {
        let mut codes = PhoneCodes::default();
        for code in ["once", "late"] {
            codes.0.insert(
                code.to_owned(),
                Code {
                    openid: String::new(),
                    number: "13800000000".to_owned(),
                    country_code: "86".to_owned(),
                    issued_at: 0,
                    used: false,
                },
            );
        }
        assert!(codes.redeem("once", 299).is_ok());
        assert_eq!(codes.redeem("once", 299).map_err(|e| e.code).err(), Some(40029));
        assert_eq!(codes.redeem("late", 300).map_err(|e| e.code).err(), Some(40029));
    }
}
