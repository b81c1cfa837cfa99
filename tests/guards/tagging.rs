//! Samples of operations on tags, the rules that give them, and the follow-up plans that hang on them.

use super::samples::{Desk, Sample, unique};
use crate::harness::text;
use serde_json::{Value, json};

impl Desk<'_> {
    /// A sample of an operation on tags.
    pub async fn tagging(&self, operation: &str) -> Sample {
        let mine = || self.empty(&self.client);
        match operation {
            "list_tag_groups" => mine(),
            "create_tag_group" => mine().body(json!({ "name": unique("组"), "single": true })),
            "change_tag_group" => {
                mine().at("id", self.group().await).version(1).body(json!({ "name": unique("组"), "single": true }))
            }
            "order_tag_groups" => {
                self.group().await;
                let groups = self.boss.get("/tag-groups").await.ok();
                let groups = groups["items"].as_array().expect("groups").iter();
                mine().body(json!({ "ids": groups.map(|group| group["id"].clone()).collect::<Vec<_>>() }))
            }
            "order_tags" => {
                let tag = self.tag().await;
                mine().at("id", self.group_of(&tag).await).body(json!({ "ids": [tag] }))
            }
            "delete_tag_group" => mine().at("id", self.group().await).version(1),
            "get_tag_group_uses" => mine().at("id", self.group_of(&self.tag().await).await),
            "merge_tag_group" => {
                let (from, into) = (self.tag().await, self.tag().await);
                mine()
                    .at("id", self.group_of(&from).await)
                    .version(1)
                    .body(json!({ "into": self.group_of(&into).await }))
            }
            "restore_tag_group" => {
                let group = self.group_of(&self.tag().await).await;
                self.boss.delete(&format!("/tag-groups/{group}?with_tags=true"), 1).await.ok();
                mine().at("id", group)
            }
            "create_tag" => {
                mine().body(json!({ "group_id": self.group().await, "name": "爱喝龙井", "colour": "#336699" }))
            }
            "change_tag" => mine().at("id", self.tag().await).version(1).body(json!({
                "name": "爱喝普洱", "colour": "#993366", "group_id": self.group().await,
            })),
            "get_tag_uses" => mine().at("id", self.tag().await),
            "delete_tag" => mine().at("id", self.tag().await).version(1),
            "merge_tag" => mine().at("id", self.tag().await).version(1).body(json!({ "into": self.tag().await })),
            "restore_tag" => {
                let tag = self.tag().await;
                self.boss.delete(&format!("/tags/{tag}"), 1).await.ok();
                mine().at("id", tag)
            }
            "list_tag_rules" => mine(),
            "create_tag_rule" => {
                mine().body(json!({ "tag_id": self.tag().await, "filter": regulars(), "enabled": false }))
            }
            "preview_tag_rule" => mine().body(json!({ "tag_id": self.tag().await, "filter": regulars() })),
            "change_tag_rule" => mine()
                .at("id", self.tag_rule().await)
                .version(1)
                .body(json!({ "filter": regulars(), "enabled": false })),
            "delete_tag_rule" => mine().at("id", self.tag_rule().await).version(1),
            "list_plans" => mine(),
            "create_plan" => {
                mine().body(json!({ "name": unique("程"), "tag_id": self.tag().await, "stages": stages() }))
            }
            "get_plan" | "get_plan_uses" => mine().at("id", self.plan(&self.tag().await).await),
            "change_plan" => mine().at("id", self.plan(&self.tag().await).await).version(1).body(json!({
                "name": unique("程"), "stages": stages(), "enabled": true, "existing": true,
            })),
            "delete_plan" => mine().at("id", self.plan(&self.tag().await).await).version(1),
            "list_customer_plans" => mine().at("id", self.followed().await),
            "stop_customer_plan" => {
                let customer = self.followed().await;
                let plans = self.client.get(&format!("/customers/{customer}/plans")).await.ok();
                mine().at("id", customer).at("run_id", text(&plans["items"][0]["id"]))
            }
            _ => panic!("add a sample for {operation} to tests/guards/tagging.rs"),
        }
    }

    /// A plan of a tag, at version 1.
    async fn plan(&self, tag: &str) -> String {
        let body = json!({ "name": unique("程"), "tag_id": tag, "stages": stages() });
        text(&self.boss.post("/plans", body).await.ok()["id"])
    }

    /// A customer who is in a plan.
    async fn followed(&self) -> String {
        let (tag, customer) = (self.tag().await, self.customer().await);
        let plan = self.plan(&tag).await;
        self.boss.patch(&format!("/plans/{plan}"), 1, json!({ "enabled": true })).await.ok();
        self.client.post(&format!("/customers/{customer}/tags"), json!({ "add": [tag] })).await.ok();
        self.run_jobs().await;
        customer
    }

    async fn tag_rule(&self) -> String {
        let body = json!({ "tag_id": self.tag().await, "filter": regulars() });
        text(&self.boss.post("/tag-rules", body).await.ok()["id"])
    }

    async fn group_of(&self, tag: &str) -> String {
        let groups = self.boss.get("/tag-groups").await.ok();
        let groups = groups["items"].as_array().expect("groups");
        let has = |group: &&Value| group["tags"].as_array().expect("tags").iter().any(|one| one["id"] == tag);
        text(&groups.iter().find(has).expect("its group")["id"])
    }
}

/// Two stages that say all there is to say.
fn stages() -> Value {
    json!([
        { "name": "初次联系", "goal": "加上微信", "tasks": [{ "title": "打招呼", "after_days": 0, "at": "09:30" }] },
        { "name": "到店", "tasks": [{ "title": "邀请到店", "after_days": 7 }] },
    ])
}

/// A filter that says something.
pub fn regulars() -> Value {
    json!({ "all": [
        { "any": [
            { "field": "type", "op": "any_of", "values": ["existing"] },
            { "field": "last_contact", "op": "at_least", "values": ["today-30"] },
        ] },
        { "any": [{ "field": "region", "op": "any_of", "values": ["330100"] }] },
    ] })
}
