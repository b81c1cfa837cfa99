//! A group goes with its tags, or becomes part of another one. For half an hour it can come back as it was.

use super::category::CategoryMade;
use super::evaluate::outdated;
use super::follow::{TagUses, uses};
use super::gone::TagGone;
use super::merge::{Pace, becomes};
use super::routes::{UNDO, none, rises, several, tagged, taken};
use super::rules::{self, forget};
use crate::customers::entity::tagging;
use crate::customers::pools::recycle_rule::stop_bereft;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::grants::TagsWrite;
use crate::scope::{Can, Checked, IfMatch, Path, Query, Reads, Tx};
use crate::tags::entity::{group, tag};
use crate::tags::{TagGroupView, TagView};
use actix_web::{HttpResponse, delete, get, post, web::Json};
use domain::tags::TagMerge;
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Tags that go with a group in one request.
const MOST: usize = 200;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(get_tag_group_uses).service(delete_tag_group).service(merge_tag_group).service(restore_tag_group);
}

/// What the tags of a group are used for.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagGroupUses {
    /// How many tags it has.
    pub tags: usize,
    /// What they are used for, each customer counted once.
    #[serde(flatten)]
    pub uses: TagUses,
}

/// What became of the tags of a group that went.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Gone {
    /// Those that were deleted, or became a tag of the other group.
    buried: Vec<Uuid>,
    /// Those that went to another group.
    moved: Vec<Uuid>,
    /// That group.
    into: Option<Uuid>,
}

/// How a group is deleted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DeleteQuery {
    /// Whether its tags go too; otherwise only an empty group can be deleted.
    with_tags: Option<bool>,
}

/// Counts what the tags of a group are used for, before they go.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path)), responses((status = 200, body = TagGroupUses), Problems))]
#[get("/tag-groups/{id}/uses")]
async fn get_tag_group_uses(scope: Can<TagsWrite>, id: Path<Uuid>) -> Result<Json<TagGroupUses>, Problem> {
    let view = TagGroupView::find(&*scope, id.0).await?;
    let tags: Vec<Uuid> = view.tags.iter().map(|tag| tag.id).take(MOST).collect();
    let uses = match tags.is_empty() {
        true => TagUses::default(),
        false => uses(&scope, &tags).await?,
    };
    Ok(Json(TagGroupUses { tags: view.tags.len(), uses }))
}

fn few(view: &TagGroupView) -> Result<(), Problem> {
    match view.tags.len() > MOST {
        true => Err(Problem::conflict("group_large", None)),
        false => Ok(()),
    }
}

/// Holds groups: whoever is putting a tag into one of them was before, or comes after.
async fn hold(tx: &Tx<'_>, groups: &[Uuid]) -> Result<(), Problem> {
    let these = tx.find::<group::Entity>().filter(group::Column::Id.is_in(groups.iter().copied()));
    these.shape(|rows| rows.order_by_asc(group::Column::Id).lock_exclusive()).all().await?;
    Ok(())
}

/// A group that is merged, and the one it is merged into.
async fn both(rows: &impl Reads, id: Uuid, into: Uuid) -> Result<(TagGroupView, TagGroupView), Problem> {
    let view = TagGroupView::find(rows, id).await?;
    let other = TagGroupView::find(rows, into).await.map_err(|problem| match problem {
        Problem::NotFound => Problem::field("into", "group_unknown"),
        other => other,
    })?;
    Ok((view, other))
}

/// The tag of a group that is called so.
fn twin(group: &TagGroupView, name: &str) -> Option<Uuid> {
    group.tags.iter().find(|tag| tag.name == name).map(|tag| tag.id)
}

/// Tags of a group that become one of the other, and those that move.
fn parted<'v>(view: &'v TagGroupView, other: &TagGroupView) -> (Vec<&'v TagView>, Vec<&'v TagView>) {
    view.tags.iter().partition(|tag| twin(other, &tag.name).is_some())
}

/// Puts a group away, with what became of its tags.
async fn bury(tx: &Tx<'_>, view: &TagGroupView, version: i64, gone: &Gone) -> Result<(), Problem> {
    let gone = serde_json::to_string(gone).map_err(anyhow::Error::from)?;
    tx.derive::<group::Entity>(view.id, group::ActiveModel { gone: Set(Some(gone)), ..Default::default() }).await?;
    match tx.bury::<group::Entity>(view.id, Some(version)).await? {
        true => Ok(()),
        false => Err(Problem::stale(view)),
    }
}

/// Deletes an empty group, or one with its tags: customers lose them. For half an hour `restore` brings all of it back.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path), DeleteQuery, ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/tag-groups/{id}")]
async fn delete_tag_group(
    mut scope: Can<TagsWrite>,
    id: Path<Uuid>,
    query: Query<DeleteQuery>,
    version: IfMatch,
) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    hold(&tx, &[id.0]).await?;
    let view = TagGroupView::find(&tx, id.0).await?;
    if query.0.with_tags != Some(true) {
        Problem::in_use(&[("in_use_tags", u64::try_from(view.tags.len()).unwrap_or(u64::MAX))])?;
    }
    few(&view)?;
    let gone = Gone { buried: view.tags.iter().map(|tag| tag.id).collect(), ..Gone::default() };
    bury(&tx, &view, version.0, &gone).await?;
    for tag in &gone.buried {
        tx.bury::<tag::Entity>(*tag, None).await?;
        TagGone::later(&tx, *tag).await?;
    }
    if !gone.buried.is_empty() {
        stop_bereft(&tx).await?;
        rules::stop_turning(&tx, &gone.buried).await?;
        outdated(&tx).await?;
    }
    tx.commit().await?;
    forget(&scope);
    Ok(HttpResponse::NoContent().finish())
}

