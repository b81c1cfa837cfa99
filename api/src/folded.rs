//! Text as it is compared, where two ways of writing one word have to be one.

use unicode_normalization::UnicodeNormalization as _;

/// The text in NFKC and lower case, without spaces.
pub(crate) fn fold(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}
