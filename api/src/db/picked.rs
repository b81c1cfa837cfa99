//! Some columns of a table, for rows that are fetched twenty at a time: what is asked for and how it is read are said in
//! one place, and values are read in their order, without a look at their names.

use sea_orm::{DbErr, QueryResult, TryGetable};

/// The value at `at`, which goes one further.
///
/// # Errors
/// When it is of another type.
pub(crate) fn next<T: TryGetable>(row: &QueryResult, at: &mut usize) -> Result<T, DbErr> {
    let value = row.try_get_by_index(*at)?;
    *at += 1;
    Ok(value)
}

/// A struct of some columns of a table. `COLUMNS` is what stands in a SELECT, and `read` takes them from there.
macro_rules! picked {
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $column:literal) => { $column };
    (
        $(#[$of:meta])* $vis:vis struct $name:ident of $table:literal {
            $(#[$first_about:meta])* $first_vis:vis $first:ident $(as $first_column:literal)?: $first_type:ty,
            $($(#[$about:meta])* $field_vis:vis $field:ident $(as $column:literal)?: $type:ty,)*
        }
    ) => {
        $(#[$of])*
        $vis struct $name {
            $(#[$first_about])*
            $first_vis $first: $first_type,
            $($(#[$about])* $field_vis $field: $type,)*
        }

        impl $name {
            $vis const COLUMNS: &'static str = concat!(
                "`", $table, "`.`", $crate::db::picked!(@name $first $($first_column)?), "`"
                $(, ", `", $table, "`.`", $crate::db::picked!(@name $field $($column)?), "`")*
            );

            $vis fn read(row: &sea_orm::QueryResult, at: &mut usize) -> Result<Self, sea_orm::DbErr> {
                Ok(Self {
                    $first: $crate::db::next(row, at)?,
                    $($field: $crate::db::next(row, at)?,)*
                })
            }
        }
    };
}

pub(crate) use picked;
