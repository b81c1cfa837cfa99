//! Samples of what runs a business: staff, roles, teams, invitations, hand-overs, and who shares customers.

use super::samples::{Desk, Sample, unique};
use crate::harness::{Client, PASSWORD, Shop, phone_number, text};
use serde_json::{Value, json};

/// Rights that everybody who may make a role has.
pub fn rights() -> Value {
    json!({
        "permissions": ["customers.read", "orders.read"],
        "reach": { "customers": "team", "interactions": "own", "tasks": "own", "orders": "team" },
        "pool": false,
        "fields": { "phones": "mask", "emails": "read_only", "amounts": "read_only" },
    })
}

impl Desk<'_> {
    pub fn empty(&self, client: &Client) -> Sample {
        Sample { client: client.clone(), values: Vec::new(), version: None, body: None, query: None, file: None }
    }

    /// A sample of an operation on staff, roles or teams.
    pub async fn staffing(&self, operation: &str) -> Sample {
        let shop = self.shop;
        let mine = || self.empty(&self.client);
        match operation {
            "list_staff" | "list_roles" | "list_teams" | "list_invitations" => mine(),
            "create_staff" => mine().body(json!({ "name": "何平", "phone": phone_number(), "role": "custom", "role_id": self.role().await, "team_id": self.team().await })),
            "change_staff" => mine().at("id", self.colleague().await).version(1).body(json!({ "name": "何平平", "team_id": self.team().await })),
            "choose_role" => mine().at("id", self.colleague().await).version(1).body(json!({ "role": "custom", "role_id": self.role().await })),
            "preview_role_of_staff" => mine().at("id", self.colleague().await).body(json!({ "role": "custom", "role_id": self.role().await })),
            "suspend_staff" | "resume_staff" | "remove_staff" => mine().at("id", self.colleague().await).version(1),
            "preview_handover" => mine().at("id", self.colleague().await),
            "hand_over" => mine().at("id", self.colleague().await).body(json!({ "to_staff_id": self.colleague().await })),
            "get_handover" => {
                let path = format!("/staff/{}/handover", self.colleague().await);
                let handover = self.boss.post(&path, json!({ "to_staff_id": self.colleague().await })).await.ok();
                mine().at("id", text(&handover["id"]))
            }
            "create_invitation" => mine().body(json!({ "name": "何平", "role": "custom", "role_id": self.role().await, "team_id": self.team().await })),
            "take_invitation_back" => mine().at("id", text(&self.invitation().await["id"])),
            "look_at_invitation" => self.empty(&shop.stranger().await).body(json!({ "ticket": self.invitation().await["ticket"] })),
            "accept_invitation" => {
                self.empty(&shop.stranger().await).body(json!({ "ticket": self.invitation().await["ticket"], "name": "何平" }))
            }
            "sign_up" => self.empty(&shop.stranger().await).body(json!({ "business": "远山茶行", "name": "周明", "phone": "0571-88886666" })),
            "create_role" => mine().body(json!({ "name": unique("角色"), "rights": rights() })),
            "change_role" => mine().at("id", self.role().await).version(1).body(json!({ "name": unique("角色"), "rights": rights() })),
            "preview_role" => mine().at("id", self.role().await).body(json!({ "rights": rights() })),
            "delete_role" => mine().at("id", self.role().await).version(1),
            "create_team" => mine().body(json!({ "name": unique("队"), "parent_id": self.team().await, "lead_id": self.colleague().await })),
            "change_team" => mine().at("id", self.team().await).version(1).body(json!({ "name": unique("队"), "parent_id": self.team().await, "lead_id": self.colleague().await })),
            "delete_team" => mine().at("id", self.team().await).version(1),
            "explain_permission" => {
                let (id, staff) = (self.customer().await, self.colleague().await);
                mine().query(format!("resource=customers&id={id}&staff={staff}"))
            }
            "list_staff_sessions" => mine().at("id", self.colleague().await),
            "revoke_staff_session" | "wipe_staff_session" => {
                let (id, client) = self.joined().await;
                let sessions = client.get("/auth/sessions").await.ok();
                mine().at("id", id).at("session_id", text(&sessions["items"][0]["id"]))
            }
            // Rules hold for the whole installation, which tests share: no other test comes from this network.
            "list_networks" => self.empty(&self.operator().await),
            "add_network" => self.empty(&self.vouched().await).body(json!({ "rule": "block", "network": "198.18.7.0/24", "reason": "乱试密码", "hours": 1 })),
            "remove_network" => {
                let operator = self.vouched().await;
                operator.post("/operator/networks", json!({ "rule": "block", "network": "198.18.7.7" })).await.ok();
                self.empty(&operator).query("network=198.18.7.7/32".to_owned())
            }
            // Whoever mistypes it is on the record of the business they work in, so this one works in none.
            "change_password" => {
                let client = shop.newcomer().await.log_in(shop).await;
                self.empty(&client).body(json!({ "present": PASSWORD, "new": "山月茶行的新茶-2026" }))
            }
            "list_businesses" | "list_installation_audit" | "verify_installation_audit" => {
                self.empty(&self.operator().await)
            }
            "get_tenant" | "get_tenant_keys" => self.empty(&self.operator().await).at("tenant_id", self.tenant),
            "rotate_tenant_keys" => {
                let operator = self.vouched().await;
                // A business of its own: a rotation takes its time, and there is one at a time.
                let made = operator.post("/operator/tenants", json!({ "name": "远山茶行" })).await.ok();
                self.empty(&operator).at("tenant_id", made["tenant_id"].clone()).body(json!({ "what": "keys" }))
            }
            "create_business" => self.empty(&self.vouched().await).body(json!({
                "name": "远山茶行", "phone": "0571-88886666", "boss": { "name": "周明", "phone": phone_number() },
            })),
            "change_tenant" => {
                let operator = self.vouched().await;
                let made = operator.post("/operator/tenants", json!({ "name": "远山茶行" })).await.ok();
                let body = json!({ "name": "远山茶业", "phone": null, "suspended": true });
                self.empty(&operator).at("tenant_id", made["tenant_id"].clone()).version(1).body(body)
            }
            _ => panic!("add a sample for {operation} to tests/guards/staffing.rs"),
        }
    }

    /// A sample of an operation on who shares a customer.
    pub async fn sharing(&self, operation: &str) -> Sample {
        let id = self.customer().await;
        let mine = || self.empty(&self.client).at("id", id.clone());
        match operation {
            "list_helpers" => mine(),
            "add_helper" => mine().body(json!({ "staff_id": self.colleague().await, "level": "edit" })),
            "remove_helper" => {
                let staff = self.colleague().await;
                let body = json!({ "staff_id": staff, "level": "read" });
                self.client.post(&format!("/customers/{id}/helpers"), body).await.ok();
                mine().at("staff_id", staff)
            }
            "release_customer" => mine().version(1).body(json!({ "reason": "联系不上" })),
            "claim_customer" => {
                self.release(&id).await;
                mine()
            }
            "assign_customer" => {
                self.release(&id).await;
                mine().body(json!({ "owner_id": self.colleague().await, "reason": "离得近" }))
            }
            "list_pool_moves" => mine(),
            _ => panic!("add a sample for {operation} to tests/guards/staffing.rs"),
        }
    }

    async fn release(&self, id: &str) {
        self.client.post_at(&format!("/customers/{id}/release"), 1, json!({ "reason": "联系不上" })).await.ok();
    }

    /// A sample of an operation on pools.
    pub async fn pooling(&self, operation: &str) -> Sample {
        let mine = || self.empty(&self.client);
        let terms = async || {
            json!({
                "by": "contact", "days": 30, "working_days": true, "types": ["potential", "new"], "tag_ids": [self.tag().await],
                "spare_deals": true, "warn_days": 3,
            })
        };
        match operation {
            "list_pools" | "get_pool_settings" => mine(),
            "create_pool" => mine().body(json!({
                "name": unique("公海"), "everyone": false, "staff_ids": [self.colleague().await], "team_ids": [self.team().await],
                "claims_a_day": 5, "reclaim_days": 7,
            })),
            "change_pool" => mine().at("id", self.pool().await).version(1).body(json!({
                "name": unique("公海"), "everyone": false, "staff_ids": [self.colleague().await], "team_ids": [self.team().await],
                "claims_a_day": 5, "reclaim_days": null,
            })),
            "delete_pool" => mine().at("id", self.pool().await).version(1),
            "change_pool_settings" => {
                let version = self.boss.get("/pool-settings").await.ok()["version"].as_i64().expect("a version");
                mine().version(version).body(json!({
                    "reasons": [{ "text": "联系不上" }], "person_limit": 100_000,
                    "limits": [{ "team_id": self.team().await, "most": 1000 }, { "staff_id": self.colleague().await, "most": 10 }],
                }))
            }
            "list_recycle_rules" => mine().at("id", self.pool().await),
            "create_recycle_rule" => mine().at("id", self.pool().await).body(json!({ "terms": terms().await })),
            "simulate_recycle_rule" => mine().at("id", self.pool().await).body(terms().await),
            "change_recycle_rule" | "delete_recycle_rule" => {
                let pool = self.pool().await;
                let body = json!({ "terms": { "by": "order", "days": 90 } });
                let rule = self.boss.post(&format!("/pools/{pool}/rules"), body).await.ok();
                let sample = mine().at("id", pool).at("rule_id", text(&rule["id"])).version(1);
                if operation == "delete_recycle_rule" {
                    return sample;
                }
                sample.body(json!({ "enabled": true, "terms": terms().await }))
            }
            _ => panic!("add a sample for {operation} to tests/guards/staffing.rs"),
        }
    }

    pub async fn pool(&self) -> String {
        let id = text(&self.boss.post("/pools", json!({ "name": unique("公海") })).await.ok()["id"]);
        // Whoever asks next is looked up anew, with what they see now.
        for client in [&self.boss, &self.client] {
            client.get("/auth/me").await.ok();
        }
        id
    }

    /// A colleague who has not logged in yet, at version 1.
    pub async fn colleague(&self) -> String {
        let body = json!({ "name": "何平", "phone": phone_number(), "role": "sales" });
        text(&self.boss.post("/staff", body).await.ok()["id"])
    }

    /// A colleague who is at work, with their phone.
    async fn joined(&self) -> (String, Client) {
        let number = phone_number();
        let body = json!({ "name": "何平", "phone": number, "role": "sales" });
        let id = text(&self.boss.post("/staff", body).await.ok()["id"]);
        let client = Shop::join(&self.shop.nobody, &self.shop.appid(), &number).await;
        (id, client.act_in(self.tenant).await)
    }

    pub async fn role(&self) -> String {
        text(&self.boss.post("/roles", json!({ "name": unique("角色"), "rights": rights() })).await.ok()["id"])
    }

    pub async fn team(&self) -> String {
        text(&self.boss.post("/teams", json!({ "name": unique("队") })).await.ok()["id"])
    }

    async fn invitation(&self) -> Value {
        self.boss.post("/invitations", json!({ "role": "sales" })).await.ok()
    }

    pub async fn business_version(&self) -> i64 {
        self.boss.get("/business").await.ok()["version"].as_i64().expect("a version")
    }

    /// An operator of the installation, logged in.
    pub async fn operator(&self) -> Client {
        self.shop.caretaker().await.log_in(self.shop).await
    }

    /// Such an operator after the second look.
    pub async fn vouched(&self) -> Client {
        self.shop.vouch(&self.operator().await).await
    }
}
