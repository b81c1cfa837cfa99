//! Rules at work: customers that somebody changed are looked at by a job of the same transaction, and everybody
//! once a day, because `today-30` means another day then.

use super::planned::ask;
use super::put::{How, Retag, look_up, retag};
use super::rules::{self, Node};
use crate::customers::entity::{customer, tagging};
use crate::customers::search::compile;
use crate::customers::transfer::undisturbed;
use crate::jobs::{Job, in_turns};
use crate::problem::Problem;
use crate::scope::{Reads, Scope, Tx};
use crate::tags::entity::rule;
use chrono::{DateTime, Duration, Utc};
use sea_orm::{ColumnTrait as _, Condition, FromQueryResult, QueryOrder as _, QuerySelect as _, Set};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Customers that are looked at together.
const BATCH: u64 = 200;

/// Says that these customers changed in a way that a rule or a follow-up plan may ask for. Costs nothing where there is
/// neither.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn touched(tx: &Tx<'_>, customers: &[Uuid]) -> Result<(), Problem> {
    if customers.is_empty() {
        return Ok(());
    }
    ask(tx, customers, Duration::zero()).await?;
    spoken(tx, customers).await
}

/// As [`touched`], of a change that no follow-up plan asks for.
///
/// # Errors
/// When the database does not answer.
pub(in crate::customers) async fn spoken(tx: &Tx<'_>, customers: &[Uuid]) -> Result<(), Problem> {
    if !rules::any(tx).await? {
        return Ok(());
    }
    tx.enqueue(&CustomersTouched { customers: customers.to_vec() }, tx.now()).await
}

/// Says that rules, or what they ask for, changed: everybody is looked at anew.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn outdated(tx: &Tx<'_>) -> Result<(), Problem> {
    let on = tx.find::<rule::Entity>().filter(rule::Column::Enabled.eq(1)).one().await?;
    match on {
        Some(_) => tx.enqueue(&TagRulesDue { after: None }, tx.now()).await,
        None => Ok(()),
    }
}

/// Customers changed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CustomersTouched {
    customers: Vec<Uuid>,
}

impl Job for CustomersTouched {
    const KIND: &'static str = "customers_touched";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let rules = rules::load(&scope).await?;
        look_at(&mut scope, &rules, self.customers).await
    }
}

/// Everybody is to be looked at.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TagRulesDue {
    /// The last customer that was looked at.
    after: Option<Uuid>,
}

impl TagRulesDue {
    /// From the beginning.
    pub(crate) const fn new() -> Self {
        Self { after: None }
    }
}

/// A customer, and when somebody last changed them.
#[derive(FromQueryResult)]
struct Held {
    id: Uuid,
    updated_at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Id {
    id: Uuid,
}

impl Job for TagRulesDue {
    const KIND: &'static str = "tag_rules_due";

