//! `shuke admin operator …`: people who log in with a password.

use super::{one_line, said};
use crate::auth::hash_password;
use crate::scope::system::System;
use anyhow::{Context as _, ensure};
use clap::Subcommand;
use domain::accounts::{PASSWORD_LONGEST, PASSWORD_SHORTEST};
use domain::permission::Role;
use serde_json::{Value, json};
use std::io::BufRead as _;

/// `shuke admin operator`
#[derive(Debug, Subcommand)]
pub enum Operator {
    /// Makes an operator: with `--tenant` a member of staff there, with `--installation` one who manages all of it.
    Create {
        /// The name to log in with.
        #[arg(long)]
        name: String,
        /// Reads the password (10 to 128 characters) from standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
        /// A business to work in.
        #[arg(long, required_unless_present = "installation")]
        tenant: Option<i64>,
        /// The role there.
        #[arg(long, default_value = "boss")]
        role: Role,
        /// Lets them manage all businesses of the installation.
        #[arg(long)]
        installation: bool,
    },
    /// Lists them, a thousand at most.
    List,
    /// Gives an operator another password, and ends their sessions.
    Password {
        /// The name they log in with.
        #[arg(long)]
        name: String,
        /// Reads the password (10 to 128 characters) from standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Forgets the authenticator app of an operator who lost it, and ends their sessions.
    ResetTotp {
        /// The name they log in with.
        #[arg(long)]
        name: String,
    },
    /// Takes somebody's password away who leaves, and ends their sessions. Where they work they are suspended apart
    /// (`shuke admin staff suspend`).
    Remove {
        /// The name they log in with.
        #[arg(long)]
        name: String,
    },
}

impl Operator {
    pub(super) async fn run(self, system: &System) -> anyhow::Result<Value> {
        match self {
            Self::Create { name, password_stdin: _, tenant, role, installation } => {
                let name = one_line(&name)?;
                if let Some(tenant) = tenant {
                    ensure!(system.tenant(tenant).await.map_err(said)?.is_some(), "there is no business {tenant}");
                }
                let account = system.create_operator(&name, password()?).await.map_err(said)?;
                if installation {
                    system.appoint_operator(&name).await.map_err(said)?;
                }
                let staff = match tenant {
                    Some(tenant) => {
                        Some(system.create_staff(tenant, &name, role, None, Some(account)).await.map_err(said)?)
                    }
                    None => None,
                };
                Ok(json!({ "account_id": account, "staff_id": staff }))
            }
            Self::List => {
                let rows = system.operators().await.map_err(said)?.into_iter();
                let row = |row: crate::auth::entity::operator::Model| json!({ "name": row.name, "account_id": row.account_id, "installation": row.installation.is_some(), "created_at": row.created_at });
                Ok(json!({ "operators": rows.map(row).collect::<Vec<_>>() }))
            }
            Self::Password { name, password_stdin: _ } => {
                system.set_password(&name, password()?, None).await.map_err(said)?;
                Ok(json!({ "name": name, "password": true }))
            }
            Self::ResetTotp { name } => {
                system.reset_totp(&name).await.map_err(said)?;
                Ok(json!({ "name": name, "totp": false }))
            }
            Self::Remove { name } => {
                system.remove_operator(&name).await.map_err(said)?;
                Ok(json!({ "name": name, "removed": true }))
            }
        }
    }
}

/// The hash of what stands on the first line of standard input.
fn password() -> anyhow::Result<String> {
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password).context("reading the password")?;
    let password = password.trim_end_matches(['\n', '\r']);
    let length = u64::try_from(password.chars().count()).unwrap_or(u64::MAX);
    ensure!(
        (PASSWORD_SHORTEST..=PASSWORD_LONGEST).contains(&length),
        "the password needs {PASSWORD_SHORTEST} to {PASSWORD_LONGEST} characters"
    );
    hash_password(password)
}
