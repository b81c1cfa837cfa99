//! A task is due: its inbox item exists exactly once, and WeChat is asked at most once.
//!
//! WeChat has no key by which it would recognise a repeated send. So a send is promised in the
//! transaction of the inbox item (`pending`, with its credit taken), marked `sending` in a
//! transaction of its own, and only then made. Whoever finds it `sending` later cannot know whether
//! WeChat got it: it becomes `unknown` and is never made again; WeChat's own
//! `subscribe_msg_sent_event` settles it.

use super::entity;
use super::inbox::TASK_DUE;
use super::send::{self, inbox_item};
use crate::customers;
use crate::db::{Taken, refusal};
use crate::jobs::Job;
use crate::problem::Problem;
use crate::scope::system::System;
use crate::scope::system::credits::Subject;
use crate::scope::{Scope, Tx};
use crate::tenants::staff;
use crate::wechat::{SubscribeMessage, WechatError, and_others, when};
use chrono::{DateTime, Utc};
use domain::tasks::TaskStatus;
use sea_orm::{ColumnTrait as _, Condition, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// A task has come due, unless it was done or put off meanwhile.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TaskDue {
    pub(crate) task_id: Uuid,
    /// The time the reminder was made for; a task that was put off has another one.
    pub(crate) due_at: DateTime<Utc>,
}

impl Job for TaskDue {
    const KIND: &'static str = "task_due";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let system = System::new(scope.installation());
        let task = scope.find::<entity::Entity>().filter(entity::Column::Id.eq(self.task_id)).one().await?;
        let Some(task) = task.filter(|task| task.status.0 == TaskStatus::Open && task.due_at == self.due_at) else {
            return Ok(());
        };
        let Some(customer) =
            scope.find::<customers::Entity>().filter(customers::Column::Id.eq(task.customer_id)).one().await?
        else {
            return Ok(());
        };
        let recipient = recipient(&scope, &system, task.assignee_id).await?;
        let tx = scope.begin().await?;
        // Finished or put off since it was read? This also keeps others from doing so meanwhile.
        let still = Condition::all()
            .add(entity::Column::Id.eq(task.id))
            .add(entity::Column::Status.eq(TaskStatus::Open.as_str()))
            .add(entity::Column::DueAt.eq(self.due_at))
            .add(entity::Column::Live.eq(1));
        let reminded = entity::ActiveModel { reminded_at: Set(Some(tx.now())), ..Default::default() };
        if tx.derive_all::<entity::Entity>(still, reminded).await? == 0 {
            return Ok(());
        }
        let inbox_id = tx.new_id();
        let together = task.plan_run_id.is_some() && told(&tx, &task).await?;
        let promised = match &recipient {
            Some((subject, _)) if !together => tx.system().take_credit(subject).await?,
            _ => false,
        };
        let item = inbox_item::ActiveModel {
            id: Set(inbox_id),
            staff_id: Set(task.assignee_id),
            kind: Set(TASK_DUE.to_owned()),
            source_id: Set(task.id),
            due_at: Set(task.due_at),
            title: Set(task.title.clone()),
            body: Set(Some(customer.name.clone())),
            customer_id: Set(Some(customer.id)),
            read_at: Set(None),
            wechat: Set(match (together, promised) {
                (true, _) => "together".to_owned(),
                (false, true) => "pending".to_owned(),
                (false, false) => "no_credit".to_owned(),
            }),
            created_at: Set(tx.now()),
            ..Default::default()
        };
        match tx.insert::<inbox_item::Entity>(item).await {
            // This reminder was already given: by this job, killed after its commit.
            Err(error) if refusal(&error) == Some(Taken::Unique) => return Ok(()),
            other => other?,
        }
        if let (true, Some((subject, openid))) = (promised, recipient) {
            promise(&tx, inbox_id, subject, openid).await?;
        }
        tx.audit("remind", "task", Some(task.id), json!({ "wechat": promised }));
        tx.commit().await
    }
}

