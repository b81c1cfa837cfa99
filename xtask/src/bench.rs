//! `cargo xtask bench`: what a request costs with a million customers, and beside what. The numbers in
//! docs/BENCHMARK.md come from here.

mod endpoints;
mod import;
mod known;
mod load;
mod proc;
mod report;
mod rivals;
mod site;

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use crate::demo::dice::Dice;
use crate::run;
use crate::run::cargo;
use endpoints::{ENDPOINTS, Endpoint};
use load::{Measured, Target, Times, drive};
use report::{Line, Report};
use rivals::Rival;
use site::{Place, Site, Stack};

#[derive(clap::Args)]
pub struct Options {
    /// On which database.
    #[arg(long, value_enum, default_value_t = Database::Both)]
    database: Database,
    /// Customers of the big business.
    #[arg(long, default_value_t = 1_000_000)]
    customers: u64,
    /// Customers of the small one that it is compared with.
    #[arg(long, default_value_t = 10_000)]
    small: u64,
    /// Seconds for each measurement.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How often everything is measured, one after the other.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Also measures get, list and create of an idiomatic Django service on the same tables (MariaDB only).
    #[arg(long)]
    peer: bool,
    /// Measures the product alone, beside nothing.
    #[arg(long, conflicts_with = "peer")]
    alone: bool,
    /// Rows of each page that is asked for, beside nothing: where both businesses fill it, they do the same work.
    #[arg(long, value_name = "ROWS", conflicts_with = "peer")]
    page: Option<u32>,
    /// Only endpoints with this in their name; may be repeated.
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,
    /// Measures instead what a table of so many rows takes that is imported, 1 % of them wrong.
    #[arg(long, value_name = "ROWS", num_args = 0..=1, default_missing_value = "100000", conflicts_with_all = ["hold", "peer", "alone", "only"])]
    import: Option<u64>,
    /// Businesses of 1,000 customers beside the one that is measured.
    #[arg(long, default_value_t = 200)]
    others: u64,
    /// Takes the programs as `cargo build` leaves them: to try the command, not to measure.
    #[arg(long)]
    debug: bool,
    /// Measures nothing: fills, starts everything, says where it is and waits for Ctrl-C.
    #[arg(long)]
    hold: bool,
}

