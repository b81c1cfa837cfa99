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
            Self::Phone => by_any_phone(tx, said).await,
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
    let Some(asked) = Asked::of(tx, numbers) else { return Ok(HashMap::new()) };
    let rows = tx.find_masked::<phone::Entity>().filter(asked.same()).filter(phone::Column::PrimaryLive.eq(1));
    Ok(rows.all().await?.into_iter().filter_map(|row| Some((asked.number(&row)?, row.customer_id))).collect())
}

/// As [`by_phone`], of any of their phones: whoever alone has a number beside another first one is meant by it as well.
async fn by_any_phone(tx: &Tx<'_>, numbers: &[String]) -> Result<HashMap<String, Uuid>, Problem> {
    let mut known = by_phone(tx, numbers).await?;
    let left: Vec<String> = numbers.iter().filter(|number| !known.contains_key(*number)).cloned().collect();
    let Some(asked) = Asked::of(tx, &left) else { return Ok(known) };
    let rows = tx.find_masked::<phone::Entity>().filter(asked.same()).all().await?;
    if rows.is_empty() {
        return Ok(known);
    }
    // Whoever was deleted has their numbers still.
    let these = customer::Column::Id.is_in(rows.iter().map(|row| row.customer_id));
    let live = tx.find_masked::<customer::Entity>().filter(these).all().await?;
    let live: HashSet<Uuid> = live.into_iter().map(|row| row.id).collect();
    let mut holders: HashMap<String, HashSet<Uuid>> = HashMap::new();
    for row in rows.iter().filter(|row| live.contains(&row.customer_id)) {
        if let Some(number) = asked.number(row) {
            holders.entry(number).or_default().insert(row.customer_id);
        }
    }
    let alone = holders.into_iter().filter(|(_, holders)| holders.len() == 1);
    known.extend(alone.flat_map(|(number, holders)| holders.into_iter().map(move |holder| (number.clone(), holder))));
    Ok(known)
}

/// Numbers that are looked for, by their digests.
struct Asked {
    digests: HashMap<Vec<u8>, String>,
    /// An index key is being replaced: a digest may be the one or the other.
    several: bool,
}

impl Asked {
    /// `None`: there is no number to look for.
    fn of(tx: &Tx<'_>, numbers: &[String]) -> Option<Self> {
        let (mut digests, mut several) = (HashMap::new(), false);
        for number in numbers {
            let Some(phone) = Phone::parse(number) else { continue };
            let its = tx.keys().index().phone_anywhere(&phone);
            several |= its.len() > 1;
            digests.extend(its.into_iter().map(|digest| (digest, number.clone())));
        }
        (!digests.is_empty()).then_some(Self { digests, several })
    }

    fn same(&self) -> Condition {
        let these = || self.digests.keys().cloned();
        let same = Condition::any().add(phone::Column::Digest.is_in(these()));
        if self.several { same.add(phone::Column::NextDigest.is_in(these())) } else { same }
    }

    fn number(&self, row: &phone::Model) -> Option<String> {
        let of = |digest| self.digests.get(digest).cloned();
        of(&row.digest).or_else(|| of(row.next_digest.as_ref()?))
    }
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
