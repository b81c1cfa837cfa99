//! Who sees which rows: every operation that reads, for everybody who may ask, against an oracle that
//! knows only who made what. The oracle is written from the rule (a boss sees all, sales see their own
//! customers and what hangs on them, a customer sees the orders they proved), not from the queries.

use super::document::{Access, Operation, operations};
use super::samples::Desk;
use crate::harness::{Client, Shop, phone_number, text};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A customer as the oracle knows them.
#[derive(Clone)]
struct Known {
    tenant: i64,
    id: String,
    owner: String,
    name: String,
    number: String,
    tags: Vec<String>,
    interaction: String,
    /// Task and assignee.
    tasks: Vec<(String, String)>,
    order: String,
    gone: bool,
}

/// Somebody who asks.
struct Asker {
    who: &'static str,
    client: Client,
    tenant: i64,
    staff_id: String,
    boss: bool,
}

impl Asker {
    fn sees(&self, customer: &Known) -> bool {
        customer.tenant == self.tenant && !customer.gone && (self.boss || customer.owner == self.staff_id)
    }

    fn sees_task(&self, customer: &Known, assignee: &str) -> bool {
        self.sees(customer) || customer.tenant == self.tenant && !customer.gone && assignee == self.staff_id
    }

    /// An order was made, whatever became of its customer; but whose it is follows from the customer.
    fn sees_order(&self, customer: &Known) -> bool {
        self.sees(customer) || customer.tenant == self.tenant && self.boss
    }
}

/// Everything there is, made by several people in two businesses.
struct World {
    shop: Shop,
    askers: Vec<Asker>,
    customers: Vec<Known>,
    /// Proved a number that stands on orders of both businesses.
    buyer: Client,
    bought: BTreeSet<String>,
    staff: Vec<(i64, BTreeSet<String>)>,
    tags: Vec<(i64, BTreeSet<String>)>,
}

async fn staff_id(client: &Client) -> String {
    text(&client.get("/auth/me").await.ok()["staff"]["id"])
}

/// A customer with one of everything, made by `client`.
async fn customer(desk: &Desk<'_>, name: String, tags: Vec<String>, order_number: &str) -> Known {
    let (client, number) = (&desk.client, phone_number());
    let owner = staff_id(client).await;
    let body = json!({ "name": name, "phones": [{ "number": number }], "tag_ids": tags });
    let id = text(&client.post("/customers", body).await.ok()["id"]);
    let now = desk.shop.at.clock().now();
    let said = json!({ "channel": "call", "content": "聊了聊", "next_contact_at": now, "next_step": "回电" });
    let said = client.post(&format!("/customers/{id}/interactions"), said).await.ok();
    let own = client.post("/tasks", json!({ "customer_id": id, "title": "回访", "due_at": now })).await.ok();
    let bossy = desk.boss.post("/tasks", json!({ "customer_id": id, "title": "看看", "due_at": now })).await.ok();
    let order = json!({ "customer_id": id, "receiver": "张三", "phone": order_number, "address": "杭州", "lines": [{ "name": "龙井", "quantity": 1, "unit_price_fen": 100 }] });
    let order = client.post("/orders", order).await.ok();
    let tasks = vec![
        (text(&said["task_id"]), owner.clone()),
        (text(&own["id"]), owner.clone()),
        (text(&bossy["id"]), text(&bossy["assignee_id"])),
    ];
    Known {
        tenant: desk.tenant,
        id,
        owner,
        name,
        number,
        tags,
        interaction: text(&said["id"]),
        tasks,
        order: text(&order["id"]),
        gone: false,
    }
}

