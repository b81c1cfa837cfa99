//! A request for each operation that succeeds, with rows of its own to work on.

use super::database;
use super::tagging::regulars;
use crate::attachments::{self, PICTURE};
use crate::harness::{Client, Shop, phone_number, text};
use chrono::Duration;
use sea_orm::DatabaseConnection;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

/// A request that succeeds.
#[derive(Clone)]
pub struct Sample {
    /// Who may send it.
    pub client: Client,
    /// What stands in the path.
    pub values: Vec<(&'static str, String)>,
    /// For `If-Match`.
    pub version: Option<i64>,
    pub body: Option<Value>,
    /// What stands behind the question mark, for operations that need something there.
    pub query: Option<String>,
    /// A body that is no JSON.
    pub file: Option<Vec<u8>>,
}

impl Sample {
    /// What stands in the path for a name.
    pub fn value(&self, name: &str) -> String {
        let found = self.values.iter().find(|(known, _)| *known == name);
        found.unwrap_or_else(|| panic!("the sample says nothing for {{{name}}}")).1.clone()
    }

    pub fn at(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    pub fn version(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }

    pub fn query(mut self, query: String) -> Self {
        self.query = Some(query);
        self
    }

    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

/// A table of one customer.
fn table() -> Vec<u8> {
    format!("姓名,手机\n张君宝,{}\n", phone_number()).into_bytes()
}

/// A member of staff at work: what a sample needs is made by them, so that it is theirs to see.
pub struct Desk<'s> {
    pub shop: &'s Shop,
    pub tenant: i64,
    pub client: Client,
    /// Makes the tags, which not everybody may.
    pub boss: Client,
    db: OnceCell<DatabaseConnection>,
}

impl<'s> Desk<'s> {
    pub fn new(shop: &'s Shop, tenant: i64, client: &Client, boss: &Client) -> Self {
        Self { shop, tenant, client: client.clone(), boss: boss.clone(), db: OnceCell::new() }
    }

    pub fn of_boss(shop: &'s Shop) -> Self {
        Self::new(shop, shop.tenant, &shop.boss, &shop.boss)
    }

    pub fn of_sales(shop: &'s Shop) -> Self {
        Self::new(shop, shop.tenant, &shop.sales, &shop.boss)
    }

    /// At another business.
    pub async fn of_neighbour(shop: &'s Shop) -> Self {
        let (tenant, boss) = shop.neighbour().await;
        Self::new(shop, tenant, &boss, &boss)
    }

