//! A query that is already inside its business and its actor's rows. It can be narrowed and shaped,
//! and it is executed where the scope says; there is no way to take it elsewhere.

use super::rows::Tenanted;
use crate::db::On;
use crate::page::{Page, Position};
use crate::problem::Problem;
use sea_orm::sea_query::{Condition, Expr, IntoCondition, Query, SelectStatement};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, Iterable as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, Select, SelectModel, SelectThree, SelectTwo, Selector,
    TopologyStar,
};
use uuid::Uuid;

/// Counts stop here and say so: "1000+".
pub const COUNT_CAP: u64 = 1000;

/// Rows of one entity that the scope may see.
pub struct Find<'s, E: EntityTrait> {
    /// Without columns: most queries show some of them only.
    pub(super) select: Select<E>,
    pub(super) on: On<'s>,
}

impl<'s, E: Tenanted> Find<'s, E> {
    /// Only rows that also meet `condition`.
    #[must_use]
    pub fn filter(self, condition: impl IntoCondition) -> Self {
        Self { select: self.select.filter(condition), on: self.on }
    }

    /// In a transaction: whom it finds nobody changes until it ends, so that what was looked at still holds when it is
    /// written. Others may look in the same way. SQLite has one writer at a time and needs none of it.
    #[must_use]
    pub(crate) fn held(self) -> Self {
        let select = if matches!(self.on, On::Tx(_)) { self.select.lock_shared() } else { self.select };
        Self { select, on: self.on }
    }

    /// Orders, limits or joins the query.
    pub fn shape<Q>(self, shape: impl FnOnce(Select<E>) -> Q) -> Shaped<'s, Q> {
        self.picking(|rows| shape(rows.columns(E::Column::iter())))
    }

    /// As [`Find::shape`], of a query that has no columns yet.
    pub(crate) fn picking<Q>(self, shape: impl FnOnce(Select<E>) -> Q) -> Shaped<'s, Q> {
        Shaped { query: shape(self.select), on: self.on }
    }

    /// As [`Find::picking`], with these columns, as they stand in a SELECT.
    pub(crate) fn showing<Q, const N: usize>(
        self,
        columns: [&'static str; N],
        shape: impl FnOnce(Select<E>) -> Q,
    ) -> Shaped<'s, Q> {
        self.picking(|rows| shape(columns.into_iter().fold(rows, |rows, some| rows.expr(Expr::cust(some)))))
    }

    /// As [`Find::showing`], with all columns of the entity.
    pub(crate) fn showing_all<Q>(self, shape: impl FnOnce(Select<E>) -> Q) -> Shaped<'s, Q> {
        self.showing([&*E::begun().columns], shape)
    }

    /// The row, if there is one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn one(self) -> Result<Option<E::Model>, DbErr> {
        let mut found = self.showing_all(|rows| rows.limit(1)).all().await?;
        Ok(found.pop())
    }

    /// All rows; for sets that are small by nature.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn all(self) -> Result<Vec<E::Model>, DbErr> {
        self.showing_all(|rows| rows).all().await
    }

    /// How many rows, up to [`COUNT_CAP`]; the second value says that there are more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count(self) -> Result<(u64, bool), Problem> {
        self.count_to(COUNT_CAP).await
    }

    /// As [`Find::count`], up to `cap`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn count_to(self, cap: u64) -> Result<(u64, bool), Problem> {
        let rows = self.select.expr(Expr::val(1)).limit(cap.saturating_add(1)).into_query();
        let count = Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(rows, "capped").to_owned();
        let row = self.on.query_one(&count).await?;
        let counted = match row {
            Some(row) => row.try_get_by_index::<i64>(0)?,
            None => 0,
        };
        let counted = u64::try_from(counted).unwrap_or_default();
        Ok((counted.min(cap), counted > cap))
    }

    /// The page after `after`, newest first by `(created_at, id)`, shaped into `Q`'s rows; the second
    /// value is the next cursor.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn page<Q: Fetch>(
        self,
        created_at: E::Column,
        (limit, after): (u64, Option<Position>),
        shape: impl FnOnce(Select<E>) -> Q,
        position: impl Fn(&Q::Row) -> Position,
    ) -> Result<(Vec<Q::Row>, Option<String>), DbErr> {
        let rows = self.newest(created_at, limit, after).shape(shape).all().await?;
        Ok(Page::<Q::Row>::cut(rows, limit, position))
    }

    /// The rows of [`Find::page`], and one more, which says that there is another page.
    #[must_use]
    pub(crate) fn newest(self, created_at: E::Column, limit: u64, after: Option<Position>) -> Self {
        let mut select = self.select;
        if let Some(Position { at, id }) = after {
            // The first condition repeats what the second implies: it is what the index understands.
            select = select.filter(created_at.lte(at)).filter(
                Condition::any()
                    .add(created_at.lt(at))
                    .add(Condition::all().add(created_at.eq(at)).add(E::key().lt(id))),
            );
        }
        Self { select: select.order_by_desc(created_at).order_by_desc(E::key()).limit(limit + 1), on: self.on }
    }
}

