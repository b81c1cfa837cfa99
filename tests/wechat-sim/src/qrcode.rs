//! Mini-program codes. A real one is a round picture only WeChat reads; ours is a QR code of
//! `page?scene=…`, which any scanner and the browser preview read.

use ::qrcode::{Color, EcLevel, QrCode};
use anyhow::Context as _;
use serde::Deserialize;

use crate::api::Call;
use crate::books::QrcodeEntry;
use crate::config::AppConfig;
use crate::wire::{Answer, WxError, image};

const MOST_SCENE_CHARS: usize = 32;
/// Modules of white around the code, as the standard asks.
const QUIET_ZONE: usize = 4;

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    scene: String,
    page: Option<String>,
    check_path: Option<bool>,
    env_version: Option<String>,
    width: Option<usize>,
}

/// POST /wxa/getwxacodeunlimit: the image itself, or JSON when it failed.
pub(crate) fn unlimited(call: &Call) -> Answer {
    let app = call.app_by_token()?;
    // This one call answers 40169 where all others answer 47001.
    let request: Request = call.parse().map_err(|error| match error.code {
        47001 => WxError::of(40169),
        _ => error,
    })?;
    let mut ledger = app.ledger();
    let checked = check(&request, &ledger.config);
    let at = ledger.clock.now();
    ledger.books.qrcodes.push(QrcodeEntry {
        at,
        scene: request.scene.clone(),
        page: request.page.clone(),
        env_version: request.env_version.clone().unwrap_or_else(|| "release".to_owned()),
        result: checked.as_ref().err().map_or(0, |error| error.code),
    });
    checked?;
    let home = ledger.config.pages.first().cloned();
    drop(ledger);

    let page = request.page.or(home).unwrap_or_else(|| "pages/index/index".to_owned());
    let text = format!("{page}?scene={}", escape(&request.scene));
    draw(&text, request.width.unwrap_or(430)).map_err(|_| WxError::of(-1)).and_then(image)
}

fn check(request: &Request, config: &AppConfig) -> Result<(), WxError> {
    let length = request.scene.chars().count();
    if length == 0 || length > MOST_SCENE_CHARS {
        return Err(WxError::of(40169));
    }
    if !request.scene.chars().all(is_scene_char) {
        return Err(WxError::of(40129));
    }
    if let Some(page) = &request.page {
        let must_exist = request.check_path.unwrap_or(true);
        if page.starts_with('/') || page.contains('?') || (must_exist && !config.has_page(page)) {
            return Err(WxError::of(41030));
        }
    }
    let env_version = request.env_version.as_deref().unwrap_or("release");
    let width_fits = request.width.is_none_or(|width| (280..=1280).contains(&width));
    if !width_fits || !matches!(env_version, "release" | "trial" | "develop") {
        return Err(WxError::of(40097));
    }
    Ok(())
}

fn is_scene_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$&'()*+,/:;=?@-._~".contains(c)
}

/// Percent-encoding, as the client finds the scene in `onLoad(query)`.
fn escape(scene: &str) -> String {
    scene
        .bytes()
        .map(|byte| match byte {
            b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

/// A PNG of at least one pixel per module and as close to `width` as whole pixels allow.
fn draw(text: &str, width: usize) -> anyhow::Result<Vec<u8>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let modules = code.width();
    let side = modules + 2 * QUIET_ZONE;
    let scale = (width / side).max(1);
    let colors = code.to_colors();
    let dark = |x: usize, y: usize| {
        let inside = x.checked_sub(QUIET_ZONE).zip(y.checked_sub(QUIET_ZONE));
        inside.is_some_and(|(x, y)| x < modules && colors.get(y * modules + x) == Some(&Color::Dark))
    };
    let pixels = side * scale;
    let mut gray = Vec::with_capacity(pixels * pixels);
    for y in 0..pixels {
        for x in 0..pixels {
            gray.push(if dark(x / scale, y / scale) { 0 } else { 255 });
        }
    }
    let side = u32::try_from(pixels).context("the picture is too large")?;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&gray)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(scene: &str, page: Option<&str>) -> Request {
        Request {
            scene: scene.to_owned(),
            page: page.map(str::to_owned),
            check_path: None,
            env_version: None,
            width: None,
        }
    }

    #[test]
    fn scene_and_page_are_checked() {
        let config = AppConfig { pages: vec!["pages/home/index".to_owned()], ..AppConfig::default() };
        let code = |request: &Request| check(request, &config).map_or_else(|e| e.code, |()| 0);
        assert_eq!(code(&request("s=1&t=2", Some("pages/home/index"))), 0);
        assert_eq!(code(&request(&"x".repeat(32), None)), 0);
        assert_eq!(code(&request(&"x".repeat(33), None)), 40169);
        assert_eq!(code(&request("", None)), 40169);
        assert_eq!(code(&request("a%20b", None)), 40129);
        assert_eq!(code(&request("中文", None)), 40129);
        assert_eq!(code(&request("a", Some("/pages/home/index"))), 41030);
        assert_eq!(code(&request("a", Some("pages/home/index?x=1"))), 41030);
        assert_eq!(code(&request("a", Some("pages/none"))), 41030);
        let unchecked = Request { check_path: Some(false), ..request("a", Some("pages/none")) };
        assert_eq!(code(&unchecked), 0);
    }

    #[test]
    fn the_picture_is_a_png_near_the_width() {
        let file = draw("pages/index/index?scene=a%3D1", 430).unwrap_or_default();
        assert!(file.starts_with(b"\x89PNG\r\n\x1a\n"));
        let width = file.get(16..20).and_then(|b| b.try_into().ok()).map(u32::from_be_bytes);
        assert!(width.is_some_and(|width| (350..=430).contains(&width)), "{width:?}");
    }
}
