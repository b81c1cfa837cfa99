//! Which customers the rows of a table are: by phone, by id, or by a field in which no two have the same.

use super::super::entity::row;
use super::draft::Draft;
use crate::customers::custom;
use crate::customers::entity::{customer, phone};
use crate::problem::Problem;
use crate::scope::Tx;
use domain::custom_fields::Definition;
use domain::phone::Phone;
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::Condition;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// By what a customer is known.
pub(super) enum Key {
    Phone,
    Id,
    Custom(Box<Definition>),
}

impl Key {
    /// Of what was asked for; `None`: nothing that tells customers apart.
    pub(super) fn of(asked: Option<&str>, own: &[Definition]) -> Option<Self> {
        match asked {
            None | Some("phone") => Some(Self::Phone),
            Some("id") => Some(Self::Id),
            Some(field) => {
                let key = field.strip_prefix("custom.")?;
                let definition = own.iter().find(|definition| definition.key == key && definition.rules.unique)?;
                Some(Self::Custom(Box::new(definition.clone())))
            }
        }
    }

    /// The field whose column says it.
    pub(super) fn field(&self) -> String {
        match self {
            Self::Phone => "phones".to_owned(),
            Self::Id => "id".to_owned(),
            Self::Custom(definition) => format!("custom.{}", definition.key),
        }
    }

    /// What a row says.
    pub(super) fn said(&self, draft: &Draft) -> Option<String> {
        match self {
            Self::Phone => first_phone(draft).map(|phone| phone.e164().to_owned()),
            Self::Id => draft.id.clone(),
            Self::Custom(definition) => Some(draft.body.get("custom")?.get(&definition.key)?.as_str()?.to_owned()),
        }
    }

    /// The live customers of the whole business whom some rows name.
    pub(super) async fn known(&self, tx: &Tx<'_>, said: &[String]) -> Result<HashMap<String, Uuid>, Problem> {
        match self {
            Self::Phone => by_phone(tx, said).await,
            Self::Id => {
                let ids: HashMap<Uuid, &String> =
                    said.iter().filter_map(|text| Some((domain::moment::uuid(text)?, text))).collect();
                if ids.is_empty() {
                    return Ok(HashMap::new());
                }
                let these = customer::Column::Id.is_in(ids.keys().copied());
                let rows = tx.find_masked::<customer::Entity>().filter(these).all().await?;
                Ok(rows.into_iter().filter_map(|row| Some(((*ids.get(&row.id)?).clone(), row.id))).collect())
            }
            Self::Custom(definition) => custom::holders(tx, definition, said).await,
        }
    }
}

pub(super) fn first_phone(draft: &Draft) -> Option<Phone> {
    Phone::parse(draft.body.get("phones")?.get(0)?.get("number")?.as_str()?)
}

/// The live customers whose first phone is one of these.
pub(super) async fn by_phone(tx: &Tx<'_>, numbers: &[String]) -> Result<HashMap<String, Uuid>, Problem> {
    let mut digests: HashMap<Vec<u8>, &String> = HashMap::new();
    let mut several = false;
    for number in numbers {
        let Some(phone) = Phone::parse(number) else { continue };
        let its = tx.keys().index().phone_anywhere(&phone);
        several |= its.len() > 1;
        digests.extend(its.into_iter().map(|digest| (digest, number)));
    }
    if digests.is_empty() {
        return Ok(HashMap::new());
    }
    let first = phone::Column::Digest.is_in(digests.keys().cloned());
    let same = match several {
        false => Condition::all().add(first),
        true => Condition::any().add(first).add(phone::Column::NextDigest.is_in(digests.keys().cloned())),
    };
    let rows = tx.find_masked::<phone::Entity>().filter(same).filter(phone::Column::PrimaryLive.eq(1)).all().await?;
    let named = |row: phone::Model| {
        let number = digests.get(&row.digest).or_else(|| digests.get(row.next_digest.as_ref()?))?;
        Some(((*number).clone(), row.customer_id))
    };
    Ok(rows.into_iter().filter_map(named).collect())
}

/// Those of the customers whom rows before named already in this run.
pub(super) async fn met(
    tx: &Tx<'_>,
    (import, run): (Uuid, i64),
    customers: Vec<Uuid>,
) -> Result<HashSet<Uuid>, Problem> {
    if customers.is_empty() {
        return Ok(HashSet::new());
    }
    let these = Condition::all()
        .add(row::Column::ImportId.eq(import))
        .add(row::Column::Run.eq(run))
        .add(row::Column::CustomerId.is_in(customers));
    let rows = tx.find::<row::Entity>().filter(these).all().await?;
    Ok(rows.into_iter().filter_map(|row| row.customer_id).collect())
}