impl super::Scope {
    /// Ids that a statement finds, in its order. No row is shown for that: whoever asked takes the ids to
    /// [`Scope::find`](super::Scope::find), where the actor's own rows are. Two short statements, because
    /// one with the ids in a subquery makes planners walk a whole index (measured on SQLite).
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn ids(&self, statement: &SelectStatement) -> Result<Vec<Uuid>, DbErr> {
        let rows = self.pool().query_all(statement).await?;
        rows.iter().map(|row| row.try_get_by_index(0)).collect()
    }

    /// How many rows each statement finds, in one statement: each of them says itself where to stop.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn amounts(&self, statements: Vec<SelectStatement>) -> Result<Vec<u64>, DbErr> {
        let mut amounts = Query::select();
        let asked = statements.len();
        for rows in statements {
            let count = Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(rows, "some").to_owned();
            amounts.expr(Expr::SubQuery(None, Box::new(count.into())));
        }
        let Some(row) = self.pool().query_one(&amounts).await? else { return Ok(Vec::new()) };
        (0..asked).map(|at| Ok(u64::try_from(row.try_get_by_index::<i64>(at)?).unwrap_or_default())).collect()
    }
}

/// A query that was ordered, limited or joined.
pub struct Shaped<'s, Q> {
    query: Q,
    on: On<'s>,
}

impl<Q: Fetch> Shaped<'_, Q> {
    /// Its rows.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn all(self) -> Result<Vec<Q::Row>, DbErr> {
        self.query.fetch(&self.on).await
    }
}

/// The shapes of query that can be fetched.
pub trait Fetch {
    /// What comes back.
    type Row;

    /// Fetches all rows.
    fn fetch(self, on: &impl ConnectionTrait) -> impl Future<Output = Result<Vec<Self::Row>, DbErr>>;
}

impl<E: EntityTrait> Fetch for Select<E> {
    type Row = E::Model;

    async fn fetch(self, on: &impl ConnectionTrait) -> Result<Vec<Self::Row>, DbErr> {
        self.all(on).await
    }
}

impl<E: EntityTrait, F: EntityTrait> Fetch for SelectTwo<E, F> {
    type Row = (E::Model, Option<F::Model>);

    async fn fetch(self, on: &impl ConnectionTrait) -> Result<Vec<Self::Row>, DbErr> {
        self.all(on).await
    }
}

impl<E: EntityTrait, F: EntityTrait, G: EntityTrait> Fetch for SelectThree<E, F, G, TopologyStar> {
    type Row = (E::Model, Option<F::Model>, Option<G::Model>);

    async fn fetch(self, on: &impl ConnectionTrait) -> Result<Vec<Self::Row>, DbErr> {
        self.all(on).await
    }
}

impl<M: FromQueryResult> Fetch for Selector<SelectModel<M>> {
    type Row = M;

    async fn fetch(self, on: &impl ConnectionTrait) -> Result<Vec<Self::Row>, DbErr> {
        self.all(on).await
    }
}
