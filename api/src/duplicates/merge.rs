//! Merging two customers over HTTP: the record, its parts and so much of what hangs on it as one
//! transaction holds; the rest follows in the background.

use super::job::{MergeContinued, MergeForgotten, write_down};
use super::log::MergeView;
use super::{children, pairs};
use crate::attachments;
use crate::customers::merging::entity::{merge, pair};
use crate::customers::merging::{self, Image, Record};
use crate::customers::{self, Customer};
use crate::db::Code;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::grants::CustomersMerge;
use crate::scope::{Can, Checked, Created, Once, Path, Scope, Tx};
use crate::tenants::at_work;
use actix_web::post;
use chrono::Duration;
use domain::duplicates::{Merge, MergeState, MergeVersions, PairState};
use domain::permission::Permission;
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _, Set};
use serde_json::json;
use std::cell::Cell;
use std::collections::HashMap;
use uuid::Uuid;

/// For how long a merge can be undone.
const UNDO: Duration = Duration::days(30);

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(merge_customers);
}

/// Merges `other_id` into a customer. Fields are chosen one by one, lists of both are kept, and whatever hung
/// on the other one hangs on this one afterwards. The other one is gone; its address answers 404 `merged`. It
/// can be undone for thirty days.
#[utoipa::path(tag = "duplicates", security(("bearer" = ["customers.merge"])), params(Once, ("id" = Uuid, Path)), request_body = Merge, responses((status = 201, body = MergeView), Problems))]
#[post("/customers/{id}/merge")]
async fn merge_customers(
    scope: Can<CustomersMerge>,
    id: Path<Uuid>,
    body: Checked<Merge>,
) -> Result<Created<MergeView>, Problem> {
    let Checked { value: input, once } = body;
    let merge_id = scope.id_for(input.id)?;
    let scope: &Scope = &scope;
    let fields = input.fields.unwrap_or_default();
    let sides = merging::checked(scope, &fields).await?;
    // What hangs on the two goes over whole, also what whoever merges does not see of it.
    let mut whole = scope.whole();
    let stale = Cell::new(None);
    let outdated = |id: Uuid| {
        stale.set(Some(id));
        Problem::NotFound
    };
    let made = whole
        .create(&once, input.id, async |tx| {
            let (stays, goes) = both(scope, tx, id.0, input.other_id).await?;
            let (before, theirs) = (Record::of(tx, &stays)?, Record::of(tx, &goes)?);
            let after = before.united(&theirs, &fields, &sides)?;
            if after.columns.owner_id != stays.owner_id && !scope.may(Permission::CustomersAssign) {
                return Err(Problem::Forbidden("forbidden"));
            }
            if after.columns.owner_id != stays.owner_id && after.columns.pool_id.is_none() {
                let owner = at_work(tx, after.columns.owner_id).await?;
                owner.ok_or(Problem::field("fields.owner", "owner_unknown"))?;
            }
            let MergeVersions { this, other } = input.versions;
            if goes.version != other || !merging::put_away(tx, &goes, other, stays.id).await? {
                return Err(outdated(goes.id));
            }
            if stays.version != this || !after.write(tx, &stays, Some(this)).await? {
                return Err(outdated(stays.id));
            }
            // What the record leaves out comes back when this is undone.
            let files = before.files().into_iter().chain(theirs.files()).filter(|id| !after.files().contains(id));
            let left_out: Vec<Uuid> = files.collect();
            let names = HashMap::from([(stays.id, after.columns.name.clone()), (goes.id, goes.name.clone())]);
            let mut moved = merging::unite(tx, stays.id, goes.id).await?;
            let (rows, more) = children::step(tx, &goes, &stays).await?;
            moved.extend(rows);
            attachments::let_go(tx, &left_out, Some(tx.now() + UNDO + Duration::days(1))).await?;
            let row = merge::ActiveModel {
                id: Set(merge_id),
                customer_id: Set(stays.id),
                other_id: Set(goes.id),
                staff_id: Set(scope.me()?),
                state: Set(Code(if more { MergeState::Running } else { MergeState::Done })),
                before: Set(Some(Image { before, after }.seal(tx, &stays, merge_id)?)),
                moved: Set(i64::try_from(moved.len()).unwrap_or(i64::MAX)),
                kept: Set(0),
                kept_fields: Set(None),
                created_at: Set(tx.now()),
                undo_until: Set(Some(tx.now() + UNDO)),
                undone_at: Set(None),
                ..Default::default()
            };
            tx.insert::<merge::Entity>(row).await?;
            write_down(tx, merge_id, moved).await?;
            let pair = pair::ActiveModel { state: Set(Code(PairState::Merged)), ..Default::default() };
            tx.derive::<pair::Entity>(pairs::id_of(stays.id, goes.id), pair).await?;
            if more {
                tx.enqueue(&MergeContinued { merge_id }, tx.now()).await?;
            }
            tx.enqueue(&MergeForgotten { merge_id }, tx.now() + UNDO).await?;
            tx.audit("merge", "customer", Some(stays.id), json!({ "merge": merge_id, "other": goes.id }));
            tx.audit("merge", "customer", Some(goes.id), json!({ "merge": merge_id, "into": stays.id }));
            let row = tx.find::<merge::Entity>().filter(merge::Column::Id.eq(merge_id)).one().await?;
            let row = row.ok_or(Problem::NotFound)?;
            Ok(MergeView::of(tx, row, &names))
        })
        .await;
    match stale.get() {
        // Read when the transaction is over, with the eyes of whoever asked.
        Some(id) => Err(merging::stale(scope, id).await),
        None => made,
    }
}

/// Both customers, if whoever asks may change both.
async fn both(scope: &Scope, tx: &Tx<'_>, id: Uuid, other: Uuid) -> Result<(Customer, Customer), Problem> {
    if id == other {
        return Err(Problem::field("other_id", "merge_self"));
    }
    let eyes = scope.look(false).eyes;
    let these = || Condition::all().add(customers::Column::Id.is_in([id, other]));
    // Held in the order in which a bulk action holds its customers: otherwise the two could stand in each other's way, and
    // one of them would be turned away.
    let held = |rows: sea_orm::Select<customers::Entity>| rows.order_by_asc(customers::Column::Id).lock_exclusive();
    let mut rows = tx.find_as::<customers::Entity>(eyes, true).filter(these()).shape(held).all().await?;
    let stays = rows.iter().position(|row| row.id == id).map(|at| rows.swap_remove(at));
    match (stays, rows.pop()) {
        (Some(stays), Some(goes)) => Ok((stays, goes)),
        (stays, goes) => {
            let seen = tx.find_as::<customers::Entity>(eyes, false).filter(these()).all().await?;
            let seen = |id: Uuid| seen.iter().any(|row| row.id == id);
            if stays.is_none() && !seen(id) {
                return Err(Problem::NotFound);
            }
            if goes.is_none() && !seen(other) {
                return Err(Problem::field("other_id", "customer_unknown"));
            }
            Err(Problem::Forbidden("row_read_only"))
        }
    }
}
