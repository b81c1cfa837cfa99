//! What names in a table stand for: colleagues, types and tags of the business.

use super::draft::{Draft, Flaw};
use crate::customers::record_entity::kind;
use crate::customers::tagging::{Known, look_up};
use crate::problem::Problem;
use crate::scope::Tx;
use crate::tags::entity::{group, tag};
use crate::tenants::staff;
use domain::permission::Permission;
use domain::phone::Phone;
use domain::{Violation, transfer::ImportStart};
use sea_orm::{ColumnTrait as _, Set};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The colour of a tag that a table made.
const COLOUR: &str = "#5B6B7A";

#[derive(Default)]
pub(super) struct Names {
    /// Colleagues at work; none where two have one name.
    staff: HashMap<String, Option<Uuid>>,
    /// Whoever ever worked here, with their names.
    ever: HashMap<String, (Uuid, String)>,
    types: HashMap<String, String>,
    /// Tags; none where two categories have one of that name.
    tags: HashMap<String, Option<Uuid>>,
    /// The same tags, with their categories.
    known: Known,
}

impl Names {
    /// The tags that the rows name.
    pub(super) const fn known(&self) -> &Known {
        &self.known
    }

    /// Those that some rows name. Tags that are not there yet are made when that was asked for.
    pub(super) async fn of(tx: &Tx<'_>, asked: &ImportStart, drafts: &[Draft]) -> Result<Self, Problem> {
        let mut names = Self::default();
        let people = |draft: &Draft| [draft.owner.clone(), draft.made_by.clone(), draft.talk.by.clone()];
        let helpers = drafts.iter().flat_map(|draft| &draft.helpers).map(|(name, _)| name.clone());
        let people: BTreeSet<String> = drafts.iter().flat_map(people).flatten().chain(helpers).collect();
        if !people.is_empty() {
            names.meet(tx, people).await?;
        }
        if drafts.iter().any(|draft| draft.body.contains_key("type")) {
            let own = tx.find::<kind::Entity>().all().await?;
            names.types = own.into_iter().map(|row| (row.name, row.code)).collect();
        }
        let wanted: BTreeSet<&String> = drafts.iter().flat_map(|draft| &draft.tags).collect();
        if !wanted.is_empty() {
            let those = tag::Column::Name.is_in(wanted.iter().flat_map(|said| [said.as_str(), within(said).1]));
            let rows = tx.find::<tag::Entity>().filter(those).shape(|rows| rows.find_also_related(group::Entity));
            // The category of new tags is meant before all others.
            let (meant, others) = rows
                .all()
                .await?
                .into_iter()
                .partition::<Vec<_>, _>(|(row, _)| asked.tag_group_id == Some(row.group_id));
            for said in &wanted {
                let (Some(of), name) = within(said) else { continue };
                let is = |(row, group): &&(tag::Model, Option<group::Model>)| {
                    row.name == name && group.as_ref().is_some_and(|group| group.name == of)
                };
                if let Some((row, _)) = meant.iter().chain(&others).find(is) {
                    names.tags.insert((*said).clone(), Some(row.id));
                }
            }
            for (row, _) in others {
                names.tags.entry(row.name).and_modify(|known| *known = None).or_insert(Some(row.id));
            }
            names.tags.extend(meant.into_iter().map(|(row, _)| (row.name, Some(row.id))));
            if let Some(group) = asked.tag_group_id.filter(|_| tx.may(Permission::TagsWrite)) {
                for name in wanted.into_iter().filter(|name| (1..=20).contains(&name.chars().count())) {
                    if !names.tags.contains_key(name) {
                        names.tags.insert(name.clone(), Some(make(tx, group, name).await?));
                    }
                }
            }
            let ids: Vec<Uuid> = names.tags.values().copied().flatten().collect();
            names.known = look_up(tx, &ids).await?;
        }
        Ok(names)
    }

    /// Knows colleagues by their names, and by their phones where a cell has one.
    async fn meet(&mut self, tx: &Tx<'_>, said: BTreeSet<String>) -> Result<(), Problem> {
        let mut phones: HashMap<Vec<u8>, String> = HashMap::new();
        for cell in said {
            let Some(phone) = Phone::parse(&cell) else { continue };
            let digests = tx.system().phone_digests(&phone).await?;
            phones.extend(digests.into_iter().map(|digest| (digest, cell.clone())));
        }
        for row in tx.find_buried_masked::<staff::Entity>().all().await? {
            let digests = [&row.phone_digest, &row.next_phone_digest].into_iter().flatten();
            let cell = digests.filter_map(|digest| phones.get(digest)).next().cloned();
            let at_work = row.live.is_some() && row.suspended_at.is_none();
            for word in [Some(row.name.clone()), cell].into_iter().flatten() {
                if at_work {
                    let one = Some(row.id);
                    self.staff.entry(word.clone()).and_modify(|known| *known = None).or_insert(one);
                }
                // Of two who had one name it is rather the one who is still here.
                if at_work || !self.ever.contains_key(&word) {
                    self.ever.insert(word, (row.id, row.name.clone()));
                }
            }
        }
        Ok(())
    }

