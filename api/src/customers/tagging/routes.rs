//! Changes to tags that customers notice: another group, a group that becomes a category, a tag that goes and
//! comes back.

use super::category::CategoryMade;
use super::evaluate::outdated;
use super::follow::{TagUses, uses};
use super::gone::TagGone;
use super::merge::{self, Pace};
use super::rules::{self, forget};
use crate::customers::entity::tagging;
use crate::customers::pools::recycle_rule::stop_bereft;
use crate::customers::{Column, Entity};
use crate::db::{Taken, refusal};
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::grants::TagsWrite;
use crate::scope::{Can, Checked, IfMatch, Path, Scope, Tx};
use crate::tags::entity::{group, tag};
use crate::tags::{TagGroupView, TagView};
use actix_web::{HttpResponse, delete, get, patch, post, web::Json};
use chrono::Duration;
use domain::tags::{TagChanges, TagGroupChanges};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, Condition, Set};
use uuid::Uuid;

/// For how long a tag that is gone can come back.
pub(super) const UNDO: Duration = Duration::minutes(30);

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(change_tag_group)
        .service(change_tag)
        .service(get_tag_uses)
        .service(delete_tag)
        .service(restore_tag);
}

/// Renames a group, or makes a category of it if no customer has two of its tags.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = TagGroupChanges, responses((status = 200, body = TagGroupView), Problems))]
#[patch("/tag-groups/{id}")]
async fn change_tag_group(
    mut scope: Can<TagsWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<TagGroupChanges>,
) -> Result<Json<TagGroupView>, Problem> {
    let TagGroupChanges { name, single } = body.value;
    let mut change = group::ActiveModel::default();
    if let Some(name) = name {
        change.name = Set(name);
    }
    if let Some(single) = single {
        change.single = Set(single.then_some(1));
        if single {
            none(&scope, twice(&scope, id.0)).await?;
        }
    }
    let tx = scope.begin().await?;
    let done = tx.update::<group::Entity>(id.0, Some(version.0), change).await?;
    let view = TagGroupView::find(&tx, id.0).await?;
    if !done {
        return Err(Problem::stale(&view));
    }
    if single.is_some() {
        rules::sound(&tx).await?;
        outdated(&tx).await?;
    }
    if single == Some(true) {
        CategoryMade::later(&tx, id.0).await?;
    }
    tx.commit().await?;
    Ok(Json(view))
}

/// Live tags of a group.
fn of_group(scope: &Scope, group: Uuid) -> SelectStatement {
    Query::select()
        .column(tag::Column::Id)
        .from(tag::Entity)
        .and_where(tag::Column::TenantId.eq(scope.tenant_id()))
        .and_where(tag::Column::GroupId.eq(group))
        .and_where(tag::Column::Live.eq(1))
        .to_owned()
}

/// Customers by the tags that they have.
pub(super) fn tagged(scope: &Scope) -> SelectStatement {
    Query::select()
        .column((tagging::Entity, tagging::Column::CustomerId))
        .from(tagging::Entity)
        .inner_join(
            Entity,
            Condition::all()
                .add(Column::TenantId.eq(scope.tenant_id()))
                .add(Expr::col((Entity, Column::Id)).equals((tagging::Entity, tagging::Column::CustomerId))),
        )
        .and_where(tagging::Column::TenantId.eq(scope.tenant_id()))
        .and_where(Column::Live.eq(1))
        .to_owned()
}

/// Customers with more than one of some tags.
pub(super) fn several(mut having: SelectStatement) -> SelectStatement {
    having
        .group_by_col((tagging::Entity, tagging::Column::CustomerId))
        .and_having(Expr::col((tagging::Entity, tagging::Column::TagId)).count().gt(1));
    having
}

/// Customers with more than one tag of a group.
pub(super) fn twice(scope: &Scope, group: Uuid) -> SelectStatement {
    let tags = of_group(scope, group);
    several(tagged(scope).and_where(tagging::Column::TagId.in_subquery(tags)).to_owned())
}

/// Refuses what would give a customer two tags of a category.
pub(super) async fn none(scope: &Scope, mut having: SelectStatement) -> Result<(), Problem> {
    match scope.ids(having.limit(1)).await?.is_empty() {
        true => Ok(()),
        false => Err(Problem::conflict("group_overlaps", None)),
    }
}

