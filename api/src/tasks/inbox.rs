//! The inbox 消息: every reminder exactly once, whether WeChat delivered it or not.

use super::send::inbox_item as entity;
use crate::openapi::ServiceConfig;
use crate::page::{PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::grants::{TasksRead, TasksWrite};
use crate::scope::{Can, Path, Query};
use actix_web::{HttpResponse, get, post, web::Json};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, Condition, Set};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_inbox).service(read_all_inbox).service(read_inbox_item);
}

/// A page of the inbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxPage {
    /// The items, newest first.
    pub items: Vec<InboxItemView>,
    /// Where the next page starts.
    pub next_cursor: Option<String>,
    /// How many are unread, up to 1000.
    pub unread: u64,
}

/// The kind of what is said when a task is due.
pub(super) const TASK_DUE: &str = "task_due";

/// One item of the inbox.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxItemView {
    /// Id.
    pub id: Uuid,
    /// `task_due`, `customer_message`, or what else there is to be told of.
    pub kind: String,
    /// What it is about.
    pub title: String,
    /// More about it.
    pub body: String,
    /// The task that is due.
    pub task_id: Option<Uuid>,
    /// The customer.
    pub customer_id: Option<Uuid>,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
    /// What became of the WeChat message: `sent`, `pending`, `unknown`, `failed`, `no_credit`, or `together`: with
    /// another one of the same moment.
    pub wechat: String,
    /// When it came.
    pub created_at: DateTime<Utc>,
}

impl From<entity::Model> for InboxItemView {
    fn from(row: entity::Model) -> Self {
        let task_id = (row.kind == TASK_DUE).then_some(row.source_id);
        Self {
            id: row.id,
            kind: row.kind,
            title: row.title,
            body: row.body.unwrap_or_default(),
            task_id,
            customer_id: row.customer_id,
            read_at: row.read_at,
            wechat: row.wechat,
            created_at: row.created_at,
        }
    }
}

/// One's own inbox, newest first.
#[utoipa::path(tag = "inbox", security(("bearer" = ["tasks.read"])), params(PageQuery), responses((status = 200, body = InboxPage), Problems))]
#[get("/inbox")]
async fn list_inbox(scope: Can<TasksRead>, query: Query<PageQuery>) -> Result<Json<InboxPage>, Problem> {
    let (page, me) = (query.0.check()?, scope.me()?);
    // An inbox is private: also the boss sees only her own.
    let mine = || scope.find::<entity::Entity>().filter(entity::Column::StaffId.eq(me));
    let position = |row: &entity::Model| Position { at: row.created_at, id: row.id };
    let (rows, next_cursor) = mine().page(entity::Column::CreatedAt, page, |rows| rows, position).await?;
    let (unread, _) = mine().filter(entity::Column::ReadAt.is_null()).count().await?;
    Ok(Json(InboxPage { items: rows.into_iter().map(InboxItemView::from).collect(), next_cursor, unread }))
}

/// Marks an item as read.
#[utoipa::path(tag = "inbox", security(("bearer" = ["tasks.write"])), params(("id" = Uuid, Path)), responses((status = 204), Problems))]
#[post("/inbox/{id}/read")]
async fn read_inbox_item(mut scope: Can<TasksWrite>, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let (me, now) = (scope.me()?, scope.now());
    let tx = scope.begin().await?;
    let item = tx
        .find::<entity::Entity>()
        .filter(entity::Column::Id.eq(id.0))
        .filter(entity::Column::StaffId.eq(me))
        .one()
        .await?;
    let item = item.ok_or(Problem::NotFound)?;
    if item.read_at.is_none() {
        tx.derive::<entity::Entity>(id.0, entity::ActiveModel { read_at: Set(Some(now)), ..Default::default() })
            .await?;
        tx.unrecorded("reading one's own inbox");
        tx.commit().await?;
    }
    Ok(HttpResponse::NoContent().finish())
}

/// Marks everything as read.
#[utoipa::path(tag = "inbox", security(("bearer" = ["tasks.write"])), responses((status = 204), Problems))]
#[post("/inbox/read-all")]
async fn read_all_inbox(mut scope: Can<TasksWrite>) -> Result<HttpResponse, Problem> {
    let (me, now) = (scope.me()?, scope.now());
    let tx = scope.begin().await?;
    let unread = Condition::all().add(entity::Column::StaffId.eq(me)).add(entity::Column::ReadAt.is_null());
    tx.derive_all::<entity::Entity>(unread, entity::ActiveModel { read_at: Set(Some(now)), ..Default::default() })
        .await?;
    tx.unrecorded("reading one's own inbox");
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
