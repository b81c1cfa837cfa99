//! The log of merges over HTTP.

use crate::customers;
use crate::customers::merging::entity::{merge, moved};
use crate::openapi::ServiceConfig;
use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::grants::CustomersMerge;
use crate::scope::{Can, Path, Query, Reads, Scope};
use actix_web::{get, web::Json};
use chrono::{DateTime, Utc};
use domain::duplicates::MergeState;
use domain::permission::FieldRule;
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// What becomes of a row that somebody changed since.
pub(super) const CHANGED_SINCE: &str = "changed_since";
/// Rows that are named of those which stayed.
const NAMED: u64 = 100;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_merges).service(get_merge);
}

/// A merge.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergeView {
    /// Id.
    pub id: Uuid,
    /// Who stayed.
    pub customer_id: Uuid,
    /// Their name; `null` when whoever asks does not see them any more.
    pub customer_name: Option<String>,
    /// Who was merged into them.
    pub other_id: Uuid,
    /// Their name.
    pub other_name: Option<String>,
    /// Who merged them.
    pub staff_id: Uuid,
    /// How far it is.
    pub state: MergeState,
    /// Rows that went over: talks, tasks, orders, tags …
    pub moved: i64,
    /// Of those, how many stayed when it was undone, because somebody changed them since.
    pub kept: i64,
    /// Fields of the record that stayed then for the same reason.
    pub kept_fields: Vec<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Until when it can be undone; absent when it cannot.
    pub undo_until: Option<DateTime<Utc>>,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
}

/// A row that stayed with the one it was merged into.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptRow {
    /// Of which table.
    pub kind: String,
    /// Which.
    pub id: Uuid,
}

/// A merge and, once it was undone, what stayed.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergeDetail {
    /// The merge.
    #[serde(flatten)]
    pub merge: MergeView,
    /// The first hundred rows that stayed.
    pub kept_rows: Vec<KeptRow>,
}

impl MergeView {
    /// Merges with the names of both, as far as whoever asks sees them: two statements for a page.
    pub(super) async fn all(scope: &Scope, rows: Vec<merge::Model>) -> Result<Vec<Self>, Problem> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids = rows.iter().flat_map(|row| [row.customer_id, row.other_id]);
        let people = scope.find_buried::<customers::Entity>().filter(customers::Column::Id.is_in(ids)).all().await?;
        let names: HashMap<Uuid, String> = people.into_iter().map(|row| (row.id, row.name)).collect();
        Ok(rows.into_iter().map(|row| Self::of(scope, row, &names)).collect())
    }

    pub(super) fn of(scope: &Scope, row: merge::Model, names: &HashMap<Uuid, String>) -> Self {
        let now = scope.now();
        let open = row.state.0 == MergeState::Done && row.before.is_some();
        let kept = row.kept_fields.as_deref().and_then(|text| serde_json::from_str::<Vec<String>>(text).ok());
        // Of what is hidden from somebody not even that there is one.
        let shown = |field: &String| customers::contact_rule(scope, field) != FieldRule::Hide;
        Self {
            id: row.id,
            customer_id: row.customer_id,
            customer_name: names.get(&row.customer_id).cloned(),
            other_id: row.other_id,
            other_name: names.get(&row.other_id).cloned(),
            staff_id: row.staff_id,
            state: row.state.0,
            moved: row.moved,
            kept: row.kept,
            kept_fields: kept.unwrap_or_default().into_iter().filter(shown).collect(),
            created_at: row.created_at,
            undo_until: row.undo_until.filter(|until| open && *until > now),
            undone_at: row.undone_at,
        }
    }
}

/// The merge, if whoever asks sees who stayed.
pub(super) async fn find(rows: &impl Reads, id: Uuid) -> Result<merge::Model, Problem> {
    rows.rows::<merge::Entity>().filter(merge::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)
}

/// Merges of customers whom one sees, newest first.
#[utoipa::path(tag = "duplicates", security(("bearer" = ["customers.merge"])), params(PageQuery), responses((status = 200, body = Page<MergeView>), Problems))]
#[get("/merges")]
async fn list_merges(scope: Can<CustomersMerge>, page: Query<PageQuery>) -> Result<Json<Page<MergeView>>, Problem> {
    let position = |row: &merge::Model| Position { at: row.created_at, id: row.id };
    let merges = scope.find::<merge::Entity>();
    let (rows, next_cursor) = merges.page(merge::Column::CreatedAt, page.0.check()?, |rows| rows, position).await?;
    Ok(Json(Page { items: MergeView::all(&scope, rows).await?, next_cursor }))
}

/// One merge, and what stayed when it was undone.
#[utoipa::path(tag = "duplicates", security(("bearer" = ["customers.merge"])), params(("id" = Uuid, Path)), responses((status = 200, body = MergeDetail), Problems))]
#[get("/merges/{id}")]
async fn get_merge(scope: Can<CustomersMerge>, id: Path<Uuid>) -> Result<Json<MergeDetail>, Problem> {
    let row = find(&*scope, id.0).await?;
    let kept = Condition::all().add(moved::Column::MergeId.eq(id.0)).add(moved::Column::Outcome.eq(CHANGED_SINCE));
    let kept_rows = match row.kept {
        0 => Vec::new(),
        _ => {
            let rows = scope.find::<moved::Entity>().filter(kept);
            rows.shape(|rows| rows.order_by_asc(moved::Column::RowId).limit(NAMED)).all().await?
        }
    };
    // Some kinds name a column too.
    let table = |kind: &str| kind.split('.').next().unwrap_or_default().to_owned();
    let kept_rows = kept_rows.into_iter().map(|row| KeptRow { kind: table(&row.kind), id: row.row_id }).collect();
    let merge = MergeView::all(&scope, vec![row]).await?.pop().ok_or(Problem::NotFound)?;
    Ok(Json(MergeDetail { merge, kept_rows }))
}
