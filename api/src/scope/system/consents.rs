//! What people agreed to and took back. Rows are added and never changed: the latest one counts.

use super::System;
use crate::db::Code;
use crate::problem::Problem;
use domain::privacy::{ConsentPurpose, NewConsent};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder as _, QuerySelect as _, Set};
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub purpose: Code<ConsentPurpose>,
    pub version: String,
    /// 1 given, 0 taken back.
    pub given: i64,
    pub at: DateTimeUtc,
    /// Whence, as a prefix.
    pub network: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// More than anybody says in years.
const MOST: u64 = 200;

#[expect(clippy::disallowed_methods, reason = "a person's consents belong to no business")]
impl System {
    /// Writes down what somebody agreed to or took back.
    pub(crate) async fn record_consent(
        &self,
        account_id: Uuid,
        consent: NewConsent,
        network: String,
    ) -> Result<Model, Problem> {
        let row = Model {
            id: self.new_id(),
            account_id,
            purpose: Code(consent.purpose),
            version: consent.version,
            given: i64::from(consent.given),
            at: self.now(),
            network,
        };
        let new = ActiveModel {
            id: Set(row.id),
            account_id: Set(account_id),
            purpose: Set(row.purpose),
            version: Set(row.version.clone()),
            given: Set(row.given),
            at: Set(row.at),
            network: Set(row.network.clone()),
        };
        Entity::insert(new).exec_without_returning(&self.at.db.write).await?;
        Ok(row)
    }

    /// What somebody said, newest first.
    pub(crate) async fn consents_of(&self, account_id: Uuid) -> Result<Vec<Model>, Problem> {
        self.consents_among(vec![account_id]).await
    }

    async fn consents_among(&self, accounts: Vec<Uuid>) -> Result<Vec<Model>, Problem> {
        let rows = Entity::find()
            .filter(Column::AccountId.is_in(accounts))
            .order_by_desc(Column::At)
            // Of two words of one instant, the one that takes back counts.
            .order_by_asc(Column::Given)
            .order_by_desc(Column::Id)
            .limit(MOST);
        Ok(rows.all(&self.at.db.read).await?)
    }

    /// Whether one of these accounts agrees and none of them took it back, and one of them agreed after it was `refused`:
    /// the one question that a feature asks before it does what needs consent.
    pub(crate) async fn agree(
        &self,
        accounts: Vec<Uuid>,
        purpose: ConsentPurpose,
        refused: Option<DateTimeUtc>,
    ) -> Result<bool, Problem> {
        if accounts.is_empty() {
            return Ok(false);
        }
        let mut latest: HashMap<Uuid, Model> = HashMap::new();
        for row in self.consents_among(accounts).await?.into_iter().filter(|row| row.purpose == Code(purpose)) {
            latest.entry(row.account_id).or_insert(row);
        }
        let since = latest.values().any(|row| refused.is_none_or(|refused| row.at > refused));
        Ok(since && latest.into_values().all(|row| row.given == 1))
    }
}
