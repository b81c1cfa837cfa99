//! Operators' passwords: Argon2id, off the async threads, a few at a time.

use crate::crypto::equal;
use crate::problem::Problem;
use actix_web::web;
use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;

/// Each hash takes 19 MiB for some 50 ms; more at once would only starve the rest.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Room for so many blocks is asked for, and only those that are needed are written to: a piece of more than 32 MiB
/// goes back to the system at once. A smaller one glibc keeps from the second time on (its `mmap_threshold` follows
/// what is freed), and 19 MiB stayed with every server on which two people had logged in (measured).
const ROOM: usize = 33 * 1024 * 1024 / Block::SIZE;

/// The PHC string of a password (Argon2id with the crate's defaults, which follow OWASP).
///
/// # Errors
/// When the password is longer than the algorithm takes.
pub fn hash(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| anyhow::anyhow!("hashing: {error}"))?.to_string())
}

/// As [`hash`], where it keeps no request waiting.
pub(super) async fn hash_apart(password: String) -> Result<String, Problem> {
    let _turn = AT_ONCE.acquire().await.map_err(anyhow::Error::from)?;
    Ok(web::block(move || hash(&password)).await.map_err(anyhow::Error::from)??)
}

/// Whether the password fits. An unknown name costs the same time as a wrong password.
pub(super) async fn fits(password: String, stored: Option<String>) -> Result<bool, Problem> {
    let _turn = AT_ONCE.acquire().await.map_err(anyhow::Error::from)?;
    let fits = web::block(move || {
        let Some(stored) = stored else {
            let _ = hashed(&Argon2::default(), &password, b"salt of nobody", &mut [0; Params::DEFAULT_OUTPUT_LEN]);
            return false;
        };
        PasswordHash::new(&stored).is_ok_and(|stored| same(&password, &stored).unwrap_or(false))
    });
    Ok(fits.await.map_err(anyhow::Error::from)?)
}

/// Whether it is the password of what is stored; `None` when that is none that Argon2 made.
fn same(password: &str, stored: &PasswordHash) -> Option<bool> {
    let (salt, wanted) = (stored.salt.as_ref()?, stored.hash.as_ref()?);
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
    let version = stored.version.map(Version::try_from).transpose().ok()?.unwrap_or_default();
    let argon2 = Argon2::new(algorithm, version, Params::try_from(stored).ok()?);
    let mut found = vec![0; wanted.as_bytes().len()];
    hashed(&argon2, password, salt, &mut found).ok()?;
    Some(equal(&found, wanted.as_bytes()))
}

fn hashed(argon2: &Argon2<'_>, password: &str, salt: &[u8], out: &mut [u8]) -> argon2::Result<()> {
    let blocks = argon2.params().block_count();
    let mut memory = Vec::with_capacity(blocks.max(ROOM));
    memory.resize(blocks, Block::new());
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, &mut memory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn only_the_password_itself_fits() {
        let stored = hash("correct horse battery").expect("a hash");
        let fits = async |password: &str, stored: Option<&str>| {
            fits(password.to_owned(), stored.map(str::to_owned)).await.expect("an answer")
        };
        assert!(fits("correct horse battery", Some(&stored)).await);
        assert!(!fits("correct horse batterie", Some(&stored)).await);
        assert!(!fits("correct horse battery", None).await);
        assert!(!fits("correct horse battery", Some("$argon2id$v=19$m=19456,t=2,p=1")).await);
        assert!(!fits("", Some("no hash")).await);
    }
}
