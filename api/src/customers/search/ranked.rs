//! What one box finds, best first: the phone, then names that begin with the query, then what sounds like
//! it, then whatever holds it, then what the business's own fields say. Each rank is a short walk through one index; the statement puts them together,
//! and the rows are sorted here by the same rules.

use super::found::{Found, FoundIn};
use super::newest::part;
use super::own::{self, Piece};
use super::place::{Place, RANKS, Rank, place};
use super::rarity::rarest;
use super::reach::{Reach, Reaches};
use super::spell::{literal, locate};
use super::terms::{Indexed, Sought, name_key};
use crate::customers::custom::entity::value;
use crate::customers::entity::{customer, helper, phone, searched, term};
use crate::customers::rows::Brief;
use crate::customers::store::{LAST_FOUR, PHONE, with_digest};
use crate::customers::vault::numbers;
use crate::problem::Problem;
use crate::scope::Scope;
use domain::custom_fields::Definition;
use domain::permission::FieldRule;
use domain::phone::Phone;
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait as _, Func, IntoIden as _, JoinType, LikeExpr, Order, Query, SelectStatement,
    UnionType,
};
use std::collections::HashSet;
use uuid::Uuid;

/// Ranks that are asked for together: what is anywhere in a name is looked for only when too few names begin so.
const TURNS: [&[Rank]; 2] = [&[Rank::Phone, Rank::LastFour, Rank::Begins], &[Rank::Sounds, Rank::Holds, Rank::Own]];

/// How few names begin with so many characters that a page of them is never full.
const WHOLE: usize = 3;

/// How a table is joined that is looked into for each row of those before it: SQLite takes this one literally and
/// would look for texts before terms otherwise; to MariaDB it is a join like any other. It takes no condition of its
/// own (sea-query leaves it out), so that stands with the others.
const AFTER: JoinType = JoinType::CrossJoin;

/// What the statements call it.
const RANK: &str = "rank";

/// The column that says which customer a row is of.
pub(super) type Id = (sea_orm::DynIden, sea_orm::DynIden);

/// What the box asks for.
pub(super) struct Search<'s> {
    scope: &'s Scope,
    sought: Sought,
    number: Option<Phone>,
    last_four: Option<String>,
    own: Vec<Piece>,
}

impl<'s> Search<'s> {
    /// `None`: the box is empty. It also looks into those of the `definitions` that can be asked.
    pub(super) fn of(scope: &'s Scope, q: Option<&str>, definitions: &[Definition]) -> Option<Self> {
        let mut sought = Sought::of(q?)?;
        rarest(scope, &mut sought);
        let phones = scope.fields().phones;
        // Whoever never sees a whole number cannot find out by asking for one after the other either.
        let number = Phone::parse(&sought.text).filter(|_| phones.opens());
        let four = sought.text.len() == 4 && sought.text.bytes().all(|b| b.is_ascii_digit());
        let last_four = Some(sought.text.clone()).filter(|_| four && phones != FieldRule::Hide);
        let own = own::own(scope, q?, definitions);
        Some(Self { scope, sought, number, last_four, own })
    }

    fn by_phone(&self) -> bool {
        self.number.is_some() || self.last_four.is_some()
    }

    /// Customers that are found, in whatever rank.
    pub(super) fn matching(&self) -> Condition {
        let found = RANKS.iter().filter_map(|rank| Some(self.rows(*rank, false, &Reach::All, &Condition::all())?.0));
        found.fold(Condition::any(), |any, rows| any.add(customer::Column::Id.in_subquery(rows)))
    }

