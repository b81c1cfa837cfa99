//! A business's own fields of many customers: each is checked by the definitions, beside what that customer has.

use super::Before;
use crate::customers::Customer;
use crate::customers::custom::{self, Filled};
use crate::customers::entity::customer;
use crate::customers::vault::{Vault, person_key};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Violations;
use domain::customers::CustomerChanges;
use domain::given::Given;
use domain::json::Tree;
use sea_orm::Set;

/// Where the value before stands, for its seal.
const COLUMN: &str = "bulk_rows.before";

/// Why nothing was done to a customer: a code, and the fields that it is about.
pub(super) struct Why {
    code: String,
    fields: Vec<String>,
}

/// Letters of a reason that are kept.
const REASON: usize = 191;

impl Why {
    fn of(violations: &Violations) -> Self {
        let code = violations.0.first().map_or("invalid", |first| first.code);
        let same = violations.0.iter().filter(|violation| violation.code == code && !violation.field.is_empty());
        Self { code: code.to_owned(), fields: same.map(|violation| violation.field.clone()).collect() }
    }

    /// As it stands in the row of the action: `required@custom.plate,custom.colour`.
    pub(super) fn kept(&self) -> String {
        let mut kept = self.code.clone();
        for (at, field) in self.fields.iter().enumerate() {
            let mark = if at == 0 { '@' } else { ',' };
            if kept.len() + 1 + field.len() > REASON {
                break;
            }
            kept.push(mark);
            kept.push_str(field);
        }
        kept
    }

    /// The code and the fields of what is kept.
    pub(super) fn read(kept: &str) -> (String, Vec<String>) {
        let (code, fields) = kept.split_once('@').unwrap_or((kept, ""));
        (code.to_owned(), fields.split(',').filter(|field| !field.is_empty()).map(str::to_owned).collect())
    }
}

impl From<&'static str> for Why {
    fn from(code: &'static str) -> Self {
        Self { code: code.to_owned(), fields: Vec::new() }
    }
}

/// What an action says of the customer itself, which own fields may depend on.
pub(super) fn about(type_: Option<&str>) -> Vec<(String, Tree)> {
    custom::about_change(&CustomerChanges { type_: type_.map(str::to_owned), ..CustomerChanges::default() })
}

/// What is to be written for one customer, as a form would; or what is wrong with it. Costs nothing when no own field
/// depends on what changes.
pub(super) async fn check(
    tx: &Tx<'_>,
    given: &Given,
    about: &[(String, Tree)],
    row: &Customer,
) -> Result<Result<Filled, Why>, Problem> {
    let vault = Vault::open(tx, row)?;
    match custom::check(tx, given.clone(), about, Some((row, &vault))).await {
        Ok(filled) => Ok(Ok(filled)),
        Err(Problem::Invalid(violations)) => Ok(Err(Why::of(&violations))),
        Err(problem) => Err(problem),
    }
}

/// Writes it, with its entry in the record.
pub(super) async fn write(tx: &Tx<'_>, filled: &Filled, row: &Customer) -> Result<(), Problem> {
    let vault = Vault::open(tx, row)?;
    let change = customer::ActiveModel { custom: Set(filled.kept(row.custom.as_deref())?), ..Default::default() };
    tx.update::<customer::Entity>(row.id, None, change).await?;
    filled.write(tx, row.id, Some((row, &vault))).await
}

/// What stood there before, sealed: erasing the person erases it too.
pub(super) fn sealed(scope: &Scope, filled: &Filled, row: &Customer) -> Result<String, Problem> {
    let plain = serde_json::to_vec(&filled.before(row.custom.as_deref())).map_err(anyhow::Error::from)?;
    Ok(STANDARD.encode(person_key(scope, row)?.seal(&scope.keys().place(COLUMN, row.id), &plain)))
}

/// What stood in a row before with what is sealed in it sealed anew; none when nothing is.
///
/// # Errors
/// When another key sealed it.
pub(crate) fn resealed(
    before: &str,
    anew: impl Fn(&str, &[u8]) -> Result<Vec<u8>, Problem>,
) -> Result<Option<String>, Problem> {
    let mut before: Before = serde_json::from_str(before).map_err(anyhow::Error::from)?;
    let Some(sealed) = before.custom else { return Ok(None) };
    let sealed = STANDARD.decode(sealed).map_err(anyhow::Error::from)?;
    before.custom = Some(STANDARD.encode(anew(COLUMN, &sealed)?));
    Ok(Some(serde_json::to_string(&before).map_err(anyhow::Error::from)?))
}

/// What undoing writes: fields that still hold what the action gave them, or took from them because they applied no
/// more, become what they were. None when somebody has changed them all since.
pub(super) async fn back(
    tx: &Tx<'_>,
    given: &Given,
    about: &[(String, Tree)],
    sealed: &str,
    row: &Customer,
) -> Result<Option<Filled>, Problem> {
    let Ok(changed) = check(tx, given, &[], row).await? else { return Ok(None) };
    let open = || {
        let sealed = STANDARD.decode(sealed).ok()?;
        let plain = person_key(tx, row).ok()?.open(&tx.keys().place(COLUMN, row.id), &sealed).ok()?;
        serde_json::from_slice::<Given>(&plain).ok()
    };
    let Some(mut before) = open() else { return Ok(None) };
    let keys: Vec<String> = before.0.iter().map(|(key, _)| key.clone()).collect();
    let now = custom::given(&custom::definitions(tx).await?, &keys, row, &Vault::open(tx, row)?);
    let named = |key: &String| given.0.iter().any(|(known, _)| known == key);
    let empty = |key: &String| now.0.iter().any(|(known, value)| known == key && *value == Tree::Null);
    before.0.retain(|(key, _)| if named(key) { !changed.names(key) } else { empty(key) });
    if before.0.is_empty() {
        return Ok(None);
    }
    Ok(check(tx, &before, about, row).await?.ok().filter(|filled| !filled.is_empty()))
}
