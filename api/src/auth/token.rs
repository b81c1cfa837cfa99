//! Access tokens: short JWTs (HS256) that name one actor. They are checked against the database's
//! view of the session and the member of staff, at most three seconds old.

use super::prefix;
use super::snapshot::StaffSnapshot;
use crate::crypto::TenantKeys;
use crate::installation::Installation;
use crate::problem::Problem;
use crate::scope::Actor;
use crate::scope::system::System;
use crate::scope::system::devices::Standing;
use chrono::{DateTime, Duration, Utc};
use domain::accounts::Side;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

const EXPIRED: Problem = Problem::Unauthenticated("token_expired");
const UNKNOWN: Problem = Problem::Unauthenticated("unauthenticated");

/// What a token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Claims {
    /// The account.
    sub: Uuid,
    /// The session.
    sid: Uuid,
    side: Side,
    #[serde(skip_serializing_if = "Option::is_none")]
    tid: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stf: Option<Uuid>,
    /// `auth_epoch` of the member of staff when the token was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    epo: Option<i64>,
    /// Until when a second look counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    sup: Option<i64>,
    exp: i64,
}

/// Whom a token is issued for.
pub(super) struct Bearer {
    pub(super) account_id: Uuid,
    pub(super) session_id: Uuid,
    /// Business, member of staff and epoch, on the staff side.
    pub(super) staff: Option<(i64, Uuid, i64)>,
    /// In the token, so that every replica knows at once; a session that ends takes it along.
    pub(super) stepped_up_until: Option<DateTime<Utc>>,
}

/// Issues an access token.
pub(super) fn issue(at: &Installation, bearer: &Bearer) -> Result<String, Problem> {
    let claims = Claims {
        sub: bearer.account_id,
        sid: bearer.session_id,
        side: if bearer.staff.is_some() { Side::Staff } else { Side::Customer },
        tid: bearer.staff.map(|(tenant, _, _)| tenant),
        stf: bearer.staff.map(|(_, staff, _)| staff),
        epo: bearer.staff.map(|(_, _, epoch)| epoch),
        sup: bearer.stepped_up_until.filter(|until| *until > at.clock.now()).map(|until| until.timestamp()),
        exp: (at.clock.now() + Duration::seconds(at.config.auth.access_seconds)).timestamp(),
    };
    let key = EncodingKey::from_secret(at.keys.tokens.bytes());
    Ok(jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).map_err(anyhow::Error::from)?)
}

/// What is asked of a token. The clock is handed in, so the library must not look at its own.
static VALIDATION: LazyLock<Validation> = LazyLock::new(|| {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    validation
});

/// What a token says, if it was signed with our key.
fn claims(token: &str, key: &[u8]) -> Option<Claims> {
    jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_secret(key), &VALIDATION).ok().map(|token| token.claims)
}

/// Who a token speaks for, as of the last three seconds, and the keys of their business.
///
/// # Errors
/// 401 when the token is forged, expired, of an ended session or of a past epoch; 403 when it is an
/// operator's and comes from a network they may not use.
pub(crate) async fn authenticate(
    at: &Arc<Installation>,
    token: &str,
    address: &str,
    admits_operator: bool,
) -> Result<(Actor, Option<Arc<TenantKeys>>), Problem> {
    let known = at.snapshots.token(token, || claims(token, at.keys.tokens.bytes()));
    let claims = known.ok_or(UNKNOWN)?;
    if claims.exp <= at.clock.now().timestamp() {
        return Err(EXPIRED);
    }
    let system = System::new(at);
    let session = at.snapshots.session(&system, claims.sid, &prefix(address)).await?;
    match session.standing {
        Standing::Runs => {}
        Standing::Wiped => return Err(Problem::Unauthenticated("wiped")),
        Standing::Over => return Err(EXPIRED),
    }
    if session.operator && !admits_operator {
        return Err(Problem::Forbidden("address_not_allowed"));
    }
    let (staffer, keys) = match (claims.side, claims.tid, claims.stf) {
        (Side::Customer, _, _) => (None, None),
        (Side::Staff, Some(tenant_id), Some(staff_id)) => {
            let found = at.snapshots.staff(&system, tenant_id, staff_id).await?;
            let StaffSnapshot { staffer, account_id, epoch } = found.ok_or(EXPIRED)?;
            if claims.epo != Some(epoch) || account_id != Some(claims.sub) {
                return Err(EXPIRED);
            }
            (Some(staffer), Some(system.tenant_keys(tenant_id).await?))
        }
        (Side::Staff, _, _) => return Err(UNKNOWN),
    };
    let actor = Actor {
        account_id: claims.sub,
        session_id: claims.sid,
        side: claims.side,
        staffer,
        stepped_up_until: claims.sup.and_then(|until| DateTime::from_timestamp(until, 0)),
        must_enrol: session.must_enrol,
    };
    Ok((actor, keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_endures_whatever_is_done_to_it() {
        let key = [7; 32];
        let said = Claims {
            sub: Uuid::from_u128(1),
            sid: Uuid::from_u128(2),
            side: Side::Staff,
            tid: Some(1),
            stf: Some(Uuid::from_u128(3)),
            epo: Some(1),
            exp: 4_102_444_800,
            sup: None,
        };
        let encode = |header: &Header, key: &[u8]| {
            jsonwebtoken::encode(header, &said, &EncodingKey::from_secret(key)).expect("a token").into_bytes()
        };
        let ours = encode(&Header::new(Algorithm::HS256), &key);
        let samples = [
            ours.clone(),
            encode(&Header::new(Algorithm::HS256), &[8; 32]),
            encode(&Header::new(Algorithm::HS512), &key),
            b"eyJhbGciOiJub25lIn0.e30.".to_vec(),
        ];
        crate::mutants::endure(&samples, |bytes| {
            let taken = std::str::from_utf8(bytes).ok().and_then(|text| claims(text, &key));
            // Nobody but us makes a token: what is taken says what ours said.
            assert!(taken.is_none_or(|taken| taken.sub == said.sub && taken.exp == said.exp), "a forged token");
        });
    }
}
