//! What is asked: the pages that somebody opens all day.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use serde_json::json;

use super::known::{Known, encoded};
use super::load::Shot;
use crate::demo::dice::Dice;

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// Sees every customer.
    Boss,
    /// Sees their own, those they help with, and the pool.
    Sales,
}

pub struct Endpoint {
    pub name: &'static str,
    pub asker: Asker,
    /// Whether bare sqlx and the peer answer it too.
    pub compared: bool,
    pub shot: fn(&Known, &mut Dice) -> Shot,
}

const fn endpoint(name: &'static str, asker: Asker, shot: fn(&Known, &mut Dice) -> Shot) -> Endpoint {
    Endpoint { name, asker, compared: false, shot }
}

const fn compared(name: &'static str, asker: Asker, shot: fn(&Known, &mut Dice) -> Shot) -> Endpoint {
    Endpoint { name, asker, compared: true, shot }
}

pub const ENDPOINTS: &[Endpoint] = &[
    compared("get", Asker::Boss, get),
    compared("list", Asker::Boss, |_, _| Shot::get("/api/v1/customers".into())),
    endpoint("list, deep", Asker::Boss, deep),
    endpoint("list, tag + region + owner", Asker::Boss, |known, dice| filtered(known, dice, true)),
    endpoint("list, tag + region", Asker::Boss, |known, dice| filtered(known, dice, false)),
    endpoint("count, tag + region", Asker::Boss, count),
    endpoint("search, 1 character", Asker::Boss, |known, dice| search(&known.part(dice, 1))),
    endpoint("search, 2 characters", Asker::Boss, |known, dice| search(&known.part(dice, 2))),
    endpoint("search, 3 and more", Asker::Boss, |known, dice| {
        let length = 3 + dice.below(3);
        search(&known.part(dice, length))
    }),
    endpoint("search, pinyin", Asker::Boss, |known, dice| search(&known.spelled(dice, false))),
    endpoint("search, initials", Asker::Boss, |known, dice| search(&known.spelled(dice, true))),
    endpoint("search, last four", Asker::Boss, |known, dice| search(&known.row(dice).last_four)),
    compared("create", Asker::Boss, create),
    endpoint("get", Asker::Sales, get),
    endpoint("list", Asker::Sales, |_, _| Shot::get("/api/v1/customers".into())),
    endpoint("list, deep", Asker::Sales, deep),
    endpoint("list, tag + region", Asker::Sales, |known, dice| filtered(known, dice, false)),
    endpoint("search, 1 character", Asker::Sales, |known, dice| search(&known.part(dice, 1))),
    endpoint("search, 2 characters", Asker::Sales, |known, dice| search(&known.part(dice, 2))),
    endpoint("search, 3 and more", Asker::Sales, |known, dice| search(&known.part(dice, 3))),
    endpoint("search, pinyin", Asker::Sales, |known, dice| search(&known.spelled(dice, false))),
    endpoint("search, initials", Asker::Sales, |known, dice| search(&known.spelled(dice, true))),
    endpoint("search, last four", Asker::Sales, |known, dice| search(&known.row(dice).last_four)),
    endpoint("create", Asker::Sales, create),
];

fn get(known: &Known, dice: &mut Dice) -> Shot {
    Shot::get(format!("/api/v1/customers/{}", known.row(dice).id))
}

fn deep(known: &Known, dice: &mut Dice) -> Shot {
    Shot::get(format!("/api/v1/customers?cursor={}", dice.pick(&known.cursors)))
}

fn search(q: &str) -> Shot {
    Shot::get(format!("/api/v1/customers?q={}", encoded(q)))
}

/// What a customer has: a tag, a district or its city, and whoever looks after them.
fn filtered(known: &Known, dice: &mut Dice, owned: bool) -> Shot {
    Shot::get(format!("/api/v1/customers?{}", filters(known, dice, owned)))
}

fn count(known: &Known, dice: &mut Dice) -> Shot {
    Shot::get(format!("/api/v1/customers/count?{}", filters(known, dice, false)))
}

fn filters(known: &Known, dice: &mut Dice, owned: bool) -> String {
    let (row, any) = (known.row(dice), dice.pick(&known.tags));
    let district = row.region.as_deref().unwrap_or("330106");
    let region = if dice.one_in(2) { format!("{}00", &district[..4]) } else { district.to_owned() };
    let filter = json!({ "all": [{ "any": [{ "field": "region", "op": "any_of", "values": [region] }] }] });
    let mut query = format!("tags_any={}&filter={}", row.tag.as_ref().unwrap_or(any), encoded(&filter.to_string()));
    if let Some(owner) = row.owner.as_ref().filter(|_| owned) {
        query.push_str(&format!("&owner_id={owner}"));
    }
    query
}

/// A number that nobody has, also none of an earlier run.
pub fn number_of_nobody() -> String {
    static MADE: AtomicU64 = AtomicU64::new(0);
    static BEGUN: LazyLock<u64> = LazyLock::new(|| SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs()));
    format!("13{:09}", (*BEGUN * 1000 + MADE.fetch_add(1, Ordering::Relaxed)) % 1_000_000_000)
}

fn create(known: &Known, dice: &mut Dice) -> Shot {
    let (row, other) = (known.row(dice), known.row(dice));
    let body = json!({
        "name": row.name, "kind": "person", "type": "potential", "region": "330106", "source": "walk_in",
        "company": other.company, "remark": "每月 15 号左右来补货",
        "phones": [{ "number": number_of_nobody(), "label": "手机" }],
        "tag_ids": row.tag.iter().collect::<Vec<_>>(),
    });
    Shot { method: "POST", path: "/api/v1/customers".into(), body: Some(body.to_string()) }
}
