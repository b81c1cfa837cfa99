//! The tables of imports and exports.

use crate::scope::{Eyes, Look, every, none};
use domain::permission::Resource;
use sea_orm::ColumnTrait;
use sea_orm::sea_query::Condition;

/// Whoever sees somebody's customers sees what they bring in and take out of them.
fn of_staff<C: ColumnTrait>(column: C, look: &Look<'_>) -> Condition {
    match look.eyes {
        Eyes::All => every(),
        Eyes::Orders(_) => none(),
        Eyes::Staff(sight) => match sight.whose(Resource::Customers) {
            None => every(),
            Some(people) => Condition::all().add(column.is_in(people.iter().copied())),
        },
    }
}

/// Tables that were sent.
pub mod import {
    use super::of_staff;
    use crate::customers::transfer::files::File;
    use crate::db::Code;
    use domain::transfer::{ImportState, TableFormat};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "imports")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Who sent it: it does what they may.
        pub staff_id: Uuid,
        /// What the file is called.
        pub name: String,
        pub format: Code<TableFormat>,
        pub state: Code<ImportState>,
        /// Names its words of the first row, so that what the columns are meant for is remembered.
        pub header_digest: Option<Vec<u8>>,
        pub row_count: i64,
        /// Pieces in `file_chunks`; the first is the words of the first row.
        pub chunk_count: i64,
        /// What was asked for, as JSON.
        pub asked: Option<String>,
        /// Counts how often it was started: a trial and then the import itself.
        pub run: i64,
        /// The piece that comes next, so that whoever goes on knows where.
        pub next_chunk: i64,
        pub created: i64,
        pub updated: i64,
        pub skipped: i64,
        pub failed: i64,
        pub reverted: i64,
        /// Rows that came in with something to be told about them; none where nobody counted yet.
        pub hinted: Option<i64>,
        /// How many customers a trial has given to whom so far, as JSON: its pieces leave nothing else behind.
        pub owned: Option<String>,
        pub created_at: DateTimeUtc,
        pub finished_at: Option<DateTimeUtc>,
        /// When its rows go.
        pub expires_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Model {
        /// Where its rows are.
        pub(in crate::customers::transfer) fn file(&self) -> File {
            (self.id, self.expires_at)
        }
    }

    crate::fields!(plain Format, State; secret Name, Asked, Owned);

    crate::tenanted!(record | look | of_staff(Column::StaffId, look));
}

/// What an import did to a row of its table.
pub mod row {
    use super::import;
    use crate::db::Code;
    use crate::scope::through;
    use domain::transfer::RowOutcome;
    use sea_orm::entity::prelude::*;
    use sea_orm::sea_query::Query;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_rows")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub run: i64,
        /// Its number as Excel shows it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub line: i64,
        pub outcome: Code<RowOutcome>,
        /// What is wrong with it: columns and codes, as JSON.
        pub reasons: Option<String>,
        pub customer_id: Option<Uuid>,
        /// When the customer was last changed: by the import, as long as nobody did since.
        pub stamped_at: Option<DateTimeUtc>,
        /// What puts back what stood there before, sealed under the person's key.
        pub before: Option<Vec<u8>>,
        /// The old follow-up that it wrote down.
        pub interaction_id: Option<Uuid>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(plain Outcome; secret Reasons);

    crate::tenanted!(part of ImportId, |look| {
        let imports = Query::select()
            .column(import::Column::Id)
            .from(import::Entity)
            .and_where(import::Column::TenantId.eq(look.tenant_id))
            .cond_where(import::Entity::rows(look))
            .to_owned();
        through(Column::ImportId, imports)
    });
}

/// What the rows of a trial said that no two customers may have.
pub mod mark {
    use super::import;
    use crate::scope::through;
    use sea_orm::entity::prelude::*;
    use sea_orm::sea_query::Query;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_marks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub run: i64,
        /// Of a field and what stands in it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub digest: Vec<u8>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!();

    crate::tenanted!(part of ImportId, |look| {
        let imports = Query::select()
            .column(import::Column::Id)
            .from(import::Entity)
            .and_where(import::Column::TenantId.eq(look.tenant_id))
            .cond_where(import::Entity::rows(look))
            .to_owned();
        through(Column::ImportId, imports)
    });
}

/// What the columns of tables with the same first row were meant for.
pub mod mapping {
    use crate::scope::{Eyes, every, none};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_mappings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub header_digest: Vec<u8>,
        /// `ColumnUse`s as JSON.
        pub columns: Option<String>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(secret Columns);

    crate::tenanted!(part of HeaderDigest, |look| match look.eyes {
        Eyes::All | Eyes::Staff(_) => every(),
        Eyes::Orders(_) => none(),
    });
}

/// Lists of customers that are taken out.
pub mod export {
    use super::of_staff;
    use crate::customers::transfer::files::File;
    use crate::db::Code;
    use domain::transfer::{ExportState, TableFormat};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "exports")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Who asked: it shows what they see.
        pub staff_id: Uuid,
        pub format: Code<TableFormat>,
        pub state: Code<ExportState>,
        /// What was asked for, as JSON.
        pub asked: Option<String>,
        /// The last customer that was written, so that whoever goes on knows where.
        pub after_id: Option<Uuid>,
        pub row_count: i64,
        /// Pieces in `file_chunks`; the first is the words of the first row.
        pub chunk_count: i64,
        /// Opens the file to whoever holds the link.
        pub ticket_digest: Option<Vec<u8>>,
        pub ticket_until: Option<DateTimeUtc>,
        pub created_at: DateTimeUtc,
        pub finished_at: Option<DateTimeUtc>,
        /// When its rows go.
        pub expires_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl Model {
        /// Where its rows are.
        pub(in crate::customers::transfer) fn file(&self) -> File {
            (self.id, self.expires_at)
        }
    }

    crate::fields!(plain Format, State; secret Asked);

    crate::tenanted!(record | look | of_staff(Column::StaffId, look));
}

/// The rows of tables that came in or go out, some in a piece, sealed: any server finds them, and a copy of
/// the database says nothing.
pub mod chunk {
    use super::{export, import};
    use crate::scope::{Eyes, every, through};
    use sea_orm::entity::prelude::*;
    use sea_orm::sea_query::{Condition, Query};

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "file_chunks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        /// An import or an export.
        #[sea_orm(primary_key, auto_increment = false)]
        pub file_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub sealed: Option<Vec<u8>>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!();

    crate::tenanted!(part of FileId, |look| {
        if matches!(look.eyes, Eyes::All) {
            return every();
        }
        let imports = Query::select()
            .column(import::Column::Id)
            .from(import::Entity)
            .and_where(import::Column::TenantId.eq(look.tenant_id))
            .cond_where(import::Entity::rows(look))
            .to_owned();
        let exports = Query::select()
            .column(export::Column::Id)
            .from(export::Entity)
            .and_where(export::Column::TenantId.eq(look.tenant_id))
            .cond_where(export::Entity::rows(look))
            .to_owned();
        Condition::any().add(through(Column::FileId, imports)).add(through(Column::FileId, exports))
    });
}
