//! Which customers a list shows.

use super::filter::compile;
use super::ranked::Search;
use crate::customers::custom::definitions;
use crate::problem::Problem;
use crate::scope::Scope;
use domain::custom_fields::Definition;
use domain::filters::{Clause, Filter, Op, Test};
use sea_orm::sea_query::Condition;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use uuid::Uuid;

/// Filters of the customer list; all of them together.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomerQuery {
    /// Part of a name or company, its pinyin or the initials of it, a whole phone number, or its last four digits; or the
    /// beginning of a text in a field of the business's own, or all of one that is sealed.
    pub q: Option<String>,
    /// A filter as JSON: `{"all":[{"any":[{"field":"region","op":"any_of","values":["330100"]}]}]}`.
    pub filter: Option<String>,
    /// A saved view, whose filter holds as well.
    pub view: Option<Uuid>,
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
    pub type_: Option<String>,
    /// Rows on a page, 1 to 100; 20 when absent.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What a list is narrowed by.
pub(super) struct Filters {
    /// As the database reads it.
    pub condition: Condition,
    /// As people said it.
    pub whole: Filter,
    /// The business's own fields that the actor sees, for the search box.
    pub definitions: Arc<Vec<Definition>>,
}

impl CustomerQuery {
    /// The filters together with the text in the box.
    pub(super) fn whole(&self, scope: &Scope, filters: Filters) -> Condition {
        let search = Search::of(scope, self.q.as_deref(), &filters.definitions);
        filters.condition.add_option(search.map(|search| search.matching()))
    }

    /// Whether there is something in the box.
    pub(super) fn searches(&self) -> bool {
        self.q.as_deref().is_some_and(|q| !q.trim().is_empty())
    }

    /// What is asked for besides the text in the box.
    ///
    /// # Errors
    /// A filter that cannot be read.
    pub(super) async fn filters(&self, scope: &Scope) -> Result<Filters, Problem> {
        let mut condition = Condition::all();
        let mut whole = Filter::default();
        for filter in self.said(scope).await? {
            condition = condition.add(compile(scope, &filter).await?);
            whole.all.extend(filter.all);
        }
        let definitions = if self.searches() { definitions(scope).await? } else { Arc::default() };
        Ok(Filters { condition, whole, definitions })
    }

    /// The filters that hold, each of which is refused by its own places.
    async fn said(&self, scope: &Scope) -> Result<Vec<Filter>, Problem> {
        let mut all = vec![self.shorthands()?];
        if let Some(text) = self.filter.as_deref().filter(|text| !text.is_empty()) {
            let filter = domain::check::<Filter>(text.as_bytes());
            all.push(filter.map_err(|violations| Problem::Invalid(violations.under("filter")))?);
        }
        if let Some(view) = self.view {
            all.push(crate::customers::views::filter(scope, view).await?);
        }
        all.retain(|filter| !filter.all.is_empty());
        Ok(all)
    }

    /// The parameters that say in one word what a filter says in a sentence.
    fn shorthands(&self) -> Result<Filter, Problem> {
        let mut all = Vec::new();
        let mut add = |field: &str, op, values| {
            all.push(Clause { any: vec![Test { field: field.to_owned(), op, values }] });
        };
        if let Some(type_) = &self.type_ {
            if !crate::customers::types::shaped(type_) {
                return Err(Problem::field("type", "enum_invalid"));
            }
            add("type", Op::AnyOf, vec![type_.clone()]);
        }
        if let Some(owner) = self.owner_id {
            add("owner", Op::AnyOf, vec![owner.to_string()]);
        }
        if let Some(pool) = self.pool {
            add("pool", if pool { Op::Set } else { Op::Empty }, Vec::new());
        }
        for (name, op, list) in [
            ("tags_any", Op::AnyOf, &self.tags_any),
            ("tags_all", Op::AllOf, &self.tags_all),
            ("tags_none", Op::NoneOf, &self.tags_none),
        ] {
            let Some(list) = list.as_deref().filter(|list| !list.is_empty()) else { continue };
            let ids: Vec<String> = list.split(',').take(51).map(str::to_owned).collect();
            if ids.iter().any(|id| domain::moment::uuid(id).is_none()) {
                return Err(Problem::field(name, "uuid_invalid"));
            }
            if ids.len() > 50 {
                return Err(domain::Violation::new(name, "too_many").with("max", 50).into());
            }
            add("tag", op, ids);
        }
        Ok(Filter { all })
    }
}
