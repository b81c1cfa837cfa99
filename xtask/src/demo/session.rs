//! Logging in: operators by password, staff by WeChat on phones of the simulator.

use anyhow::Result;
use serde_json::{Value, json};

use super::Demo;
use crate::http::{Client, text};
use crate::run::{self, program};

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

/// What an authenticator app shows (RFC 6238) that was told `argv[1]`, `argv[2]` seconds from now.
const APP: &str = "import base64, hmac, sys, time
key = base64.b32decode(sys.argv[1] + '=' * (-len(sys.argv[1]) % 8))
step = (int(time.time()) + int(sys.argv[2])) // 30
mac = hmac.digest(key, step.to_bytes(8, 'big'), 'sha1')
at = mac[19] & 15
print('%06d' % ((int.from_bytes(mac[at:at + 4], 'big') & 0x7fffffff) % 1000000))";

/// The token of an operator who has none yet sets an authenticator app up, and gives the second look with it.
pub fn stepped_up(api: &Client, token: &str) -> Result<String> {
    let api = api.with_token(token);
    let ask = |path: &str, body: &Value| api.succeed("POST", &format!("/api/v1/auth/{path}"), &[], body);
    let secret = text(&ask("totp", &json!({}))?, "/secret")?;
    let shows = |ahead: &str| run::output(program("python3").args(["-c", APP, &secret, ahead]));
    ask("totp/confirm", &json!({ "code": shows("0")?.trim() }))?;
    let challenge = ask("step-up/challenge", &json!({ "method": "totp" }))?;
    // No code counts twice; the next one counts already.
    let proof = json!({ "challenge": text(&challenge, "/challenge")?, "code": shows("30")?.trim() });
    text(&ask("step-up", &proof)?, "/access_token")
}

/// A member of staff, as they do it on their phone: log in, prove the number, choose the business.
pub fn by_wechat(demo: &Demo, api: &Client, sim: &Client, name: &str) -> Result<Client> {
    let api = api.with_token(&proved(demo, api, sim, phone_of(name))?);
    let side = json!({ "side": "staff", "tenant_id": demo.tenant_id });
    let session = api.succeed("POST", "/api/v1/auth/switch", &[], &side)?;
    Ok(api.with_token(&text(&session, "/access_token")?))
}

/// The token of whoever holds a phone of the simulator, once they logged in and proved its number.
pub fn proved(demo: &Demo, api: &Client, sim: &Client, phone: &str) -> Result<String> {
    let code = |what: &str| -> Result<Value> {
        let answer = sim.succeed("POST", &format!("/phone/{phone}/{what}"), &[], &json!({ "appid": demo.appid }))?;
        Ok(json!({ "code": text(&answer, "/code")? }))
    };
    let mut login = code("login")?;
    login["device"] = json!("xtask-demo");
    let session = api.succeed("POST", "/api/v1/auth/wechat", &[], &login)?;
    let token = text(&session, "/access_token")?;
    let api = api.with_token(&token);
    api.succeed("POST", "/api/v1/auth/phone", &[], &code("phone-code")?)?;
    // Whoever the shop keeps a place for takes it.
    let offered = api.succeed("GET", "/api/v1/auth/invitations", &[], &Value::Null)?;
    for place in offered["items"].as_array().into_iter().flatten() {
        let accepted = json!({ "ticket": text(place, "/ticket")? });
        api.succeed("POST", "/api/v1/auth/invitation/accept", &[], &accepted)?;
    }
    Ok(token)
}

/// Leaves the phone as somebody finds it who has not logged in: on the customer side.
pub fn leave(session: &Client) -> Result<()> {
    let session_there = session.succeed("POST", "/api/v1/auth/switch", &[], &json!({ "side": "customer" }))?;
    let there = session.with_token(&text(&session_there, "/access_token")?);
    there.succeed("POST", "/api/v1/auth/logout", &[], &json!({})).map(drop)
}
