//! What a record holds: put together of two, written, and put back as far as nobody changed it since.

use crate::customers::contacts::{Contacts, SEVERAL, contact_rule};
use crate::customers::custom::{self, Filled};
use crate::customers::entity::customer;
use crate::customers::remark::Remark;
use crate::customers::store::reindex_phones;
use crate::customers::vault::{SealedPhone, SealedText, Vault, person_key};
use crate::customers::{Customer, dates, search};
use crate::db::Code;
use crate::problem::Problem;
use crate::scope::{Reads, Scope, Tx, changeable};
use chrono::{DateTime, NaiveDate, Utc};
use domain::Violation;
use domain::customers::{CompanySize, CustomerKind, CustomerSource, Industry};
use domain::dates::SpecialDate;
use domain::duplicates::{MergeFields, MergeSide};
use domain::json::Tree;
use sea_orm::Set;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const COLUMN: &str = "merges.before";

/// Writes down once which columns a record has.
macro_rules! columns {
    ($($field:ident: $kind:ty,)*) => {
        /// What stands in the customer's row.
        #[derive(Clone, Serialize, Deserialize)]
        pub(crate) struct Columns {
            $(pub(crate) $field: $kind,)*
        }

        impl Columns {
            fn of(row: &Customer) -> Self {
                Self { $($field: row.$field.clone(),)* }
            }

            /// What has to be written for this to become `to`.
            fn change(&self, to: &Self) -> customer::ActiveModel {
                let mut change = customer::ActiveModel::default();
                $(if self.$field != to.$field {
                    change.$field = Set(to.$field.clone());
                })*
                change
            }

            fn back(&self, image: &Image, kept: &mut BTreeSet<String>) -> Self {
                Self { $($field: back(
                    stringify!($field), &self.$field, &image.after.columns.$field, &image.before.columns.$field, kept,
                ),)* }
            }
        }
    };
}

columns! {
    name: String,
    kind: Code<CustomerKind>,
    type_: String,
    company: Option<String>,
    title: Option<String>,
    region: Option<String>,
    source: Option<Code<CustomerSource>>,
    industry: Option<Code<Industry>>,
    size: Option<Code<CompanySize>>,
    needs: Option<String>,
    dates: Option<String>,
    birthday: Option<NaiveDate>,
    remark: Option<String>,
    owner_id: Uuid,
    pool_id: Option<Uuid>,
    owned_at: Option<DateTime<Utc>>,
    ads_refused_at: Option<DateTime<Utc>>,
    last_contact_at: Option<DateTime<Utc>>,
    next_contact_at: Option<DateTime<Utc>>,
}

/// A record, whole.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) columns: Columns,
    vault: Vault,
    /// The business's own fields that are not sealed, by the id of the field.
    custom: BTreeMap<String, Value>,
}

/// A record before it was merged and after: what undoing goes by.
#[derive(Serialize, Deserialize)]
pub(crate) struct Image {
    pub(crate) before: Record,
    pub(crate) after: Record,
}

impl Image {
    /// Sealed under the key of whoever stays.
    ///
    /// # Errors
    /// When they were erased.
    pub(crate) fn seal(&self, scope: &Scope, stays: &Customer, merge: Uuid) -> Result<Vec<u8>, Problem> {
        let plain = serde_json::to_vec(self).map_err(anyhow::Error::from)?;
        Ok(person_key(scope, stays)?.seal(&scope.keys().place(COLUMN, merge), &plain))
    }

    /// # Errors
    /// When whoever stayed was erased.
    pub(crate) fn open(scope: &Scope, stays: &Customer, merge: Uuid, sealed: &[u8]) -> Result<Self, Problem> {
        let plain = person_key(scope, stays)?.open(&scope.keys().place(COLUMN, merge), sealed)?;
        Ok(serde_json::from_slice(&plain).map_err(anyhow::Error::from)?)
    }
}

/// One value as it goes back: what somebody changed since stays, and is named.
fn back<T: Clone + PartialEq>(name: &str, now: &T, after: &T, before: &T, kept: &mut BTreeSet<String>) -> T {
    if after == before {
        return now.clone();
    }
    if now == after {
        return before.clone();
    }
    // Being spoken to is no change that anybody made to the record.
    if !name.ends_with("_at") {
        kept.insert(name.trim_end_matches('_').to_owned());
    }
    now.clone()
}

