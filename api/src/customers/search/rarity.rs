//! Which pairs of characters many customers have: 有限 and 公司 are in half of all companies, 象物 in hardly any. A
//! search begins with what few have, and then asks these few for the rest.

use super::terms::{PAIRS, Sought, pairs};
use crate::customers::entity::customer;
use crate::problem::Problem;
use crate::scope::Scope;
use sea_orm::{FromQueryResult, QueryOrder as _, QuerySelect as _};
use std::collections::HashMap;
use std::sync::Arc;

/// How many customers have a pair, of those who were written down last.
type Common = HashMap<i64, u32>;

/// So many customers tell what is common: a pair that none of them has is one of a thousandth at most.
const SAMPLE: u64 = 1_000;

#[derive(FromQueryResult)]
struct Named {
    name: String,
    company: Option<String>,
}

/// Finds out what is common in the business, if a search has several pairs and it is not known of the last minutes. It
/// decides in which order pairs are looked up, never what is found, so it is learned from customers whom the scope may
/// not see.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn learn(scope: &Scope, q: Option<&str>) -> Result<(), Problem> {
    let (snapshots, tenant, now) = (&scope.installation().snapshots, scope.tenant_id(), scope.now());
    let several = q.and_then(Sought::of).is_some_and(|sought| sought.pairs.len() > 1);
    if !several || snapshots.common(tenant, now).is_some() {
        return Ok(());
    }
    let whole = scope.whole();
    let last = whole.find::<customer::Entity>().picking(|rows| {
        let rows = rows.columns([customer::Column::Name, customer::Column::Company]);
        let rows = rows.order_by_desc(customer::Column::CreatedAt).order_by_desc(customer::Column::Id);
        rows.limit(SAMPLE).into_model::<Named>()
    });
    let mut common = Common::new();
    for Named { name, company } in last.all().await? {
        for pair in pairs(&name).chain(company.iter().flat_map(|company| pairs(company))) {
            *common.entry(pair).or_default() += 1;
        }
    }
    snapshots.remember_common(tenant, now, Arc::new(common));
    Ok(())
}

/// Keeps the pairs that are looked up: those that fewest customers have, as far as that is known, the rarest first.
pub(super) fn rarest(scope: &Scope, sought: &mut Sought) {
    if let Some(common) = scope.installation().snapshots.common(scope.tenant_id(), scope.now()) {
        in_order(&common, &mut sought.pairs);
    }
    sought.pairs.truncate(PAIRS);
}

fn in_order(common: &Common, pairs: &mut [i64]) {
    pairs.sort_by_key(|pair| common.get(pair).copied().unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_few_have_comes_first_and_what_is_unknown_before_it() {
        let counts = [("物流", 12), ("流有", 8), ("有限", 154)];
        let common = counts.iter().flat_map(|(text, count)| pairs(text).map(|pair| (pair, *count))).collect();
        let mut sought = Sought::of("象物流有限").expect("a query");
        in_order(&common, &mut sought.pairs);
        assert_eq!(sought.pairs, ["象物", "流有", "物流", "有限"].map(|text| pairs(text).next().expect("a pair")));
    }
}
