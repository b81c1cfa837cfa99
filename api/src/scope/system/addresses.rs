//! Which networks may talk to the installation. The database is the truth; every process looks again
//! after three seconds.

use super::{Recorded, Said, System};
use crate::auth::guard_entity::address_rule::{ActiveModel, Column, Entity, Model};
use crate::auth::{AddressRules, RuleKind};
use crate::problem::Problem;
use chrono::{DateTime, Utc};
use ipnet::IpNet;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};
use serde_json::json;
use std::net::IpAddr;

/// More rules than anybody keeps by hand.
const MOST: u64 = 10_000;

/// A rule before it is written.
pub(crate) struct NewRule {
    pub(crate) kind: RuleKind,
    pub(crate) network: IpNet,
    pub(crate) reason: Option<String>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
}

#[expect(clippy::disallowed_methods, reason = "the installation's own table")]
impl System {
    /// The rules that are in force.
    pub(crate) async fn address_rules(&self) -> Result<Vec<Model>, Problem> {
        self.rules_on(&self.at.db.read).await
    }

    async fn rules_on(&self, on: &impl ConnectionTrait) -> Result<Vec<Model>, Problem> {
        let running = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(self.now()));
        let rows = Entity::find().filter(running).order_by_asc(Column::CreatedAt).limit(MOST);
        Ok(rows.all(on).await?)
    }

    /// Adds a rule, or replaces the one of the same kind and network. `caller` is where the order comes
    /// from, when that is known.
    ///
    /// # Errors
    /// 409 `allow_excludes_caller` when it would lock the caller out.
    pub(crate) async fn add_address_rule(&self, rule: NewRule, caller: Option<IpAddr>) -> Result<(), Problem> {
        self.recorded(async |recorded| self.add_address_rule_in(recorded, rule, caller).await).await?;
        self.address_rules_changed();
        Ok(())
    }

    /// The same in a transaction that does more; whoever commits it says so by [`System::address_rules_changed`].
    ///
    /// # Errors
    /// As [`System::add_address_rule`].
    pub(crate) async fn add_address_rule_in(
        &self,
        recorded: &Recorded<'_>,
        rule: NewRule,
        caller: Option<IpAddr>,
    ) -> Result<(), Problem> {
        let network = rule.network.trunc();
        if let Some(caller) = caller {
            let rows = self.rules_on(recorded.on()).await?;
            let after =
                AddressRules::read(rows.iter().map(|row| (row.kind.as_str(), row.network.as_str(), row.expires_at)))
                    .with(rule.kind, network, rule.expires_at);
            if after.blocks(caller, self.now()) || !after.admits_operator(Some(caller), self.now()) {
                return Err(Problem::conflict("allow_excludes_caller", Some("network")));
            }
        }
        let row = ActiveModel {
            kind: Set(rule.kind.as_str().to_owned()),
            network: Set(network.to_string()),
            reason: Set(rule.reason),
            expires_at: Set(rule.expires_at),
            created_at: Set(self.now()),
        };
        Entity::delete_by_id((rule.kind.as_str().to_owned(), network.to_string())).exec(recorded.on()).await?;
        Entity::insert(row).exec_without_returning(recorded.on()).await?;
        let said = json!({ "rule": rule.kind.as_str(), "network": network.to_string() });
        Ok(recorded.say(Said::about(0, "create", "network", said)).await?)
    }

    /// This process looks at the rules again at once.
    pub(crate) fn address_rules_changed(&self) {
        self.at.snapshots.forget_addresses();
    }

    /// Removes the rules about a network.
    ///
    /// # Errors
    /// 404 when there is none.
    pub(crate) async fn remove_address_rules(&self, network: IpNet, rule: Option<RuleKind>) -> Result<(), Problem> {
        let network = network.trunc().to_string();
        let recorded = self.begin_recorded().await?;
        let gone = Entity::delete_many()
            .filter(Column::Network.eq(&network))
            .filter(Condition::all().add_option(rule.map(|rule| Column::Kind.eq(rule.as_str()))))
            .exec(recorded.on())
            .await?;
        if gone.rows_affected == 0 {
            return Err(Problem::NotFound);
        }
        recorded
            .commit(Said::about(
                0,
                "delete",
                "network",
                json!({ "network": network, "rule": rule.map(RuleKind::as_str) }),
            ))
            .await?;
        self.address_rules_changed();
        Ok(())
    }
}
