//! A customer's timeline.

use super::entity;
use crate::calendar::plannable;
use crate::customers;
use crate::db::Code;
use crate::openapi::ServiceConfig;
use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::grants::{InteractionsRead, InteractionsWrite};
use crate::scope::{Can, Checked, Created, Once, Path, Query};
use crate::tasks;
use actix_web::{get, post, web::Json};
use chrono::{DateTime, Duration, Utc};
use domain::interactions::{Channel, NewInteraction};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(create_interaction).service(list_interactions);
}

/// An entry of the timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct InteractionView {
    /// Id.
    pub id: Uuid,
    /// The customer.
    pub customer_id: Uuid,
    /// How they were in touch.
    pub channel: Channel,
    /// What was said or done.
    pub content: String,
    /// When.
    pub happened_at: DateTime<Utc>,
    /// When to get in touch again.
    pub next_contact_at: Option<DateTime<Utc>>,
    /// What to do then.
    pub next_step: Option<String>,
    /// The task that reminds of it.
    pub task_id: Option<Uuid>,
    /// Who wrote it.
    pub author_id: Uuid,
    /// Their name then.
    pub author_name: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

impl From<entity::Model> for InteractionView {
    fn from(row: entity::Model) -> Self {
        Self {
            id: row.id,
            customer_id: row.customer_id,
            channel: row.channel.0,
            content: row.content.unwrap_or_default(),
            happened_at: row.happened_at,
            next_contact_at: row.next_contact_at,
            next_step: row.next_step,
            task_id: row.task_id,
            author_id: row.author_id,
            author_name: row.author_name,
            created_at: row.created_at,
        }
    }
}

/// Writes down what was said or done. With `next_contact_at` there will be a task and a reminder. Of a
/// customer who was merged into another it is 404 `merged`, with who stayed.
#[utoipa::path(tag = "interactions", security(("bearer" = ["interactions.write"])), params(Once, ("id" = Uuid, Path)), request_body = NewInteraction, responses((status = 201, body = InteractionView), Problems))]
#[post("/customers/{id}/interactions")]
async fn create_interaction(
    mut scope: Can<InteractionsWrite>,
    customer: Path<Uuid>,
    body: Checked<NewInteraction>,
) -> Result<Created<InteractionView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    let (me, now) = (scope.me()?, scope.now());
    // Phones' clocks run a little ahead; a time from next week would pin the last contact there.
    if input.happened_at.is_some_and(|at| at > now + Duration::minutes(5)) {
        return Err(Problem::field("happened_at", "happened_ahead"));
    }
    if let Some(at) = input.next_contact_at {
        plannable("next_contact_at", at)?;
    }
    let created = scope
        .create(&once, input.id, async |tx| {
            let happened_at = input.happened_at.unwrap_or(now);
            customers::spoken_to(tx, customer.0, Some(happened_at), input.next_contact_at).await?;
            let task_id = match input.next_contact_at {
                Some(due_at) => {
                    let title = input.next_step.clone().unwrap_or_else(|| "联系客户".to_owned());
                    Some(tasks::create(tx, tx.new_id(), customer.0, title, due_at).await?.id)
                }
                None => None,
            };
            let row = entity::Model {
                tenant_id: tx.tenant_id(),
                id,
                customer_id: customer.0,
                channel: Code(input.channel),
                content: Some(input.content),
                happened_at,
                next_contact_at: input.next_contact_at,
                next_step: input.next_step,
                task_id,
                author_id: me,
                author_name: tx.who().name.clone(),
                version: 1,
                created_at: now,
                updated_at: now,
                deleted_at: None,
                live: Some(1),
            };
            tx.insert::<entity::Entity>(entity::ActiveModel::from(row.clone()).reset_all()).await?;
            Ok(row.into())
        })
        .await;
    customers::merging::led(&scope, customer.0, created).await
}

/// A customer's interactions, newest first, whoever wrote them.
#[utoipa::path(tag = "interactions", security(("bearer" = ["interactions.read"])), params(("id" = Uuid, Path), PageQuery), responses((status = 200, body = Page<InteractionView>), Problems))]
#[get("/customers/{id}/interactions")]
async fn list_interactions(
    scope: Can<InteractionsRead>,
    customer: Path<Uuid>,
    query: Query<PageQuery>,
) -> Result<Json<Page<InteractionView>>, Problem> {
    let page = query.0.check()?;
    customers::find(&*scope, customer.0).await?;
    let position = |row: &entity::Model| Position { at: row.created_at, id: row.id };
    let (rows, next_cursor) = scope
        .find::<entity::Entity>()
        .filter(entity::Column::CustomerId.eq(customer.0))
        .page(entity::Column::CreatedAt, page, |rows| rows, position)
        .await?;
    Ok(Json(Page { items: rows.into_iter().map(InteractionView::from).collect(), next_cursor }))
}
