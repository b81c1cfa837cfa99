//! Tags and their groups.

use super::entity::{group, tag};
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::{Can, Checked, Created, IfMatch, Path, Reads, grants::TagsRead, grants::TagsWrite};
use actix_web::{HttpResponse, delete, get, patch, post, web::Json};
use domain::tags::{NewTag, NewTagGroup, TagChanges, TagGroupChanges};
use sea_orm::{ColumnTrait as _, QueryOrder as _, Set};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

/// The colour of a tag nobody chose one for: the product's jade green.
const JADE: &str = "#0B7A5B";

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(list_tag_groups)
        .service(create_tag_group)
        .service(change_tag_group)
        .service(delete_tag_group)
        .service(create_tag)
        .service(change_tag)
        .service(delete_tag);
}

/// A group with its tags.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagGroupView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// ETag.
    pub version: i64,
    /// Its tags, oldest first.
    pub tags: Vec<TagView>,
}

/// A tag.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagView {
    /// Id.
    pub id: Uuid,
    /// Its group.
    pub group_id: Uuid,
    /// Name.
    pub name: String,
    /// `#RRGGBB`.
    pub colour: String,
    /// ETag.
    pub version: i64,
}

impl From<tag::Model> for TagView {
    fn from(row: tag::Model) -> Self {
        Self { id: row.id, group_id: row.group_id, name: row.name, colour: row.colour, version: row.version }
    }
}

/// All groups and their tags.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.read"])), responses((status = 200, body = All<TagGroupView>), Problems))]
#[get("/tag-groups")]
async fn list_tag_groups(scope: Can<TagsRead>) -> Result<Json<All<TagGroupView>>, Problem> {
    let groups = scope.find::<group::Entity>().shape(|rows| rows.order_by_asc(group::Column::CreatedAt)).all().await?;
    let mut tags = scope.find::<tag::Entity>().shape(|rows| rows.order_by_asc(tag::Column::CreatedAt)).all().await?;
    let items = groups
        .into_iter()
        .map(|group| {
            let own = tags.extract_if(.., |tag| tag.group_id == group.id).map(TagView::from).collect();
            TagGroupView { id: group.id, name: group.name, version: group.version, tags: own }
        })
        .collect();
    Ok(Json(All { items }))
}

/// Makes a group.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), request_body = NewTagGroup, responses((status = 201, body = TagGroupView), Problems))]
#[post("/tag-groups")]
async fn create_tag_group(
    mut scope: Can<TagsWrite>,
    body: Checked<NewTagGroup>,
) -> Result<Created<TagGroupView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    scope
        .create(&once, input.id, async |tx| {
            tx.insert::<group::Entity>(group::ActiveModel {
                id: Set(id),
                name: Set(input.name.clone()),
                ..Default::default()
            })
            .await?;
            Ok(TagGroupView { id, name: input.name, version: 1, tags: Vec::new() })
        })
        .await
}

/// Renames a group.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = TagGroupChanges, responses((status = 200, body = TagGroupView), Problems))]
#[patch("/tag-groups/{id}")]
async fn change_tag_group(
    mut scope: Can<TagsWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<TagGroupChanges>,
) -> Result<Json<TagGroupView>, Problem> {
    let tx = scope.begin().await?;
    let mut change = group::ActiveModel::default();
    if let Some(name) = body.value.name {
        change.name = Set(name);
    }
    let done = tx.update::<group::Entity>(id.0, Some(version.0), change).await?;
    let view = group_view(&tx, id.0).await?;
    if !done {
        return Err(Problem::stale(&view));
    }
    tx.commit().await?;
    Ok(Json(view))
}

async fn group_view(rows: &impl Reads, id: Uuid) -> Result<TagGroupView, Problem> {
    let group = rows.rows::<group::Entity>().filter(group::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)?;
    let tags = rows
        .rows::<tag::Entity>()
        .filter(tag::Column::GroupId.eq(id))
        .shape(|rows| rows.order_by_asc(tag::Column::CreatedAt))
        .all()
        .await?;
    Ok(TagGroupView {
        id,
        name: group.name,
        version: group.version,
        tags: tags.into_iter().map(TagView::from).collect(),
    })
}

/// Deletes an empty group.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/tag-groups/{id}")]
async fn delete_tag_group(
    mut scope: Can<TagsWrite>,
    id: Path<Uuid>,
    version: IfMatch,
) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    let view = group_view(&tx, id.0).await?;
    if !view.tags.is_empty() {
        return Err(Problem::conflict("in_use", None));
    }
    if !tx.bury::<group::Entity>(id.0, Some(version.0)).await? {
        return Err(Problem::stale(&view));
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Makes a tag.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), request_body = NewTag, responses((status = 201, body = TagView), Problems))]
#[post("/tags")]
async fn create_tag(mut scope: Can<TagsWrite>, body: Checked<NewTag>) -> Result<Created<TagView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    scope
        .create(&once, input.id, async |tx| {
            let group = tx.find::<group::Entity>().filter(group::Column::Id.eq(input.group_id)).one().await?;
            if group.is_none() {
                return Err(Problem::field("group_id", "group_unknown"));
            }
            let colour = input.colour.unwrap_or_else(|| JADE.to_owned());
            let row = tag::ActiveModel {
                id: Set(id),
                group_id: Set(input.group_id),
                name: Set(input.name.clone()),
                colour: Set(colour.clone()),
                ..Default::default()
            };
            tx.insert::<tag::Entity>(row).await?;
            Ok(TagView { id, group_id: input.group_id, name: input.name, colour, version: 1 })
        })
        .await
}

/// Renames or recolours a tag.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = TagChanges, responses((status = 200, body = TagView), Problems))]
#[patch("/tags/{id}")]
async fn change_tag(
    mut scope: Can<TagsWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<TagChanges>,
) -> Result<Json<TagView>, Problem> {
    let tx = scope.begin().await?;
    let mut change = tag::ActiveModel::default();
    if let Some(name) = body.value.name {
        change.name = Set(name);
    }
    if let Some(colour) = body.value.colour {
        change.colour = Set(colour);
    }
    let done = tx.update::<tag::Entity>(id.0, Some(version.0), change).await?;
    let view = tag_view(&tx, id.0).await?;
    if !done {
        return Err(Problem::stale(&view));
    }
    tx.commit().await?;
    Ok(Json(view))
}

async fn tag_view(rows: &impl Reads, id: Uuid) -> Result<TagView, Problem> {
    let row = rows.rows::<tag::Entity>().filter(tag::Column::Id.eq(id)).one().await?;
    row.map(TagView::from).ok_or(Problem::NotFound)
}

/// Deletes a tag; customers lose it.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/tags/{id}")]
async fn delete_tag(mut scope: Can<TagsWrite>, id: Path<Uuid>, version: IfMatch) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    let view = tag_view(&tx, id.0).await?;
    if !tx.bury::<tag::Entity>(id.0, Some(version.0)).await? {
        return Err(Problem::stale(&view));
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
