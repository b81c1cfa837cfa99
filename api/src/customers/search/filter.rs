//! What the filter language means for customers.

use super::spell::literal;
use crate::clock::CHINA;
use crate::customers::custom::definitions;
use crate::customers::entity::{customer, tagging};
use crate::customers::types;
use crate::problem::Problem;
use crate::scope::Scope;
use crate::tags::entity::tag;
use chrono::{DateTime, NaiveDate, Utc};
use domain::custom_fields::Definition;
use domain::customers::{CompanySize, CustomerKind, CustomerSource, Industry};
use domain::filters::{Field as Known, Filter, Op, Test};
use domain::{Violation, region};
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Func, LikeExpr, Query};
use std::sync::Arc;
use uuid::Uuid;

/// Before the key of a field that the business made itself.
const CUSTOM: &str = "custom.";

/// What the fields that a filter may name, besides the custom ones, are of a customer.
#[derive(Clone, Copy)]
pub(super) enum Field {
    Text(customer::Column),
    Code(customer::Column, fn(&str) -> bool),
    Day(customer::Column),
    Moment(customer::Column),
    Anniversary(customer::Column),
    Dates,
    Person(customer::Column),
    Owner,
    Pool,
    Region,
    Tag,
    Phone,
    Email,
    Needs,
    Starred,
    Search,
}

pub(super) fn field(name: &str) -> Option<Field> {
    use customer::Column as C;
    Some(match Known::of(name)? {
        Known::Name => Field::Text(C::Name),
        Known::Company => Field::Text(C::Company),
        Known::Title => Field::Text(C::Title),
        Known::Type => Field::Code(C::Type, types::shaped),
        Known::Industry => Field::Code(C::Industry, |code| Industry::parse(code).is_some()),
        Known::Size => Field::Code(C::Size, |code| CompanySize::parse(code).is_some()),
        Known::Kind => Field::Code(C::Kind, |code| CustomerKind::parse(code).is_some()),
        Known::Source => Field::Code(C::Source, |code| CustomerSource::parse(code).is_some()),
        Known::Birthdate => Field::Day(C::Birthday),
        Known::Birthday => Field::Anniversary(C::Birthday),
        Known::Dates => Field::Dates,
        Known::Created => Field::Moment(C::CreatedAt),
        Known::Updated => Field::Moment(C::UpdatedAt),
        Known::LastContact => Field::Moment(C::LastContactAt),
        Known::NextContact => Field::Moment(C::NextContactAt),
        Known::CreatedBy => Field::Person(C::CreatedBy),
        Known::Owner => Field::Owner,
        Known::Pool => Field::Pool,
        Known::Region => Field::Region,
        Known::Tag => Field::Tag,
        Known::Phone => Field::Phone,
        Known::Email => Field::Email,
        Known::Needs => Field::Needs,
        Known::Starred => Field::Starred,
        Known::Search => Field::Search,
    })
}

/// Whether rows of tags answer it as well as customers' own: by the id, or by what they say again.
pub(super) fn nearby(name: &str) -> bool {
    use Field as F;
    let beside = |field| {
        matches!(field, F::Region | F::Tag | F::Phone | F::Email | F::Starred | F::Search)
            || matches!(field, F::Moment(customer::Column::CreatedAt))
    };
    name.starts_with(CUSTOM) || field(name).is_some_and(beside)
}

fn asks_other_tables(name: &str) -> bool {
    name.starts_with(CUSTOM) || matches!(field(name), Some(Field::Tag | Field::Phone | Field::Dates))
}

/// Turns filters into conditions, as one actor at one moment.
pub(super) struct Compiler<'s> {
    pub(super) scope: &'s Scope,
    pub(super) today: NaiveDate,
    /// The business's own fields that the actor sees.
    pub(super) definitions: Arc<Vec<Definition>>,
}

/// The condition of a filter, on the columns of `customers`.
///
/// # Errors
/// A field, operator or value that says nothing, each with its place: `filter.all.0.any.1.values.0`.
pub(crate) async fn compile(scope: &Scope, filter: &Filter) -> Result<Condition, Problem> {
    Compiler::of(scope, filter).await?.condition(filter)
}

