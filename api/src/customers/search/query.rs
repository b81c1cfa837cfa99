//! Which customers a list shows.

use super::ranked::Search;
use crate::customers::entity::{customer, tagging};
use crate::problem::Problem;
use crate::scope::Scope;
use crate::tags::entity::tag;
use domain::customers::CustomerType;
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{Condition, Query, SelectStatement};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Filters of the customer list; all of them together.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomerQuery {
    /// Part of a name or company, its pinyin or the initials of it, a whole phone number, or its last four digits.
    pub q: Option<String>,
    /// Tag ids, separated by commas: customers with any of them.
    pub tags_any: Option<String>,
    /// Customers with all of them.
    pub tags_all: Option<String>,
    /// Customers with none of them.
    pub tags_none: Option<String>,
    /// Customers of this member of staff.
    pub owner_id: Option<Uuid>,
    /// `true`: customers in the pool; `false`: customers somebody looks after.
    pub pool: Option<bool>,
    /// Customers who stand here.
    #[serde(rename = "type")]
    #[param(value_type = Option<CustomerType>)]
    pub type_: Option<String>,
    /// Rows on a page, 1 to 100; 20 when absent.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl CustomerQuery {
    /// Everything that is asked for, as one condition.
    ///
    /// # Errors
    /// A filter that cannot be read.
    pub(crate) fn condition(&self, scope: &Scope) -> Result<Condition, Problem> {
        let search = Search::of(scope, self.q.as_deref());
        Ok(self.filters(scope)?.add_option(search.map(|search| search.matching())))
    }

    /// What is asked for besides the text in the box.
    pub(super) fn filters(&self, scope: &Scope) -> Result<Condition, Problem> {
        let mut all = Condition::all();
        if let Some(type_) = &self.type_ {
            let type_ = CustomerType::parse(type_).ok_or(Problem::field("type", "enum_invalid"))?;
            all = all.add(customer::Column::Type.eq(type_.as_str()));
        }
        if let Some(owner) = self.owner_id {
            all = all.add(customer::Column::OwnerId.eq(owner)).add(customer::Column::PoolId.is_null());
        }
        if let Some(pool) = self.pool {
            let column = customer::Column::PoolId;
            all = all.add(if pool { column.is_not_null() } else { column.is_null() });
        }
        let any = ids("tags_any", self.tags_any.as_deref())?;
        if !any.is_empty() {
            all = all.add(customer::Column::Id.in_subquery(tagged(scope, any)));
        }
        for tag in ids("tags_all", self.tags_all.as_deref())? {
            all = all.add(customer::Column::Id.in_subquery(tagged(scope, vec![tag])));
        }
        let none = ids("tags_none", self.tags_none.as_deref())?;
        if !none.is_empty() {
            all = all.add(customer::Column::Id.not_in_subquery(tagged(scope, none)));
        }
        Ok(all)
    }
}

fn tagged(scope: &Scope, tags: Vec<Uuid>) -> SelectStatement {
    // A deleted tag is nobody's, though the rows that gave it are still there.
    let live = Query::select()
        .column(tag::Column::Id)
        .from(tag::Entity)
        .and_where(tag::Column::TenantId.eq(scope.tenant_id()))
        .and_where(tag::Column::Id.is_in(tags))
        .and_where(tag::Column::Live.eq(1))
        .to_owned();
    Query::select()
        .column(tagging::Column::CustomerId)
        .from(tagging::Entity)
        .and_where(tagging::Column::TenantId.eq(scope.tenant_id()))
        .and_where(tagging::Column::TagId.in_subquery(live))
        .to_owned()
}

fn ids(field: &'static str, list: Option<&str>) -> Result<Vec<Uuid>, Problem> {
    let Some(list) = list.filter(|list| !list.is_empty()) else { return Ok(Vec::new()) };
    let ids: Result<Vec<Uuid>, _> = list.split(',').take(51).map(str::parse).collect();
    match ids {
        Ok(ids) if ids.len() <= 50 => Ok(ids),
        Ok(_) => Err(domain::Violation::new(field, "too_many").with("max", 50).into()),
        Err(_) => Err(Problem::field(field, "uuid_invalid")),
    }
}
