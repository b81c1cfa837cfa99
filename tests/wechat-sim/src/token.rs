//! The two families of access tokens: `/cgi-bin/token` and `/cgi-bin/stable_token`.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::Call;
use crate::clock::beijing_day;
use crate::random::Random;
use crate::wire::{Answer, WxError, bare};

const LIFETIME_S: i64 = 7_200;
/// How long a superseded token goes on working.
const OVERLAP_S: i64 = 300;
const FORCE_PAUSE_S: i64 = 30;
const FORCES_A_DAY: usize = 20;
const CLIENT_CREDENTIAL: &str = "client_credential";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    value: String,
    expires_at: i64,
    /// Earlier than `expires_at` once a newer token replaced this one.
    refused_from: i64,
}

/// All tokens of one app.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    classic: Vec<Token>,
    stable: Vec<Token>,
    forced_at: Vec<i64>,
}

/// How many tokens came into being, so that tests can assert single-flight.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Issued {
    pub(crate) classic: usize,
    pub(crate) stable: usize,
    pub(crate) forced: usize,
}

impl Tokens {
    pub(crate) fn issued(&self) -> Issued {
        Issued { classic: self.classic.len(), stable: self.stable.len(), forced: self.forced_at.len() }
    }

    /// `/cgi-bin/token`: always a new one; the previous one keeps working for five minutes.
    fn rotate(&mut self, now: i64, random: &Random) -> Token {
        if let Some(previous) = self.classic.last_mut() {
            previous.refused_from = previous.refused_from.min(now.saturating_add(OVERLAP_S));
        }
        issue(&mut self.classic, now, random)
    }

    /// `/cgi-bin/stable_token`, normal mode: the same token until its last five minutes, when a new
    /// one is given out while the old one lives to its natural end.
    fn stable(&mut self, now: i64, random: &Random) -> Token {
        match self.stable.last() {
            Some(token) if now < token.refused_from.min(token.expires_at - OVERLAP_S) => token.clone(),
            _ => issue(&mut self.stable, now, random),
        }
    }

    /// `force_refresh`: kills the previous token at once. A second call within 30 seconds does not
    /// refresh; the 21st of a day is refused.
    fn force(&mut self, now: i64, random: &Random) -> Result<Token, WxError> {
        if let Some(last) = self.forced_at.last()
            && now < last.saturating_add(FORCE_PAUSE_S)
        {
            return Ok(self.stable(now, random));
        }
        let today = beijing_day(now);
        let used = self.forced_at.iter().filter(|at| beijing_day(**at) == today);
        if used.count() >= FORCES_A_DAY {
            return Err(WxError::of(45009));
        }
        self.forced_at.push(now);
        for previous in &mut self.stable {
            previous.refused_from = previous.refused_from.min(now);
        }
        Ok(issue(&mut self.stable, now, random))
    }

    /// Every token the app has goes stale at once, as when an operator resets it in the console.
    pub(crate) fn revoke_all(&mut self, now: i64) {
        for token in self.classic.iter_mut().chain(&mut self.stable) {
            token.refused_from = token.refused_from.min(now);
        }
    }

    pub(crate) fn check(&self, value: &str, now: i64) -> Result<(), WxError> {
        let known = self.classic.iter().chain(&self.stable);
        match known.into_iter().find(|token| token.value == value) {
            None => Err(WxError::of(40001)),
            Some(token) if now >= token.expires_at => Err(WxError::of(42001)),
            Some(token) if now >= token.refused_from => Err(WxError::of(40001)),
            Some(_) => Ok(()),
        }
    }
}

fn issue(family: &mut Vec<Token>, now: i64, random: &Random) -> Token {
    let expires_at = now.saturating_add(LIFETIME_S);
    let token = Token {
        value: format!("{}_{}", random.digits(2), random.alphanumeric(133)),
        expires_at,
        refused_from: expires_at,
    };
    family.push(token.clone());
    token
}

/// Whether the text could be a token at all; otherwise the answer is 40014, not 40001.
pub(crate) fn well_formed(value: &str) -> bool {
    value.split_once('_').is_some_and(|(series, rest)| {
        !series.is_empty()
            && series.bytes().all(|b| b.is_ascii_digit())
            && rest.len() >= 64
            && rest.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    })
}

