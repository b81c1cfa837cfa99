//! Text messages with codes: the adapter of one provider, and for development one that only says so.

mod aliyun;

use crate::config;
use crate::problem::Problem;
use aliyun::Aliyun;
use anyhow::{bail, ensure};
use chrono::{DateTime, Utc};
use domain::phone::Phone;

/// Who sends.
pub(crate) enum Sms {
    /// Nobody: codes by message are not offered.
    Nobody,
    /// Development: the log says that a code was sent.
    Log,
    /// Alibaba Cloud Dysms.
    Aliyun(Box<Aliyun>),
}

impl Sms {
    /// Reads the settings; calls nobody.
    ///
    /// # Errors
    /// When a setting cannot be meant; the message names it, never its value.
    pub(crate) fn new(settings: &config::Sms, profile: config::Profile) -> anyhow::Result<Self> {
        match settings.provider.as_str() {
            "" => Ok(Self::Nobody),
            "log" => {
                ensure!(profile == config::Profile::Embedded, "[sms] provider = \"log\" is for development");
                Ok(Self::Log)
            }
            "aliyun" => Ok(Self::Aliyun(Box::new(Aliyun::new(settings)?))),
            _ => bail!("[sms] provider must be empty, log or aliyun"),
        }
    }

    /// Whether codes can be sent.
    pub(crate) fn is_available(&self) -> bool {
        !matches!(self, Self::Nobody)
    }

    /// Sends a code, once: a message that may have arrived is not sent again.
    ///
    /// # Errors
    /// 502 `sms_failed` when the provider refused or did not answer.
    pub(crate) async fn send_code(&self, phone: &Phone, code: &str, now: DateTime<Utc>) -> Result<(), Problem> {
        let sent = match self {
            Self::Nobody => Err(anyhow::anyhow!("no provider is configured")),
            Self::Log => {
                tracing::info!("a code was sent (development: nobody got it)");
                tracing::debug!(code, "the code");
                Ok(())
            }
            Self::Aliyun(aliyun) => aliyun.send(phone, code, now).await,
        };
        let outcome = if sent.is_ok() { "ok" } else { "failed" };
        metrics::counter!("shuke_sms_total", "outcome" => outcome).increment(1);
        sent.map_err(|cause| Problem::Upstream("sms_failed", cause))
    }
}