    /// A request to an operation that succeeds.
    pub async fn sample(&self, operation: &str) -> Sample {
        let shop = self.shop;
        let as_client = |client: &Client| Sample {
            client: client.clone(),
            values: Vec::new(),
            version: None,
            body: None,
            query: None,
            file: None,
        };
        let mine = || as_client(&self.client);
        let now = shop.at.clock().now();
        match operation {
            // Signing in, the customer side, privacy.
            "login_wechat" | "login_password" | "login_second_factor" | "enrol_totp" | "confirm_totp"
            | "challenge_step_up" | "step_up" | "list_sessions" | "revoke_other_sessions" | "revoke_session"
            | "wipe_session" | "refresh_session" | "prove_phone" | "logout" | "get_me" | "switch_side"
            | "welcome" | "list_my_orders" | "list_my_offers" | "get_my_order" | "prove_receipt" | "list_my_consents"
            | "list_account_consents" | "record_consent" | "record_account_consent" | "get_my_data"
            | "ask_about_my_data" | "list_data_requests" | "list_fading_customers" | "answer_data_request" => self.oneself(operation).await,

            // The business.
            "list_audit_entries" | "verify_audit" | "get_business" => mine(),
            "change_password" | "list_installation_audit" | "verify_installation_audit" | "list_networks" | "add_network" | "remove_network" | "get_tenant_keys" | "rotate_tenant_keys" | "list_staff_sessions" | "revoke_staff_session"
            | "wipe_staff_session" => self.staffing(operation).await,
            "change_business" => mine().version(self.business_version().await).body(json!({
                "name": "山月茶行", "phone": "0571-88886666", "customers_idle_days": 0, "requests_days": 0,
            })),
            "list_staff" | "list_roles" | "list_teams" | "list_invitations" | "sign_up" | "list_businesses" | "get_tenant"
            | "list_tenant_staff" | "create_tenant_staff" | "choose_tenant_role" | "suspend_tenant_staff" | "erase_business"
            | "create_business" | "change_tenant" | "create_staff" | "change_staff" | "choose_role" | "suspend_staff"
            | "resume_staff" | "remove_staff" | "preview_handover" | "hand_over" | "get_handover" | "create_invitation"
            | "take_invitation_back" | "look_at_invitation" | "accept_invitation" | "list_offered_places" | "decline_place" | "create_role" | "change_role"
            | "delete_role" | "preview_role" | "preview_role_of_staff" | "create_team" | "change_team" | "delete_team"
            | "explain_permission" => self.staffing(operation).await,

            // Tags, their rules and their follow-up plans.
            "list_tag_groups" | "create_tag_group" | "change_tag_group" | "order_tag_groups" | "order_tags" | "delete_tag_group"
            | "get_tag_group_uses" | "merge_tag_group" | "restore_tag_group"
            | "create_tag" | "change_tag" | "get_tag_uses" | "delete_tag" | "merge_tag" | "restore_tag" | "list_tag_rules"
            | "create_tag_rule" | "preview_tag_rule" | "change_tag_rule" | "delete_tag_rule" | "list_plans" | "create_plan"
            | "get_plan" | "change_plan" | "delete_plan" | "get_plan_uses" | "list_customer_plans" | "stop_customer_plan" => {
                self.tagging(operation).await
            }

            // Offers.
            "list_offers" | "create_offer" | "get_offer" | "change_offer" | "stop_offer" | "delete_offer"
            | "list_customer_offers" | "give_offer" | "move_customer_offer" | "take_offer_back" => self.offering(operation).await,

            // Customers.
            "change_customers" => mine().body(json!({
                "selection": { "ids": [self.customer().await] }, "type": "lost",
                "add_tags": [self.tag().await], "remove_tags": [], "custom": {}, "message": "新茶到了，请回访",
            })),
            "delete_customers" => mine().body(json!({ "selection": { "filter": regulars() } })),
            "upload_import" => {
                Sample { file: Some(table()), ..mine().query("name=客户.csv".to_owned()) }
            }
            "list_imports" | "list_exports" => mine(),
            "get_import" => mine().at("id", Box::pin(self.import()).await),
            "start_import" => {
                let columns = json!([{ "column": 0, "field": "name" }, { "column": 1, "field": "phone" }]);
                mine().at("id", Box::pin(self.import()).await).body(json!({ "columns": columns, "mode": "create" }))
            }
            "cancel_import" => mine().at("id", Box::pin(self.started_import()).await),
            "revert_import" => {
                let id = Box::pin(self.started_import()).await;
                self.boss.post(&format!("/imports/{id}/cancel"), json!({})).await.ok();
                mine().at("id", id)
            }
            "get_import_errors" => mine().at("id", Box::pin(self.import()).await),
            "create_export" => {
                mine().body(json!({ "selection": { "ids": [self.customer().await] }, "format": "csv" }))
            }
            "upload_attachment" => {
                Sample { file: Some(PICTURE.to_vec()), ..mine().query("name=店面.png".to_owned()) }
            }
            "get_attachment" => mine().at("id", self.attachment().await),
            "get_export" => mine().at("id", Box::pin(self.export()).await),
            "create_export_link" => mine().at("id", Box::pin(self.export()).await),
            "get_export_file" => {
                let link = self.boss.post(&format!("/exports/{}/link", Box::pin(self.export()).await), json!({})).await.ok();
                let ticket = text(&link["path"]).rsplit('/').next().expect("a ticket").to_owned();
                as_client(&shop.nobody).at("ticket", ticket)
            }
            "list_bulk_actions" => mine(),
            "get_bulk_action" | "list_bulk_failures" | "cancel_bulk_action" => mine().at("id", self.bulk().await),
            "undo_bulk_action" => {
                let bulk = self.bulk().await;
                self.run_jobs().await;
                mine().at("id", bulk)
            }
            "list_similar_customers" | "scan_duplicates" | "list_scans" | "list_duplicates" | "list_merges" => mine(),
            "ignore_duplicate" => mine().at("id", self.duplicate().await),
            "merge_customers" => mine().at("id", self.customer().await).body(json!({
                "other_id": self.customer().await, "versions": { "this": 1, "other": 1 }, "fields": { "phones": "other" },
            })),
            "get_merge" | "undo_merge" => mine().at("id", self.merge().await),
            "list_views" => mine(),
            "choose_view" => mine().body(json!({ "view": self.view().await })),
            "create_view" => mine().body(json!({ "name": named("杭州老客"), "shared": "team", "filter": regulars() })),
            "change_view" => mine().at("id", self.view().await).version(1).body(json!({
                "name": named("宁波老客"), "shared": "team", "filter": regulars(),
            })),
            "delete_view" => mine().at("id", self.view().await).version(1),
            "list_customers" | "count_customers" => mine(),
            "list_regions" => mine().query("q=hz".to_owned()),
            "list_customer_types" => mine(),
            "create_customer_type" => mine().body(json!({ "name": unique("类") })),
            "change_customer_type" => mine().at("id", self.customer_type().await).version(1).body(json!({ "name": unique("类") })),
            "delete_customer_type" => mine().at("id", self.customer_type().await).version(1),
            "list_relations" | "star_customer" | "unstar_customer" => mine().at("id", self.customer().await),
            "create_relation" => mine().at("id", self.customer().await).body(json!({
                "other_id": self.customer().await, "kind": "family", "note": "表妹",
            })),
            "delete_relation" => {
                let (one, other) = (self.customer().await, self.customer().await);
                let body = json!({ "other_id": other, "kind": "introduced_by" });
                let made = self.client.post(&format!("/customers/{one}/relations"), body).await.ok();
                mine().at("id", one).at("relation_id", text(&made["id"]))
            }
            "reveal_customer_email" | "reveal_customer_wechat" => {
                let body = json!({ "name": "张三", "emails": [{ "email": "z@example.com" }], "wechat_ids": [{ "account": "zhang3" }] });
                mine().at("id", text(&self.client.post("/customers", body).await.ok()["id"])).at("index", 0)
            }
            "reveal_customer_remark" => {
                let body = json!({ "name": "张三", "remark": "不能说的", "remark_secret": true });
                mine().at("id", text(&self.client.post("/customers", body).await.ok()["id"]))
            }
            "reveal_custom_field" => {
                let field = json!({ "label": unique("证"), "kind": "text", "rules": { "secret": true } });
                let key = text(&self.boss.post("/custom-fields", field).await.ok()["key"]);
                let body = json!({ "name": "张三", "custom": { &key: "330106199001011234" } });
                mine().at("id", text(&self.client.post("/customers", body).await.ok()["id"])).at("key", key)
            }
            "list_custom_fields" => mine(),
            "create_custom_field" => mine().body(json!({
                "label": unique("味"), "kind": "choice", "rules": { "choices": [{ "label": "浓" }, { "label": "淡" }] },
            })),
            "change_custom_field" => mine().at("id", self.custom_field().await).version(1).body(json!({
                "label": unique("味"), "rules": { "max": 20 },
            })),
            "order_custom_fields" => mine().body(json!({ "ids": [self.custom_field().await] })),
            "count_custom_field" => mine().at("id", self.custom_field().await),
            "delete_custom_field" => mine().at("id", self.custom_field().await).version(1),
            "create_customer" => mine().body(json!({
                "name": "张三丰", "kind": "company", "type": "existing", "company": "武当茶业", "title": "掌门",
                "phones": [{ "number": phone_number(), "label": "手机" }], "region": "330106", "source": "referral",
                "birthday": "1990-02-28", "remark": "爱喝明前龙井", "emails": [{ "email": "zhang@example.com", "label": "工作" }],
                "wechat_ids": [{ "account": "zhang_sanfeng" }], "address": "龙井路1号", "industry": "F", "size": "under_50", "needs": "每年两斤明前",
                "dates": [{ "label": "生日", "calendar": "lunar", "month": 8, "day": 15, "leap": false, "year": 1990 }], "custom": {}, "owner_id": self.staff_id().await, "tag_ids": [self.tag().await],
            })),
            "get_customer" => mine().at("id", self.customer().await),
            "change_customer" => mine().at("id", self.customer().await).version(1).body(json!({
                "name": "张君宝", "kind": "company", "type": "new", "company": "武当茶业", "title": "掌门",
                "phones": [{ "number": phone_number(), "label": "公司" }], "region": "330106", "source": "wechat",
                "birthday": "1990-02-28", "remark": "改喝普洱", "emails": [{ "email": "zhang@example.com" }], "wechat_ids": [],
                "address": "虎跑路2号", "industry": "H", "size": "under_10", "needs": "普洱茶饼", "dates": [], "custom": {}, "owner_id": self.staff_id().await,
            })),
            "refuse_ads" => mine().at("id", self.customer().await),
            "erase_customer" => mine().at("id", self.customer().await).body(json!({ "reason": "asked" })),
            "delete_customer" => mine().at("id", self.customer().await).version(1),
            "tag_customer" => mine().at("id", self.customer().await).body(json!({ "add": [self.tag().await] })),
            "list_helpers" | "add_helper" | "remove_helper" | "release_customer" | "claim_customer" | "assign_customer"
            | "list_pool_moves" => self.sharing(operation).await,
            "list_pools" | "create_pool" | "change_pool" | "delete_pool" | "get_pool_settings" | "change_pool_settings"
            | "list_recycle_rules" | "create_recycle_rule" | "change_recycle_rule" | "delete_recycle_rule"
            | "simulate_recycle_rule" => self.pooling(operation).await,
            "reveal_customer_phone" => mine().at("id", self.customer().await).at("index", 0),

            // Interactions.
            "list_interactions" => mine().at("id", self.customer().await),
            "create_interaction" => mine().at("id", self.customer().await).body(json!({
                "channel": "visit", "content": "到店品茶，想要两斤龙井", "happened_at": now,
                "next_contact_at": now + Duration::days(3), "next_step": "寄样品",
            })),

            // Tasks and the inbox.
            "list_tasks" | "get_today" | "list_inbox" | "read_all_inbox" | "list_subscriptions" => mine(),
            "create_task" => mine().body(json!({ "customer_id": self.customer().await, "title": "回访", "due_at": now + Duration::days(1) })),
            "finish_task" | "reopen_task" => mine().at("id", self.task().await).version(1),
            "snooze_task" => mine().at("id", self.task().await).version(1).body(json!({ "until": now + Duration::days(2) })),
            "read_inbox_item" => mine().at("id", self.inbox_item().await),

            "list_opportunities" | "create_opportunity" | "get_opportunity" | "change_opportunity" | "move_opportunity"
            | "delete_opportunity" => self.opportunities(operation).await,

            // Orders.
            "list_orders" => mine(),
            "create_order" => mine().body(order_of(&self.customer().await, &phone_number())),
            "get_order" | "reveal_order_phone" | "create_receipt_code" => mine().at("id", self.order(&phone_number()).await),
            "change_order" => mine().at("id", self.order(&phone_number()).await).version(1).body(json!({
                "receiver": "李四", "phone": phone_number(), "address": "浙江省杭州市西湖区龙井路1号", "remark": "周末送",
            })),
            "move_order" => mine().at("id", self.order(&phone_number()).await).version(1).body(json!({
                "event": "ship", "carrier": "顺丰速运", "tracking_number": "SF1234567890", "note": "已装箱",
            })),

            "export_customer" => mine().at("id", self.customer().await),
            _ => panic!("add a sample for {operation} to tests/guards/samples.rs"),
        }
    }

