//! Filling a customer's own fields in: checked by their definitions, kept in the customer's row, found
//! by rows of their own, and recorded field by field.

use super::super::Customer;
use super::super::digests::{self, digested};
use super::super::store::existing;
use super::super::vault::Vault;
use super::about::about_row;
use super::entity::{blind, value};
use super::files;
use super::keys::{Key, blind_kind, folded, keys};
use super::said::said;
use super::shown::read;
use super::{all, definitions};
use crate::crypto::sha256;
use crate::db::{Taken, refusal};
use crate::problem::Problem;
use crate::scope::{Reads, Scope, Tx};
use domain::custom_fields::{CustomKind, Definition};
use domain::json::Tree;
use domain::{Violations, given::Given};
use sea_orm::{ColumnTrait as _, Condition, DbErr, Set};
use serde_json::{Map, Value};
use std::collections::HashMap;
use uuid::Uuid;

/// What is to be written, each value in its one spelling; `null` clears.
#[derive(Clone, Default)]
pub(in crate::customers) struct Filled(Vec<(Definition, Tree)>);

/// Checks what a body gives by the definitions its author sees. `about` is what the same body says of the customer
/// itself, `before` the record that it changes.
pub(in crate::customers) async fn check(
    rows: &impl Reads,
    given: Given,
    about: &[(String, Tree)],
    before: Option<(&Customer, &Vault)>,
) -> Result<Filled, Problem> {
    let seen = definitions(rows).await?;
    let depends = |one: &Definition| {
        one.rules.condition.as_ref().is_some_and(|other| about.iter().any(|(name, _)| *name == other.field))
    };
    if before.is_some() && given.0.is_empty() && !seen.iter().any(depends) {
        return Ok(Filled::default());
    }
    let mut given = given.0;
    let known = before.map(|(customer, vault)| match record(&seen, customer.custom.as_deref(), vault) {
        Tree::Record(members) => Tree::Record(members.into_iter().chain(about_row(customer)).collect()),
        other => other,
    });
    let found = domain::custom_fields::check::check(&seen, &mut given, about, known.as_ref());
    if !found.is_empty() {
        return Err(Violations(found).into());
    }
    let known = known.unwrap_or(Tree::Null);
    let of = |(key, tree): (String, Tree)| {
        let definition = seen.iter().find(|known| known.key == key)?;
        let same = known.member(&key).unwrap_or(&Tree::Null) == &tree;
        (!same).then(|| (definition.clone(), tree))
    };
    let mut filled: Vec<(Definition, Tree)> = given.into_iter().filter_map(of).collect();
    files::found(rows, &mut filled, before.map(|(customer, _)| customer)).await?;
    if before.is_none() {
        // What the author does not see begins with its default all the same.
        let hidden = all(rows.scope()).await?;
        for definition in hidden.iter().filter(|one| !seen.iter().any(|known| known.id == one.id)) {
            let Some(default) = definition.rules.default.as_deref() else { continue };
            let mut tree = definition.of_text(default);
            if definition.rules.condition.is_none() && definition.settle(&mut tree).is_ok() {
                filled.push((definition.clone(), tree));
            }
        }
    }
    Ok(Filled(filled))
}

/// Refuses what is not for many customers at once, and what fits none of them. What depends on other fields is
/// decided for each.
///
/// # Errors
/// `bulk_field_unfit` for a secret or unique field and for files, which are one person's; otherwise what is wrong with the value by itself.
pub(in crate::customers) async fn fit_many(rows: &impl Reads, given: &Given) -> Result<(), Problem> {
    if given.0.is_empty() {
        return Ok(());
    }
    let seen = definitions(rows).await?;
    let mut given = given.0.clone();
    let alone = |known: &Definition| known.sealed() || known.rules.unique || known.kind == CustomKind::File;
    let alone = |key: &str| seen.iter().any(|known| known.key == key && alone(known));
    if let Some((key, _)) = given.iter().find(|(key, _)| alone(key)) {
        return Err(Problem::field(&format!("custom.{key}"), "bulk_field_unfit"));
    }
    let mut found = domain::custom_fields::check::check(&seen, &mut given, &[], Some(&Tree::Record(Vec::new())));
    found.retain(|violation| !matches!(violation.code, "condition_unmet" | "required"));
    if found.is_empty() { Ok(()) } else { Err(Violations(found).into()) }
}

