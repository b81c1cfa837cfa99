//! `shuke admin keys …`: what is sealed under which key, and replacing keys.

use super::said;
use crate::installation::Installation;
use crate::rotation::{rotate, rotate_lookups, rotate_person};
use crate::scope::system::keys::Rewrapped;
use crate::scope::system::servers::server;
use crate::scope::system::{Said, System};
use anyhow::bail;
use clap::Subcommand;
use domain::keys::RotationKind;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// `shuke admin keys`
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Says which keys there are, how old they are, how much each sealed, and how far a rotation is.
    Show {
        /// Also the generations of this business.
        #[arg(long)]
        tenant: Option<i64>,
    },
    /// Replaces the master key, in two steps: the first puts a new key in front of the present one; after
    /// every server was restarted, the second seals everything anew and takes the old one away.
    RotateMaster,
    /// Replaces the key of a business. A job wraps its persons' keys anew.
    RotateTenant {
        /// The business.
        #[arg(long)]
        tenant: i64,
    },
    /// Replaces the key of a business's blind indexes, by which phones are found. Jobs write the new digests
    /// beside the old ones; both are asked for until the old ones are gone.
    RotateIndexes {
        /// The business.
        #[arg(long)]
        tenant: i64,
    },
    /// Replaces the key of the digests by which staff, proved phones and orders are found across businesses.
    /// Whoever runs jobs writes the new ones beside the old; `show` says what is left.
    RotateLookups,
    /// Replaces one person's key and seals their phones and addresses anew.
    RotatePerson {
        /// The business.
        #[arg(long)]
        tenant: i64,
        /// The customer.
        #[arg(long)]
        person: Uuid,
    },
}

impl Keys {
    pub(super) async fn run(self, at: &Arc<Installation>) -> anyhow::Result<Value> {
        let system = System::new(at);
        match self {
            Self::Show { tenant } => system.show_keys(tenant).await.map_err(said),
            Self::RotateMaster if !at.keys.has_former() => {
                system
                    .say(Said::about(0, "rotate_master", "keys", json!({ "step": "written" })))
                    .await
                    .map_err(said)?;
                at.keys.put_new_master(&at.config.keys).await?;
                Ok(json!({ "step": "written", "next": "restart every server, then run this again" }))
            }
            Self::RotateMaster => {
                let rewrapped = match system.rewrap_all().await.map_err(said)? {
                    Rewrapped::All(rewrapped) => rewrapped,
                    Rewrapped::Refused(servers) => bail!(in_the_way(&servers)),
                };
                let next = match at.keys.drop_former(&at.config.keys).await? {
                    true => "the old key is out of the file: restart every server when it suits you",
                    false => "take SHUKE_KEYS__FORMER out of the environment",
                };
                Ok(json!({ "step": "done", "rewrapped": rewrapped, "next": next }))
            }
            Self::RotateTenant { tenant } => {
                let (generation, from) = rotate(&system, tenant, RotationKind::Keys).await.map_err(said)?;
                Ok(json!({ "tenant_id": tenant, "generation": generation, "used_from_at": from }))
            }
            Self::RotateIndexes { tenant } => {
                let (generation, from) = rotate(&system, tenant, RotationKind::Indexes).await.map_err(said)?;
                Ok(json!({ "tenant_id": tenant, "index": generation, "used_from_at": from }))
            }
            Self::RotateLookups => {
                let from = rotate_lookups(&system).await.map_err(said)?;
                Ok(json!({ "lookups": true, "used_from_at": from }))
            }
            Self::RotatePerson { tenant, person } => {
                let sealed = rotate_person(&system, tenant, person).await.map_err(said)?;
                Ok(json!({ "person": person, "sealed": sealed }))
            }
        }
    }
}

/// Why a key is not put away yet.
fn in_the_way(servers: &[server::Model]) -> String {
    let each: Vec<String> = servers.iter().map(ToString::to_string).collect();
    format!(
        "{} of the servers still seal under a key that would be put away: {}. Restart them and run this again. \
         One that was killed counts for a minute. Nothing was changed",
        each.len(),
        each.join("; ")
    )
}
