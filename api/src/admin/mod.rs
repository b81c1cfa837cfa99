//! `shuke admin …`: what the operator does before anybody can log in. Answers are one line of JSON.

mod audit;
mod keys;

pub use crate::samples::Sample;
pub use audit::AuditCommand;
pub use keys::Keys;
mod ip;

use crate::auth::hash_password;
use crate::erasure::erase_tenant;
use crate::installation::Installation;
use crate::scope::system::System;
use anyhow::{Context as _, bail};
use clap::{Command, Subcommand};
pub use ip::Ip;

use domain::permission::Role;
use domain::phone::Phone;
use serde_json::{Value, json};
use std::io::BufRead as _;
use std::sync::Arc;
use uuid::Uuid;

/// What an operator can do.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Businesses.
    #[command(subcommand)]
    Tenant(Tenant),
    /// People who log in with a password.
    #[command(subcommand)]
    Operator(Operator),
    /// People who work in a business.
    #[command(subcommand)]
    Staff(Staff),
    /// What is sealed under which key, and replacing keys.
    #[command(subcommand)]
    Keys(Keys),
    /// Networks: which are blocked, and which operators may come from.
    #[command(subcommand)]
    Ip(Ip),
    /// Fills a business with customers that nobody is, for benchmarks.
    Sample(Sample),
}

/// `shuke admin tenant`
#[derive(Debug, Subcommand)]
pub enum Tenant {
    /// Signs a business up.
    Create {
        /// Its name, as customers see it.
        #[arg(long)]
        name: String,
        /// The phone its customers may call.
        #[arg(long)]
        phone: Option<String>,
    },
    /// Erases a business for good: destroys its key and deletes its rows. No backup brings it back.
    Erase {
        /// The business.
        #[arg(long)]
        tenant: i64,
        /// Its name, so that no other is meant.
        #[arg(long)]
        confirm: String,
    },
}

/// `shuke admin operator`
#[derive(Debug, Subcommand)]
pub enum Operator {
    /// Makes an operator, and with `--tenant` a member of staff there.
    Create {
        /// The name to log in with.
        #[arg(long)]
        name: String,
        /// Reads the password (at least ten characters) from standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
        /// A business to work in.
        #[arg(long)]
        tenant: Option<i64>,
        /// The role there.
        #[arg(long, default_value = "boss")]
        role: Role,
        /// Lets them manage all businesses of the installation.
        #[arg(long)]
        installation: bool,
    },
    /// Forgets the authenticator app of an operator who lost it, and ends their sessions.
    ResetTotp {
        /// The name they log in with.
        #[arg(long)]
        name: String,
    },
}

/// `shuke admin staff`
#[derive(Debug, Subcommand)]
pub enum Staff {
    /// Adds somebody, who becomes able to log in by proving the phone.
    Create {
        /// The business.
        #[arg(long)]
        tenant: i64,
        /// Their name.
        #[arg(long)]
        name: String,
        /// boss, manager, sales, service or finance.
        #[arg(long)]
        role: Role,
        /// Their phone at WeChat.
        #[arg(long)]
        phone: String,
    },
    /// Changes a role. Tokens in use stop working within three seconds.
    Role {
        /// The business.
        #[arg(long)]
        tenant: i64,
        /// The member of staff.
        #[arg(long)]
        staff: Uuid,
        /// boss, manager, sales, service or finance.
        #[arg(long)]
        role: Role,
    },
    /// Suspends somebody: they cannot log in until they get a role again.
    Suspend {
        /// The business.
        #[arg(long)]
        tenant: i64,
        /// The member of staff.
        #[arg(long)]
        staff: Uuid,
    },
}

/// Every command of `shuke admin` and `shuke audit`, by its words: `tenant create`.
#[must_use]
pub fn commands() -> Vec<String> {
    fn ends(command: &Command, words: &str, found: &mut Vec<String>) {
        if !command.has_subcommands() {
            found.push(words.trim_start().to_owned());
        }
        for one in command.get_subcommands() {
            ends(one, &format!("{words} {}", one.get_name()), found);
        }
    }
    let mut found = Vec::new();
    ends(&Admin::augment_subcommands(Command::new("admin")), "admin", &mut found);
    ends(&AuditCommand::augment_subcommands(Command::new("audit")), "audit", &mut found);
    found
}

impl Admin {
    /// Does it and says what was made.
    ///
    /// # Errors
    /// When an argument is wrong or something is taken; the message says which.
    pub async fn run(self, at: &Arc<Installation>) -> anyhow::Result<Value> {
        let system = System::new(at);
        match self {
            Self::Tenant(Tenant::Create { name, phone }) => {
                let name = one_line(&name)?;
                let id = system.create_tenant(&name, phone.as_deref()).await.map_err(said)?;
                Ok(json!({ "tenant_id": id }))
            }
            Self::Tenant(Tenant::Erase { tenant, confirm }) => {
                let there = system.tenant(tenant).await.map_err(said)?.context("there is no such business")?;
                if there.erased_at.is_none() && there.name != confirm {
                    bail!("--confirm must be the name of the business");
                }
                erase_tenant(&system, tenant).await.map_err(said)?;
                Ok(json!({ "tenant_id": tenant, "erased": true }))
            }
            Self::Operator(Operator::Create { name, password_stdin: _, tenant, role, installation }) => {
                let name = one_line(&name)?;
                let mut password = String::new();
                std::io::stdin().lock().read_line(&mut password).context("reading the password")?;
                let password = password.trim_end_matches(['\n', '\r']);
                if password.chars().count() < 10 {
                    bail!("the password needs at least ten characters");
                }
                let account = system.create_operator(&name, hash_password(password)?).await.map_err(said)?;
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
            Self::Keys(keys) => keys.run(at).await,
            Self::Operator(Operator::ResetTotp { name }) => {
                system.reset_totp(&name).await.map_err(said)?;
                Ok(json!({ "name": name, "totp": false }))
            }
            Self::Ip(ip) => ip.run(&system).await,
            Self::Sample(sample) => sample.run(at).await,
            Self::Staff(Staff::Create { tenant, name, role, phone }) => {
                let name = one_line(&name)?;
                let phone = Phone::parse(&phone).context("--phone is not a phone number")?;
                let staff = system.create_staff(tenant, &name, role, Some(&phone), None).await.map_err(said)?;
                Ok(json!({ "staff_id": staff }))
            }
            Self::Staff(Staff::Role { tenant, staff, role }) => {
                system.set_role(tenant, staff, Some(role)).await.map_err(said)?;
                Ok(json!({ "staff_id": staff, "role": role }))
            }
            Self::Staff(Staff::Suspend { tenant, staff }) => {
                system.set_role(tenant, staff, None).await.map_err(said)?;
                Ok(json!({ "staff_id": staff, "suspended": true }))
            }
        }
    }
}

/// A problem as a sentence for a terminal.
pub(crate) fn said(problem: crate::Problem) -> anyhow::Error {
    match problem {
        crate::Problem::Internal(cause) => cause,
        other => anyhow::anyhow!("{}", domain::message::detail(other.code(), &[], domain::Lang::En)),
    }
}

fn one_line(name: &str) -> anyhow::Result<String> {
    let name = domain::text::fold(name);
    if domain::text::line(&name).is_err() || name.chars().count() > 50 {
        bail!("--name must be one line of 1 to 50 characters");
    }
    Ok(name)
}
