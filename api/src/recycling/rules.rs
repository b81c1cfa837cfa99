//! Rules over HTTP.

use super::entity::{self as rule, Left};
use crate::customers::pools;
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::PoolsWrite;
use crate::scope::{Can, Checked, Created, IfMatch, Once, Path, Reads};
use actix_web::{HttpResponse, delete, get, patch, post, web::Json};
use chrono::{DateTime, Utc};
use domain::pools::{NewRecycleRule, RecycleRuleChanges, RecycleTerms};
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _, Set};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Rules that a pool may have.
const MOST: u64 = 20;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(list_recycle_rules)
        .service(create_recycle_rule)
        .service(change_recycle_rule)
        .service(delete_recycle_rule);
}

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecycleRuleView {
    /// Id.
    pub id: Uuid,
    /// The pool that customers fall into.
    pub pool_id: Uuid,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Since when it holds as it stands; nobody falls before the warning has had its time from then on.
    pub enabled_at: Option<DateTime<Utc>>,
    /// When a customer falls.
    pub terms: RecycleTerms,
    /// ETag.
    pub version: i64,
}

impl RecycleRuleView {
    fn of(row: &rule::Model) -> Result<Self, Problem> {
        let (id, pool_id, enabled_at, version) = (row.id, row.pool_id, row.enabled_at, row.version);
        Ok(Self { id, pool_id, enabled: enabled_at.is_some(), enabled_at, terms: row.terms()?, version })
    }
}

async fn find(rows: &impl Reads, pool: Uuid, id: Uuid) -> Result<rule::Model, Problem> {
    let this = Condition::all().add(rule::Column::Id.eq(id)).add(rule::Column::PoolId.eq(pool));
    rows.rows::<rule::Entity>().filter(this).one().await?.ok_or(Problem::NotFound)
}

/// The terms as they can be kept: types and tags that the business does not have are refused. What has gone of those that
/// `before` named is left out, beside another one that is there: a form sends back what it was given.
pub(super) async fn known(
    rows: &impl Reads,
    mut terms: RecycleTerms,
    before: Option<&RecycleTerms>,
) -> Result<RecycleTerms, Problem> {
    let left = Left::of(rows, std::slice::from_ref(&terms)).await?;
    let gone = |field, at, code| Err(Problem::field(&format!("{field}.{at}"), code));
    let types = before.map_or(&[][..], |before| &before.types);
    if let Some(at) = unknown(&mut terms.types, types, |code| left.has_type(code)) {
        return gone("types", at, "type_unknown");
    }
    let tags = before.map_or(&[][..], |before| &before.tag_ids);
    match unknown(&mut terms.tag_ids, tags, |id| left.has_tag(id)) {
        Some(at) => gone("tag_ids", at, "tag_unknown"),
        None => Ok(terms),
    }
}

/// Leaves out what has gone of what was named before, if something is left then; which one is refused, if there is one.
fn unknown<T: PartialEq>(named: &mut Vec<T>, before: &[T], there: impl Fn(&T) -> bool) -> Option<usize> {
    let some = named.iter().any(&there);
    let kept = |one: &T| there(one) || (some && before.contains(one));
    let refused = named.iter().position(|one| !kept(one));
    named.retain(there);
    refused
}

fn written(terms: &RecycleTerms) -> Result<Option<String>, Problem> {
    Ok(Some(serde_json::to_string(terms).map_err(anyhow::Error::from)?))
}

/// The rules of a pool, oldest first.
#[utoipa::path(tag = "pools", security(("bearer" = ["pools.write"])), params(("id" = Uuid, Path)), responses((status = 200, body = All<RecycleRuleView>), Problems))]
#[get("/pools/{id}/rules")]
async fn list_recycle_rules(scope: Can<PoolsWrite>, id: Path<Uuid>) -> Result<Json<All<RecycleRuleView>>, Problem> {
    pools::find(&*scope, id.0).await?;
    let rows = scope.find::<rule::Entity>().filter(rule::Column::PoolId.eq(id.0));
    let rows = rows.shape(|rows| rows.order_by_asc(rule::Column::CreatedAt).limit(MOST)).all().await?;
    Ok(Json(All { items: rows.iter().map(RecycleRuleView::of).collect::<Result<_, _>>()? }))
}