/// GET /cgi-bin/token
pub(crate) fn classic(call: &Call) -> Answer {
    let app = call.app_by_secret(
        call.query("grant_type") == Some(CLIENT_CREDENTIAL),
        call.query("appid"),
        call.query("secret"),
    )?;
    let (token, now) = {
        let mut ledger = app.ledger();
        let now = ledger.clock.now();
        (ledger.tokens.rotate(now, &call.world.random), now)
    };
    call.world.remember_token(&token.value, &app.appid);
    answer(&token, now)
}

/// The body of POST /cgi-bin/stable_token.
#[derive(Deserialize)]
struct StableRequest {
    grant_type: Option<String>,
    appid: Option<String>,
    secret: Option<String>,
    #[serde(default)]
    force_refresh: bool,
}

/// POST /cgi-bin/stable_token
pub(crate) fn stable(call: &Call) -> Answer {
    let request: StableRequest = call.parse()?;
    let app = call.app_by_secret(
        request.grant_type.as_deref() == Some(CLIENT_CREDENTIAL),
        request.appid.as_deref(),
        request.secret.as_deref(),
    )?;
    let (token, now) = {
        let mut ledger = app.ledger();
        let now = ledger.clock.now();
        let token = if request.force_refresh {
            ledger.tokens.force(now, &call.world.random)?
        } else {
            ledger.tokens.stable(now, &call.world.random)
        };
        (token, now)
    };
    call.world.remember_token(&token.value, &app.appid);
    answer(&token, now)
}

fn answer(token: &Token, now: i64) -> Result<HttpResponse, WxError> {
    let body: Value = json!({
        "access_token": token.value,
        "expires_in": token.expires_at.saturating_sub(now),
    });
    bare(&body)
}

#[cfg(test)]
mod tests {

    use super::*;

    fn code(result: Result<(), WxError>) -> i64 {
        result.map_or_else(|error| error.code, |()| 0)
    }

    #[test]
    fn a_classic_token_is_replaced_each_time_and_overlaps_five_minutes() {
        let random = Random::from_system().unwrap();
        let mut tokens = Tokens::default();
        let first = tokens.rotate(0, &random);
        let second = tokens.rotate(100, &random);
        assert_ne!(first.value, second.value);
        assert_eq!(code(tokens.check(&first.value, 399)), 0);
        assert_eq!(code(tokens.check(&first.value, 400)), 40001);
        assert_eq!(code(tokens.check(&second.value, 7_299)), 0);
        assert_eq!(code(tokens.check(&second.value, 7_300)), 42001);
    }

    #[test]
    fn a_stable_token_stays_until_its_last_five_minutes() {
        let random = Random::from_system().unwrap();
        let mut tokens = Tokens::default();
        let first = tokens.stable(0, &random);
        assert_eq!(tokens.stable(6_899, &random), first);
        let second = tokens.stable(6_900, &random);
        assert_ne!(first.value, second.value);
        assert_eq!(code(tokens.check(&first.value, 7_199)), 0);
        assert_eq!(code(tokens.check(&first.value, 7_200)), 42001);
        assert_eq!(tokens.issued().stable, 2);
    }

    #[test]
    fn the_families_do_not_touch_each_other() {
        let random = Random::from_system().unwrap();
        let mut tokens = Tokens::default();
        let stable = tokens.stable(0, &random);
        tokens.rotate(10, &random);
        tokens.rotate(20, &random);
        assert_eq!(code(tokens.check(&stable.value, 1_000)), 0);
    }

    #[test]
    fn forcing_kills_at_once_but_not_twice_in_thirty_seconds_nor_21_times_a_day() {
        let random = Random::from_system().unwrap();
        let mut tokens = Tokens::default();
        let first = tokens.stable(0, &random);
        let forced = tokens.force(10, &random).unwrap();
        assert_eq!(code(tokens.check(&first.value, 10)), 40001);
        assert_eq!(tokens.force(39, &random).unwrap(), forced);
        for turn in 1..20 {
            let next = tokens.force(10 + turn * 30, &random).unwrap();
            assert_ne!(next.value, forced.value);
        }
        assert_eq!(tokens.force(10 + 20 * 30, &random).unwrap_err().code, 45009);
        assert!(tokens.force(86_400, &random).is_ok());
    }

    #[test]
    fn a_malformed_token_is_not_merely_unknown() {
        assert!(!well_formed("abc"));
        assert!(!well_formed(&format!("75_{}", "é".repeat(80))));
        assert!(well_formed(&format!("75_{}", "A".repeat(80))));
    }
}
