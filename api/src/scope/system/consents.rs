//! What people agreed to and took back. Rows are added and never changed: the latest one counts.

use super::System;
use crate::db::Code;
use crate::problem::Problem;
use domain::phone::Phone;
use domain::privacy::{ConsentPurpose, NewConsent};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder as _, QuerySelect as _, Set};
use std::collections::{HashMap, HashSet};

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

    /// The last that each of some people said about a purpose: when, and whether they agreed.
    async fn latest_among(
        &self,
        accounts: Vec<Uuid>,
        purpose: ConsentPurpose,
    ) -> Result<HashMap<Uuid, (DateTimeUtc, bool)>, Problem> {
        if accounts.is_empty() {
            return Ok(HashMap::new());
        }
        let about = Condition::all().add(Column::AccountId.is_in(accounts)).add(Column::Purpose.eq(purpose.as_str()));
        let last = Entity::find().select_only().column(Column::AccountId).column_as(Column::At.max(), "at");
        let last = last.filter(about.clone()).group_by(Column::AccountId).into_tuple::<(Uuid, DateTimeUtc)>();
        let then = last.all(&self.at.db.read).await?.into_iter().fold(Condition::any(), |any, (account, at)| {
            any.add(Condition::all().add(Column::AccountId.eq(account)).add(Column::At.eq(at)))
        });
        let mut latest: HashMap<Uuid, (DateTimeUtc, bool)> = HashMap::new();
        if then.is_empty() {
            return Ok(latest);
        }
        for row in Entity::find().filter(about).filter(then).all(&self.at.db.read).await? {
            let said = latest.entry(row.account_id).or_insert((row.at, true));
            // Of two words of one instant, the one that takes back counts.
            said.1 &= row.given == 1;
        }
        Ok(latest)
    }

    /// Whether one of these accounts agrees and none of them took it back, and one of them agreed after it was `refused`:
    /// the one question that a feature asks before it does what needs consent.
    pub(crate) async fn agree(
        &self,
        accounts: Vec<Uuid>,
        purpose: ConsentPurpose,
        refused: Option<DateTimeUtc>,
    ) -> Result<bool, Problem> {
        let said: Vec<_> = self.latest_among(accounts, purpose).await?.into_values().collect();
        Ok(!said.is_empty() && !refuse(&said, refused))
    }

    /// Whom of some customers nobody offers anything unasked: those who refused advertising in writing and did not agree
    /// after that, and those whose number is that of somebody who took their consent back (PIPL art. 15 and 24). Nothing
    /// may be sent even to the others without consent: that is [`System::agree`].
    pub(crate) async fn refusing_ads(&self, people: Vec<Asked>) -> Result<HashSet<Uuid>, Problem> {
        let numbers: Vec<Vec<Phone>> = people.iter().map(|person| person.numbers.clone()).collect();
        let holders = self.speakers(&numbers).await?;
        let everybody: HashSet<Uuid> = holders.iter().flatten().copied().collect();
        let latest = self.latest_among(everybody.into_iter().collect(), ConsentPurpose::Marketing).await?;
        let refusing = people.into_iter().zip(holders).filter(|(person, holders)| {
            let said: Vec<_> = holders.iter().filter_map(|account| latest.get(account).copied()).collect();
            refuse(&said, person.refused)
        });
        Ok(refusing.map(|(person, _)| person.id).collect())
    }
}

/// Whether it is refused: by one of those who said something last, or in writing and not taken back by consent since.
fn refuse(said: &[(DateTimeUtc, bool)], refused: Option<DateTimeUtc>) -> bool {
    let since = |refused| said.iter().any(|(at, _)| *at > refused);
    said.iter().any(|(_, agrees)| !agrees) || refused.is_some_and(|refused| !since(refused))
}

/// A customer who may be offered something.
pub(crate) struct Asked {
    pub(crate) id: Uuid,
    pub(crate) numbers: Vec<Phone>,
    /// When they refused advertising in writing.
    pub(crate) refused: Option<DateTimeUtc>,
}
