//! Who knows whom 关系, and stars 星标.

use super::record_entity::{relation, star};
use super::{Column, Customer, Entity, find};
use crate::db::{Code, Taken, refusal};
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{CustomersRead, CustomersWrite};
use crate::scope::{Can, Checked, Created, Once, Path, Tx};
use actix_web::{HttpResponse, delete, get, post, web::Json};
use domain::customers::{NewRelation, RelationKind};
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _, Set};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Relations of one customer that are shown.
const MOST: u64 = 100;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(list_relations)
        .service(create_relation)
        .service(delete_relation)
        .service(star_customer)
        .service(unstar_customer);
}

/// A relation, seen from one of the two.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelationView {
    /// Id.
    pub id: Uuid,
    /// The other customer.
    pub other_id: Uuid,
    /// Their name.
    pub other_name: String,
    /// How they know each other.
    pub kind: RelationKind,
    /// Whether it is said from the other's side: with `introduced_by`, this one brought the other.
    pub inverse: bool,
    /// More about it.
    pub note: Option<String>,
}

/// Whom a customer knows, of those whom one sees.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path)), responses((status = 200, body = All<RelationView>), Problems))]
#[get("/customers/{id}/relations")]
async fn list_relations(scope: Can<CustomersRead>, id: Path<Uuid>) -> Result<Json<All<RelationView>>, Problem> {
    let id = id.0;
    find(&*scope, id).await?;
    let either = Condition::any().add(relation::Column::CustomerId.eq(id)).add(relation::Column::OtherId.eq(id));
    let rows = scope
        .find::<relation::Entity>()
        .filter(either)
        .shape(|rows| rows.order_by_asc(relation::Column::Id).limit(MOST))
        .all()
        .await?;
    let other = |row: &relation::Model| if row.customer_id == id { row.other_id } else { row.customer_id };
    // A deleted customer knows nobody.
    let seen = match rows.is_empty() {
        true => Vec::new(),
        false => scope.find::<Entity>().filter(Column::Id.is_in(rows.iter().map(other))).all().await?,
    };
    let items = rows.into_iter().filter_map(|row| {
        let there = seen.iter().find(|customer| customer.id == other(&row))?;
        let inverse = row.customer_id != id;
        Some(RelationView {
            id: row.id,
            other_id: there.id,
            other_name: there.name.clone(),
            kind: row.kind.0,
            inverse,
            note: row.note,
        })
    });
    Ok(Json(All { items: items.collect() }))
}

/// The other one, who stays as they are until the transaction ends.
async fn held(tx: &Tx<'_>, other: Uuid) -> Result<Customer, Problem> {
    tx.find::<Entity>().filter(Column::Id.eq(other)).held().one().await?.ok_or(Problem::NotFound)
}

/// Writes down that two customers know each other.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.write"])), params(Once, ("id" = Uuid, Path)), request_body = NewRelation, responses((status = 201, body = RelationView), Problems))]
#[post("/customers/{id}/relations")]
async fn create_relation(
    mut scope: Can<CustomersWrite>,
    id: Path<Uuid>,
    body: Checked<NewRelation>,
) -> Result<Created<RelationView>, Problem> {
    let Checked { value: input, once } = body;
    let relation_id = scope.id_for(input.id)?;
    let me = scope.me()?;
    scope
        .create(&once, input.id, async |tx| {
            if input.other_id == id.0 {
                tx.hold_to_hang_on::<Entity>(id.0).await?;
                return Err(Problem::field("other_id", "relation_self"));
            }
            // In the order of their ids, as whoever merges them holds both.
            let before = match input.other_id < id.0 {
                true => Some(held(tx, input.other_id).await?),
                false => None,
            };
            tx.hold_to_hang_on::<Entity>(id.0).await?;
            let other = match before {
                Some(other) => other,
                None => held(tx, input.other_id).await?,
            };
            let row = relation::ActiveModel {
                id: Set(relation_id),
                customer_id: Set(id.0),
                other_id: Set(other.id),
                kind: Set(Code(input.kind)),
                note: Set(input.note.clone()),
                created_by: Set(me),
                created_at: Set(tx.now()),
                ..Default::default()
            };
            tx.insert::<relation::Entity>(row).await.map_err(|error| match refusal(&error) {
                Some(Taken::Unique) => Problem::conflict("relation_known", Some("other_id")),
                _ => error.into(),
            })?;
            tx.audit("relate", "customer", Some(id.0), json!({ "other": other.id, "kind": input.kind }));
            Ok(RelationView {
                id: relation_id,
                other_id: other.id,
                other_name: other.name,
                kind: input.kind,
                inverse: false,
                note: input.note,
            })
        })
        .await
}

/// Takes a relation away, from either side.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.write"])), params(("id" = Uuid, Path), ("relation_id" = Uuid, Path)), responses((status = 204), Problems))]
#[delete("/customers/{id}/relations/{relation_id}")]
async fn delete_relation(mut scope: Can<CustomersWrite>, path: Path<(Uuid, Uuid)>) -> Result<HttpResponse, Problem> {
    let (id, relation_id) = path.0;
    let tx = scope.begin().await?;
    tx.find_to_change::<Entity>(id).await?;
    let this = Condition::all()
        .add(relation::Column::Id.eq(relation_id))
        .add(Condition::any().add(relation::Column::CustomerId.eq(id)).add(relation::Column::OtherId.eq(id)));
    let row = tx.find::<relation::Entity>().filter(this).one().await?.ok_or(Problem::NotFound)?;
    tx.remove::<relation::Entity>(relation::Column::Id.eq(relation_id)).await?;
    let other = if row.customer_id == id { row.other_id } else { row.customer_id };
    tx.audit("unrelate", "customer", Some(id), json!({ "other": other, "kind": row.kind.0 }));
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Marks a customer with a star, for oneself alone. Doing it twice changes nothing.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path)), responses((status = 204), Problems))]
#[post("/customers/{id}/star")]
async fn star_customer(mut scope: Can<CustomersRead>, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let me = scope.me()?;
    let tx = scope.begin().await?;
    find(&tx, id.0).await?;
    tx.remove::<star::Entity>(star::Column::CustomerId.eq(id.0)).await?;
    let row = star::ActiveModel {
        staff_id: Set(me),
        customer_id: Set(id.0),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    tx.insert::<star::Entity>(row).await?;
    tx.unrecorded("a star is one's own mark and says nothing about the customer");
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes one's star away.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path)), responses((status = 204), Problems))]
#[delete("/customers/{id}/star")]
async fn unstar_customer(mut scope: Can<CustomersRead>, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    find(&tx, id.0).await?;
    tx.remove::<star::Entity>(star::Column::CustomerId.eq(id.0)).await?;
    tx.unrecorded("a star is one's own mark and says nothing about the customer");
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