/// What is measured, and how.
struct Plan {
    /// Customers of the small business and of the big one.
    sizes: [u64; 2],
    times: Times,
    rounds: u32,
    peer: bool,
    alone: bool,
    page: Option<u32>,
    only: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Database {
    Sqlite,
    Mariadb,
    Both,
}

pub fn bench(options: &Options) -> Result<()> {
    let profile = if options.debug { "debug" } else { "release" };
    let release = (!options.debug).then_some("--release");
    run::run(cargo().args(["build", "--package", "api", "--package", "bare"]).args(release))?;
    let place = Place { folder: site::folder(), profile, others: options.others };
    fs::create_dir_all(&place.folder)?;
    if options.database != Database::Sqlite {
        measure_on(options, &place, &Stack::mariadb(&place)?)?;
    }
    if options.database != Database::Mariadb && !run::stopping() {
        measure_on(options, &place, &Stack::Sqlite)?;
    }
    Ok(())
}

fn measure_on(options: &Options, place: &Place, stack: &Stack) -> Result<()> {
    let plan = Plan {
        sizes: [options.small, options.customers],
        times: Times { warm_up: Duration::from_millis(700), measured: Duration::from_secs(options.seconds) },
        rounds: options.rounds,
        peer: options.peer,
        alone: options.alone || options.page.is_some(),
        page: options.page,
        only: options.only.clone(),
    };
    match options.import {
        Some(rows) => import::import(place, stack, rows),
        None if options.hold => hold(place, &plan, stack),
        None => measure(place, &plan, stack),
    }
}

fn measure(place: &Place, plan: &Plan, stack: &Stack) -> Result<()> {
    let sites = [Site::open(place, stack, plan.sizes[0])?, Site::open(place, stack, plan.sizes[1])?];
    let idle = sites.iter().map(|site| proc::pss(&[site.pid()])).max().unwrap_or_default();
    // Before it is looked at what they ask the database, too.
    settle(&sites)?;
    let rivals = rivals(place, plan, stack, &sites[1])?;
    let chosen = |endpoint: &&Endpoint| {
        plan.only.is_empty() || plan.only.iter().any(|text| endpoint.name.contains(text.as_str()))
    };
    let mut lines: Vec<Line> =
        ENDPOINTS.iter().filter(chosen).map(|endpoint| Line::of(endpoint, rivals.len())).collect();
    ensure!(!lines.is_empty(), "no endpoint has that in its name");
    for round in 0..plan.rounds {
        println!("{}: round {} of {}, load {}", stack.name(), round + 1, plan.rounds, proc::load());
        for line in &mut lines {
            for (site, sum) in sites.iter().zip([&mut line.small, &mut line.big]) {
                let before = stack.statements();
                let measured = ask(plan, stack, site, line.endpoint, plan.page)?;
                line.statements = before.zip(stack.statements()).map(|(before, now)| (now - before) / measured.asked);
                sum.add(measured);
            }
            if let Some(rows) = line.rows_of_the_small() {
                line.alike.add(ask(plan, stack, &sites[1], line.endpoint, Some(rows))?);
            }
            for (rival, sum) in rivals.iter().zip(&mut line.rivals).filter(|_| line.endpoint.compared) {
                sum.add(rival.ask(stack, &sites[1], line.endpoint, plan.times)?);
            }
        }
    }
    let rivals: Vec<&str> = rivals.iter().map(|rival| rival.name).collect();
    Report { stack: stack.name(), plan, idle, rivals: &rivals, lines: &lines }.write(&place.folder)
}

/// Waits until the servers have done what they do after a start, such as comparing what is searched with the customers:
/// otherwise it counts as part of whatever is asked first.
fn settle(sites: &[Site; 2]) -> Result<()> {
    const STILL: Duration = Duration::from_millis(50);
    let pids: Vec<u32> = sites.iter().map(Site::pid).collect();
    let begun = Instant::now();
    let mut before = proc::used(&pids)?;
    for _ in 0..600 {
        std::thread::sleep(Duration::from_secs(2));
        let now = proc::used(&pids)?;
        if now.saturating_sub(before) <= STILL || run::stopping() {
            println!("still after {} s", begun.elapsed().as_secs());
            return Ok(());
        }
        before = now;
    }
    bail!("the servers have been busy by themselves for twenty minutes")
}

fn ask(plan: &Plan, stack: &Stack, site: &Site, endpoint: &Endpoint, rows: Option<u32>) -> Result<Measured> {
    let (token, known) = site.asker(endpoint.asker);
    let target = Target { url: &site.url, token, server: vec![site.pid()], database: stack.pids() };
    drive(&target, plan.times, &|dice: &mut Dice| (endpoint.shot)(known, dice).of_rows(rows))
}

/// What else is measured on the big business, after it has proved to do the same.
fn rivals(place: &Place, plan: &Plan, stack: &Stack, site: &Site) -> Result<Vec<Rival>> {
    if plan.alone {
        return Ok(Vec::new());
    }
    let bare = Rival::bare(place, site)?;
    bare.must_ask_alike(stack, site)?;
    let mut rivals = vec![bare];
    if plan.peer && stack.name() == "mariadb" {
        let django = Rival::django(site)?;
        django.must_answer_alike(stack, site)?;
        rivals.push(django);
    }
    Ok(rivals)
}

/// For whoever tunes a query by hand.
fn hold(place: &Place, plan: &Plan, stack: &Stack) -> Result<()> {
    let mut sites = Vec::new();
    for size in plan.sizes {
        let site = Site::open(place, stack, size)?;
        println!("{size} customers: {} (tenant {}), database {}", site.url, site.tenant, site.database);
        println!("  boss   {}\n  sales  {}", site.boss, site.sales);
        sites.push(site);
    }
    println!("{}; Ctrl-C ends it", stack.name());
    while !run::stopping() {
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}