    /// Whoever a name or phone ever stood for.
    pub(super) fn ever(&self, word: &str) -> Option<(Uuid, String)> {
        self.ever.get(word).cloned()
    }

    /// Puts ids where names stand; what no name stands for is wrong. The tags are handed back.
    pub(super) fn settle(&self, draft: &mut Draft) -> Vec<Uuid> {
        if let Some(own) = draft.body.get("type").and_then(|word| self.types.get(word.as_str()?)) {
            draft.body.insert("type".to_owned(), json!(own));
        }
        if let Some(owner) = &draft.owner {
            match self.staff.get(owner).copied() {
                Some(Some(id)) => drop(draft.body.insert("owner_id".to_owned(), json!(id))),
                Some(None) => draft.judged(&[Violation::new("owner_id", "owner_ambiguous")]),
                None => draft.judged(&[Violation::new("owner_id", "owner_unknown")]),
            }
        }
        for (name, level) in std::mem::take(&mut draft.helpers) {
            match self.staff.get(&name).copied() {
                Some(Some(id)) => draft.helping.push((id, level)),
                Some(None) => draft.judged(&[Violation::new("helpers", "owner_ambiguous")]),
                None => draft.judged(&[Violation::new("helpers", "staff_unknown")]),
            }
        }
        let mut tags = BTreeSet::new();
        for name in std::mem::take(&mut draft.tags) {
            match self.tags.get(&name).copied() {
                Some(Some(id)) => drop(tags.insert(id)),
                Some(None) => draft.judged(&[Violation::new("tag_ids", "tag_ambiguous")]),
                None => draft.judged(&[Violation::new("tag_ids", "tag_unknown")]),
            }
        }
        let categories: Vec<Uuid> = tags.iter().filter_map(|tag| self.known.category(*tag)).collect();
        if categories.iter().collect::<BTreeSet<_>>().len() < categories.len() {
            draft.judged(&[Violation::new("tag_ids", "tags_exclusive")]);
        }
        tags.into_iter().collect()
    }

    /// Who wrote a new customer down, as the table says. Somebody whom nobody knows is no reason to lose the row, as with
    /// an old follow-up: whoever imports it did then, and hears of that.
    pub(super) fn author(&self, draft: &mut Draft) -> Option<Uuid> {
        let known = self.ever.get(draft.made_by.as_ref()?).map(|(id, _)| *id);
        if known.is_none() {
            draft.hint("created_by", &Violation::new("", "maker_unknown"));
        }
        known
    }
}

/// A tag as a cell says it, with its group where two groups have one of that name: `口味：绿茶`.
fn within(said: &str) -> (Option<&str>, &str) {
    said.split_once([':', '：']).map_or((None, said), |(group, name)| (Some(group.trim()), name.trim()))
}

async fn make(tx: &Tx<'_>, group: Uuid, name: &str) -> Result<Uuid, Problem> {
    let id = tx.new_id();
    let row = tag::ActiveModel {
        id: Set(id),
        group_id: Set(group),
        name: Set(name.to_owned()),
        colour: Set(COLOUR.to_owned()),
        ..Default::default()
    };
    tx.insert::<tag::Entity>(row).await?;
    Ok(id)
}

/// What a refusal says about a row.
///
/// # Errors
/// What is not about the row.
pub(super) fn refused(draft: &mut Draft, problem: Problem) -> Result<(), Problem> {
    match problem {
        Problem::Invalid(violations) => draft.judged(&violations.0),
        Problem::Conflict { code, field, .. } => {
            draft.judged(&[Violation::new(field.unwrap_or_default().into_owned(), code)]);
        }
        Problem::Forbidden(code) => draft.flaws.push(Flaw::new(None, &Violation::new("", code))),
        Problem::Lacking(_) => draft.flaws.push(Flaw::coded("forbidden")),
        Problem::NotFound => draft.flaws.push(Flaw::new(None, &Violation::new("", "customer_unknown"))),
        other => return Err(other),
    }
    Ok(())
}
