//! A customer as a row of a table: what whoever asked sees, in the words that an import reads.

use super::super::files::Line;
use super::super::{codes, columns, days};
use crate::clock::CHINA;
use crate::customers::custom;
use crate::customers::entity::{customer, helper};
use crate::customers::remark::{self, Remark};
use crate::customers::vault::{SealedPhone, SealedText, Vault};
use crate::customers::{record_entity::kind, region_name, view::tags_of};
use crate::problem::Problem;
use crate::scope::{Reads as _, Tx};
use crate::tenants::staff;
use chrono::{DateTime, Utc};
use domain::contacts::masked;
use domain::custom_fields::{CustomKind, Definition};
use domain::dates::SpecialDate;
use domain::money;
use domain::permission::{FieldRule, HelperLevel};
use sea_orm::{ColumnTrait as _, QueryOrder as _};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// What ids and codes stand for, of one moment.
struct Names {
    staff: HashMap<Uuid, String>,
    types: HashMap<String, String>,
}

/// The rows of some customers.
pub(super) async fn rows(
    tx: &Tx<'_>,
    fields: &[String],
    customers: &[customer::Model],
    from: i64,
) -> Result<Vec<Line>, Problem> {
    let own = custom::definitions(tx).await?;
    let staff = tx.find_buried_masked::<staff::Entity>().all().await?;
    let types = tx.find::<kind::Entity>().all().await?;
    let names = Names {
        staff: staff.into_iter().map(|row| (row.id, row.name)).collect(),
        types: types.into_iter().map(|row| (row.code, row.name)).collect(),
    };
    let mut tags = tags_of(tx, customers).await?;
    let helpers = match fields.iter().any(|field| field == "helpers") {
        true => helpers_of(tx, customers, &names).await?,
        false => HashMap::new(),
    };
    let counted = |definition: &Definition| matches!(definition.kind, CustomKind::Number | CustomKind::Money);
    let is_number = |field: &String| {
        let key = field.strip_prefix("custom.");
        key.is_some_and(|key| own.iter().any(|definition| definition.key == key && counted(definition)))
    };
    let numbers: Vec<usize> =
        fields.iter().enumerate().filter(|(_, field)| is_number(field)).map(|(at, _)| at).collect();
    let line = |(row, number): (&customer::Model, i64)| {
        let tags: Vec<String> = tags.remove(&row.id).unwrap_or_default().into_iter().map(|tag| tag.name).collect();
        let vault = Vault::open(tx, row)?;
        let shown = custom::shown(tx.scope(), &own, row.custom.as_deref(), &vault);
        let cell = |field: &String| match field.strip_prefix("custom.") {
            Some(key) => {
                let definition = own.iter().find(|definition| definition.key == key);
                definition.map(|definition| spoken(definition, shown.get(key), &vault, opens(tx.fields().phones, row)))
            }
            None if field == "helpers" => helpers.get(&row.id).map(|all| all.join("、")),
            None => built_in(tx, field, row, &vault, &names, &tags),
        };
        let cells = fields.iter().map(|field| cell(field).unwrap_or_default()).collect();
        Ok(Line { numbers: numbers.clone(), ..Line::of(number, cells) })
    };
    customers.iter().zip(from..).map(line).collect()
}

/// Who helps with customers, as an import reads it.
async fn helpers_of(
    tx: &Tx<'_>,
    customers: &[customer::Model],
    names: &Names,
) -> Result<HashMap<Uuid, Vec<String>>, Problem> {
    let these = helper::Column::CustomerId.is_in(customers.iter().map(|row| row.id));
    let rows = tx.find::<helper::Entity>().filter(these);
    let rows = rows.shape(|rows| rows.order_by_asc(helper::Column::CreatedAt)).all().await?;
    let mut found: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in rows {
        let Some(name) = names.staff.get(&row.staff_id) else { continue };
        let mark = if row.level.0 == HelperLevel::Edit { columns::MAY_EDIT } else { "" };
        found.entry(row.customer_id).or_default().push(format!("{name}{mark}"));
    }
    Ok(found)
}

/// Whether what is sealed of this customer may be taken out whole under a rule: not of one who waits in the pool.
fn opens(rule: FieldRule, row: &customer::Model) -> bool {
    rule.opens() && row.pool_id.is_none()
}

