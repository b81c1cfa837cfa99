//! Everything there is, made by several people of every role in two businesses, and the rule of who sees
//! what of it: written in plain Rust over all rows, from the manual and not from the queries.

use super::super::samples::Desk;
use super::super::staffing;
use crate::attachments;
use crate::harness::{Client, Shop, phone_number, text};
use domain::permission::{Permission, Reach, Resource, Role};
use domain::rights::Rights;
use serde_json::json;
use std::collections::BTreeSet;

/// Every customer's remark, which is secret.
pub const SECRET: &str = "芝麻开门的口令";

/// A customer as the oracle knows them.
#[derive(Clone)]
pub struct Known {
    pub tenant: i64,
    pub id: String,
    pub owner: String,
    pub pooled: bool,
    /// In which pool.
    pub pool: Option<String>,
    /// In a pool that is not for everybody: who its members are.
    pub members: Option<BTreeSet<String>>,
    /// Who helps with it.
    pub helpers: BTreeSet<String>,
    pub name: String,
    pub number: String,
    pub tags: Vec<String>,
    pub region: &'static str,
    pub interaction: String,
    /// Task and assignee.
    pub tasks: Vec<(String, String)>,
    pub order: String,
    pub opportunity: String,
    /// An offer, and how it lies in their hands.
    pub offer: String,
    pub given: String,
    /// A file that their record names.
    pub file: String,
    pub gone: bool,
    /// A customer of a colleague whom they know; empty when there is none.
    pub relative: String,
    /// Empty when there is none.
    pub email: String,
    pub needs: bool,
    /// Who has marked them with a star.
    pub stars: BTreeSet<String>,
}

/// Somebody who asks.
#[derive(Clone)]
pub struct Asker {
    pub who: &'static str,
    pub client: Client,
    pub tenant: i64,
    pub staff_id: String,
    pub rights: Rights,
    /// Themselves and everybody in their team and below.
    pub people: BTreeSet<String>,
}

impl Asker {
    pub fn can(&self, permission: Permission) -> bool {
        self.rights.can(permission)
    }

    fn reaches(&self, resource: Resource, person: &str) -> bool {
        match self.rights.reach(resource) {
            Reach::All => true,
            Reach::Team => self.people.contains(person),
            Reach::Own => person == self.staff_id,
        }
    }

    /// Whether they see what is in a pool of these members, or of everybody.
    pub fn enters(&self, members: Option<&BTreeSet<String>>) -> bool {
        self.rights.pool && members.is_none_or(|members| members.contains(&self.staff_id))
    }

    /// Whether what hangs on a live customer is theirs to see, by their reach for a resource.
    fn on(&self, resource: Resource, known: &Known) -> bool {
        self.rights.reach(resource) == Reach::All
            || (!known.pooled && self.reaches(resource, &known.owner))
            || (known.pooled && self.enters(known.members.as_ref()))
            || known.helpers.contains(&self.staff_id)
    }

    pub fn sees(&self, known: &Known) -> bool {
        !known.gone && self.keeps(known)
    }

    /// Whether they see what the business keeps of somebody, also once that is deleted.
    pub fn keeps(&self, known: &Known) -> bool {
        known.tenant == self.tenant && self.on(Resource::Customers, known)
    }

    pub fn sees_interactions(&self, known: &Known) -> bool {
        self.sees(known) && self.on(Resource::Interactions, known)
    }

    pub fn sees_task(&self, known: &Known, assignee: &str) -> bool {
        let theirs = self.on(Resource::Tasks, known) || self.reaches(Resource::Tasks, assignee);
        known.tenant == self.tenant && !known.gone && theirs
    }

    /// An order was made, whatever became of its customer; but whose it is follows from the customer.
    pub fn sees_order(&self, known: &Known) -> bool {
        let all = self.rights.reach(Resource::Orders) == Reach::All;
        known.tenant == self.tenant && (all || !known.gone && self.on(Resource::Orders, known))
    }

    /// An opportunity goes out of sight with its customer; otherwise it is seen as orders are.
    pub fn sees_opportunity(&self, known: &Known) -> bool {
        !known.gone && self.sees_order(known)
    }
}

