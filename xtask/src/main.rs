//! The tasks of a developer and of CI: `cargo xtask NAME`.

mod bench;
mod demo;
mod dev;
mod generate;
mod http;
mod machine;
mod miniprogram;
mod product;
mod run;
mod servers;
mod steps;
mod texts;
mod tidy;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The tasks of a developer and of CI.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Task {
    #[command(subcommand)]
    name: Name,
}

#[derive(Subcommand)]
enum Name {
    /// Runs the product: API, WeChat simulator and both phones in a browser, with a demo business.
    Dev(dev::Options),
    /// Runs everything that CI checks.
    Test(steps::Options),
    /// Measures the server with a million customers (docs/BENCHMARK.md).
    Bench(bench::Options),
    /// Makes docs/openapi.json and the mini-program's generated TypeScript again.
    Generate,
    /// Compiles the rules to the WebAssembly module of the mini-program.
    Wasm {
        /// Also runs the vectors against the module the way phones would.
        #[arg(long)]
        check: bool,
    },
    /// Writes target/miniprogram, which WeChat DevTools opens as it is.
    Miniprogram(miniprogram::Options),
}

fn main() -> ExitCode {
    match task() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn task() -> anyhow::Result<ExitCode> {
    let task = Task::parse();
    run::stop_on_signals()?;
    match task.name {
        Name::Dev(options) => dev::dev(&options)?,
        Name::Test(options) => return steps::test(&options),
        Name::Bench(options) => bench::bench(&options)?,
        Name::Generate => generate::generate()?,
        Name::Wasm { check: false } => wasm::build().map(drop)?,
        Name::Wasm { check: true } => wasm::check()?,
        Name::Miniprogram(options) => miniprogram::export(&options)?,
    }
    Ok(ExitCode::SUCCESS)
}
