//! Codes that people read and type.

/// Letters and digits that cannot be mistaken for each other. 32 of them: five bits each.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// `N` random letters: 5·N bits.
#[must_use]
pub fn letters<const N: usize>() -> String {
    let letter = |byte: u8| LETTERS.get(usize::from(byte % 32)).copied().map_or('A', char::from);
    super::random::<N>().into_iter().map(letter).collect()
}
