//! Old follow-ups 跟进记录 in a table: what was said with a customer, by whom and when. Interactions come after
//! customers and know how one is written down; here is what a row says.

use super::apply::Settled;
use super::draft::Draft;
use super::known::Key;
use super::names::Names;
use super::update;
use crate::customers::entity::customer;
use crate::problem::Problem;
use crate::scope::{Tx, new_id};
use chrono::{DateTime, Duration, Utc};
use domain::Violation;
use domain::interactions::{Channel, NewInteraction};
use domain::permission::Permission;
use domain::transfer::RowOutcome;
use sea_orm::ColumnTrait as _;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What was said with a customer once.
pub(crate) struct Talk {
    pub(crate) id: Uuid,
    pub(crate) customer: Uuid,
    pub(crate) told: Told,
}

/// The same, before it is known with whom.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) channel: Channel,
    pub(crate) content: String,
    pub(crate) at: DateTime<Utc>,
    /// Who wrote it down then, and their name.
    pub(crate) by: (Uuid, String),
}

/// Whoever knows how interactions are written down.
pub(crate) trait Talks {
    /// Writes some down and answers which: what stands there already is not written twice.
    fn write(&self, tx: &Tx<'_>, talks: Vec<Talk>) -> impl Future<Output = Result<HashSet<Uuid>, Problem>>;

    /// Takes one back.
    fn take_back(&self, tx: &Tx<'_>, id: Uuid) -> impl Future<Output = Result<(), Problem>>;
}

/// What a row says in its cells.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) content: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) at: Option<DateTime<Utc>>,
    pub(super) by: Option<String>,
}

/// What a row tells, judged like the form; what is wrong with it stands in the draft. Somebody whom nobody knows
/// is no reason to lose it: whoever imports it is its author then, and hears of that.
pub(super) fn told(tx: &Tx<'_>, draft: &mut Draft, names: &Names) -> Result<Option<Told>, Problem> {
    let Some(content) = draft.talk.content.clone() else { return Ok(None) };
    if !tx.may(Permission::InteractionsWrite) {
        draft.judged(&[Violation::new("content", "forbidden")]);
        return Ok(None);
    }
    let channel = draft.talk.channel.clone().unwrap_or_else(|| Channel::Other.as_str().to_owned());
    let at = draft.talk.at.or(draft.made_at).unwrap_or_else(|| tx.now());
    if at > tx.now() + Duration::minutes(5) {
        draft.judged(&[Violation::new("happened_at", "happened_ahead")]);
    }
    let body = json!({ "channel": channel, "content": content, "happened_at": at }).to_string();
    let input: NewInteraction = match domain::check(body.as_bytes()) {
        Ok(input) => input,
        Err(violations) => {
            draft.judged(&violations.0);
            return Ok(None);
        }
    };
    let mine = || Ok::<_, Problem>((tx.me()?, tx.who().name.clone()));
    let by = match draft.talk.by.clone() {
        None => mine()?,
        Some(name) => match names.ever(&name) {
            Some(known) => known,
            None => {
                draft.hint("interaction_by", &Violation::new("", "author_unknown"));
                mine()?
            }
        },
    };
    Ok(Some(Told { channel: input.channel, content: input.content, at, by }))
}

/// Rows that only add an old follow-up to a customer of a row before.
pub(super) async fn added(
    tx: &Tx<'_>,
    more: Vec<(Draft, Option<Uuid>)>,
    settled: &[Settled],
    met: &HashSet<Uuid>,
    key: &Key,
) -> Result<Vec<Settled>, Problem> {
    if more.is_empty() {
        return Ok(Vec::new());
    }
    let came: HashSet<Uuid> = settled.iter().filter_map(|row| row.customer).chain(met.iter().copied()).collect();
    let these = customer::Column::Id.is_in(more.iter().filter_map(|(_, id)| *id));
    let rows = tx.find_to_change_all::<customer::Entity>().filter(these).all().await?;
    let mut rows: HashMap<Uuid, customer::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut added = Vec::new();
    for (mut draft, id) in more {
        let Some(at) = draft.told.as_ref().map(|told| told.at) else { continue };
        let row = id.filter(|id| came.contains(id)).and_then(|id| rows.get_mut(&id));
        match (row, id) {
            (Some(row), _) => {
                let there = [("name", Some(row.name.as_str())), ("company", row.company.as_deref())];
                let said = |field: &str| draft.body.get(field).and_then(Value::as_str).map(str::trim);
                let other = there.into_iter().find(|(field, there)| said(field).is_some() && said(field) != *there);
                if let Some((field, _)) = other {
                    draft.hint(field, &Violation::new("", "row_other"));
                }
                let before = Some(update::spoken(tx, row, at).await?);
                row.last_contact_at = row.last_contact_at.max(Some(at));
                let customer = Some(row.id);
                added.push(Settled { customer, before, adds: true, ..Settled::of(draft, RowOutcome::Updated) });
            }
            // Of a trial, in which nobody of a row before is there.
            (None, None) => added.push(Settled::of(draft, RowOutcome::Updated)),
            (None, Some(_)) => {
                draft.judged(&[Violation::new(key.field(), "row_waits")]);
                added.push(Settled::of(draft, RowOutcome::Failed));
            }
        }
    }
    Ok(added)
}

/// Writes the old follow-ups down that came with rows.
pub(super) async fn written(tx: &Tx<'_>, settled: &mut [Settled], talks: &impl Talks) -> Result<(), Problem> {
    let mut all = Vec::new();
    for row in settled.iter_mut() {
        if let (Some(customer), Some(told)) = (row.customer, row.told.take()) {
            let id = new_id(told.at);
            row.interaction = Some(id);
            all.push(Talk { id, customer, told });
        }
    }
    let written = talks.write(tx, all).await?;
    for row in settled {
        row.interaction = row.interaction.filter(|id| written.contains(id));
    }
    Ok(())
}
