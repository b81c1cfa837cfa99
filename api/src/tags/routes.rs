//! Tags and their groups. What customers notice of a change to them is in `customers/tagging`.

use super::entity::{group, tag};
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::{Can, Checked, Created, Once, Path, Reads, grants::TagsRead, grants::TagsWrite};
use actix_web::{get, post, web::Json};
use chrono::{DateTime, Utc};
use domain::tags::{NewTag, NewTagGroup, TagOrder};
use sea_orm::{ColumnTrait as _, Set};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The colour of a tag nobody chose one for: the product's jade green.
const JADE: &str = "#0B7A5B";

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(list_tag_groups)
        .service(create_tag_group)
        .service(order_tag_groups)
        .service(order_tags)
        .service(create_tag);
}

/// A group with its tags.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagGroupView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Whether it is a category: a customer has at most one of its tags.
    pub single: bool,
    /// ETag.
    pub version: i64,
    /// Its tags, in their order.
    pub tags: Vec<TagView>,
}

impl TagGroupView {
    fn of(group: group::Model, mut tags: Vec<tag::Model>) -> Self {
        tags.sort_by_key(|tag| in_order(tag.place, tag.created_at));
        let single = group.single.is_some();
        let tags = tags.into_iter().map(TagView::from).collect();
        Self { id: group.id, name: group.name, single, version: group.version, tags }
    }

    /// A group and its tags, read again.
    ///
    /// # Errors
    /// 404.
    pub(crate) async fn find(rows: &impl Reads, id: Uuid) -> Result<Self, Problem> {
        let group = rows.rows::<group::Entity>().filter(group::Column::Id.eq(id)).one().await?;
        let tags = rows.rows::<tag::Entity>().filter(tag::Column::GroupId.eq(id)).all().await?;
        Ok(Self::of(group.ok_or(Problem::NotFound)?, tags))
    }
}

/// What was put in order comes first, then the oldest.
fn in_order(place: Option<i64>, at: DateTime<Utc>) -> (i64, DateTime<Utc>) {
    (place.unwrap_or(i64::MAX), at)
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

impl TagView {
    /// A tag, read again.
    ///
    /// # Errors
    /// 404.
    pub(crate) async fn find(rows: &impl Reads, id: Uuid) -> Result<Self, Problem> {
        let row = rows.rows::<tag::Entity>().filter(tag::Column::Id.eq(id)).one().await?;
        row.map(Self::from).ok_or(Problem::NotFound)
    }
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
    Ok(Json(all(&*scope).await?))
}

async fn all(rows: &impl Reads) -> Result<All<TagGroupView>, Problem> {
    let mut groups = rows.rows::<group::Entity>().all().await?;
    let mut tags = rows.rows::<tag::Entity>().all().await?;
    groups.sort_by_key(|group| in_order(group.place, group.created_at));
    let items = groups.into_iter().map(|group| {
        let own = tags.extract_if(.., |tag| tag.group_id == group.id).collect();
        TagGroupView::of(group, own)
    });
    Ok(All { items: items.collect() })
}

/// Puts the groups in order.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), request_body = TagOrder, responses((status = 200, body = All<TagGroupView>), Problems))]
#[post("/tag-groups/order")]
async fn order_tag_groups(
    mut scope: Can<TagsWrite>,
    body: Checked<TagOrder>,
) -> Result<Json<All<TagGroupView>>, Problem> {
    let ids = body.value.ids;
    let tx = scope.begin().await?;
    let mut rows = tx.find::<group::Entity>().all().await?;
    known(&ids, |id| rows.iter().any(|row| row.id == *id), "group_unknown")?;
    rows.sort_by_key(|row| (rank(&ids, row.id), in_order(row.place, row.created_at)));
    for (place, row) in (1_i64..).zip(&rows) {
        if row.place != Some(place) {
            let change = group::ActiveModel { place: Set(Some(place)), ..Default::default() };
            tx.derive::<group::Entity>(row.id, change).await?;
        }
    }
    tx.audit("order", "tag_group", None, serde_json::json!({ "ids": ids }));
    let view = all(&tx).await?;
    tx.commit().await?;
    Ok(Json(view))
}

/// Puts the tags of a group in order.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path)), request_body = TagOrder, responses((status = 200, body = TagGroupView), Problems))]
#[post("/tag-groups/{id}/order")]
async fn order_tags(
    mut scope: Can<TagsWrite>,
    id: Path<Uuid>,
    body: Checked<TagOrder>,
) -> Result<Json<TagGroupView>, Problem> {
    let ids = body.value.ids;
    let tx = scope.begin().await?;
    let mut rows = tx.find::<tag::Entity>().filter(tag::Column::GroupId.eq(id.0)).all().await?;
    if rows.is_empty() {
        TagGroupView::find(&tx, id.0).await?;
    }
    known(&ids, |id| rows.iter().any(|row| row.id == *id), "tag_unknown")?;
    rows.sort_by_key(|row| (rank(&ids, row.id), in_order(row.place, row.created_at)));
    for (place, row) in (1_i64..).zip(&rows) {
        if row.place != Some(place) {
            let change = tag::ActiveModel { place: Set(Some(place)), ..Default::default() };
            tx.derive::<tag::Entity>(row.id, change).await?;
        }
    }
    tx.audit("order", "tag", None, serde_json::json!({ "group_id": id.0, "ids": ids }));
    let view = TagGroupView::find(&tx, id.0).await?;
    tx.commit().await?;
    Ok(Json(view))
}

fn known(ids: &[Uuid], there: impl Fn(&Uuid) -> bool, code: &'static str) -> Result<(), Problem> {
    match ids.iter().position(|id| !there(id)) {
        Some(at) => Err(Problem::field(&format!("ids.{at}"), code)),
        None => Ok(()),
    }
}

/// Where a row was put; whatever was left out comes after.
fn rank(ids: &[Uuid], id: Uuid) -> usize {
    ids.iter().position(|known| *known == id).unwrap_or(usize::MAX)
}

/// Makes a group.
#[utoipa::path(tag = "tags", params(Once), security(("bearer" = ["tags.write"])), request_body = NewTagGroup, responses((status = 201, body = TagGroupView), Problems))]
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
                single: Set(input.single.filter(|single| *single).map(|_| 1)),
                ..Default::default()
            })
            .await?;
            let single = input.single.unwrap_or(false);
            Ok(TagGroupView { id, name: input.name, single, version: 1, tags: Vec::new() })
        })
        .await
}

/// Makes a tag.
#[utoipa::path(tag = "tags", params(Once), security(("bearer" = ["tags.write"])), request_body = NewTag, responses((status = 201, body = TagView), Problems))]
#[post("/tags")]
async fn create_tag(mut scope: Can<TagsWrite>, body: Checked<NewTag>) -> Result<Created<TagView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    scope
        .create(&once, input.id, async |tx| {
            let group = tx.find::<group::Entity>().filter(group::Column::Id.eq(input.group_id)).held().one().await?;
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
