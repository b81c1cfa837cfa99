//! Alibaba Cloud Dysms, `SendSms` of 2017-05-25, signed by ACS3-HMAC-SHA256 ("V3 request structure and
//! signature method"). Chosen over others because its documentation publishes a whole signed request,
//! against which the signature here is tested.

use crate::config;
use crate::crypto::{random, sha256};
use anyhow::{Context as _, bail, ensure};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::phone::Phone;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Url, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;
use std::fmt::Write as _;
use std::time::Duration;

const ACTION: &str = "SendSms";
const VERSION: &str = "2017-05-25";
/// Answers are a few hundred bytes.
const LARGEST_ANSWER: usize = 64 * 1024;

pub(crate) struct Aliyun {
    http: reqwest::Client,
    at: Url,
    host: String,
    key_id: String,
    key: SecretString,
    sign_name: String,
    template_code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    code: String,
}

impl Aliyun {
    pub(super) fn new(settings: &config::Sms) -> anyhow::Result<Self> {
        let at = Url::parse(&settings.base_url).context("[sms] base_url")?;
        ensure!(matches!(at.scheme(), "https" | "http"), "[sms] base_url must begin with https://");
        for (name, value) in [
            ("access_key_id", settings.access_key_id.as_str()),
            ("access_key_secret", settings.access_key_secret.expose_secret()),
            ("sign_name", &settings.sign_name),
            ("template_code", &settings.template_code),
        ] {
            ensure!(!value.is_empty(), "[sms] {name} is missing");
        }
        let host = at.host_str().context("[sms] base_url names no host")?;
        let host = at.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        // reqwest would panic.
        ensure!(rustls::crypto::CryptoProvider::get_default().is_some(), "no TLS provider is installed");
        let http = reqwest::Client::builder()
            .user_agent(concat!("shuke/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(10))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .context("the HTTP client for messages")?;
        Ok(Self {
            http,
            host,
            at,
            key_id: settings.access_key_id.clone(),
            key: settings.access_key_secret.clone(),
            sign_name: settings.sign_name.clone(),
            template_code: settings.template_code.clone(),
        })
    }

    /// Asks for one message.
    pub(super) async fn send(&self, phone: &Phone, code: &str, now: DateTime<Utc>) -> anyhow::Result<()> {
        let number = phone.e164();
        let number = number.strip_prefix("+86").unwrap_or_else(|| number.trim_start_matches('+'));
        let template = json!({ "code": code }).to_string();
        let query = canonical(&[
            ("PhoneNumbers", number),
            ("SignName", &self.sign_name),
            ("TemplateCode", &self.template_code),
            ("TemplateParam", &template),
        ]);
        let date = now.to_rfc3339_opts(SecondsFormat::Secs, true);
        let nonce = hex::encode(random::<16>());
        let request =
            Request { action: ACTION, version: VERSION, host: &self.host, query: &query, date: &date, nonce: &nonce };
        let mut url = self.at.clone();
        url.set_path("/");
        url.set_query(Some(&query));
        let mut post = self.http.post(url);
        for (name, value) in request.headers() {
            post = post.header(name, value);
        }
        let signed = request.authorization(&self.key_id, self.key.expose_secret());
        // The URL holds the phone number, so errors are told without it.
        let answer = post.header("Authorization", signed).send().await.map_err(reqwest::Error::without_url)?;
        let (status, body) = (answer.status(), read(answer).await?);
        let Ok(Answer { code }) = serde_json::from_slice::<Answer>(&body) else { bail!("status {}", status.as_u16()) };
        // `isv.BUSINESS_LIMIT_CONTROL` and the like; the message beside it may quote the number.
        let code: String =
            code.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_')).take(60).collect();
        ensure!(code == "OK", "refused: {code}");
        Ok(())
    }
}

async fn read(mut answer: reqwest::Response) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        ensure!(body.len() + chunk.len() <= LARGEST_ANSWER, "the answer is too large");
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What is signed of a request without a body.
struct Request<'r> {
    action: &'r str,
    version: &'r str,
    host: &'r str,
    /// As [`canonical`] writes it.
    query: &'r str,
    date: &'r str,
    nonce: &'r str,
}

impl Request<'_> {
    /// The headers that are signed, by name.
    fn headers(&self) -> [(&'static str, String); 6] {
        [
            ("host", self.host.to_owned()),
            ("x-acs-action", self.action.to_owned()),
            ("x-acs-content-sha256", hex::encode(sha256(b""))),
            ("x-acs-date", self.date.to_owned()),
            ("x-acs-signature-nonce", self.nonce.to_owned()),
            ("x-acs-version", self.version.to_owned()),
        ]
    }

    fn authorization(&self, key_id: &str, key: &str) -> String {
        let headers = self.headers();
        let names = headers.each_ref().map(|(name, _)| *name).join(";");
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let whole = format!("POST\n/\n{}\n{lines}\n{names}\n{}", self.query, hex::encode(sha256(b"")));
        let text = format!("ACS3-HMAC-SHA256\n{}", hex::encode(sha256(whole.as_bytes())));
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any length");
        mac.update(text.as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        format!("ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signature}")
    }
}

/// Parameters sorted by name and encoded as RFC 3986 says, which is also how they are sent.
fn canonical(parameters: &[(&str, &str)]) -> String {
    let mut sorted = parameters.to_vec();
    sorted.sort_unstable();
    let pair = |(name, value): &(&str, &str)| format!("{}={}", encoded(name), encoded(value));
    sorted.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the documentation: RunInstances of 2023-10-26.
    #[test]
    fn the_signature_is_the_published_one() {
        let query = canonical(&[
            ("RegionId", "cn-shanghai"),
            ("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"),
        ]);
        let request = Request {
            action: "RunInstances",
            version: "2014-05-26",
            host: "ecs.cn-shanghai.aliyuncs.com",
            query: &query,
            date: "2023-10-26T10:22:32Z",
            nonce: "3156853299f313e23d1673dc12e1703d",
        };
        assert_eq!(
            request.authorization("YourAccessKeyId", "YourAccessKeySecret"),
            "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;\
             x-acs-date;x-acs-signature-nonce;x-acs-version,\
             Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
        );
    }

    #[test]
    fn parameters_are_sorted_and_encoded() {
        assert_eq!(
            canonical(&[("b", "茶 *~/"), ("a", "{\"code\":\"1\"}")]),
            "a=%7B%22code%22%3A%221%22%7D&b=%E8%8C%B6%20%2A~%2F"
        );
    }
}
