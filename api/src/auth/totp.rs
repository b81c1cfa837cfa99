//! Codes of authenticator apps (RFC 6238: SHA-1, six digits, 30 seconds, as every app has them) and the
//! recovery codes for whoever loses theirs. The arithmetic is `totp-rs`, on the hmac and sha1 we have.

use crate::crypto::random;
use crate::problem::Problem;
use chrono::{DateTime, Utc};
use totp_rs::{Builder, Totp};

/// 160 bits, as RFC 4226 recommends.
pub(super) const SECRET_BYTES: usize = 20;
const RECOVERY_CODES: usize = 10;
/// Four times four letters, with hyphens.
const RECOVERY_LENGTH: usize = 19;
/// No 0, O, 1, I, L or U: what is read off paper is read aloud as well.
const LETTERS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// An app, as its secret makes it.
pub(super) fn app(secret: &[u8], issuer: &str, name: &str) -> Result<Totp, Problem> {
    // A colon ends the issuer in the URI.
    let plain = |text: &str| text.replace(':', " ");
    let app =
        Builder::new().with_secret(secret.to_vec()).with_issuer(Some(plain(issuer))).with_account_name(plain(name));
    app.build().map_err(|error| Problem::Internal(anyhow::anyhow!("TOTP: {error}")))
}

/// The time step of a code that is right now, or was or will be within 30 seconds.
pub(super) fn step(secret: &[u8], code: &str, now: DateTime<Utc>) -> Result<Option<i64>, Problem> {
    let six = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    let time = u64::try_from(now.timestamp()).unwrap_or_default();
    let found = app(secret, "", "code")?.check(code, time).filter(|_| six);
    Ok(found.and_then(|step| i64::try_from(step).ok()))
}

/// Ten fresh recovery codes, as they are shown: `7KQ2-MX9D-PA3V-HT6B`, 78 bits each, so that nobody finds one
/// from its digest, also not with the key of digests in hand.
pub(super) fn recovery_codes() -> Vec<String> {
    std::iter::repeat_with(recovery_code).take(RECOVERY_CODES).collect()
}

fn recovery_code() -> String {
    let mut code = String::with_capacity(RECOVERY_LENGTH);
    while code.len() < RECOVERY_LENGTH {
        if code.len() % 5 == 4 {
            code.push('-');
        }
        // Bytes from 240 on would make the first letters likelier.
        let letter = random::<1>().first().copied().filter(|byte| *byte < 240);
        code.extend(letter.and_then(|byte| LETTERS.get(usize::from(byte % 30))).copied().map(char::from));
    }
    code
}

/// A recovery code as its digest is made of it, however it was typed.
pub(super) fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// Six random digits for a message.
pub(super) fn six_digits() -> String {
    // A million of 2^64 values: the bias is beyond notice.
    format!("{:06}", u64::from_be_bytes(random()) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap_or_default()
    }

    /// RFC 6238, appendix B: the last six of the eight digits for SHA-1.
    #[test]
    fn codes_are_those_of_the_rfc() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step(SECRET, code, at(second)).expect("a secret"), Some(second / 30), "{second}");
        }
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_no_more() {
        let code = "050471"; // of the step that begins at 1_111_111_110
        for (second, right) in
            [(1_111_111_080, true), (1_111_111_169, true), (1_111_111_079, false), (1_111_111_170, false)]
        {
            assert_eq!(step(SECRET, code, at(second)).expect("a secret").is_some(), right, "{second}");
        }
        for rubbish in ["", "05047", "0504711", "05 0471", "abcdef", "٠٥٠٤٧١"] {
            assert_eq!(step(SECRET, rubbish, at(1_111_111_111)).expect("a secret"), None, "{rubbish}");
        }
    }

    #[test]
    fn recovery_codes_differ_and_can_be_typed_carelessly() {
        let mut codes = recovery_codes();
        assert!(codes.iter().all(|code| code.len() == 19 && plain(code).len() == 16), "{codes:?}");
        assert_eq!(plain(" 7kq2m-x9dpa"), "7KQ2MX9DPA");
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), RECOVERY_CODES);
    }
}
