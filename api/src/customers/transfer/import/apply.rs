//! What becomes of some rows: each is judged as a body would be, then new customers are written together and
//! known ones changed one by one; whatever goes wrong with a row takes nothing else with it.

use super::super::files::Line;
use super::draft::{Draft, Flaw};
use super::known::{Key, by_phone, first_phone, met};
use super::marks::{Marks, missed, missing};
use super::names::{Names, refused};
use super::talks::{Talks, Told, added, told, written};
use super::update::{self, Beside};
use crate::calendar::day_of;
use crate::customers::change::check_owner;
use crate::customers::contacts::contact_rule;
use crate::customers::entity::customer;
use crate::customers::new::{self, New};
use crate::customers::pools::Rooms;
use crate::customers::sharing::share;
use crate::customers::{custom, dates, types};
use crate::problem::Problem;
use crate::scope::{Tx, changeable, new_ids};
use domain::Violation;
use domain::custom_fields::Definition;
use domain::customers::{CustomerChanges, NewCustomer};
use domain::permission::HelperLevel;
use domain::transfer::{Duplicates, ImportMode, ImportStart, RowOutcome};
use sea_orm::ColumnTrait as _;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// What became of a row.
pub(super) struct Settled {
    pub(super) line: i64,
    pub(super) outcome: RowOutcome,
    pub(super) flaws: Vec<Flaw>,
    pub(super) customer: Option<Uuid>,
    /// What puts back what stood there before, sealed.
    pub(super) before: Option<Vec<u8>>,
    /// What it said that no other row may, of a trial; or that somebody's old follow-ups wait for it.
    pub(super) marks: Vec<Vec<u8>>,
    /// An old follow-up that comes with it, and the id under which it was written down.
    pub(super) told: Option<Told>,
    pub(super) interaction: Option<Uuid>,
    /// It only adds to what a row before it did.
    pub(super) adds: bool,
}

impl Settled {
    pub(super) fn of(draft: Draft, outcome: RowOutcome) -> Self {
        let Draft { line, mut flaws, hints, marks, told, .. } = draft;
        flaws.extend(hints);
        // Whoever does not come in stands in nobody's way.
        let comes = matches!(outcome, RowOutcome::Created | RowOutcome::Updated);
        let marks = marks.into_iter().filter(|_| comes).map(|(_, digest)| digest).collect();
        let told = told.filter(|_| comes);
        Self { line, outcome, flaws, customer: None, before: None, marks, told, interaction: None, adds: false }
    }
}

/// Rows that passed the rules.
struct Passed {
    draft: Draft,
    new: New,
}

