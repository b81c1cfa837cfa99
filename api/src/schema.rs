//! Every entity, so that a test can hold them against the migrated tables.

use crate::attachments::entity as attachments;
use crate::auth::entity as auth;
use crate::auth::guard_entity as guard;
use crate::customers::bulk_entity as bulk;
use crate::customers::custom::entity as custom;
use crate::customers::entity as customers;
use crate::customers::merging::entity as merging;
use crate::customers::offering;
use crate::customers::pools::entity as pools;
use crate::customers::record_entity as record;
use crate::customers::transfer::entity as transfer;
use crate::orders::entity as orders;
use crate::scope::{Fields, Kind, audit_entry, kind, system};
use crate::{
    interactions, jobs, offers, opportunities, plans, privacy, recycling, rights, scope, tags, tasks, tenants,
};
use sea_orm::{ColumnTrait as _, ColumnType, EntityTrait, IdenStatic as _, Iterable as _, PrimaryKeyToColumn as _};

/// A table as an entity describes it.
#[derive(Debug)]
pub struct Table {
    /// Its name in the database.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The columns of its primary key.
    pub key: Vec<String>,
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
        table(system::servers::server::Entity),
        table(auth::tenant::Entity),
        table(auth::account::Entity),
        table(auth::wechat_identity::Entity),
        table(auth::operator::Entity),
        table(auth::account_phone::Entity),
        table(auth::session::Entity),
        table(auth::session_tenant::Entity),
        table(auth::refresh_token::Entity),
        table(guard::totp::Entity),
        table(guard::recovery_code::Entity),
        table(guard::challenge::Entity),
        table(guard::lockout::Entity),
        table(guard::address_rule::Entity),
        table(system::reveals::Entity),
        table(system::consents::Entity),
        table(privacy::entity::Entity),
        table(tenants::staff::Entity),
        table(tenants::role::Entity),
        table(tenants::team::Entity),
        table(tenants::invitation::Entity),
        table(customers::customer::Entity),
        table(customers::phone::Entity),
        table(customers::searched::Entity),
        table(customers::term::Entity),
        table(customers::tagging::Entity),
        table(customers::helper::Entity),
        table(customers::pool::Entity),
        table(pools::person::Entity),
        table(pools::group::Entity),
        table(pools::step::Entity),
        table(pools::settings::Entity),
        table(recycling::entity::Entity),
        table(custom::field::Entity),
        table(custom::value::Entity),
        table(custom::blind::Entity),
        table(record::date::Entity),
        table(record::kind::Entity),
        table(record::relation::Entity),
        table(record::star::Entity),
        table(customers::view::Entity),
        table(customers::view_choice::Entity),
        table(bulk::action::Entity),
        table(bulk::row::Entity),
        table(merging::merge::Entity),
        table(merging::moved::Entity),
        table(merging::pair::Entity),
        table(merging::scan::Entity),
        table(transfer::import::Entity),
        table(transfer::row::Entity),
        table(transfer::mark::Entity),
        table(transfer::mapping::Entity),
        table(transfer::export::Entity),
        table(transfer::chunk::Entity),
        table(attachments::attachment::Entity),
        table(attachments::piece::Entity),
        table(tags::entity::group::Entity),
        table(tags::entity::tag::Entity),
        table(tags::entity::rule::Entity),
        table(tags::entity::plan::Entity),
        table(plans::entity::Entity),
        table(offers::entity::offer::Entity),
        table(offering::entity::Entity),
        table(interactions::entity::Entity),
        table(tasks::entity::Entity),
        table(tasks::send::inbox_item::Entity),
        table(tasks::send::row::Entity),
        table(opportunities::Entity),
        table(orders::order::Entity),
        table(orders::line::Entity),
        table(orders::step::Entity),
        table(rights::Entity),
        table(system::order_links::order_phone::Entity),
        table(system::order_links::receipt_code::Entity),
        table(system::order_links::account_order::Entity),
        table(system::credit_tables::credit::Entity),
        table(system::credit_tables::credit_entry::Entity),
        table(system::credit_tables::push_event::Entity),
        table(jobs::entity::Entity),
        table(scope::once::Entity),
        table(audit_entry::entry::Entity),
        table(audit_entry::head::Entity),
        table(audit_entry::anchor::Entity),
        table(system::keys::tenant_key::Entity),
    ]
}

/// What the record may say about the columns of every entity that belongs to a business.
#[must_use]
pub fn recorded() -> Vec<Recorded> {
    vec![
        said(tenants::staff::Entity),
        said(tenants::role::Entity),
        said(system::reveals::Entity),
        said(tenants::team::Entity),
        said(customers::customer::Entity),
        said(customers::phone::Entity),
        said(customers::searched::Entity),
        said(customers::term::Entity),
        said(customers::tagging::Entity),
        said(customers::helper::Entity),
        said(customers::pool::Entity),
        said(pools::person::Entity),
        said(pools::group::Entity),
        said(pools::step::Entity),
        said(pools::settings::Entity),
        said(recycling::entity::Entity),
        said(custom::field::Entity),
        said(custom::value::Entity),
        said(custom::blind::Entity),
        said(record::date::Entity),
        said(record::kind::Entity),
        said(record::relation::Entity),
        said(record::star::Entity),
        said(customers::view::Entity),
        said(customers::view_choice::Entity),
        said(bulk::action::Entity),
        said(bulk::row::Entity),
        said(merging::merge::Entity),
        said(merging::moved::Entity),
        said(merging::pair::Entity),
        said(merging::scan::Entity),
        said(transfer::import::Entity),
        said(transfer::row::Entity),
        said(transfer::mark::Entity),
        said(transfer::mapping::Entity),
        said(transfer::export::Entity),
        said(transfer::chunk::Entity),
        said(attachments::attachment::Entity),
        said(attachments::piece::Entity),
        said(tags::entity::group::Entity),
        said(tags::entity::tag::Entity),
        said(tags::entity::rule::Entity),
        said(tags::entity::plan::Entity),
        said(plans::entity::Entity),
        said(offers::entity::offer::Entity),
        said(offering::entity::Entity),
        said(interactions::entity::Entity),
        said(tasks::entity::Entity),
        said(tasks::send::inbox_item::Entity),
        said(tasks::send::row::Entity),
        said(opportunities::Entity),
        said(orders::order::Entity),
        said(orders::line::Entity),
        said(orders::step::Entity),
        said(rights::Entity),
        said(privacy::entity::Entity),
        said(audit_entry::entry::Entity),
    ]
}

/// What the record may say about the columns of a table.
#[derive(Debug)]
pub struct Recorded {
    /// Its name in the database.
    pub table: String,
    /// Each column: its name, what was declared, and what follows.
    pub columns: Vec<(String, Option<Kind>, Kind)>,
    /// The column that names the person whose values the row holds.
    pub person: Option<String>,
}

fn said<E: Fields>(entity: E) -> Recorded {
    let columns =
        E::Column::iter().map(|column| (column.as_str().to_owned(), E::declared(&column), kind::<E>(&column)));
    let person = E::person().map(|column| column.as_str().to_owned());
    Recorded { table: entity.table_name().to_owned(), columns: columns.collect(), person }
}

fn table<E: EntityTrait>(entity: E) -> Table {
    let columns = E::Column::iter().map(|column| {
        let def = column.def();
        Column { name: column.as_str().to_owned(), kind: def.get_column_type().clone(), null: def.is_null() }
    });
    let key = E::PrimaryKey::iter().map(|column| column.into_column().as_str().to_owned());
    Table { name: entity.table_name().to_owned(), columns: columns.collect(), key: key.collect() }
}
