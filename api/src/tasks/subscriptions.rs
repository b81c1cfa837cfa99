//! How many WeChat reminders one may still be sent.

use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::system::System;
use crate::scope::system::credits::Subject;
use crate::scope::{Can, LoggedIn, grants::TasksRead};
use actix_web::{get, web::Json};
use serde::Serialize;
use utoipa::ToSchema;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_subscriptions);
}

/// A template one can subscribe to.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubscriptionView {
    /// For `wx.requestSubscribeMessage`.
    pub template_id: String,
    /// What it is used for: `task_due`.
    pub purpose: String,
    /// How many messages WeChat said one may still be sent.
    pub credit: i64,
}

/// The templates of this installation and one's credit for each. Credit grows when WeChat's push
/// arrives, not when the phone says so.
#[utoipa::path(tag = "inbox", security(("bearer" = ["tasks.read"])), responses((status = 200, body = All<SubscriptionView>), Problems))]
#[get("/subscriptions")]
async fn list_subscriptions(
    _scope: Can<TasksRead>,
    login: LoggedIn,
    system: System,
) -> Result<Json<All<SubscriptionView>>, Problem> {
    let wechat = &system.at.config.wechat;
    let template_id = wechat.task_due.template_id.clone();
    if template_id.is_empty() {
        return Ok(Json(All { items: Vec::new() }));
    }
    let subject =
        Subject { account_id: login.0.account_id, appid: wechat.appid.clone(), template_id: template_id.clone() };
    let credit = system.credit(&subject).await?;
    Ok(Json(All { items: vec![SubscriptionView { template_id, purpose: "task_due".to_owned(), credit }] }))
}