/// Does some rows of an import, or of a trial of one.
pub(super) async fn apply(
    tx: &Tx<'_>,
    (import, trial): ((Uuid, i64), bool),
    (asked, headers): (&ImportStart, &[String]),
    own: &[Definition],
    lines: &[Line],
    (talks, rooms): (&impl Talks, &mut Rooms),
) -> Result<Vec<Settled>, Problem> {
    let key = Key::of(asked.key.as_deref(), own).unwrap_or(Key::Phone);
    let mut drafts: Vec<Draft> = lines.iter().map(|line| Draft::of(line, headers, &asked.columns, own)).collect();
    let names = Names::of(tx, asked, &drafts).await?;
    let said: Vec<String> = drafts.iter().filter_map(|draft| key.said(draft)).collect();
    let known = key.known(tx, &said).await?;
    // Whatever a customer is known by: no two have the same first phone.
    let phones: Vec<String> = drafts.iter().filter_map(first_phone).map(|phone| phone.e164().to_owned()).collect();
    let taken = if matches!(key, Key::Phone) { known.clone() } else { by_phone(tx, &phones).await? };
    let met = met(tx, import, known.values().copied().collect()).await?;
    let may: HashMap<Uuid, customer::Model> = match asked.mode {
        ImportMode::Create => HashMap::new(),
        _ if known.is_empty() => HashMap::new(),
        _ => {
            let these = customer::Column::Id.is_in(known.values().copied());
            let rows = tx.find_to_change_all::<customer::Entity>().filter(these).all().await?;
            rows.into_iter().map(|row| (row.id, row)).collect()
        }
    };
    let marks = if trial { Marks::of(tx, import, &mut drafts, &key, own).await? } else { Marks::default() };
    let talking = drafts.iter().filter(|draft| draft.talk.content.is_some());
    // By line: of whom a row with an old follow-up is.
    let waiting: HashMap<i64, String> = talking.filter_map(|draft| Some((draft.line, key.said(draft)?))).collect();
    let missed = missed(tx, import, &waiting.values().cloned().collect::<Vec<_>>()).await?;
    let (mut seen, mut numbers) = (HashMap::new(), HashSet::new());
    let (mut settled, mut passed, mut more) = (Vec::new(), Vec::new(), Vec::new());
    let ids = new_ids(drafts.iter().map(|draft| draft.made_at.unwrap_or_else(|| tx.now())));
    for (mut draft, id) in drafts.into_iter().zip(ids) {
        let tags = names.settle(&mut draft);
        let said = key.said(&draft);
        let there = said.as_ref().and_then(|said| known.get(said).copied());
        draft.told = told(tx, &mut draft, &names)?;
        let again = marks.has(&draft, &key.field());
        let before = said.as_ref().and_then(|said| seen.get(said).copied());
        // All that is wrong with a row is said at once.
        // Who is to be updated needs no name, also when nobody is there.
        let known = asked.mode == ImportMode::Update || there.is_some() || before.is_some() || again;
        let body = Body::read(&mut draft, known);
        let Some(body) = body.filter(|_| draft.flaws.is_empty()) else {
            settled.push(Settled::of(draft, RowOutcome::Failed));
            continue;
        };
        let of_file = before.or(there.filter(|id| met.contains(id)));
        let repeated = again || of_file.is_some();
        if repeated && draft.told.is_some() {
            more.push((draft, of_file));
            continue;
        }
        let stands = match repeated {
            true => Some((Violation::new(key.field(), "row_repeated"), true)),
            false => in_the_way(asked.mode, &key, there, said.is_some()),
        };
        if let Some((why, harmless)) = stands {
            let skip = harmless && asked.duplicates != Some(Duplicates::Refuse);
            draft.judged(&[why]);
            if skip && draft.told.is_some() {
                draft.hint("interaction", &Violation::new("", "talk_skipped"));
            }
            settled.push(Settled::of(draft, if skip { RowOutcome::Skipped } else { RowOutcome::Failed }));
            continue;
        }
        let failed = |row: &Settled| row.outcome == RowOutcome::Failed && waiting.get(&row.line) == said.as_ref();
        let waits = |said: &String| missed.contains(said) || settled.iter().any(failed);
        if there.is_none() && draft.told.is_some() && said.as_ref().is_some_and(waits) {
            draft.judged(&[Violation::new(key.field(), "row_waits")]);
            settled.push(Settled::of(draft, RowOutcome::Failed));
            continue;
        }
        let first = first_phone(&draft).map(|phone| phone.e164().to_owned());
        match (body, there) {
            (Body::Changes(input), Some(id)) => {
                let change = (id, may.get(&id).cloned(), *input);
                let row = Box::pin(changed(tx, draft, change, (&tags, &names), own, rooms)).await?;
                if row.outcome == RowOutcome::Updated {
                    seen.extend(said.map(|said| (said, id)));
                }
                settled.push(row);
            }
            _ if marks.own(&draft).is_some() => {
                let taken = marks.own(&draft).map(|field| Violation::new(field, "value_taken"));
                draft.judged(taken.as_slice());
                settled.push(Settled::of(draft, RowOutcome::Failed));
            }
            (Body::New(_), _)
                if marks.has(&draft, "phones")
                    || first.as_ref().is_some_and(|it| taken.contains_key(it) || numbers.contains(it)) =>
            {
                draft.judged(&[Violation::new("phones", "phone_taken")]);
                settled.push(Settled::of(draft, RowOutcome::Failed));
            }
            (Body::New(input), _) => match judged(tx, &mut draft, *input, &names, (id, tags)).await? {
                Some(new) => {
                    // Whoever failed stands in nobody's way.
                    seen.extend(said.map(|said| (said, new.id)));
                    numbers.extend(first);
                    passed.push(Passed { draft, new });
                }
                None => settled.push(Settled::of(draft, RowOutcome::Failed)),
            },
            (Body::Changes(_), None) => settled.push(Settled::of(draft, RowOutcome::Failed)),
        }
    }
    settled.extend(Box::pin(created(tx, passed, rooms)).await?);
    settled.extend(added(tx, more, &settled, &met, &key).await?);
    written(tx, &mut settled, talks).await?;
    for row in settled.iter_mut().filter(|row| row.outcome == RowOutcome::Failed) {
        row.marks.extend(waiting.get(&row.line).map(|said| missing(tx, said)));
    }
    Ok(settled)
}

