//! Undoing a merge: both are there again, each with what it had, but for what somebody changed since.

use super::job::{MergeContinued, back, close_parts, hold, person, plans_back};
use super::log::{MergeView, find};
use super::pairs;
use crate::attachments;
use crate::customers::merging::entity::{merge, moved, pair};
use crate::customers::merging::{self, Image, PARTS, Record};
use crate::customers::{self, Customer};
use crate::db::Code;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::grants::CustomersMerge;
use crate::scope::{Can, Path, Scope, Tx};
use actix_web::{post, web::Json};
use domain::duplicates::{MergeState, PairState};
use sea_orm::{ColumnTrait as _, Condition, Set};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(undo_merge);
}

/// Undoes a merge within thirty days. What somebody changed since stays where it is, and is reported
/// (`GET /merges/{id}`). 409 `undo_blocked` when somebody else has the phone or a unique value by now: `errors` names
/// the field and `existing`, masked, who that is. 409 `merged_on` when who stayed was merged into somebody else since:
/// `existing` has the `merge_id` that has to be undone first, and who stayed then.
#[utoipa::path(tag = "duplicates", security(("bearer" = ["customers.merge"])), params(("id" = Uuid, Path)), responses((status = 200, body = MergeView), Problems))]
#[post("/merges/{id}/undo")]
async fn undo_merge(scope: Can<CustomersMerge>, id: Path<Uuid>) -> Result<Json<MergeView>, Problem> {
    let scope: &Scope = &scope;
    find(scope, id.0).await?;
    let mut whole = scope.whole();
    let tx = whole.begin().await?;
    let found = hold(&tx, id.0).await?.ok_or(Problem::NotFound)?;
    let (stays, goes) = both(scope, &tx, &found).await?;
    let sealed = found.before.as_deref().filter(|_| found.undo_until.is_some_and(|until| until > tx.now()));
    let sealed = match found.state.0 {
        MergeState::Done => sealed.ok_or(Problem::conflict("undo_too_late", None))?,
        MergeState::Running | MergeState::Undoing => return Err(Problem::conflict("in_progress", None)),
        MergeState::Undone => return Err(Problem::conflict("undo_too_late", None)),
    };
    let image = Image::open(&tx, &stays, found.id, sealed)?;
    let mut kept = BTreeSet::new();
    let files = Record::of(&tx, &goes)?.files();
    let record = Record::of(&tx, &stays)?.back(&image, &mut kept).without(&files);
    let refused = stays.ads_refused_at.filter(|at| Some(*at) != image.after.columns.ads_refused_at);
    let record = merging::settled(&tx, record, &stays, &mut kept).await?;
    let risen = match record.write(&tx, &stays, None).await {
        Ok(true) => merging::bring_back(&tx, &goes, refused).await,
        other => other,
    };
    let why = match risen {
        Ok(true) => None,
        Ok(false) => Some(merging::in_the_way(&tx, &goes).await?),
        Err(problem) if merging::taken(&problem) => Some(Some(problem)),
        Err(problem) => return Err(problem),
    };
    if let Some(why) = why {
        tx.give_up().await;
        return Err(merging::blocked(scope, why).await?);
    }
    attachments::let_go(&tx, &files.into_iter().collect::<Vec<_>>(), None).await?;
    let parts = Condition::all()
        .add(moved::Column::MergeId.eq(found.id))
        .add(moved::Column::Kind.is_in(PARTS))
        .add(moved::Column::Outcome.is_null());
    let parts = tx.find::<moved::Entity>().filter(parts).all().await?;
    merging::part(&tx, stays.id, goes.id, &parts).await?;
    close_parts(&tx, found.id).await?;
    let change = merge::ActiveModel {
        state: Set(Code(MergeState::Undoing)),
        kept_fields: Set(Some(serde_json::to_string(&kept).map_err(anyhow::Error::from)?)),
        undone_at: Set(Some(tx.now())),
        ..merging::forgotten()
    };
    tx.derive::<merge::Entity>(found.id, change).await?;
    plans_back(&tx, &found, &stays, &goes).await?;
    if back(&tx, &found, &stays, &goes).await? {
        tx.enqueue(&MergeContinued { merge_id: found.id }, tx.now()).await?;
    }
    let pair = pair::ActiveModel { state: Set(Code(PairState::Open)), ..Default::default() };
    tx.derive::<pair::Entity>(pairs::id_of(stays.id, goes.id), pair).await?;
    tx.audit("unmerge", "customer", Some(stays.id), json!({ "merge": found.id, "other": goes.id }));
    tx.audit("unmerge", "customer", Some(goes.id), json!({ "merge": found.id, "from": stays.id }));
    let row = find(&tx, found.id).await?;
    tx.commit().await?;
    let view = MergeView::all(scope, vec![row]).await?.pop();
    Ok(Json(view.ok_or(Problem::NotFound)?))
}

/// Who stayed, if whoever asks may change them, and the tombstone of the other one.
async fn both(scope: &Scope, tx: &Tx<'_>, found: &merge::Model) -> Result<(Customer, Customer), Problem> {
    let this = |id: Uuid| customers::Column::Id.eq(id);
    let eyes = scope.look(false).eyes;
    let stays = tx.find_as::<customers::Entity>(eyes, true).filter(this(found.customer_id)).one().await?;
    let Some(stays) = stays else {
        let seen = tx.find_as::<customers::Entity>(eyes, false).filter(this(found.customer_id)).one().await?;
        return Err(match seen {
            Some(_) => Problem::Forbidden("row_read_only"),
            None => not_there(scope, tx, found).await?,
        });
    };
    let goes = person(tx, found.other_id).await?.filter(|row| row.merged_into == Some(stays.id));
    Ok((stays, goes.ok_or(Problem::conflict("undo_too_late", None))?))
}

/// Why a merge cannot be undone whose customer is not there: they were merged on into somebody else, and that has to be
/// undone first, or they were deleted.
async fn not_there(scope: &Scope, tx: &Tx<'_>, found: &merge::Model) -> Result<Problem, Problem> {
    let open = found.before.is_some() && found.undo_until.is_some_and(|until| until > tx.now());
    let gone = person(tx, found.customer_id).await?.filter(|row| row.merged_into.is_some() && open);
    let Some(into) = gone.and_then(|row| row.merged_into) else {
        return Ok(Problem::conflict("undo_too_late", None));
    };
    let later = Condition::all()
        .add(merge::Column::OtherId.eq(found.customer_id))
        .add(merge::Column::CustomerId.eq(into))
        .add(merge::Column::State.ne(MergeState::Undone.as_str()));
    let eyes = scope.look(false).eyes;
    let Some(later) = tx.find_as::<merge::Entity>(eyes, false).filter(later).one().await? else {
        return Ok(Problem::conflict("merged_on", None));
    };
    let seen = tx.find_as::<customers::Entity>(eyes, false).filter(customers::Column::Id.eq(into)).one().await?;
    let (id, name) = seen.map(|row| (row.id, row.name)).unzip();
    let existing = Some(json!({ "merge_id": later.id, "id": id, "name": name }));
    Ok(Problem::Conflict { code: "merged_on", field: None, current: None, existing })
}
