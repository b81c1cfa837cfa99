//! Statements with their values written into them, for several that go to MySQL together: only text can be sent so. Text
//! and bytes stand there as hexadecimal digits, which no value can get out of, whatever the server takes for a quote.

use chrono::{DateTime, Utc};
use sea_orm::{Statement, Value};
use std::fmt::Write as _;

/// What one of them is at most, in bytes of its values: a larger one goes alone, prepared, as it is.
const MOST: usize = 64 * 1024;

/// Adds a statement and a semicolon to others. `false`, and nothing is added, when it is too large or has a value of
/// another sort: it can go alone.
pub(super) fn append(sql: &mut String, statement: &Statement) -> bool {
    let values = statement.values.as_ref().map_or(&[][..], |values| &values.0);
    if values.iter().map(size).sum::<Option<usize>>().is_none_or(|size| size > MOST) {
        return false;
    }
    let mut values = values.iter();
    let mut quoted = None;
    for part in statement.sql.split_inclusive(['?', '\'', '"', '`']) {
        let (text, last) = part.split_at(part.len() - usize::from(part.ends_with(['?', '\'', '"', '`'])));
        sql.push_str(text);
        match (last, quoted) {
            ("?", None) => match values.next() {
                Some(value) => write(sql, value),
                None => sql.push('?'),
            },
            (quote, None) => {
                quoted = Some(quote).filter(|quote| !quote.is_empty());
                sql.push_str(quote);
            }
            // A quote within quotes stands there twice, so it closes and opens.
            (quote, Some(open)) => {
                quoted = Some(open).filter(|open| *open != quote);
                sql.push_str(quote);
            }
        }
    }
    sql.push(';');
    true
}

/// About how many bytes a value has; `None` of a sort that is not written.
fn size(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => Some(text.as_ref().map_or(0, String::len)),
        Value::Bytes(bytes) => Some(bytes.as_ref().map_or(0, Vec::len)),
        Value::Bool(_)
        | Value::TinyInt(_)
        | Value::SmallInt(_)
        | Value::Int(_)
        | Value::BigInt(_)
        | Value::TinyUnsigned(_)
        | Value::SmallUnsigned(_)
        | Value::Unsigned(_)
        | Value::BigUnsigned(_)
        | Value::ChronoDate(_)
        | Value::ChronoDateTimeUtc(_)
        | Value::Uuid(_) => Some(16),
        _ => None,
    }
}

fn write(sql: &mut String, value: &Value) {
    let written = match value {
        Value::Bool(Some(value)) => sql.write_str(if *value { "TRUE" } else { "FALSE" }),
        Value::TinyInt(Some(value)) => write!(sql, "{value}"),
        Value::SmallInt(Some(value)) => write!(sql, "{value}"),
        Value::Int(Some(value)) => write!(sql, "{value}"),
        Value::BigInt(Some(value)) => write!(sql, "{value}"),
        Value::TinyUnsigned(Some(value)) => write!(sql, "{value}"),
        Value::SmallUnsigned(Some(value)) => write!(sql, "{value}"),
        Value::Unsigned(Some(value)) => write!(sql, "{value}"),
        Value::BigUnsigned(Some(value)) => write!(sql, "{value}"),
        // As text: MySQL's JSON takes no bytes.
        Value::String(Some(text)) => digits(sql, "_utf8mb4 x'", text.as_bytes()),
        Value::Bytes(Some(bytes)) => digits(sql, "x'", bytes),
        Value::Uuid(Some(id)) => digits(sql, "x'", id.as_bytes()),
        Value::ChronoDate(Some(day)) => write!(sql, "DATE'{day}'"),
        Value::ChronoDateTimeUtc(Some(at)) => moment(sql, at),
        _ => sql.write_str("NULL"),
    };
    debug_assert!(written.is_ok(), "a string takes whatever is written");
}

/// A DATETIME, as prepared statements get it (see `Link::said`), and not a text that looks like one.
fn moment(sql: &mut String, at: &DateTime<Utc>) -> std::fmt::Result {
    write!(sql, "TIMESTAMP'{}'", at.format("%Y-%m-%d %H:%M:%S%.6f"))
}

fn digits(sql: &mut String, before: &str, bytes: &[u8]) -> std::fmt::Result {
    let mut written = vec![0; bytes.len() * 2];
    hex::encode_to_slice(bytes, &mut written).map_err(|_| std::fmt::Error)?;
    sql.extend([before, str::from_utf8(&written).map_err(|_| std::fmt::Error)?, "'"]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::DbBackend;

    fn written(sql: &str, values: impl IntoIterator<Item = Value>) -> Option<String> {
        let mut text = String::new();
        let statement = Statement::from_sql_and_values(DbBackend::MySql, sql, values);
        append(&mut text, &statement).then_some(text)
    }

    #[test]
    fn values_stand_where_they_belong() {
        let at = DateTime::from_timestamp(1_700_000_000, 1_000).expect("a moment");
        let sql = "INSERT INTO `t?` (`a`, `b`) VALUES (?, ?, ?, ?, ?, ?, ?)";
        let values: [Value; 7] = [
            "'; DROP TABLE t; --熟".into(),
            vec![0_u8, 255].into(),
            (-7_i64).into(),
            true.into(),
            at.into(),
            Value::Bytes(None),
            uuid::Uuid::from_u128(1).into(),
        ];
        let text = written(sql, values).expect("written");
        assert_eq!(
            text,
            "INSERT INTO `t?` (`a`, `b`) VALUES (_utf8mb4 x'273b2044524f50205441424c4520743b202d2de7869f', x'00ff', -7, \
             TRUE, TIMESTAMP'2023-11-14 22:13:20.000001', NULL, x'00000000000000000000000000000001');"
        );
        assert_eq!(written("SELECT '?''?', \"?\" = ?", [1.into()]).expect("written"), "SELECT '?''?', \"?\" = 1;");
    }

    #[test]
    fn what_is_large_or_of_another_sort_goes_alone() {
        assert!(written("SELECT ?", [vec![0_u8; MOST + 1].into()]).is_none());
        assert!(written("SELECT ?", [1.5_f64.into()]).is_none());
    }
}
