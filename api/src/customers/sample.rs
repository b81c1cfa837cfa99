//! Customers that nobody is, as many as a benchmark asks for. They are written the way the product writes them
//! (sealed, indexed, tagged), only many at once and with the day on which each would have come.

use super::entity::{customer, phone, tagging};
use super::search;
use super::store::phone_rows;
use super::vault::Vault;
use crate::db::Code;
use crate::problem::Problem;
use crate::scope::{Scope, new_id};
use chrono::{DateTime, Utc};
use domain::customers::{CustomerKind, CustomerPhone, CustomerSource, CustomerType};
use sea_orm::Set;
use serde_json::json;
use uuid::Uuid;

/// Rows of the search index in one statement.
const TERMS: usize = 500;

/// A customer to be.
pub(crate) struct Sampled {
    pub(crate) at: DateTime<Utc>,
    pub(crate) owner: Uuid,
    pub(crate) pool: Option<Uuid>,
    pub(crate) name: String,
    pub(crate) kind: CustomerKind,
    pub(crate) type_: CustomerType,
    pub(crate) company: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) source: Option<CustomerSource>,
    pub(crate) remark: Option<String>,
    pub(crate) spoken_at: Option<DateTime<Utc>>,
    pub(crate) phones: Vec<CustomerPhone>,
    pub(crate) tags: Vec<Uuid>,
}

/// A term, and the customer who has it.
pub(crate) type Term = (i64, Uuid);

/// Writes some hundred customers in one transaction, with one entry in the record for all of them. Their terms
/// are handed back: many thousand of them are written best in their own order.
///
/// # Errors
/// When a phone is somebody's already.
pub(crate) async fn write_sample(mut scope: Scope, people: Vec<Sampled>) -> Result<Vec<Term>, Problem> {
    let (mut rows, mut phones, mut tags, mut names) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for person in people {
        let (id, holder) = (new_id(person.at), person.pool.unwrap_or(person.owner));
        let (keys, person_key) = scope.keys().new_person_keys(id);
        let vault = Vault::of(person.phones);
        phones.extend(phone_rows(&scope, (id, Some(holder)), &vault));
        tags.extend(person.tags.into_iter().map(|tag| tagging::ActiveModel {
            customer_id: Set(id),
            tag_id: Set(tag),
            customer_at: Set(Some(person.at)),
            region: Set(person.region.clone()),
            holder_id: Set(Some(holder)),
            live: Set(Some(1)),
            ..Default::default()
        }));
        names.push(((id, holder), person.name.clone(), person.company.clone()));
        let row = customer::ActiveModel {
            id: Set(id),
            owner_id: Set(person.owner),
            pool_id: Set(person.pool),
            name: Set(person.name),
            kind: Set(Code(person.kind)),
            type_: Set(person.type_.as_str().to_owned()),
            company: Set(person.company),
            title: Set(person.title),
            region: Set(person.region),
            source: Set(person.source.map(Code)),
            birthday: Set(None),
            remark: Set(person.remark),
            vault: Set(Some(vault.seal(&scope, &keys.vault, id)?)),
            person_key: Set(Some(person_key)),
            last_contact_at: Set(person.spoken_at),
            next_contact_at: Set(None),
            created_by: Set(person.owner),
            erased_at: Set(None),
            ..Default::default()
        };
        rows.push((person.at, row));
    }
    let count = rows.len();
    let tx = scope.begin().await?;
    tx.insert_dated::<customer::Entity>(rows).await?;
    let terms = search::index_texts(&tx, names).await?;
    tx.insert_many::<phone::Entity>(phones).await?;
    tx.insert_many::<tagging::Entity>(tags).await?;
    tx.audit("sample", "customer", None, json!({ "count": count }));
    tx.commit().await?;
    Ok(terms)
}

/// Writes terms, which come in order, in one transaction.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn write_terms(mut scope: Scope, terms: Vec<Term>) -> Result<(), Problem> {
    let tx = scope.begin().await?;
    for some in terms.chunks(TERMS) {
        search::index_terms(&tx, some).await?;
    }
    tx.unrecorded("what is searched follows from what is recorded");
    tx.commit().await
}
