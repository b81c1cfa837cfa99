//! What became of a customer and the pools: who, from where, to where, why and when.

use super::entity::step;
use crate::customers;
use crate::db::Code;
use crate::openapi::ServiceConfig;
use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::grants::CustomersRead;
use crate::scope::{Can, Path, Query, Tx};
use actix_web::{get, web::Json};
use chrono::{DateTime, Utc};
use domain::pools::PoolMoveKind;
use sea_orm::{ColumnTrait as _, Set};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_pool_moves);
}

/// A customer who came into a pool or out of one.
pub(crate) struct Moved {
    pub(crate) customer_id: Uuid,
    pub(crate) kind: PoolMoveKind,
    /// Whose it was, and in which pool.
    pub(crate) from: (Option<Uuid>, Option<Uuid>),
    /// Whose it is, and in which pool.
    pub(crate) to: (Option<Uuid>, Option<Uuid>),
    pub(crate) reason: Option<String>,
}

impl Moved {
    /// Somebody else gave it to its new owner.
    pub(crate) fn assigned(customer_id: Uuid, pool: Uuid, owner: Uuid) -> Self {
        let (from, to) = ((None, Some(pool)), (Some(owner), None));
        Self { customer_id, kind: PoolMoveKind::Assigned, from, to, reason: None }
    }
}

/// Writes it down. Whoever calls it puts the change itself into the record.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn write(tx: &Tx<'_>, moved: impl IntoIterator<Item = Moved>) -> Result<(), Problem> {
    let (who, moved): (_, Vec<Moved>) = (tx.who(), moved.into_iter().collect());
    let customers: Vec<Uuid> = moved.iter().map(|moved| moved.customer_id).collect();
    customers::touched(tx, &customers).await?;
    let rows = moved.into_iter().map(|moved| step::ActiveModel {
        id: Set(tx.new_id()),
        customer_id: Set(moved.customer_id),
        kind: Set(Code(moved.kind)),
        from_owner_id: Set(moved.from.0),
        from_pool_id: Set(moved.from.1),
        to_owner_id: Set(moved.to.0),
        to_pool_id: Set(moved.to.1),
        reason: Set(moved.reason),
        staff_id: Set(who.id),
        staff_name: Set(who.name.clone()),
        created_at: Set(tx.now()),
        ..Default::default()
    });
    Ok(tx.insert_many::<step::Entity>(rows).await?)
}

/// What became of a customer and a pool.
#[derive(Debug, Serialize, ToSchema)]
pub struct PoolMoveView {
    /// Id.
    pub id: Uuid,
    /// What happened.
    pub kind: PoolMoveKind,
    /// Whose the customer was.
    pub from_owner_id: Option<Uuid>,
    /// In which pool it was.
    pub from_pool_id: Option<Uuid>,
    /// Whose it became.
    pub to_owner_id: Option<Uuid>,
    /// Into which pool it came.
    pub to_pool_id: Option<Uuid>,
    /// Why.
    pub reason: Option<String>,
    /// Who did it; nobody when a rule did.
    pub staff_id: Option<Uuid>,
    /// Their name then.
    pub staff_name: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl From<step::Model> for PoolMoveView {
    fn from(row: step::Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind.0,
            from_owner_id: row.from_owner_id,
            from_pool_id: row.from_pool_id,
            to_owner_id: row.to_owner_id,
            to_pool_id: row.to_pool_id,
            reason: row.reason,
            staff_id: row.staff_id,
            staff_name: row.staff_name,
            created_at: row.created_at,
        }
    }
}

/// How a customer came into pools and out of them, newest first.
#[utoipa::path(tag = "pools", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path), PageQuery), responses((status = 200, body = Page<PoolMoveView>), Problems))]
#[get("/customers/{id}/pool-moves")]
async fn list_pool_moves(
    scope: Can<CustomersRead>,
    id: Path<Uuid>,
    page: Query<PageQuery>,
) -> Result<Json<Page<PoolMoveView>>, Problem> {
    let page = page.0.check()?;
    customers::find(&*scope, id.0).await?;
    let position = |row: &step::Model| Position { at: row.created_at, id: row.id };
    let rows = scope.find::<step::Entity>().filter(step::Column::CustomerId.eq(id.0));
    let (rows, next_cursor) = rows.page(step::Column::CreatedAt, page, |rows| rows, position).await?;
    Ok(Json(Page { items: rows.into_iter().map(PoolMoveView::from).collect(), next_cursor }))
}
