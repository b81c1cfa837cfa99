//! What the rows of a trial say that no two customers may have. Nothing of a trial stays, so what the rows before
//! said is kept as digests: a phone is found again however far apart its rows are, and no more is held in memory
//! than a piece takes.

use super::super::entity::mark;
use super::draft::Draft;
use super::known::{Key, first_phone};
use crate::customers::custom;
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use domain::custom_fields::Definition;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait as _, Set};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The kind of digest that no stored text has.
const KIND: &str = "import_marks";

/// Digests that rows before left.
#[derive(Default)]
pub(super) struct Marks(HashSet<Vec<u8>>);

impl Marks {
    /// Marks the rows of a piece, and finds those that rows of other pieces left in this run.
    pub(super) async fn of(
        tx: &Tx<'_>,
        (import, run): (Uuid, i64),
        drafts: &mut [Draft],
        key: &Key,
        own: &[Definition],
    ) -> Result<Self, Problem> {
        for draft in drafts.iter_mut() {
            draft.marks = said(tx, draft, key, own);
        }
        let all: HashSet<&Vec<u8>> = drafts.iter().flat_map(|draft| &draft.marks).map(|(_, digest)| digest).collect();
        if all.is_empty() {
            return Ok(Self::default());
        }
        let these = Condition::all()
            .add(mark::Column::ImportId.eq(import))
            .add(mark::Column::Run.eq(run))
            .add(mark::Column::Digest.is_in(all.into_iter().cloned()));
        let rows = tx.find::<mark::Entity>().filter(these).all().await?;
        Ok(Self(rows.into_iter().map(|row| row.digest).collect()))
    }

    /// Whether a row before said the same of this field.
    pub(super) fn has(&self, draft: &Draft, field: &str) -> bool {
        draft.marks.iter().any(|(of, digest)| of == field && self.0.contains(digest))
    }

    /// The first of the business's own fields in which a row before said the same.
    pub(super) fn own(&self, draft: &Draft) -> Option<String> {
        let mut own = draft.marks.iter().filter(|(field, _)| field.starts_with("custom."));
        own.find(|(_, digest)| self.0.contains(digest)).map(|(field, _)| field.clone())
    }
}

/// What a row says that no other may.
fn said(scope: &Scope, draft: &Draft, key: &Key, own: &[Definition]) -> Vec<(String, Vec<u8>)> {
    let mut said = Vec::new();
    if let Some(phone) = first_phone(draft) {
        said.push(("phones".to_owned(), phone.e164().to_owned()));
    }
    if let (Key::Id, Some(id)) = (key, &draft.id) {
        said.push((key.field(), id.clone()));
    }
    for definition in own.iter().filter(|definition| definition.rules.unique) {
        let value = draft.body.get("custom").and_then(|custom| custom.get(&definition.key));
        if let Some(value) = value {
            let text = value.as_str().map_or_else(|| Value::to_string(value), custom::keys::folded);
            said.push((format!("custom.{}", definition.key), text));
        }
    }
    let marked = |(field, text): (String, String)| (field.clone(), digest(scope, &format!("{field}|{text}")));
    said.into_iter().map(marked).collect()
}

fn digest(scope: &Scope, text: &str) -> Vec<u8> {
    scope.keys().index().text(KIND, text).first
}

/// What is kept of a customer whose row failed: the old follow-ups of theirs wait for that row.
pub(super) fn missing(scope: &Scope, said: &str) -> Vec<u8> {
    digest(scope, &format!("missing|{said}"))
}

/// Those of the customers whose rows failed in a piece before.
pub(super) async fn missed(
    tx: &Tx<'_>,
    (import, run): (Uuid, i64),
    said: &[String],
) -> Result<HashSet<String>, Problem> {
    let digests: HashMap<Vec<u8>, &String> = said.iter().map(|said| (missing(tx, said), said)).collect();
    let these = Condition::all()
        .add(mark::Column::ImportId.eq(import))
        .add(mark::Column::Run.eq(run))
        .add(mark::Column::Digest.is_in(digests.keys().cloned()));
    let rows = if said.is_empty() { Vec::new() } else { tx.find::<mark::Entity>().filter(these).all().await? };
    Ok(rows.iter().filter_map(|row| digests.get(&row.digest).map(|said| (*said).clone())).collect())
}

/// Keeps what rows said that would have come in, and of whose customers old follow-ups wait.
pub(super) async fn keep(tx: &Tx<'_>, (import, run): (Uuid, i64), digests: HashSet<Vec<u8>>) -> Result<(), Problem> {
    if digests.is_empty() {
        return Ok(());
    }
    let rows = digests.into_iter().map(|digest| mark::ActiveModel {
        import_id: Set(import),
        run: Set(run),
        digest: Set(digest),
        ..Default::default()
    });
    Ok(tx.insert_missing::<mark::Entity>(rows.collect()).await?)
}
