//! The phone number behind the code of the `getPhoneNumber` button.

use super::client::json;
use super::{Wechat, WechatError};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Answer {
    phone_info: Given,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Given {
    /// Of foreign numbers with the country's code.
    #[serde(default)]
    phone_number: String,
    #[serde(default)]
    pure_phone_number: String,
    /// Documented as a text and shown as a number.
    #[serde(default)]
    country_code: Value,
    watermark: Watermark,
}

#[derive(Deserialize)]
struct Watermark {
    appid: String,
}

impl Wechat {
    /// Exchanges the code of the button for the number, which is written `+CC…` unless it is
    /// Chinese. Never repeated: a code works once, and every success is charged.
    ///
    /// # Errors
    /// `Refused`: 40029 invalid, used or expired, 40013 another mini-program's code.
    pub(crate) async fn phone(&self, code: &str) -> Result<String, WechatError> {
        let answer = self.post("/wxa/business/getuserphonenumber", &json!({"code": code}), json::<Answer>).await?;
        if answer.phone_info.watermark.appid != self.appid() {
            return Err(WechatError::unanswered(anyhow::anyhow!("a phone number for another mini-program")));
        }
        number(&answer.phone_info).ok_or_else(|| WechatError::unanswered(anyhow::anyhow!("no phone number")))
    }
}

fn number(given: &Given) -> Option<String> {
    let country = match &given.country_code {
        Value::String(text) => text.trim().trim_start_matches('+').to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let pure = given.pure_phone_number.trim();
    match (country.as_str(), pure) {
        ("", "") | ("86", "") => Some(given.phone_number.trim().to_owned()).filter(|number| !number.is_empty()),
        ("" | "86", pure) => Some(pure.to_owned()),
        (_, "") => Some(given.phone_number.trim().to_owned()).filter(|number| number.starts_with('+')),
        (_, pure) if pure.starts_with('+') => Some(pure.to_owned()),
        (country, pure) => Some(format!("+{country}{pure}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(info: Value) -> Option<String> {
        let mut info = info;
        info["watermark"] = json!({"appid": "wx1", "timestamp": 1});
        let answer: Answer = serde_json::from_value(json!({"phone_info": info})).expect("an answer");
        number(&answer.phone_info)
    }

    #[test]
    fn a_country_code_may_be_text_or_number() {
        for code in [json!("86"), json!(86), json!("+86")] {
            let info = json!({"phoneNumber": "13800138000", "purePhoneNumber": "13800138000", "countryCode": code});
            assert_eq!(read(info).as_deref(), Some("13800138000"));
        }
        for code in [json!("1"), json!(1), json!("+1")] {
            let info = json!({"phoneNumber": "+14155552671", "purePhoneNumber": "4155552671", "countryCode": code});
            assert_eq!(read(info).as_deref(), Some("+14155552671"));
        }
    }

    #[test]
    fn every_number_is_one_that_the_rules_read() {
        for info in [
            json!({"phoneNumber": "13800138000", "purePhoneNumber": "13800138000", "countryCode": "86"}),
            json!({"phoneNumber": "13800138000", "countryCode": 86}),
            json!({"phoneNumber": "+85221234567", "purePhoneNumber": "21234567", "countryCode": 852}),
            json!({"phoneNumber": "+85221234567", "countryCode": "852"}),
        ] {
            let text = read(info).expect("a number");
            assert!(domain::phone::Phone::parse(&text).is_some(), "{text}");
        }
        assert_eq!(read(json!({"countryCode": "86"})), None);
        assert_eq!(read(json!({"phoneNumber": "21234567", "countryCode": "852"})), None);
    }
}
