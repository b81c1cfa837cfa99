//! `shuke admin sample`: a business of any size, for benchmarks and for tuning queries.

mod dice;
mod people;
mod words;

use crate::admin::said;
use crate::config::Profile;
use crate::customers::entity::pool;
use crate::customers::{Sampled, Term, write_sample, write_terms};
use crate::installation::Installation;
use crate::problem::Problem;
use crate::scope::Scope;
use crate::scope::system::{System, job_scope};
use crate::tags::entity::{group, tag};
use crate::tenants::staff;
use anyhow::{Context as _, ensure};
use clap::Args;
use domain::permission::Role;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use people::{Dated, People};
use sea_orm::{QueryOrder as _, QuerySelect as _, Set};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// Customers of one transaction.
const BATCH: usize = 250;
/// Terms of one transaction.
const TERMS: usize = 5_000;
/// Transactions whose terms are put in order together, some two million: neighbours in the index are then written
/// together.
const SORTED: usize = 400;
/// Transactions at a time: one is prepared while the database is busy with another.
const AT_ONCE: usize = 3;
/// Customers of each of the other businesses.
const OTHER: u64 = 1_000;

/// `shuke admin sample`
#[derive(Debug, Args)]
pub struct Sample {
    /// The business; it must have no customers yet.
    #[arg(long)]
    tenant: i64,
    /// How many customers.
    #[arg(long)]
    customers: u64,
    /// Another number makes other customers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many people work there; those who do already are among them.
    #[arg(long, default_value_t = 50)]
    staff: usize,
    /// Also makes so many other businesses of 1,000 customers each.
    #[arg(long, default_value_t = 0)]
    others: u64,
}

impl Sample {
    pub(super) async fn run(self, at: &Arc<Installation>) -> anyhow::Result<Value> {
        ensure!(at.config.profile != Profile::Production, "samples are not for the production profile");
        let system = System::new(at);
        for other in 0..self.others {
            let tenant = system.create_tenant(&format!("样本{:03}", other + 1), None).await.map_err(said)?;
            fill(at, tenant, OTHER, self.seed.wrapping_add(other + 1), 3).await?;
        }
        fill(at, self.tenant, self.customers, self.seed, self.staff).await?;
        Ok(json!({ "tenant_id": self.tenant, "customers": self.customers, "others": self.others }))
    }
}

async fn fill(at: &Arc<Installation>, tenant: i64, count: u64, seed: u64, staff: usize) -> anyhow::Result<()> {
    let system = System::new(at);
    system.tenant(tenant).await.map_err(said)?.context("there is no such business")?;
    ensure!(system.begin_sample(tenant).await.map_err(said)?, "the business has customers already");
    let scope = async || job_scope(at, tenant, Uuid::nil()).await;
    let mut first = scope().await.map_err(said)?;
    let people = hired(&first, &system, seed, staff).await?;
    let (pool, tags) = furnished(&mut first).await.map_err(said)?;
    let sample = People::new(seed, Dated { now: first.now(), count }, people, pool, tags);
    let (mut batches, mut written) = (sample.batches(BATCH), 0);
    loop {
        // All of them are over before their terms are written: one that waits to go on would keep SQLite's only writer.
        let some = stream::iter(batches.by_ref().take(SORTED))
            .map(async |people: Vec<Sampled>| write_sample(scope().await?, people).await)
            .buffered(AT_ONCE);
        let terms: Vec<Vec<Term>> = some.try_collect().await.map_err(said)?;
        if terms.is_empty() {
            return Ok(());
        }
        written += terms.len() * BATCH;
        sorted(at, tenant, terms.concat()).await.map_err(said)?;
        tracing::info!(tenant, customers = written, "sampled");
    }
}

async fn sorted(at: &Arc<Installation>, tenant: i64, mut terms: Vec<Term>) -> Result<(), Problem> {
    terms.sort_unstable();
    let write = async |some: &[Term]| write_terms(job_scope(at, tenant, Uuid::nil()).await?, some.to_vec()).await;
    stream::iter(terms.chunks(TERMS)).map(write).buffered(AT_ONCE).try_collect().await
}

/// Everybody who works there, after as many were hired as are missing.
async fn hired(scope: &Scope, system: &System, seed: u64, wanted: usize) -> anyhow::Result<Vec<Uuid>> {
    let there = scope.find::<staff::Entity>().shape(|rows| rows.order_by_asc(staff::Column::Id).limit(500));
    let mut people: Vec<Uuid> = there.all().await?.into_iter().map(|person| person.id).collect();
    let mut names = people::Names::new(seed ^ 0x5aff);
    while people.len() < wanted.max(1) {
        let name = names.person();
        people.push(system.create_staff(scope.tenant_id(), &name, Role::Sales, None, None).await.map_err(said)?);
    }
    Ok(people)
}

/// A pool, and tags in groups.
async fn furnished(scope: &mut Scope) -> Result<(Uuid, Vec<Uuid>), Problem> {
    let tx = scope.begin().await?;
    let pool = tx.new_id();
    let row = pool::ActiveModel { id: Set(pool), name: Set("公海".to_owned()), ..Default::default() };
    tx.insert::<pool::Entity>(row).await?;
    let mut made = Vec::new();
    for (name, tags) in words::TAGS {
        let group = tx.new_id();
        let row = group::ActiveModel { id: Set(group), name: Set((*name).to_owned()), ..Default::default() };
        tx.insert::<group::Entity>(row).await?;
        for name in tags.split(' ') {
            let id = tx.new_id();
            let row = tag::ActiveModel {
                id: Set(id),
                group_id: Set(group),
                name: Set(name.to_owned()),
                colour: Set("#2F7D6B".to_owned()),
                ..Default::default()
            };
            tx.insert::<tag::Entity>(row).await?;
            made.push(id);
        }
    }
    tx.commit().await?;
    Ok((pool, made))
}