/// Makes a rule. It does nothing before it is switched on.
#[utoipa::path(tag = "pools", security(("bearer" = ["pools.write"])), params(Once, ("id" = Uuid, Path)), request_body = NewRecycleRule, responses((status = 201, body = RecycleRuleView), Problems))]
#[post("/pools/{id}/rules")]
async fn create_recycle_rule(
    mut scope: Can<PoolsWrite>,
    id: Path<Uuid>,
    body: Checked<NewRecycleRule>,
) -> Result<Created<RecycleRuleView>, Problem> {
    let Checked { value: input, once } = body;
    let (pool_id, id) = (id.0, scope.id_for(input.id)?);
    pools::find(&*scope, pool_id).await?;
    let terms = known(&*scope, input.terms, None).await.map_err(|problem| problem.under("terms"))?;
    scope
        .create(&once, input.id, async |tx| {
            let others = tx.find::<rule::Entity>().filter(rule::Column::PoolId.eq(pool_id));
            if others.count().await?.0 >= MOST {
                return Err(Problem::field("terms", "rules_too_many"));
            }
            let row = rule::ActiveModel {
                id: Set(id),
                pool_id: Set(pool_id),
                terms: Set(written(&terms)?),
                enabled_at: Set(None),
                ran_at: Set(None),
                ..Default::default()
            };
            tx.insert::<rule::Entity>(row).await?;
            RecycleRuleView::of(&find(tx, pool_id, id).await?)
        })
        .await
}

/// Changes a rule (RFC 7396), switches it on or off. One that says something else from now on begins anew:
/// owners have the time of the warning again. It is not switched on while it names a tag or a type that is gone; terms that
/// name another one beside it are taken without it.
#[utoipa::path(tag = "pools", security(("bearer" = ["pools.write"])), params(("id" = Uuid, Path), ("rule_id" = Uuid, Path), ("If-Match" = String, Header)), request_body = RecycleRuleChanges, responses((status = 200, body = RecycleRuleView), Problems))]
#[patch("/pools/{id}/rules/{rule_id}")]
async fn change_recycle_rule(
    mut scope: Can<PoolsWrite>,
    path: Path<(Uuid, Uuid)>,
    version: IfMatch,
    body: Checked<RecycleRuleChanges>,
) -> Result<Json<RecycleRuleView>, Problem> {
    let (pool_id, id) = path.0;
    let RecycleRuleChanges { enabled, terms } = body.value;
    let now = scope.now();
    let tx = scope.begin().await?;
    let before = find(&tx, pool_id, id).await?;
    let on = enabled.unwrap_or(before.enabled_at.is_some());
    let under = |problem: Problem| problem.under("terms");
    let terms = match terms {
        Some(terms) => Some(known(&tx, terms, Some(&before.terms()?)).await.map_err(under)?),
        None => {
            if on && before.enabled_at.is_none() {
                known(&tx, before.terms()?, None).await.map_err(under)?;
            }
            None
        }
    };
    let mut change = rule::ActiveModel::default();
    if on != before.enabled_at.is_some() || (on && terms.is_some()) {
        change.enabled_at = Set(on.then_some(now));
    }
    if let Some(terms) = &terms {
        change.terms = Set(written(terms)?);
    }
    let done = tx.update::<rule::Entity>(id, Some(version.0), change).await?;
    let view = RecycleRuleView::of(&find(&tx, pool_id, id).await?)?;
    if !done {
        return Err(Problem::stale(&view));
    }
    tx.commit().await?;
    Ok(Json(view))
}

/// Deletes a rule. Customers that fell by it stay in the pool.
#[utoipa::path(tag = "pools", security(("bearer" = ["pools.write"])), params(("id" = Uuid, Path), ("rule_id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/pools/{id}/rules/{rule_id}")]
async fn delete_recycle_rule(
    mut scope: Can<PoolsWrite>,
    path: Path<(Uuid, Uuid)>,
    version: IfMatch,
) -> Result<HttpResponse, Problem> {
    let (pool_id, id) = path.0;
    let tx = scope.begin().await?;
    let view = RecycleRuleView::of(&find(&tx, pool_id, id).await?)?;
    if !tx.bury::<rule::Entity>(id, Some(version.0)).await? {
        return Err(Problem::stale(&view));
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
