//! `cargo xtask test`: everything that CI checks, as one list of steps.

mod e2e;
mod hostile;
mod phone;
mod rust;
pub mod setup;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::{generate, run, tidy, wasm};

/// One thing that CI checks.
struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<()>,
}

/// All of them, in the order in which they run.
const STEPS: &[Step] = &[
    Step { name: "setup", what: "install what the other steps need", run: setup::everything },
    Step { name: "fmt", what: "the sources are formatted", run: rust::fmt },
    Step { name: "deps", what: "nobody uses what it must not", run: rust::deps },
    Step { name: "clippy", what: "no warnings", run: rust::clippy },
    Step { name: "wasm", what: "the rules load and agree on every phone", run: wasm::check },
    Step { name: "generate", what: "the generated files are up to date", run: generate::check },
    Step { name: "unit", what: "tests of each crate by itself", run: rust::unit },
    Step { name: "api-sqlite", what: "the API on SQLite and the in-process cache", run: rust::api_sqlite },
    Step { name: "api-mariadb", what: "the API on MariaDB and Redis", run: rust::api_mariadb },
    Step {
        name: "miniprogram",
        what: "types, templates, package size, the preview's own tests",
        run: phone::miniprogram,
    },
    Step { name: "e2e", what: "both phones in a browser against the real API", run: e2e::e2e },
    Step { name: "endure", what: "parsers of foreign bytes, a quarter of a minute each", run: hostile::endure },
    Step { name: "schemathesis", what: "the document against the running server", run: hostile::schemathesis },
    Step { name: "deny", what: "licences, bans and sources of everything we build on", run: hostile::deny },
    Step { name: "tidy", what: "lengths, names, leftovers, who uses whom", run: tidy::tidy },
];

#[derive(clap::Args)]
pub struct Options {
    /// Runs only this step; may be repeated.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Prints the steps and ends.
    #[arg(long)]
    list: bool,
}

/// How a step went; `None` when it did not run.
type Outcome = Option<(Duration, Result<(), Failure>)>;

/// Why a step failed, and the last lines of what it printed.
struct Failure {
    error: anyhow::Error,
    words: Vec<String>,
}

pub fn test(options: &Options) -> Result<ExitCode> {
    if options.list {
        for step in STEPS {
            println!("{:<12} {}", step.name, step.what);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = chosen(&options.only)?;
    let mut results: Vec<(&Step, Outcome)> = Vec::new();
    let mut go_on = true;
    for step in chosen {
        if !go_on {
            results.push((step, None));
            continue;
        }
        let result = timed(step);
        // Without its tools no later step can say anything.
        go_on = !run::stopping() && (result.1.is_ok() || step.name != "setup");
        results.push((step, Some(result)));
    }
    Ok(report(&results))
}

fn chosen(only: &[String]) -> Result<Vec<&'static Step>> {
    for name in only {
        let known = STEPS.iter().any(|step| step.name == name);
        ensure!(known, "there is no step {name}; `cargo xtask test --list` prints them");
    }
    Ok(STEPS.iter().filter(|step| only.is_empty() || only.iter().any(|name| name == step.name)).collect())
}

fn timed(step: &Step) -> (Duration, Result<(), Failure>) {
    println!("\n=== {}: {}", step.name, step.what);
    run::last_words();
    let begin = Instant::now();
    let result = (step.run)().map_err(|error| Failure { error, words: run::last_words() });
    let took = begin.elapsed();
    match &result {
        Ok(()) => println!("=== {} passed in {:.1} s", step.name, took.as_secs_f64()),
        Err(failure) => println!("=== {} FAILED after {:.1} s: {:#}", step.name, took.as_secs_f64(), failure.error),
    }
    (took, result)
}

/// What failed once more, the table, and last the line that counts.
fn report(results: &[(&Step, Outcome)]) -> ExitCode {
    for (step, result) in results {
        if let Some((_, Err(failure))) = result {
            println!("\n=== {} FAILED: {:#}; its last lines:", step.name, failure.error);
            failure.words.iter().for_each(|line| println!("{line}"));
        }
    }
    println!();
    let (mut passed, mut failed, mut skipped, mut total) = (0, 0, 0, Duration::ZERO);
    for (step, result) in results {
        let (word, took) = match result {
            Some((took, Ok(()))) => ("passed", *took),
            Some((took, Err(_))) => ("FAILED", *took),
            None => ("not run", Duration::ZERO),
        };
        match word {
            "passed" => passed += 1,
            "FAILED" => failed += 1,
            _ => skipped += 1,
        }
        total += took;
        println!("{:<12} {word:<8} {:>7.1} s", step.name, took.as_secs_f64());
    }
    println!("{:<12} {:<8} {:>7.1} s", "", "", total.as_secs_f64());
    let skipped_words = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
    println!("steps: {passed} passed, {failed} failed{skipped_words}");
    if failed + skipped == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
