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
use domain::given::Given;
use sea_orm::Set;

/// Where the value before stands, for its seal.
const COLUMN: &str = "bulk_rows.before";

/// What is to be written for one customer; the code of what is wrong with it.
pub(super) async fn check(tx: &Tx<'_>, given: &Given, row: &Customer) -> Result<Result<Filled, &'static str>, Problem> {
    let vault = Vault::open(tx, row)?;
    match custom::check(tx, given.clone(), &[], Some((row, &vault))).await {
        Ok(filled) => Ok(Ok(filled)),
        Err(Problem::Invalid(violations)) => Ok(Err(violations.0.first().map_or("invalid", |first| first.code))),
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

/// What undoing writes: fields that still hold what the action gave them become what they were. None when
/// somebody has changed them all since.
pub(super) async fn back(tx: &Tx<'_>, given: &Given, sealed: &str, row: &Customer) -> Result<Option<Filled>, Problem> {
    let Ok(changed) = check(tx, given, row).await? else { return Ok(None) };
    let open = || {
        let sealed = STANDARD.decode(sealed).ok()?;
        let plain = person_key(tx, row).ok()?.open(&tx.keys().place(COLUMN, row.id), &sealed).ok()?;
        serde_json::from_slice::<Given>(&plain).ok()
    };
    let Some(mut before) = open() else { return Ok(None) };
    before.0.retain(|(key, _)| !changed.names(key));
    if before.0.is_empty() {
        return Ok(None);
    }
    Ok(check(tx, &before, row).await?.ok().filter(|filled| !filled.is_empty()))
}
