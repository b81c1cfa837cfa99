//! Other programs: run to their end, or kept running beside us, and always stopped with us.
//!
//! Each gets a process group of its own, so that what it started is stopped with it, and Ctrl-C in
//! the terminal reaches us alone: we decide the order in which things stop.

use std::collections::{BTreeSet, VecDeque};
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read, Write};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::wasm::root;

static STOPPING: AtomicBool = AtomicBool::new(false);

/// The groups of the programs that run to their end.
static RUNNING: LazyLock<Mutex<BTreeSet<i32>>> = LazyLock::new(Mutex::default);

fn running() -> MutexGuard<'static, BTreeSet<i32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ctrl-C, SIGTERM and SIGHUP end what runs; whoever started servers stops them on the way out.
pub fn stop_on_signals() -> Result<()> {
    ctrlc::set_handler(|| {
        let again = STOPPING.swap(true, Ordering::SeqCst);
        let signal = if again { Signal::SIGKILL } else { Signal::SIGTERM };
        for group in running().iter() {
            send(*group, signal);
        }
    })
    .context("signals")
}

/// Whether somebody asked us to stop.
pub fn stopping() -> bool {
    STOPPING.load(Ordering::SeqCst)
}

/// Signals a whole group; that it may be gone already is no error.
pub fn send(group: i32, signal: Signal) {
    let _gone = killpg(Pid::from_raw(group), signal);
}

/// A program at the root of the repository.
pub fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// This cargo, for the product. What `cargo xtask` told us about our own package stays with us: build
/// scripts (ring's is one) read it and would run again after every cargo that was called by hand.
pub fn cargo() -> Command {
    let mut command = program(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let told = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"]
            .iter()
            .any(|start| name.to_string_lossy().starts_with(start));
        if told {
            command.env_remove(name);
        }
    }
    command
}

/// Node, in the mini-program's folder.
pub fn node(script: &str) -> Command {
    let mut command = program("node");
    command.current_dir(root().join("miniprogram")).arg(script);
    command
}

/// A tool that the mini-program's lock file pins.
pub fn npm_tool(name: &str) -> Command {
    let mut command = program(&root().join("miniprogram/node_modules/.bin").join(name).to_string_lossy());
    command.current_dir(root().join("miniprogram"));
    command
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Runs to the end; a refusal is an error that says which command. Where nobody watches, the last
/// lines that it printed are kept for [`last_words`].
pub fn run(command: &mut Command) -> Result<()> {
    ensure!(!stopping(), "stopped");
    if !io::stdout().is_terminal() {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
    }
    let mut child = command
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    let group = i32::try_from(child.id())?;
    running().insert(group);
    let status = pass_on(&mut child);
    running().remove(&group);
    let status = status?;
    if stopping() {
        bail!("stopped during {}", shown(command));
    }
    ensure!(status.success(), "{} ended with {status}", shown(command));
    Ok(())
}

/// How many lines are kept of what the last program printed.
const LAST_WORDS: usize = 400;

static LAST: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// Takes the last lines of what ran: a failed step says again at the very end what it saw, because
/// a CI's record keeps only the end.
pub fn last_words() -> Vec<String> {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
}

/// How long what a program started may go on printing after it has ended.
const LINGER: Duration = Duration::from_secs(5);

/// Prints what the program prints until it has ended, and keeps the last lines.
fn pass_on(child: &mut Child) -> io::Result<ExitStatus> {
    last_words();
    let out = child.stdout.take().map(|from| thread::spawn(|| copy(from, io::stdout())));
    let err = child.stderr.take().map(|from| thread::spawn(|| copy(from, io::stderr())));
    let status = child.wait();
    // What it left running may hold the other end for ever.
    let since = Instant::now();
    for copied in [out, err].into_iter().flatten() {
        while !copied.is_finished() && since.elapsed() < LINGER {
            thread::sleep(Duration::from_millis(20));
        }
    }
    status
}

fn copy(from: impl Read, mut to: impl Write) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        // Whoever listened may be gone; the program is read to its end all the same.
        let _gone = to.write_all(&line);
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() == LAST_WORDS {
            last.pop_front();
        }
        last.push_back(String::from_utf8_lossy(&line).trim_end().to_owned());
        line.clear();
    }
}

/// What a command prints, with its complaint when it fails.
pub fn output(command: &mut Command) -> Result<String> {
    let out = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {}", shown(command)))?;
    let complaint = String::from_utf8_lossy(&out.stderr);
    ensure!(out.status.success(), "{} ended with {}\n{}", shown(command), out.status, complaint.trim());
    String::from_utf8(out.stdout).with_context(|| shown(command))
}
