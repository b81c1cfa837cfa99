//! Why a merge cannot be undone: somebody else has by now what one of the two would have again.

use crate::customers::{Customer, bury, contact_rule, custom, find};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use domain::permission::FieldRule;
use serde_json::Value;

/// What of one who was merged somebody else has by now, with them.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn in_the_way(tx: &Tx<'_>, other: &Customer) -> Result<Option<Problem>, Problem> {
    bury::in_the_way(tx, other).await
}

/// Whether a refusal says that a phone or a unique value is somebody else's.
pub(crate) fn taken(problem: &Problem) -> bool {
    matches!(problem, Problem::Conflict { code: "phone_taken" | "value_taken", .. })
}

/// The refusal to undo a merge, as far as whoever asks may see what is in the way: undoing works with the whole
/// business, so what was found was found with other eyes than theirs. Of a field that is hidden from them not even that
/// it is the one is said.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn blocked(scope: &Scope, why: Option<Problem>) -> Result<Problem, Problem> {
    let nothing = Problem::conflict("undo_blocked", None);
    let Some(Problem::Conflict { field: Some(field), existing, .. }) = why else { return Ok(nothing) };
    let (field, shown) = match field.strip_prefix("custom.") {
        Some(key) => {
            let shown = custom::definitions(scope).await?.iter().any(|one| one.key == key);
            (field.into_owned(), shown)
        }
        None => ("phones".to_owned(), contact_rule(scope, "phones") != FieldRule::Hide),
    };
    if !shown {
        return Ok(nothing);
    }
    let mut existing = existing;
    if let Some(Value::Object(they)) = &mut existing {
        let id = they.get("id").and_then(|id| id.as_str()?.parse().ok());
        let seen = match id {
            Some(id) => match find(scope, id).await {
                Ok(_) => true,
                Err(Problem::NotFound) => false,
                Err(problem) => return Err(problem),
            },
            None => false,
        };
        if !seen {
            they.insert("id".to_owned(), Value::Null);
        }
    }
    Ok(Problem::Conflict { code: "undo_blocked", field: Some(field.into()), current: None, existing })
}
