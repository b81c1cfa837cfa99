//! Stores the codes of `domain` as their text, so that `domain` needs no ORM.

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, StringLen, Value, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable};
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Type};

/// A column that holds a code such as `OrderStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Db<T>(pub T);

impl<T> From<T> for Db<T> {
    fn from(code: T) -> Self {
        Self(code)
    }
}

impl<T: domain::code::Code> From<Db<T>> for Value {
    fn from(code: Db<T>) -> Self {
        Self::String(Some(code.0.text().to_owned()))
    }
}

impl<DB: Database, T> Type<DB> for Db<T>
where
    str: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <str as Type<DB>>::type_info()
    }

    fn compatible(told: &DB::TypeInfo) -> bool {
        <str as Type<DB>>::compatible(told)
    }
}

impl<'r, DB: Database, T: domain::code::Code> Decode<'r, DB> for Db<T>
where
    &'r str: Decode<'r, DB>,
{
    fn decode(told: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        let text = <&str as Decode<'r, DB>>::decode(told)?;
        T::of(text).map(Self).ok_or_else(|| format!("unknown code in {}", std::any::type_name::<T>()).into())
    }
}

impl<T: domain::code::Code> TryGetable for Db<T> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let text = String::try_get_by(row, index)?;
        T::of(&text)
            .map(Self)
            .ok_or_else(|| TryGetError::DbErr(DbErr::Type(format!("unknown code in {}", std::any::type_name::<T>()))))
    }
}

impl<T: domain::code::Code> ValueType for Db<T> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        match value {
            Value::String(Some(text)) => T::of(&text).map(Self).ok_or(ValueTypeErr),
            _ => Err(ValueTypeErr),
        }
    }

    fn type_name() -> String {
        std::any::type_name::<T>().to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::String
    }

    fn column_type() -> ColumnType {
        ColumnType::String(StringLen::N(191))
    }
}

impl<T> Nullable for Db<T> {
    fn null() -> Value {
        Value::String(None)
    }
}
