//! Lists that a tag leads to. The rows of tags say again where customers are and who holds them, so a tag and each
//! part of what somebody sees are a piece of one index, in the order of the list.

use super::filter::{Compiler, nearby};
use super::newest::{AT, ID, capped, past};
use crate::crypto::sha256;
use crate::customers::entity::{customer, tagging};
use crate::customers::{APART, Part};
use crate::db::with_index;
use crate::page::Position;
use crate::problem::Problem;
use crate::scope::{COUNT_CAP, Scope, hidden};
use crate::tags::entity::tag;
use domain::filters::{Clause, Filter, Op, Test};
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{Alias, Asterisk, Condition, Expr, ExprTrait as _, Func, Order, Query, SelectStatement};
use std::collections::BTreeSet;
use uuid::Uuid;

/// So few that they are put in order rather than looked for in the order of the list.
const FEW: u64 = COUNT_CAP;

const TAGGED: &str = "tagged";

/// The indexes of the rows of tags (m0079, m0106), each in the order of the list within what it is named after. The one
/// that has a piece is named to MariaDB, which otherwise looks into all of them to guess how many rows are there.
const NEWEST: &str = "customer_tags_tenant_id_tag_id_live_customer_at_customer_id_regi";
const REGION: &str = "customer_tags_tenant_id_tag_id_live_region_customer_at_customer_";
const CITY: &str = "customer_tags_tenant_id_tag_id_live_city_customer_at_customer_id";
const HOLDER: &str = "customer_tags_tenant_id_tag_id_live_holder_id_customer_at_custom";
const HOLDER_CITY: &str = "customer_tags_tenant_id_tag_id_live_holder_id_city_customer_at_c";

/// A filter that asks for a tag.
pub(super) struct Tagged<'s> {
    scope: &'s Scope,
    /// A customer has one of them.
    tags: Vec<Uuid>,
    /// The owners and pools that it asks for.
    holders: Option<BTreeSet<Uuid>>,
    /// The cities (four digits) and districts (six) that it asks for, none within another; empty when it asks for
    /// provinces, or for no region.
    areas: Vec<String>,
    /// What the rows of tags answer.
    near: Condition,
    /// They are asked for regions only, and by no other name than their own.
    only_placed: bool,
    /// What only the customers' own rows answer.
    far: Condition,
    /// Few customers have the tag and are where the filter says, and there is an index of just these. At most a minute
    /// old: it decides how they are looked for, never which are found.
    few: bool,
    /// How many these are, up to one more than [`FEW`], if it was counted just now.
    there: Option<u64>,
}

/// Which rows of a tag are looked at: those with these holders who are there, in the order of the list.
#[derive(Clone)]
struct Piece {
    who: Who,
    /// A city or a district; `None`: wherever they are.
    area: Option<String>,
}

/// Who holds the customers of a piece.
#[derive(Clone)]
enum Who {
    Anybody,
    /// Anybody, and they are few where the filter says: found by that, and put in order.
    Few,
    One(Uuid),
    /// Any of many, found among all.
    Among(Vec<Uuid>),
}

impl Piece {
    /// The index that has it.
    fn index(&self) -> &'static str {
        match (&self.who, self.area.as_deref().map(str::len)) {
            (Who::One(_), Some(_)) => HOLDER_CITY,
            (Who::One(_), None) => HOLDER,
            (Who::Few, _) | (_, Some(6)) => REGION,
            (_, Some(_)) => CITY,
            (_, None) => NEWEST,
        }
    }
}

impl From<Who> for Piece {
    fn from(who: Who) -> Self {
        Self { who, area: None }
    }
}

