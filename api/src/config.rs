//! Settings. `deploy/shuke.toml` is both their documentation and their compiled-in default.

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::path::Path;

const DEFAULTS: &str = include_str!("../../deploy/shuke.toml");

/// All settings of an installation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `embedded` or `production`.
    pub profile: Profile,
    /// Name shown before login.
    pub name: String,
    /// The HTTP server.
    pub http: Http,
    /// How much one caller may ask for.
    pub limits: Limits,
    /// Files that hang on customers.
    pub attachments: Attachments,
    /// The database.
    pub database: Database,
    /// The cache.
    pub cache: Cache,
    /// The master key.
    pub keys: Keys,
    /// Tokens and attempts.
    pub auth: Auth,
    /// Text messages.
    pub sms: Sms,
    /// The mini-program's account at WeChat.
    pub wechat: Wechat,
    /// Whether businesses sign themselves up.
    pub signup: Signup,
    /// Privacy.
    pub privacy: Privacy,
    /// The audit record.
    pub audit: Audit,
    /// The worker.
    pub jobs: Jobs,
    /// Logging.
    pub log: Log,
}

/// What is assumed about the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// One shop, one binary: missing keys are made at the first start.
    Embedded,
    /// A platform: missing keys are an error.
    Production,
}

/// `[http]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// `HOST:PORT`.
    pub listen: String,
    /// Worker threads, 0 for one per core.
    pub workers: usize,
    /// Bytes.
    pub body_limit: usize,
    /// Bytes of a table that is imported.
    pub upload_limit: usize,
    /// Addresses and networks of the proxies whose `X-Forwarded-For` counts.
    pub trusted_proxy: String,
    /// Seconds after which a request that has no answer yet is given up; each 64 KiB of a body begin them anew.
    pub request_seconds: u64,
    /// PEM file with the certificate and its chain; empty: plain HTTP.
    pub tls_certificate: String,
    /// PEM file with the certificate's key.
    pub tls_key: String,
    /// Origins of web pages that may call the API.
    pub cors_origins: String,
    /// Seconds.
    pub shutdown_seconds: u64,
}

impl Http {
    /// Threads that serve.
    #[must_use]
    pub fn threads(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(2, NonZero::get),
            some => some,
        }
    }
}

/// `[attachments]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachments {
    /// Bytes of a file.
    pub file_limit: usize,
    /// Bytes of all files of a business, 0 for no limit.
    pub tenant_limit: i64,
}

/// `[limits]`: requests a minute, 0 for no limit. A quarter of them may come at once.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Of an address without a login.
    pub anonymous_per_minute: u64,
    /// Reads of a session.
    pub reads_per_minute: u64,
    /// Changes by a session.
    pub writes_per_minute: u64,
    /// WeChat's pushes, of an address.
    pub pushes_per_minute: u64,
    /// Of one route, by its method and path in the document.
    pub routes: BTreeMap<String, u64>,
}

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite://…` or `mysql://…`; may hold a password.
    pub url: SecretString,
    /// For reading, and as many for transactions on MySQL; the threads that serve share them out, each gets two at least.
    pub connections: u32,
    /// Migrate at start.
    pub migrate: bool,
}

impl Database {
    /// Refuses to make a new database where one is meant: a command that was given in another folder would otherwise
    /// answer that nobody works here.
    ///
    /// # Errors
    /// When the file is not there.
    pub fn must_be_there(&self) -> anyhow::Result<()> {
        match self.url.expose_secret().strip_prefix("sqlite://") {
            Some(path) if !Path::new(path).exists() => anyhow::bail!(
                "there is no database at {path}: run this where the server runs, or with its --config; `shuke migrate` makes one"
            ),
            _ => Ok(()),
        }
    }
}

/// `[cache]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// `memory:` or `redis://…`.
    pub url: SecretString,
    /// First part of every key.
    pub prefix: String,
}

/// `[keys]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Path of the key file.
    pub file: String,
    /// Base64 of 32 bytes; empty to use the file.
    pub master: SecretString,
    /// The master key before, while it is being replaced in the environment.
    pub former: SecretString,
    /// Where the key service is; empty: the key stands in the file as it is.
    pub kms_url: String,
    /// What it is asked with.
    pub kms_token: SecretString,
    /// Path of the list of the erased.
    pub erased_file: String,
}

