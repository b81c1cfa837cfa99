//! How a customer is reached besides by phone 联系方式: e-mails and WeChat ids, the primary one first.

use crate::prelude::*;
use crate::text;

/// An e-mail address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerEmail {
    /// The address.
    #[validate(length(min = 1, max = 254), custom(function = "mailbox"))]
    pub email: String,
    /// What it is for: 工作, 家里.
    #[serde(default)]
    #[validate(length(max = 10), custom(function = "text::line"))]
    pub label: Option<String>,
}

/// A WeChat id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerWechat {
    /// The id, or the phone or QQ number that stands for it.
    #[validate(length(min = 5, max = 20), custom(function = "text::code"))]
    pub account: String,
    /// What it is for: 工作号, 本人.
    #[serde(default)]
    #[validate(length(max = 10), custom(function = "text::line"))]
    pub label: Option<String>,
}

/// The rule for an e-mail address: what mail servers in use take, without quotes and comments.
///
/// # Errors
/// `email_invalid`.
pub fn mailbox(value: &str) -> Result<(), ValidationError> {
    let mut at = None;
    let mut sound = true;
    let mut before = b'.';
    for (place, byte) in value.bytes().enumerate() {
        sound &= match byte {
            b'@' => at.replace(place).is_none() && before != b'.',
            b'.' => before != b'.' && before != b'@',
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' => true,
            b'_' | b'+' | b'%' | b'\'' | b'&' | b'=' | b'~' | b'#' => at.is_none(),
            _ => false,
        };
        before = byte;
    }
    let (local, domain) = at.and_then(|at| value.split_at_checked(at)).unwrap_or_default();
    let dotted = domain.bytes().any(|byte| byte == b'.');
    if sound && before != b'.' && dotted && (1..=64).contains(&local.len()) { Ok(()) } else { fail("email_invalid") }
}

/// `z***@qq.com`: enough to recognise, not enough to write to. Of an address without `@` the first letter.
#[must_use]
pub fn masked(whole: &str) -> String {
    let (name, rest) = whole.split_once('@').map_or((whole, String::new()), |(name, rest)| (name, format!("@{rest}")));
    let first: String = name.chars().take(1).collect();
    format!("{first}***{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_use_pass_and_others_do_not() {
        for good in ["zhang@qq.com", "a.b+c@mail.example.com.cn", "o'neil@x-y.io", "1@1.cn"] {
            assert!(mailbox(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "@qq.com",
            "zhang@",
            "zhang",
            "a@b",
            "a..b@c.cn",
            ".a@b.cn",
            "a.@b.cn",
            "a@b.cn.",
            "a@.cn",
            "a@@b.cn",
            "张@qq.com",
            "a b@c.cn",
            "a@b_c.cn",
        ] {
            assert!(mailbox(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_masked_address_shows_one_letter_and_the_house() {
        assert_eq!(masked("zhangsan@qq.com"), "z***@qq.com");
        assert_eq!(masked("wxid_123"), "w***");
    }
}
