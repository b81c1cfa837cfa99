//! Writing new customers down: one that somebody types, or many of a table, in the same way and in as many
//! statements.

use super::change::owner_unknown;
use super::contacts::Contacts;
use super::custom::Filled;
use super::custom::entity::{blind, value};
use super::entity::{customer, phone, tagging};
use super::store::{PHONE_TAKEN, phone_rows, phone_taken, taken_by_somebody};
use super::tagging::{Retag, retagged};
use super::vault::{SealedPhone, Vault};
use super::{Customer, dates, remark, search};
use crate::db::Code;
use crate::problem::Problem;
use crate::scope::{Tenanted, Tx};
use chrono::{DateTime, Utc};
use domain::customers::{CustomerKind, CustomerType, NewCustomer};
use sea_orm::Set;
use std::collections::HashMap;
use uuid::Uuid;

/// Rows of what hangs on customers in one statement: SQLite binds 32,766 values.
const ROWS: usize = 1_000;

/// A customer to be; the rules have passed it.
#[derive(Clone)]
pub(super) struct New {
    pub(super) id: Uuid,
    pub(super) input: NewCustomer,
    pub(super) filled: Filled,
    /// Who wrote it down.
    pub(super) by: Uuid,
    /// When, if not now.
    pub(super) at: Option<DateTime<Utc>>,
    /// Tags that are there.
    pub(super) tags: Vec<Uuid>,
    /// When somebody last spoke with them.
    pub(super) spoken_at: Option<DateTime<Utc>>,
}

/// Writes them with everything they are found by, and answers them as they stand now.
///
/// # Errors
/// When a phone or another unique value is somebody's already; none of them is written then.
pub(super) async fn write(tx: &Tx<'_>, new: Vec<New>) -> Result<Vec<Customer>, Problem> {
    let single = new.len() == 1;
    let (mut rows, mut names, mut phones, mut first) = (Vec::new(), Vec::new(), Vec::new(), None);
    let (mut blinds, mut tagged, mut days, mut own) = (Vec::new(), HashMap::new(), Vec::new(), Vec::new());
    let mut secret = Vec::new();
    for New { id, input, filled, by, at, tags, spoken_at } in new {
        let remark = remark::begun(tx, &input)?;
        let contacts = Contacts {
            emails: Some(input.emails).filter(|list| !list.is_empty()),
            wechat_ids: Some(input.wechat_ids).filter(|list| !list.is_empty()),
            address: input.address.map(Some),
        };
        contacts.allowed(tx)?;
        let (keys, person_key) = tx.keys().new_person_keys(id);
        let mut vault = Vault::of(input.phones);
        filled.put_into(&mut vault);
        contacts.put_into(&mut vault);
        if remark.sealed.is_some() {
            secret.push(id);
        }
        vault.remark = remark.sealed;
        let owner = input.owner_id.unwrap_or(by);
        names.push(((id, owner), input.name.clone(), input.company.clone()));
        let row = customer::ActiveModel {
            id: Set(id),
            owner_id: Set(owner),
            name: Set(input.name),
            kind: Set(Code(input.kind.unwrap_or(CustomerKind::Person))),
            type_: Set(input.type_.unwrap_or_else(|| CustomerType::Potential.as_str().to_owned())),
            company: Set(input.company),
            title: Set(input.title),
            region: Set(input.region),
            source: Set(input.source.map(Code)),
            industry: Set(input.industry.map(Code)),
            size: Set(input.size.map(Code)),
            needs: Set(input.needs),
            dates: Set(dates::kept(&input.dates)?),
            birthday: Set(input.birthday),
            remark: Set(remark.plain),
            vault: Set(Some(vault.seal(tx, &keys.vault, id)?)),
            person_key: Set(Some(person_key)),
            custom: Set(filled.kept(None)?),
            created_by: Set(by),
            pool_id: Set(None),
            last_contact_at: Set(spoken_at),
            next_contact_at: Set(None),
            erased_at: Set(None),
            merged_into: Set(None),
            // Whoever is older than this entry came to its owner only now: no rule counts days from before.
            owned_at: Set(at.map(|_| tx.now())),
            ads_refused_at: Set(None),
            ..Default::default()
        };
        rows.push((id, at, row));
        phones.extend(phone_rows(tx, (id, Some(owner)), &vault));
        blinds.extend(contacts.rows(tx, id, &vault));
        tagged.insert(id, tags);
        first = first.or_else(|| vault.phones.first().and_then(SealedPhone::phone));
        days.push((id, input.dates));
        own.push((id, filled));
    }
    let made = tx.ask_all::<customer::Entity>(rows, owner_unknown).await?;
    for id in secret {
        tx.record_personal(id, "remark".to_owned(), None);
    }
    let terms = search::index_texts(tx, names).await?;
    for some in terms.chunks(ROWS) {
        search::index_terms(tx, some).await?;
    }
    match (tx.ask_many::<phone::Entity>(phones, taken_by_somebody).await, first) {
        (Err(Problem::Conflict { code: PHONE_TAKEN, .. }), Some(first)) if single => {
            return Err(phone_taken(tx, &first).await?);
        }
        (done, _) => done?,
    }
    if single {
        // Names whoever has a unique value already.
        for (id, filled) in own {
            filled.write(tx, id, None).await?;
        }
    } else {
        let mut values = Vec::new();
        for (id, filled) in own {
            let (its, sealed) = filled.rows(tx, id);
            values.extend(its);
            blinds.extend(sealed);
            filled.record(tx, id, None);
        }
        insert::<value::Entity>(tx, values).await?;
    }
    insert::<blind::Entity>(tx, blinds).await?;
    for (id, dates) in days {
        dates::index(tx, id, &dates, true).await?;
    }
    let given = made.iter().filter_map(|customer| {
        let add = tagged.remove(&customer.id).filter(|tags| !tags.is_empty())?;
        Some((customer, Retag { customer: customer.id, add, remove: Vec::new() }))
    });
    let given: Vec<_> = given.collect();
    let taggings = given.iter().flat_map(|(customer, given)| given.add.iter().map(|tag| tagging::of(customer, *tag)));
    let mut taggings = taggings.peekable();
    while taggings.peek().is_some() {
        tx.append_many::<tagging::Entity>(taggings.by_ref().take(ROWS)).await?;
    }
    retagged(tx, &given.into_iter().map(|(_, given)| given).collect::<Vec<_>>(), false).await?;
    let ids: Vec<Uuid> = made.iter().map(|customer| customer.id).collect();
    super::touched(tx, &ids).await?;
    Ok(made)
}

async fn insert<E: Tenanted>(tx: &Tx<'_>, rows: Vec<E::ActiveModel>) -> Result<(), Problem> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        tx.insert_many::<E>(rows.by_ref().take(ROWS)).await?;
    }
    Ok(())
}