impl<'s> Tagged<'s> {
    /// `None` when no tag must be there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn of(scope: &'s Scope, whole: &Filter) -> Result<Option<Self>, Problem> {
        let leads: Vec<Vec<Uuid>> = whole.all.iter().flat_map(leads).collect();
        let Some(tags) = rarest(scope, leads).await? else { return Ok(None) };
        let compiler = Compiler::of(scope, whole).await?;
        let mut holders: Option<BTreeSet<Uuid>> = None;
        let (mut near, mut far) = (Filter::default(), Filter::default());
        // What leads is not asked again: it would be a look-up for each row on the way.
        for clause in
            whole.all.iter().filter(|clause| !matches!(self::leads(clause).as_slice(), [only] if *only == tags))
        {
            if let Some(these) = held(&compiler, clause) {
                holders = Some(holders.map_or_else(|| these.clone(), |those| &those & &these));
            } else if clause.any.iter().all(|test| nearby(&test.field)) {
                near.all.push(clause.clone());
            } else {
                far.all.push(clause.clone());
            }
        }
        let mut asked = near.all.iter().flat_map(|clause| &clause.any).map(|test| test.field == "region");
        let (placed, only_placed) = (asked.clone().any(|region| region), asked.all(|region| region));
        let list = serde_json::to_vec(&(&tags, &near.all)).map_err(anyhow::Error::from)?;
        let (near, far) = (compiler.condition(&near)?, compiler.condition(&far)?);
        let areas = areas(whole);
        let weighed = placed && areas.is_empty() && holders.is_none();
        let mut this = Self { scope, tags, holders, areas, near, only_placed, far, few: false, there: None };
        if weighed {
            this.weigh(sha256(&list)).await?;
        }
        Ok(Some(this))
    }

    /// Finds out whether few are where the filter says, or remembers it.
    async fn weigh(&mut self, list: [u8; 32]) -> Result<(), Problem> {
        let (tenant, now) = (self.scope.tenant_id(), self.scope.now());
        let snapshots = &self.scope.installation().snapshots;
        if let Some(few) = snapshots.few(tenant, list, now) {
            self.few = few;
            return Ok(());
        }
        let there = self.tags.iter().map(|tag| self.amount(*tag, &Who::Few.into(), FEW + 1));
        let there = self.scope.amounts(there.collect()).await?.iter().sum();
        (self.few, self.there) = (there <= FEW, Some(there));
        snapshots.remember_few(tenant, list, now, self.few);
        Ok(())
    }

    /// Whether one tag is asked for, of which no customer can be found twice.
    pub(super) fn single(&self) -> bool {
        self.tags.len() == 1
    }

    /// The ids of a page of each part that rows of tags can answer.
    pub(super) fn pages(&self, part: &Part, limit: u64, after: Option<Position>) -> Vec<SelectStatement> {
        let mut pages = Vec::new();
        for piece in self.pieces(part) {
            for tag in &self.tags {
                let mut rows = self.rows(*tag, &piece, after);
                if matches!(piece.who, Who::Few) {
                    // With a limit, however large, they are found before they are put in order.
                    let some = rows.limit(i64::MAX.unsigned_abs()).to_owned();
                    rows = Query::select().columns([ID, AT]).from_subquery(some, TAGGED).to_owned();
                }
                rows.order_by(AT, Order::Desc).order_by(ID, Order::Desc).limit(limit);
                pages.push(rows);
            }
        }
        pages
    }

    /// How many customers it finds of all, if that is known already.
    pub(super) fn known(&self, parts: &[Part]) -> Option<(u64, bool)> {
        let all = matches!(parts, [Part::Every]) && self.far.is_empty() && self.single();
        self.there.filter(|_| all).map(capped)
    }

    /// The customers of a part, up to so many: for counting.
    pub(super) fn some(&self, part: &Part, limit: u64) -> Vec<SelectStatement> {
        let pieces = self.pieces(part);
        pieces.iter().flat_map(|piece| self.tags.iter().map(move |tag| self.amount(*tag, piece, limit))).collect()
    }

    /// Those of a piece who meet the filter, up to so many, in whatever order is the shortest.
    fn amount(&self, tag: Uuid, piece: &Piece, limit: u64) -> SelectStatement {
        let mut rows = self.near(tag, piece, self.near.clone());
        if self.far.is_empty() {
            rows.expr(Expr::val(1));
        } else {
            rows = self.far(listed(rows));
        }
        rows.limit(limit).to_owned()
    }

    /// The pieces of the index that hold a part.
    fn pieces(&self, part: &Part) -> Vec<Piece> {
        let theirs: Option<BTreeSet<Uuid>> = match part {
            Part::Every => None,
            Part::None | Part::Helped(..) | Part::Pooled => return Vec::new(),
            Part::Of(these) | Part::In(these) => Some(these.iter().copied().collect()),
        };
        let holders = match (&self.holders, theirs) {
            (None, None) => None,
            (Some(these), None) => Some(these.clone()),
            (None, Some(those)) => Some(those),
            (Some(these), Some(those)) => Some(these & &those),
        };
        let who = match holders {
            None if self.few => vec![Who::Few],
            None => vec![Who::Anybody],
            Some(holders) if holders.len() * Ord::max(self.areas.len(), 1) <= APART => {
                holders.into_iter().map(Who::One).collect()
            }
            Some(holders) => vec![Who::Among(holders.into_iter().collect())],
        };
        let areas = if self.areas.is_empty() { vec![None] } else { self.areas.iter().cloned().map(Some).collect() };
        who.into_iter()
            .flat_map(|who| areas.iter().cloned().map(move |area| Piece { who: who.clone(), area }))
            .collect()
    }

    /// The customers of a piece who meet the filter, in the order of the list.
    fn rows(&self, tag: Uuid, piece: &Piece, after: Option<Position>) -> SelectStatement {
        // Of many the first ones are wanted, and no other order than the list's may tempt: the region is in the index
        // that is walked, and is only hidden from whoever chooses the index.
        let near = match piece.who {
            Who::Few => self.near.clone(),
            _ if self.near.is_empty() => Condition::all(),
            _ => Condition::all().add(hidden(self.near.clone())),
        };
        let mut rows = listed(self.near(tag, piece, near));
        if let Some(after) = after {
            rows.cond_where(past(after, (of(tagging::Column::CustomerAt), of(tagging::Column::CustomerId))));
        }
        if self.far.is_empty() { rows } else { self.far(rows) }
    }

    /// Those of them who meet what only customers' own rows answer.
    fn far(&self, near: SelectStatement) -> SelectStatement {
        let meets = Query::select()
            .expr(Func::count(Expr::val(1)))
            .from(customer::Entity)
            .and_where(customer::Column::TenantId.eq(self.scope.tenant_id()))
            .and_where(Expr::col((customer::Entity, customer::Column::Id)).equals((Alias::new(TAGGED), Alias::new(ID))))
            .cond_where(self.far.clone())
            .to_owned();
        Query::select()
            .columns([ID, AT])
            .from_subquery(near, TAGGED)
            .and_where(Expr::SubQuery(None, Box::new(meets.into())).gt(0))
            .to_owned()
    }

    /// The rows of a tag that are a piece and meet a condition. They go by the name of customers' own: what is asked of
    /// customers can be asked of them.
    fn near(&self, tag: Uuid, piece: &Piece, condition: Condition) -> SelectStatement {
        let (mut rows, index) = (Query::select(), piece.index());
        if self.only_placed {
            rows.from_as(tagging::Entity, customer::Entity);
            with_index(&mut rows, index);
        } else {
            let mut named = Query::select()
                .expr(Expr::col(Asterisk))
                .expr_as(Expr::col(tagging::Column::CustomerId), ID)
                .expr_as(Expr::col(tagging::Column::CustomerAt), AT)
                .from(tagging::Entity)
                .to_owned();
            with_index(&mut named, index);
            rows.from_subquery(named, customer::Entity);
        }
        rows.and_where(of(tagging::Column::TenantId).eq(self.scope.tenant_id()))
            .and_where(of(tagging::Column::TagId).eq(tag))
            .and_where(of(tagging::Column::Live).eq(1))
            .and_where(self.is_live(tag))
            .cond_where(condition);
        let holder = of(tagging::Column::HolderId);
        match &piece.who {
            Who::Anybody | Who::Few => &mut rows,
            Who::One(one) => rows.and_where(holder.eq(*one)),
            Who::Among(many) => rows.and_where(hidden(Condition::all().add(holder.is_in(many.iter().copied())))),
        };
        match (&piece.area, &piece.who) {
            (None, _) => &mut rows,
            // Of one holder's, those in a city are few, and each is asked for the district.
            (Some(area), Who::One(_)) => rows.and_where(is_city(area)),
            (Some(area), _) if area.len() == 6 => rows.and_where(of(tagging::Column::Region).eq(area)),
            (Some(area), _) => rows.and_where(is_city(area)),
        };
        rows
    }

    /// A deleted tag is nobody's, though the rows that gave it are still there.
    fn is_live(&self, tag: Uuid) -> Expr {
        let live = Query::select()
            .expr(Func::count(Expr::val(1)))
            .from(tag::Entity)
            .and_where(tag::Column::TenantId.eq(self.scope.tenant_id()))
            .and_where(tag::Column::Id.eq(tag))
            .and_where(tag::Column::Live.eq(1))
            .to_owned();
        Expr::SubQuery(None, Box::new(live.into())).gt(0)
    }
}