/// What a customer has, by the keys of the fields.
pub(super) fn record(definitions: &[Definition], kept: Option<&str>, vault: &Vault) -> Tree {
    let kept = read(kept);
    let value = |definition: &Definition| match definition.sealed() {
        true => vault.custom.get(&definition.id).cloned().map(Tree::Text),
        false => plain(&kept, definition),
    };
    Tree::Record(
        definitions.iter().filter_map(|definition| Some((definition.key.clone(), value(definition)?))).collect(),
    )
}

/// What stands in a field that is not sealed, as a body would say it.
fn plain(kept: &Tree, definition: &Definition) -> Option<Tree> {
    let value = kept.member(&definition.id.simple().to_string())?;
    Some(if definition.kind == CustomKind::File { files::said_by_ids(value) } else { value.clone() })
}

impl Filled {
    /// Values that were checked when they were written down the first time.
    pub(in crate::customers) const fn of(values: Vec<(Definition, Tree)>) -> Self {
        Self(values)
    }

    pub(in crate::customers) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the field with this key changes.
    pub(in crate::customers) fn names(&self, key: &str) -> bool {
        self.0.iter().any(|(definition, _)| definition.key == key)
    }

    /// What stood in the fields that change, `null` where nothing did.
    pub(in crate::customers) fn before(&self, kept: Option<&str>) -> Given {
        let kept = read(kept);
        let pair = |(definition, _): &(Definition, Tree)| {
            (definition.key.clone(), plain(&kept, definition).unwrap_or(Tree::Null))
        };
        Given(self.0.iter().map(pair).collect())
    }

    /// Whether something sealed changes.
    pub(in crate::customers) fn seals(&self) -> bool {
        self.0.iter().any(|(definition, _)| definition.sealed())
    }

    /// What stands in the customer's row afterwards; none when nothing does.
    pub(in crate::customers) fn kept(&self, before: Option<&str>) -> Result<Option<String>, Problem> {
        let Tree::Record(mut members) = read(before) else { return Ok(None) };
        for (definition, tree) in self.0.iter().filter(|(definition, _)| !definition.sealed()) {
            let id = definition.id.simple().to_string();
            members.retain(|(known, _)| *known != id);
            if *tree != Tree::Null {
                members.push((id, tree.clone()));
            }
        }
        if members.is_empty() {
            return Ok(None);
        }
        Ok(Some(serde_json::to_string(&Tree::Record(members)).map_err(anyhow::Error::from)?))
    }

    /// Puts what is sealed among what is sealed.
    pub(in crate::customers) fn put_into(&self, vault: &mut Vault) {
        for (definition, tree) in self.0.iter().filter(|(definition, _)| definition.sealed()) {
            match tree {
                Tree::Text(text) => drop(vault.custom.insert(definition.id, text.clone())),
                _ => drop(vault.custom.remove(&definition.id)),
            }
        }
    }

    /// Writes the rows by which the values are found, and says in the record what became of each field.
    pub(in crate::customers) async fn write(
        &self,
        tx: &Tx<'_>,
        customer: Uuid,
        before: Option<(&Customer, &Vault)>,
    ) -> Result<(), Problem> {
        if self.is_empty() {
            return Ok(());
        }
        if before.is_some() {
            self.clear(tx, customer).await?;
        }
        let (values, blind) = self.rows(tx, customer);
        let written = tx.insert_many::<value::Entity>(values).await;
        self.taken(tx, customer, written).await?;
        let written = tx.insert_many::<blind::Entity>(blind).await;
        self.taken(tx, customer, written).await?;
        files::settle(tx, customer, &self.0, before.map(|(customer, _)| customer)).await?;
        self.record(tx, customer, before);
        Ok(())
    }

