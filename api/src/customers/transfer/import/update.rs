//! Changing a customer as a row says, and putting back what stood there before.

use super::super::entity::row;
use crate::customers::bury::put_away;
use crate::customers::change::{change, change_beside};
use crate::customers::contacts::SEVERAL;
use crate::customers::custom;
use crate::customers::dates;
use crate::customers::entity::{customer, tagging};
use crate::customers::pools::{Moved, record_moves, standing};
use crate::customers::remark::Remark;
use crate::customers::sharing::reshare;
use crate::customers::spoken_to;
use crate::customers::tagging::{How, Known, Retag, look_up, retag};
use crate::customers::vault::{Vault, person_key};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use chrono::{DateTime, Utc};
use domain::Violation;
use domain::contacts::{CustomerEmail, CustomerWechat};
use domain::custom_fields::Definition;
use domain::customers::{CustomerChanges, CustomerPhone};
use domain::permission::HelperLevel;
use domain::phone::Phone;
use domain::pools::PoolMoveKind;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait as _, Set};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What puts back what stood there before.
#[derive(Default, Serialize, Deserialize)]
struct Before {
    changes: CustomerChanges,
    /// Tags that the row put on.
    tags: Vec<Uuid>,
    /// Tags of the same categories that gave way.
    #[serde(default)]
    gave_way: Vec<Uuid>,
    /// When somebody had last spoken with them, if an old follow-up came.
    #[serde(default)]
    spoken: Option<Option<DateTime<Utc>>>,
    /// What colleagues could do who help now, or can do more.
    #[serde(default)]
    helpers: Vec<(Uuid, Option<HelperLevel>)>,
    /// The pool that the row took it from.
    #[serde(default)]
    pool: Option<Uuid>,
}

/// What a row says beside the record itself.
pub(super) struct Beside<'a> {
    pub(super) tags: &'a [Uuid],
    pub(super) known: &'a Known,
    /// When somebody spoke with them, if an old follow-up comes.
    pub(super) spoken: Option<DateTime<Utc>>,
    pub(super) helping: &'a [(Uuid, HelperLevel)],
}

fn place(scope: &Scope, customer: Uuid) -> String {
    scope.keys().place("import_rows.before", customer)
}

/// Changes a customer: what a row says comes first in lists, and what is there stays behind it. Answers what
/// puts it back.
pub(super) async fn update(
    tx: &Tx<'_>,
    row: customer::Model,
    mut input: CustomerChanges,
    Beside { tags, known, spoken, helping }: Beside<'_>,
    own: &[Definition],
) -> Result<Option<Vec<u8>>, Problem> {
    let (id, key, last) = (row.id, person_key(tx, &row)?, row.last_contact_at);
    let vault = Vault::open(tx, &row)?;
    let phones: Vec<CustomerPhone> = vault
        .phones
        .iter()
        .map(|held| CustomerPhone { number: held.number.clone(), label: held.label.clone() })
        .collect();
    let emails: Vec<CustomerEmail> =
        vault.emails.iter().map(|held| CustomerEmail { email: held.text.clone(), label: held.label.clone() }).collect();
    let accounts: Vec<CustomerWechat> = vault
        .wechat_ids
        .iter()
        .map(|held| CustomerWechat { account: held.text.clone(), label: held.label.clone() })
        .collect();
    let number = |phone: &CustomerPhone| Phone::parse(&phone.number).map(|phone| phone.e164().to_owned());
    let same_email = |a: &CustomerEmail, b: &CustomerEmail| a.email.eq_ignore_ascii_case(&b.email);
    merged(("phones", SEVERAL), &mut input.phones, &phones, |a, b| number(a) == number(b))?;
    merged(("emails", SEVERAL), &mut input.emails, &emails, same_email)?;
    merged(("wechat_ids", SEVERAL), &mut input.wechat_ids, &accounts, |a, b| a.account == b.account)?;
    // A table says nothing of what a number is for: that stays.
    for said in input.phones.iter_mut().flatten() {
        said.label = phones.iter().find(|held| number(held) == number(said)).and_then(|held| held.label.clone());
    }
    for said in input.emails.iter_mut().flatten() {
        said.label = emails.iter().find(|held| same_email(held, said)).and_then(|held| held.label.clone());
    }
    for said in input.wechat_ids.iter_mut().flatten() {
        said.label = accounts.iter().find(|held| held.account == said.account).and_then(|held| held.label.clone());
    }
    let dates = dates::of(row.dates.as_deref());
    merged(("dates", dates::MOST), &mut input.dates, &dates, |a, b| a.label == b.label)?;
    let keys: Vec<String> = input.custom.iter().flat_map(|given| given.0.iter().map(|(key, _)| key.clone())).collect();
    let changes = CustomerChanges {
        name: input.name.as_ref().map(|_| row.name.clone()),
        kind: input.kind.map(|_| row.kind.0),
        type_: input.type_.as_ref().map(|_| row.type_.clone()),
        phones: input.phones.as_ref().map(|_| phones),
        emails: input.emails.as_ref().map(|_| emails),
        wechat_ids: input.wechat_ids.as_ref().map(|_| accounts),
        company: input.company.as_ref().map(|_| row.company.clone()),
        title: input.title.as_ref().map(|_| row.title.clone()),
        region: input.region.as_ref().map(|_| row.region.clone()),
        address: input.address.as_ref().map(|_| vault.address.clone()),
        industry: input.industry.map(|_| row.industry.map(|code| code.0)),
        size: input.size.map(|_| row.size.map(|code| code.0)),
        needs: input.needs.as_ref().map(|_| row.needs.clone()),
        dates: input.dates.as_ref().map(|_| dates),
        source: input.source.map(|_| row.source.map(|code| code.0)),
        birthday: input.birthday.map(|_| row.birthday),
        remark: input.remark.as_ref().map(|_| Remark::of(row.remark.as_ref(), &vault).whole()),
        remark_secret: input.remark_secret.map(|_| vault.remark.is_some()),
        owner_id: input.owner_id.map(|_| row.owner_id),
        custom: input.custom.as_ref().map(|_| custom::given(own, &keys, &row, &vault)),
    };
    let owner = input.owner_id.unwrap_or(row.owner_id);
    let pool = row.pool_id.filter(|_| input.owner_id.is_some());
    if !change(tx, row, None, input).await? {
        return Err(Problem::NotFound);
    }
    let Retag { add: tags, remove: gave_way, .. } = tagged(tx, id, tags, known).await?;
    if spoken.is_some() {
        spoken_to(tx, id, spoken, None).await?;
    }
    let levels: BTreeMap<Uuid, HelperLevel> = helping.iter().copied().filter(|(one, _)| *one != owner).collect();
    let levels: Vec<_> = levels.into_iter().map(|(one, level)| (one, Some(level))).collect();
    let helpers = reshare(tx, id, &levels).await?;
    let before = Before { changes, tags, gave_way, spoken: spoken.map(|_| last), helpers, pool };
    let plain = serde_json::to_vec(&before).map_err(anyhow::Error::from)?;
    Ok(Some(key.seal(&place(tx, id), &plain)))
}

