//! Every entity, so that a test can hold them against the migrated tables.

use crate::auth::entity as auth;
use crate::auth::guard_entity as guard;
use crate::customers::entity as customers;
use crate::orders::entity as orders;
use crate::scope::{audit_entry, system};
use crate::{interactions, jobs, scope, tags, tasks, tenants};
use sea_orm::{ColumnTrait as _, ColumnType, EntityTrait, IdenStatic as _, Iterable as _};

/// A table as an entity describes it.
#[derive(Debug)]
pub struct Table {
    /// Its name in the database.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A column as an entity describes it.
#[derive(Debug)]
pub struct Column {
    /// Its name in the database.
    pub name: String,
    /// What it holds.
    pub kind: ColumnType,
    /// Whether it may be NULL.
    pub null: bool,
}

/// All of them.
#[must_use]
pub fn tables() -> Vec<Table> {
    vec![
        table(auth::installation::Entity),
        table(auth::tenant::Entity),
        table(auth::account::Entity),
        table(auth::wechat_identity::Entity),
        table(auth::operator::Entity),
        table(auth::account_phone::Entity),
        table(auth::session::Entity),
        table(auth::refresh_token::Entity),
        table(guard::totp::Entity),
        table(guard::recovery_code::Entity),
        table(guard::challenge::Entity),
        table(guard::lockout::Entity),
        table(guard::address_rule::Entity),
        table(system::reveals::Entity),
        table(tenants::staff::Entity),
        table(customers::customer::Entity),
        table(customers::phone::Entity),
        table(customers::tagging::Entity),
        table(tags::entity::group::Entity),
        table(tags::entity::tag::Entity),
        table(interactions::entity::Entity),
        table(tasks::entity::Entity),
        table(tasks::send::inbox_item::Entity),
        table(tasks::send::row::Entity),
        table(orders::order::Entity),
        table(orders::line::Entity),
        table(orders::step::Entity),
        table(system::order_links::order_phone::Entity),
        table(system::order_links::receipt_code::Entity),
        table(system::order_links::account_order::Entity),
        table(system::credit_tables::credit::Entity),
        table(system::credit_tables::credit_entry::Entity),
        table(system::credit_tables::push_event::Entity),
        table(jobs::entity::Entity),
        table(scope::once::Entity),
        table(audit_entry::Entity),
    ]
}

fn table<E: EntityTrait>(entity: E) -> Table {
    let columns = E::Column::iter().map(|column| {
        let def = column.def();
        Column { name: column.as_str().to_owned(), kind: def.get_column_type().clone(), null: def.is_null() }
    });
    Table { name: entity.table_name().to_owned(), columns: columns.collect() }
}