/// Everything there is.
pub struct World {
    pub shop: Shop,
    pub askers: Vec<Asker>,
    pub customers: Vec<Known>,
    /// Proved a number that stands on orders of both businesses.
    pub buyer: Client,
    pub bought: BTreeSet<String>,
    pub staff: Vec<(i64, BTreeSet<String>)>,
    pub teams: Vec<(i64, BTreeSet<String>)>,
    pub tags: Vec<(i64, BTreeSet<String>)>,
    /// Pools of the first business, with the members of those that are not for everybody.
    pub pools: Vec<(String, Option<BTreeSet<String>>)>,
    pub handover: String,
}

async fn staff_id(client: &Client) -> String {
    text(&client.get("/auth/me").await.ok()["staff"]["id"])
}

/// A customer with one of everything, made by `client`.
async fn customer(desk: &Desk<'_>, name: String, tags: Vec<String>, order_number: &str) -> Known {
    let (client, number) = (&desk.client, phone_number());
    let owner = staff_id(client).await;
    let (mailed, needs) = (name.ends_with(['0', '3']), name.ends_with('1'));
    let email = if mailed { format!("{number}@example.com") } else { String::new() };
    let emails = if mailed { json!([{ "email": email }]) } else { json!([]) };
    let wants = needs.then_some("两斤明前");
    let region = if name.ends_with(['1', '2', '5']) { "330106" } else { "330203" };
    let file = attachments::picture(client).await;
    let body = json!({ "name": name, "phones": [{ "number": number }], "tag_ids": tags, "emails": emails, "needs": wants, "region": region, "custom": { "scan": [file] },
        "remark": SECRET, "remark_secret": true });
    let id = text(&client.post("/customers", body).await.ok()["id"]);
    let now = desk.shop.at.clock().now();
    let said = json!({ "channel": "call", "content": "聊了聊", "next_contact_at": now, "next_step": "回电" });
    let said = client.post(&format!("/customers/{id}/interactions"), said).await.ok();
    let own = client.post("/tasks", json!({ "customer_id": id, "title": "回访", "due_at": now })).await.ok();
    let bossy = desk.boss.post("/tasks", json!({ "customer_id": id, "title": "看看", "due_at": now })).await.ok();
    let order = json!({ "customer_id": id, "receiver": "张三", "phone": order_number, "address": "杭州", "lines": [{ "name": "龙井", "quantity": 1, "unit_price_fen": 100 }] });
    let order = client.post("/orders", order).await.ok();
    let deal = json!({ "customer_id": id, "name": "春茶团购", "stage": "needs", "amount_fen": 100 });
    let deal = client.post("/opportunities", deal).await.ok();
    let offer = json!({ "name": "老客礼", "kind": "gift", "gift": "茶杯", "last_day": "2037-12-31" });
    let offer = text(&desk.boss.post("/offers", offer).await.ok()["id"]);
    let given = desk.boss.post(&format!("/customers/{id}/offers"), json!({ "offer_id": offer })).await.ok();
    let tasks = vec![
        (text(&said["task_id"]), owner.clone()),
        (text(&own["id"]), owner.clone()),
        (text(&bossy["id"]), text(&bossy["assignee_id"])),
    ];
    Known {
        tenant: desk.tenant,
        id,
        owner,
        pooled: false,
        pool: None,
        members: None,
        helpers: BTreeSet::new(),
        name,
        number,
        tags,
        region,
        interaction: text(&said["id"]),
        tasks,
        order: text(&order["id"]),
        opportunity: text(&deal["id"]),
        offer,
        given: text(&given["id"]),
        file,
        gone: false,
        relative: String::new(),
        email,
        needs,
        stars: BTreeSet::new(),
    }
}

/// A colleague of a role, logged in.
async fn hire(shop: &Shop, role: &str, role_id: Option<&str>, team: Option<&str>) -> Client {
    let number = phone_number();
    let body = json!({ "name": "何平", "phone": number, "role": role, "role_id": role_id, "team_id": team });
    shop.boss.post("/staff", body).await.ok();
    Shop::join(&shop.nobody, &shop.appid(), &number).await.act_in(shop.tenant).await
}

/// The first live customer of somebody that nothing was done to yet.
fn fresh<'k>(customers: &'k mut [Known], owner: &str) -> &'k mut Known {
    let untouched =
        |known: &&mut Known| known.owner == owner && !known.gone && !known.pooled && known.helpers.is_empty();
    customers.iter_mut().filter(untouched).nth(1).expect("a customer")
}

