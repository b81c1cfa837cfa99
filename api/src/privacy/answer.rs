//! What becomes of a request: the owner is told, answers, or lets the time run out.

use super::entity as request;
use super::erase::erase;
use crate::customers;
use crate::db::Code;
use crate::jobs::Job;
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use crate::tasks::send::inbox_item;
use crate::tenants::staff;
use domain::customers::ErasureReason;
use domain::permission::Role;
use domain::privacy::{RequestKind, RequestState};
use sea_orm::{ColumnTrait as _, Set};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Puts something into the inbox of everybody who runs the business.
pub(super) async fn tell_bosses(
    tx: &Tx<'_>,
    kind: &str,
    customer_id: Option<Uuid>,
    title: &str,
    body: &str,
) -> Result<(), Problem> {
    let bosses = tx
        .find::<staff::Entity>()
        .filter(staff::Column::Role.eq(Role::Boss.as_str()))
        .filter(staff::Column::SuspendedAt.is_null())
        .all()
        .await?;
    let items = bosses.into_iter().map(|boss| inbox_item::ActiveModel {
        id: Set(tx.new_id()),
        staff_id: Set(boss.id),
        kind: Set(kind.to_owned()),
        // Ids are fresh, so each is told once for each time this runs.
        source_id: Set(tx.new_id()),
        due_at: Set(tx.now()),
        title: Set(title.to_owned()),
        body: Set(Some(body.to_owned())),
        customer_id: Set(customer_id),
        read_at: Set(None),
        wechat: Set("no_credit".to_owned()),
        created_at: Set(tx.now()),
        ..Default::default()
    });
    Ok(tx.insert_many::<inbox_item::Entity>(items).await?)
}

/// Tells the owner that somebody asked.
pub(super) async fn tell(tx: &Tx<'_>, row: &request::Model, name: &str) -> Result<(), Problem> {
    let what = match row.kind.0 {
        RequestKind::Correct => "更正资料",
        RequestKind::Delete => "删除资料",
    };
    let until = row.due_at.with_timezone(&crate::clock::CHINA).format("%Y-%m-%d");
    let body = format!("请在 {until} 前答复。");
    tell_bosses(tx, "data_request", Some(row.customer_id), &format!("{name} 申请{what}"), &body).await
}

/// Marks a request as done. Nothing happens when it was answered meanwhile.
pub(super) fn done(scope: &Scope) -> request::ActiveModel {
    request::ActiveModel {
        state: Set(Code(RequestState::Done)),
        // The key is gone with the person; what it sealed goes too.
        vault: Set(None),
        answered_at: Set(Some(scope.now())),
        ..Default::default()
    }
}

/// The time in which a request had to be answered is over.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RequestDue {
    /// The request.
    pub(crate) request_id: Uuid,
}

impl Job for RequestDue {
    const KIND: &'static str = "request_due";

    /// A deletion that nobody answered is done; a correction that nobody answered is said once more.
    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let row = scope.find::<request::Entity>().filter(request::Column::Id.eq(self.request_id)).one().await?;
        let Some(row) = row.filter(|row| row.state == Code(RequestState::Waiting)) else { return Ok(()) };
        let customer = scope.find_buried::<customers::Entity>().filter(customers::Column::Id.eq(row.customer_id));
        let customer = customer.one().await?.ok_or(Problem::NotFound)?;
        if row.kind == Code(RequestKind::Delete) && customer.erased_at.is_none() {
            // That closes the request.
            return erase(&scope, row.customer_id, ErasureReason::Asked, true).await.map(drop);
        }
        let change = done(&scope);
        let tx = scope.begin().await?;
        // Whom a restored backup brought back was erased again without looking at requests.
        if customer.erased_at.is_some() {
            tx.update::<request::Entity>(row.id, Some(row.version), change).await?;
        } else {
            tell(&tx, &row, &customer.name).await?;
            tx.unrecorded("the inbox says once more what is on the record already");
        }
        tx.commit().await
    }
}
