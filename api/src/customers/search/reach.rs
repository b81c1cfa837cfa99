//! Whom of those that are found somebody sees.

use super::place::Rank;
use crate::customers::entity::{customer, searched};
use crate::customers::{Part, parts};
use crate::scope::{Scope, hidden};
use domain::permission::Resource;
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Query};
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
    /// Those whose own row meets this: so few that they are looked up first.
    Few(Condition),
}

impl Reach {
    /// What a row of the search has to say.
    pub(super) fn asked(&self) -> Option<Expr> {
        match self {
            Self::All | Self::Few(_) => None,
            Self::Of(holder) => Some(searched::Column::HolderId.eq(*holder)),
            // Said so that no index understands it: terms are walked in the order of the page, and each customer is
            // asked. To walk all that somebody sees and put them in order takes a hundred times as long.
            Self::Asked(condition) => Some(hidden(condition.clone())),
        }
    }
}

/// Whom the scope sees, as each rank is looked through.
pub(super) struct Reaches {
    tenant_id: i64,
    parts: Vec<Part>,
}

impl Reaches {
    pub(super) fn of(scope: &Scope) -> Self {
        Self { tenant_id: scope.tenant_id(), parts: parts(&scope.look(false), Resource::Customers) }
    }

    /// Together all that somebody sees, and nobody twice.
    pub(super) fn at(&self, rank: Rank) -> Vec<Reach> {
        match self.parts.as_slice() {
            [Part::Every] => return vec![Reach::All],
            [Part::None] => return Vec::new(),
            _ => {}
        }
        let holders: Vec<Uuid> = self.parts.iter().flat_map(Part::holders).copied().collect();
        let others = || self.parts.iter().filter_map(Part::whoever);
        let held = || Condition::all().add(searched::Column::HolderId.is_in(holders.iter().copied()));
        if rank != Rank::Begins {
            let any = others().map(|condition| self.own(condition.clone()));
            return vec![Reach::Asked(any.fold(Condition::any().add(held()), Condition::add))];
        }
        let mut all: Vec<Reach> = match holders.len() {
            ..=APART => holders.iter().map(|holder| Reach::Of(*holder)).collect(),
            _ => vec![Reach::Asked(held())],
        };
        all.extend(others().map(|condition| Reach::Few(condition.clone())));
        all
    }

    /// Asks the customer's own row.
    fn own(&self, condition: Condition) -> Expr {
        let row = Query::select()
            .expr(Expr::val(1))
            .from(customer::Entity)
            .and_where(customer::Column::TenantId.eq(self.tenant_id))
            .and_where(
                Expr::col((customer::Entity, customer::Column::Id))
                    .equals((searched::Entity, searched::Column::CustomerId)),
            )
            .cond_where(condition)
            .to_owned();
        Expr::exists(row)
    }
}
