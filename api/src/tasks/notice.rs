//! What whoever runs the business should know, in their inbox: a login that is not like the ones before it, which
//! the person hears of too, and a colleague whose phone has to be entered anew.

use super::send::inbox_item;
use crate::auth::{LoginNoticed, PhoneForgotten};
use crate::db::{Taken, refusal};
use crate::jobs::Job;
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use crate::tenants::staff;
use chrono::{DateTime, Utc};
use domain::permission::Role;
use sea_orm::{ColumnTrait as _, Condition, Set};
use serde_json::json;
use uuid::Uuid;

/// What is put into the inboxes.
struct Letter {
    kind: &'static str,
    at: DateTime<Utc>,
    title: String,
    body: String,
}

/// Tells colleagues who can log in; says how many of them did not know yet. `about` names what it is about in the
/// unique key of an inbox: one item for each, however often this runs.
async fn tell(
    tx: &Tx<'_>,
    colleagues: &[staff::Model],
    letter: &Letter,
    about: impl Fn(&staff::Model) -> Uuid,
) -> Result<u64, Problem> {
    let mut told = 0;
    for row in colleagues.iter().filter(|row| row.account_id.is_some()) {
        let item = inbox_item::ActiveModel {
            id: Set(tx.new_id()),
            staff_id: Set(row.id),
            kind: Set(letter.kind.to_owned()),
            source_id: Set(about(row)),
            due_at: Set(letter.at),
            title: Set(letter.title.clone()),
            body: Set(Some(letter.body.clone())),
            customer_id: Set(None),
            read_at: Set(None),
            wechat: Set("no_credit".to_owned()),
            created_at: Set(tx.now()),
            ..Default::default()
        };
        match tx.insert::<inbox_item::Entity>(item).await {
            Err(error) if refusal(&error) == Some(Taken::Unique) => {}
            other => {
                other?;
                told += 1;
            }
        }
    }
    Ok(told)
}

fn bosses() -> Condition {
    Condition::all().add(staff::Column::Role.eq(Role::Boss.as_str()))
}

/// Those of some colleagues who may work.
async fn at_work(scope: &Scope, which: Condition) -> Result<Vec<staff::Model>, Problem> {
    let found = scope.find::<staff::Entity>().filter(which).filter(staff::Column::SuspendedAt.is_null());
    Ok(found.all().await?)
}

impl Job for LoginNoticed {
    const KIND: &'static str = "login_noticed";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let concerned = Condition::any().add(staff::Column::AccountId.eq(self.account_id)).add(bosses());
        let staff = at_work(&scope, concerned).await?;
        let Some(person) = staff.iter().find(|row| row.account_id == Some(self.account_id)).cloned() else {
            return Ok(());
        };
        let letter = Letter { kind: "login_noticed", at: self.at, title: self.title(&person.name), body: self.body() };
        let tx = scope.begin().await?;
        // About whoever is told: there is one login at that instant.
        if tell(&tx, &staff, &letter, |row| row.id).await? == 0 {
            return Ok(());
        }
        let changes = json!({ "reason": self.reason, "network": self.network });
        tx.audit("login_noticed", "staff", Some(person.id), changes);
        tx.commit().await
    }
}

impl Job for PhoneForgotten {
    const KIND: &'static str = "phone_forgotten";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let found = scope.find::<staff::Entity>().filter(staff::Column::Id.eq(self.staff_id)).one().await?;
        let Some(person) = found else { return Ok(()) };
        let staff = at_work(&scope, bosses()).await?;
        let letter = Letter {
            kind: Self::KIND,
            at: self.at,
            title: format!("请重新填写 {} 的手机号", person.name),
            body: "这个号码是旧版本录入的，一直没有登录验证过，更换密钥时无法保留。如果还要在这里工作，请移除后用手机号重新添加，或者发一张邀请卡。".to_owned(),
        };
        let tx = scope.begin().await?;
        tell(&tx, &staff, &letter, |_| person.id).await?;
        tx.unrecorded("what became of the phone is on the record already");
        tx.commit().await
    }
}

impl LoginNoticed {
    fn title(&self, name: &str) -> String {
        match self.reason.as_str() {
            "after_failures" => format!("{name} 多次输错后登录成功"),
            "back_after_end" => format!("{name} 在已下线的设备上重新进入员工端"),
            "impossible_travel" => format!("{name} 在很远的地方登录"),
            _ => format!("{name} 在新设备、新网络登录"),
        }
    }

    fn body(&self) -> String {
        let device = self.label.as_deref().unwrap_or("未命名设备");
        let network = if self.network.is_empty() { "未知" } else { &self.network };
        format!(
            "{device} · 网络 {network}。不是本人？本人可在 我的 → 登录设备 中移除；同事的请到 我的 → 员工与团队 里停用账号，马上失效。"
        )
    }
}
