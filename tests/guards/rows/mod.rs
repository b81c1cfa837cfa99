//! Who sees which rows: every operation that reads, for everybody who may ask, against an oracle that
//! knows only who made what (`world.rs`), with own, team's, shared, pooled and foreign rows for every role.

mod filters;
mod offering;
mod world;

use super::document::{Access, Operation, operations};
use super::samples::Desk;
use crate::harness::{Answer, Client, Shop, phone_number, text};
use domain::permission::{FieldRule, Permission, Reach, Resource};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use world::{Asker, Known, World, world};

/// The values of a field in all pages of a list; no row comes twice.
async fn listed(client: &Client, path: &str, field: &str) -> BTreeSet<String> {
    let (mut found, mut cursor) = (BTreeSet::new(), String::new());
    let join = if path.contains('?') { '&' } else { '?' };
    loop {
        let page = client.get(&format!("{path}{join}limit=3{cursor}")).await.ok();
        for row in page["items"].as_array().expect("items") {
            assert!(found.insert(text(&row[field])), "{path} shows {row} twice");
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

fn items(answer: &Value, field: &str) -> BTreeSet<String> {
    answer["items"].as_array().expect("items").iter().map(|row| text(&row[field])).collect()
}

/// The parameter of a filter: all of these, each of which is any of its tests.
fn filter(all: &[Vec<Value>]) -> String {
    let clauses: Vec<Value> = all.iter().map(|tests| json!({ "any": tests })).collect();
    format!("filter={}", json!({ "all": clauses }))
}

impl World {
    /// Customers that the asker sees and that meet a condition.
    fn seen(&self, asker: &Asker, also: impl Fn(&Known) -> bool) -> BTreeSet<String> {
        self.customers.iter().filter(|known| asker.sees(known) && also(known)).map(|known| known.id.clone()).collect()
    }

    /// Checks what one member of staff is shown by one operation.
    async fn check(&self, operation: &Operation, asker: &Asker) {
        let (who, client) = (asker.who, &asker.client);
        if let Access::Can(name) = &operation.access
            && !asker.can(Permission::parse(name).expect("a permission"))
        {
            let path = operation.filled(|_| self.customers[0].id.clone());
            client.get(&path).await.problem(403, "forbidden");
            return;
        }
        let of = |tables: &[(i64, BTreeSet<String>)]| {
            tables.iter().find(|(tenant, _)| *tenant == asker.tenant).map(|(_, ids)| ids.clone())
        };
        match operation.id.as_str() {
            "list_customers" => {
                for (query, expected) in self.filters(asker) {
                    assert_eq!(listed(client, &format!("/customers?{query}"), "id").await, expected, "{who}: {query}");
                }
                for row in super::samples::pages(client, "/customers").await {
                    self.masked(asker, &row);
                }
            }
            "count_customers" => {
                for (query, expected) in self.filters(asker) {
                    let count = client.get(&format!("/customers/count?{query}")).await.ok();
                    assert_eq!(count, json!({ "count": expected.len(), "capped": false }), "{who}: {query}");
                }
            }
            "get_customer" => {
                for known in &self.customers {
                    let answer = client.get(&format!("/customers/{}", known.id)).await;
                    if answer.status == 200 {
                        self.masked(asker, &answer.body);
                    }
                    found(answer, asker.sees(known), &known.id, &format!("{who}: {}", known.name));
                }
            }
            "list_helpers" => {
                for known in &self.customers {
                    let answer = client.get(&format!("/customers/{}/helpers", known.id)).await;
                    if asker.sees(known) {
                        assert_eq!(items(&answer.ok(), "staff_id"), known.helpers, "{who}: {}", known.name);
                    } else {
                        answer.problem(404, "not_found");
                    }
                }
            }
            "list_interactions" => {
                for known in &self.customers {
                    let answer = client.get(&format!("/customers/{}/interactions", known.id)).await;
                    let name = format!("{who}: {}", known.name);
                    if asker.sees(known) {
                        let theirs = asker.sees_interactions(known).then(|| known.interaction.clone());
                        assert_eq!(items(&answer.ok(), "id"), theirs.into_iter().collect(), "{name}");
                    } else {
                        answer.problem(404, "not_found");
                    }
                }
            }
            "list_tasks" => {
                let tasks = |of: Option<&str>| -> BTreeSet<String> {
                    let customers = self.customers.iter().filter(|known| of.is_none_or(|id| known.id == id));
                    let pairs = customers
                        .flat_map(|known| known.tasks.iter().map(move |(task, assignee)| (known, task, assignee)));
                    pairs
                        .filter(|(known, _, assignee)| asker.sees_task(known, assignee))
                        .map(|(_, task, _)| task.clone())
                        .collect()
                };
                assert_eq!(listed(client, "/tasks", "id").await, tasks(None), "{who}");
                assert_eq!(listed(client, "/tasks?status=open", "id").await, tasks(None), "{who}");
                assert_eq!(listed(client, "/tasks?status=done", "id").await, BTreeSet::new(), "{who}");
                for known in &self.customers {
                    let path = format!("/tasks?customer_id={}", known.id);
                    assert_eq!(listed(client, &path, "id").await, tasks(Some(&known.id)), "{who}: {}", known.name);
                }
            }
            "get_today" => {
                let today = client.get("/today").await.ok();
                let own = self
                    .customers
                    .iter()
                    .filter(|known| known.tenant == asker.tenant && !known.gone)
                    .flat_map(|known| &known.tasks);
                let own: BTreeSet<String> =
                    own.filter(|(_, assignee)| *assignee == asker.staff_id).map(|(task, _)| task.clone()).collect();
                assert_eq!(items(&today, "id"), own, "{who}");
                let shown = |permission, count: usize| if asker.can(permission) { json!(count) } else { Value::Null };
                let new = shown(Permission::CustomersRead, self.seen(asker, |_| true).len());
                assert_eq!(today["counts"]["new_customers"], new, "{who}");
                let to_ship = self.customers.iter().filter(|known| asker.sees_order(known)).count();
                assert_eq!(today["counts"]["to_ship"], shown(Permission::OrdersRead, to_ship), "{who}");
            }
            "list_inbox" => {
                // What one was reminded of is one's own, and stays when the customer is gone.
                let own =
                    self.customers.iter().filter(|known| known.tenant == asker.tenant).flat_map(|known| &known.tasks);
                let own =
                    own.filter(|(_, assignee)| *assignee == asker.staff_id).map(|(task, _)| task.clone()).collect();
                assert_eq!(listed(client, "/inbox", "task_id").await, own, "{who}");
            }
            "list_opportunities" => {
                let deals = |of: Option<&str>| -> BTreeSet<String> {
                    let customers = self.customers.iter().filter(|known| of.is_none_or(|id| known.id == id));
                    customers
                        .filter(|known| asker.sees_opportunity(known))
                        .map(|known| known.opportunity.clone())
                        .collect()
                };
                for path in ["/opportunities", "/opportunities?state=open", "/opportunities?stage=needs"] {
                    assert_eq!(listed(client, path, "id").await, deals(None), "{who}: {path}");
                }
                assert_eq!(listed(client, "/opportunities?state=won", "id").await, BTreeSet::new(), "{who}");
                for row in super::samples::pages(client, "/opportunities").await {
                    assert_eq!(row["amount_fen"].is_null(), !asker.rights.fields.amounts.opens(), "{who}");
                }
                for known in &self.customers {
                    let path = format!("/opportunities?customer_id={}", known.id);
                    assert_eq!(listed(client, &path, "id").await, deals(Some(&known.id)), "{who}: {}", known.name);
                }
            }
            "get_opportunity" => {
                for known in &self.customers {
                    let answer = client.get(&format!("/opportunities/{}", known.opportunity)).await;
                    found(answer, asker.sees_opportunity(known), &known.opportunity, &format!("{who}: {}", known.name));
                }
            }
            "list_orders" => {
                let orders = |of: Option<&str>| -> BTreeSet<String> {
                    let customers = self.customers.iter().filter(|known| of.is_none_or(|id| known.id == id));
                    customers.filter(|known| asker.sees_order(known)).map(|known| known.order.clone()).collect()
                };
                assert_eq!(listed(client, "/orders", "id").await, orders(None), "{who}");
                assert_eq!(listed(client, "/orders?status=placed", "id").await, orders(None), "{who}");
                for row in super::samples::pages(client, "/orders").await {
                    assert_eq!(row["total_fen"].is_null(), !asker.rights.fields.amounts.opens(), "{who}");
                }
                for known in &self.customers {
                    let path = format!("/orders?customer_id={}", known.id);
                    assert_eq!(listed(client, &path, "id").await, orders(Some(&known.id)), "{who}: {}", known.name);
                }
            }
            "get_order" => {
                for known in &self.customers {
                    let answer = client.get(&format!("/orders/{}", known.order)).await;
                    if answer.status == 200 {
                        let fields = asker.rights.fields;
                        let (order, hidden) = (&answer.body, !fields.amounts.opens());
                        for amount in
                            [&order["total_fen"], &order["lines"][0]["total_fen"], &order["lines"][0]["unit_price_fen"]]
                        {
                            assert_eq!(amount.is_null(), hidden, "{who}: {order}");
                        }
                        assert_eq!(order["phone_masked"].is_null(), fields.phones == FieldRule::Hide, "{who}: {order}");
                    }
                    found(answer, asker.sees_order(known), &known.order, &format!("{who}: {}", known.name));
                }
            }
            "list_audit_entries" => {
                // Every customer of the business was written down, and nothing of another's was.
                for known in &self.customers {
                    let entries = listed(client, &format!("/audit?resource_id={}", known.id), "id").await;
                    assert_eq!(entries.is_empty(), known.tenant != asker.tenant, "{who}: {}", known.name);
                }
                let about = self.customers.iter().filter(|known| known.tenant == asker.tenant);
                let about = about.flat_map(|known| {
                    [&known.id, &known.interaction, &known.order, &known.opportunity, &known.offer, &known.given]
                        .into_iter()
                        .chain(known.tasks.iter().map(|(task, _)| task))
                });
                let tags = of(&self.tags).expect("tags");
                let ours: BTreeSet<&String> = about.chain(&tags).collect();
                let mut kinds = BTreeSet::new();
                for entry in super::samples::pages(client, "/audit").await {
                    let known = matches!(
                        entry["resource"].as_str(),
                        Some(
                            "tag_group"
                                | "reminder"
                                | "staff"
                                | "role"
                                | "team"
                                | "pool"
                                | "session"
                                | "keys"
                                | "audit"
                                | "business"
                                | "custom_field"
                        )
                    );
                    assert!(known || ours.contains(&text(&entry["resource_id"])), "{who}: {entry}");
                    kinds.insert(text(&entry["resource"]));
                }
                assert!(kinds.len() >= 5, "{who}: {kinds:?}");
            }
            "verify_audit" => {
                assert_eq!(client.get("/audit/verify").await.ok()["tenant_id"], asker.tenant, "{who}");
            }
            "list_staff" => assert_eq!(Some(items(&client.get("/staff").await.ok(), "id")), of(&self.staff), "{who}"),
            "list_tag_groups" => {
                let groups = client.get("/tag-groups").await.ok();
                let tags = groups["items"]
                    .as_array()
                    .expect("groups")
                    .iter()
                    .flat_map(|group| group["tags"].as_array().expect("tags"));
                assert_eq!(Some(tags.map(|tag| text(&tag["id"])).collect()), of(&self.tags), "{who}");
            }
            "list_tag_rules" => {
                assert_eq!(items(&client.get("/tag-rules").await.ok(), "id"), BTreeSet::new(), "{who}");
            }
            "get_tag_group_uses" => {
                let groups = client.get("/tag-groups").await.ok();
                for group in groups["items"].as_array().expect("groups") {
                    let uses = client.get(&format!("/tag-groups/{}/uses", text(&group["id"]))).await.ok();
                    assert_eq!(uses["tags"], group["tags"].as_array().map_or(0, Vec::len), "{who}");
                }
            }
            "list_plans" | "get_plan" | "get_plan_uses" => {
                assert_eq!(items(&client.get("/plans").await.ok(), "id"), BTreeSet::new(), "{who}");
            }
            "list_offers" | "get_offer" | "list_customer_offers" => self.offered(asker, &operation.id).await,
            "list_customer_plans" => {
                for known in &self.customers {
                    let answer = client.get(&format!("/customers/{}/plans", known.id)).await;
                    assert_eq!(answer.status, if asker.sees(known) { 200 } else { 404 }, "{who}: {}", known.name);
                }
            }
            "get_tag_uses" => {
                for tag in self.tags.iter().flat_map(|(_, tags)| tags) {
                    let answer = client.get(&format!("/tags/{tag}/uses")).await;
                    if !of(&self.tags).expect("tags").contains(tag) {
                        answer.problem(404, "not_found");
                        continue;
                    }
                    // Whoever may delete it is told of everybody who has it, whoever sees them.
                    let have = |known: &&Known| known.tenant == asker.tenant && !known.gone && known.tags.contains(tag);
                    assert_eq!(answer.ok()["customers"], self.customers.iter().filter(have).count(), "{who}");
                }
            }
            "list_bulk_actions" | "get_bulk_action" | "list_bulk_failures" => {
                assert_eq!(items(&client.get("/customers/bulk").await.ok(), "id"), BTreeSet::new(), "{who}");
            }
            "list_pools" => {
                let here = self.pools.iter().filter(|_| asker.tenant == self.shop.tenant);
                let theirs =
                    here.filter(|(_, members)| asker.can(Permission::PoolsWrite) || asker.enters(members.as_ref()));
                let theirs = theirs.map(|(id, _)| id.clone()).collect();
                assert_eq!(items(&client.get("/pools").await.ok(), "id"), theirs, "{who}");
            }
            "get_pool_settings" => assert_eq!(client.get("/pool-settings").await.ok()["version"], 0, "{who}"),
            "list_recycle_rules" => {
                for (id, _) in &self.pools {
                    let answer = client.get(&format!("/pools/{id}/rules")).await;
                    assert_eq!(answer.status, if asker.tenant == self.shop.tenant { 200 } else { 404 }, "{who}");
                }
            }
            "list_pool_moves" => {
                for known in &self.customers {
                    let answer = client.get(&format!("/customers/{}/pool-moves", known.id)).await;
                    if asker.sees(known) {
                        let told = answer.ok()["items"].as_array().map(Vec::len);
                        assert_eq!(told, Some(usize::from(known.pooled)), "{who}: {}", known.name);
                    } else {
                        answer.problem(404, "not_found");
                    }
                }
            }
            "list_imports" | "get_import" | "get_import_errors" => {
                assert_eq!(items(&client.get("/imports").await.ok(), "id"), BTreeSet::new(), "{who}");
            }
            "get_export_file" => drop(client.get("/export-files/1-2-3").await.problem(404, "not_found")),
            "list_exports" | "get_export" => {
                assert_eq!(items(&client.get("/exports").await.ok(), "id"), BTreeSet::new(), "{who}");
            }
            "list_regions" => {
                assert_eq!(client.get("/regions").await.ok()["items"].as_array().map(Vec::len), Some(34), "{who}");
            }
            "list_customer_types" => {
                let types = items(&client.get("/customer-types").await.ok(), "code");
                assert_eq!(types.len(), 4, "{who}: {types:?}");
            }
            "list_relations" => {
                for known in &self.customers {
                    let answer = client.get(&format!("/customers/{}/relations", known.id)).await;
                    if asker.sees(known) {
                        // Whoever does not see the other one does not see that they know each other.
                        let other = self.customers.iter().find(|other| known.relative == other.id);
                        let seen = other.filter(|other| asker.sees(other)).map(|other| other.id.clone());
                        assert_eq!(
                            items(&answer.ok(), "other_id"),
                            seen.into_iter().collect(),
                            "{who}: {}",
                            known.name
                        );
                    } else {
                        answer.problem(404, "not_found");
                    }
                }
            }
            "list_custom_fields" => {
                let fields = client.get("/custom-fields").await.ok();
                assert_eq!(items(&fields, "key"), BTreeSet::from(["scan".to_owned()]), "{who}: {fields}");
            }
            "get_attachment" => {
                for known in &self.customers {
                    let answer = client.get(&format!("/attachments/{}", known.file)).await;
                    match asker.sees(known) {
                        // Whoever looks through the pool sees that there is one.
                        true if known.pooled && asker.rights.reach(Resource::Customers) != Reach::All => {
                            drop(answer.problem(403, "row_read_only"))
                        }
                        sees => assert_eq!(answer.status, if sees { 200 } else { 404 }, "{who}: {}", known.name),
                    }
                }
            }
            "count_custom_field" => {
                let path = format!("/custom-fields/{}/count", self.customers[0].id);
                client.get(&path).await.problem(404, "not_found");
            }
            "list_similar_customers" => {
                for wanted in self.customers.iter().filter(|known| !known.gone) {
                    let (phones, ours) = (asker.rights.fields.phones, wanted.tenant == asker.tenant);
                    let found = client.get(&format!("/customers/similar?phone={}", wanted.number)).await.ok();
                    let found = &found["items"];
                    if !ours || !phones.opens() {
                        assert_eq!(found, &json!([]), "{who}");
                        continue;
                    }
                    // Its id is for whoever sees it, its name for nobody.
                    let id = asker.sees(wanted).then_some(wanted.id.as_str());
                    assert_eq!((found[0]["id"].as_str(), &found[0]["like"]), (id, &json!("phone")), "{who}");
                    assert!(!found.to_string().contains(&wanted.name), "{who}");
                }
            }
            // Nothing was scanned or merged here: tests/duplicates.rs and tests/merge.rs say who sees what.
            "list_duplicates" | "list_scans" | "list_merges" => {
                let path = operation.filled(|_| unreachable!("a list has no id"));
                assert_eq!(client.get(&path).await.ok()["items"], json!([]), "{who}");
            }
            "get_merge" => {
                client.get(&format!("/merges/{}", self.customers[0].id)).await.problem(404, "not_found");
            }
            "list_views" => {
                assert_eq!(items(&client.get("/customer-views").await.ok(), "id"), BTreeSet::new(), "{who}");
            }
            "list_teams" => assert_eq!(Some(items(&client.get("/teams").await.ok(), "id")), of(&self.teams), "{who}"),
            "list_roles" => {
                let roles = client.get("/roles").await.ok();
                let own =
                    roles["items"].as_array().expect("roles").iter().filter(|role| role["role"] == "custom").count();
                assert_eq!(own, usize::from(asker.tenant == self.shop.tenant), "{who}");
            }
            "list_invitations" => assert_eq!(client.get("/invitations").await.ok()["items"], json!([]), "{who}"),
            "get_business" => assert_eq!(client.get("/business").await.ok()["tenant_id"], asker.tenant, "{who}"),
            "preview_handover" => {
                for other in &self.askers {
                    let answer = client.get(&format!("/staff/{}/handover", other.staff_id)).await;
                    assert_eq!(
                        answer.status,
                        if other.tenant == asker.tenant { 200 } else { 404 },
                        "{who}: {}",
                        answer.body
                    );
                    if answer.status == 200 {
                        let live = self.customers.iter().filter(|known| known.tenant == asker.tenant && !known.gone);
                        let owned = live.filter(|known| known.owner == other.staff_id).count();
                        assert_eq!(answer.body["customers"]["count"], owned, "{who}");
                    }
                }
            }
            "get_handover" => {
                let answer = client.get(&format!("/handovers/{}", self.handover)).await;
                found(answer, asker.tenant == self.shop.tenant, &self.handover, who);
            }
            "explain_permission" => self.explained(asker).await,
            "list_staff_sessions" => {
                for other in &self.askers {
                    let answer = client.get(&format!("/staff/{}/sessions", other.staff_id)).await;
                    assert_eq!(answer.status, if other.tenant == asker.tenant { 200 } else { 404 }, "{who}");
                }
            }
            "list_businesses"
            | "get_tenant"
            | "list_networks"
            | "list_tenant_staff"
            | "get_tenant_keys"
            | "list_installation_audit"
            | "verify_installation_audit" => {
                let path = operation.filled(|_| asker.tenant.to_string());
                client.get(&path).await.problem(403, "operators_only");
            }
            "list_subscriptions" => {
                assert_eq!(client.get("/subscriptions").await.ok()["items"][0]["credit"], 0, "{who}")
            }
            "list_sessions" => assert_eq!(items(&client.get("/auth/sessions").await.ok(), "id").len(), 1, "{who}"),
            "list_account_consents" => assert_eq!(client.get("/auth/consents").await.ok()["items"], json!([]), "{who}"),
            "list_offered_places" => {
                assert_eq!(client.get("/auth/invitations").await.ok()["items"], json!([]), "{who}")
            }
            // Nobody here is idle yet: tests/privacy.rs says who sees whom.
            "list_fading_customers" => {
                assert_eq!(client.get("/privacy/retention").await.ok()["items"], json!([]), "{who}")
            }
            "get_me" => assert_eq!(client.get("/auth/me").await.ok()["staff"]["id"], asker.staff_id.as_str(), "{who}"),
            "welcome" => assert!(client.get("/welcome").await.ok()["businesses"].is_u64(), "{who}"),
            "list_data_requests" => {
                let known = self.customers.iter().find(|known| known.tenant == asker.tenant).expect("a customer");
                let path = format!("/me/businesses/{}/records/{}/requests", known.tenant, known.id);
                let person = self.shop.customer(&known.number).await;
                person.post(&path, json!({ "kind": "correct", "text": "姓名不对" })).await.ok();
                let listed = listed(client, "/privacy/requests", "customer_id").await;
                assert_eq!(listed, BTreeSet::from([known.id.clone()]), "{who}");
            }
            "export_customer" => {
                for known in &self.customers {
                    let answer = client.get(&format!("/customers/{}/export", known.id)).await;
                    found(answer, asker.keeps(known), &known.id, &format!("{who}: {}", known.name));
                }
            }
            "list_my_orders" | "list_my_offers" | "get_my_order" | "list_my_consents" | "get_my_data" => {
                let path = operation.filled(|name| {
                    if name == "id" { self.customers[0].order.clone() } else { asker.tenant.to_string() }
                });
                client.get(&path).await.problem(403, "side_wrong");
            }
            other => panic!("say in tests/guards/rows.rs who sees what {other} shows"),
        }
    }

    /// Whether phones and e-mails of a customer are shown as the asker's rights say.
    fn masked(&self, asker: &Asker, row: &Value) {
        let (who, hidden) = (asker.who, asker.rights.fields.phones == FieldRule::Hide);
        assert_eq!(row["phone_masked"].is_null(), hidden, "{who}: {row}");
        let known = self.customers.iter().find(|known| row["id"] == known.id.as_str()).expect("a customer");
        for secret in [known.number.as_str(), world::SECRET] {
            assert!(!row.to_string().contains(secret), "{who}: {row}");
        }
        if let Some(emails) = row.get("emails") {
            let shown = !known.email.is_empty() && asker.rights.fields.emails() != FieldRule::Hide;
            assert_eq!(emails.as_array().map(Vec::len), Some(usize::from(shown)), "{who}: {row}");
            assert!(known.email.is_empty() || !row.to_string().contains(&known.email), "{who}: {row}");
        }
        if let Some(remark) = row.get("remark") {
            let seen = if hidden { (&Value::Null, &json!(false)) } else { (&json!("******"), &json!(true)) };
            assert_eq!((remark, &row["remark_secret"]), seen, "{who}: {row}");
        }
        assert_eq!(row["starred"], known.stars.contains(&asker.staff_id), "{who}: {row}");
        assert_eq!(row["owner_id"].is_null(), known.pooled, "{who}: {row}");
    }

    /// What is explained about a colleague is what that colleague sees.
    async fn explained(&self, asker: &Asker) {
        for about in self.askers.iter().filter(|about| about.tenant == asker.tenant) {
            for known in self.customers.iter().filter(|known| known.tenant == asker.tenant) {
                let task = &known.tasks[0];
                let rows = [
                    ("customers", &known.id, Permission::CustomersRead, about.sees(known), !known.gone),
                    ("orders", &known.order, Permission::OrdersRead, about.sees_order(known), true),
                    ("tasks", &task.0, Permission::TasksRead, about.sees_task(known, &task.1), !known.gone),
                ];
                // A task of a deleted customer is out of everybody's sight.
                for (resource, id, read, sees, there) in rows.into_iter().filter(|row| row.4) {
                    let path = format!("/permissions/explain?resource={resource}&id={id}&staff={}", about.staff_id);
                    let answer = asker.client.get(&path).await.ok();
                    let expected = there && about.can(read) && sees;
                    assert_eq!(answer["may_read"], expected, "{} and {}: {resource} {answer}", about.who, known.name);
                    assert!(!answer["reasons"].as_array().expect("reasons").is_empty());
                }
            }
        }
    }

    /// Checks what the customer side is shown by one operation.
    async fn check_customer_side(&self, operation: &Operation, client: &Client, bought: &BTreeSet<String>) {
        match operation.id.as_str() {
            "list_my_orders" => assert_eq!(listed(client, "/me/orders", "id").await, *bought),
            "get_my_order" => {
                for known in &self.customers {
                    for tenant in [&self.askers[0], &self.askers[8]].map(|asker| asker.tenant) {
                        let answer = client.get(&format!("/me/businesses/{tenant}/orders/{}", known.order)).await;
                        let mine = bought.contains(&known.order) && tenant == known.tenant;
                        found(answer, mine, &known.order, &known.name);
                    }
                }
            }
            "get_export_file" => drop(client.get("/export-files/1-2-3").await.problem(404, "not_found")),
            "list_my_consents" => assert_eq!(client.get("/me/consents").await.ok()["items"], json!([])),
            "list_account_consents" => assert_eq!(client.get("/auth/consents").await.ok()["items"], json!([])),
            "list_offered_places" => assert_eq!(client.get("/auth/invitations").await.ok()["items"], json!([])),
            // The buyer's number is on orders, and on no customer's record.
            "list_my_offers" => assert_eq!(client.get("/me/offers").await.ok()["items"], json!([])),
            "get_my_data" => assert_eq!(client.get("/me/data").await.ok()["records"], json!([])),
            "list_sessions" => assert_eq!(items(&client.get("/auth/sessions").await.ok(), "id").len(), 1),
            "get_me" => assert_eq!(client.get("/auth/me").await.ok()["staff"], Value::Null),
            "welcome" => drop(client.get("/welcome").await.ok()),
            _ => {
                let path = operation.filled(|_| self.customers[0].id.clone());
                match operation.access {
                    Access::Can(_) => client.get(&path).await.problem(403, "side_wrong"),
                    Access::Operator => client.get(&path).await.problem(403, "operators_only"),
                    _ => panic!("{} is for everybody?", operation.id),
                };
            }
        }
    }
}

#[track_caller]
fn found(answer: Answer, sees: bool, id: &str, name: &str) {
    if sees {
        assert_eq!(answer.status, 200, "{name}: {}", answer.body);
        assert_eq!(answer.body["id"], id, "{name}");
    } else {
        assert_eq!(answer.status, 404, "{name}: {}", answer.body);
    }
}

#[actix_web::test]
async fn everybody_reads_exactly_the_rows_that_are_theirs() {
    let world = world().await;
    let stranger = world.shop.stranger().await;
    for operation in operations(&world.shop).await.iter().filter(|operation| operation.method == "GET") {
        for asker in &world.askers {
            world.check(operation, asker).await;
        }
        world.check_customer_side(operation, &world.buyer, &world.bought).await;
        world.check_customer_side(operation, &stranger, &BTreeSet::new()).await;
    }
}

/// A cursor is a place in a list, not a key to it.
#[actix_web::test]
async fn a_cursor_of_another_business_opens_nothing() {
    let shop = Shop::new().await;
    let (neighbour, boss) = shop.neighbour().await;
    let theirs = Desk::new(&shop, neighbour, &boss, &boss);
    for _ in 0..3 {
        theirs.order(&phone_number()).await;
        theirs.task().await;
    }
    for path in ["/customers", "/orders", "/tasks", "/audit"] {
        let page = boss.get(&format!("{path}?limit=1")).await.ok();
        let cursor = text(&page["next_cursor"]);
        let own = shop.boss.get(&format!("{path}?limit=100")).await.ok();
        let with = shop.boss.get(&format!("{path}?limit=100&cursor={cursor}")).await.ok();
        let (own, with) = (items(&own, "id"), items(&with, "id"));
        assert!(with.is_subset(&own), "{path}: {with:?}");
    }
}