    async fn staff_id(&self) -> Value {
        self.client.get("/auth/me").await.ok()["staff"]["id"].take()
    }

    pub async fn group(&self) -> String {
        text(&self.boss.post("/tag-groups", json!({ "name": unique("口味") })).await.ok()["id"])
    }

    /// Two customers with one phone, found by a scan.
    async fn duplicate(&self) -> String {
        let (_, number) = self.customer_with_number().await;
        let body = json!({ "name": "李四", "phones": [{ "number": phone_number() }, { "number": number }] });
        let twin = text(&self.client.post("/customers", body).await.ok()["id"]);
        self.boss.post("/duplicates/scan", json!({})).await.ok();
        while api::run_due(&self.shop.at, self.tenant).await.expect("jobs run") > 0 {}
        let found = self.boss.get(&format!("/duplicates?customer_id={twin}")).await.ok();
        text(&found["items"][0]["id"])
    }

    async fn merge(&self) -> String {
        let body = json!({ "other_id": self.customer().await, "versions": { "this": 1, "other": 1 } });
        text(&self.boss.post(&format!("/customers/{}/merge", self.customer().await), body).await.ok()["id"])
    }

    async fn bulk(&self) -> String {
        let body = json!({ "selection": { "ids": [self.customer().await] }, "type": "lost" });
        text(&self.client.post("/customers/bulk", body).await.ok()["id"])
    }