/// Whether WeChat tells its assignee of this very moment already: plans make many tasks for ten o'clock, and each message
/// costs a consent. Assignees are held, so that of two reminders the second one knows of the first.
async fn told(tx: &Tx<'_>, task: &entity::Model) -> Result<bool, Problem> {
    let held = tx.find::<staff::Entity>().filter(staff::Column::Id.eq(task.assignee_id));
    held.shape(QuerySelect::lock_exclusive).all().await?;
    let said = Condition::all()
        .add(inbox_item::Column::StaffId.eq(task.assignee_id))
        .add(inbox_item::Column::Kind.eq("task_due"))
        .add(inbox_item::Column::DueAt.eq(task.due_at))
        .add(inbox_item::Column::Wechat.is_in(["pending", "sent", "unknown"]));
    Ok(tx.find::<inbox_item::Entity>().filter(said).one().await?.is_some())
}

/// Whom WeChat would remind: the assignee's account, if it has one at our mini-program.
pub(super) async fn recipient(
    scope: &Scope,
    system: &System,
    assignee: Uuid,
) -> Result<Option<(Subject, String)>, Problem> {
    let wechat = &scope.config().wechat;
    if wechat.task_due.template_id.is_empty() {
        return Ok(None);
    }
    let staff = scope.find::<staff::Entity>().filter(staff::Column::Id.eq(assignee)).one().await?;
    let Some(account_id) = staff.filter(|staff| staff.suspended_at.is_none()).and_then(|staff| staff.account_id) else {
        return Ok(None);
    };
    let identity = system.wechat_identity(&wechat.appid, account_id).await?;
    let subject = Subject { account_id, appid: wechat.appid.clone(), template_id: wechat.task_due.template_id.clone() };
    Ok(identity.map(|identity| (subject, identity.openid)))
}

pub(super) async fn promise(tx: &Tx<'_>, inbox_id: Uuid, subject: Subject, openid: String) -> Result<(), Problem> {
    let send_id = tx.new_id();
    let row = send::ActiveModel {
        id: Set(send_id),
        inbox_id: Set(inbox_id),
        account_id: Set(subject.account_id),
        appid: Set(subject.appid),
        openid: Set(openid),
        template_id: Set(subject.template_id),
        state: Set("pending".to_owned()),
        errcode: Set(None),
        message_id: Set(None),
        created_at: Set(tx.now()),
        settled_at: Set(None),
        ..Default::default()
    };
    tx.insert::<send::Entity>(row).await?;
    tx.enqueue(&ReminderReserved { send_id }, tx.now()).await
}

/// A credit was taken for a reminder; now WeChat is to be asked, once.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ReminderReserved {
    pub(crate) send_id: Uuid,
}

impl Job for ReminderReserved {
    const KIND: &'static str = "reminder_reserved";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let system = System::new(scope.installation());
        let Some(row) = scope.find::<send::Entity>().filter(send::Column::Id.eq(self.send_id)).one().await? else {
            return Ok(());
        };
        match row.state.as_str() {
            "pending" => {}
            // A worker died between asking and writing down the answer.
            "sending" => return settle(&mut scope, &row, "unknown", None).await,
            _ => return Ok(()),
        }
        let message = message(&scope, &row).await?;
        if !claim(&mut scope, row.id).await? {
            return Ok(());
        }
        match system.at.wechat.send_subscribe(&message).await {
            Ok(()) => settle(&mut scope, &row, "sent", Some(0)).await,
            Err(WechatError::Refused { code: 43101, .. }) => {
                system.clear_credit(&row.subject()).await?;
                settle(&mut scope, &row, "failed", Some(43101)).await
            }
            Err(error) if error.is_certain() => match &error {
                // Refused before anything happened, for a reason that passes: try again later.
                WechatError::Refused { code: 43108 | 45009 | 45011 | 44990 | 44991 | 44993, .. } => {
                    settle(&mut scope, &row, "pending", None).await?;
                    Err(error.into())
                }
                WechatError::Refused { code, .. } => settle(&mut scope, &row, "failed", Some(*code)).await,
                _ => {
                    settle(&mut scope, &row, "pending", None).await?;
                    Err(error.into())
                }
            },
            Err(_) => settle(&mut scope, &row, "unknown", None).await,
        }
    }

    /// WeChat said each time that it did not send, so the consent is still good.
    async fn give_up(self, mut scope: Scope) -> Result<(), Problem> {
        let Some(row) = scope.find::<send::Entity>().filter(send::Column::Id.eq(self.send_id)).one().await? else {
            return Ok(());
        };
        let now = scope.now();
        let tx = scope.begin().await?;
        let pending = Condition::all().add(send::Column::Id.eq(row.id)).add(send::Column::State.eq("pending"));
        let failed =
            send::ActiveModel { state: Set("failed".to_owned()), settled_at: Set(Some(now)), ..Default::default() };
        if tx.derive_all::<send::Entity>(pending, failed).await? == 0 {
            return Ok(());
        }
        let item = inbox_item::ActiveModel { wechat: Set("failed".to_owned()), ..Default::default() };
        tx.derive::<inbox_item::Entity>(row.inbox_id, item).await?;
        tx.system().return_credit(&row.subject()).await?;
        tx.audit("settle", "reminder", Some(row.id), json!({ "state": "failed" }));
        tx.commit().await
    }
}