/// Renames or recolours a tag, or moves it to another group.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = TagChanges, responses((status = 200, body = TagView), Problems))]
#[patch("/tags/{id}")]
async fn change_tag(
    mut scope: Can<TagsWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<TagChanges>,
) -> Result<Json<TagView>, Problem> {
    let TagChanges { name, colour, group_id } = body.value;
    let mut change = tag::ActiveModel::default();
    if let Some(name) = name {
        change.name = Set(name);
    }
    if let Some(colour) = colour {
        change.colour = Set(colour);
    }
    let mut category = None;
    if let Some(group_id) = group_id {
        TagView::find(&*scope, id.0).await?;
        let group = scope.find::<group::Entity>().filter(group::Column::Id.eq(group_id)).one().await?;
        let group = group.ok_or_else(|| Problem::field("group_id", "group_unknown"))?;
        if group.single.is_some() {
            let tags = Condition::any()
                .add(tagging::Column::TagId.eq(id.0))
                .add(tagging::Column::TagId.in_subquery(of_group(&scope, group_id)));
            none(&scope, several(tagged(&scope).cond_where(tags).to_owned())).await?;
            category = Some(group_id);
        }
        change.group_id = Set(group_id);
        change.place = Set(None);
    }
    let tx = scope.begin().await?;
    if let Some(group_id) = group_id {
        // It may have gone meanwhile, and would take what comes into it along into nowhere.
        let there = tx.find::<group::Entity>().filter(group::Column::Id.eq(group_id)).held().one().await?;
        there.ok_or_else(|| Problem::field("group_id", "group_unknown"))?;
    }
    let done = tx.update::<tag::Entity>(id.0, Some(version.0), change).await?;
    let view = TagView::find(&tx, id.0).await?;
    if !done {
        return Err(Problem::stale(&view));
    }
    if group_id.is_some() {
        rules::sound(&tx).await?;
        outdated(&tx).await?;
    }
    if let Some(category) = category {
        CategoryMade::later(&tx, category).await?;
    }
    tx.commit().await?;
    Ok(Json(view))
}

/// What a tag is used for, before it is deleted or becomes another one.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path)), responses((status = 200, body = TagUses), Problems))]
#[get("/tags/{id}/uses")]
async fn get_tag_uses(scope: Can<TagsWrite>, id: Path<Uuid>) -> Result<Json<TagUses>, Problem> {
    TagView::find(&*scope, id.0).await?;
    Ok(Json(uses(&scope, &[id.0]).await?))
}

/// Deletes a tag; customers lose it. For half an hour it can come back to all of them. Rules that would mean others
/// without it are switched off, and stay off when it comes back.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/tags/{id}")]
async fn delete_tag(mut scope: Can<TagsWrite>, id: Path<Uuid>, version: IfMatch) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    let view = TagView::find(&tx, id.0).await?;
    if !tx.bury::<tag::Entity>(id.0, Some(version.0)).await? {
        return Err(Problem::stale(&view));
    }
    TagGone::later(&tx, id.0).await?;
    stop_bereft(&tx).await?;
    rules::stop_turning(&tx, &[id.0]).await?;
    outdated(&tx).await?;
    tx.commit().await?;
    forget(&scope);
    Ok(HttpResponse::NoContent().finish())
}

/// Brings back a tag that was deleted, or became another one, in the last half hour: to everybody who had it.
#[utoipa::path(tag = "tags", security(("bearer" = ["tags.write"])), params(("id" = Uuid, Path)), responses((status = 200, body = TagView), Problems))]
#[post("/tags/{id}/restore")]
async fn restore_tag(scope: Can<TagsWrite>, id: Path<Uuid>) -> Result<Json<TagView>, Problem> {
    // Saved views of everybody were rewritten.
    let mut whole = scope.whole();
    let since = whole.now() - UNDO;
    let tx = whole.begin().await?;
    let row = tx.find_buried::<tag::Entity>().filter(tag::Column::Id.eq(id.0)).one().await?;
    let row = row.ok_or(Problem::NotFound)?;
    let group = tx.find::<group::Entity>().filter(group::Column::Id.eq(row.group_id)).one().await?;
    let deleted_at = row.deleted_at.filter(|at| row.live.is_none() && *at >= since);
    let too_late = || Problem::conflict("undo_too_late", None);
    let deleted_at = deleted_at.ok_or_else(too_late)?;
    // A group that became a category meanwhile did not count this one.
    let group = group.ok_or_else(too_late)?;
    if group.single.is_some() && group.updated_at > deleted_at {
        return Err(Problem::conflict("group_became_category", None));
    }
    if !rises(&tx, &row, Pace::AtOnce).await? {
        return Err(too_late());
    }
    rules::sound(&tx).await?;
    outdated(&tx).await?;
    let view = TagView::find(&tx, id.0).await?;
    tx.commit().await?;
    forget(&scope);
    Ok(Json(view))
}

/// Brings a tag back as it was, and takes from others what they had only because of it. `false` when it is there.
pub(super) async fn rises(tx: &Tx<'_>, row: &tag::Model, pace: Pace) -> Result<bool, Problem> {
    let risen = tx.unbury::<tag::Entity>(row.id, tag::ActiveModel::default()).await.map_err(taken)?;
    if risen {
        merge::undo(tx, row, pace).await?;
    }
    Ok(risen)
}

/// Something else is called so by now.
pub(super) fn taken(error: sea_orm::DbErr) -> Problem {
    match refusal(&error) {
        Some(Taken::Unique) => Problem::conflict("name_taken", None),
        _ => error.into(),
    }
}