/// Merges a group into another one: a tag whose name the other one has becomes that tag, the others move. For half an
/// hour `restore` undoes it. Customers of those follow in the background. 409 `group_overlaps` when the other one is a
/// category and a customer would have two of it.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = TagMerge, responses((status = 200, body = TagGroupView), Problems))]
#[post("/tag-groups/{id}/merge")]
async fn merge_tag_group(
    scope: Can<TagsWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<TagMerge>,
) -> Result<Json<TagGroupView>, Problem> {
    let into = body.value.into;
    if into == id.0 {
        TagGroupView::find(&*scope, id.0).await?;
        return Err(Problem::field("into", "group_same"));
    }
    let (view, other) = both(&*scope, id.0, into).await?;
    if other.single {
        // Whoever has a tag that becomes another one gives way, as with every merge.
        let (_, moved) = parted(&view, &other);
        if !moved.is_empty() {
            let together = other.tags.iter().chain(moved).map(|tag| tag.id);
            let together = tagging::Column::TagId.is_in(together);
            none(&scope, several(tagged(&scope).and_where(together).to_owned())).await?;
        }
    }
    // Everybody's customers have them, and everybody's views name them.
    let mut whole = scope.whole();
    let tx = whole.begin().await?;
    hold(&tx, &[id.0, into]).await?;
    // As they are now that no tag comes into them; what somebody has two of meanwhile is found later.
    let (view, other) = both(&tx, id.0, into).await?;
    few(&view)?;
    let (merged, moved) = parted(&view, &other);
    let twin = |name: &str| twin(&other, name);
    let ids = |tags: &[&TagView]| tags.iter().map(|tag| tag.id).collect::<Vec<_>>();
    let gone = Gone { buried: ids(&merged), moved: ids(&moved), into: Some(into) };
    bury(&tx, &view, version.0, &gone).await?;
    tx.audit("merge", "tag_group", Some(id.0), json!({ "into": into }));
    for tag in &moved {
        let change = tag::ActiveModel { group_id: Set(into), place: Set(None), ..Default::default() };
        tx.update::<tag::Entity>(tag.id, None, change).await.map_err(taken)?;
    }
    for tag in &merged {
        if let Some(twin) = twin(&tag.name) {
            becomes(&tx, tag.id, twin, None, Pace::Later).await?;
        }
    }
    rules::sound(&tx).await?;
    outdated(&tx).await?;
    if other.single {
        CategoryMade::later(&tx, into).await?;
    }
    let view = TagGroupView::find(&tx, into).await?;
    tx.commit().await?;
    forget(&scope);
    Ok(Json(view))
}

/// Brings back a group that was deleted or merged in the last half hour, with those of its tags that went with it.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path)), responses((status = 200, body = TagGroupView), Problems))]
#[post("/tag-groups/{id}/restore")]
async fn restore_tag_group(scope: Can<TagsWrite>, id: Path<Uuid>) -> Result<Json<TagGroupView>, Problem> {
    let mut whole = scope.whole();
    let since = whole.now() - UNDO;
    let tx = whole.begin().await?;
    let row = tx.find_buried::<group::Entity>().filter(group::Column::Id.eq(id.0)).one().await?;
    let row = row.ok_or(Problem::NotFound)?;
    let too_late = || Problem::conflict("undo_too_late", None);
    let deleted_at = row.deleted_at.filter(|at| row.live.is_none() && *at >= since).ok_or_else(too_late)?;
    let gone: Gone = serde_json::from_str(row.gone.as_deref().unwrap_or("{}")).map_err(anyhow::Error::from)?;
    if !tx.unbury::<group::Entity>(id.0, group::ActiveModel::default()).await.map_err(taken)? {
        return Err(too_late());
    }
    if let Some(into) = gone.into.filter(|_| !gone.moved.is_empty()) {
        // What somebody put elsewhere since stays there.
        let still = Condition::all().add(tag::Column::Id.is_in(gone.moved)).add(tag::Column::GroupId.eq(into));
        for tag in tx.find::<tag::Entity>().filter(still).all().await? {
            let change = tag::ActiveModel { group_id: Set(id.0), place: Set(None), ..Default::default() };
            tx.update::<tag::Entity>(tag.id, None, change).await?;
        }
    }
    let buried = Condition::all()
        .add(tag::Column::Id.is_in(gone.buried.iter().copied()))
        .add(tag::Column::GroupId.eq(id.0))
        .add(tag::Column::Live.is_null())
        .add(tag::Column::DeletedAt.eq(deleted_at));
    let buried = tx.find_buried::<tag::Entity>().filter(buried).all().await?;
    // The last one first: of a filter that names two of them each finds what it wrote.
    for id in gone.buried.iter().rev() {
        if let Some(tag) = buried.iter().find(|tag| tag.id == *id) {
            rises(&tx, tag, Pace::Later).await?;
        }
    }
    tx.derive::<group::Entity>(id.0, group::ActiveModel { gone: Set(None), ..Default::default() }).await?;
    if row.single.is_some() {
        // Elsewhere they were no values of a category, and somebody may have been given two.
        CategoryMade::later(&tx, id.0).await?;
    }
    rules::sound(&tx).await?;
    outdated(&tx).await?;
    let view = TagGroupView::find(&tx, id.0).await?;
    tx.commit().await?;
    forget(&scope);
    Ok(Json(view))
}
