//! The settings of the demo: files, so that `shuke --config …` can also be called by hand.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::Ports;
use crate::demo::{Demo, TEMPLATE};

/// Writes shuke.toml for the API, with `more` at its end, and app.json for the simulator.
pub fn write(home: &Path, demo: &Demo, ports: &Ports, more: &str) -> Result<()> {
    let app = json!({
        "appid": demo.appid, "secret": demo.secret,
        "push_url": format!("{}/callbacks/wechat/{}", Ports::url(ports.api), demo.appid),
        "push_token": demo.push_token, "encoding_aes_key": demo.push_aes_key,
        "templates": [{
            "id": TEMPLATE, "title": "待办提醒",
            "content": "待办:{{thing1.DATA}}\n客户:{{thing2.DATA}}\n时间:{{time3.DATA}}",
        }],
    });
    private_file(&home.join("app.json"), &format!("{app:#}\n"))?;
    private_file(&home.join("shuke.toml"), &(settings(home, demo, ports) + more))
}

fn settings(home: &Path, demo: &Demo, ports: &Ports) -> String {
    // A JSON string is a TOML string too.
    let text = |value: String| Value::String(value).to_string();
    let path = |name: &str| home.join(name).display().to_string();
    format!(
        "# Written at every start; see deploy/shuke.toml for what the settings mean.\n\
         [http]\nlisten = {}\n\n[database]\nurl = {}\n\n[keys]\nfile = {}\nerased_file = {}\n\n\
         # The demo writes a year of work in a few seconds, and a story uses a day's numbers up.\n\
         [limits]\nanonymous_per_minute = 0\nreads_per_minute = 0\nwrites_per_minute = 0\n\n\
         [limits.routes]\n\"POST /api/v1/customers/{{id}}/phones/{{index}}/reveal\" = 0\n\n\
         [wechat]\nbase_url = {}\nappid = {}\nsecret = {}\npush_token = {}\npush_aes_key = {}\n\
         miniprogram_state = \"developer\"\n\n[wechat.task_due]\ntemplate_id = {}\n\n\
         [log]\nformat = \"text\"\n",
        text(format!("127.0.0.1:{}", ports.api)),
        text(format!("sqlite://{}", path("shuke.db"))),
        text(path("shuke.key")),
        text(path("erased.jsonl")),
        text(Ports::url(ports.sim)),
        text(demo.appid.clone()),
        text(demo.secret.clone()),
        text(demo.push_token.clone()),
        text(demo.push_aes_key.clone()),
        text(TEMPLATE.to_owned()),
    )
}

/// A file that only we may read.
pub fn private_file(path: &Path, content: &str) -> Result<()> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(content.as_bytes())).with_context(|| path.display().to_string())
}
