//! Filters of the customer list, each with what it finds.

use super::filter;
use super::world::{Asker, Known, World};
use domain::permission::FieldRule;
use serde_json::json;
use std::collections::BTreeSet;

impl World {
    /// Filters of the customer list with what they find.
    pub(super) fn filters(&self, asker: &Asker) -> Vec<(String, BTreeSet<String>)> {
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
                self.seen(asker, |known| !known.pooled && known.owner == other.staff_id),
            ));
        }
        filters.push(("pool=true".to_owned(), self.seen(asker, |known| known.pooled)));
        filters.push(("pool=false".to_owned(), self.seen(asker, |known| !known.pooled)));
        for (_, tags) in &self.tags {
            let list = tags.iter().cloned().collect::<Vec<_>>().join(",");
            let has = |known: &Known| known.tags.iter().filter(|tag| tags.contains(*tag)).count();
            filters.push((format!("tags_any={list}"), self.seen(asker, |known| has(known) > 0)));
            filters.push((format!("tags_all={list}"), self.seen(asker, |known| has(known) == tags.len())));
            filters.push((format!("tags_none={list}"), self.seen(asker, |known| has(known) == 0)));
            let test = |op: &str| json!({ "field": "tag", "op": op, "values": tags });
            let pooled = json!({ "field": "pool", "op": "set" });
            let either = self.seen(asker, |known| has(known) > 0 || known.pooled);
            filters.push((filter(&[vec![test("any_of"), pooled.clone()]]), either));
            let both = self.seen(asker, |known| has(known) == 0 && known.pooled);
            filters.push((filter(&[vec![test("none_of")], vec![pooled.clone()]]), both));
            // What a tag leads to: with a place, with whoever holds them, and with what only their own rows say.
            let both = self.seen(asker, |known| has(known) > 0 && known.pooled);
            filters.push((filter(&[vec![test("any_of")], vec![pooled]]), both));
            for region in ["330106", "330200", "330000"] {
                let within = |known: &Known| known.region.starts_with(region.trim_end_matches('0'));
                let place = json!({ "field": "region", "op": "any_of", "values": [region] });
                let there = self.seen(asker, |known| has(known) > 0 && within(known));
                filters.push((filter(&[vec![test("any_of")], vec![place.clone()]]), there));
                let all = self.seen(asker, |known| has(known) == tags.len() && within(known));
                filters.push((filter(&[vec![place], vec![test("all_of")]]), all));
            }
            for other in &self.askers {
                let theirs = |known: &Known| !known.pooled && known.owner == other.staff_id;
                let owned = json!({ "field": "owner", "op": "any_of", "values": [other.staff_id] });
                let both = self.seen(asker, |known| has(known) > 0 && theirs(known) && known.needs);
                let needs = json!({ "field": "needs", "op": "set" });
                filters.push((filter(&[vec![owned], vec![test("any_of")], vec![needs]]), both));
            }
            for (pool, _) in &self.pools {
                let within = json!({ "field": "pool", "op": "any_of", "values": [pool] });
                let listed = filter(&[vec![within.clone()]]);
                let both = filter(&[vec![test("any_of")], vec![within]]);
                filters.push((listed, self.seen(asker, |known| known.pool.as_deref() == Some(pool))));
                let there = self.seen(asker, |known| has(known) > 0 && known.pool.as_deref() == Some(pool));
                filters.push((both, there));
            }
        }
        let has = |field: &str, op: &str| filter(&[vec![json!({ "field": field, "op": op })]]);
        let mine = |known: &Known| known.stars.contains(&asker.staff_id);
        filters.push((has("starred", "set"), self.seen(asker, mine)));
        filters.push((has("starred", "empty"), self.seen(asker, |known| !mine(known))));
        filters.push((has("needs", "set"), self.seen(asker, |known| known.needs)));
        filters.push((has("needs", "empty"), self.seen(asker, |known| !known.needs)));
        let said = |text: &str| vec![json!({ "field": "search", "op": "contains", "values": [text] })];
        let named = |known: &Known| known.name.starts_with("客户1");
        filters.push((filter(&[said("客户1")]), self.seen(asker, named)));
        let either = vec![said("客户1").remove(0), json!({ "field": "starred", "op": "set" })];
        filters.push((filter(&[either]), self.seen(asker, |known| named(known) || mine(known))));
        let emails = asker.rights.fields.emails();
        if emails != FieldRule::Hide {
            filters.push((has("email", "set"), self.seen(asker, |known| !known.email.is_empty())));
            filters.push((has("email", "empty"), self.seen(asker, |known| known.email.is_empty())));
        }
        for wanted in self.customers.iter().filter(|known| !known.email.is_empty()) {
            if emails.opens() {
                let test = json!({ "field": "email", "op": "any_of", "values": [wanted.email] });
                filters.push((filter(&[vec![test]]), self.seen(asker, |known| known.email == wanted.email)));
            }
        }
        for wanted in &self.customers {
            filters.push((format!("q={}", wanted.name), self.seen(asker, |known| known.name == wanted.name)));
            let (phones, last) = (asker.rights.fields.phones, &wanted.number[7..]);
            // Whoever cannot see a number cannot find it out by looking for it.
            let whole = |known: &Known| phones.opens() && known.number == wanted.number;
            filters.push((format!("q={}", wanted.number), self.seen(asker, whole)));
            let four = |known: &Known| phones != FieldRule::Hide && known.number.ends_with(last);
            filters.push((format!("q={last}"), self.seen(asker, four)));
        }
        filters
    }
}