async fn world() -> World {
    let shop = Shop::new().await;
    let buyers_number = phone_number();
    let (mut customers, mut tags, mut staff) = (Vec::new(), Vec::new(), Vec::new());
    let askers;
    {
        let (neighbour, neighbours_boss) = shop.neighbour().await;
        let desks = [
            Desk::new(&shop, shop.tenant, &shop.boss, &shop.boss),
            Desk::new(&shop, shop.tenant, &shop.sales, &shop.boss),
            Desk::new(&shop, shop.tenant, &shop.rival, &shop.boss),
            Desk::new(&shop, neighbour, &neighbours_boss, &neighbours_boss),
        ];
        let here = [desks[0].tag().await, desks[0].tag().await];
        let there = [desks[3].tag().await, desks[3].tag().await];
        for (at, desk) in desks.iter().enumerate() {
            let pair = if at < 3 { &here } else { &there };
            for number in 0..5 {
                let on = pair.iter().take(number % 3).cloned().collect();
                let phone = if number == 0 { buyers_number.clone() } else { phone_number() };
                customers.push(customer(desk, format!("客户{at}-{number}"), on, &phone).await);
            }
        }
        for desk in [&desks[0], &desks[3]] {
            desk.run_jobs().await;
        }
        // One customer of sales goes to the rival, one is deleted; their tasks stay where they are.
        let sales_id = shop.sales_id.to_string();
        let mut own = customers.iter_mut().filter(|customer| customer.owner == sales_id);
        let (moved, gone) = (own.next().expect("a customer"), own.next().expect("a customer"));
        let change = json!({ "owner_id": shop.rival_id });
        shop.boss.patch(&format!("/customers/{}", moved.id), 1, change).await.ok();
        moved.owner = shop.rival_id.to_string();
        shop.boss.delete(&format!("/customers/{}", gone.id), 1).await.ok();
        gone.gone = true;

        let ids = |of: Vec<String>| of.into_iter().collect::<BTreeSet<_>>();
        tags.push((shop.tenant, ids(here.to_vec())));
        tags.push((neighbour, ids(there.to_vec())));
        let neighbours_id = staff_id(&neighbours_boss).await;
        staff.push((shop.tenant, ids([shop.boss_id, shop.sales_id, shop.rival_id].map(|id| id.to_string()).to_vec())));
        staff.push((neighbour, ids(vec![neighbours_id.clone()])));
        let asker = |who, client: &Client, tenant, staff_id: String, boss| Asker {
            who,
            client: client.clone(),
            tenant,
            staff_id,
            boss,
        };
        askers = vec![
            asker("the boss", &shop.boss, shop.tenant, shop.boss_id.to_string(), true),
            asker("sales", &shop.sales, shop.tenant, shop.sales_id.to_string(), false),
            asker("the rival", &shop.rival, shop.tenant, shop.rival_id.to_string(), false),
            asker("the neighbour", &neighbours_boss, neighbour, neighbours_id, true),
        ];
    }
    let buyer = shop.customer(&buyers_number).await;
    // The first order that each made has the buyer's number.
    let bought = customers.iter().step_by(5).map(|customer| customer.order.clone()).collect();
    World { shop, askers, customers, buyer, bought, staff, tags }
}

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

impl World {
    /// Customers that the asker sees and that meet a condition.
    fn seen(&self, asker: &Asker, also: impl Fn(&Known) -> bool) -> BTreeSet<String> {
        self.customers.iter().filter(|known| asker.sees(known) && also(known)).map(|known| known.id.clone()).collect()
    }

    /// Filters of the customer list with what they find.
    fn filters(&self, asker: &Asker) -> Vec<(String, BTreeSet<String>)> {
        let mut filters = vec![
            (String::new(), self.seen(asker, |_| true)),
            ("q=客户".to_owned(), self.seen(asker, |_| true)),
            ("q=客户1".to_owned(), self.seen(asker, |known| known.name.starts_with("客户1"))),
            ("q=%25".to_owned(), BTreeSet::new()),
            ("q=_".to_owned(), BTreeSet::new()),
            ("type=potential".to_owned(), self.seen(asker, |_| true)),
            ("type=lost".to_owned(), BTreeSet::new()),
        ];
        for other in &self.askers {
            filters.push((
                format!("owner_id={}", other.staff_id),
                self.seen(asker, |known| known.owner == other.staff_id),
            ));
        }
        for (_, tags) in &self.tags {
            let list = tags.iter().cloned().collect::<Vec<_>>().join(",");
            let has = |known: &Known| known.tags.iter().filter(|tag| tags.contains(*tag)).count();
            filters.push((format!("tags_any={list}"), self.seen(asker, |known| has(known) > 0)));
            filters.push((format!("tags_all={list}"), self.seen(asker, |known| has(known) == tags.len())));
            filters.push((format!("tags_none={list}"), self.seen(asker, |known| has(known) == 0)));
        }
        for wanted in &self.customers {
            filters.push((format!("q={}", wanted.name), self.seen(asker, |known| known.name == wanted.name)));
            filters.push((format!("q={}", wanted.number), self.seen(asker, |known| known.number == wanted.number)));
            let last = &wanted.number[7..];
            filters.push((format!("q={last}"), self.seen(asker, |known| known.number.ends_with(last))));
        }
        filters
    }