    /// The ids of one rank, and the column that says them. `apart`: without those that begin so, who have a rank of
    /// their own; their names have to be fetched for that. Only those within `reach`; own fields, of which not all are looked
    /// at, ask the `filters` at once.
    fn rows(&self, rank: Rank, apart: bool, reach: &Reach, filters: &Condition) -> Option<(SelectStatement, Id)> {
        let (index, asked) = (self.scope.keys().index(), Condition::all().add_option(reach.asked()));
        let looks = |verify: bool| {
            let begins = apart.then(|| self.begins().not());
            asked.clone().add_option(begins).add_option(verify.then(|| self.like()))
        };
        let mut rows = Query::select();
        let id = match rank {
            Rank::Phone | Rank::LastFour => {
                let digests = match rank {
                    Rank::Phone => with_digest(PHONE, index.phone_anywhere(self.number.as_ref()?)),
                    _ => with_digest(LAST_FOUR, index.last_four_anywhere(self.last_four.as_deref()?)),
                };
                let at = (phone::Entity.into_iden(), phone::Column::CustomerId.into_iden());
                rows.from(phone::Entity).cond_where(digests).cond_where(asked);
                at
            }
            Rank::Begins => {
                let id = (searched::Entity.into_iden(), searched::Column::CustomerId.into_iden());
                if let Reach::Helped(these, condition) = reach {
                    let helped = (Alias::new("helped").into_iden(), helper::Column::CustomerId.into_iden());
                    rows.from_subquery((**these).clone(), helped.0.clone());
                    rows.join(AFTER, customer::Entity, Condition::all()).cond_where(self.same(&helped));
                    rows.join(AFTER, searched::Entity, Condition::all()).cond_where(self.same(&id));
                    rows.cond_where(condition.clone());
                } else {
                    rows.from(searched::Entity);
                }
                rows.cond_where(self.begins()).cond_where(asked);
                id
            }
            Rank::Sounds => {
                let spelled = self.sought.spelled.as_ref()?;
                let at = self.terms(&mut rows, &[spelled.term]);
                self.text(&mut rows, &at, looks(spelled.verify));
                at
            }
            Rank::Holds => {
                let at = self.terms(&mut rows, &self.sought.pairs);
                let heard = self.sought.spelled.as_ref().map(|spelled| self.has_term(&at, spelled.term).not());
                self.text(&mut rows, &at, looks(self.sought.pairs_verify));
                rows.cond_where(Condition::all().add_option(heard));
                at
            }
            Rank::Own => {
                let at = (Alias::new("own").into_iden(), value::Column::CustomerId.into_iden());
                let pieces = self.own.iter().map(|piece| part(self.piece(piece, asked.clone(), filters)));
                let all = pieces.reduce(|mut all, one| all.union(UnionType::Distinct, one).to_owned())?;
                rows.from_subquery(all, at.0.clone());
                at
            }
        };
        rows.column(id.clone())
            .and_where(Expr::col((id.0.clone(), Alias::new("tenant_id"))).eq(self.scope.tenant_id()));
        Some((rows, id))
    }

    /// Customers by one field of the business's own, without those who are found better: they have a place before these.
    fn piece(&self, (rows, id): &Piece, asked: Condition, filters: &Condition) -> SelectStatement {
        let mut rows = rows.clone();
        self.text(&mut rows, id, asked.add(self.like().not()));
        for rank in [Rank::Phone, Rank::LastFour] {
            if let Some((known, _)) = self.rows(rank, false, &Reach::All, &Condition::all()) {
                rows.and_where(Expr::col(id.clone()).not_in_subquery(known));
            }
        }
        if !filters.is_empty() {
            rows.join(AFTER, customer::Entity, Condition::all()).cond_where(self.same(id)).cond_where(filters.clone());
        }
        let tenant = (id.0.clone(), searched::Column::TenantId.into_iden());
        rows.columns([tenant, id.clone()]).limit(own::MOST).to_owned()
    }

    /// The customer of a row.
    fn same(&self, id: &Id) -> Condition {
        Condition::all()
            .add(customer::Column::TenantId.eq(self.scope.tenant_id()))
            .add(Expr::col((customer::Entity, customer::Column::Id)).equals(id.clone()))
    }

    /// Joins the index once for each term; answers the column of the customer.
    fn terms(&self, rows: &mut SelectStatement, terms: &[i64]) -> Id {
        let customer = || term::Column::CustomerId.into_iden();
        let first = Alias::new("t0").into_iden();
        for (at, wanted) in terms.iter().enumerate() {
            let this = Alias::new(format!("t{at}"));
            let is = Expr::col((this.clone(), term::Column::Term)).eq(*wanted);
            if at == 0 {
                rows.from_as(term::Entity, this).and_where(is);
                continue;
            }
            let same = Condition::all()
                .add(Expr::col((this.clone(), term::Column::TenantId)).eq(self.scope.tenant_id()))
                .add(is)
                .add(Expr::col((this.clone(), term::Column::CustomerId)).equals((first.clone(), customer())));
            rows.join_as(AFTER, term::Entity, this, Condition::all()).cond_where(same);
        }
        (first, customer())
    }

