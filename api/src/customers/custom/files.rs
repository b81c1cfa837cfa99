//! Fields that hold files. A body names attachments by their ids; what stands in the customer's row also says what
//! they are called and what they are, so that a list needs no look at them.

use super::super::Customer;
use super::super::entity::customer;
use super::super::vault::person_key;
use super::shown::read;
use crate::attachments::{self, Held};
use crate::problem::Problem;
use crate::scope::{Reads, Tx};
use chrono::Duration;
use domain::Violation;
use domain::custom_fields::{CustomKind, Definition};
use domain::json::Tree;
use sea_orm::ColumnTrait as _;
use std::collections::HashSet;
use uuid::Uuid;

/// For how long a file is there that a field let go of.
const LET_GO: Duration = Duration::days(1);

/// The ids of files, of a body and of what is kept.
pub(in crate::customers) fn ids(tree: &Tree) -> Vec<Uuid> {
    let Tree::List(items) = tree else { return Vec::new() };
    let id = |item: &Tree| match item {
        Tree::Text(text) => Uuid::try_parse(text).ok(),
        record => match record.member("id") {
            Some(Tree::Text(text)) => Uuid::try_parse(text).ok(),
            _ => None,
        },
    };
    items.iter().filter_map(id).collect()
}

/// What is kept as a body would say it.
pub(super) fn said_by_ids(kept: &Tree) -> Tree {
    Tree::List(ids(kept).iter().map(|id| Tree::Text(id.to_string())).collect())
}

/// What the files of a field are called.
pub(super) fn names(tree: &Tree) -> Vec<String> {
    let Tree::List(items) = tree else { return Vec::new() };
    let name = |item: &Tree| match item.member("name") {
        Some(Tree::Text(name)) => Some(name.clone()),
        _ => None,
    };
    items.iter().filter_map(name).collect()
}

fn kept(held: &Held) -> Tree {
    let text = |text: &str| Tree::Text(text.to_owned());
    let members = [
        ("id", text(&held.id.to_string())),
        ("name", text(&held.name)),
        ("kind", text(held.kind.as_str())),
        ("bytes", Tree::Int(held.bytes)),
    ];
    Tree::Record(members.map(|(name, value)| (name.to_owned(), value)).into())
}

/// Says of the files that a body names what they are.
///
/// # Errors
/// `attachment_unknown` for one that whoever asks did not send, or that waited too long.
pub(super) async fn found(
    rows: &impl Reads,
    filled: &mut [(Definition, Tree)],
    before: Option<&Customer>,
) -> Result<(), Problem> {
    let stood = read(before.and_then(|customer| customer.custom.as_deref()));
    for (definition, tree) in filled.iter_mut().filter(|(definition, _)| definition.kind == CustomKind::File) {
        let there = stood.member(&definition.id.simple().to_string()).unwrap_or(&Tree::Null);
        let stands = |id: Uuid| match there {
            Tree::List(items) => items.iter().find(|item| item.member("id") == Some(&Tree::Text(id.to_string()))),
            _ => None,
        };
        let mut ids = ids(tree);
        if ids.is_empty() {
            continue;
        }
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(*id));
        let new: Vec<Uuid> = ids.iter().copied().filter(|id| stands(*id).is_none()).collect();
        let new = match new.is_empty() {
            true => Vec::new(),
            false => attachments::named(rows, &new, before.map(|customer| customer.id), definition.id).await?,
        };
        let of = |id: &Uuid| stands(*id).cloned().or_else(|| new.iter().find(|held| held.id == *id).map(kept));
        let all: Vec<Tree> = ids.iter().filter_map(of).collect();
        if all.len() != ids.len() {
            return Err(Violation::new(format!("custom.{}", definition.key), "attachment_unknown").into());
        }
        *tree = Tree::List(all);
    }
    Ok(())
}

/// Makes files stay that fields name by now, and lets go of those that they name no more.
pub(super) async fn settle(
    tx: &Tx<'_>,
    customer: Uuid,
    filled: &[(Definition, Tree)],
    before: Option<&Customer>,
) -> Result<(), Problem> {
    let stood = read(before.and_then(|customer| customer.custom.as_deref()));
    let mut person = None;
    for (definition, tree) in filled.iter().filter(|(definition, _)| definition.kind == CustomKind::File) {
        let old = ids(stood.member(&definition.id.simple().to_string()).unwrap_or(&Tree::Null));
        let now = ids(tree);
        let gone: Vec<Uuid> = old.iter().copied().filter(|id| !now.contains(id)).collect();
        attachments::let_go(tx, &gone, Some(tx.now() + LET_GO)).await?;
        let new: Vec<Uuid> = now.into_iter().filter(|id| !old.contains(id)).collect();
        if new.is_empty() {
            continue;
        }
        let key = match &person {
            Some(key) => key,
            None => person.insert(match before {
                Some(row) => person_key(tx, row)?,
                None => {
                    let row = tx.find_masked::<customer::Entity>().filter(customer::Column::Id.eq(customer)).one();
                    person_key(tx, &row.await?.ok_or(Problem::NotFound)?)?
                }
            }),
        };
        attachments::name(tx, &new, (customer, definition.id), key).await?;
    }
    Ok(())
}