/// Which side each of the business's own fields comes from, by its id, of those that whoever asks sees. Of phones,
/// e-mails and the like only they choose who may change them: for everybody else nothing of both is lost.
///
/// # Errors
/// 422 for a key that names no field, for what is no side, and for what one's role may not set.
pub(crate) async fn checked(rows: &impl Reads, fields: &MergeFields) -> Result<BTreeMap<Uuid, MergeSide>, Problem> {
    let scope = rows.scope();
    let contacts = [
        ("phones", fields.phones),
        ("emails", fields.emails),
        ("wechat_ids", fields.wechat_ids),
        ("address", fields.address),
    ];
    for (field, _) in contacts.iter().filter(|(_, side)| side.is_some()) {
        changeable(contact_rule(scope, field), &format!("fields.{field}"))?;
    }
    let mut sides = BTreeMap::new();
    if fields.custom.0.is_empty() {
        return Ok(sides);
    }
    let seen = custom::definitions(rows).await?;
    for (key, said) in &fields.custom.0 {
        let field = format!("fields.custom.{key}");
        let Some(definition) = seen.iter().find(|known| known.key == *key) else {
            return Err(Violation::new(field, "field_unknown").into());
        };
        let side = match said {
            Tree::Text(text) => MergeSide::parse(text),
            _ => None,
        };
        sides.insert(definition.id, side.ok_or_else(|| Problem::from(Violation::new(field, "enum_invalid")))?);
    }
    Ok(sides)
}

impl Record {
    /// # Errors
    /// When the customer was erased.
    pub(crate) fn of(scope: &Scope, row: &Customer) -> Result<Self, Problem> {
        let custom = row.custom.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        Ok(Self { columns: Columns::of(row), vault: Vault::open(scope, row)?, custom })
    }

    /// Two records as one.
    ///
    /// # Errors
    /// 422 when a company would be left without its name, or with more of something than a record may have.
    pub(crate) fn united(
        &self,
        other: &Self,
        fields: &MergeFields,
        sides: &BTreeMap<Uuid, MergeSide>,
    ) -> Result<Self, Problem> {
        let (this, that) = (&self.columns, &other.columns);
        let whose = |columns: &Columns| (columns.owner_id, columns.pool_id, columns.owned_at);
        let (owner_id, pool_id, owned_at) = pick(fields.owner, &whose(this), &whose(that));
        let remark = whose_remark(fields.remark, self.remark(), other.remark());
        let columns = Columns {
            name: pick(fields.name, &this.name, &that.name),
            kind: pick(fields.kind, &this.kind, &that.kind),
            type_: pick(fields.type_, &this.type_, &that.type_),
            company: fill(fields.company, &this.company, &that.company),
            title: fill(fields.title, &this.title, &that.title),
            region: fill(fields.region, &this.region, &that.region),
            source: fill(fields.source, &this.source, &that.source),
            industry: fill(fields.industry, &this.industry, &that.industry),
            size: fill(fields.size, &this.size, &that.size),
            needs: fill(fields.needs, &this.needs, &that.needs),
            dates: dates::kept(&both(fields.dates, &days(this), &days(that), |one, two| one == two))?,
            birthday: fill(fields.birthday, &this.birthday, &that.birthday),
            remark: remark.plain,
            owner_id,
            pool_id,
            owned_at,
            ads_refused_at: this.ads_refused_at.max(that.ads_refused_at),
            last_contact_at: this.last_contact_at.max(that.last_contact_at),
            next_contact_at: [this.next_contact_at, that.next_contact_at].into_iter().flatten().min(),
        };
        if columns.kind == Code(CustomerKind::Company) && columns.company.is_none() {
            return Err(Problem::field("fields.company", "company_missing"));
        }
        let same_text =
            |one: &SealedText, two: &SealedText| custom::keys::folded(&one.text) == custom::keys::folded(&two.text);
        let (mine, theirs) = (&self.vault, &other.vault);
        let vault = Vault {
            phones: both(fields.phones, &mine.phones, &theirs.phones, |one: &SealedPhone, two| {
                one.number == two.number
            }),
            emails: both(fields.emails, &mine.emails, &theirs.emails, same_text),
            wechat_ids: both(fields.wechat_ids, &mine.wechat_ids, &theirs.wechat_ids, same_text),
            address: fill(fields.address, &mine.address, &theirs.address),
            remark: remark.sealed,
            custom: chosen(&mine.custom, &theirs.custom, |id| sides.get(id).copied()),
        };
        let side = |id: &String| sides.get(&Uuid::parse_str(id).ok()?).copied();
        let dates = dates::of(columns.dates.as_deref()).len();
        for (field, count, most) in [
            ("phones", vault.phones.len(), SEVERAL),
            ("emails", vault.emails.len(), SEVERAL),
            ("wechat_ids", vault.wechat_ids.len(), SEVERAL),
            ("dates", dates, dates::MOST),
        ] {
            // The form would refuse the record from then on.
            if count > most {
                let max = i64::try_from(most).unwrap_or_default();
                return Err(Violation::new(format!("fields.{field}"), "too_many_together").with("max", max).into());
            }
        }
        Ok(Self { columns, vault, custom: chosen(&self.custom, &other.custom, side) })
    }

