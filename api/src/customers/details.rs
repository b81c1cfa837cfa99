//! The rest of what is kept about a person, whole: for the person, and for the business that hands it out.

use super::Customer;
use super::vault::{SealedText, Vault};
use super::{custom, dates};
use crate::problem::Problem;
use crate::scope::Scope;
use domain::contacts::masked;
use domain::customers::{CompanySize, Industry};
use domain::dates::SpecialDate;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What else is kept about a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerDetails {
    /// E-mail addresses: masked for the person, whole for the business.
    pub emails: Vec<String>,
    /// WeChat ids, in the same way.
    pub wechat_ids: Vec<String>,
    /// Street and house, only for the business: a proved phone does not prove who lives there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Trade.
    pub industry: Option<Industry>,
    /// How many people work there.
    pub size: Option<CompanySize>,
    /// Special dates.
    pub dates: Vec<SpecialDate>,
    /// What they may want to buy, only for the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// The business's own fields by their label, only for the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub custom: Option<BTreeMap<String, serde_json::Value>>,
}

/// Reads them; `whole` is for the business, which has made sure whom it answers.
pub(crate) async fn details(scope: &Scope, customer: &Customer, whole: bool) -> Result<CustomerDetails, Problem> {
    let vault = Vault::open(scope, customer)?;
    let texts =
        |held: &[SealedText]| held.iter().map(|one| if whole { one.text.clone() } else { masked(&one.text) }).collect();
    let custom = if whole { Some(custom::labelled(scope, customer, &vault).await?) } else { None };
    Ok(CustomerDetails {
        emails: texts(&vault.emails),
        wechat_ids: texts(&vault.wechat_ids),
        address: vault.address.clone().filter(|_| whole),
        industry: customer.industry.map(|code| code.0),
        size: customer.size.map(|code| code.0),
        dates: dates::of(customer.dates.as_deref()),
        needs: customer.needs.clone().filter(|_| whole),
        custom,
    })
}
