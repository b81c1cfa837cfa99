//! The ledger of subscribe messages: what WeChat said an account may be sent, and what became of
//! each. It grows only from WeChat's own pushes, never from a phone's word.

use super::credit_tables::{credit, credit_entry, push_event};
use super::{System, SystemTx, new_id};
use crate::problem::Problem;
use crate::tasks::send;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set};
use uuid::Uuid;

/// What a credit is for.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) account_id: Uuid,
    pub(crate) appid: String,
    pub(crate) template_id: String,
}

#[expect(clippy::disallowed_methods, reason = "credits belong to accounts, not to businesses")]
async fn adjust(
    on: &impl ConnectionTrait,
    subject: &Subject,
    delta: i64,
    reason: &'static str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let update = credit::Entity::update_many()
        .col_expr(credit::Column::Balance, Expr::col(credit::Column::Balance).add(delta))
        .col_expr(credit::Column::UpdatedAt, Expr::value(now))
        .filter(credit::Column::AccountId.eq(subject.account_id))
        .filter(credit::Column::Appid.eq(&subject.appid))
        .filter(credit::Column::TemplateId.eq(&subject.template_id))
        // A balance never goes below zero: then there was nothing to take.
        .filter(Expr::col(credit::Column::Balance).add(delta).gte(0))
        .exec(on)
        .await?;
    if update.rows_affected == 0 {
        if delta <= 0 {
            return Ok(false);
        }
        let row = credit::ActiveModel {
            account_id: Set(subject.account_id),
            appid: Set(subject.appid.clone()),
            template_id: Set(subject.template_id.clone()),
            balance: Set(delta),
            updated_at: Set(now),
        };
        credit::Entity::insert(row).exec_without_returning(on).await?;
    }
    let entry = credit_entry::ActiveModel {
        id: Set(new_id(now)),
        account_id: Set(subject.account_id),
        appid: Set(subject.appid.clone()),
        template_id: Set(subject.template_id.clone()),
        delta: Set(delta),
        reason: Set(reason.to_owned()),
        created_at: Set(now),
    };
    credit_entry::Entity::insert(entry).exec_without_returning(on).await?;
    Ok(true)
}

impl SystemTx<'_> {
    /// Takes one credit; `false` when there is none.
    pub(crate) async fn take_credit(&self, subject: &Subject) -> Result<bool, DbErr> {
        adjust(self.tx, subject, -1, "sent", self.scope.now()).await
    }

    /// Puts back a credit that was taken for a message WeChat never sent.
    pub(crate) async fn return_credit(&self, subject: &Subject) -> Result<bool, DbErr> {
        adjust(self.tx, subject, 1, "returned", self.scope.now()).await
    }
}

/// What a push says about a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// The person accepted one more message.
    Accepted,
    /// The person wants no more.
    Rejected,
}

#[expect(clippy::disallowed_methods, reason = "credits belong to accounts, not to businesses")]
impl System {
    /// How many messages of a template an account may still be sent.
    pub(crate) async fn credit(&self, subject: &Subject) -> Result<i64, Problem> {
        let key = (subject.account_id, subject.appid.clone(), subject.template_id.clone());
        let row = credit::Entity::find_by_id(key).one(&self.at.db.read).await?;
        Ok(row.map_or(0, |row| row.balance))
    }

    /// Takes in one push: its credits and settlements commit together with the mark that it was
    /// taken, so that a repeated push changes nothing. `false` when it was taken before.
    pub(crate) async fn take_push(
        &self,
        appid: &str,
        digest: &[u8],
        openid: &str,
        said: &[(String, Said)],
        settled: &[Settled],
    ) -> Result<bool, Problem> {
        let now = self.now();
        let account = self.account_of_openid(appid, openid).await?;
        let tx = self.begin().await?;
        let mark = push_event::ActiveModel {
            appid: Set(appid.to_owned()),
            digest: Set(digest.to_vec()),
            received_at: Set(now),
        };
        if let Err(error) = push_event::Entity::insert(mark).exec_without_returning(&tx).await {
            return if crate::db::refusal(&error).is_some() { Ok(false) } else { Err(error.into()) };
        }
        if let Some(account_id) = account {
            for (template_id, said) in said {
                let subject = Subject { account_id, appid: appid.to_owned(), template_id: template_id.clone() };
                match said {
                    Said::Accepted => {
                        adjust(&tx, &subject, 1, "accepted", now).await?;
                    }
                    Said::Rejected => {
                        let key = (subject.account_id, subject.appid.clone(), subject.template_id.clone());
                        let left = credit::Entity::find_by_id(key).one(&tx).await?.map_or(0, |row| row.balance);
                        adjust(&tx, &subject, -left, "rejected", now).await?;
                    }
                }
            }
        }
        for settled in settled {
            settle(&tx, appid, openid, settled, now).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// WeChat says that the account has no credit left, whatever our ledger says.
    pub(crate) async fn clear_credit(&self, subject: &Subject) -> Result<(), Problem> {
        let left = self.credit(subject).await?;
        if left > 0 {
            adjust(&self.at.db.write, subject, -left, "refused_by_wechat", self.now()).await?;
        }
        Ok(())
    }
}

/// What `subscribe_msg_sent_event` says became of a message.
#[derive(Debug, Clone)]
pub(crate) struct Settled {
    pub(crate) template_id: String,
    pub(crate) message_id: String,
    pub(crate) errcode: i64,
}

/// Settles the oldest open send of that person and template. The send's answer carries no message
/// id, so the event is matched by order; WeChat sends to one person one after the other.
#[expect(clippy::disallowed_methods, reason = "an event names a person and a template, no business")]
async fn settle(
    tx: &crate::db::Transaction,
    appid: &str,
    openid: &str,
    settled: &Settled,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let found = async |states: &[&str]| open_send(tx, appid, openid, &settled.template_id, states, now).await;
    // One that WeChat surely was asked for comes before one that may never have left.
    let open = match found(&["sending", "sent"]).await? {
        Some(open) => Some(open),
        None => found(&["unknown"]).await?,
    };
    let Some(open) = open else { return Ok(()) };
    let state = if settled.errcode == 0 { "sent" } else { "failed" };
    let change = send::ActiveModel {
        state: Set(state.to_owned()),
        errcode: Set(Some(settled.errcode)),
        message_id: Set(Some(settled.message_id.clone())),
        settled_at: Set(Some(now)),
        ..send::ActiveModel::default()
    };
    send::Entity::update_many()
        .set(change)
        .filter(send::Column::TenantId.eq(open.tenant_id))
        .filter(send::Column::Id.eq(open.id))
        .exec(tx)
        .await?;
    send::tell_inbox(tx, open.tenant_id, open.inbox_id, state).await
}

/// The oldest send to a person that no event has named yet. WeChat's events come within the minute,
/// and a job's retries end within the hour: what is older has lost its event for good.
#[expect(clippy::disallowed_methods, reason = "an event names a person and a template, no business")]
async fn open_send(
    tx: &crate::db::Transaction,
    appid: &str,
    openid: &str,
    template_id: &str,
    states: &[&str],
    now: DateTime<Utc>,
) -> Result<Option<send::Model>, DbErr> {
    send::Entity::find()
        .filter(send::Column::CreatedAt.gt(now - chrono::Duration::hours(1)))
        .filter(send::Column::Appid.eq(appid))
        .filter(send::Column::Openid.eq(openid))
        .filter(send::Column::TemplateId.eq(template_id))
        .filter(send::Column::State.is_in(states.iter().copied()))
        .filter(send::Column::MessageId.is_null())
        .order_by_asc(send::Column::CreatedAt)
        .one(tx)
        .await
}