impl<'s> Compiler<'s> {
    /// Knows the business's own fields if the filter names one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn of(scope: &'s Scope, filter: &Filter) -> Result<Self, Problem> {
        let own = filter.all.iter().flat_map(|clause| &clause.any).any(|test| test.field.starts_with(CUSTOM));
        let definitions = if own { definitions(scope).await? } else { Arc::default() };
        Ok(Self { scope, today: scope.now().with_timezone(&CHINA).date_naive(), definitions })
    }

    /// The condition of a filter.
    ///
    /// # Errors
    /// As [`compile`].
    pub(super) fn condition(&self, filter: &Filter) -> Result<Condition, Problem> {
        let (mut cheap, mut dear) = (Condition::all(), Condition::all());
        for (at, clause) in filter.all.iter().enumerate() {
            let mut any = Condition::any();
            for (of, test) in clause.any.iter().enumerate() {
                any = any.add(self.test(test).map_err(|refused| refused.at(&format!("filter.all.{at}.any.{of}")))?);
            }
            if clause.any.iter().any(|test| asks_other_tables(&test.field)) {
                dear = dear.add(any);
            } else {
                cheap = cheap.add(any);
            }
        }
        // In this order: the databases ask what stands first, first, and a subquery for each row costs ten times what
        // looking at a column of it does.
        Ok(if dear.is_empty() { cheap } else { cheap.add(dear) })
    }

    /// The field of the business's own that a test names.
    pub(super) fn named(&self, field: &str) -> Option<&Definition> {
        let key = field.strip_prefix(CUSTOM)?;
        self.definitions.iter().find(|definition| definition.key == key)
    }

    fn test(&self, test: &Test) -> Result<Condition, Refused> {
        if test.field.starts_with(CUSTOM) {
            return self.custom(test);
        }
        match field(&test.field).ok_or(Refused::Field)? {
            Field::Text(column) => text(column, test),
            Field::Code(column, known) => {
                each(test, |at| Refused::Value(at, "enum_invalid"), |value| known(value).then(|| value.to_owned()))
                    .and_then(|codes| any(column, test.op, codes))
            }
            Field::Day(column) => self.days(test, |day| column.gte(day), |day| column.lt(day), column),
            Field::Moment(column) => {
                self.days(test, |day| column.gte(midnight(day)), |day| column.lt(midnight(day)), column)
            }
            Field::Anniversary(column) => self.anniversary(column, test),
            Field::Dates => self.dates(test),
            Field::Person(column) => any(column, test.op, ids(test)?),
            Field::Owner => self.owner(test),
            Field::Pool => {
                any(customer::Column::PoolId, test.op, if nullary(test.op) { Vec::new() } else { ids(test)? })
            }
            Field::Region => region_test(test),
            Field::Tag => self.tag(test),
            Field::Phone => self.phone(test),
            Field::Email => self.email(test),
            // Which words, the search box does not know either: no index holds them.
            Field::Needs if nullary(test.op) => any(customer::Column::Needs, test.op, Vec::<String>::new()),
            Field::Needs => Err(Refused::Op),
            Field::Starred => self.starred(test),
            Field::Search => self.search(test),
        }
    }

    fn owner(&self, test: &Test) -> Result<Condition, Refused> {
        // In a pool a customer keeps its last owner, who owns it no more.
        let pooled = customer::Column::PoolId.is_not_null();
        let owned = customer::Column::PoolId.is_null();
        Ok(match test.op {
            Op::AnyOf => Condition::all().add(owned).add(customer::Column::OwnerId.is_in(self.people(test)?)),
            Op::NoneOf => Condition::any().add(pooled).add(customer::Column::OwnerId.is_not_in(self.people(test)?)),
            Op::Set => owned.into_condition(),
            Op::Empty => pooled.into_condition(),
            _ => return Err(Refused::Op),
        })
    }

    /// Members of staff; `me` is whoever asks, so that a shared view is everybody's own.
    pub(super) fn people(&self, test: &Test) -> Result<Vec<Uuid>, Refused> {
        let read = |value: &str| if value == "me" { self.scope.me().ok() } else { domain::moment::uuid(value) };
        each(test, |at| Refused::Value(at, "uuid_invalid"), read)
    }

    fn tag(&self, test: &Test) -> Result<Condition, Refused> {
        let has = |tags| self.tagged(tags).gt(0);
        Ok(match test.op {
            Op::AnyOf => has(Some(ids(test)?)).into_condition(),
            Op::AllOf => ids(test)?.into_iter().fold(Condition::all(), |all, tag| all.add(has(Some(vec![tag])))),
            Op::NoneOf => self.tagged(Some(ids(test)?)).eq(0).into_condition(),
            Op::Set => has(None).into_condition(),
            Op::Empty => self.tagged(None).eq(0).into_condition(),
            _ => return Err(Refused::Op),
        })
    }

    /// How many of these tags the customer has. A count for each row that is walked, and not a set of customers: a
    /// tag that every third of a million has is no set to make first, and no planner can turn a count into one.
    fn tagged(&self, tags: Option<Vec<Uuid>>) -> Expr {
        // A deleted tag is nobody's, though the rows that gave it are still there.
        let live = Query::select()
            .column(tag::Column::Id)
            .from(tag::Entity)
            .and_where(tag::Column::TenantId.eq(self.scope.tenant_id()))
            .cond_where(Condition::all().add_option(tags.map(|tags| tag::Column::Id.is_in(tags))))
            .and_where(tag::Column::Live.eq(1))
            .to_owned();
        let count = Query::select()
            .expr(Func::count(Expr::col((tagging::Entity, tagging::Column::TagId))))
            .from(tagging::Entity)
            .and_where(tagging::Column::TenantId.eq(self.scope.tenant_id()))
            .and_where(
                Expr::col((tagging::Entity, tagging::Column::CustomerId))
                    .equals((customer::Entity, customer::Column::Id)),
            )
            .and_where(tagging::Column::TagId.in_subquery(live))
            .to_owned();
        Expr::expr(count)
    }
}

