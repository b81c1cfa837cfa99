//! Keyset pages: a cursor says after which row to go on, so that the thousandth page costs what the
//! first one does.

use crate::problem::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike as _, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Largest page.
pub const MAX_LIMIT: u64 = 100;

/// `?limit=&cursor=` of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Rows on a page, 1 to 100; 20 when absent.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The last row of a page: lists are ordered by `(created_at, id)`, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// When the row was made.
    pub at: DateTime<Utc>,
    /// Which row it is, among those made in the same microsecond.
    pub id: Uuid,
}

impl Position {
    /// The opaque text of a cursor.
    #[must_use]
    pub fn encode(self) -> String {
        let mut bytes = [0; 24];
        let (at, id) = bytes.split_at_mut(8);
        at.copy_from_slice(&self.at.timestamp_micros().to_be_bytes());
        id.copy_from_slice(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a cursor.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let bytes: [u8; 24] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (at, id) = bytes.split_at_checked(8)?;
        let at = DateTime::from_timestamp_micros(i64::from_be_bytes(at.try_into().ok()?))?;
        // Years that MySQL can hold; ours are all among them.
        (1000..=9999).contains(&at.year()).then_some(Self { at, id: Uuid::from_slice(id).ok()? })
    }
}

impl PageQuery {
    /// The checked limit and position.
    ///
    /// # Errors
    /// `limit` out of range or a cursor that this server did not make.
    pub fn check(&self) -> Result<(u64, Option<Position>), Problem> {
        let limit = self.limit.unwrap_or(20);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Problem::field("limit", "limit_invalid"));
        }
        let after = match self.cursor.as_deref() {
            None => None,
            Some(text) => Some(Position::decode(text).ok_or_else(|| Problem::field("cursor", "cursor_invalid"))?),
        };
        Ok((limit, after))
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts; `null` on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Cuts a page out of `limit + 1` rows.
    pub(crate) fn cut<R>(mut rows: Vec<R>, limit: u64, position: impl Fn(&R) -> Position) -> (Vec<R>, Option<String>) {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| position(row).encode());
        (rows, next)
    }
}

/// A short list that comes whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct All<T> {
    /// The rows.
    pub items: Vec<T>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_rubbish_does_not() {
        let position = Position {
            at: DateTime::from_timestamp_micros(1_700_000_000_123_456).expect("time"),
            id: Uuid::from_u128(7),
        };
        assert_eq!(Position::decode(&position.encode()), Some(position));
        for bad in ["", "x", "AAAA", "%%%", &"A".repeat(1000)] {
            assert_eq!(Position::decode(bad), None);
        }
    }

    #[test]
    fn a_cursor_endures_whatever_is_done_to_it() {
        let at = DateTime::from_timestamp_micros(1_700_000_000_123_456).expect("time");
        let samples = [Position { at, id: Uuid::from_u128(7) }.encode().into_bytes(), b"AAAA".to_vec()];
        crate::mutants::endure(&samples, |bytes| {
            let Ok(text) = std::str::from_utf8(bytes) else { return };
            let query = PageQuery { limit: None, cursor: Some(text.to_owned()) };
            if let Ok((_, Some(position))) = query.check() {
                // Whatever is taken for a place is one that a database can be asked about.
                assert_eq!(Position::decode(&position.encode()), Some(position));
            }
        });
    }
}
