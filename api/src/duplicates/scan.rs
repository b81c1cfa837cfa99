//! The scan: some customers at a time in the order of their ids, each compared with those who have the same
//! phone, company or name. Later scans look at what changed since. It can be stopped anywhere and goes on.

use super::pairs::id_of;
use super::score::{Facts, score};
use crate::customers::entity::{customer, phone, searched, term};
use crate::customers::merging::entity::{pair, scan};
use crate::customers::{self, Customer};
use crate::db::Code;
use crate::jobs::Job;
use crate::problem::Problem;
use crate::scope::{Scope, Tenanted, Tx};
use domain::duplicates::{PairReason, PairState};
use sea_orm::sea_query::{Condition, ExprTrait as _};
use sea_orm::{ColumnTrait as _, FromQueryResult, QueryOrder as _, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Customers in one transaction.
const BATCH: u64 = 50;
/// Transactions of a run before other jobs get their turn; far less than a lease.
const TURN: usize = 20;
/// A company or a name that more customers have says nothing about any two of them.
const HOLDERS: i64 = 50;
/// Pairs of one customer that are kept, the likest first.
const KEPT: usize = 8;
/// Customers that are read in one statement, and phones that are met at most in one batch.
const READ: usize = 500;
const MET: u64 = 2000;

pub(super) const RUNNING: &str = "running";
pub(super) const DONE: &str = "done";

/// Somebody asked for a scan.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ScanAsked {
    /// The row in `duplicate_scans`.
    pub(super) scan_id: Uuid,
}

impl Job for ScanAsked {
    const KIND: &'static str = "duplicate_scan_asked";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        for _ in 0..TURN {
            if !step(&mut scope, self.scan_id).await? {
                return Ok(());
            }
        }
        let now = scope.now();
        let tx = scope.begin().await?;
        tx.enqueue(&self, now).await?;
        tx.commit().await
    }

    async fn give_up(self, mut scope: Scope) -> Result<(), Problem> {
        // Whoever asks again begins a new one, which looks at everything that this one would have.
        let tx = scope.begin().await?;
        let ended = scan::ActiveModel { state: Set(DONE.to_owned()), ..Default::default() };
        tx.derive::<scan::Entity>(self.scan_id, ended).await?;
        tx.audit("scan", "customer", None, serde_json::json!({ "given_up": true }));
        tx.commit().await
    }
}

/// One batch; `false` when nothing is left.
async fn step(scope: &mut Scope, id: Uuid) -> Result<bool, Problem> {
    let tx = scope.begin().await?;
    let held = tx.find::<scan::Entity>().filter(scan::Column::Id.eq(id)).shape(QuerySelect::lock_exclusive);
    let Some(found) = held.all().await?.into_iter().next().filter(|found| found.state == RUNNING) else {
        return Ok(false);
    };
    let left = Condition::all()
        .add_option(found.after_id.map(|after| customer::Column::Id.gt(after)))
        .add_option(found.changed_at.map(|at| customer::Column::UpdatedAt.gte(at)));
    let page = |rows: sea_orm::Select<customer::Entity>| rows.order_by_asc(customer::Column::Id).limit(BATCH);
    let batch = tx.find::<customers::Entity>().filter(left).shape(page).all().await?;
    let Some(last) = batch.last().map(|row| row.id) else {
        let ended =
            scan::ActiveModel { state: Set(DONE.to_owned()), finished_at: Set(Some(tx.now())), ..Default::default() };
        tx.derive::<scan::Entity>(id, ended).await?;
        let counts = serde_json::json!({ "customers": found.customers, "pairs": found.pairs });
        tx.audit("scan", "customer", None, counts);
        tx.commit().await?;
        return Ok(false);
    };
    let looked = i64::try_from(batch.len()).unwrap_or(i64::MAX);
    let new = compare(&tx, batch).await?;
    let further = scan::ActiveModel {
        after_id: Set(Some(last)),
        customers: Set(found.customers + looked),
        pairs: Set(found.pairs + new),
        ..Default::default()
    };
    tx.derive::<scan::Entity>(id, further).await?;
    tx.unrecorded("that two records look alike says nothing new about either of them");
    tx.commit().await?;
    Ok(true)
}

