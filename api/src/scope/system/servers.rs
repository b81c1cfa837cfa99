//! The servers that are alive. A master key is put away only when none of them seals under it, and a server that
//! was not heard of meanwhile must ask before it seals anything again. Both hold the mark of the master key while
//! they look, so that neither can come between what the other one reads and what it writes.

use super::{KEY_MARK, System, check_key_mark};
use crate::auth::entity::installation;
use crate::db::Transaction;
use crate::problem::Problem;
use chrono::Duration;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Set,
};
use server::{ActiveModel, Column, Entity, Model};
use std::fmt;
use uuid::Uuid;

/// Seconds without a word after which a server does not count any more.
pub(crate) const COUNTS_SECONDS: i64 = 60;

/// Processes that serve or work, each with its last word.
pub mod server {
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "servers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// `serve` or `worker`.
        pub kind: String,
        /// The machine's name and the number of the process there.
        pub process: String,
        pub version: String,
        /// The master key that it seals under.
        pub key_id: String,
        pub started_at: DateTimeUtc,
        pub seen_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, process, version, key_id, started_at, .. } = self;
        write!(f, "{kind} {version} on {process}, since {started_at:.0}, under {key_id}")
    }
}

/// A key's id as it is shown.
pub(crate) fn shown(id: u16) -> String {
    format!("{id:04X}")
}

#[expect(clippy::disallowed_methods, reason = "the installation's own tables")]
impl System {
    /// Says that a server is alive. `false` when the installation is sealed under a master key that it does not have.
    pub(crate) async fn say_alive(&self, this: Model) -> Result<bool, Problem> {
        let tx = self.begin().await?;
        if let Some(mark) = held_mark(&tx).await?
            && check_key_mark(&self.at.keys, &mark).is_err()
        {
            return Ok(false);
        }
        let seen = ActiveModel { seen_at: Set(this.seen_at), ..ActiveModel::default() };
        let told = Entity::update_many().set(seen).filter(Column::Id.eq(this.id)).exec(&tx).await?;
        // The first word, or the first one after so long a silence that it was swept away.
        if told.rows_affected == 0 {
            Entity::insert(ActiveModel::from(this)).exec_without_returning(&tx).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// A server ends.
    pub(crate) async fn say_gone(&self, id: Uuid) -> Result<(), Problem> {
        Entity::delete_by_id(id).exec(&self.at.db.write).await?;
        Ok(())
    }

    /// The servers that are alive, the oldest first.
    pub(crate) async fn servers(&self) -> Result<Vec<Model>, DbErr> {
        self.servers_in(&self.at.db.read).await
    }

    pub(super) async fn servers_in(&self, on: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
        let alive = Column::SeenAt.gte(self.now() - Duration::seconds(COUNTS_SECONDS));
        Entity::find().filter(alive).order_by_asc(Column::StartedAt).order_by_asc(Column::Id).all(on).await
    }

    /// Forgets the servers that ended without a word.
    pub(super) async fn sweep_servers(&self) -> Result<(), DbErr> {
        let silent = Column::SeenAt.lt(self.now() - Duration::seconds(COUNTS_SECONDS));
        Entity::delete_many().filter(silent).exec(&self.at.db.write).await.map(|_| ())
    }
}

/// The mark of the master key; nobody else can change it, or say that they are alive, until the transaction ends.
#[expect(clippy::disallowed_methods, reason = "the installation's own table")]
pub(super) async fn held_mark(tx: &Transaction) -> Result<Option<Vec<u8>>, DbErr> {
    let row = installation::Entity::find_by_id(KEY_MARK.0).lock_exclusive().one(tx).await?;
    Ok(row.map(|row| row.value.unwrap_or_default()))
}
