//! The shop at work: its staff logged in, its tags, its customers.

use std::cell::Cell;

use anyhow::Result;
use serde_json::{Value, json};

use super::dice::Dice;
use super::people::{Person, people};
use super::places::{PLACES, Place};
use super::{BOSS, CUSTOMER, Demo, SALES, session};
use crate::http::{Client, integer, text};

const TAGS: &[(&str, &[(&str, &str)])] = &[
    (
        "口味",
        &[("龙井", "#4F8A5B"), ("普洱", "#7A4B2A"), ("白茶", "#B9A77C"), ("岩茶", "#A8552F"), ("花茶", "#C77DA5")],
    ),
    ("客户等级", &[("VIP", "#C0392B"), ("常客", "#2F7D6B"), ("新客", "#3D7EA6")]),
    ("来往频率", &[("每周", "#6C5CA8"), ("每月", "#5B7DB1"), ("换季", "#8A8F98")]),
];

/// A customer that exists.
pub struct Customer {
    pub id: String,
    pub name: String,
    pub phone: String,
    pub place: &'static Place,
    pub owner: usize,
}

/// Somebody who is logged in.
struct Worker {
    id: String,
    session: Client,
}

pub struct Shop<'a> {
    /// The boss, then the sales.
    workers: Vec<Worker>,
    demo: &'a Demo,
    /// Numbers the requests, for `Idempotency-Key`.
    requests: Cell<u64>,
}

impl<'a> Shop<'a> {
    pub fn open(demo: &'a Demo, api: &Client, sim: &Client) -> Result<Self> {
        let mut workers = Vec::new();
        for name in [BOSS].into_iter().chain(SALES) {
            let session = session::by_wechat(demo, api, sim, name)?;
            let id = text(&session.get("/api/v1/auth/me")?, "/staff/id")?;
            workers.push(Worker { id, session });
        }
        Ok(Self { workers, demo, requests: Cell::new(0) })
    }

    /// Logs everybody out.
    pub fn close(self) -> Result<()> {
        self.workers.iter().try_for_each(|worker| session::leave(&worker.session))
    }

    /// Creates something, as the boss.
    fn create(&self, path: &str, body: &Value) -> Result<Value> {
        self.create_as(&self.workers[0].session, path, body)
    }

    fn create_as(&self, who: &Client, path: &str, body: &Value) -> Result<Value> {
        self.requests.set(self.requests.get() + 1);
        let key = format!("00000000-0000-4000-8000-{:012x}", self.requests.get());
        who.succeed("POST", path, &[("Idempotency-Key", &key)], body)
    }

    /// An interaction, by whoever looks after the customer.
    pub fn write_down(&self, customer: &Customer, body: Value) -> Result<()> {
        let owner = &self.workers[customer.owner].session;
        self.create_as(owner, &format!("/api/v1/customers/{}/interactions", customer.id), &without_nulls(body))
            .map(drop)
    }

    /// An order, by whoever looks after the customer.
    pub fn order(&self, customer: &Customer, body: &Value) -> Result<Value> {
        self.create_as(&self.workers[customer.owner].session, "/api/v1/orders", body)
    }

    /// Moves an order; answers its new view.
    pub fn move_order(&self, customer: &Customer, order: &Value, body: Value) -> Result<Value> {
        let path = format!("/api/v1/orders/{}/moves", text(order, "/id")?);
        let version = format!("\"{}\"", integer(order, "/version")?);
        self.workers[customer.owner].session.succeed("POST", &path, &[("If-Match", &version)], &without_nulls(body))
    }

    /// Makes the groups and tags; the ids, group by group.
    pub fn tags(&self) -> Result<Vec<Vec<String>>> {
        let mut ids = Vec::new();
        for (group, tags) in TAGS {
            let group = text(&self.create("/api/v1/tag-groups", &json!({ "name": group }))?, "/id")?;
            let make = |(name, colour): &(&str, &str)| {
                let tag = json!({ "group_id": group, "name": name, "colour": colour });
                text(&self.create("/api/v1/tags", &tag)?, "/id")
            };
            ids.push(tags.iter().map(make).collect::<Result<Vec<_>>>()?);
        }
        Ok(ids)
    }

    /// Makes the customers; the last one, the first of the list, has the number of the preview's customer phone.
    pub fn customers(&self, tags: &[Vec<String>]) -> Result<Vec<Customer>> {
        let mut dice = Dice::new(88);
        let mut made = Vec::new();
        for person in people(199) {
            // One of each group, and now and then none: real lists have holes.
            let groups: Vec<_> = tags.iter().filter(|_| !dice.one_in(3)).collect();
            let chosen: Vec<_> = groups.into_iter().map(|group| dice.pick(group)).collect();
            made.push(self.customer(person, &chosen)?);
        }
        let body = json!({
            "name": CUSTOMER, "kind": "person", "type": "existing", "region": PLACES[0].code, "source": "referral",
            "phones": [{ "number": self.demo.customer_phone, "label": "手机" }], "birthday": "1988-09-12",
            "remark": "爱喝岩茶，每年中秋给客户送礼盒",
        });
        let phone = self.demo.customer_phone.clone();
        let person = Person { name: CUSTOMER.into(), phone, place: &PLACES[0], owner: 0, body };
        let chosen = [(0, 3), (1, 0), (2, 1)].map(|(group, tag): (usize, usize)| &tags[group][tag]);
        made.push(self.customer(person, &chosen)?);
        Ok(made)
    }

    /// Makes the follow-up plan of whoever gets the tag, switches it on, and lets it begin with three customers. Those who
    /// have the tag already are past that.
    pub fn plan(&self, tag: &str) -> Result<()> {
        let stages = json!([
            { "name": "初次联系", "goal": "加上微信，知道爱喝什么", "tasks": [
                { "title": "打电话问候", "after_days": 1 },
                { "title": "寄三款小样", "after_days": 3, "at": "15:00" },
            ] },
            { "name": "邀约到店", "goal": "来店里喝一次茶", "tasks": [{ "title": "约周末品茶", "after_days": 7 }] },
        ]);
        let plan = self.create("/api/v1/plans", &json!({ "name": "新客跟进", "tag_id": tag, "stages": stages }))?;
        let (boss, sales) = (&self.workers[0].session, &self.workers[2]);
        let path = format!("/api/v1/plans/{}", text(&plan, "/id")?);
        boss.succeed("PATCH", &path, &[("If-Match", "\"1\"")], &json!({ "enabled": true }))?;
        let others = format!("/api/v1/customers?owner_id={}&tags_none={tag}&limit=3", sales.id);
        for customer in boss.get(&others)?["items"].as_array().into_iter().flatten() {
            let path = format!("/api/v1/customers/{}/tags", text(customer, "/id")?);
            sales.session.succeed("POST", &path, &[], &json!({ "add": [tag] }))?;
        }
        Ok(())
    }

    fn customer(&self, person: Person, tags: &[&String]) -> Result<Customer> {
        let Person { name, phone, place, owner, mut body } = person;
        body["tag_ids"] = json!(tags);
        body["owner_id"] = json!(self.workers[owner].id);
        let view = self.create("/api/v1/customers", &body)?;
        Ok(Customer { id: text(&view, "/id")?, name, phone, place, owner })
    }
}

/// Absent instead of null.
fn without_nulls(mut body: Value) -> Value {
    if let Some(members) = body.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    body
}
