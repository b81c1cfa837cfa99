//! Operators' passwords: Argon2id, off the async threads, a few at a time.

use crate::problem::Problem;
use actix_web::web;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use tokio::sync::Semaphore;

/// Each hash takes 19 MiB for some 50 ms; more at once would only starve the rest.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// The PHC string of a password (Argon2id with the crate's defaults, which follow OWASP).
///
/// # Errors
/// When the password is longer than the algorithm takes.
pub fn hash(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| anyhow::anyhow!("hashing: {error}"))?.to_string())
}

/// Whether the password fits. An unknown name costs the same time as a wrong password.
pub(super) async fn fits(password: String, stored: Option<String>) -> Result<bool, Problem> {
    let _turn = AT_ONCE.acquire().await.map_err(anyhow::Error::from)?;
    let fits = web::block(move || {
        let Some(stored) = stored else {
            let _ = hash(&password);
            return false;
        };
        let Ok(parsed) = PasswordHash::new(&stored) else { return false };
        Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()
    });
    Ok(fits.await.map_err(anyhow::Error::from)?)
}
