//! Some columns of a table, for rows that are fetched twenty at a time: what is asked for and how it is read are said in
//! one place, and values are read in their order, without a look at their names. (sea-orm also makes a text for every
//! column that is NULL, to say so.)

use sea_orm::{DbErr, QueryResult};
use sqlx::{Column, Decode, MySql, Row as _, Sqlite, Type};

/// What each database can tell.
pub(crate) trait Told:
    for<'r> Decode<'r, MySql> + Type<MySql> + for<'r> Decode<'r, Sqlite> + Type<Sqlite>
{
}

impl<T> Told for T where T: for<'r> Decode<'r, MySql> + Type<MySql> + for<'r> Decode<'r, Sqlite> + Type<Sqlite> {}

/// The value of a column at `at`, which goes one further.
///
/// # Errors
/// When it is of another type.
pub(crate) fn column<T: Told>(row: &QueryResult, at: &mut usize, name: &str) -> Result<T, DbErr> {
    debug_assert_eq!(told(row, *at), Some(name), "columns are read in the order in which they were asked for");
    next(row, at)
}

/// What the database calls the column at `at`.
fn told(row: &QueryResult, at: usize) -> Option<&str> {
    match (row.try_as_mysql_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => row.columns().get(at).map(Column::name),
        (None, Some(row)) => row.columns().get(at).map(Column::name),
        (None, None) => None,
    }
}

/// The value at `at`, which goes one further.
///
/// # Errors
/// When it is of another type.
pub(crate) fn next<T: Told>(row: &QueryResult, at: &mut usize) -> Result<T, DbErr> {
    let value = match (row.try_as_mysql_row(), row.try_as_sqlite_row()) {
        (Some(row), _) => row.try_get(*at),
        (None, Some(row)) => row.try_get(*at),
        (None, None) => Err(sqlx::Error::RowNotFound),
    };
    *at += 1;
    value.map_err(super::near::unanswered)
}

/// Columns of a table. `COLUMNS` is what stands in a SELECT, and `read` takes them from there: into a struct of their
/// own, or into one that is there (`struct Whole reads Customer of "customers" { id, type_ as "type" }`).
macro_rules! picked {
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $column:literal) => { $column };
    (@of $vis:vis $name:ident, $row:ident, $table:literal: $first:ident $(as $first_column:literal)?
        $(, $field:ident $(as $column:literal)?)*) => {
        impl $name {
            $vis const COLUMNS: &'static str = concat!(
                "`", $table, "`.`", $crate::db::picked!(@name $first $($first_column)?), "`"
                $(, ", `", $table, "`.`", $crate::db::picked!(@name $field $($column)?), "`")*
            );

            $vis fn read(row: &sea_orm::QueryResult, at: &mut usize) -> Result<$row, sea_orm::DbErr> {
                Ok($row {
                    $first: $crate::db::column(row, at, $crate::db::picked!(@name $first $($first_column)?))?,
                    $($field: $crate::db::column(row, at, $crate::db::picked!(@name $field $($column)?))?,)*
                })
            }
        }
    };
    (
        $(#[$about:meta])* $vis:vis struct $name:ident reads $row:ident of $table:literal {
            $($field:ident $(as $column:literal)?,)*
        }
    ) => {
        $(#[$about])*
        $vis struct $name;

        $crate::db::picked!(@of $vis $name, $row, $table: $($field $(as $column)?),*);
    };
    (
        $(#[$about:meta])* $vis:vis struct $name:ident of $table:literal {
            $($field_vis:vis $field:ident $(as $column:literal)?: $type:ty,)*
        }
    ) => {
        $(#[$about])*
        $vis struct $name {
            $($field_vis $field: $type,)*
        }

        $crate::db::picked!(@of $vis $name, $name, $table: $($field $(as $column)?),*);
    };
}

pub(crate) use picked;
