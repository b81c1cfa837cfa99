//! A login that is not like the ones before it, in the inbox of those who should know: whoever runs the
//! business, and the person themselves.

use super::send::inbox_item;
use crate::auth::LoginNoticed;
use crate::db::{Taken, refusal};
use crate::jobs::Job;
use crate::problem::Problem;
use crate::scope::Scope;
use crate::tenants::staff;
use domain::permission::Role;
use sea_orm::{ColumnTrait as _, Condition, Set};
use serde_json::json;

impl Job for LoginNoticed {
    const KIND: &'static str = "login_noticed";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let concerned = Condition::any()
            .add(staff::Column::AccountId.eq(self.account_id))
            .add(staff::Column::Role.eq(Role::Boss.as_str()));
        let staff = scope.find::<staff::Entity>().filter(concerned).filter(staff::Column::SuspendedAt.is_null());
        let staff = staff.all().await?;
        let Some(person) = staff.iter().find(|row| row.account_id == Some(self.account_id)).cloned() else {
            return Ok(());
        };
        let (title, body) = (self.title(&person.name), self.body());
        let tx = scope.begin().await?;
        let mut told = 0;
        for row in staff.iter().filter(|row| row.account_id.is_some()) {
            let item = inbox_item::ActiveModel {
                id: Set(tx.new_id()),
                staff_id: Set(row.id),
                kind: Set("login_noticed".to_owned()),
                // Whoever is told: so the unique key holds one item for each, however often this runs.
                source_id: Set(row.id),
                due_at: Set(self.at),
                title: Set(title.clone()),
                body: Set(Some(body.clone())),
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
        if told == 0 {
            return Ok(());
        }
        let changes = json!({ "reason": self.reason, "network": self.network });
        tx.audit("login_noticed", "staff", Some(person.id), changes);
        tx.commit().await
    }
}

impl LoginNoticed {
    fn title(&self, name: &str) -> String {
        match self.reason.as_str() {
            "after_failures" => format!("{name} 多次输错后登录成功"),
            "impossible_travel" => format!("{name} 在很远的地方登录"),
            _ => format!("{name} 在新设备、新网络登录"),
        }
    }

    fn body(&self) -> String {
        let device = self.label.as_deref().unwrap_or("未命名设备");
        let network = if self.network.is_empty() { "未知" } else { &self.network };
        format!("{device} · 网络 {network}。不是本人？请在 我的 → 登录设备 中移除，并修改密码。")
    }
}
