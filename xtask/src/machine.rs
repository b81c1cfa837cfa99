//! What the machine offers: ports, randomness, its user.

use std::fs::File;
use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context as _, Result, bail};

use crate::run;

/// A port on 127.0.0.1 that nobody uses now.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Refuses a port that somebody uses; `flag` chooses another.
pub fn must_be_free(port: u16, what: &str, flag: &str) -> Result<()> {
    if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
        bail!("port {port} for {what} is taken: end the program that uses it or choose another port with {flag}");
    }
    Ok(())
}

/// As many hexadecimal digits, from the operating system.
pub fn random_hex(digits: usize) -> Result<String> {
    let mut bytes = vec![0; digits.div_ceil(2)];
    File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes)).context("randomness")?;
    let mut hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    hex.truncate(digits);
    Ok(hex)
}

/// Who we are on this machine.
pub fn user() -> Result<String> {
    Ok(run::output(run::program("id").arg("-un"))?.trim().to_owned())
}