/// Notes only that somebody spoke with a customer then. Answers what puts it back.
pub(super) async fn spoken(tx: &Tx<'_>, row: &customer::Model, at: DateTime<Utc>) -> Result<Vec<u8>, Problem> {
    let before = Before { spoken: Some(row.last_contact_at), ..Before::default() };
    spoken_to(tx, row.id, Some(at), None).await?;
    let plain = serde_json::to_vec(&before).map_err(anyhow::Error::from)?;
    Ok(person_key(tx, row)?.seal(&place(tx, row.id), &plain))
}

/// What is there stays behind what is said. Nothing of it is lost: of a field that may have so many, more are refused.
fn merged<T: Clone>(
    (field, most): (&str, usize),
    said: &mut Option<Vec<T>>,
    there: &[T],
    same: impl Fn(&T, &T) -> bool,
) -> Result<(), Problem> {
    let Some(said) = said else { return Ok(()) };
    let others: Vec<T> = there.iter().filter(|old| !said.iter().any(|new| same(old, new))).cloned().collect();
    said.extend(others);
    if said.len() > most {
        return Err(Violation::new(field, "too_many").with("max", i64::try_from(most).unwrap_or_default()).into());
    }
    Ok(())
}

/// Puts tags on a customer and says which were not there, and which gave way.
async fn tagged(tx: &Tx<'_>, id: Uuid, tags: &[Uuid], known: &Known) -> Result<Retag, Problem> {
    if tags.is_empty() {
        return Ok(Retag::default());
    }
    let of = Condition::all().add(tagging::Column::CustomerId.eq(id));
    let there = tx.find::<tagging::Entity>().filter(of.add(tagging::Column::TagId.is_in(tags.iter().copied())));
    let there: Vec<Uuid> = there.all().await?.into_iter().map(|row| row.tag_id).collect();
    let add: Vec<Uuid> = tags.iter().copied().filter(|tag| !there.contains(tag)).collect();
    let changes = if add.is_empty() { Vec::new() } else { vec![Retag { customer: id, add, remove: Vec::new() }] };
    Ok(retag(tx, changes, known, How::default()).await?.pop().unwrap_or_default())
}

/// Takes back what a row did to a customer whom nobody changed since. `false`: it cannot be taken back.
pub(super) async fn take_back(tx: &Tx<'_>, row: &row::Model, now: customer::Model) -> Result<bool, Problem> {
    let id = now.id;
    let Some(sealed) = &row.before else {
        let (name, company) = (now.name.clone(), now.company.clone());
        return put_away(tx, id, (&name, company.as_deref()), None).await;
    };
    let plain = person_key(tx, &now)?.open(&place(tx, id), sealed)?;
    let Before { mut changes, tags, gave_way, spoken, helpers, pool } =
        serde_json::from_slice(&plain).map_err(anyhow::Error::from)?;
    if !tags.is_empty() {
        let known = look_up(tx, &gave_way).await?;
        let add = gave_way.into_iter().filter(|tag| known.has(*tag)).collect();
        retag(tx, vec![Retag { customer: id, add, remove: tags }], &known, How::default()).await?;
    }
    reshare(tx, id, &helpers).await?;
    if let Some(last) = spoken {
        let change = customer::ActiveModel { last_contact_at: Set(last), ..Default::default() };
        tx.derive::<customer::Entity>(id, change).await?;
        if changes == CustomerChanges::default() {
            return Ok(true);
        }
    }
    // A pool that is there no more leaves it with whoever had it last, as undoing a bulk action does.
    let pool = match pool {
        Some(pool) => standing(tx, pool).await?,
        None => None,
    };
    let into = pool.and_then(|pool| Some((pool, changes.owner_id.take()?)));
    let from = now.owner_id;
    let mut columns = customer::ActiveModel::default();
    if let Some((pool, owner)) = into {
        (columns.pool_id, columns.owner_id) = (Set(Some(pool)), Set(owner));
    }
    if !change_beside(tx, now, None, changes, columns).await? {
        return Ok(false);
    }
    let Some((pool, _)) = into else { return Ok(true) };
    let (from, to) = ((Some(from), None), (None, Some(pool)));
    record_moves(tx, [Moved { customer_id: id, kind: PoolMoveKind::Undone, from, to, reason: None }]).await?;
    Ok(true)
}