/// Which customers might be one, and whether they have a phone in common.
#[derive(Default)]
struct Candidates(BTreeMap<(Uuid, Uuid), bool>);

impl Candidates {
    /// Everybody in a group with everybody of the batch.
    fn add<K: Ord>(&mut self, batch: &HashMap<Uuid, Customer>, holders: impl Iterator<Item = (K, Uuid)>, phone: bool) {
        let mut groups: BTreeMap<K, Vec<Uuid>> = BTreeMap::new();
        for (key, customer) in holders {
            groups.entry(key).or_default().push(customer);
        }
        for group in groups.values() {
            for mine in group.iter().filter(|id| batch.contains_key(*id)) {
                for other in group.iter().filter(|other| *other != mine) {
                    *self.0.entry((*mine.min(other), *mine.max(other))).or_default() |= phone;
                }
            }
        }
    }
}

/// Compares a batch with everybody, and writes down who looks alike; says how many pairs are new.
async fn compare(tx: &Tx<'_>, batch: Vec<Customer>) -> Result<i64, Problem> {
    let mut known: HashMap<Uuid, Customer> = batch.into_iter().map(|row| (row.id, row)).collect();
    let ids: Vec<Uuid> = known.keys().copied().collect();
    let facts: Vec<Facts> = known.values().map(Facts::of).collect();
    let mut candidates = Candidates::default();

    let own = tx.find::<phone::Entity>().filter(phone::Column::CustomerId.is_in(ids.iter().copied())).all().await?;
    if !own.is_empty() {
        let digests: BTreeSet<Vec<u8>> = own.into_iter().map(|row| row.digest).collect();
        let rows = tx.find::<phone::Entity>().filter(phone::Column::Digest.is_in(digests));
        let rows = rows.shape(|rows| rows.order_by_asc(phone::Column::Digest).limit(MET)).all().await?;
        candidates.add(&known, rows.into_iter().map(|row| (row.digest, row.customer_id)), true);
    }
    let companies: BTreeSet<i64> = facts.iter().filter_map(Facts::company).collect();
    let companies = companies.into_iter().map(sea_orm::Value::from).collect();
    let companies: Vec<Company> = rare::<term::Entity, _>(tx, term::Column::Term, companies).await?;
    if !companies.is_empty() {
        let these = term::Column::Term.is_in(companies.into_iter().map(|held| held.value));
        let rows = tx.find::<term::Entity>().filter(these).all().await?;
        candidates.add(&known, rows.into_iter().map(|row| (row.term, row.customer_id)), false);
    }
    let names: BTreeSet<&str> = facts.iter().filter_map(Facts::name).collect();
    let names = names.into_iter().map(sea_orm::Value::from).collect();
    let names: Vec<Name> = rare::<searched::Entity, _>(tx, searched::Column::NameKey, names).await?;
    if !names.is_empty() {
        let these = searched::Column::NameKey.is_in(names.into_iter().map(|held| held.value));
        let rows = tx.find::<searched::Entity>().filter(these).all().await?;
        candidates.add(&known, rows.into_iter().map(|row| (row.name_key, row.customer_id)), false);
    }

    let others: BTreeSet<Uuid> = candidates.0.keys().flat_map(|(one, two)| [*one, *two]).collect();
    let others: Vec<Uuid> = others.into_iter().filter(|id| !known.contains_key(id)).collect();
    for some in others.chunks(READ) {
        let rows =
            tx.find::<customers::Entity>().filter(customer::Column::Id.is_in(some.iter().copied())).all().await?;
        known.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    let facts: HashMap<Uuid, Facts> = known.iter().map(|(id, row)| (*id, Facts::of(row))).collect();
    let mut alike: Vec<Alike> = candidates
        .0
        .into_iter()
        .filter_map(|((one, two), phone)| {
            let (score, why) = score(facts.get(&one)?, facts.get(&two)?, phone)?;
            Some(Alike { one, two, score, why })
        })
        .collect();
    alike.sort_by_key(|pair| std::cmp::Reverse(pair.score));
    let mut had: HashMap<Uuid, usize> = HashMap::new();
    alike.retain(|pair| {
        let mine = if ids.contains(&pair.one) { pair.one } else { pair.two };
        let had = had.entry(mine).or_default();
        *had += 1;
        *had <= KEPT
    });
    write(tx, &ids, alike).await
}

/// Two who look alike.
struct Alike {
    one: Uuid,
    two: Uuid,
    score: i64,
    why: Vec<PairReason>,
}

impl Alike {
    fn reasons(&self) -> String {
        self.why.iter().map(|why| why.as_str()).collect::<Vec<_>>().join(",")
    }
}

/// A company that some customers have.
#[derive(FromQueryResult)]
struct Company {
    value: i64,
}

/// A name that some customers have.
#[derive(FromQueryResult)]
struct Name {
    value: String,
}

/// Of these values those that at least two customers have, and not too many.
async fn rare<E: Tenanted, H: FromQueryResult + Send + Sync>(
    tx: &Tx<'_>,
    column: E::Column,
    values: Vec<sea_orm::Value>,
) -> Result<Vec<H>, Problem> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.find::<E>().filter(column.is_in(values));
    let some = |rows: sea_orm::Select<E>| {
        let count = || column.count();
        rows.select_only()
            .column_as(column, "value")
            .group_by(column)
            .having(count().gte(2).and(count().lte(HOLDERS)))
            .into_model::<H>()
    };
    Ok(rows.shape(some).all().await?)
}

