//! Changing a customer: one way for whoever edits the form and for a table that is imported.

use super::contacts::Contacts;
use super::entity::{customer, phone};
use super::store::index_phones;
use super::vault::{Vault, person_key};
use super::{Customer, custom, dates, pools, remark, search, types};
use crate::calendar::day_of;
use crate::db::{Code, Taken, refusal};
use crate::problem::Problem;
use crate::scope::{Reads, Scope, Tx, changeable};
use crate::tenants::at_work;
use domain::customers::{CustomerChanges, CustomerKind};
use domain::permission::Permission;
use sea_orm::{ColumnTrait as _, DbErr, Set};
use uuid::Uuid;

/// Naming somebody else as the owner is a right of its own.
pub(super) fn check_owner(scope: &Scope, owner: Option<Uuid>) -> Result<(), Problem> {
    match owner {
        Some(owner) if owner != scope.me()? && !scope.may(Permission::CustomersAssign) => {
            Err(Problem::Lacking(Permission::CustomersAssign))
        }
        _ => Ok(()),
    }
}

/// Nobody is given a customer who does not work here now: once they are removed, no hand-over moves it again.
pub(super) async fn owner_at_work(rows: &impl Reads, owner: Uuid) -> Result<(), Problem> {
    at_work(rows, owner).await?.map(|_| ()).ok_or(Problem::field("owner_id", "owner_unknown"))
}

pub(super) fn owner_unknown(error: DbErr) -> Problem {
    match refusal(&error) {
        Some(Taken::Reference) => Problem::field("owner_id", "owner_unknown"),
        _ => error.into(),
    }
}

/// Changes a customer if it still has `version` (`None`: whatever it has); what is not named stays. `false`
/// when somebody changed it meanwhile.
///
/// # Errors
/// What the actor may not set, and what is somebody else's already.
pub(super) async fn change(
    tx: &Tx<'_>,
    before: Customer,
    version: Option<i64>,
    input: CustomerChanges,
) -> Result<bool, Problem> {
    change_beside(tx, before, version, input, customer::ActiveModel::default()).await
}

/// As [`change`], together with columns that no form names, such as the pool to which a customer goes back: it is one
/// change of the row. What these are, whoever calls it has judged and says on the record.
///
/// # Errors
/// As [`change`].
pub(super) async fn change_beside(
    tx: &Tx<'_>,
    before: Customer,
    version: Option<i64>,
    input: CustomerChanges,
    mut change: customer::ActiveModel,
) -> Result<bool, Problem> {
    let id = before.id;
    let about = custom::about_change(&input);
    let kept = Vault::open(tx, &before)?;
    let remark = remark::changed(tx, &before, &kept, &input).await?;
    let reseals = remark.as_ref().is_some_and(|remark| remark.sealed != kept.remark);
    check_owner(tx, input.owner_id)?;
    if input.phones.is_some() {
        changeable(tx.fields().phones, "phones")?;
    }
    let contacts = Contacts { emails: input.emails, wechat_ids: input.wechat_ids, address: input.address };
    contacts.allowed(tx)?;
    // What is not named stays; a company must keep a name whichever of the two fields changes.
    let kind = input.kind.unwrap_or(before.kind.0);
    let company = input.company.clone().unwrap_or_else(|| before.company.clone());
    if kind == CustomerKind::Company && company.is_none() {
        return Err(Problem::field("company", "company_missing"));
    }
    let birthday = input.birthday.filter(|day| *day != before.birthday).flatten();
    // What stood there before such days were refused may stay.
    let days = input.dates.as_deref().unwrap_or_default();
    dates::plausible(day_of(tx.now()), birthday, days, &dates::of(before.dates.as_deref()))?;
    if let Some(name) = input.name {
        change.name = Set(name);
    }
    if let Some(kind) = input.kind {
        change.kind = Set(Code(kind));
    }
    if let Some(type_) = input.type_ {
        types::known(tx, &type_).await?;
        change.type_ = Set(type_);
    }
    if let Some(company) = input.company {
        change.company = Set(company);
    }
    if let Some(title) = input.title {
        change.title = Set(title);
    }
    if let Some(region) = input.region {
        change.region = Set(region);
    }
    if let Some(source) = input.source {
        change.source = Set(source.map(Code));
    }
    if let Some(industry) = input.industry {
        change.industry = Set(industry.map(Code));
    }
    if let Some(size) = input.size {
        change.size = Set(size.map(Code));
    }
    if let Some(needs) = input.needs {
        change.needs = Set(needs);
    }
    if let Some(dates) = &input.dates {
        change.dates = Set(dates::kept(dates)?);
    }
    if let Some(birthday) = input.birthday {
        change.birthday = Set(birthday);
    }
    if let Some(owner) = input.owner_id {
        // Whoever is named takes the customer out of the pool.
        change.owner_id = Set(owner);
        change.pool_id = Set(None);
        if owner != before.owner_id || before.pool_id.is_some() {
            owner_at_work(tx, owner).await?;
            pools::room(tx, owner, "owner_id").await?;
            change.owned_at = Set(Some(tx.now()));
        }
    }
    if let Some(remark) = &remark {
        change.remark = Set(remark.plain.clone());
    }
    let filled = match input.custom {
        None if about.is_empty() => custom::Filled::default(),
        given => custom::check(tx, given.unwrap_or_default(), &about, Some((&before, &kept))).await?,
    };
    let renamed = (change.name.is_set() || change.company.is_set()).then(|| change.clone());
    let phones = input.phones.map(Vault::of);
    let mut vault = kept.clone();
    if phones.is_some() || filled.seals() || !contacts.is_empty() || reseals {
        if let Some(given) = &phones {
            vault.phones.clone_from(&given.phones);
        }
        filled.put_into(&mut vault);
        contacts.put_into(&mut vault);
        if let Some(remark) = &remark {
            vault.remark.clone_from(&remark.sealed);
        }
        change.vault = Set(Some(vault.seal(tx, &person_key(tx, &before)?, id)?));
    }
    if !filled.is_empty() {
        change.custom = Set(filled.kept(before.custom.as_deref())?);
    }
    if !tx.update::<customer::Entity>(id, version, change).await.map_err(owner_unknown)? {
        return Ok(false);
    }
    for field in vault.contacts_unlike(&kept) {
        tx.record_personal(id, field.to_owned(), None);
    }
    if reseals && vault.remark.is_some() {
        // Neither what it is now nor what it was while everybody could read it.
        tx.record_personal(id, "remark".to_owned(), None);
    }
    if let (Some(owner), Some(pool)) = (input.owner_id, before.pool_id) {
        pools::record_moves(tx, [pools::Moved::assigned(id, pool, owner)]).await?;
    }
    if let Some(change) = renamed {
        search::unindex(tx, id, &before.name, before.company.as_deref()).await?;
        let name = change.name.try_as_ref().unwrap_or(&before.name);
        let company = change.company.try_as_ref().unwrap_or(&before.company);
        search::index(tx, id, name, company.as_deref()).await?;
    }
    if let Some(vault) = &phones {
        tx.remove::<phone::Entity>(phone::Column::CustomerId.eq(id)).await?;
        index_phones(tx, id, vault).await?;
    }
    filled.write(tx, id, Some((&before, &kept))).await?;
    contacts.index(tx, id, &vault, false).await?;
    if let Some(dates) = &input.dates {
        dates::index(tx, id, dates, false).await?;
    }
    super::touched(tx, &[id]).await?;
    Ok(true)
}