impl send::Model {
    /// What the send took its credit from.
    fn subject(&self) -> Subject {
        Subject { account_id: self.account_id, appid: self.appid.clone(), template_id: self.template_id.clone() }
    }
}

/// `pending` → `sending`, committed before WeChat is asked. Only one worker wins.
async fn claim(scope: &mut Scope, id: Uuid) -> Result<bool, Problem> {
    let tx = scope.begin().await?;
    let pending = Condition::all().add(send::Column::Id.eq(id)).add(send::Column::State.eq("pending"));
    let won = tx
        .derive_all::<send::Entity>(
            pending,
            send::ActiveModel { state: Set("sending".to_owned()), ..Default::default() },
        )
        .await?
        == 1;
    tx.audit("send", "reminder", Some(id), json!({}));
    tx.commit().await?;
    Ok(won)
}

/// Writes down what became of a send, unless WeChat's event did so already.
async fn settle(scope: &mut Scope, row: &send::Model, state: &str, errcode: Option<i64>) -> Result<(), Problem> {
    let now = scope.now();
    let tx = scope.begin().await?;
    let open = Condition::all().add(send::Column::Id.eq(row.id)).add(send::Column::State.eq("sending"));
    let change = send::ActiveModel {
        state: Set(state.to_owned()),
        errcode: Set(errcode),
        settled_at: Set((state != "pending").then_some(now)),
        ..Default::default()
    };
    if tx.derive_all::<send::Entity>(open, change).await? == 1 {
        let item = inbox_item::ActiveModel { wechat: Set(state.to_owned()), ..Default::default() };
        tx.derive::<inbox_item::Entity>(row.inbox_id, item).await?;
    }
    tx.audit("settle", "reminder", Some(row.id), json!({ "state": state, "errcode": errcode }));
    tx.commit().await
}

async fn message(scope: &Scope, row: &send::Model) -> Result<SubscribeMessage, Problem> {
    let item = scope
        .find::<inbox_item::Entity>()
        .filter(inbox_item::Column::Id.eq(row.inbox_id))
        .one()
        .await?
        .ok_or(Problem::NotFound)?;
    let fields = &scope.config().wechat.task_due;
    // Those of which WeChat tells with this one: see `told`.
    let others = Condition::all()
        .add(entity::Column::AssigneeId.eq(item.staff_id))
        .add(entity::Column::DueAt.eq(item.due_at))
        .add(entity::Column::Status.eq(TaskStatus::Open.as_str()))
        .add(entity::Column::PlanRunId.is_not_null())
        .add(entity::Column::Id.ne(item.source_id));
    let title = match scope.find::<entity::Entity>().filter(others).count().await?.0 {
        0 => item.title,
        others => and_others(&fields.title, &item.title, others + 1),
    };
    let page = item.customer_id.map(|customer| format!("features/customers/detail/index?id={customer}"));
    Ok(SubscribeMessage {
        openid: row.openid.clone(),
        template_id: row.template_id.clone(),
        page,
        data: vec![
            (fields.title.clone(), title),
            (fields.customer.clone(), item.body.unwrap_or_default()),
            (fields.time.clone(), when(item.due_at)),
        ],
    })
}
