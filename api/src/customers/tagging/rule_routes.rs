//! Rules over HTTP.

use super::evaluate::outdated;
use super::preview::{TagRuleEffect, preview};
use super::rules::{self, MOST, fit, forget};
use crate::customers::custom::hidden_in;
use crate::customers::search::keep;
use crate::db::{Taken, refusal};
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{TagsRead, TagsWrite};
use crate::scope::{Can, Checked, Created, IfMatch, Once, Path, Reads, Scope};
use crate::tags::entity::{rule, tag};
use actix_web::{HttpResponse, delete, get, patch, post, web::Json};
use chrono::{DateTime, Utc};
use domain::filters::Filter;
use domain::tags::{NewTagRule, TagRuleChanges, TagRulePreview};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait as _, QueryOrder as _, Set};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(list_tag_rules)
        .service(create_tag_rule)
        .service(preview_tag_rule)
        .service(change_tag_rule)
        .service(delete_tag_rule);
}

/// A rule that gives a tag.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagRuleView {
    /// Id.
    pub id: Uuid,
    /// The tag.
    pub tag_id: Uuid,
    /// Who gets it.
    pub filter: Filter,
    /// Whether it is on.
    pub enabled: bool,
    /// When everybody was last looked at by it.
    pub evaluated_at: Option<DateTime<Utc>>,
    /// ETag.
    pub version: i64,
}

impl TagRuleView {
    fn of(row: rule::Model) -> Result<Self, Problem> {
        let filter = rules::filter(&row)?;
        let (enabled, evaluated_at) = (row.enabled.is_some(), row.evaluated_at);
        Ok(Self { id: row.id, tag_id: row.tag_id, filter, enabled, evaluated_at, version: row.version })
    }

    async fn find(rows: &impl Reads, id: Uuid) -> Result<Self, Problem> {
        let row = rows.rows::<rule::Entity>().filter(rule::Column::Id.eq(id)).one().await?;
        let found = Self::of(row.ok_or(Problem::NotFound)?)?;
        if hidden_in(rows, &found.filter).await? { Err(Problem::NotFound) } else { Ok(found) }
    }
}

/// The filter as it is stored: one that says something, and the same to everybody.
async fn written(scope: &Scope, filter: &Filter) -> Result<Option<String>, Problem> {
    fit(filter)?;
    keep(scope, filter).await.map(Some)
}

/// All rules, oldest first, but for those that compare what is hidden from whoever asks.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.read"])), responses((status = 200, body = All<TagRuleView>), Problems))]
#[get("/tag-rules")]
async fn list_tag_rules(scope: Can<TagsRead>) -> Result<Json<All<TagRuleView>>, Problem> {
    let live = Query::select()
        .column(tag::Column::Id)
        .from(tag::Entity)
        .and_where(tag::Column::TenantId.eq(scope.tenant_id()))
        .and_where(tag::Column::Live.eq(1))
        .to_owned();
    let rows = scope.find::<rule::Entity>().filter(rule::Column::TagId.in_subquery(live));
    let rows = rows.shape(|rows| rows.order_by_asc(rule::Column::CreatedAt)).all().await?;
    let mut items = Vec::new();
    for row in rows {
        let view = TagRuleView::of(row)?;
        if !hidden_in(&*scope, &view.filter).await? {
            items.push(view);
        }
    }
    Ok(Json(All { items }))
}

/// Makes a rule for a tag. Once it is on, customers get and lose the tag in the background, a moment after they
/// change, and once a day; a tag that somebody gave by hand stays.
#[utoipa::path(tag = "tags", params(Once), security(("bearer" = ["tags.write"])), request_body = NewTagRule, responses((status = 201, body = TagRuleView), Problems))]
#[post("/tag-rules")]
async fn create_tag_rule(
    mut scope: Can<TagsWrite>,
    body: Checked<NewTagRule>,
) -> Result<Created<TagRuleView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    let filter = written(&scope, &input.filter).await?;
    let made = scope
        .create(&once, input.id, async |tx| {
            if tx.find::<tag::Entity>().filter(tag::Column::Id.eq(input.tag_id)).one().await?.is_none() {
                return Err(Problem::field("tag_id", "tag_unknown"));
            }
            let row = rule::ActiveModel {
                id: Set(id),
                tag_id: Set(input.tag_id),
                filter: Set(filter),
                enabled: Set(input.enabled.filter(|on| *on).map(|_| 1)),
                ..Default::default()
            };
            tx.insert::<rule::Entity>(row).await.map_err(|error| match refusal(&error) {
                Some(Taken::Unique) => Problem::conflict("rule_known", Some("tag_id")),
                _ => error.into(),
            })?;
            let all = tx.find::<rule::Entity>().all().await?;
            if all.len() > MOST {
                return Err(domain::Violation::new("tag_id", "too_many").with("max", 100).into());
            }
            rules::sound(tx).await?;
            outdated(tx).await?;
            TagRuleView::find(tx, id).await
        })
        .await?;
    forget(&scope);
    Ok(made)
}

/// Counts what a rule would do.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), request_body = TagRulePreview, responses((status = 200, body = TagRuleEffect), Problems))]
#[post("/tag-rules/preview")]
async fn preview_tag_rule(
    scope: Can<TagsWrite>,
    body: Checked<TagRulePreview>,
) -> Result<Json<TagRuleEffect>, Problem> {
    fit(&body.value.filter)?;
    Ok(Json(preview(&scope, &body.value).await?))
}

/// Changes a rule, or switches it on or off. What it gave stays when it is switched off.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = TagRuleChanges, responses((status = 200, body = TagRuleView), Problems))]
#[patch("/tag-rules/{id}")]
async fn change_tag_rule(
    mut scope: Can<TagsWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<TagRuleChanges>,
) -> Result<Json<TagRuleView>, Problem> {
    let TagRuleChanges { filter, enabled } = body.value;
    let mut change = rule::ActiveModel::default();
    if let Some(filter) = &filter {
        change.filter = Set(written(&scope, filter).await?);
    }
    if let Some(enabled) = enabled {
        change.enabled = Set(enabled.then_some(1));
    }
    let tx = scope.begin().await?;
    let done = tx.update::<rule::Entity>(id.0, Some(version.0), change).await?;
    let view = TagRuleView::find(&tx, id.0).await?;
    if !done {
        return Err(Problem::stale(&view));
    }
    rules::sound(&tx).await?;
    outdated(&tx).await?;
    tx.commit().await?;
    forget(&scope);
    Ok(Json(view))
}

/// Deletes a rule. What it gave stays.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/tag-rules/{id}")]
async fn delete_tag_rule(mut scope: Can<TagsWrite>, id: Path<Uuid>, version: IfMatch) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    let current = TagRuleView::find(&tx, id.0).await?;
    if !tx.bury::<rule::Entity>(id.0, Some(version.0)).await? {
        return Err(Problem::stale(&current));
    }
    tx.commit().await?;
    forget(&scope);
    Ok(HttpResponse::NoContent().finish())
}
