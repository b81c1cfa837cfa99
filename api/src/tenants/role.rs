//! The table of a business's own roles.

use crate::scope::{Eyes, every, none};
use domain::rights::Rights;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "roles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    /// [`Rights`] as JSON.
    pub rights: Option<String>,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
    pub live: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::fields!(plain Name, Rights);

crate::tenanted!(aggregate "role", |look| match look.eyes {
    Eyes::All | Eyes::Staff(_) => every(),
    Eyes::Orders(_) => none(),
});

impl Model {
    /// What the role may do and see; nothing when the row cannot be read, rather than too much.
    pub fn rights(&self) -> Rights {
        let read = self.rights.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let rights: Rights = read.unwrap_or_else(|| domain::permission::Role::Custom.rights());
        Rights { fields: rights.fields.said(), ..rights }
    }
}