/// Writes down who looks alike by now, and takes back what no longer holds. What somebody decided stays.
async fn write(tx: &Tx<'_>, batch: &[Uuid], alike: Vec<Alike>) -> Result<i64, Problem> {
    let ids: Vec<Uuid> = alike.iter().map(|pair| id_of(pair.one, pair.two)).collect();
    let over = Condition::all()
        .add(pair::Column::State.eq(PairState::Open.as_str()))
        .add(
            Condition::any()
                .add(pair::Column::CustomerId.is_in(batch.iter().copied()))
                .add(pair::Column::OtherId.is_in(batch.iter().copied())),
        )
        .add_option((!ids.is_empty()).then(|| pair::Column::Id.is_not_in(ids.iter().copied())));
    tx.remove::<pair::Entity>(over).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let there = tx.find::<pair::Entity>().filter(pair::Column::Id.is_in(ids)).all().await?;
    let there: HashMap<Uuid, pair::Model> = there.into_iter().map(|row| (row.id, row)).collect();
    let mut new = Vec::new();
    for pair in alike {
        let (id, reasons) = (id_of(pair.one, pair.two), pair.reasons());
        match there.get(&id) {
            None => new.push(pair::ActiveModel {
                id: Set(id),
                customer_id: Set(pair.one),
                other_id: Set(pair.two),
                score: Set(pair.score),
                reasons: Set(reasons),
                state: Set(Code(PairState::Open)),
                created_at: Set(tx.now()),
                ..Default::default()
            }),
            Some(row) if row.score != pair.score || row.reasons != reasons => {
                let now = pair::ActiveModel { score: Set(pair.score), reasons: Set(reasons), ..Default::default() };
                tx.derive::<pair::Entity>(id, now).await?;
            }
            Some(_) => {}
        }
    }
    let count = i64::try_from(new.len()).unwrap_or(i64::MAX);
    tx.insert_missing::<pair::Entity>(new).await?;
    Ok(count)
}
