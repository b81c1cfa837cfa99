//! Phone numbers of people in China, and numbers from abroad.
//!
//! A number is kept in E.164 (`+8613800138000`): the form in which two ways of writing the same
//! number are equal, and over which the blind index is computed.

use crate::prelude::*;

/// The rule `phone`: a Chinese mobile, a Chinese landline with area code, a 400/800 number, or an
/// international number that starts with `+`.
///
/// # Errors
/// `phone_invalid`. The number itself is never part of the error.
pub fn check(value: &str) -> Result<(), ValidationError> {
    match Phone::parse(value) {
        Some(_) => Ok(()),
        None => fail("phone_invalid"),
    }
}

/// A phone number that was proved to be one. Holds E.164 without separators.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// Reads a number as people write it: spaces, hyphens and brackets are allowed between digits.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let mut digits = String::with_capacity(16);
        let mut plus = false;
        for (at, c) in value.trim().chars().enumerate() {
            match c {
                '0'..='9' => digits.push(c),
                '+' if at == 0 => plus = true,
                ' ' | '-' | '(' | ')' => {}
                _ => return None,
            }
        }
        if plus {
            return match digits.strip_prefix("86") {
                Some(national) => Self::chinese(national),
                // ITU-T E.164: at most 15 digits; 7 is the shortest number with a country code in use.
                None if (7..=15).contains(&digits.len()) && !digits.starts_with('0') => {
                    Some(Self(format!("+{digits}")))
                }
                None => None,
            };
        }
        let national = match digits.strip_prefix("0086") {
            Some(rest) => rest,
            None if digits.len() == 13 => digits.strip_prefix("86").unwrap_or(&digits),
            None => &digits,
        };
        Self::chinese(national)
    }

    fn chinese(national: &str) -> Option<Self> {
        let second = national.chars().nth(1);
        let valid = match national.len() {
            // MIIT numbering plan: mobiles are 1[3-9] and nine more digits.
            11 if national.starts_with('1') => matches!(second, Some('3'..='9')),
            // Landlines carry their area code: 0 + 2 or 3 digits + 7 or 8 digits.
            10..=12 if national.starts_with('0') => matches!(second, Some('1'..='9')),
            10 => national.starts_with("400") || national.starts_with("800"),
            _ => false,
        };
        valid.then(|| Self(format!("+86{national}")))
    }

    /// E.164 text: the secret itself. Encrypt it, index it, never log it.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// What a person dials inside China: without `+86`, with `+` for numbers from abroad.
    #[must_use]
    pub fn dialled(&self) -> &str {
        self.0.strip_prefix("+86").unwrap_or(&self.0)
    }

    /// Last four digits, for the last-four search.
    #[must_use]
    pub fn last_four(&self) -> &str {
        let at = self.0.len().saturating_sub(4);
        self.0.get(at..).unwrap_or_default()
    }

    /// `138****8000`: three digits in front, four at the end, as people in China expect it.
    #[must_use]
    pub fn masked(&self) -> String {
        let number = self.dialled();
        let front = number.get(..3).unwrap_or_default();
        format!("{front}****{}", self.last_four())
    }
}

impl std::fmt::Debug for Phone {
    /// Masked, so that a number cannot reach a log by way of `{:?}`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_written_differently_is_equal() {
        let plain = Phone::parse("13800138000");
        assert!(plain.is_some());
        for other in ["138 0013 8000", "+86 138-0013-8000", "0086 13800138000", "8613800138000"] {
            assert_eq!(Phone::parse(other), plain, "{other}");
        }
    }

    #[test]
    fn numbers_that_nobody_can_dial_are_refused() {
        for bad in
            ["", "1380013800", "138001380000", "12345678901", "abc", "138001380o0", "+", "0", "110", "++8613800138000"]
        {
            assert_eq!(Phone::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn landlines_service_numbers_and_foreign_numbers_are_accepted() {
        for good in ["0571-88886666", "010 6552 9988", "400-820-8820", "+1 415 555 2671", "+852 2123 4567"] {
            assert!(Phone::parse(good).is_some(), "{good}");
        }
    }

    #[test]
    fn a_masked_number_shows_seven_digits() {
        let masked = Phone::parse("13800138000").map(|p| p.masked());
        assert_eq!(masked.as_deref(), Some("138****8000"));
        assert_eq!(format!("{:?}", Phone::parse("13800138000")), "Some(Phone(138****8000))");
    }
}
