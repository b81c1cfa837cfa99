//! `cargo xtask bench --import`: what a long table takes that comes in, in seconds and in memory of the server.

use std::fmt::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;
use ureq::http::Request;

use super::known::Known;
use super::proc;
use super::site::{Place, Site, Stack};
use crate::demo::dice::Dice;
use crate::demo::places::PLACES;
use crate::http::{Client, integer, text};
use crate::run;

/// How often the server is looked at.
const MOMENT: Duration = Duration::from_millis(100);
/// Customers whom the business has before; their names come again in the table.
const BEFORE: u64 = 5_000;

/// Megabytes of a server: before, at their highest, and afterwards.
struct Memory {
    before: u64,
    highest: u64,
    after: u64,
}

impl Memory {
    fn shown(&self) -> String {
        let Self { before, highest, after } = self;
        format!("{before} → {highest} → {after}")
    }
}

/// Imports so many rows into a business of its own, which is made anew each time, and prints what it took.
pub fn import(place: &Place, stack: &Stack, rows: u64) -> Result<()> {
    let site = Site::anew(place, stack, "import", BEFORE)?;
    let table = table(&site.boss_known, rows)?;
    let api = Client::of(&site.url).with_token(&site.boss);
    let (rss, pss) = (proc::rss(site.pid()), proc::pss(&[site.pid()]));
    proc::forget_peak(site.pid())?;
    let begin = Instant::now();
    let sent = send(&site, &table)?;
    let uploaded = begin.elapsed();
    let path = format!("/api/v1/imports/{}", text(&sent, "/id")?);
    let begin = Instant::now();
    api.succeed("POST", &format!("{path}/start"), &[], &json!({ "columns": sent["columns"], "mode": "create" }))?;
    let mut highest = pss;
    let done = loop {
        highest = highest.max(proc::pss(&[site.pid()]));
        let found = api.get(&path)?;
        match text(&found, "/state")?.as_str() {
            "running" => {}
            "done" => break found,
            other => bail!("the import is {other}: {found}"),
        }
        ensure!(!run::stopping(), "stopped");
        thread::sleep(MOMENT);
    };
    let took = begin.elapsed();
    let (created, failed) = (integer(&done, "/created")?, integer(&done, "/failed")?);
    let wrong = i64::try_from(wrong(rows))?;
    ensure!((created, failed) == (i64::try_from(rows)? - wrong, wrong), "not what was in the table: {done}");
    let megabytes = |kilobytes: u64| kilobytes / 1024;
    let rss = Memory {
        before: megabytes(rss),
        highest: megabytes(proc::peak(site.pid())),
        after: megabytes(proc::rss(site.pid())),
    };
    let pss =
        Memory { before: megabytes(pss), highest: megabytes(highest), after: megabytes(proc::pss(&[site.pid()])) };
    println!(
        "\n{}, a table of {rows} rows, {:.1} MB; {}\n\n\
         | upload s | import s | rows/s | created | failed | RSS MB | PSS MB |\n|---|---|---|---|---|---|---|\n\
         | {:.1} | {:.1} | {:.0} | {created} | {failed} | {} | {} |",
        stack.name(),
        table.len() as f64 / 1e6,
        proc::machine(),
        uploaded.as_secs_f64(),
        took.as_secs_f64(),
        rows as f64 / took.as_secs_f64().max(0.001),
        rss.shown(),
        pss.shown(),
    );
    Ok(())
}

/// Sends the table as a phone or `curl` does.
fn send(site: &Site, table: &str) -> Result<serde_json::Value> {
    let request = Request::builder()
        .method("POST")
        .uri(format!("{}/api/v1/imports?name=customers.csv", site.url))
        .header("Authorization", format!("Bearer {}", site.boss));
    let mut answer = ureq::agent().run(request.body(table)?).context("sending the table")?;
    serde_json::from_str(&answer.body_mut().read_to_string()?).context("the answer to the table")
}

/// How many of so many rows are wrong.
fn wrong(rows: u64) -> u64 {
    rows / 100
}

/// As tables come: names that are known and names of their own, and in every hundredth row a number that a
/// program of tables has spoilt.
fn table(known: &Known, rows: u64) -> Result<String> {
    let mut dice = Dice::new(rows);
    let mut text = "姓名,手机,公司,地区,备注\n".to_owned();
    for row in 1..=rows {
        let (name, company) = (known.row(&mut dice).name.as_str(), known.row(&mut dice).company.as_deref());
        let region = dice.pick(PLACES).name;
        let number = if row % 100 == 0 { "1.38E+10".to_owned() } else { format!("19{row:09}") };
        writeln!(text, "{name},{number},{},{region},每月 15 号左右来补货", company.unwrap_or_default())?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::super::known::Row;
    use super::*;

    #[test]
    fn a_hundredth_of_the_table_is_wrong_and_no_number_comes_twice() -> Result<()> {
        let row = |name: &str| Row {
            id: String::new(),
            name: name.to_owned(),
            company: None,
            owner: None,
            region: None,
            last_four: String::new(),
            tag: None,
        };
        let known = Known { rows: vec![row("张三"), row("李四")], cursors: Vec::new(), tags: Vec::new() };
        let table = table(&known, 1_000)?;
        let numbers: Vec<&str> = table.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
        assert_eq!(numbers.len(), 1_000);
        let spoilt = numbers.iter().filter(|number| number.contains('E')).count();
        assert_eq!(u64::try_from(spoilt)?, wrong(1_000));
        let others: std::collections::BTreeSet<_> = numbers.iter().filter(|number| number.len() == 11).collect();
        assert_eq!(others.len() + spoilt, numbers.len());
        Ok(())
    }
}