    /// The record as it was before a merge, with what was changed since; `kept` names that.
    pub(crate) fn back(&self, image: &Image, kept: &mut BTreeSet<String>) -> Self {
        let (now, after, before) = (&self.vault, &image.after.vault, &image.before.vault);
        // Both places as one: what went from one into the other since is not in both afterwards.
        let remark = back("remark", &self.remark(), &image.after.remark(), &image.before.remark(), kept);
        let vault = Vault {
            phones: back("phones", &now.phones, &after.phones, &before.phones, kept),
            emails: back("emails", &now.emails, &after.emails, &before.emails, kept),
            wechat_ids: back("wechat_ids", &now.wechat_ids, &after.wechat_ids, &before.wechat_ids, kept),
            address: back("address", &now.address, &after.address, &before.address, kept),
            remark: remark.sealed,
            custom: each_back(&now.custom, &after.custom, &before.custom, kept),
        };
        let custom = each_back(&self.custom, &image.after.custom, &image.before.custom, kept);
        Self { columns: Columns { remark: remark.plain, ..self.columns.back(image, kept) }, vault, custom }
    }

    fn remark(&self) -> Remark {
        Remark::of(self.columns.remark.as_ref(), &self.vault)
    }

    /// The files that its fields name.
    pub(crate) fn files(&self) -> BTreeSet<Uuid> {
        self.custom.values().flat_map(|value| custom::ids(&of_value(Some(value)))).collect()
    }

    /// Without some files: they are somebody else's again, also where somebody put another one beside them since.
    pub(crate) fn without(mut self, files: &BTreeSet<Uuid>) -> Self {
        self.custom.retain(|_, value| {
            let Value::Array(items) = value else { return true };
            let before = items.len();
            items.retain(|item| {
                let id = item.get("id").and_then(Value::as_str).and_then(|id| Uuid::try_parse(id).ok());
                id.is_none_or(|id| !files.contains(&id))
            });
            items.len() == before || !items.is_empty()
        });
        self
    }

    /// Makes the customer's row, and everything by which it is found, say this. `false`: it is not there any
    /// more in this version.
    ///
    /// # Errors
    /// When somebody else has a phone or a unique value.
    pub(crate) async fn write(&self, tx: &Tx<'_>, row: &Customer, version: Option<i64>) -> Result<bool, Problem> {
        let now = Self::of(tx, row)?;
        let mut change = now.columns.change(&self.columns);
        let filled = now.filled(tx, self).await?;
        if now.vault != self.vault {
            change.vault = Set(Some(self.vault.seal(tx, &person_key(tx, row)?, row.id)?));
        }
        if !filled.is_empty() {
            change.custom = Set(filled.kept(row.custom.as_deref())?);
        }
        if !tx.update::<customer::Entity>(row.id, version, change).await? {
            return Ok(false);
        }
        let (old, new) = (&now.columns, &self.columns);
        if old.name != new.name || old.company != new.company {
            search::unindex(tx, row.id, &old.name, old.company.as_deref()).await?;
            search::index(tx, row.id, &new.name, new.company.as_deref()).await?;
        }
        if now.vault.phones != self.vault.phones {
            reindex_phones(tx, row.id, (&now.vault, &self.vault)).await?;
        }
        filled.write(tx, row.id, Some((row, &now.vault))).await?;
        let contacts = Contacts {
            emails: (now.vault.emails != self.vault.emails).then(Vec::new),
            wechat_ids: (now.vault.wechat_ids != self.vault.wechat_ids).then(Vec::new),
            address: None,
        };
        contacts.index(tx, row.id, &self.vault, false).await?;
        if old.dates != new.dates {
            dates::index(tx, row.id, &days(new), false).await?;
        }
        Ok(true)
    }