fn built_in(
    tx: &Tx<'_>,
    field: &str,
    row: &customer::Model,
    vault: &Vault,
    names: &Names,
    tags: &[String],
) -> Option<String> {
    let rules = tx.fields();
    let texts = |rule: FieldRule, held: &[SealedText]| {
        let whole = opens(rule, row);
        let shown = held.iter().map(|one| if whole { one.text.clone() } else { masked(&one.text) });
        (rule != FieldRule::Hide).then(|| shown.collect::<Vec<_>>().join("; "))
    };
    let opens = opens(rules.phones, row);
    let name = |id: Uuid| names.staff.get(&id).cloned();
    match field {
        "id" => Some(row.id.to_string()),
        "name" => Some(row.name.clone()),
        "phone" => {
            let shown = vault.phones.iter().filter_map(SealedPhone::phone).filter_map(|phone| match opens {
                true => Some(phone.dialled().to_owned()),
                false => tx.phone_masked(&phone),
            });
            Some(shown.collect::<Vec<_>>().join("; "))
        }
        "company" => row.company.clone(),
        "title" => row.title.clone(),
        "kind" => Some(codes::word("kind", row.kind.0.as_str()).to_owned()),
        "type" => {
            Some(names.types.get(&row.type_).cloned().unwrap_or_else(|| codes::word("type", &row.type_).to_owned()))
        }
        "tags" => Some(tags.join("、")),
        "source" => row.source.map(|code| codes::word("source", code.0.as_str()).to_owned()),
        "region" => row.region.as_deref().and_then(region_name).map(str::to_owned),
        "address" => vault.address.clone().filter(|_| opens),
        "email" => texts(rules.emails(), &vault.emails),
        "wechat" => texts(rules.phones, &vault.wechat_ids),
        "industry" => row.industry.map(|code| codes::word("industry", code.0.as_str()).to_owned()),
        "size" => row.size.map(|code| codes::word("size", code.0.as_str()).to_owned()),
        "birthday" => row.birthday.map(|day| day.to_string()),
        "dates" => {
            let dates: Vec<SpecialDate> = serde_json::from_str(row.dates.as_deref()?).ok()?;
            Some(days::spoken(&dates))
        }
        "needs" => row.needs.clone(),
        "remark" if opens => Remark::of(row.remark.as_ref(), vault).whole(),
        "remark" => remark::shown(tx, row, vault).0,
        "owner" => name(row.owner_id).filter(|_| row.pool_id.is_none()),
        "pool" => Some(if row.pool_id.is_some() { "是" } else { "否" }.to_owned()),
        "created_at" => Some(clock(row.created_at)),
        "created_by" => name(row.created_by),
        "last_contact_at" => row.last_contact_at.map(clock),
        "next_contact_at" => row.next_contact_at.map(clock),
        _ => None,
    }
}

/// A moment on the clocks of China.
fn clock(at: DateTime<Utc>) -> String {
    at.with_timezone(&CHINA).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A value of one of the business's own fields: choices by their labels, money in yuan.
fn spoken(definition: &Definition, shown: Option<&Value>, vault: &Vault, opens: bool) -> String {
    let Some(shown) = shown else { return String::new() };
    if definition.sealed() && opens {
        return vault.custom.get(&definition.id).cloned().unwrap_or_default();
    }
    let label = |key: &str| {
        let choice = definition.rules.choices.iter().find(|choice| choice.key.as_deref() == Some(key));
        choice.map_or_else(|| key.to_owned(), |choice| choice.label.clone())
    };
    match (definition.kind, shown) {
        (CustomKind::Choice, Value::String(key)) => label(key),
        (CustomKind::Choices, Value::Array(keys)) => {
            keys.iter().filter_map(Value::as_str).map(label).collect::<Vec<_>>().join("、")
        }
        (CustomKind::File, Value::Array(files)) => {
            files.iter().filter_map(|file| file.get("name")?.as_str()).collect::<Vec<_>>().join("、")
        }
        (CustomKind::Money, Value::Number(fen)) => {
            let fen = fen.as_i64().unwrap_or_default();
            money::yuan(fen)
        }
        (CustomKind::YesNo, Value::Bool(yes)) => if *yes { "是" } else { "否" }.to_owned(),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}
