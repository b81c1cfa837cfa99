//! A Redis of our own: nothing kept, on a free port.

use std::net::{Ipv4Addr, TcpStream};

use anyhow::Result;
use tempfile::TempDir;

use super::Server;
use crate::{machine, run};

/// A running Redis; dropping it stops it.
pub struct Redis {
    // Dropped in this order: the folder goes after the server.
    server: Server,
    _folder: TempDir,
    url: String,
}

impl Redis {
    pub fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("shuke-redis-").tempdir()?;
        let port = machine::free_port()?;
        let mut command = run::program("redis-server");
        command
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port", &port.to_string(), "--dir"])
            .arg(folder.path());
        let mut server = Server::start("Redis", &mut command, &folder.path().join("log"))?.expendable();
        server.wait_until(|| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok())?;
        Ok(Self { server, _folder: folder, url: format!("redis://127.0.0.1:{port}/0") })
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    pub fn url(&self) -> &str {
        &self.url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stops_with_its_owner() -> Result<()> {
        let redis = Redis::start()?;
        let address = redis.url().trim_start_matches("redis://").trim_end_matches("/0").to_owned();
        assert!(TcpStream::connect(&address).is_ok());
        drop(redis);
        assert!(TcpStream::connect(&address).is_err());
        Ok(())
    }
}
