//! Where a customer stands in the answer to a search, and how the next page says after whom it starts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// How well a customer fits, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Phone,
    LastFour,
    Begins,
    Sounds,
    Holds,
    Own,
}

pub(super) const RANKS: [Rank; 6] = [Rank::Phone, Rank::LastFour, Rank::Begins, Rank::Sounds, Rank::Holds, Rank::Own];

/// Where a rank stands among them, from 0.
pub(super) fn place(rank: Rank) -> u8 {
    RANKS.iter().position(|known| *known == rank).and_then(|at| u8::try_from(at).ok()).unwrap_or(0)
}

/// After which customer the next page starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) rank: Rank,
    pub(super) id: Uuid,
    pub(super) name_key: String,
}

impl Place {
    pub(super) fn encode(&self) -> String {
        let mut bytes = vec![place(self.rank)];
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(self.name_key.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub(super) fn decode(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() < 400)?;
        let (rank, rest) = bytes.split_first()?;
        let (id, name_key) = rest.split_at_checked(16)?;
        let rank = *RANKS.get(usize::from(*rank))?;
        Some(Self { rank, id: Uuid::from_slice(id).ok()?, name_key: String::from_utf8(name_key.to_vec()).ok()? })
    }
}

/// Names that begin alike in the order of names, everything else newest first.
pub(super) fn order(a: &Place, b: &Place) -> std::cmp::Ordering {
    let within = || match a.rank {
        Rank::Begins => a.name_key.cmp(&b.name_key).then(a.id.cmp(&b.id)),
        _ => b.id.cmp(&a.id),
    };
    a.rank.cmp(&b.rank).then_with(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_and_endures_whatever_is_done_to_it() {
        let place = Place { rank: Rank::Begins, id: Uuid::from_u128(7), name_key: "张三".to_owned() };
        assert_eq!(Place::decode(&place.encode()), Some(place.clone()));
        crate::mutants::endure(&[place.encode().into_bytes()], |bytes| {
            if let Some(place) = std::str::from_utf8(bytes).ok().and_then(Place::decode) {
                assert_eq!(Place::decode(&place.encode()), Some(place));
            }
        });
    }
}
