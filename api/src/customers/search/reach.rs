//! Whom of those that are found somebody sees.

use super::place::Rank;
use crate::customers::entity::{customer, phone, searched};
use crate::customers::{Part, helped_by, parts};
use crate::scope::{Scope, hidden};
use domain::permission::Resource;
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Query, SelectStatement};
use uuid::Uuid;

/// People and pools whose names are looked through one by one: each is a piece of the index of names. Those of more
/// are walked together, and each is asked.
const APART: usize = 12;

/// A part of those that are found.
pub(super) enum Reach {
    /// All of them.
    All,
    /// Whom this person looks after, or who is in this pool.
    Of(Uuid),
    /// Those whose row of the search meets this.
    Asked(Condition),
    /// Of these, who are looked up first, those whose own row meets this.
    Helped(Box<SelectStatement>, Condition),
}

impl Reach {
    /// What a row of the search has to say.
    pub(super) fn asked(&self) -> Option<Expr> {
        match self {
            Self::All | Self::Helped(..) => None,
            Self::Of(holder) => Some(searched::Column::HolderId.eq(*holder)),
            // Said so that no index understands it: terms are walked in the order of the page, and each customer is
            // asked. To walk all that somebody sees and put them in order takes a hundred times as long.
            Self::Asked(condition) => Some(hidden(condition.clone())),
        }
    }
}

/// Whom the scope sees, as each rank is looked through.
pub(super) struct Reaches<'s> {
    scope: &'s Scope,
    parts: Vec<Part>,
}

impl<'s> Reaches<'s> {
    pub(super) fn of(scope: &'s Scope) -> Self {
        Self { scope, parts: parts(&scope.look(false), Resource::Customers) }
    }

    /// Together all that somebody sees, and nobody twice.
    pub(super) fn at(&self, rank: Rank) -> Vec<Reach> {
        match self.parts.as_slice() {
            [Part::Every] => return vec![Reach::All],
            [Part::None] => return Vec::new(),
            _ => {}
        }
        let holders: Vec<Uuid> = self.parts.iter().flat_map(Part::holders).copied().collect();
        let others = self.parts.iter().filter(|part| matches!(part, Part::Helped(..) | Part::Pooled));
        let (holder, customer) = says(rank);
        let held = || Condition::all().add(holder.clone().is_in(holders.iter().copied()));
        if rank != Rank::Begins {
            let any = others.map(|part| self.other(part, &customer));
            return vec![Reach::Asked(any.fold(Condition::any().add(held()), Condition::add))];
        }
        let mut all: Vec<Reach> = match holders.len() {
            ..=APART => holders.iter().map(|holder| Reach::Of(*holder)).collect(),
            _ => vec![Reach::Asked(held())],
        };
        // While there is no pool that one could see, nobody is in one.
        all.extend(others.filter_map(|part| match part {
            Part::Helped(helped) => {
                Some(Reach::Helped(Box::new(helped_by(&self.scope.look(false), helped.by)), part.condition()))
            }
            _ => None,
        }));
        all
    }

    /// Those of a part that no holder in the rows of a rank tells. Where it is known whom somebody helps with, hardly
    /// any customer's own row is looked at.
    fn other(&self, part: &Part, at: &Expr) -> Condition {
        let these = match part {
            Part::Helped(helped) => helped.these.as_ref(),
            _ => None,
        };
        let among = these.map(|these| at.clone().is_in(these.iter().copied()));
        Condition::all().add_option(among).add(self.own(part.condition(), at))
    }

    /// Asks the customer's own row.
    fn own(&self, condition: Condition, at: &Expr) -> Expr {
        let row = Query::select()
            .expr(Expr::val(1))
            .from(customer::Entity)
            .and_where(customer::Column::TenantId.eq(self.scope.tenant_id()))
            .and_where(Expr::col((customer::Entity, customer::Column::Id)).eq(at.clone()))
            .cond_where(condition)
            .to_owned();
        Expr::exists(row)
    }
}

/// The columns of a rank's rows that say who holds a customer, and which one: an index of phones has both.
fn says(rank: Rank) -> (Expr, Expr) {
    match rank {
        Rank::Phone | Rank::LastFour => {
            (Expr::col((phone::Entity, phone::Column::HolderId)), Expr::col((phone::Entity, phone::Column::CustomerId)))
        }
        _ => (
            Expr::col((searched::Entity, searched::Column::HolderId)),
            Expr::col((searched::Entity, searched::Column::CustomerId)),
        ),
    }
}