    /// Joins the text and asks it, if there is something to ask.
    fn text(&self, rows: &mut SelectStatement, id: &Id, condition: Condition) {
        if condition.is_empty() {
            return;
        }
        let same = Condition::all()
            .add(searched::Column::TenantId.eq(self.scope.tenant_id()))
            .add(Expr::col((searched::Entity, searched::Column::CustomerId)).equals(id.clone()));
        rows.join(AFTER, searched::Entity, Condition::all()).cond_where(same).cond_where(condition);
    }

    /// Names that begin with the query: a piece of the index, in code point order on every database.
    fn begins(&self) -> Condition {
        let q = &self.sought.text;
        Condition::all()
            .add(searched::Column::NameKey.gte(q))
            .add(searched::Column::NameKey.lt(format!("{q}\u{10ffff}")))
    }

    fn like(&self) -> Condition {
        let like = |text| LikeExpr::new(format!("%{}%", literal(text))).escape('\\');
        let texts = self.sought.texts().map(|text| searched::Column::Text.like(like(text)));
        texts.fold(Condition::any(), Condition::add)
    }

    fn has_term(&self, id: &Id, wanted: i64) -> Expr {
        let this = Alias::new("heard");
        let row = Query::select()
            .expr(Expr::val(1))
            .from_as(term::Entity, this.clone())
            .and_where(Expr::col((this.clone(), term::Column::TenantId)).eq(self.scope.tenant_id()))
            .and_where(Expr::col((this.clone(), term::Column::Term)).eq(wanted))
            .and_where(Expr::col((this, term::Column::CustomerId)).equals(id.clone()))
            .to_owned();
        Expr::exists(row)
    }

    /// Where a customer stands in the answer, by the very rules of the statement.
    pub(super) fn rank(&self, customer: &Brief) -> Result<Place, Problem> {
        let name_key = name_key(&customer.name);
        let phones = if self.by_phone() { numbers(self.scope, customer)? } else { Vec::new() };
        let rank = if self.number.as_ref().is_some_and(|number| phones.contains(number)) {
            Rank::Phone
        } else if self.last_four.as_ref().is_some_and(|four| phones.iter().any(|phone| phone.last_four() == four)) {
            Rank::LastFour
        } else if name_key.starts_with(&self.sought.text) {
            Rank::Begins
        } else if self.sought.spelled.is_some() && indexed(customer).sounds(&self.sought) {
            Rank::Sounds
        } else if !self.own.is_empty() && !indexed(customer).holds(&self.sought) {
            Rank::Own
        } else {
            Rank::Holds
        };
        Ok(Place { rank, id: customer.id, name_key })
    }

    pub(super) fn found(&self, rank: Rank, customer: &Brief) -> Option<Found> {
        let at = |field, text: &str| {
            let (from, length) = locate(text, &self.sought.text, field == FoundIn::Name)?;
            Some(Found { field, from, length })
        };
        match rank {
            Rank::Phone | Rank::LastFour => Some(Found { field: FoundIn::Phone, from: 0, length: 0 }),
            Rank::Own => Some(Found { field: FoundIn::Own, from: 0, length: 0 }),
            _ => at(FoundIn::Name, &customer.name)
                .or_else(|| customer.company.as_deref().and_then(|company| at(FoundIn::Company, company))),
        }
    }

    /// The ids of the page after `after`: of each of these ranks, or of all of them that stand in one order, a page.
    fn page(&self, ranks: &[Rank], filters: &Condition, limit: u64, after: Option<&Place>) -> Option<SelectStatement> {
        let reaches = Reaches::of(self.scope);
        let left = ranks.iter().copied().filter(|rank| after.is_none_or(|after| after.rank <= *rank));
        let ids = left.filter_map(|rank| self.of_rank(rank, &reaches.at(rank), filters, limit, after));
        let all = ids.reduce(|mut all, one| all.union(UnionType::All, one).to_owned())?;
        let mut page = Query::select().column(term::Column::CustomerId).from_subquery(all, "page").to_owned();
        if ranks.contains(&Rank::Own) {
            // Names that begin so may be found a second time, and then leave room for others.
            let limit = if ranks.contains(&Rank::Begins) { limit * 2 } else { limit };
            page.order_by(RANK, Order::Asc).order_by(term::Column::CustomerId, Order::Desc).limit(limit);
        }
        Some(page)
    }