/// A column of the rows of tags, under the name that they go by.
fn of(column: tagging::Column) -> Expr {
    Expr::col((customer::Entity, column))
}

/// The database keeps the first four digits of the region beside it (`m0106_tags_by_city`).
fn is_city(area: &str) -> Expr {
    Expr::col((customer::Entity, "city")).eq(area.get(..4))
}

/// Says who they are, and when they were written down.
fn listed(mut rows: SelectStatement) -> SelectStatement {
    rows.expr_as(of(tagging::Column::CustomerId), ID).expr_as(of(tagging::Column::CustomerAt), AT);
    rows
}

/// The tags of which a clause wants one; several when it wants each of them.
fn leads(clause: &Clause) -> Vec<Vec<Uuid>> {
    let [Test { field, op, values }] = clause.any.as_slice() else { return Vec::new() };
    let tags = || values.iter().filter_map(|value| domain::moment::uuid(value));
    match op {
        Op::AnyOf if field == "tag" => vec![tags().collect()],
        Op::AllOf if field == "tag" => tags().map(|tag| vec![tag]).collect(),
        _ => Vec::new(),
    }
}

/// Of tags that must each be there, the one that fewest have: no walk is shorter.
async fn rarest(scope: &Scope, mut leads: Vec<Vec<Uuid>>) -> Result<Option<Vec<Uuid>>, Problem> {
    leads.retain(|tags| !tags.is_empty());
    if leads.iter().any(|tags| tags.len() == 1) {
        leads.retain(|tags| tags.len() == 1);
    }
    leads.truncate(APART);
    if leads.len() < 2 {
        return Ok(leads.pop());
    }
    let having = |tags: &Vec<Uuid>| {
        Query::select()
            .expr(Expr::val(1))
            .from(tagging::Entity)
            .and_where(tagging::Column::TenantId.eq(scope.tenant_id()))
            .and_where(tagging::Column::TagId.is_in(tags.iter().copied()))
            .and_where(tagging::Column::Live.eq(1))
            .limit(FEW)
            .to_owned()
    };
    let amounts = scope.amounts(leads.iter().map(having).collect()).await?;
    Ok(leads.into_iter().zip(amounts).min_by_key(|(_, having)| *having).map(|(tags, _)| tags))
}

