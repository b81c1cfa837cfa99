//! Filters that are kept: in a view, a rule, a job. Colleagues read them, and so does whoever has a copy of the
//! database, so no phone, e-mail or secret value may stand in one.

use super::filter::{Compiler, Field, Refused, field, nullary};
use crate::problem::Problem;
use crate::scope::Scope;
use domain::filters::{Filter, Test};
use domain::phone::Phone;

/// The filter as it is stored: one that says something, and nothing personal.
///
/// # Errors
/// As [`compile`](super::compile), and `filter_personal` on the value.
pub(crate) async fn keep(scope: &Scope, filter: &Filter) -> Result<String, Problem> {
    let compiler = Compiler::of(scope, filter).await?;
    compiler.condition(filter)?;
    for (at, clause) in filter.all.iter().enumerate() {
        for (of, test) in clause.any.iter().enumerate() {
            if let Some(value) = compiler.personal(test) {
                return Err(Refused::Value(value, "filter_personal").at(&format!("filter.all.{at}.any.{of}")));
            }
        }
    }
    Ok(serde_json::to_string(filter).map_err(anyhow::Error::from)?)
}

impl Compiler<'_> {
    /// Which value of a test is one that is sealed wherever else it stands.
    fn personal(&self, test: &Test) -> Option<usize> {
        match field(&test.field) {
            _ if nullary(test.op) => None,
            Some(Field::Email) => Some(0),
            Some(Field::Search) => test.values.iter().position(|text| Phone::parse(text).is_some()),
            Some(_) => None,
            None => self.named(&test.field).filter(|definition| definition.sealed()).map(|_| 0),
        }
    }
}
