//! Logging in: operators by password, staff by WeChat on phones of the simulator.

use anyhow::Result;
use serde_json::{Value, json};

use super::Demo;
use crate::http::{Client, text};

/// The simulator's phone of a member of staff. The boss has the preview's staff phone.
pub fn phone_of(name: &str) -> &'static str {
    match name {
        "陈晓" => "chenxiao",
        "王磊" => "wanglei",
        _ => "staff",
    }
}

/// The token of somebody with a name and a password.
pub fn password_token(api: &Client, name: &str, password: &str) -> Result<String> {
    let body = json!({ "name": name, "password": password, "device": "xtask-demo" });
    let session = api.succeed("POST", "/api/v1/auth/password", &[], &body)?;
    text(&session, "/access_token")
}

/// A member of staff, as they do it on their phone: log in, prove the number, choose the business.
pub fn by_wechat(demo: &Demo, api: &Client, sim: &Client, name: &str) -> Result<Client> {
    let phone = phone_of(name);
    let code = |what: &str| -> Result<Value> {
        let answer = sim.succeed("POST", &format!("/phone/{phone}/{what}"), &[], &json!({ "appid": demo.appid }))?;
        Ok(json!({ "code": text(&answer, "/code")? }))
    };
    let mut login = code("login")?;
    login["device"] = json!("xtask-demo");
    let session = api.succeed("POST", "/api/v1/auth/wechat", &[], &login)?;
    let api = api.with_token(&text(&session, "/access_token")?);
    api.succeed("POST", "/api/v1/auth/phone", &[], &code("phone-code")?)?;
    let side = json!({ "side": "staff", "tenant_id": demo.tenant_id });
    let session = api.succeed("POST", "/api/v1/auth/switch", &[], &side)?;
    Ok(api.with_token(&text(&session, "/access_token")?))
}

/// Leaves the phone as somebody finds it who has not logged in: on the customer side.
pub fn leave(session: &Client) -> Result<()> {
    let session_there = session.succeed("POST", "/api/v1/auth/switch", &[], &json!({ "side": "customer" }))?;
    let there = session.with_token(&text(&session_there, "/access_token")?);
    there.succeed("POST", "/api/v1/auth/logout", &[], &json!({})).map(drop)
}
