//! Filters on what stands beside a customer's row: phones, e-mails, stars, and the words of the search box.

use super::filter::{Compiler, IntoWhole as _, Refused};
use super::ranked::Search;
use crate::customers::contacts::EMAIL;
use crate::customers::custom::entity::blind;
use crate::customers::custom::keys::folded;
use crate::customers::digests::digested;
use crate::customers::entity::{customer, phone};
use crate::customers::record_entity::star;
use domain::filters::{Op, Test};
use domain::permission::FieldRule;
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{Condition, Query, SelectStatement};

impl Compiler<'_> {
    /// Whether there is a phone at all; which, the search box answers.
    pub(super) fn phone(&self, test: &Test) -> Result<Condition, Refused> {
        if self.scope.fields().phones == FieldRule::Hide {
            return Err(Refused::Field);
        }
        let mut with = Query::select();
        with.column(phone::Column::CustomerId)
            .from(phone::Entity)
            .and_where(phone::Column::TenantId.eq(self.scope.tenant_id()));
        among(test.op, with)
    }

    /// Whether there is an e-mail address, or one of these, by its digest: whoever never sees one whole cannot
    /// find it out by asking.
    pub(super) fn email(&self, test: &Test) -> Result<Condition, Refused> {
        let emails = self.scope.fields().emails();
        if emails == FieldRule::Hide {
            return Err(Refused::Field);
        }
        let kind = match test.op {
            Op::Set | Op::Empty => Condition::all().add(blind::Column::Kind.eq(EMAIL)),
            Op::AnyOf if emails.opens() => test
                .values
                .iter()
                .fold(Condition::any(), |any, text| any.add(digested(self.scope, EMAIL, &folded(text)))),
            _ => return Err(Refused::Op),
        };
        let mut with = Query::select();
        with.column(blind::Column::CustomerId)
            .from(blind::Entity)
            .and_where(blind::Column::TenantId.eq(self.scope.tenant_id()))
            .cond_where(kind);
        among(if test.op == Op::AnyOf { Op::Set } else { test.op }, with)
    }

    /// Whether whoever asks has marked them with a star.
    pub(super) fn starred(&self, test: &Test) -> Result<Condition, Refused> {
        let me = self.scope.me().map_err(|_| Refused::Field)?;
        let mut mine = Query::select();
        mine.column(star::Column::CustomerId)
            .from(star::Entity)
            .and_where(star::Column::TenantId.eq(self.scope.tenant_id()))
            .and_where(star::Column::StaffId.eq(me));
        among(test.op, mine)
    }

    /// What the search box finds, so that a view, a bulk action and an export can carry its words.
    pub(super) fn search(&self, test: &Test) -> Result<Condition, Refused> {
        if test.op != Op::Contains {
            return Err(Refused::Op);
        }
        // Not into the business's own fields, which have filters of their own: whoever keeps a filter for a job, which sees
        // everything, would learn what is hidden from them.
        let search = Search::of(self.scope, test.values.first().map(String::as_str), &[]);
        Ok(search.map_or_else(Condition::all, |search| search.matching()))
    }
}

/// Customers that stand among those of a statement, or those who do not.
pub(super) fn among(op: Op, customers: SelectStatement) -> Result<Condition, Refused> {
    match op {
        Op::Set => Ok(customer::Column::Id.in_subquery(customers).into_condition()),
        Op::Empty => Ok(customer::Column::Id.not_in_subquery(customers).into_condition()),
        _ => Err(Refused::Op),
    }
}
