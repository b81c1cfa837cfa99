//! Signatures and encryption of the message push.

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use anyhow::{anyhow, ensure};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use sha1::{Digest as _, Sha1};

/// WeChat pads to this many bytes although the cipher's block has 16.
const PAD_BLOCK: usize = 32;

/// In front of the message, so that no two ciphertexts are alike.
const SALT: usize = 16;

/// 43 arbitrary characters stand for 32 bytes and two bits more, so the last character may carry
/// bits that a strict decoder refuses. The official demo key does.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The EncodingAESKey of the console. Not `Debug`.
pub(super) struct Key {
    bytes: [u8; 32],
    iv: [u8; 16],
}

impl Key {
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        ensure!(text.len() == 43, "[wechat] push_aes_key must have 43 characters");
        let bytes = LENIENT.decode(text).map_err(|_| anyhow!("[wechat] push_aes_key must be base64"))?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| anyhow!("[wechat] push_aes_key must stand for 32 bytes"))?;
        let (iv, _) = bytes.split_first_chunk::<16>().ok_or_else(|| anyhow!("32 bytes are more than 16"))?;
        Ok(Self { bytes, iv: *iv })
    }

    /// The message and the appid of `base64(cipher(salt | length | message | appid | padding))`.
    pub(super) fn open(&self, encrypted: &str) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut bytes = LENIENT.decode(encrypted.trim()).ok()?;
        // The padding is longer than a block, so it is taken off by hand.
        let plain = cbc::Decryptor::<aes::Aes256>::new(&self.bytes.into(), &self.iv.into())
            .decrypt_padded::<NoPadding>(&mut bytes)
            .ok()?;
        let pad = usize::from(*plain.last()?);
        if !(1..=PAD_BLOCK).contains(&pad) {
            return None;
        }
        let body = plain.get(SALT..plain.len().checked_sub(pad)?)?;
        let (length, rest) = body.split_first_chunk::<4>()?;
        let (message, appid) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        Some((message.to_vec(), appid.to_vec()))
    }
}

/// SHA-1 of the parts, sorted and joined.
pub(super) fn signature(mut parts: Vec<&str>) -> [u8; 20] {
    parts.sort_unstable();
    let mut hash = Sha1::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use aes::cipher::BlockModeEncrypt as _;
    use serde_json::Value;

    pub(crate) fn vectors() -> Vec<Value> {
        serde_json::from_str(include_str!("../../../vectors/wechat.json")).expect("the vectors")
    }

    /// What WeChat does.
    pub(crate) fn seal(key: &str, salt: &str, message: &[u8], appid: &str) -> String {
        let key = Key::parse(key).expect("a key");
        let mut plain = salt.as_bytes().to_vec();
        plain.extend_from_slice(&u32::try_from(message.len()).expect("short").to_be_bytes());
        plain.extend_from_slice(message);
        plain.extend_from_slice(appid.as_bytes());
        let pad = PAD_BLOCK - plain.len() % PAD_BLOCK;
        plain.resize(plain.len() + pad, u8::try_from(pad).expect("at most 32"));
        let length = plain.len();
        cbc::Encryptor::<aes::Aes256>::new(&key.bytes.into(), &key.iv.into())
            .encrypt_padded::<NoPadding>(&mut plain, length)
            .expect("whole blocks");
        LENIENT.encode(plain)
    }

    #[test]
    fn every_published_ciphertext_opens() {
        let mut opened = 0;
        for vector in vectors() {
            let text = |name: &str| vector[name].as_str().unwrap_or_default();
            if text("encrypt").is_empty() {
                continue;
            }
            let key = Key::parse(text("aes_key")).expect("a key");
            let (message, appid) = key.open(text("encrypt")).unwrap_or_else(|| panic!("{}", text("id")));
            assert_eq!(message, text("message").as_bytes(), "{}", text("id"));
            assert_eq!(appid, text("appid").as_bytes(), "{}", text("id"));
            assert_eq!(seal(text("aes_key"), text("random"), &message, text("appid")), text("encrypt"));
            opened += 1;
        }
        assert!(opened >= 5, "{opened}");
    }

    #[test]
    fn every_published_signature_is_ours() {
        let mut signed = 0;
        for vector in vectors() {
            let text = |name: &str| vector[name].as_str().unwrap_or_default();
            let parts = vec![text("token"), text("timestamp"), text("nonce")];
            if !text("signature").is_empty() {
                assert_eq!(hex::encode(signature(parts.clone())), text("signature"), "{}", text("id"));
                signed += 1;
            }
            if !text("msg_signature").is_empty() {
                let parts = [parts, vec![text("encrypt")]].concat();
                assert_eq!(hex::encode(signature(parts)), text("msg_signature"), "{}", text("id"));
                signed += 1;
            }
        }
        assert!(signed >= 5, "{signed}");
    }

    #[test]
    fn every_padding_from_1_to_32_comes_off() {
        let text = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
        let key = Key::parse(text).expect("a key");
        for length in 0..64 {
            let message = vec![b'x'; length];
            let opened = key.open(&seal(text, "0123456789abcdef", &message, "wx1"));
            assert_eq!(opened, Some((message, b"wx1".to_vec())));
        }
    }

    #[test]
    fn a_key_that_is_none_is_refused_without_quoting_it() {
        for wrong in ["", "short", "!bcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "中文中文中文中文中文中文中文x"]
        {
            let error = Key::parse(wrong).err().expect("no key").to_string();
            assert!(error.starts_with("[wechat] push_aes_key"), "{error}");
            assert!(wrong.is_empty() || !error.contains(wrong), "{error}");
        }
    }
}
