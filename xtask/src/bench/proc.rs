//! What processes used, from /proc: the one number that a busy machine leaves fair.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// A clock tick of Linux is 10 ms wherever it runs.
const TICK: Duration = Duration::from_millis(10);

/// A process and its children: gunicorn's workers, for one.
pub fn family(pid: u32) -> Vec<u32> {
    let pids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let children = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()).filter(|child| {
        let parent = stat(*child).and_then(|fields| fields.get(1)?.parse::<u32>().ok());
        parent == Some(pid)
    });
    std::iter::once(pid).chain(children).collect()
}

/// The processor time that processes have used so far.
pub fn used(pids: &[u32]) -> Result<Duration> {
    let mut ticks = 0;
    for pid in pids {
        let fields = stat(*pid).with_context(|| format!("process {pid} is gone"))?;
        // Fields 14 and 15 of proc(5), counted from the third.
        for at in [11, 12] {
            ticks += fields.get(at).and_then(|field| field.parse::<u32>().ok()).context("/proc/PID/stat")?;
        }
    }
    Ok(TICK * ticks)
}

/// Proportional set size in kilobytes.
pub fn pss(pids: &[u32]) -> u64 {
    let of = |pid: &u32| {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()
    };
    pids.iter().filter_map(of).sum()
}

/// Resident memory now, in kilobytes.
pub fn rss(pid: u32) -> u64 {
    status(pid, "VmRSS:")
}

/// The most that was resident since [`forget_peak`], in kilobytes.
pub fn peak(pid: u32) -> u64 {
    status(pid, "VmHWM:")
}

/// Begins anew with what is the most that was resident (proc(5), `clear_refs`).
pub fn forget_peak(pid: u32) -> Result<()> {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").context("clear_refs")
}

fn status(pid: u32, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or_default()
}

/// The fields after the name, which may hold anything.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    Some(rest.split(' ').map(str::to_owned).collect())
}

/// How busy the machine is besides: its load over the last minute.
pub fn load() -> String {
    fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').next().unwrap_or("?").to_owned()
}

/// What the machine is, in a few words.
pub fn machine() -> String {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown processor");
    let cores = processor.lines().filter(|line| line.starts_with("processor")).count();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory.lines().next().and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    let model = model.trim_start_matches([' ', '\t', ':']);
    format!("{cores} cores of {model}, {} GB", memory.unwrap_or_default() / 1_000_000)
}