/// What a row says, as the rules read it.
enum Body {
    New(Box<NewCustomer>),
    Changes(Box<CustomerChanges>),
}

impl Body {
    /// `None`: the rules refuse it, and the draft says why.
    fn read(draft: &mut Draft, known: bool) -> Option<Self> {
        let text = Value::Object(draft.body.clone()).to_string();
        let read = match known {
            true => domain::check(text.as_bytes()).map(|input| Self::Changes(Box::new(input))),
            false => domain::check(text.as_bytes()).map(|input| Self::New(Box::new(input))),
        };
        read.map_err(|violations| draft.judged(&violations.0)).ok()
    }
}

/// Why a row cannot be what the import is about, and whether it may be left out for that.
fn in_the_way(mode: ImportMode, key: &Key, there: Option<Uuid>, said: bool) -> Option<(Violation, bool)> {
    match (mode, there) {
        (ImportMode::Create, Some(_)) => Some(match key {
            Key::Phone => (Violation::new("phones", "phone_taken"), true),
            Key::Id => (Violation::new("id", "id_taken"), true),
            Key::Custom(_) => (Violation::new(key.field(), "value_taken"), true),
        }),
        (ImportMode::Update, None) if !said => Some((Violation::new(key.field(), "key_missing"), false)),
        (ImportMode::Update, None) => Some((Violation::new(key.field(), "customer_unknown"), false)),
        // Ids are made here.
        (ImportMode::CreateOrUpdate, None) if matches!(key, Key::Id) && said => {
            Some((Violation::new("id", "customer_unknown"), false))
        }
        _ => None,
    }
}

/// Judges a new customer by what the business says; `None`: something is wrong.
async fn judged(
    tx: &Tx<'_>,
    draft: &mut Draft,
    mut input: NewCustomer,
    names: &Names,
    (id, tags): (Uuid, Vec<Uuid>),
) -> Result<Option<New>, Problem> {
    let (about, given) = (custom::about_new(&input), std::mem::take(&mut input.custom));
    let filled = match allowed(tx, &input).await {
        Ok(()) => custom::check(tx, given, &about, None).await,
        Err(problem) => Err(problem),
    };
    let filled = match filled {
        Ok(filled) => filled,
        Err(problem) => {
            refused(draft, problem)?;
            return Ok(None);
        }
    };
    if draft.made_at.is_some_and(|at| at > tx.now()) {
        draft.judged(&[Violation::new("created_at", "happened_ahead")]);
        return Ok(None);
    }
    let by = names.author(draft).map_or_else(|| tx.me(), Ok)?;
    // Whoever brings them in looks after them, unless the table says who does.
    input.owner_id = Some(input.owner_id.map_or_else(|| tx.me(), Ok)?);
    let spoken_at = draft.told.as_ref().map(|told| told.at);
    Ok(Some(New { id, input, filled, by, at: draft.made_at, tags, spoken_at }))
}

/// Whether whoever asked may say all that.
async fn allowed(tx: &Tx<'_>, input: &NewCustomer) -> Result<(), Problem> {
    check_owner(tx, input.owner_id)?;
    dates::plausible(day_of(tx.now()), input.birthday, &input.dates, &[])?;
    let sealed = [
        ("phones", !input.phones.is_empty()),
        ("emails", !input.emails.is_empty()),
        ("wechat_ids", !input.wechat_ids.is_empty()),
        ("address", input.address.is_some()),
    ];
    for (field, _) in sealed.iter().filter(|(_, named)| *named) {
        changeable(contact_rule(tx, field), field)?;
    }
    match &input.type_ {
        Some(code) => types::known(tx, code).await,
        None => Ok(()),
    }
}

