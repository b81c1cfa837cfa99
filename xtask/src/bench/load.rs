//! The load: so many clients, each of which asks, waits for the answer and asks again.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use ureq::Agent;
use ureq::http::Request;

use super::proc;
use crate::demo::dice::Dice;
use crate::run;

const CLIENTS: u64 = 16;

/// How long a measurement lasts, and how long it goes on before that, until everything is warm.
#[derive(Clone, Copy)]
pub struct Times {
    pub warm_up: Duration,
    pub measured: Duration,
}

/// One request.
pub struct Shot {
    pub method: &'static str,
    pub path: String,
    pub body: Option<String>,
}

impl Shot {
    pub fn get(path: String) -> Self {
        Self { method: "GET", path, body: None }
    }

    /// The same, of a page of so many rows.
    pub fn of_rows(mut self, rows: Option<u32>) -> Self {
        if let (Some(rows), Some((path, query))) = (rows, self.path.split_once('?').or(Some((&self.path, ""))))
            && path.ends_with("/customers")
            && self.body.is_none()
        {
            self.path = format!("{path}?limit={rows}&{query}");
        }
        self
    }
}

/// Whom to ask, and whose processor time counts.
pub struct Target<'t> {
    pub url: &'t str,
    pub token: &'t str,
    pub server: Vec<u32>,
    pub database: Vec<u32>,
}

impl<'t> Target<'t> {
    /// To ask once, when nobody looks at the time.
    pub fn of(url: &'t str, token: &'t str) -> Self {
        Self { url, token, server: Vec::new(), database: Vec::new() }
    }
}

/// What came of it.
#[derive(Clone, Default)]
pub struct Measured {
    /// Sorted.
    pub latencies: Vec<Duration>,
    /// Requests, with those of the warm-up.
    pub asked: u64,
    /// Bytes of their answers.
    pub answered: u64,
    pub took: Duration,
    pub server: Duration,
    pub database: Duration,
    pub pss: u64,
}

impl Measured {
    pub fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.latencies.sort_unstable();
        self.asked += other.asked;
        self.answered += other.answered;
        self.took += other.took;
        self.server += other.server;
        self.database += other.database;
        self.pss = self.pss.max(other.pss);
    }

    pub fn percentile(&self, of_hundred: usize) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * of_hundred / 100).copied().unwrap_or_default()
    }

    pub fn requests(&self) -> u32 {
        u32::try_from(self.latencies.len()).unwrap_or(u32::MAX).max(1)
    }

    pub fn rate(&self) -> f64 {
        f64::from(self.requests()) / self.took.as_secs_f64().max(0.001)
    }

    /// Kilobytes of an answer: two requests that answer as much are alike.
    pub fn size(&self) -> f64 {
        self.answered as f64 / 1e3 / self.asked.max(1) as f64
    }

    /// Microseconds of the server and of the database for one request.
    pub fn cost(&self) -> (f64, f64) {
        let each = |used: Duration| used.as_secs_f64() * 1e6 / f64::from(self.requests());
        (each(self.server), each(self.database))
    }
}

/// Asks as often as it goes; `shot` makes each request out of dice.
pub fn drive(target: &Target<'_>, times: Times, shot: &(dyn Fn(&mut Dice) -> Shot + Sync)) -> Result<Measured> {
    let (measuring, over) = (AtomicBool::new(false), AtomicBool::new(false));
    let (trouble, seed) = (Mutex::new(None), AtomicU64::new(0));
    let client = || {
        let mut dice = Dice::new(seed.fetch_add(1, Ordering::Relaxed) + 1);
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        let (mut latencies, mut asked, mut answered) = (Vec::new(), 0_u64, 0_u64);
        while !over.load(Ordering::Relaxed) {
            let shot = shot(&mut dice);
            let counted = measuring.load(Ordering::Relaxed);
            let begin = Instant::now();
            asked += 1;
            match ask(&agent, target, &shot) {
                Ok(bytes) => answered += bytes,
                Err(error) => {
                    trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    over.store(true, Ordering::Relaxed);
                }
            }
            if counted {
                latencies.push(begin.elapsed());
            }
        }
        (latencies, asked, answered)
    };
    let measured = thread::scope(|threads| -> Result<Measured> {
        let clients: Vec<_> = (0..CLIENTS).map(|_| threads.spawn(client)).collect();
        thread::sleep(times.warm_up);
        let before = (proc::used(&target.server)?, proc::used(&target.database)?, Instant::now());
        measuring.store(true, Ordering::Relaxed);
        while before.2.elapsed() < times.measured && !over.load(Ordering::Relaxed) && !run::stopping() {
            thread::sleep(Duration::from_millis(20));
        }
        measuring.store(false, Ordering::Relaxed);
        let (server, database, took) = (proc::used(&target.server)?, proc::used(&target.database)?, before.2.elapsed());
        let pss = proc::pss(&target.server);
        over.store(true, Ordering::Relaxed);
        let answers: Vec<_> = clients.into_iter().filter_map(|client| client.join().ok()).collect();
        ensure!(answers.len() == usize::try_from(CLIENTS)?, "a client ended");
        let asked = answers.iter().map(|(_, asked, _)| asked).sum::<u64>().max(1);
        let answered = answers.iter().map(|(.., answered)| answered).sum();
        let mut latencies: Vec<Duration> = answers.into_iter().flat_map(|(latencies, ..)| latencies).collect();
        latencies.sort_unstable();
        Ok(Measured { latencies, asked, answered, took, server: server - before.0, database: database - before.1, pss })
    });
    over.store(true, Ordering::Relaxed);
    match trouble.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None if run::stopping() => bail!("stopped"),
        None => measured,
    }
}

/// Sends one request and reads the answer; says how many bytes that is.
pub fn ask(agent: &Agent, target: &Target<'_>, shot: &Shot) -> Result<u64> {
    let request = Request::builder()
        .method(shot.method)
        .uri(format!("{}{}", target.url, shot.path))
        .header("Authorization", format!("Bearer {}", target.token));
    let answer = match &shot.body {
        None => agent.run(request.body(())?),
        Some(body) => {
            let key = crate::machine::random_hex(32)?;
            let request = request.header("Content-Type", "application/json").header("Idempotency-Key", key);
            agent.run(request.body(body.as_str())?)
        }
    };
    let mut answer = answer.with_context(|| format!("{} {}", shot.method, shot.path))?;
    let text = answer.body_mut().read_to_string()?;
    ensure!(answer.status().is_success(), "{} {} answered {}: {text}", shot.method, shot.path, answer.status());
    Ok(u64::try_from(text.len())?)
}
