//! `shuke admin ip …`: networks that are blocked, and those that operators may come from. A running
//! server follows within three seconds.

use super::said;
use crate::auth::{RuleKind, network_of};
use crate::scope::system::System;
use crate::scope::system::addresses::NewRule;
use anyhow::{Context as _, ensure};
use chrono::Duration;
use clap::Subcommand;
use ipnet::IpNet;
use serde_json::{Value, json};

/// `shuke admin ip`
#[derive(Debug, Subcommand)]
pub enum Ip {
    /// Lets operators come from a network. The first one shuts them out from everywhere else.
    Allow {
        /// `203.0.113.0/24`, `2001:db8::/32`, or one address.
        network: String,
        /// Why, for whoever reads the list later.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Keeps everybody of a network out.
    Block {
        /// `203.0.113.0/24`, `2001:db8::/32`, or one address.
        network: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
        /// Hours after which it ends by itself, at most 87600 (ten years); for good when left out.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=87_600))]
        hours: Option<u32>,
    },
    /// Forgets what was said about a network.
    Remove {
        /// As it is listed.
        network: String,
        /// Which of two rules about it.
        #[arg(long)]
        rule: Option<RuleKind>,
    },
    /// What is in force.
    List,
}

impl Ip {
    pub(super) async fn run(self, system: &System) -> anyhow::Result<Value> {
        match self {
            Self::Allow { network, reason } => {
                let network = net(&network)?;
                // Nobody knows from here whence the operators come.
                tracing::warn!(%network, "operators elsewhere cannot log in now, unless another network is allowed too");
                let rule = NewRule { kind: RuleKind::Allow, network, reason, expires_at: None };
                system.add_address_rule(rule, None).await.map_err(said)?;
                Ok(json!({ "allowed": network.trunc().to_string() }))
            }
            Self::Block { network, reason, hours } => {
                let network = net(&network)?;
                let expires_at = hours.map(|hours| system.now() + Duration::hours(hours.into()));
                let rule = NewRule { kind: RuleKind::Block, network, reason, expires_at };
                system.add_address_rule(rule, None).await.map_err(said)?;
                Ok(json!({ "blocked": network.trunc().to_string(), "expires_at": expires_at }))
            }
            Self::Remove { network, rule } => {
                let network = net(&network)?;
                let listed = network.trunc().to_string();
                let rules = system.address_rules().await.map_err(said)?;
                let twice = rules.iter().filter(|row| row.network == listed).count() > 1;
                ensure!(rule.is_some() || !twice, "{listed} is allowed and blocked: say --rule allow or --rule block");
                system.remove_address_rules(network, rule).await.map_err(said)?;
                Ok(json!({ "removed": network.trunc().to_string() }))
            }
            Self::List => {
                let rules = system.address_rules().await.map_err(said)?;
                let rule = |row: crate::auth::guard_entity::address_rule::Model| json!({ "kind": row.kind, "network": row.network, "reason": row.reason, "expires_at": row.expires_at });
                Ok(json!({ "rules": rules.into_iter().map(rule).collect::<Vec<_>>() }))
            }
        }
    }
}

fn net(text: &str) -> anyhow::Result<IpNet> {
    network_of(text).with_context(|| format!("{text} is no network; one is written like 203.0.113.0/24"))
}
