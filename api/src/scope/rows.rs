//! What an entity says about itself so that a scope can keep it inside its business.

use super::actor::Look;
use super::audit::Fields;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, SelectStatement, UpdateStatement};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, EntityTrait, IdenStatic as _, IntoActiveModel, Iterable as _,
    QuerySelect as _, Select,
};

/// An entity whose rows belong to a business.
pub trait Tenanted:
    Fields
    + EntityTrait<
        Model: IntoActiveModel<Self::ActiveModel>,
        ActiveModel: ActiveModelTrait<Entity = Self> + ActiveModelBehavior + Default + Send,
    >
{
    /// What the audit record calls a row. Changes to entities without a name are parts of a named
    /// row's change.
    const NAME: Option<&'static str>;

    /// Whether these rows decide who sees what. Whoever writes one sees by it at once; another server does within
    /// three seconds.
    const SHOWS: bool = false;

    /// How every query begins, see [`Begun`].
    fn begun() -> &'static Begun<Self>;

    /// The column of the business.
    fn tenant() -> Self::Column;

    /// The column of the row's id within the business.
    fn key() -> Self::Column;

    /// Which rows somebody sees, or may change: the one predicate of the resource, used by every
    /// statement.
    fn rows(look: &Look<'_>) -> Condition;

    /// The columns that every aggregate has, or `None` for parts and records.
    fn aggregate() -> Option<Aggregate<Self>> {
        None
    }

    /// Rows of other tables that say again what stands in these, so that one index answers what else took two.
    fn repeated() -> &'static [Repeated<Self>] {
        &[]
    }
}

/// How queries of an entity begin, made once: an expression for each of thirty columns took as long to make, and to
/// write down, as the rows took to read.
pub struct Begun<E: EntityTrait> {
    /// A query without columns.
    pub(super) select: Select<E>,
    /// All its columns, as they stand in a SELECT.
    pub(super) columns: String,
}

impl<E: EntityTrait> Begun<E> {
    /// Of an entity.
    #[expect(clippy::disallowed_methods, reason = "every query of a feature is a copy of this one")]
    pub(crate) fn new() -> Self {
        let (select, table) = (E::find().select_only(), E::default());
        let columns: Vec<String> =
            E::Column::iter().map(|column| format!("`{}`.`{}`", table.table_name(), column.as_str())).collect();
        Self { select, columns: columns.join(", ") }
    }
}

/// Columns that another table repeats. Whenever a transaction changes one of them, it also writes them there.
pub struct Repeated<E: EntityTrait> {
    /// The columns of which something is repeated.
    pub columns: &'static [E::Column],
    /// Writes them there.
    pub again: Again,
}

/// Writes, where it is repeated, what the rows with these ids say now, in this business.
pub type Again = fn(i64, &[uuid::Uuid]) -> UpdateStatement;

/// The columns `version`, `created_at`, `updated_at`, `deleted_at` and `live`.
pub struct Aggregate<E: EntityTrait> {
    /// Counts changes; the ETag.
    pub version: E::Column,
    /// When it was made.
    pub created_at: E::Column,
    /// When it was last changed; devices ask for what came after.
    pub updated_at: E::Column,
    /// When it was deleted.
    pub deleted_at: E::Column,
    /// 1, or NULL when deleted.
    pub live: E::Column,
}

/// Every row.
#[must_use]
pub fn every() -> Condition {
    Condition::all()
}

/// No row.
#[must_use]
pub fn none() -> Condition {
    Condition::all().add(ExprTrait::eq(Expr::val(1), 0))
}

/// A condition, said so that no index understands it: rows that another index leads to are asked one by one.
#[must_use]
pub(crate) fn hidden(condition: Condition) -> Expr {
    ExprTrait::eq(Expr::expr(Expr::case(condition, 1).finally(0)), 1)
}

/// Rows whose parent is among those that `parents` selects.
pub fn through<C: ColumnTrait>(column: C, parents: SelectStatement) -> Condition {
    Condition::all().add(column.in_subquery(parents))
}

/// Implements [`Tenanted`] for the `Entity` of the module it stands in. Columns have the same names
/// everywhere; what differs is the audit name, the id column and who sees which rows.
#[macro_export]
macro_rules! tenanted {
    (@impl $name:expr, $key:ident, $rows:expr, { $($aggregate:tt)* }) => {
        impl $crate::scope::Tenanted for Entity {
            const NAME: Option<&'static str> = $name;

            fn begun() -> &'static $crate::scope::Begun<Self> {
                static BEGUN: std::sync::LazyLock<$crate::scope::Begun<Entity>> =
                    std::sync::LazyLock::new($crate::scope::Begun::new);
                &BEGUN
            }

            fn tenant() -> Self::Column {
                Column::TenantId
            }

            fn key() -> Self::Column {
                Column::$key
            }

            fn rows(look: &$crate::scope::Look<'_>) -> sea_orm::Condition {
                let rows: fn(&$crate::scope::Look<'_>) -> sea_orm::Condition = $rows;
                rows(look)
            }

            $($aggregate)*
        }
    };
    (aggregate $name:literal, $rows:expr $(, $also:item)?) => {
        $crate::tenanted!(@impl Some($name), Id, $rows, {
            fn aggregate() -> Option<$crate::scope::Aggregate<Self>> {
                Some($crate::scope::Aggregate {
                    version: Column::Version,
                    created_at: Column::CreatedAt,
                    updated_at: Column::UpdatedAt,
                    deleted_at: Column::DeletedAt,
                    live: Column::Live,
                })
            }

            $($also)?
        });
    };
    (record $rows:expr) => {
        $crate::tenanted!(@impl None, Id, $rows, {});
    };
    (part of $key:ident, $rows:expr $(, $also:item)?) => {
        $crate::tenanted!(@impl None, $key, $rows, { $($also)? });
    };
}
