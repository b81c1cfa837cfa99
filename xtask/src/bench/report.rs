//! The tables that docs/BENCHMARK.md quotes.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::endpoints::{Asker, Endpoint};
use super::load::Measured;
use super::{Plan, proc};

/// Rows of a page that nobody said the length of.
const PAGE: f64 = 20.0;
/// Answers of this share of another's size or more are taken for the same work.
const ALIKE: f64 = 0.85;

/// What was measured of one endpoint.
pub struct Line {
    pub endpoint: &'static Endpoint,
    pub small: Measured,
    pub big: Measured,
    /// Of the big business, asked for as many rows as the small one has, where that is less than a page.
    pub alike: Measured,
    /// Of the big business, for one request.
    pub statements: Option<u64>,
    /// Of the big business, by the others.
    pub rivals: Vec<Measured>,
}

impl Line {
    pub fn of(endpoint: &'static Endpoint, rivals: usize) -> Self {
        let rivals = vec![Measured::default(); rivals];
        let [small, big, alike] = [(); 3].map(|()| Measured::default());
        Self { endpoint, small, big, alike, statements: None, rivals }
    }

    /// Rows that the small business answers with, if its answers are so much smaller that the two do not do the same work.
    pub fn rows_of_the_small(&self) -> Option<u32> {
        let share = self.small.size() / self.big.size();
        (share < ALIKE).then(|| (share * PAGE).round().max(1.0) as u32)
    }
}

pub struct Report<'r> {
    pub stack: &'static str,
    pub plan: &'r Plan,
    /// Kilobytes before the first request of the load.
    pub idle: u64,
    pub rivals: &'r [&'static str],
    pub lines: &'r [Line],
}

impl Report<'_> {
    /// Prints the tables, and keeps them.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let mut text = String::new();
        self.sizes(&mut text)?;
        if !self.rivals.is_empty() {
            self.others(&mut text)?;
        }
        println!("\n{text}");
        let file = folder.join(format!("{}.md", self.stack));
        fs::write(&file, text)?;
        println!("kept in {}", file.display());
        Ok(())
    }

    fn sizes(&self, text: &mut String) -> Result<()> {
        let Plan { sizes: [smaller, bigger], times, rounds, .. } = self.plan;
        let seconds = times.measured.as_secs_f64();
        let (stack, machine) = (self.stack, proc::machine());
        writeln!(text, "{stack}, {bigger} customers beside {smaller}; {rounds} rounds of {seconds} s; {machine}\n")?;
        writeln!(
            text,
            "| request | as | statements | p50 ms | p99 ms | CPU µs, server + database | at {smaller} | × | answer kB | at {smaller} | as many rows | × | rate |"
        )?;
        writeln!(text, "|---|---|---|---|---|---|---|---|---|---|---|---|---|")?;
        let mut most = 0;
        for line @ Line { endpoint, small, big, alike, statements, .. } in self.lines {
            let who = if endpoint.asker == Asker::Boss { "boss" } else { "sales" };
            let statements = statements.map_or("".to_owned(), |count| count.to_string());
            let ((server, database), (small_server, small_database)) = (big.cost(), small.cost());
            let times = |(server, database): (f64, f64)| (server + database) / (small_server + small_database).max(1.0);
            let (rows, alike) = match line.rows_of_the_small() {
                Some(rows) => (rows.to_string(), format!("{:.2}", times(alike.cost()))),
                None => Default::default(),
            };
            let times = times((server, database));
            let (p50, p99) = (milliseconds(big.percentile(50)), milliseconds(big.percentile(99)));
            writeln!(
                text,
                "| {} | {who} | {statements} | {p50} | {p99} | {server:.0} + {database:.0} | {small_server:.0} + {small_database:.0} | {times:.2} | {:.1} | {:.1} | {rows} | {alike} | {:.0}/s |",
                endpoint.name,
                big.size(),
                small.size(),
                big.rate(),
            )?;
            most = most.max(big.pss).max(small.pss);
        }
        writeln!(text, "\nPSS of the server: {} MB idle, {} MB under load.", self.idle / 1024, most / 1024)?;
        Ok(())
    }

    /// Ratios of the others to ours: of the server's processor time, and of the server's and the database's.
    fn others(&self, text: &mut String) -> Result<()> {
        writeln!(
            text,
            "\n| request | beside | CPU µs, server + database | ours | server | both | p99 ms | rate | PSS MB |"
        )?;
        writeln!(text, "|---|---|---|---|---|---|---|---|---|")?;
        for line in self.lines.iter().filter(|line| line.endpoint.compared) {
            let (server, database) = line.big.cost();
            for (name, measured) in self.rivals.iter().zip(&line.rivals) {
                let (their_server, their_database) = measured.cost();
                writeln!(
                    text,
                    "| {} | {name} | {their_server:.0} + {their_database:.0} | {server:.0} + {database:.0} | {:.2} | {:.2} | {} | {:.0}/s | {} |",
                    line.endpoint.name,
                    their_server / server.max(1.0),
                    (their_server + their_database) / (server + database).max(1.0),
                    milliseconds(measured.percentile(99)),
                    measured.rate(),
                    measured.pss / 1024,
                )?;
            }
        }
        Ok(())
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e3)
}