/// Writes new customers together; when one of them cannot be written, one by one, so that the others are.
async fn created(tx: &Tx<'_>, passed: Vec<Passed>, rooms: &mut Rooms) -> Result<Vec<Settled>, Problem> {
    if passed.is_empty() {
        return Ok(Vec::new());
    }
    let (passed, mut settled) = within_limits(tx, passed, rooms).await?;
    let all = passed.iter().map(|row| row.new.clone()).collect();
    let together = tx.attempt(async |tx| new::write(tx, all).await).await?.is_ok();
    let mut helping = Vec::new();
    for Passed { mut draft, new } in passed {
        let (id, owner) = (new.id, owner_of(&new));
        let written = match together {
            true => Ok(()),
            false => tx.attempt(async |tx| new::write(tx, vec![new]).await.map(drop)).await?,
        };
        if let Err(problem) = written {
            rooms.give_back(owner);
            refused(&mut draft, problem)?;
            settled.push(Settled::of(draft, RowOutcome::Failed));
        } else {
            // Of two words about one colleague the later counts.
            let levels: BTreeMap<Uuid, HelperLevel> = draft.helping.iter().copied().collect();
            helping.extend(levels.into_iter().filter(|(one, _)| *one != owner).map(|(one, level)| (id, one, level)));
            settled.push(Settled { customer: Some(id), ..Settled::of(draft, RowOutcome::Created) });
        }
    }
    share(tx, helping).await?;
    Ok(settled)
}

fn owner_of(new: &New) -> Uuid {
    new.input.owner_id.unwrap_or(new.by)
}

/// Those whose owner may still look after them, and what becomes of the others.
async fn within_limits(
    tx: &Tx<'_>,
    passed: Vec<Passed>,
    rooms: &mut Rooms,
) -> Result<(Vec<Passed>, Vec<Settled>), Problem> {
    let (mut fit, mut over) = (Vec::new(), Vec::new());
    for mut row in passed {
        match rooms.take(tx, owner_of(&row.new)).await? {
            Ok(()) => fit.push(row),
            Err(why) => {
                row.draft.judged(&[Violation::new("owner_id", why)]);
                over.push(Settled::of(row.draft, RowOutcome::Failed));
            }
        }
    }
    Ok((fit, over))
}

async fn changed(
    tx: &Tx<'_>,
    mut draft: Draft,
    (id, row, input): (Uuid, Option<customer::Model>, CustomerChanges),
    (tags, names): (&[Uuid], &Names),
    own: &[Definition],
    rooms: &mut Rooms,
) -> Result<Settled, Problem> {
    let Some(row) = row else {
        let seen = tx.find::<customer::Entity>().filter(customer::Column::Id.eq(id)).one().await?.is_some();
        draft
            .flaws
            .push(Flaw::new(None, &Violation::new("", if seen { "row_read_only" } else { "customer_elsewhere" })));
        return Ok(Settled::of(draft, RowOutcome::Failed));
    };
    let moves = |owner: &Uuid| *owner != row.owner_id || row.pool_id.is_some();
    let owner = input.owner_id.filter(moves);
    if let Some(owner) = owner
        && let Err(why) = rooms.take(tx, owner).await?
    {
        draft.judged(&[Violation::new("owner_id", why)]);
        return Ok(Settled::of(draft, RowOutcome::Failed));
    }
    let spoken = draft.told.as_ref().map(|told| told.at);
    let beside = Beside { tags, known: names.known(), spoken, helping: &draft.helping };
    match tx.attempt(async |tx| update::update(tx, row, input, beside, own).await).await? {
        Ok(before) => Ok(Settled { customer: Some(id), before, ..Settled::of(draft, RowOutcome::Updated) }),
        Err(problem) => {
            owner.into_iter().for_each(|owner| rooms.give_back(owner));
            refused(&mut draft, problem)?;
            Ok(Settled::of(draft, RowOutcome::Failed))
        }
    }
}