/// `[auth]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Seconds.
    pub access_seconds: i64,
    /// Days.
    pub session_days: i64,
    /// Tries per window.
    pub attempts: u64,
    /// Seconds.
    pub attempt_window_seconds: u64,
    /// Operators need a second factor.
    pub require_totp: bool,
    /// Seconds.
    pub step_up_seconds: i64,
    /// Full phone numbers a day.
    pub reveals_per_day: i64,
    /// Path of an `.mmdb` file; empty: none.
    pub ip_database: String,
}

/// `[sms]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sms {
    /// Empty, `log` or `aliyun`.
    pub provider: String,
    /// Where the provider's API is.
    pub base_url: String,
    /// Of the access key.
    pub access_key_id: String,
    /// Of the access key.
    pub access_key_secret: SecretString,
    /// The approved signature.
    pub sign_name: String,
    /// The approved template; its variable is `code`.
    pub template_code: String,
}

/// `[signup]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signup {
    /// Whether anybody may sign a business up in the mini-program.
    pub open: bool,
}

/// `[wechat]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wechat {
    /// Where the API is.
    pub base_url: String,
    /// The mini-program.
    pub appid: String,
    /// Its secret.
    pub secret: SecretString,
    /// Token of the message push.
    pub push_token: SecretString,
    /// EncodingAESKey of the message push (43 characters).
    pub push_aes_key: SecretString,
    /// `developer`, `trial` or `formal`.
    pub miniprogram_state: String,
    /// Nobody reaches the server but through the gateway of WeChat's cloud.
    pub cloud_run: bool,
    /// Template of a due task.
    pub task_due: TaskDueTemplate,
}

/// `[wechat.task_due]`: a template and what its fields are called.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskDueTemplate {
    /// Empty: no subscribe messages are sent.
    pub template_id: String,
    /// Field for what to do.
    pub title: String,
    /// Field for the customer's name.
    pub customer: String,
    /// Field for the time.
    pub time: String,
}

/// `[privacy]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Privacy {
    /// The version of the privacy agreement that people agree to.
    pub version: String,
    /// Working days in which a business must answer.
    pub answer_days: u32,
    /// Days and ranges of days that are public holidays.
    pub holidays: String,
    /// Saturdays and Sundays that are worked instead.
    pub working_weekends: String,
}

/// `[audit]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// Days, 0 for ever.
    pub retention_days: i64,
    /// Milliseconds.
    pub seal_ms: u64,
}

/// `[jobs]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jobs {
    /// Run jobs inside the server.
    pub in_process: bool,
    /// Milliseconds.
    pub poll_ms: u64,
}

/// `[log]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// tracing filter.
    pub filter: String,
    /// `json` or `text`.
    pub format: String,
}

impl Config {
    /// Reads the defaults, then `file`, then the environment (`SHUKE_SECTION__KEY`).
    ///
    /// # Errors
    /// When a file is missing or a setting is unknown or of the wrong type; the message names it.
    pub fn load(file: Option<&str>) -> anyhow::Result<Self> {
        // Only what can be a setting: other programs' variables may begin with SHUKE_ as well.
        let setting = |name: &str| name.contains("__") || name == "SHUKE_PROFILE" || name == "SHUKE_NAME";
        Self::layered(file, std::env::vars().filter(|(name, _)| setting(name)).collect())
    }

    fn layered(file: Option<&str>, environment: HashMap<String, String>) -> anyhow::Result<Self> {
        let mut builder =
            config::Config::builder().add_source(config::File::from_str(DEFAULTS, config::FileFormat::Toml));
        if let Some(file) = file {
            builder = builder.add_source(config::File::with_name(file));
        }
        // Values stay text until a setting asks for a number: a secret of digits keeps its zeros.
        let source = config::Environment::with_prefix("SHUKE").prefix_separator("_").separator("__");
        builder
            .add_source(source.source(Some(environment)))
            .build()
            .and_then(config::Config::try_deserialize)
            .context("settings")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_defaults_are_complete() {
        let config = Config::load(None).expect("defaults");
        assert_eq!(config.profile, Profile::Embedded);
        assert_eq!(config.http.listen, "127.0.0.1:8080");
    }

    #[test]
    fn a_secret_of_digits_stays_the_text_it_is() {
        let environment =
            [("SHUKE_WECHAT__SECRET", "00123"), ("SHUKE_HTTP__WORKERS", "3"), ("SHUKE_JOBS__IN_PROCESS", "false")];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::layered(None, environment.into()).expect("settings");
        assert_eq!(config.wechat.secret.expose_secret(), "00123");
        assert_eq!((config.http.workers, config.jobs.in_process), (3, false));
    }
}
