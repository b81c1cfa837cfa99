//! Mini-program codes: round pictures that open a page with a short text.

use super::client::{BUSY_PAUSES, verdict};
use super::error::BUSY;
use super::{Build, Wechat, WechatError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

impl Wechat {
    /// A code that opens `page` with `scene`, as a PNG or JPEG. The scene is public and guessable:
    /// put a random short code there, never an id.
    ///
    /// # Errors
    /// `Refused`: 40129 a character of the scene, 40169 its length, 41030 the page.
    pub(crate) async fn qrcode(&self, scene: &str, page: &str) -> Result<Vec<u8>, WechatError> {
        let build = self.parts.build;
        let body = json!({
            "scene": scene,
            "page": page.trim_start_matches('/'),
            // Pages are looked up in the released build, which a build under test may be ahead of.
            "check_path": build == Build::Formal,
            "env_version": build.version(),
            "width": 430,
        });
        // Another picture of the same harms nobody.
        for pause in BUSY_PAUSES {
            match self.post("/wxa/getwxacodeunlimit", &body, read).await {
                Err(WechatError::Refused { code: BUSY, .. }) => tokio::time::sleep(pause).await,
                answer => return answer,
            }
        }
        self.post("/wxa/getwxacodeunlimit", &body, read).await
    }

    /// As [`Wechat::qrcode`], as a `data:` URL. WeChat answers JPEG, the simulator PNG.
    ///
    /// # Errors
    /// As [`Wechat::qrcode`].
    pub(crate) async fn qrcode_url(&self, scene: &str, page: &str) -> Result<String, WechatError> {
        let bytes = self.qrcode(scene, page).await?;
        let kind = if bytes.starts_with(b"\x89PNG") { "png" } else { "jpeg" };
        Ok(format!("data:image/{kind};base64,{}", STANDARD.encode(bytes)))
    }
}

/// A success is the picture itself and a failure is JSON; the content type is not to be relied on.
fn read(body: &[u8]) -> Result<Vec<u8>, WechatError> {
    const PICTURES: [&[u8]; 3] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8"];
    if PICTURES.iter().any(|magic| body.starts_with(magic)) {
        return Ok(body.to_vec());
    }
    verdict(body)?;
    Err(WechatError::unanswered(anyhow::anyhow!("neither a picture nor a refusal")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_a_refusal_and_rubbish_are_told_apart() {
        assert_eq!(read(b"\xff\xd8\xff\xe0...").expect("a picture"), b"\xff\xd8\xff\xe0...");
        let refused = read(br#"{"errcode":41030,"errmsg":"invalid page"}"#);
        assert!(matches!(refused, Err(WechatError::Refused { code: 41030, .. })));
        for rubbish in [&b""[..], b"<html>", br#"{"errcode":0,"errmsg":"ok"}"#] {
            assert!(matches!(read(rubbish), Err(WechatError::Unanswered(_))));
        }
    }
}