    /// Checks what one member of staff is shown by one operation.
    async fn check(&self, operation: &Operation, asker: &Asker) {
        let (who, client) = (asker.who, &asker.client);
        let of = |tables: &[(i64, BTreeSet<String>)]| {
            tables.iter().find(|(tenant, _)| *tenant == asker.tenant).map(|(_, ids)| ids.clone())
        };
        match operation.id.as_str() {
            "list_customers" => {
                for (query, expected) in self.filters(asker) {
                    assert_eq!(listed(client, &format!("/customers?{query}"), "id").await, expected, "{who}: {query}");
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
                    found(answer, asker.sees(known), &known.id, &format!("{who}: {}", known.name));
                }
            }
            "list_interactions" => {
                for known in &self.customers {
                    let answer = client.get(&format!("/customers/{}/interactions", known.id)).await;
                    let name = format!("{who}: {}", known.name);
                    if asker.sees(known) {
                        assert_eq!(items(&answer.ok(), "id"), BTreeSet::from([known.interaction.clone()]), "{name}");
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
                assert_eq!(today["counts"]["new_customers"], self.seen(asker, |_| true).len(), "{who}");
                let to_ship = self.customers.iter().filter(|known| asker.sees_order(known)).count();
                assert_eq!(today["counts"]["to_ship"], to_ship, "{who}");
            }
            "list_inbox" => {
                // What one was reminded of is one's own, and stays when the customer is gone.
                let own =
                    self.customers.iter().filter(|known| known.tenant == asker.tenant).flat_map(|known| &known.tasks);
                let own =
                    own.filter(|(_, assignee)| *assignee == asker.staff_id).map(|(task, _)| task.clone()).collect();
                assert_eq!(listed(client, "/inbox", "task_id").await, own, "{who}");
            }
            "list_orders" => {
                let orders = |of: Option<&str>| -> BTreeSet<String> {
                    let customers = self.customers.iter().filter(|known| of.is_none_or(|id| known.id == id));
                    customers.filter(|known| asker.sees_order(known)).map(|known| known.order.clone()).collect()
                };
                assert_eq!(listed(client, "/orders", "id").await, orders(None), "{who}");
                assert_eq!(listed(client, "/orders?status=placed", "id").await, orders(None), "{who}");
                for known in &self.customers {
                    let path = format!("/orders?customer_id={}", known.id);
                    assert_eq!(listed(client, &path, "id").await, orders(Some(&known.id)), "{who}: {}", known.name);
                }
            }
            "get_order" => {
                for known in &self.customers {
                    let answer = client.get(&format!("/orders/{}", known.order)).await;
                    found(answer, asker.sees_order(known), &known.order, &format!("{who}: {}", known.name));
                }
            }
            "list_audit_entries" => {
                if !asker.boss {
                    client.get("/audit").await.problem(403, "forbidden");
                    return;
                }
                // Every customer of the business was written down, and nothing of another's was.
                for known in &self.customers {
                    let entries = listed(client, &format!("/audit?resource_id={}", known.id), "id").await;
                    assert_eq!(entries.is_empty(), known.tenant != asker.tenant, "{who}: {}", known.name);
                }
                let about = self.customers.iter().filter(|known| known.tenant == asker.tenant);
                let about = about.flat_map(|known| {
                    [&known.id, &known.interaction, &known.order]
                        .into_iter()
                        .chain(known.tasks.iter().map(|(task, _)| task))
                });
                let tags = of(&self.tags).expect("tags");
                let ours: BTreeSet<&String> = about.chain(&tags).collect();
                let mut kinds = BTreeSet::new();
                for entry in super::samples::pages(client, "/audit").await {
                    let known = matches!(entry["resource"].as_str(), Some("tag_group" | "reminder"));
                    assert!(known || ours.contains(&text(&entry["resource_id"])), "{who}: {entry}");
                    kinds.insert(text(&entry["resource"]));
                }
                assert!(kinds.len() >= 5, "{who}: {kinds:?}");
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
            "list_subscriptions" => {
                assert_eq!(client.get("/subscriptions").await.ok()["items"][0]["credit"], 0, "{who}")
            }
            "list_sessions" => assert_eq!(items(&client.get("/auth/sessions").await.ok(), "id").len(), 1, "{who}"),
            "get_me" => assert_eq!(client.get("/auth/me").await.ok()["staff"]["id"], asker.staff_id.as_str(), "{who}"),
            "welcome" => assert!(client.get("/welcome").await.ok()["businesses"].is_u64(), "{who}"),
            "list_my_orders" | "get_my_order" => {
                let path = operation.filled(|name| {
                    if name == "id" { self.customers[0].order.clone() } else { asker.tenant.to_string() }
                });
                client.get(&path).await.problem(403, "side_wrong");
            }
            other => panic!("say in tests/guards/rows.rs who sees what {other} shows"),
        }
    }

    /// Checks what the customer side is shown by one operation.
    async fn check_customer_side(&self, operation: &Operation, client: &Client, bought: &BTreeSet<String>) {
        match operation.id.as_str() {
            "list_my_orders" => assert_eq!(listed(client, "/me/orders", "id").await, *bought),
            "get_my_order" => {
                for known in &self.customers {
                    for tenant in [&self.askers[0], &self.askers[3]].map(|asker| asker.tenant) {
                        let answer = client.get(&format!("/me/businesses/{tenant}/orders/{}", known.order)).await;
                        let mine = bought.contains(&known.order) && tenant == known.tenant;
                        found(answer, mine, &known.order, &known.name);
                    }
                }
            }
            "list_sessions" => assert_eq!(items(&client.get("/auth/sessions").await.ok(), "id").len(), 1),
            "get_me" => assert_eq!(client.get("/auth/me").await.ok()["staff"], Value::Null),
            "welcome" => drop(client.get("/welcome").await.ok()),
            _ => {
                let path = operation.filled(|_| self.customers[0].id.clone());
                client.get(&path).await.problem(403, "side_wrong");
                assert!(matches!(operation.access, Access::Can(_)), "{} is for everybody?", operation.id);
            }
        }
    }
}

#[track_caller]
fn found(answer: crate::harness::Answer, sees: bool, id: &str, name: &str) {
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