/// Why a test says nothing.
pub(super) enum Refused {
    Field,
    Op,
    Value(usize, &'static str),
}

impl Refused {
    pub(super) fn at(self, test: &str) -> Problem {
        match self {
            Self::Field => Violation::new(format!("{test}.field"), "filter_field_unknown"),
            Self::Op => Violation::new(format!("{test}.op"), "filter_op_unfit"),
            Self::Value(at, code) => Violation::new(format!("{test}.values.{at}"), code),
        }
        .into()
    }
}

pub(super) const fn nullary(op: Op) -> bool {
    matches!(op, Op::Set | Op::Empty)
}

/// Each value read, or the first that cannot be.
fn each<T>(test: &Test, refused: fn(usize) -> Refused, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Refused> {
    test.values.iter().enumerate().map(|(at, value)| read(value).ok_or_else(|| refused(at))).collect()
}

fn ids(test: &Test) -> Result<Vec<Uuid>, Refused> {
    each(test, |at| Refused::Value(at, "uuid_invalid"), domain::moment::uuid)
}

pub(super) fn any<V: Into<sea_orm::Value>>(
    column: customer::Column,
    op: Op,
    values: Vec<V>,
) -> Result<Condition, Refused> {
    Ok(match op {
        Op::AnyOf => column.is_in(values).into_condition(),
        Op::NoneOf => Condition::any().add(column.is_null()).add(column.is_not_in(values)),
        Op::Set => column.is_not_null().into_condition(),
        Op::Empty => column.is_null().into_condition(),
        _ => return Err(Refused::Op),
    })
}

fn text(column: customer::Column, test: &Test) -> Result<Condition, Refused> {
    let like = |before: &str| {
        let value = test.values.first().map(|value| domain::text::fold(value).to_lowercase()).unwrap_or_default();
        let value = literal(&value);
        // In lower case: one of the databases tells `A` from `a`, the other does not.
        let lower = Expr::expr(Func::lower(Expr::col((customer::Entity, column))));
        lower.like(LikeExpr::new(format!("{before}{value}%")).escape('\\')).into_condition()
    };
    match test.op {
        Op::Contains => Ok(like("%")),
        Op::BeginsWith => Ok(like("")),
        op => any(column, op, test.values.iter().map(|value| domain::text::fold(value)).collect()),
    }
}

/// A province holds its cities and a city its districts: `330000`, `330100`, `330106`.
fn region_test(test: &Test) -> Result<Condition, Refused> {
    let column = customer::Column::Region;
    if nullary(test.op) {
        return any(column, test.op, Vec::<String>::new());
    }
    let within = each(
        test,
        |at| Refused::Value(at, "region_invalid"),
        |code| {
            region::check(code).ok()?;
            let step = if code.ends_with("0000") {
                10_000
            } else if code.ends_with("00") {
                100
            } else {
                1
            };
            let end = code.parse::<u32>().ok()? + step;
            // A piece of the index, where LIKE is not one on every database.
            Some(Condition::all().add(column.gte(code)).add(column.lt(format!("{end:06}"))))
        },
    )?;
    let within = within.into_iter().fold(Condition::any(), Condition::add);
    match test.op {
        Op::AnyOf => Ok(within),
        Op::NoneOf => Ok(Condition::any().add(column.is_null()).add(within.not())),
        _ => Err(Refused::Op),
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(chrono::NaiveTime::MIN).and_local_timezone(CHINA);
    local.single().map_or(DateTime::<Utc>::MIN_UTC, |at| at.with_timezone(&Utc))
}

/// An expression as a condition.
pub(super) trait IntoWhole {
    fn into_condition(self) -> Condition;
}

impl IntoWhole for Expr {
    fn into_condition(self) -> Condition {
        Condition::all().add(self)
    }
}
