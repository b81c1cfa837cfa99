//! A remark that is secret stands among what is sealed under the person's key and nowhere else. It obeys the field
//! rule of phones, as every other secret of a customer does: masked for everybody, whole for one call and on the record.

use super::Customer;
use super::vault::Vault;
use crate::problem::Problem;
use crate::scope::{Scope, Tx, changeable};
use domain::customers::{CustomerChanges, NewCustomer};
use domain::permission::{FieldRule, Permission};
use serde_json::json;

/// What stands for a secret remark: neither how long it is nor how it ends.
const MASKED: &str = "******";

/// The two places of a remark, of which at most one holds it.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Remark {
    /// In the row.
    pub(super) plain: Option<String>,
    /// In the vault; there and empty when whatever is written next is to be secret.
    pub(super) sealed: Option<String>,
}

impl Remark {
    /// As it is kept.
    pub(super) fn of(plain: Option<&String>, vault: &Vault) -> Self {
        Self { plain: plain.cloned(), sealed: vault.remark.clone() }
    }

    fn placed(text: Option<String>, secret: bool) -> Self {
        if secret {
            Self { plain: None, sealed: Some(text.unwrap_or_default()) }
        } else {
            Self { plain: text, sealed: None }
        }
    }

    /// What it says, for whoever may have it whole.
    pub(super) fn whole(self) -> Option<String> {
        self.sealed.filter(|text| !text.is_empty()).or(self.plain)
    }
}

/// Of a new customer.
///
/// # Errors
/// 422 when the actor's role may not set secrets.
pub(super) fn begun(scope: &Scope, input: &NewCustomer) -> Result<Remark, Problem> {
    let secret = input.remark_secret == Some(true);
    if secret {
        changeable(scope.fields().phones, "remark_secret")?;
    }
    Ok(Remark::placed(input.remark.clone(), secret))
}

/// What becomes of it by a change; none when the change says nothing about it. A text that is not named goes along
/// when the switch is turned, and whoever turns it off reads it: that is counted and on the record like any reading.
///
/// # Errors
/// 422 when the actor's role may not set secrets; 403 when they may not read them.
pub(super) async fn changed(
    tx: &Tx<'_>,
    before: &Customer,
    kept: &Vault,
    input: &CustomerChanges,
) -> Result<Option<Remark>, Problem> {
    if input.remark.is_none() && input.remark_secret.is_none() {
        return Ok(None);
    }
    let was = kept.remark.is_some();
    let secret = input.remark_secret.unwrap_or(was);
    if was || secret {
        changeable(tx.fields().phones, if input.remark.is_some() { "remark" } else { "remark_secret" })?;
    }
    let now = Remark::of(before.remark.as_ref(), kept).whole();
    if was && !secret && input.remark.is_none() && now.is_some() {
        if !tx.may(Permission::CustomersReveal) {
            return Err(Problem::Lacking(Permission::CustomersReveal));
        }
        tx.system().count_reveal().await?;
        tx.audit("reveal", "customer", Some(before.id), json!({ "remark": true }));
    }
    Ok(Some(Remark::placed(input.remark.clone().unwrap_or(now), secret)))
}

/// As it is shown, and whether it is secret; for whoever sees no phones there is nothing.
pub(super) fn shown(scope: &Scope, customer: &Customer, vault: &Vault) -> (Option<String>, bool) {
    match &vault.remark {
        None => (customer.remark.clone(), false),
        Some(_) if scope.fields().phones == FieldRule::Hide => (None, false),
        Some(text) => ((!text.is_empty()).then(|| MASKED.to_owned()), true),
    }
}

/// What is kept, whole, for the business that hands it out.
pub(crate) fn remark(scope: &Scope, customer: &Customer) -> Result<Option<String>, Problem> {
    Ok(Remark::of(customer.remark.as_ref(), &Vault::open(scope, customer)?).whole())
}
