//! `shuke admin …`: what the operator does before anybody can log in. Answers are one line of JSON.

mod audit;
mod ip;
mod keys;
mod operator;

pub use crate::samples::Sample;
pub use audit::AuditCommand;
pub use ip::Ip;
pub use keys::Keys;
pub use operator::Operator;

use crate::erasure::erase_tenant;
use crate::installation::Installation;
use crate::scope::system::System;
use anyhow::{Context as _, bail};
use clap::{Command, Subcommand};
use domain::permission::Role;
use domain::phone::Phone;
use domain::staff::TenantChanges;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// Businesses, or people in one, that are listed at a time.
const LISTED: u64 = 1_000;

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
    /// Lists the businesses, the oldest first, a thousand at a time.
    List {
        /// Begins after the business of this id.
        #[arg(long, default_value_t = 0)]
        after: i64,
    },
    /// Gives a business another name.
    Rename {
        /// The business.
        #[arg(long)]
        tenant: i64,
        /// Its name, as customers see it.
        #[arg(long)]
        name: String,
    },
    /// Keeps everybody from working in a business, within three seconds. Its customers still see their orders.
    Suspend {
        /// The business.
        #[arg(long)]
        tenant: i64,
    },
    /// Lets people work in a suspended business again.
    Resume {
        /// The business.
        #[arg(long)]
        tenant: i64,
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

/// `shuke admin staff`
#[derive(Debug, Subcommand)]
pub enum Staff {
    /// Lists who works in a business, a thousand at most.
    List {
        /// The business.
        #[arg(long)]
        tenant: i64,
    },
    /// Adds somebody, who becomes able to log in by proving the phone and accepting the place.
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
    /// Changes a role. Tokens in use stop working within three seconds. The last boss who can log in stays one.
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
    /// Suspends somebody: they cannot log in until they get a role again. Not the last boss who can log in.
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
                // As a change would be judged.
                let judged = json!({ "phone": phone }).to_string();
                domain::check::<TenantChanges>(judged.as_bytes()).map_err(|refused| said(refused.into()))?;
                let id = system.create_tenant(&name, phone.as_deref()).await.map_err(said)?;
                Ok(json!({ "tenant_id": id }))
            }
            Self::Tenant(Tenant::List { after }) => {
                let rows = system.tenants_after(after, LISTED).await.map_err(said)?.into_iter();
                let row = |row: crate::auth::entity::tenant::Model| json!({ "tenant_id": row.id, "name": row.name, "created_at": row.created_at, "suspended_at": row.suspended_at, "erased_at": row.erased_at });
                Ok(json!({ "tenants": rows.map(row).collect::<Vec<_>>() }))
            }
            Self::Tenant(Tenant::Rename { tenant, name }) => change(&system, tenant, json!({ "name": name })).await,
            Self::Tenant(Tenant::Suspend { tenant }) => change(&system, tenant, json!({ "suspended": true })).await,
            Self::Tenant(Tenant::Resume { tenant }) => change(&system, tenant, json!({ "suspended": false })).await,
            Self::Tenant(Tenant::Erase { tenant, confirm }) => {
                let there = system.tenant(tenant).await.map_err(said)?.context("there is no such business")?;
                if there.erased_at.is_none() && there.name != confirm {
                    bail!("--confirm must be the name of the business");
                }
                erase_tenant(&system, tenant).await.map_err(said)?;
                Ok(json!({ "tenant_id": tenant, "erased": true }))
            }
            Self::Operator(operator) => operator.run(&system).await,
            Self::Keys(keys) => keys.run(at).await,
            Self::Ip(ip) => ip.run(&system).await,
            Self::Sample(sample) => sample.run(at).await,
            Self::Staff(Staff::List { tenant }) => {
                let rows = system.staff_of(tenant, None, LISTED).await.map_err(said)?.into_iter();
                let row = |row: crate::tenants::staff::Model| json!({ "staff_id": row.id, "name": row.name, "role": row.role.0, "suspended_at": row.suspended_at });
                Ok(json!({ "staff": rows.map(row).collect::<Vec<_>>() }))
            }
            Self::Staff(Staff::Create { tenant, name, role, phone }) => {
                let name = one_line(&name)?;
                let phone = Phone::parse(&phone).context("--phone is not a phone number")?;
                let staff = system.create_staff(tenant, &name, role, Some(&phone), None).await.map_err(said)?;
                Ok(json!({ "staff_id": staff }))
            }
            Self::Staff(Staff::Role { tenant, staff, role }) => {
                system.set_role(tenant, staff, Some(role)).await.map_err(|problem| kept(problem, tenant))?;
                Ok(json!({ "staff_id": staff, "role": role }))
            }
            Self::Staff(Staff::Suspend { tenant, staff }) => {
                system.set_role(tenant, staff, None).await.map_err(|problem| kept(problem, tenant))?;
                Ok(json!({ "staff_id": staff, "suspended": true }))
            }
        }
    }
}

/// Why somebody stays what they are, and what to do about it.
fn kept(problem: crate::Problem, tenant: i64) -> anyhow::Error {
    match problem.code() {
        "last_boss" => anyhow::anyhow!(
            "nobody else could log in to business {tenant} as its boss. Make another boss first (`shuke admin staff \
             create --role boss` or `shuke admin staff role --role boss`), and let them log in once. Nothing was changed"
        ),
        _ => said(problem),
    }
}

/// A problem as a sentence for a terminal.
/// Changes a business as `PATCH /operator/tenants/{id}` would, whatever version it has.
async fn change(system: &System, tenant: i64, body: Value) -> anyhow::Result<Value> {
    let there = system.tenant(tenant).await.map_err(said)?.filter(|there| there.erased_at.is_none());
    let there = there.context("there is no such business")?;
    let changes = domain::check(body.to_string().as_bytes()).map_err(|refused| said(refused.into()))?;
    if !system.change_tenant(tenant, there.version, changes).await.map_err(said)? {
        bail!("somebody changed the business at this moment: run it again");
    }
    Ok(json!({ "tenant_id": tenant }))
}

pub(crate) fn said(problem: crate::Problem) -> anyhow::Error {
    match problem {
        crate::Problem::Internal(cause) => cause,
        crate::Problem::Invalid(violations) => {
            let each = violations.explain(domain::Lang::En).into_iter();
            let each: Vec<String> = each.map(|one| format!("{}: {}", one.field, one.detail)).collect();
            anyhow::anyhow!("{}", each.join("; "))
        }
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
