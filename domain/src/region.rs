//! Regions of China by their GB/T 2260 code. The names are a data file of the server and the
//! phone; the rule only knows the shape of a code.

use crate::prelude::*;

/// The rule `region`: six digits whose province part is in use (GB/T 2260: 11–15, 21–23, 31–37,
/// 41–46, 50–54, 61–65, 71, 81, 82).
///
/// # Errors
/// `region_invalid`.
pub fn check(value: &str) -> Result<(), ValidationError> {
    let digits = value.len() == 6 && value.chars().all(|c| c.is_ascii_digit());
    let province = value.get(..2).and_then(|p| p.parse::<u8>().ok());
    let known = matches!(province, Some(11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81 | 82));
    if digits && known { Ok(()) } else { fail("region_invalid") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_of_provinces_in_use_pass() {
        assert!(check("330106").is_ok());
        for bad in ["", "33010", "3301066", "990000", "33010a", "000000"] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