/// Owners or pools that a clause asks for.
fn held(compiler: &Compiler<'_>, clause: &Clause) -> Option<BTreeSet<Uuid>> {
    let [test] = clause.any.as_slice() else { return None };
    match (test.field.as_str(), test.op) {
        ("owner", Op::AnyOf) => compiler.people(test).ok().map(|people| people.into_iter().collect()),
        ("pool", Op::AnyOf) => Some(test.values.iter().filter_map(|value| domain::moment::uuid(value)).collect()),
        _ => None,
    }
}

/// The cities and districts of which a filter wants one, if it asks for regions once, and for no province.
fn areas(whole: &Filter) -> Vec<String> {
    let mut asked = whole.all.iter().filter(|clause| clause.any.iter().any(|test| test.field == "region"));
    let (Some(Clause { any }), None) = (asked.next(), asked.next()) else { return Vec::new() };
    let [Test { op: Op::AnyOf, values, .. }] = any.as_slice() else { return Vec::new() };
    let all: BTreeSet<&str> = values.iter().map(|code| code.strip_suffix("00").unwrap_or(code)).collect();
    if all.len() > APART || all.iter().any(|code| code.ends_with("00")) {
        return Vec::new();
    }
    // Whoever is in a district of a city that is asked for too is found there.
    let within = |code: &str| all.iter().any(|city| *city != code && code.starts_with(city));
    all.iter().filter(|code| !within(code)).map(|code| (*code).to_owned()).collect()
}