    /// The rows by which the values are found.
    pub(in crate::customers) fn rows(
        &self,
        scope: &Scope,
        customer: Uuid,
    ) -> (Vec<value::ActiveModel>, Vec<blind::ActiveModel>) {
        let values = self.0.iter().flat_map(|(definition, tree)| value_rows(customer, definition, tree));
        let blind = self.0.iter().filter_map(|(definition, tree)| match tree {
            Tree::Text(text) if definition.sealed() => {
                let kind = blind_kind(definition.id);
                Some(digests::row(scope, customer, (&kind, 0), &folded(text), definition.rules.unique))
            }
            _ => None,
        });
        (values.collect(), blind.collect())
    }

    /// Takes the rows of the fields that change away.
    async fn clear(&self, tx: &Tx<'_>, customer: Uuid) -> Result<(), Problem> {
        let fields = self.0.iter().map(|(definition, _)| definition.id);
        let of = Condition::all().add(value::Column::CustomerId.eq(customer));
        tx.remove::<value::Entity>(of.add(value::Column::FieldId.is_in(fields))).await?;
        if self.seals() {
            let kinds = self.0.iter().map(|(definition, _)| blind_kind(definition.id));
            let of = Condition::all().add(blind::Column::CustomerId.eq(customer));
            tx.remove::<blind::Entity>(of.add(blind::Column::Kind.is_in(kinds))).await?;
        }
        Ok(())
    }

    /// Names the customer who has a unique value already.
    async fn taken(&self, tx: &Tx<'_>, customer: Uuid, written: Result<(), DbErr>) -> Result<(), Problem> {
        match written {
            Err(error) if matches!(refusal(&error), Some(Taken::Unique)) => {}
            other => return Ok(other?),
        }
        for (definition, tree) in self.0.iter().filter(|(definition, _)| definition.rules.unique) {
            let who = holder(tx, definition, tree).await?;
            if let Some(who) = who.filter(|who| *who != customer) {
                return Err(Problem::Conflict {
                    code: "value_taken",
                    field: Some(format!("custom.{}", definition.key).into()),
                    current: None,
                    existing: Some(existing(tx, who, None).await?),
                });
            }
        }
        Err(Problem::conflict("value_taken", None))
    }

    /// Says in the record what became of each field.
    pub(in crate::customers) fn record(&self, tx: &Tx<'_>, customer: Uuid, before: Option<(&Customer, &Vault)>) {
        let kept = before.map_or(Tree::Null, |(customer, _)| read(customer.custom.as_deref()));
        for (definition, tree) in &self.0 {
            let mut values = Map::new();
            let old = kept.member(&definition.id.simple().to_string());
            for (name, value) in [("old", old), ("new", Some(tree))] {
                let said = value.map_or(Value::Null, |value| said(definition, value));
                if said != Value::Null {
                    values.insert(name.to_owned(), said);
                }
            }
            let values = (!definition.sealed()).then_some(values);
            tx.record_personal(customer, format!("custom.{}", definition.key), values);
        }
    }
}

/// What a customer has in some fields, as a body would say it; `null` where there is nothing.
pub(in crate::customers) fn given(
    definitions: &[Definition],
    keys: &[String],
    customer: &Customer,
    vault: &Vault,
) -> Given {
    let known = record(definitions, customer.custom.as_deref(), vault);
    Given(keys.iter().map(|key| (key.clone(), known.member(key).cloned().unwrap_or(Tree::Null))).collect())
}