    /// A file that the boss sent.
    async fn import(&self) -> String {
        let request = self.boss.request(reqwest::Method::POST, "/imports?name=客户.csv").body(table());
        text(&self.boss.send(request).await.ok()["id"])
    }

    async fn started_import(&self) -> String {
        let id = Box::pin(self.import()).await;
        let body = json!({ "columns": [{ "column": 0, "field": "name" }], "mode": "create" });
        self.boss.post(&format!("/imports/{id}/start"), body).await.ok();
        id
    }

    /// An export of the boss's that has ended.
    async fn export(&self) -> String {
        let body = json!({ "selection": { "filter": {} }, "format": "csv", "columns": ["name"] });
        let id = text(&self.boss.post("/exports", body).await.ok()["id"]);
        while Box::pin(api::run_due(&self.shop.at, self.tenant)).await.expect("jobs run") > 0 {}
        id
    }

    async fn view(&self) -> String {
        text(
            &self.client.post("/customer-views", json!({ "name": named("老客"), "filter": regulars() })).await.ok()["id"],
        )
    }

    pub async fn tag(&self) -> String {
        let group = self.group().await;
        text(&self.boss.post("/tags", json!({ "group_id": group, "name": "爱喝绿茶" })).await.ok()["id"])
    }

    pub async fn customer_type(&self) -> String {
        text(&self.boss.post("/customer-types", json!({ "name": unique("类") })).await.ok()["id"])
    }

