//! `shuke audit …`: reads the record, proves that nobody touched it, and says how long it is kept.

use super::said;
use crate::audit::{AuditQuery, of_business, of_installation};
use crate::installation::Installation;
use crate::scope::INSTALLATION;
use crate::scope::system::System;
use anyhow::ensure;
use clap::Subcommand;
use serde_json::{Value, json};
use std::sync::Arc;

/// Entries verified in one transaction.
const AT_A_TIME: u64 = 50_000;

/// `shuke audit`
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Lists entries, newest first, one on a line; behind them, where there are more, the cursor of the next page.
    List {
        /// The business; 0 is the installation itself.
        #[arg(long)]
        tenant: i64,
        #[command(flatten)]
        query: AuditQuery,
    },
    /// Finds entries that were removed, changed or put elsewhere; one line for each business.
    Verify {
        /// Only this business; 0 is the installation itself.
        #[arg(long)]
        tenant: Option<i64>,
    },
    /// Says how long a business keeps its record.
    Keep {
        /// The business; 0 is the installation itself.
        #[arg(long)]
        tenant: i64,
        /// Days, 0 for ever; without it as long as the installation says.
        #[arg(long)]
        days: Option<u32>,
    },
}

impl AuditCommand {
    /// Does it. The second value says whether every record is what it was.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run(self, at: &Arc<Installation>) -> anyhow::Result<(Vec<Value>, bool)> {
        let system = System::new(at);
        match self {
            Self::List { tenant, query } => {
                let page = if tenant == INSTALLATION {
                    of_installation(&system, query).await
                } else {
                    let there = system.tenant(tenant).await.map_err(said)?;
                    ensure!(there.is_some_and(|there| there.erased_at.is_none()), "there is no business {tenant}");
                    of_business(&system.console_scope(tenant).await.map_err(said)?, query).await
                };
                let page = page.map_err(said)?;
                let mut lines: Vec<Value> = page.items.iter().map(|entry| json!(entry)).collect();
                lines.extend(page.next_cursor.map(|next| json!({ "next_cursor": next })));
                Ok((lines, true))
            }
            Self::Verify { tenant } => {
                let tenants = match tenant {
                    Some(tenant) => {
                        // A number that was mistyped must not look like a record that nobody touched.
                        let known = tenant == INSTALLATION
                            || system.tenant(tenant).await.map_err(said)?.is_some()
                            || system.audited().await.map_err(said)?.contains(&tenant);
                        ensure!(known, "there is no business {tenant}");
                        vec![tenant]
                    }
                    None => system.audited().await.map_err(said)?,
                };
                let (mut answers, mut intact) = (Vec::new(), true);
                for tenant in tenants {
                    let mut after = 0;
                    loop {
                        let verdict = system.verify_audit(tenant, after, AT_A_TIME).await.map_err(said)?;
                        intact &= verdict.intact;
                        let next = verdict.next;
                        answers.push(json!(verdict));
                        match next {
                            Some(next) => after = next,
                            None => break,
                        }
                    }
                }
                Ok((answers, intact))
            }
            Self::Keep { tenant, days } => {
                system.keep_audit(tenant, days.map(i64::from)).await.map_err(said)?;
                Ok((vec![json!({ "tenant_id": tenant, "retention_days": days })], true))
            }
        }
    }
}