    /// The business's own fields in which the two differ, as they are filled in.
    async fn filled(&self, tx: &Tx<'_>, to: &Self) -> Result<Filled, Problem> {
        let fields = custom::all(tx).await?;
        let differs = fields.iter().filter_map(|definition| {
            let id = definition.id.simple().to_string();
            let (old, new) = match definition.sealed() {
                true => (of_text(&self.vault, definition.id), of_text(&to.vault, definition.id)),
                false => (of_value(self.custom.get(&id)), of_value(to.custom.get(&id))),
            };
            (old != new).then(|| (definition.clone(), new))
        });
        Ok(Filled::of(differs.collect()))
    }
}

fn of_text(vault: &Vault, field: Uuid) -> Tree {
    vault.custom.get(&field).cloned().map_or(Tree::Null, Tree::Text)
}

fn of_value(value: Option<&Value>) -> Tree {
    value.and_then(|value| domain::json::parse(&value.to_string()).ok()).unwrap_or(Tree::Null)
}

fn days(columns: &Columns) -> Vec<SpecialDate> {
    crate::customers::dates::of(columns.dates.as_deref())
}

fn pick<T: Clone>(side: Option<MergeSide>, this: &T, other: &T) -> T {
    if side == Some(MergeSide::Other) { other.clone() } else { this.clone() }
}

/// A remark goes over with whether it is secret.
fn whose_remark(side: Option<MergeSide>, this: Remark, other: Remark) -> Remark {
    let empty = this.clone().whole().is_none() && other.clone().whole().is_some();
    if side == Some(MergeSide::Other) || side.is_none() && empty { other } else { this }
}

/// What is not chosen fills what is empty.
fn fill<T: Clone>(side: Option<MergeSide>, this: &Option<T>, other: &Option<T>) -> Option<T> {
    match side {
        None => this.clone().or_else(|| other.clone()),
        side => pick(side, this, other),
    }
}

/// Both lists as one, each thing once: nothing that was written down is lost.
fn both<T: Clone>(side: Option<MergeSide>, this: &[T], other: &[T], same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let (first, second) = if side == Some(MergeSide::Other) { (other, this) } else { (this, other) };
    let mut kept = first.to_vec();
    for one in second {
        if !kept.iter().any(|known| same(known, one)) {
            kept.push(one.clone());
        }
    }
    kept
}

fn chosen<K: Ord + Clone, V: Clone>(
    this: &BTreeMap<K, V>,
    other: &BTreeMap<K, V>,
    side: impl Fn(&K) -> Option<MergeSide>,
) -> BTreeMap<K, V> {
    let keys: BTreeSet<&K> = this.keys().chain(other.keys()).collect();
    let value = |key: &K| fill(side(key), &this.get(key).cloned(), &other.get(key).cloned());
    keys.into_iter().filter_map(|key| Some((key.clone(), value(key)?))).collect()
}

fn each_back<K: Ord + Clone, V: Clone + PartialEq>(
    now: &BTreeMap<K, V>,
    after: &BTreeMap<K, V>,
    before: &BTreeMap<K, V>,
    kept: &mut BTreeSet<String>,
) -> BTreeMap<K, V> {
    let keys: BTreeSet<&K> = now.keys().chain(after.keys()).chain(before.keys()).collect();
    let mut value = |key: &K| back("custom", &now.get(key), &after.get(key), &before.get(key), kept).cloned();
    keys.into_iter().filter_map(|key| Some((key.clone(), value(key)?))).collect()
}