    /// The ids of a page of one rank, of all that is within reach.
    fn of_rank(
        &self,
        rank: Rank,
        reaches: &[Reach],
        filters: &Condition,
        limit: u64,
        after: Option<&Place>,
    ) -> Option<SelectStatement> {
        let mut pieces = Vec::new();
        for reach in reaches {
            let (mut rows, id) = self.rows(rank, after.is_some(), reach, filters)?;
            if rank != Rank::Own {
                if !filters.is_empty() && !matches!(reach, Reach::Helped(..)) {
                    rows.join(AFTER, customer::Entity, Condition::all()).cond_where(self.same(&id));
                }
                rows.cond_where(filters.clone());
            }
            if let Some(after) = after.filter(|after| after.rank == rank) {
                rows.cond_where(self.past(after, &id));
            }
            if rank == Rank::Begins {
                rows.order_by((searched::Entity, searched::Column::NameKey), Order::Asc).order_by(id, Order::Asc);
            } else if matches!(rank, Rank::Phone | Rank::LastFour) {
                // Said so that no index has this order: SQLite would walk the keys of a million phones for it.
                let id = Expr::col(id);
                rows.order_by_expr(Func::coalesce([id.clone(), id]).into(), Order::Desc);
            } else {
                rows.order_by(id, Order::Desc);
            }
            rows.expr_as(Expr::val(place(rank)), RANK).limit(limit);
            pieces.push(rows);
        }
        if pieces.len() < 2 {
            return pieces.pop().map(part);
        }
        // Each piece has the first of its own names; the first of all are wanted.
        let key = searched::Column::NameKey;
        let named = pieces.into_iter().map(|mut rows| part(rows.column((searched::Entity, key)).to_owned()));
        let all = named.reduce(|mut all, one| all.union(UnionType::All, one).to_owned())?;
        let mut first = Query::select()
            .columns([term::Column::CustomerId.into_iden(), RANK.into_iden()])
            .from_subquery(all, "pieces")
            .to_owned();
        first.order_by(key, Order::Asc).order_by(term::Column::CustomerId, Order::Asc).limit(limit);
        Some(part(first))
    }

    /// The ids of the page after `after`, and of some customers more than it has.
    pub(super) async fn ids(
        &self,
        filters: &Condition,
        limit: u64,
        after: Option<&Place>,
    ) -> Result<Vec<Uuid>, Problem> {
        // Whoever has the number may also have it in the name, and then counts once: two more to be sure of the end.
        let most = limit + 3;
        if self.at_once() {
            let Some(page) = self.page(&RANKS, filters, most, after) else { return Ok(Vec::new()) };
            let mut known = HashSet::new();
            let mut ids = self.scope.ids(&page).await?;
            ids.retain(|id| known.insert(*id));
            ids.truncate(usize::try_from(most).unwrap_or(usize::MAX));
            return Ok(ids);
        }
        let mut ids = Vec::new();
        for ranks in TURNS {
            let found = u64::try_from(ids.len()).unwrap_or(u64::MAX);
            if found >= most {
                break;
            }
            let Some(page) = self.page(ranks, filters, most, after) else { continue };
            ids.extend(self.scope.ids(&page).await?);
            ids.sort_unstable();
            ids.dedup();
        }
        Ok(ids)
    }

    /// Whether all ranks are asked for in one statement: hardly any name begins with a spelling, and a page of those
    /// that begin with a whole name is not full. Numbers stand in an order that no statement tells, and come first.
    fn at_once(&self) -> bool {
        !self.by_phone() && (self.sought.spelled.is_some() || self.sought.text.chars().count() >= WHOLE)
    }

    fn past(&self, after: &Place, id: &Id) -> Condition {
        if after.rank != Rank::Begins {
            return Condition::all().add(Expr::col(id.clone()).lt(after.id));
        }
        let key = searched::Column::NameKey;
        let same = Condition::all().add(key.eq(&after.name_key)).add(Expr::col(id.clone()).gt(after.id));
        // The first condition repeats what the second implies: it is what the index understands.
        Condition::all().add(key.gte(&after.name_key)).add(Condition::any().add(key.gt(&after.name_key)).add(same))
    }
}

/// What a customer is found by: few queries are a spelling, and to spell a name takes long.
fn indexed(customer: &Brief) -> Indexed {
    Indexed::of(&customer.name, customer.company.as_deref())
}
