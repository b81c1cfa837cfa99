//! What conditions of a business's own fields may ask of the customer itself.

use crate::customers::Customer;
use domain::custom_fields::ABOUT;
use domain::customers::{CustomerChanges, CustomerKind, CustomerType, NewCustomer};
use domain::json::Tree;

fn named(values: [Option<Option<&str>>; 5]) -> Vec<(String, Tree)> {
    let tree = |value: Option<&str>| value.map_or(Tree::Null, |text| Tree::Text(text.to_owned()));
    let said = ABOUT.into_iter().zip(values);
    said.filter_map(|(name, value)| Some((name.to_owned(), tree(value?)))).collect()
}

/// What stands in a row.
pub(super) fn about_row(row: &Customer) -> Vec<(String, Tree)> {
    let [industry, source] =
        [row.industry.as_ref().map(|code| code.0.as_str()), row.source.as_ref().map(|code| code.0.as_str())];
    named([
        Some(Some(&row.type_)),
        Some(Some(row.kind.0.as_str())),
        Some(industry),
        Some(source),
        Some(row.region.as_deref()),
    ])
}

/// What a new customer begins with.
pub(in crate::customers) fn about_new(new: &NewCustomer) -> Vec<(String, Tree)> {
    let type_ = new.type_.as_deref().unwrap_or(CustomerType::Potential.as_str());
    let kind = new.kind.unwrap_or(CustomerKind::Person).as_str();
    let (industry, source) = (new.industry.map(|code| code.as_str()), new.source.map(|code| code.as_str()));
    named([Some(Some(type_)), Some(Some(kind)), Some(industry), Some(source), Some(new.region.as_deref())])
}

/// What a change names.
pub(in crate::customers) fn about_change(change: &CustomerChanges) -> Vec<(String, Tree)> {
    let industry = change.industry.map(|given| given.map(|code| code.as_str()));
    let source = change.source.map(|given| given.map(|code| code.as_str()));
    let region = change.region.as_ref().map(|given| given.as_deref());
    let kind = change.kind.map(|kind| Some(kind.as_str()));
    named([change.type_.as_deref().map(Some), kind, industry, source, region])
}
