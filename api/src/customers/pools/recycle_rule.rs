//! The table of rules by which customers fall into a pool. `recycling` asks them; they stand here because they
//! name tags, which become other tags.

use crate::problem::Problem;
use crate::scope::{Eyes, every, none};
use domain::pools::RecycleTerms;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recycle_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Where customers fall.
    pub pool_id: Uuid,
    /// [`RecycleTerms`], as JSON.
    pub terms: Option<String>,
    /// Since when it holds as it stands; NULL: it is switched off.
    pub enabled_at: Option<DateTimeUtc>,
    /// When its last turn began.
    pub ran_at: Option<DateTimeUtc>,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
    pub live: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::fields!(plain Terms);

crate::tenanted!(aggregate "recycle_rule", |look| match look.eyes {
    Eyes::All | Eyes::Staff(_) => every(),
    Eyes::Orders(_) => none(),
});

impl Model {
    /// What it says.
    pub(crate) fn terms(&self) -> Result<RecycleTerms, Problem> {
        Ok(serde_json::from_str(self.terms.as_deref().unwrap_or_default()).map_err(anyhow::Error::from)?)
    }
}