/// The live customers of the whole business who have one of these values of a field in which no two have the
/// same, by the value as it was written.
pub(in crate::customers) async fn holders(
    tx: &Tx<'_>,
    definition: &Definition,
    written: &[String],
) -> Result<HashMap<String, Uuid>, Problem> {
    let settled = written.iter().filter_map(|text| {
        let mut tree = definition.of_text(text);
        definition.settle(&mut tree).ok().map(|()| (text, tree))
    });
    let mut by_digest: HashMap<Vec<u8>, &String> = HashMap::new();
    for (text, tree) in settled {
        match &tree {
            Tree::Text(value) if definition.sealed() => {
                let digests = tx.keys().index().text_anywhere(&blind_kind(definition.id), &folded(value));
                by_digest.extend(digests.into_iter().map(|digest| (digest, text)));
            }
            tree => drop(by_digest.insert(unique_key(definition, tree), text)),
        }
    }
    if by_digest.is_empty() {
        return Ok(HashMap::new());
    }
    let digests = || by_digest.keys().cloned();
    let found: Vec<(Vec<u8>, Uuid)> = if definition.sealed() {
        let same = Condition::any()
            .add(blind::Column::Digest.is_in(digests()))
            .add(blind::Column::NextDigest.is_in(digests()));
        let of = Condition::all()
            .add(blind::Column::Kind.eq(blind_kind(definition.id)))
            .add(blind::Column::OnlyLive.eq(1))
            .add(same);
        let rows = tx.find_masked::<blind::Entity>().filter(of).all().await?;
        rows.into_iter()
            .flat_map(|row| [Some(row.digest), row.next_digest].map(|digest| (digest, row.customer_id)))
            .filter_map(|(digest, customer)| Some((digest?, customer)))
            .collect()
    } else {
        let of = Condition::all()
            .add(value::Column::FieldId.eq(definition.id))
            .add(value::Column::UniqueKey.is_in(digests()));
        let rows = tx.find_masked::<value::Entity>().filter(of).all().await?;
        rows.into_iter().filter_map(|row| Some((row.unique_key?, row.customer_id))).collect()
    };
    let text = |(digest, customer): (Vec<u8>, Uuid)| Some(((*by_digest.get(&digest)?).clone(), customer));
    Ok(found.into_iter().filter_map(text).collect())
}

/// The live customer who has this value of a field in which no two have the same.
pub(super) async fn holder(tx: &Tx<'_>, definition: &Definition, tree: &Tree) -> Result<Option<Uuid>, Problem> {
    if let (true, Tree::Text(text)) = (definition.sealed(), tree) {
        let same = digested(tx, &blind_kind(definition.id), &folded(text));
        let rows = tx.find_masked::<blind::Entity>().filter(same).filter(blind::Column::OnlyLive.eq(1));
        return Ok(rows.one().await?.map(|row| row.customer_id));
    }
    let rows = tx
        .find_masked::<value::Entity>()
        .filter(value::Column::FieldId.eq(definition.id))
        .filter(value::Column::UniqueKey.eq(unique_key(definition, tree)));
    Ok(rows.one().await?.map(|row| row.customer_id))
}

fn value_rows(customer: Uuid, definition: &Definition, tree: &Tree) -> Vec<value::ActiveModel> {
    if *tree == Tree::Null {
        return Vec::new();
    }
    let rows = keys(definition, tree).into_iter().zip(0_i64..).map(|(key, position)| {
        let (number, text) = match key {
            Key::Number(number) => (Some(number), None),
            Key::Text(text) => (None, Some(text)),
            Key::Nothing => (None, None),
        };
        let only = definition.rules.unique && !definition.sealed();
        value::ActiveModel {
            customer_id: Set(customer),
            field_id: Set(definition.id),
            position: Set(position),
            number_key: Set(number),
            text_key: Set(text),
            unique_key: Set(only.then(|| unique_key(definition, tree))),
            ..Default::default()
        }
    });
    rows.collect()
}

/// A digest of a value that no two customers may have: the whole of it, where a key is cut.
pub(super) fn unique_key(definition: &Definition, tree: &Tree) -> Vec<u8> {
    let spelled = match (definition.kind, tree) {
        (CustomKind::Text, Tree::Text(text)) => folded(text),
        _ => serde_json::to_string(tree).unwrap_or_default(),
    };
    sha256(spelled.as_bytes()).to_vec()
}
