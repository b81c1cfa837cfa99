//! Keeping the search index: with the customer, in the same transaction, and anew for whole businesses when the
//! rules of its terms change.

use super::terms::{Indexed, VERSION};
use crate::customers::entity::{customer, searched, term};
use crate::jobs::{Job, in_turns};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use sea_orm::{ColumnTrait as _, Condition, DbErr, QueryOrder as _, QuerySelect as _, Set};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// Customers that are looked at in one transaction: some three thousand narrow rows, when all of them are missing.
const BATCH: u64 = 100;

/// A customer who is just being written down, and who holds it: its pool, or else who looks after it.
pub(crate) type Held = (Uuid, Uuid);

/// Makes a customer findable by this name and company.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn index(tx: &Tx<'_>, id: Uuid, name: &str, company: Option<&str>) -> Result<(), DbErr> {
    write(tx, vec![(id, Indexed::of(name, company))]).await
}

/// Who holds them is taken from their rows as they are now: what was read of them before may have changed since.
async fn write(tx: &Tx<'_>, customers: Vec<(Uuid, Indexed)>) -> Result<(), DbErr> {
    if customers.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = customers.iter().map(|(id, _)| *id).collect();
    let (texts, terms) = rows(customers.into_iter().map(|(id, indexed)| (id, None, indexed)));
    tx.insert_missing::<searched::Entity>(texts).await?;
    tx.insert_missing::<term::Entity>(terms.iter().map(term_row).collect()).await?;
    tx.repeat(&[searched::again], &ids).await
}

fn rows(
    customers: impl Iterator<Item = (Uuid, Option<Uuid>, Indexed)>,
) -> (Vec<searched::ActiveModel>, Vec<(i64, Uuid)>) {
    let (mut texts, mut terms) = (Vec::new(), Vec::new());
    for (id, holder, Indexed { terms: its, name_key, text }) in customers {
        texts.push(searched::ActiveModel {
            customer_id: Set(id),
            name_key: Set(name_key),
            text: Set(Some(text)),
            holder_id: Set(holder),
            ..Default::default()
        });
        terms.extend(its.into_iter().map(|term| (term, id)));
    }
    (texts, terms)
}

fn term_row((term, customer): &(i64, Uuid)) -> term::ActiveModel {
    term::ActiveModel { customer_id: Set(*customer), term: Set(*term), ..Default::default() }
}

/// The texts of many new customers; their terms are for [`index_terms`].
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn index_texts(
    tx: &Tx<'_>,
    customers: Vec<(Held, String, Option<String>)>,
) -> Result<Vec<(i64, Uuid)>, DbErr> {
    let indexed = |((id, holder), name, company): (Held, String, Option<String>)| {
        (id, Some(holder), Indexed::of(&name, company.as_deref()))
    };
    let (texts, terms) = rows(customers.into_iter().map(indexed));
    tx.append_many::<searched::Entity>(texts).await?;
    Ok(terms)
}

/// Terms of new customers.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn index_terms(tx: &Tx<'_>, terms: &[(i64, Uuid)]) -> Result<(), DbErr> {
    tx.append_many::<term::Entity>(terms.iter().map(term_row)).await
}

/// Makes a customer unfindable by the name and company it had.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn unindex(tx: &Tx<'_>, id: Uuid, name: &str, company: Option<&str>) -> Result<(), DbErr> {
    let Indexed { mut terms, text, .. } = Indexed::of(name, company);
    let its = Condition::all().add(searched::Column::CustomerId.eq(id));
    if tx.remove::<searched::Entity>(its.clone().add(searched::Column::Text.eq(text))).await? == 0 {
        // Made by rules of before, and not yet anew.
        for row in tx.find::<searched::Entity>().filter(its.clone()).all().await? {
            terms.extend(Indexed::perhaps(&row.text.unwrap_or_default()));
            tx.remove::<searched::Entity>(its.clone()).await?;
        }
    }
    without(tx, id, terms).await
}

async fn without(tx: &Tx<'_>, id: Uuid, terms: impl IntoIterator<Item = i64>) -> Result<(), DbErr> {
    let its = Condition::all().add(term::Column::Term.is_in(terms)).add(term::Column::CustomerId.eq(id));
    tx.remove::<term::Entity>(its).await.map(|_| ())
}

/// Writes again what the rules of now change in how customers are found, and nothing of all others: the text says by
/// which rules it was made, and its terms are in the same transaction.
async fn again(tx: &Tx<'_>, customers: Vec<(Uuid, Indexed)>) -> Result<(), DbErr> {
    let ids = customers.iter().map(|(id, _)| *id);
    let kept = tx.find::<searched::Entity>().filter(searched::Column::CustomerId.is_in(ids)).all().await?;
    let kept: HashMap<Uuid, String> =
        kept.into_iter().map(|row| (row.customer_id, row.text.unwrap_or_default())).collect();
    let (mut missing, mut terms) = (Vec::new(), Vec::new());
    for (id, indexed) in customers {
        let Some(old) = kept.get(&id) else {
            missing.push((id, indexed));
            continue;
        };
        if *old == indexed.text {
            continue;
        }
        without(tx, id, Indexed::perhaps(old).difference(&indexed.terms).copied()).await?;
        terms.extend(indexed.terms.iter().map(|term| term_row(&(*term, id))));
        let change = searched::ActiveModel {
            name_key: Set(indexed.name_key),
            text: Set(Some(indexed.text)),
            ..Default::default()
        };
        tx.derive_all::<searched::Entity>(searched::Column::CustomerId.eq(id), change).await?;
    }
    tx.insert_missing::<term::Entity>(terms).await?;
    write(tx, missing).await
}

/// The terms of a business were made by rules of before, or not at all.
#[derive(Serialize, Deserialize)]
pub(crate) struct SearchOutdated {
    /// The last customer that was done.
    after: Option<Uuid>,
}

impl SearchOutdated {
    /// From the beginning.
    pub(crate) const fn new() -> Self {
        Self { after: None }
    }

    /// The rules of now.
    pub(crate) const VERSION: i64 = VERSION;
}

impl Job for SearchOutdated {
    const KIND: &'static str = "search_outdated";

    async fn run(self, scope: Scope) -> Result<(), Problem> {
        in_turns(self, scope, async |this, scope| {
            let tx = scope.begin().await?;
            let past = Condition::all().add_option(this.after.map(|id| customer::Column::Id.gt(id)));
            let page = |rows: sea_orm::Select<customer::Entity>| rows.order_by_asc(customer::Column::Id).limit(BATCH);
            // Held: whoever has another name meanwhile, or is deleted, would be found by this one for ever.
            let rows = tx.find::<customer::Entity>().filter(past).held().shape(page).all().await?;
            let Some(last) = rows.last().map(|row| row.id) else { return Ok(true) };
            let anew = rows.iter().map(|row| (row.id, Indexed::of(&row.name, row.company.as_deref())));
            again(&tx, anew.collect()).await?;
            tx.unrecorded("what is searched follows from what is recorded");
            tx.commit().await?;
            this.after = Some(last);
            Ok(false)
        })
        .await
    }
}