    pub async fn custom_field(&self) -> String {
        text(&self.boss.post("/custom-fields", json!({ "label": unique("味"), "kind": "text" })).await.ok()["id"])
    }

    /// A file that hangs on a customer.
    async fn attachment(&self) -> String {
        let field = self.boss.post("/custom-fields", json!({ "label": unique("证"), "kind": "file" })).await.ok();
        let id = attachments::picture(&self.client).await;
        let custom = json!({ text(&field["key"]): [id] });
        self.client.post("/customers", json!({ "name": "张三", "custom": custom })).await.ok();
        id
    }

    pub async fn customer(&self) -> String {
        self.customer_with_number().await.0
    }

    pub async fn customer_with_number(&self) -> (String, String) {
        let number = phone_number();
        let body = json!({ "name": "张三", "phones": [{ "number": number }] });
        (text(&self.client.post("/customers", body).await.ok()["id"]), number)
    }

    pub async fn task(&self) -> String {
        let now = self.shop.at.clock().now();
        let body = json!({ "customer_id": self.customer().await, "title": "回访", "due_at": now });
        text(&self.client.post("/tasks", body).await.ok()["id"])
    }

    /// A task that is due has been reminded of.
    pub async fn inbox_item(&self) -> String {
        let task = self.task().await;
        self.run_jobs().await;
        let inbox = self.client.get("/inbox?limit=100").await.ok();
        let item = inbox["items"].as_array().expect("items").iter().find(|item| item["task_id"] == task.as_str());
        text(&item.expect("the reminder")["id"])
    }

