//! The message push's signatures and encryption.

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use anyhow::{Context as _, anyhow, ensure};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use sha1::{Digest as _, Sha1};

/// WeChat pads to this many bytes although the cipher's block is 16.
const PAD_BLOCK: usize = 32;
const IV_LEN: usize = 16;

/// 43 arbitrary characters stand for 32 bytes and two bits more, so the last character may carry
/// bits that strict decoders refuse. The official demo key does.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

pub(crate) struct AesKey([u8; 32]);

impl AesKey {
    pub(crate) fn parse(encoding_aes_key: &str) -> anyhow::Result<Self> {
        ensure!(encoding_aes_key.len() == 43, "an EncodingAESKey has 43 characters");
        let bytes = LENIENT.decode(format!("{encoding_aes_key}=")).context("an EncodingAESKey is base64")?;
        let key = bytes.try_into().map_err(|_| anyhow!("an EncodingAESKey stands for 32 bytes"))?;
        Ok(Self(key))
    }

    fn iv(&self) -> [u8; IV_LEN] {
        let mut iv = [0; IV_LEN];
        for (to, from) in iv.iter_mut().zip(self.0) {
            *to = from;
        }
        iv
    }

    /// base64 of `random(16) | length as u32 | message | appid`, padded to 32.
    pub(crate) fn encrypt(&self, random: &[u8], message: &str, appid: &str) -> anyhow::Result<String> {
        let mut plain = random.to_vec();
        plain.extend_from_slice(&u32::try_from(message.len())?.to_be_bytes());
        plain.extend_from_slice(message.as_bytes());
        plain.extend_from_slice(appid.as_bytes());
        let pad = PAD_BLOCK - plain.len() % PAD_BLOCK;
        plain.resize(plain.len() + pad, u8::try_from(pad)?);
        let length = plain.len();
        cbc::Encryptor::<aes::Aes256>::new(&self.0.into(), &self.iv().into())
            .encrypt_padded::<NoPadding>(&mut plain, length)
            .map_err(|_| anyhow!("the padded text is not whole blocks"))?;
        Ok(STANDARD.encode(plain))
    }

    /// The message and the appid; used for encrypted answers and by the tests.
    pub(crate) fn decrypt(&self, encrypted: &str) -> anyhow::Result<(String, String)> {
        let mut bytes = STANDARD.decode(encrypted)?;
        let plain = cbc::Decryptor::<aes::Aes256>::new(&self.0.into(), &self.iv().into())
            .decrypt_padded::<NoPadding>(&mut bytes)
            .map_err(|_| anyhow!("the ciphertext is not whole blocks"))?;
        let pad = usize::from(*plain.last().context("empty ciphertext")?);
        ensure!((1..=PAD_BLOCK).contains(&pad), "the padding is {pad}");
        let end = plain.len().checked_sub(pad).context("the padding is too long")?;
        let body = plain.get(16..end).context("too short")?;
        let (length, rest) = body.split_first_chunk::<4>().context("no length")?;
        let length = usize::try_from(u32::from_be_bytes(*length))?;
        let (message, appid) = rest.split_at_checked(length).context("the length is too large")?;
        Ok((String::from_utf8(message.to_vec())?, String::from_utf8(appid.to_vec())?))
    }
}

/// hex(sha1(the parts sorted and joined)): with the ciphertext among the parts this is
/// `msg_signature`, without it `signature`.
pub(crate) fn signature(parts: &[&str]) -> String {
    let mut parts = parts.to_vec();
    parts.sort_unstable();
    let mut hash = Sha1::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {

    use serde_json::Value;

    use super::*;

    fn text<'a>(vector: &'a Value, part: &str, field: &str) -> &'a str {
        vector.pointer(&format!("/{part}/{field}")).and_then(Value::as_str).unwrap_or_default()
    }

    fn vectors() -> Vec<Value> {
        let file: Value = serde_json::from_str(include_str!("../../vectors.json")).unwrap();
        file.get("vectors").unwrap().as_array().unwrap().clone()
    }

    #[test]
    fn every_published_vector_is_reproduced() {
        let mut ciphertexts = 0;
        let mut signatures = 0;
        for vector in vectors() {
            let input = |field| text(&vector, "input", field);
            let expected = |field| text(&vector, "expected", field);
            let encrypted = match expected("Encrypt") {
                "" => input("Encrypt"),
                given => given,
            };
            if !encrypted.is_empty() {
                let key = AesKey::parse(input("EncodingAESKey")).unwrap();
                let either = |field| match expected(field) {
                    "" => input(field),
                    given => given,
                };
                let again = key.encrypt(either("random").as_bytes(), either("msg"), either("appid")).unwrap();
                assert_eq!(again, encrypted, "{vector}");
                let (message, appid) = key.decrypt(encrypted).unwrap();
                assert_eq!((message.as_str(), appid.as_str()), (either("msg"), either("appid")));
                ciphertexts += 1;
            }
            let timestamp = vector
                .pointer("/input/timestamp")
                .map_or_else(String::new, |value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            let (token, nonce) = (input("token"), input("nonce"));
            for (field, parts) in [
                ("signature", vec![token, &timestamp, nonce]),
                ("msg_signature", vec![token, &timestamp, nonce, encrypted]),
                ("MsgSignature", vec![token, &timestamp, nonce, encrypted]),
            ] {
                let wanted = match expected(field) {
                    "" => input(field),
                    given => given,
                };
                if !wanted.is_empty() {
                    assert_eq!(signature(&parts), wanted, "{vector}");
                    signatures += 1;
                }
            }
        }
        assert_eq!((ciphertexts, signatures), (5, 5));
    }

    #[test]
    fn every_padding_from_1_to_32_survives() {
        let key = AesKey::parse("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG").unwrap();
        for length in 0..64 {
            let message = "x".repeat(length);
            let encrypted = key.encrypt(&[7; 16], &message, "wx1").unwrap();
            assert_eq!(key.decrypt(&encrypted).unwrap(), (message, "wx1".to_owned()));
        }
    }

    #[test]
    fn rubbish_is_refused_without_a_panic() {
        let key = AesKey::parse("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG").unwrap();
        for rubbish in ["", "AAAA", "!!!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] {
            assert!(key.decrypt(rubbish).is_err());
        }
        assert!(AesKey::parse("short").is_err());
        assert!(AesKey::parse(&"é".repeat(21)).is_err());
    }
}
