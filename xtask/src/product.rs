//! The product as a whole, running: the WeChat simulator, the API, and both phones in a browser.

mod settings;

pub use settings::private_file;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{thread, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};

use crate::demo::{self, Demo};
use crate::http::Client;
use crate::run::{self, cargo, node, program};
use crate::servers::Server;
use crate::wasm::{self, root};
use crate::{generate, machine};

/// Where the three servers listen on 127.0.0.1.
pub struct Ports {
    pub api: u16,
    pub sim: u16,
    pub preview: u16,
}

impl Ports {
    pub fn free() -> Result<Self> {
        Ok(Self { api: machine::free_port()?, sim: machine::free_port()?, preview: machine::free_port()? })
    }

    /// Names the port that is taken, before anything starts.
    pub fn must_be_free(&self) -> Result<()> {
        machine::must_be_free(self.api, "the API", "--port")?;
        machine::must_be_free(self.sim, "the WeChat simulator", "--sim-port")?;
        machine::must_be_free(self.preview, "the phones in the browser", "--preview-port")
    }

    pub fn url(port: u16) -> String {
        format!("http://127.0.0.1:{port}")
    }
}

/// The folder with the phones for the browser.
pub fn preview_folder() -> PathBuf {
    root().join("target/preview")
}

/// The command that compiles the mini-program for the browser.
pub fn preview_build(folder: &Path) -> Command {
    let mut command = node("preview/build.mjs");
    command.arg("--out").arg(folder).args(["--appid", demo::APPID]);
    command
}

/// Compiles what has changed.
pub fn build() -> Result<()> {
    binaries()?;
    rules()?;
    generate::when_changed("preview", &["miniprogram"], "target/preview/app.js", || {
        run::run(&mut preview_build(&preview_folder()))
    })
}

/// The server and the simulator.
pub fn binaries() -> Result<()> {
    // The whole workspace, as in the tests: a selection would be compiled with other features, and so again.
    run::run(cargo().args(["build", "--workspace", "--bins"]))
}

/// The module with the rules, which the repository does not keep.
pub fn rules() -> Result<()> {
    let sources = ["domain", "wasm-validate", "xtask/src/wasm", "xtask/src/wasm.rs", "Cargo.lock", ".cargo"];
    generate::when_changed("wasm", &sources, "miniprogram/rules/glue.js", || wasm::build().map(drop))
}

/// The server's command line.
pub fn shuke() -> Command {
    program(&binary("shuke").to_string_lossy())
}

fn binary(name: &str) -> PathBuf {
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
    root().join(target).join("debug").join(name)
}

/// The server's command line on the settings of `home`.
pub fn shuke_on(home: &Path) -> Command {
    let mut command = shuke();
    command.arg("--config").arg(home.join("shuke.toml"));
    command
}

/// The running product; dropping it stops the servers, the last one started first.
pub struct Product {
    pub ports: Ports,
    pub demo: Demo,
    servers: Vec<Server>,
    /// Held as long as we run: two products on one folder would overwrite each other's settings.
    _lock: File,
}

impl Product {
    /// Starts everything on what is kept in `home`; a demo business is made there the first time.
    pub fn start(home: &Path, logs: &Path, ports: &Ports) -> Result<Self> {
        Self::start_with(home, logs, ports, "")
    }

    /// The same with these tables at the end of its settings.
    pub fn start_with(home: &Path, logs: &Path, ports: &Ports, more: &str) -> Result<Self> {
        let ports = Ports { api: ports.api, sim: ports.sim, preview: ports.preview };
        fs::create_dir_all(home).and_then(|()| fs::create_dir_all(logs)).context("folders")?;
        let lock = File::create(home.join("lock"))?;
        ensure!(lock.try_lock().is_ok(), "the product already runs on {}: end it first", home.display());
        // Compiling takes a while; a port that was free may be taken now.
        ports.must_be_free()?;
        let demo = Demo::load_or_draw(home)?;
        settings::write(home, &demo, &ports, more)?;
        let mut product = Self { ports, demo, servers: Vec::new(), _lock: lock };
        let (api, sim) = (product.client(product.ports.api), product.client(product.ports.sim));
        product.run_simulator(home, logs)?;
        if !product.demo.complete {
            demo::first_rows(&mut product.demo, home, &sim)?;
        }
        product.run_api(home, logs)?;
        if !product.demo.complete {
            demo::fill(&product.demo, &api, &sim)?;
            product.demo.complete = true;
            product.demo.save(home)?;
        }
        product.run_preview(logs)?;
        Ok(product)
    }

    fn client(&self, port: u16) -> Client {
        Client::of(&Ports::url(port))
    }

    fn run_simulator(&mut self, home: &Path, logs: &Path) -> Result<()> {
        let mut command = program(&binary("wechat-sim").to_string_lossy());
        command.args(["--port", &self.ports.sim.to_string()]).arg("--app").arg(home.join("app.json"));
        let answers = self.client(self.ports.sim);
        self.add(Server::start("the WeChat simulator", &mut command, &logs.join("sim.log"))?, &answers, "/sim/healthz")
    }

    fn run_api(&mut self, home: &Path, logs: &Path) -> Result<()> {
        let answers = self.client(self.ports.api);
        self.add(Server::start("the API", shuke_on(home).arg("serve"), &logs.join("api.log"))?, &answers, "/readyz")
    }

    fn run_preview(&mut self, logs: &Path) -> Result<()> {
        let mut command = node("preview/serve.mjs");
        command
            .args(["--port", &self.ports.preview.to_string(), "--appid", &self.demo.appid])
            .args(["--api", &Ports::url(self.ports.api), "--sim", &Ports::url(self.ports.sim)])
            .arg("--dir")
            .arg(preview_folder());
        let answers = self.client(self.ports.preview);
        self.add(Server::start("the preview", &mut command, &logs.join("preview.log"))?, &answers, "/preview/")
    }

    fn add(&mut self, mut server: Server, answers: &Client, path: &str) -> Result<()> {
        server.wait_until(|| answers.is_up(path))?;
        self.servers.push(server);
        Ok(())
    }

    /// A token of somebody who is boss there and manages the installation as well.
    pub fn outsider(&self, home: &Path) -> Result<String> {
        demo::outsider(&self.demo, home, &self.client(self.ports.api))
    }

    /// A token of a customer of the shop, on the customer side.
    pub fn customer(&self) -> Result<String> {
        demo::customer(&self.demo, &self.client(self.ports.api), &self.client(self.ports.sim))
    }

    /// The API as whoever holds a token.
    pub fn api(&self, token: &str) -> Client {
        self.client(self.ports.api).with_token(token)
    }

    /// Until somebody asks us to stop, or a server ends by itself.
    pub fn watch(&mut self) -> Result<()> {
        while !run::stopping() {
            for server in &mut self.servers {
                if let Some(status) = server.ended() {
                    bail!("{} ended with {status}; its last words:\n{}", server.name, server.last_words());
                }
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        while let Some(server) = self.servers.pop() {
            drop(server);
        }
    }
}
