//! Money is integer fen; there is no other kind of number for it in the product.

/// Largest amount a single line or order may reach, in fen: 100 million yuan. It keeps every sum of
/// a thousand lines far inside `i64` and inside the 2^53 that JavaScript can hold exactly.
pub const MAX_FEN: i64 = 10_000_000_000;

/// `quantity × unit price`, in fen, or `None` when it leaves the allowed range.
#[must_use]
pub fn times(unit_price_fen: i64, quantity: i64) -> Option<i64> {
    unit_price_fen.checked_mul(quantity).filter(|fen| (0..=MAX_FEN).contains(fen))
}

/// `¥1,234.50` as it is shown to people.
#[must_use]
pub fn display(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let yuan = (fen / 100).unsigned_abs().to_string();
    let cents = (fen % 100).unsigned_abs();
    let mut grouped = String::new();
    for (at, digit) in yuan.chars().enumerate() {
        if at > 0 && (yuan.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}¥{grouped}.{cents:02}")
}

/// `-1234.50` as a table counts with it.
#[must_use]
pub fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", (fen / 100).unsigned_abs(), (fen % 100).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fen_are_shown_as_yuan_with_groups() {
        for (fen, text) in
            [(0, "¥0.00"), (5, "¥0.05"), (123_450, "¥1,234.50"), (100_000_000, "¥1,000,000.00"), (-250, "-¥2.50")]
        {
            assert_eq!(display(fen), text);
            assert_eq!(yuan(fen), text.replace([',', '¥'], ""));
        }
        assert_eq!(yuan(-50), "-0.50");
    }

    #[test]
    fn an_amount_beyond_the_limit_is_refused() {
        assert_eq!(times(MAX_FEN, 1), Some(MAX_FEN));
        assert_eq!(times(MAX_FEN, 2), None);
        assert_eq!(times(i64::MAX, 2), None);
    }
}
