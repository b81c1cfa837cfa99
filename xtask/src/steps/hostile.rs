//! What hostile input does: mutants for every parser of foreign bytes, and a generator that reads our own
//! document and asks the running server for everything it should not.

use anyhow::{Context as _, Result, ensure};

use crate::product::{Ports, Product, build};
use crate::run::{cargo, node, output, program, run};
use crate::wasm::root;

/// The generator from PyPI, and the folder of its virtual environment.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// How long each parser is tried.
const SECONDS: &str = "15";

/// The server's parsers beside each other; the one of 小程序码 is the phone's own code.
pub fn endure() -> Result<()> {
    run(node("words/test/scenes.mjs").env("SHUKE_ENDURE_SECONDS", SECONDS))?;
    run(cargo()
        .args(["test", "--workspace", "--lib", "endures", "--", "--nocapture"])
        .env("SHUKE_ENDURE_SECONDS", SECONDS))
}

/// Makes the virtual environment when it is not the one that is wanted.
pub fn install() -> Result<()> {
    let (venv, mark) = (root().join("target/schemathesis"), root().join("target/schemathesis/.installed"));
    if std::fs::read_to_string(&mark).is_ok_and(|installed| installed == SCHEMATHESIS) {
        return Ok(());
    }
    run(program("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    run(program(&venv.join("bin/pip").to_string_lossy()).args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        SCHEMATHESIS,
    ]))?;
    std::fs::write(mark, SCHEMATHESIS).context("target/schemathesis")
}

/// A token and a second look outlast both runs.
const PATIENT: &str = "\n[auth]\naccess_seconds = 7200\nstep_up_seconds = 7200\n";

/// What ends one's own session or locks oneself out, and with that the run; that is no find.
const DEADLY: [&str; 7] = [
    "logout",
    "revoke_session",
    "wipe_session",
    "add_network",
    "switch_side",
    "record_account_consent",
    "change_tenant",
];

/// Asks the demo for everything in the document, as a boss of the demo who is also the installation's operator and has
/// just given the second look, and then for the customer side as a customer: no 5xx, no status that the document does
/// not name, every refusal a Problem.
pub fn schemathesis() -> Result<()> {
    install()?;
    build()?;
    let home = tempfile::Builder::new().prefix("shuke-schemathesis-").tempdir()?;
    let shots = root().join("target/schemathesis-run");
    std::fs::create_dir_all(&shots)?;
    let product = Product::start_with(home.path(), &shots, &Ports::free()?, PATIENT)?;
    let token = product.outsider(home.path())?;
    ask_for(&product, &token, "/", "20", &DEADLY)?;
    let me = product.api(&token).get("/api/v1/auth/me")?;
    ensure!(me["side"] == "staff", "whoever asked was thrown out meanwhile, and asked for nothing after that: {me}");
    let token = product.customer()?;
    ask_for(&product, &token, "^/api/v1/me/", "10", &["record_consent"])?;
    product.api(&token).get("/api/v1/me/consents").map(drop)
}

/// Asks for what lies under `paths` but `left_out`, each operation `examples` times at most.
fn ask_for(product: &Product, token: &str, paths: &str, examples: &str, left_out: &[&str]) -> Result<()> {
    let api = Ports::url(product.ports.api);
    let left_out = left_out.iter().flat_map(|id| ["--exclude-operation-id", *id]);
    run(program(&root().join("target/schemathesis/bin/schemathesis").to_string_lossy())
        // It keeps what it found where it stands.
        .current_dir(root().join("target"))
        .arg("run")
        .arg(format!("{api}/api/v1/openapi.json"))
        .args(["--url", &api])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args([
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        ])
        .args(["--include-path-regex", paths])
        .args(left_out)
        .args([
            "--max-examples",
            examples,
            "--seed",
            "1",
            "--phases",
            "examples,coverage,fuzzing",
            "--generation-deterministic",
        ])
        .args(["--suppress-health-check", "all", "--request-timeout", "20", "--no-color"]))
}

/// Licences, bans and sources of everything in the lock file; advisories where their database can be
/// reached.
pub fn deny() -> Result<()> {
    let tool = root().join("target/tools/bin/cargo-deny").to_string_lossy().into_owned();
    if !output(program(&tool).arg("--version")).is_ok_and(|version| version.trim().ends_with(CARGO_DENY)) {
        // Unoptimised: it is compiled for one run of a second.
        run(cargo()
            .args(["install", "cargo-deny", "--version", CARGO_DENY, "--locked", "--debug", "--root"])
            .arg(root().join("target/tools"))
            .env("CARGO_TARGET_DIR", root().join("target/tools/build")))?;
    }
    run(program(&tool).args(["check", "--hide-inclusion-graph", "licenses", "bans", "sources"]))?;
    match output(program(&tool).args(["check", "--hide-inclusion-graph", "advisories"])) {
        Ok(_) => println!("no advisory is about anything in the lock file"),
        Err(error) if format!("{error:#}").contains("failed to fetch advisory database") => {
            println!("advisories: SKIPPED, the database cannot be reached from here");
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

const CARGO_DENY: &str = "0.20.2";
