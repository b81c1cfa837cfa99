//! Networks, as operators manage them: which are blocked, and which operators may come from.

use crate::auth::{RuleKind, address_of, network_of};
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::system::addresses::NewRule;
use crate::scope::{Checked, Created, Once, Operating, Query, Vouched};
use actix_web::{HttpResponse, delete, get, post, web::Json};
use chrono::{DateTime, Duration, Utc};
use domain::accounts::{NetworkRule, NewNetworkRule};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_networks).service(add_network).service(remove_network);
}

/// What is said about a network.
#[derive(Debug, Serialize, ToSchema)]
pub struct NetworkView {
    /// `allow` or `block`.
    #[schema(value_type = NetworkRule)]
    pub rule: String,
    /// `203.0.113.0/24`.
    pub network: String,
    /// Why.
    pub reason: Option<String>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Which network.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NetworkQuery {
    /// As it is listed.
    pub network: String,
    /// Which of two rules about it; both when left out.
    pub rule: Option<NetworkRule>,
}

fn kind_of(rule: NetworkRule) -> RuleKind {
    match rule {
        NetworkRule::Allow => RuleKind::Allow,
        NetworkRule::Block => RuleKind::Block,
    }
}

fn network(text: &str) -> Result<IpNet, Problem> {
    network_of(text).ok_or_else(|| Problem::field("network", "network_invalid"))
}

/// What is in force.
#[utoipa::path(tag = "operators", security(("bearer" = ["installation"])), responses((status = 200, body = All<NetworkView>), Problems))]
#[get("/operator/networks")]
async fn list_networks(operating: Operating) -> Result<Json<All<NetworkView>>, Problem> {
    let items = operating.system.address_rules().await?.into_iter().map(|row| NetworkView {
        rule: row.kind,
        network: row.network,
        reason: row.reason,
        expires_at: row.expires_at,
    });
    Ok(Json(All { items: items.collect() }))
}

/// Blocks a network, or lets operators come from it; in force everywhere within three seconds. Nobody can
/// lock themselves out.
#[utoipa::path(tag = "operators", params(Once), security(("bearer" = ["installation", "vouched"])), request_body = NewNetworkRule, responses((status = 201, body = NetworkView), Problems))]
#[post("/operator/networks")]
async fn add_network(operating: Vouched, body: Checked<NewNetworkRule>) -> Result<Created<NetworkView>, Problem> {
    let Checked { value: NewNetworkRule { rule, network: text, reason, hours }, once } = body;
    let network = network(&text)?;
    let kind = kind_of(rule);
    let caller = address_of(operating.address());
    if rule == NetworkRule::Block && caller.is_some_and(|caller| network.contains(&caller.to_canonical())) {
        return Err(Problem::conflict("allow_excludes_caller", Some("network")));
    }
    let expires_at = hours.map(|hours| operating.system.now() + Duration::hours(hours));
    let made = operating.create(&once, async |recorded| {
        let new = NewRule { kind, network, reason: reason.clone(), expires_at };
        operating.system.add_address_rule_in(recorded, new, caller).await?;
        Ok(NetworkView { rule: rule.to_string(), network: network.trunc().to_string(), reason, expires_at })
    });
    let made = made.await?;
    operating.system.address_rules_changed();
    Ok(made)
}

/// Forgets what was said about a network.
#[utoipa::path(tag = "operators", security(("bearer" = ["installation", "vouched"])), params(NetworkQuery), responses((status = 204), Problems))]
#[delete("/operator/networks")]
async fn remove_network(operating: Vouched, query: Query<NetworkQuery>) -> Result<HttpResponse, Problem> {
    let network = network(&query.0.network)?;
    operating.system.remove_address_rules(network, query.0.rule.map(kind_of)).await?;
    Ok(HttpResponse::NoContent().finish())
}
