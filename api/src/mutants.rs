//! Feeds a parser of foreign bytes what became of real samples after somebody tampered with them: a
//! coverage-blind generator that runs on stable Rust. `cargo xtask test --only endure` runs it for a
//! minute; by itself it runs for a moment.

use std::time::{Duration, Instant};

/// A sample may grow to this many bytes: more than any parser is given from outside.
const LARGEST: usize = 96 * 1024;
/// What the process may grow by meanwhile, in KiB: the parsers of one run share it.
const GROWTH_KIB: u64 = 192 * 1024;

/// Bytes that mean something to one parser or another.
const TOKENS: [&[u8]; 24] = [
    b"\0",
    b"\xff\xfe",
    b"\xf0\x9f\x8d\xb5",
    b"\xc3",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\u0000",
    b"\\ud800",
    b"<xml>",
    b"</xml>",
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE a [<!ENTITY b \"c\">]>",
    b"&b;",
    b"&#0;",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"null",
    b".",
    b"=",
];

/// xorshift64*: the same run every time, so that a find can be found again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(drawn).expect("31 bits") % below.max(1)
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>, samples: &[Vec<u8>]) {
        let (at, to) = (self.roll(bytes.len() + 1), self.roll(bytes.len() + 1));
        let (from, to) = (at.min(to), at.max(to));
        match self.roll(9) {
            0 if !bytes.is_empty() => {
                let at = self.roll(bytes.len());
                bytes[at] ^= 1 << self.roll(8);
            }
            1 => drop(bytes.drain(from..to)),
            2 => bytes.truncate(at),
            3 => {
                let token = TOKENS[self.roll(TOKENS.len())];
                drop(bytes.splice(at..at, token.iter().copied()));
            }
            4 => {
                let part = bytes[from..to].to_vec();
                drop(bytes.splice(at..at, part));
            }
            5 => {
                // Deep and long: a few bytes over and over.
                let part = bytes[from..to.min(from + 8)].to_vec();
                let times = self.roll(2000);
                drop(bytes.splice(at..at, part.repeat(times)));
            }
            6 => {
                let other = &samples[self.roll(samples.len())];
                let cut = self.roll(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[cut..]);
            }
            7 => bytes.rotate_left(at),
            _ => {
                let byte = u8::try_from(self.roll(256)).expect("a byte");
                bytes.insert(at, byte);
            }
        }
        bytes.truncate(LARGEST);
    }
}

/// The most memory this process ever held, in KiB; none where the kernel does not say.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse().ok()
}

/// Feeds mutants until the time is over. A panic is the test's failure, and so is memory without end.
pub(crate) fn endure(samples: &[Vec<u8>], feed: impl Fn(&[u8])) {
    let seconds = std::env::vars().find(|(name, _)| name == "SHUKE_ENDURE_SECONDS");
    let seconds = seconds.map_or(0.3, |(_, text)| text.parse().expect("SHUKE_ENDURE_SECONDS is a number"));
    let (begun, before) = (Instant::now(), peak_kib());
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut fed = 0_u64;
    for sample in samples {
        feed(sample);
    }
    while begun.elapsed() < Duration::from_secs_f64(seconds) {
        let mut bytes = samples[dice.roll(samples.len())].clone();
        for _ in 0..=dice.roll(6) {
            dice.mutate(&mut bytes, samples);
        }
        feed(&bytes);
        fed += 1;
    }
    println!("{fed} mutants");
    assert!(fed > 10, "only {fed} mutants were fed");
    if let (Some(before), Some(after)) = (before, peak_kib()) {
        assert!(after.saturating_sub(before) < GROWTH_KIB, "the process grew from {before} to {after} KiB");
    }
}
