//! Erasing a person, with what they asked for: nothing of it is open any more then.

use super::answer::done;
use super::entity as request;
use crate::customers;
use crate::erasure::erase_person;
use crate::openapi::ServiceConfig;
use crate::orders;
use crate::problem::{Problem, Problems};
use crate::scope::{Can, Checked, Path, Reads as _, Scope, Tx, grants::CustomersErase};
use actix_web::{HttpResponse, post};
use domain::customers::{Erasure, ErasureReason};
use domain::orders::OrderStatus;
use domain::privacy::RequestState;
use sea_orm::{ColumnTrait as _, Condition, Set};
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(erase_customer);
}

/// Erases a person for good and closes their open requests, all of it or nothing. `false` when there is
/// nobody to erase. Whoever calls it has checked that the actor may; `knowing` says that orders may be on their way.
pub(super) async fn erase(scope: &Scope, person: Uuid, reason: ErasureReason, knowing: bool) -> Result<bool, Problem> {
    // Jobs erase as well; they are no member of staff.
    let by = scope.rights().and(scope.who().id);
    erase_person(scope, person, reason, async |tx| {
        if !knowing {
            settled(tx, person).await?;
        }
        close(tx, person, by).await
    })
    .await
}

/// Lets nobody erase a person by mistake whose orders are on their way: nobody could send them any more.
///
/// # Errors
/// 409 `orders_open` with their number.
async fn settled(tx: &Tx<'_>, person: Uuid) -> Result<(), Problem> {
    let open = tx.rows_of_all::<orders::Entity>().filter(
        Condition::all()
            .add(orders::Column::CustomerId.eq(person))
            .add(orders::Column::Status.is_in(OrderStatus::OPEN.map(OrderStatus::as_str))),
    );
    match open.count().await?.0 {
        0 => Ok(()),
        count => Err(Problem::OrdersOpen { count }),
    }
}

async fn close(tx: &Tx<'_>, person: Uuid, by: Option<Uuid>) -> Result<(), Problem> {
    let waiting = tx
        .find::<request::Entity>()
        .filter(request::Column::CustomerId.eq(person))
        .filter(request::Column::State.eq(RequestState::Waiting.as_str()))
        .all()
        .await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let waiting: Vec<_> = waiting.into_iter().map(|row| (row.id, row)).collect();
    let answered = request::ActiveModel { answered_by: Set(by), ..done(tx) };
    Ok(tx.update_all::<request::Entity>(&waiting, "update", answered).await?)
}

/// Erases a person for good: nobody can read their phones, addresses, remarks or recorded values any
/// more, and no backup brings them back. Orders stay without a name, and what the person asked for is
/// done. Doing it twice changes nothing. 409 `orders_open` with `count` while orders are on their way, unless
/// `with_open_orders` says that one knows.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.erase"])), params(("id" = Uuid, Path)), request_body = Erasure, responses((status = 204), Problems))]
#[post("/customers/{id}/erase")]
async fn erase_customer(
    scope: Can<CustomersErase>,
    id: Path<Uuid>,
    body: Checked<Erasure>,
) -> Result<HttpResponse, Problem> {
    let Erasure { reason, with_open_orders } = body.value;
    let id = id.0;
    // Somebody who was deleted is still there to be erased.
    let found = scope.find_buried::<customers::Entity>().filter(customers::Column::Id.eq(id)).one().await?;
    let found = found.ok_or(Problem::NotFound)?;
    if found.erased_at.is_none() {
        // Whoever was merged is the one who stayed: erasing the tombstone alone would erase nobody.
        if found.merged_into.is_some() {
            return Err(customers::merging::gone(&scope, id).await);
        }
        erase(&scope, id, reason, with_open_orders).await?;
    }
    Ok(HttpResponse::NoContent().finish())
}