    async fn run(self, scope: Scope) -> Result<(), Problem> {
        let rules = rules::load(&scope).await?;
        if rules.is_empty() {
            return Ok(());
        }
        in_turns(self, scope, async |this, scope| {
            let past = Condition::all().add_option(this.after.map(|id| customer::Column::Id.gt(id)));
            let page = ids(&*scope, past, BATCH).await?;
            this.after = page.last().copied();
            if page.is_empty() {
                done(scope).await?;
                return Ok(true);
            }
            look_at(scope, &rules, page).await?;
            Ok(false)
        })
        .await
    }
}

/// Writes down that everybody was looked at.
async fn done(scope: &mut Scope) -> Result<(), Problem> {
    let now = scope.now();
    let tx = scope.begin().await?;
    let on = Condition::all().add(rule::Column::Enabled.eq(1)).add(rule::Column::Live.eq(1));
    let change = rule::ActiveModel { evaluated_at: Set(Some(now)), ..Default::default() };
    tx.derive_all::<rule::Entity>(on, change).await?;
    tx.unrecorded("looking at customers changes nothing by itself");
    tx.commit().await
}

/// Ids of live customers, in their order.
async fn ids(rows: &impl Reads, condition: Condition, most: u64) -> Result<Vec<Uuid>, Problem> {
    let found = rows.rows::<customer::Entity>().filter(condition).picking(|rows| {
        let rows = rows.column(customer::Column::Id).order_by_asc(customer::Column::Id);
        rows.limit(most).into_model::<Id>()
    });
    Ok(found.all().await?.into_iter().map(|row| row.id).collect())
}

/// Gives and takes what the rules say of these customers. Most of them change nothing, and nothing is held for
/// finding that out.
async fn look_at(scope: &mut Scope, rules: &[Node], customers: Vec<Uuid>) -> Result<(), Problem> {
    let mut differ = BTreeSet::new();
    for node in rules {
        differ.extend(changes(&*scope, node, &customers).await?.into_iter().map(|change| change.customer));
    }
    if differ.is_empty() {
        return Ok(());
    }
    let differ: Vec<Uuid> = differ.into_iter().collect();
    let tx = scope.begin().await?;
    // Held, so that nobody gives a tag by hand between the look and the change; and one rule after the other,
    // because one may ask for the tag of another.
    let these = customer::Column::Id.is_in(differ.iter().copied());
    let held = tx.find::<customer::Entity>().filter(these.clone()).picking(|rows| {
        let rows = rows.columns([customer::Column::Id, customer::Column::UpdatedAt]);
        rows.order_by_asc(customer::Column::Id).lock_exclusive().into_model::<Held>()
    });
    let held: Vec<_> = held.all().await?.into_iter().map(|row| (row.id, row.updated_at)).collect();
    undisturbed(&tx, &held).await?;
    let now = customer::ActiveModel { updated_at: Set(tx.now()), ..Default::default() };
    tx.derive_all::<customer::Entity>(these, now).await?;
    // As they are by now: a rule may have gone to another tag since the walk began.
    for node in &rules::load(&tx).await? {
        let changes = changes(&tx, node, &differ).await?;
        let tags: Vec<Uuid> = node.rules.iter().map(|rule| rule.tag).collect();
        retag(&tx, changes, &look_up(&tx, &tags).await?, How { by_rule: true, gives_way: true, ..How::default() })
            .await?;
    }
    tx.unrecorded("each customer that changed has its entry");
    tx.commit().await
}

/// What a tag that is decided at once asks for: of a category the first rule that holds counts, and a value given
/// by hand before all of them.
async fn changes(rows: &impl Reads, node: &Node, customers: &[Uuid]) -> Result<Vec<Retag>, Problem> {
    let these = || Condition::all().add(customer::Column::Id.is_in(customers.iter().copied()));
    let mut winner: HashMap<Uuid, Uuid> = HashMap::new();
    let mut known = Vec::new();
    for rule in &node.rules {
        // A rule that cannot be read any more, because a field was deleted, changes nothing.
        let holds = match compile(rows.scope(), &rule.filter).await {
            Ok(condition) => condition,
            Err(Problem::Invalid(_)) => continue,
            Err(problem) => return Err(problem),
        };
        known.push(rule.tag);
        for id in ids(rows, these().add(holds), u64::MAX >> 1).await? {
            winner.entry(id).or_insert(rule.tag);
        }
    }
    let rivals = super::put::rivals(rows, node.category, &known).await?;
    let having = Condition::all()
        .add(tagging::Column::CustomerId.is_in(customers.iter().copied()))
        .add(tagging::Column::TagId.is_in(rivals));
    let (mut by_rule, mut by_hand) = (HashMap::<Uuid, HashSet<Uuid>>::new(), HashMap::<Uuid, HashSet<Uuid>>::new());
    for row in rows.rows::<tagging::Entity>().filter(having).all().await? {
        let of = if row.by_rule.is_some() { &mut by_rule } else { &mut by_hand };
        of.entry(row.customer_id).or_default().insert(row.tag_id);
    }
    let mut found = Vec::new();
    for customer in customers {
        let mine = by_rule.get(customer);
        let wanted = winner.get(customer).copied().filter(|_| !by_hand.contains_key(customer));
        let has = |tag: &Uuid| mine.is_some_and(|mine| mine.contains(tag));
        let remove: Vec<Uuid> =
            mine.into_iter().flatten().copied().filter(|tag| known.contains(tag) && Some(*tag) != wanted).collect();
        let add: Vec<Uuid> = wanted.into_iter().filter(|tag| !has(tag)).collect();
        if !add.is_empty() || !remove.is_empty() {
            found.push(Retag { customer: *customer, add, remove });
        }
    }
    Ok(found)
}