    pub async fn run_jobs(&self) {
        while api::run_due(&self.shop.at, self.tenant).await.expect("jobs run") > 0 {}
    }

    pub async fn order(&self, number: &str) -> String {
        text(&self.client.post("/orders", order_of(&self.customer().await, number)).await.ok()["id"])
    }

    /// Everything there is of the business: what its boss can read, and how many rows each table has.
    pub async fn snapshot(&self) -> Value {
        let mut all = serde_json::Map::new();
        for path in ["/customers", "/tasks", "/orders", "/offers", "/audit", "/inbox"] {
            all.insert(path.to_owned(), pages(&self.boss, path).await.into());
        }
        for path in [
            "/tag-groups",
            "/staff",
            "/roles",
            "/teams",
            "/invitations",
            "/business",
            "/custom-fields",
            "/customer-types",
            "/tag-rules",
            "/plans",
            "/pools",
            "/pool-settings",
        ] {
            all.insert(path.to_owned(), self.boss.get(path).await.ok());
        }
        let ids = |all: &serde_json::Map<String, Value>, path: &str| -> Vec<String> {
            all[path].as_array().expect("rows").iter().map(|row| text(&row["id"])).collect()
        };
        for id in ids(&all, "/orders") {
            let path = format!("/orders/{id}");
            all.insert(path.clone(), self.boss.get(&path).await.ok());
        }
        for id in ids(&all, "/customers") {
            let path = format!("/customers/{id}");
            all.insert(path.clone(), self.boss.get(&path).await.ok());
            let relations = format!("{path}/relations");
            all.insert(relations.clone(), self.boss.get(&relations).await.ok());
            let path = format!("{path}/interactions");
            all.insert(path.clone(), pages(&self.boss, &path).await.into());
        }
        let db = self.db.get_or_init(|| database::open(self.shop)).await;
        all.insert("rows".to_owned(), json!(database::count(db, self.tenant).await));
        all.into()
    }
}

/// All rows of a list, page by page. The path may have a query.
pub async fn pages(client: &Client, path: &str) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    let join = if path.contains('?') { '&' } else { '?' };
    loop {
        let mut page = client.get(&format!("{path}{join}limit=100{cursor}")).await.ok();
        rows.append(page["items"].as_array_mut().expect("items"));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

fn order_of(customer: &str, number: &str) -> Value {
    json!({
        "customer_id": customer, "receiver": "张三", "phone": number, "address": "浙江省杭州市西湖区龙井路1号",
        "lines": [{ "name": "明前龙井", "quantity": 2, "unit_price_fen": 12_800 }], "remark": "送礼盒",
    })
}

/// A name that nothing else has.
pub fn unique(word: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{word}{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// What a business was is what it is; if not, says which parts of it are not.
pub fn unchanged(before: &Value, after: &Value) {
    let paths = [before, after].into_iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys);
    let changed: Vec<&String> = paths.filter(|path| before.get(path) != after.get(path)).collect();
    assert!(changed.is_empty(), "{changed:?}");
}

/// No two views of one's own have the same name.
fn named(name: &str) -> String {
    format!("{name}{}", phone_number())
}
