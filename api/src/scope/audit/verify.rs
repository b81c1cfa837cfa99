//! Whether the chain of a business is whole: no entry removed, changed or put elsewhere.

use super::chain::hash;
use super::entity::{anchor, entry, head};
use crate::crypto::equal;
use crate::problem::Problem;
use crate::scope::system::System;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Entries read at a time.
const PAGE: u64 = 500;
/// So many findings are named; a chain with more is broken altogether.
const NAMED: usize = 100;

/// Something that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// `removed`, `changed` (this entry, or the one before it if its hash was forged too), `reordered`, `anchor` (the chain was rewritten since that day) or `head`
    /// (the end of the chain is not where it was).
    pub kind: String,
    /// The place in the chain.
    pub seq: i64,
    /// The entry there; `null` when it was removed.
    pub id: Option<Uuid>,
    /// For `reordered`, the place it was sealed at; for `removed`, the last place that is empty.
    pub until: Option<i64>,
    /// For `anchor`, its day.
    pub day: Option<String>,
}

/// What verifying found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verdict {
    /// The business; 0 is the installation itself.
    pub tenant_id: i64,
    /// Whether everything that was looked at is as it was sealed.
    pub intact: bool,
    /// How many entries were looked at.
    pub checked: u64,
    /// How many anchors they were compared with.
    pub anchors: u64,
    /// Entries up to this place are gone because their time was over.
    pub cut_seq: i64,
    /// The end of the chain.
    pub head_seq: i64,
    /// The hash there, to be compared with the log's.
    pub head_hash: String,
    /// Entries that wait for their place, up to 1000. Nothing proves anything about them yet.
    pub unsealed: u64,
    /// Since when the oldest of them waits.
    pub unsealed_since: Option<DateTime<Utc>>,
    /// Where to go on (`after`); `null` when the end was reached.
    pub next: Option<i64>,
    /// What is wrong, at most 100.
    pub findings: Vec<Finding>,
}

/// Goes along the chain and remembers what does not fit.
#[derive(Default)]
struct Walk {
    findings: Vec<Finding>,
    /// Entries whose hash is not the one they were sealed with.
    odd: Vec<entry::Model>,
    /// The stored hash at the places around them.
    hashes: HashMap<i64, Vec<u8>>,
}

impl Finding {
    fn new(kind: &str, seq: i64, id: Option<Uuid>) -> Self {
        Self { kind: kind.to_owned(), seq, id, until: None, day: None }
    }
}

impl Walk {
    fn find(&mut self, finding: Finding) {
        if self.findings.len() < NAMED {
            self.findings.push(finding);
        }
    }

    /// One entry, behind the hash at the place before it. A missing place breaks the hash after it too,
    /// which is not that entry's fault.
    fn step(&mut self, before: (i64, &[u8]), row: entry::Model) {
        let (seq, stored) = (row.seq.unwrap_or_default(), row.hash.clone().unwrap_or_default());
        if seq > before.0 + 1 {
            let removed = Finding::new("removed", before.0 + 1, None);
            self.find(Finding { until: Some(seq - 1), ..removed });
        } else if !equal(&hash(before.1, seq, &row), &stored) && self.odd.len() < NAMED {
            self.hashes.insert(before.0, before.1.to_vec());
            self.hashes.insert(seq, stored);
            self.odd.push(row);
        }
    }

    /// Tells entries that stand at another's place from those that say something else than they did,
    /// and both from those that are as they were behind one that is not.
    fn settle(&mut self) {
        let odd = std::mem::take(&mut self.odd);
        let own = |row: &entry::Model| row.hash.clone().unwrap_or_default();
        let stored: Vec<Vec<u8>> = odd.iter().map(own).collect();
        for row in &odd {
            let seq = row.seq.unwrap_or_default();
            if stored.iter().any(|before| equal(&hash(before, seq, row), &own(row))) {
                continue;
            }
            let was_at = |place: &&i64| {
                let Some(before) = self.hashes.get(&(**place - 1)) else { return false };
                let was = hash(before, **place, row);
                let there = self.hashes.get(place).is_some_and(|there| equal(&was, there));
                **place != seq && (there || equal(&was, &own(row)))
            };
            let elsewhere = self.hashes.keys().find(was_at).copied();
            let kind = if elsewhere.is_some() { "reordered" } else { "changed" };
            self.find(Finding { until: elsewhere, ..Finding::new(kind, seq, Some(row.id)) });
        }
        self.findings.sort_by_key(|finding| finding.seq);
    }
}