pub async fn world() -> World {
    let shop = Shop::new().await;
    let set = |of: Vec<String>| of.into_iter().collect::<BTreeSet<_>>();
    let boss = &shop.boss;
    // Above: the manager leads, sales is in it. Below it: the junior. Beside: the rival.
    let team = async |name: &str, parent: Option<&str>, lead: Option<&str>| {
        text(&boss.post("/teams", json!({ "name": name, "parent_id": parent, "lead_id": lead })).await.ok()["id"])
    };
    let manager = hire(&shop, "manager", None, None).await;
    let manager_id = staff_id(&manager).await;
    let above = team("一队", None, Some(&manager_id)).await;
    let below = team("一队一组", Some(&above), None).await;
    let beside = team("二队", None, None).await;
    let join = async |id: String, team: &str| {
        let version = boss.get("/staff").await.ok()["items"]
            .as_array()
            .expect("staff")
            .iter()
            .find(|row| row["id"] == id.as_str())
            .expect("them")["version"]
            .as_i64()
            .expect("a version");
        boss.patch(&format!("/staff/{id}"), version, json!({ "team_id": team })).await.ok();
    };
    join(shop.sales_id.to_string(), &above).await;
    join(shop.rival_id.to_string(), &beside).await;
    let junior = hire(&shop, "sales", None, Some(&below)).await;
    let service = hire(&shop, "service", None, None).await;
    let finance = hire(&shop, "finance", None, None).await;
    let rights = staffing::rights();
    let role = boss.post("/roles", json!({ "name": "自定", "rights": rights })).await.ok();
    let own_role = hire(&shop, "custom", role["id"].as_str(), Some(&above)).await;
    let (neighbour, neighbours_boss) = shop.neighbour().await;

    // Who is in whose team is known to everybody three seconds later.
    shop.advance(chrono::Duration::seconds(4)).await;

    let buyers_number = phone_number();
    let mut customers = Vec::new();
    let (mut tags, mut staff, mut teams) = (Vec::new(), Vec::new(), Vec::new());
    let makers = [boss, &shop.sales, &shop.rival, &junior, &manager];
    let mut desks: Vec<Desk<'_>> = makers.iter().map(|maker| Desk::new(&shop, shop.tenant, maker, boss)).collect();
    desks.push(Desk::new(&shop, neighbour, &neighbours_boss, &neighbours_boss));
    let here = [desks[0].tag().await, desks[0].tag().await];
    let there = [desks[5].tag().await, desks[5].tag().await];
    for desk in [&desks[0], &desks[5]] {
        attachments::field(&desk.boss, json!({})).await;
    }
    for (at, desk) in desks.iter().enumerate() {
        let pair = if at < 5 { &here } else { &there };
        for number in 0..5 {
            let on = pair.iter().take(number % 3).cloned().collect();
            let phone = if number == 0 { buyers_number.clone() } else { phone_number() };
            customers.push(customer(desk, format!("客户{at}-{number}"), on, &phone).await);
        }
    }
    // The boss's know those of sales, the rival's those of the junior.
    for (at, other) in (0..5).chain(10..15).map(|at| (at, at + 5)) {
        let body = json!({ "other_id": customers[other].id, "kind": "same_company" });
        boss.post(&format!("/customers/{}/relations", customers[at].id), body).await.ok();
        customers[at].relative = customers[other].id.clone();
        customers[other].relative = customers[at].id.clone();
    }
    for desk in [&desks[0], &desks[5]] {
        desk.run_jobs().await;
    }
    let (sales_id, rival_id, boss_id) =
        (shop.sales_id.to_string(), shop.rival_id.to_string(), shop.boss_id.to_string());
    let junior_id = staff_id(&junior).await;
    // One customer of sales goes to the rival, one is deleted; their tasks stay where they are.
    let moved = fresh(&mut customers, &sales_id);
    boss.patch(&format!("/customers/{}", moved.id), 1, json!({ "owner_id": rival_id })).await.ok();
    moved.owner.clone_from(&rival_id);
    let gone = fresh(&mut customers, &sales_id);
    boss.delete(&format!("/customers/{}", gone.id), 1).await.ok();
    gone.gone = true;
    // A pool for everybody, and one for sales, the team below and whoever leads above it.
    let pool = async |body| text(&boss.post("/pools", body).await.ok()["id"]);
    let open = pool(json!({ "name": "大公海", "everyone": true })).await;
    let closed = pool(json!({ "name": "一队公海", "staff_ids": [sales_id], "team_ids": [below] })).await;
    let members = set(vec![sales_id.clone(), junior_id.clone(), manager_id.clone()]);
    for owner in [&rival_id, &boss_id] {
        let pooled = fresh(&mut customers, owner);
        let path = format!("/customers/{}/release", pooled.id);
        boss.post_at(&path, 1, json!({ "reason": "联系不上", "pool_id": closed })).await.ok();
        pooled.pooled = true;
        pooled.pool = Some(closed.clone());
        pooled.members = Some(members.clone());
    }
    // One of the rival's is put into the pool, and one of the boss's.
    for (client, owner) in [(&shop.rival, &rival_id), (boss, &boss_id)] {
        let pooled = fresh(&mut customers, owner);
        let path = format!("/customers/{}/release", pooled.id);
        client.post_at(&path, 1, json!({ "reason": "联系不上" })).await.ok();
        pooled.pooled = true;
        pooled.pool = Some(open.clone());
    }
    // The rival lets sales help to read, the boss the junior to edit, sales the service.
    let service_id = staff_id(&service).await;
    let helpers = [
        (&shop.rival, &rival_id, &sales_id, "read"),
        (boss, &boss_id, &junior_id, "edit"),
        (&shop.sales, &sales_id, &service_id, "read"),
    ];
    for (client, owner, helper, level) in helpers {
        let shared = fresh(&mut customers, owner);
        let body = json!({ "staff_id": helper, "level": level });
        client.post(&format!("/customers/{}/helpers", shared.id), body).await.ok();
        shared.helpers.insert(helper.clone());
    }
    let leaver = desks[0].colleague().await;
    let handover = boss.post(&format!("/staff/{leaver}/handover"), json!({ "to_staff_id": boss_id })).await.ok();
    desks[0].run_jobs().await;

    tags.push((shop.tenant, set(here.to_vec())));
    tags.push((neighbour, set(there.to_vec())));
    let neighbours_id = staff_id(&neighbours_boss).await;
    let mut askers = Vec::new();
    let mut ask = async |who, client: &Client, tenant, rights: Rights, team: &[&String]| {
        let staff_id = staff_id(client).await;
        let people = team.iter().map(|id| (*id).clone()).chain([staff_id.clone()]).collect();
        askers.push(Asker { who, client: client.clone(), tenant, staff_id, rights, people });
    };
    let custom: Rights = serde_json::from_value(rights).expect("rights");
    let own_id = staff_id(&own_role).await;
    ask("the boss", boss, shop.tenant, Role::Boss.rights(), &[]).await;
    ask("sales", &shop.sales, shop.tenant, Role::Sales.rights(), &[]).await;
    ask("the rival", &shop.rival, shop.tenant, Role::Sales.rights(), &[]).await;
    ask("the junior", &junior, shop.tenant, Role::Sales.rights(), &[]).await;
    ask("the manager", &manager, shop.tenant, Role::Manager.rights(), &[&sales_id, &junior_id, &own_id]).await;
    ask("service", &service, shop.tenant, Role::Service.rights(), &[]).await;
    ask("finance", &finance, shop.tenant, Role::Finance.rights(), &[]).await;
    ask("a role of one's own", &own_role, shop.tenant, custom, &[&sales_id, &junior_id]).await;
    ask("the neighbour", &neighbours_boss, neighbour, Role::Boss.rights(), &[]).await;
    for asker in askers.iter().filter(|asker| asker.can(Permission::CustomersRead)) {
        let mut starred = 0;
        for known in customers.iter_mut().filter(|known| asker.sees(known)).take(2) {
            asker.client.post(&format!("/customers/{}/star", known.id), json!({})).await.ok();
            known.stars.insert(asker.staff_id.clone());
            starred += 1;
        }
        assert!(starred > 0, "{}", asker.who);
    }
    let here = askers.iter().filter(|asker| asker.tenant == shop.tenant).map(|asker| asker.staff_id.clone());
    staff.push((shop.tenant, here.chain([leaver]).collect()));
    staff.push((neighbour, set(vec![neighbours_id])));
    teams.push((shop.tenant, set(vec![above, below, beside])));
    teams.push((neighbour, BTreeSet::new()));
    let buyer = shop.customer(&buyers_number).await;
    // The first order that each made has the buyer's number.
    let bought = customers.iter().step_by(5).map(|customer| customer.order.clone()).collect();
    drop(desks);
    let pools = vec![(open, None), (closed, Some(members))];
    World { pools, askers, customers, buyer, bought, staff, teams, tags, handover: text(&handover["id"]), shop }
}
