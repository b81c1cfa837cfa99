//! The table of rules by which customers fall into a pool. `recycling` asks them; they stand here because they
//! name tags, which become other tags.

use crate::customers::types;
use crate::problem::Problem;
use crate::scope::{Eyes, Reads, Tx, every, none};
use crate::tags::entity::tag;
use domain::pools::RecycleTerms;
use sea_orm::entity::prelude::*;
use sea_orm::{QuerySelect, Set};
use std::collections::HashSet;

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

/// What is left of the tags and types that rules name.
#[derive(Debug, Default)]
pub(crate) struct Left {
    tags: HashSet<Uuid>,
    types: HashSet<String>,
}

impl Left {
    /// Looks them up. In a transaction nobody deletes such a tag before it ends.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn of(rows: &impl Reads, terms: &[RecycleTerms]) -> Result<Self, Problem> {
        let named: HashSet<Uuid> = terms.iter().flat_map(|terms| terms.tag_ids.iter().copied()).collect();
        let tags = if named.is_empty() {
            Vec::new()
        } else {
            rows.rows::<tag::Entity>().filter(tag::Column::Id.is_in(named)).held().all().await?
        };
        let types = types::living(rows, terms.iter().flat_map(|terms| &terms.types)).await?;
        Ok(Self { tags: tags.into_iter().map(|tag| tag.id).collect(), types })
    }

    /// What would be left without these tags.
    pub(in crate::customers) fn without(mut self, tags: &[Uuid]) -> Self {
        self.tags.retain(|tag| !tags.contains(tag));
        self
    }

    /// Whether a tag is there.
    pub(crate) fn has_tag(&self, id: &Uuid) -> bool {
        self.tags.contains(id)
    }

    /// Whether a type is there.
    pub(crate) fn has_type(&self, code: &String) -> bool {
        self.types.contains(code)
    }

    /// The terms without what is gone; none when they named tags, or types, and all of these are: such a rule means
    /// nobody, and above all not everybody.
    pub(crate) fn narrowed(&self, mut terms: RecycleTerms) -> Option<RecycleTerms> {
        let named = (terms.tag_ids.is_empty(), terms.types.is_empty());
        terms.tag_ids.retain(|id| self.has_tag(id));
        terms.types.retain(|code| self.has_type(code));
        (named == (terms.tag_ids.is_empty(), terms.types.is_empty())).then_some(terms)
    }
}

/// Switches off the rules that named tags, or types, of which none is left: they would seem to be on and mean nobody.
///
/// # Errors
/// When the database does not answer.
pub(in crate::customers) async fn stop_bereft(tx: &Tx<'_>) -> Result<(), Problem> {
    let on = tx.find::<Entity>().filter(Column::EnabledAt.is_not_null());
    let on = on.shape(QuerySelect::lock_exclusive).all().await?;
    let terms = on.iter().map(Model::terms).collect::<Result<Vec<_>, _>>()?;
    let left = Left::of(tx, &terms).await?;
    for (row, terms) in on.iter().zip(terms) {
        if left.narrowed(terms).is_none() {
            let change = ActiveModel { enabled_at: Set(None), ..Default::default() };
            tx.update::<Entity>(row.id, None, change).await?;
        }
    }
    Ok(())
}