#[expect(clippy::disallowed_methods, reason = "the chain goes through all businesses")]
impl System {
    /// Businesses that have a chain, and the installation.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audited(&self) -> Result<Vec<i64>, Problem> {
        let heads = head::Entity::find().select_only().column(head::Column::TenantId);
        Ok(heads.order_by_asc(head::Column::TenantId).into_tuple().all(&self.at.db.read).await?)
    }

    /// Looks at the chain of a business behind the place `after`, at most `most` entries.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn verify_audit(&self, tenant_id: i64, after: i64, most: u64) -> Result<Verdict, Problem> {
        // One moment: entries that are sealed meanwhile belong to the next look.
        let tx = self.begin_reading().await?;
        let waiting =
            || entry::Entity::find().filter(entry::Column::TenantId.eq(tenant_id)).filter(entry::Column::Seq.is_null());
        let first = waiting().order_by_asc(entry::Column::At).one(&tx).await?;
        let unsealed = if first.is_some() { waiting().limit(1000).count(&tx).await? } else { 0 };
        let mut verdict = Verdict {
            tenant_id,
            intact: true,
            checked: 0,
            anchors: 0,
            cut_seq: 0,
            head_seq: 0,
            head_hash: String::new(),
            unsealed,
            unsealed_since: first.map(|row| row.at),
            next: None,
            findings: Vec::new(),
        };
        // Whoever takes the end away must take the head back and the anchors away as well; what the log
        // says of them stays.
        let Some(head) = head::Entity::find_by_id(tenant_id).one(&tx).await? else {
            // No head, but sealed entries: then it was taken away.
            let sealed = entry::Entity::find().filter(entry::Column::TenantId.eq(tenant_id));
            if sealed.filter(entry::Column::Seq.is_not_null()).one(&tx).await?.is_some() {
                (verdict.intact, verdict.findings) = (false, vec![Finding::new("head", 0, None)]);
            }
            return Ok(verdict);
        };
        let sealed = || entry::Entity::find().filter(entry::Column::TenantId.eq(tenant_id));
        let mut last = (head.cut_seq, head.cut_hash.clone());
        // A place behind the end is the end.
        let after = after.min(head.seq);
        if after > head.cut_seq {
            let there = sealed().filter(entry::Column::Seq.eq(after)).one(&tx).await?;
            last = (after, there.and_then(|row| row.hash).unwrap_or_default());
        }
        let begun = last.0;
        let mut walk = Walk::default();
        let mut at_places = HashMap::new();
        let anchors: HashMap<i64, anchor::Model> = anchor::Entity::find()
            .filter(anchor::Column::TenantId.eq(tenant_id))
            .filter(anchor::Column::Seq.gt(begun))
            .order_by_asc(anchor::Column::Seq)
            .limit(PAGE)
            .all(&tx)
            .await?
            .into_iter()
            .map(|anchor| (anchor.seq, anchor))
            .collect();
        loop {
            let page = Ord::min(PAGE, most.saturating_sub(verdict.checked));
            let rows = sealed()
                .filter(entry::Column::Seq.gt(last.0))
                .order_by_asc(entry::Column::Seq)
                .limit(page)
                .all(&tx)
                .await?;
            let full = u64::try_from(rows.len()).unwrap_or_default() == page;
            for row in rows {
                let here = (row.seq.unwrap_or_default(), row.hash.clone().unwrap_or_default());
                verdict.checked += 1;
                if anchors.contains_key(&here.0) {
                    at_places.insert(here.0, (row.id, here.1.clone()));
                }
                walk.step((last.0, &last.1), row);
                last = here;
            }
            // A page that is not full is the last one, whatever the head says.
            let more = full && last.0 < head.seq;
            if !more || verdict.checked >= most {
                verdict.next = more.then_some(last.0);
                break;
            }
        }
        for (seq, anchor) in anchors.into_iter().filter(|(seq, _)| *seq <= last.0 || verdict.next.is_none()) {
            verdict.anchors += 1;
            match at_places.get(&seq) {
                Some((_, there)) if equal(there, &anchor.hash) => {}
                there => {
                    let finding = Finding::new("anchor", seq, there.map(|(id, _)| *id));
                    walk.find(Finding { day: Some(anchor.day), ..finding });
                }
            }
        }
        if verdict.next.is_none() && (last.0 != head.seq || !equal(&last.1, &head.hash)) {
            let kind = if last.0 < head.seq { "removed" } else { "head" };
            let finding = Finding::new(kind, Ord::min(last.0 + 1, head.seq), None);
            walk.find(Finding { until: Some(head.seq), ..finding });
        }
        walk.settle();
        verdict.intact = walk.findings.is_empty();
        verdict.findings = walk.findings;
        (verdict.cut_seq, verdict.head_seq) = (head.cut_seq, head.seq);
        verdict.head_hash = hex::encode(&head.hash);
        Ok(verdict)
    }
}
