//! Rows of customers as they are fetched to be shown.

use super::record_entity::star;
use super::vault::person;
use super::{Column, Customer};
use crate::db::{Code, next, picked};
use crate::problem::Problem;
use crate::scope::{Find, Reads, Scope, Shaped};
use chrono::{DateTime, Utc};
use domain::customers::{CustomerKind, CustomerSource};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait as _, DbErr, FromQueryResult, QueryResult, QuerySelect as _, SelectModel, Selector};
use uuid::Uuid;

picked! {
    /// The columns of a customer that a list shows, and those that it opens: a page has twenty rows, so no column more
    /// is fetched.
    pub(super) struct Brief of "customers" {
        pub(super) id: Uuid,
        pub(super) owner_id: Uuid,
        pub(super) pool_id: Option<Uuid>,
        pub(super) name: String,
        pub(super) kind: Code<CustomerKind>,
        pub(super) type_ as "type": String,
        pub(super) company: Option<String>,
        pub(super) title: Option<String>,
        pub(super) region: Option<String>,
        pub(super) source: Option<Code<CustomerSource>>,
        pub(super) person_key: Option<Vec<u8>>,
        pub(super) vault: Option<Vec<u8>>,
        pub(super) last_contact_at: Option<DateTime<Utc>>,
        pub(super) next_contact_at: Option<DateTime<Utc>>,
        pub(super) version: i64,
        pub(super) created_at: DateTime<Utc>,
        pub(super) updated_at: DateTime<Utc>,
        pub(super) live: Option<i64>,
        pub(super) custom: Option<String>,
    }
}

person!(Brief);

impl From<Customer> for Brief {
    fn from(whole: Customer) -> Self {
        let Customer { id, owner_id, pool_id, name, kind, type_, company, title, region, source, .. } = whole;
        let Customer { person_key, vault, last_contact_at, next_contact_at, .. } = whole;
        let Customer { version, created_at, updated_at, live, custom, .. } = whole;
        Self {
            id,
            owner_id,
            pool_id,
            name,
            kind,
            type_,
            company,
            title,
            region,
            source,
            person_key,
            vault,
            last_contact_at,
            next_contact_at,
            version,
            created_at,
            updated_at,
            live,
            custom,
        }
    }
}

/// A customer in a list, and whether whoever asks has marked them with a star.
pub(super) struct Listed {
    pub(super) customer: Brief,
    pub(super) starred: i64,
}

impl FromQueryResult for Listed {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let at = &mut 0;
        Ok(Self { customer: Brief::read(row, at)?, starred: next(row, at)? })
    }
}

impl Listed {
    /// Makes rows of customers come as a list shows them.
    pub(super) fn rows<'s>(found: Find<'s, super::Entity>, scope: &Scope) -> Shaped<'s, Selector<SelectModel<Self>>> {
        let starred = starred(scope);
        found.showing([Brief::COLUMNS], |rows| rows.expr_as(starred, "starred").into_model::<Self>())
    }
}

picked! {
    /// All columns of a customer.
    struct Whole reads Customer of "customers" {
        tenant_id,
        id,
        owner_id,
        pool_id,
        name,
        kind,
        type_ as "type",
        company,
        title,
        region,
        source,
        industry,
        size,
        needs,
        dates,
        birthday,
        remark,
        person_key,
        vault,
        last_contact_at,
        next_contact_at,
        created_by,
        version,
        created_at,
        updated_at,
        deleted_at,
        live,
        erased_at,
        custom,
        merged_into,
        owned_at,
        ads_refused_at,
    }
}

/// A customer, and whether whoever asks has marked them with a star, in one statement.
pub(super) struct Seen {
    pub(super) customer: Customer,
    pub(super) starred: i64,
}

impl FromQueryResult for Seen {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let at = &mut 0;
        Ok(Self { customer: Whole::read(row, at)?, starred: next(row, at)? })
    }
}

impl Seen {
    /// A customer whom nobody can have marked yet.
    pub(super) fn new(customer: Customer) -> Self {
        Self { customer, starred: 0 }
    }

    pub(super) async fn find(rows: &impl Reads, id: Uuid) -> Result<Self, Problem> {
        let found = rows.rows::<super::Entity>().filter(Column::Id.eq(id));
        let starred = starred(rows.scope());
        let found =
            found.showing([Whole::COLUMNS], |rows| rows.expr_as(starred, "starred").into_model::<Self>()).all().await?;
        found.into_iter().next().ok_or(Problem::NotFound)
    }
}

/// Whether whoever asks has marked a customer.
fn starred(scope: &Scope) -> Expr {
    let mine = Query::select()
        .expr(Expr::val(1_i64))
        .from(star::Entity)
        .and_where(star::Column::TenantId.eq(scope.tenant_id()))
        .and_where(star::Column::StaffId.eq(scope.who().id.unwrap_or_default()))
        .and_where(Expr::col((star::Entity, star::Column::CustomerId)).equals((super::Entity, Column::Id)))
        .to_owned();
    Expr::exists(mine)
}
