//! Subscribe messages: consents grow credits, sends use them up.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::Call;
use crate::books::{ConsentEntry, SendEntry};
use crate::config::{AppConfig, PushFaults};
use crate::push::{self, event};
use crate::state::App;
use crate::wire::{Answer, WxError, ok};

/// Template type with which one consent allows any number of messages.
const LONG_TERM: u8 = 3;
/// What `wx.requestSubscribeMessage` takes at most.
const MOST_TEMPLATES: usize = 5;

#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    /// (openid, template) → messages that may still be sent.
    credits: BTreeMap<(String, String), u32>,
    inbox: BTreeMap<String, Vec<Message>>,
}

/// A message as the phone shows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Message {
    msgid: String,
    template_id: String,
    title: String,
    lines: Vec<String>,
    page: Option<String>,
    miniprogram_state: String,
    at: i64,
}

impl Subscriptions {
    pub(crate) fn credits(&self) -> Value {
        self.credits
            .iter()
            .map(|((openid, template_id), count)| json!({"openid": openid, "template_id": template_id, "count": count}))
            .collect()
    }

    /// Newest first.
    pub(crate) fn inbox(&self, openid: &str) -> Vec<Message> {
        let messages = self.inbox.get(openid);
        messages.into_iter().flatten().rev().cloned().collect()
    }

    fn credit(&mut self, openid: &str, template_id: &str) -> &mut u32 {
        self.credits.entry((openid.to_owned(), template_id.to_owned())).or_default()
    }
}

/// A failure of `wx.requestSubscribeMessage`.
pub(crate) struct ConsentError {
    pub(crate) code: i64,
    pub(crate) text: &'static str,
}

/// The user answered the sheet of `wx.requestSubscribeMessage`. Returns each template's answer and
/// the items of the event to push.
pub(crate) fn consent(
    app: &App,
    openid: &str,
    template_ids: &[String],
    answers: &HashMap<String, String>,
) -> Result<(BTreeMap<String, String>, Vec<Value>), ConsentError> {
    let fail = |code, text| Err(ConsentError { code, text });
    let mut ledger = app.ledger();
    let now = ledger.clock.now();
    if template_ids.is_empty() {
        return fail(10001, "TmplIds can't be empty");
    }
    if template_ids.len() > MOST_TEMPLATES {
        return fail(20003, "Templates count out of max bounds");
    }
    let mut templates = Vec::new();
    for id in template_ids {
        match ledger.config.template(id) {
            Some(template) => templates.push(template.clone()),
            None => {
                return fail(20001, "No template data return, verify the template id exist");
            }
        }
    }
    let kind = templates.first().map(|template| template.kind);
    if templates.iter().any(|template| Some(template.kind) != kind) {
        return fail(20002, "Templates type must be same");
    }

    let mut results: BTreeMap<String, String> = BTreeMap::new();
    let mut items = Vec::new();
    let mut titles = Vec::new();
    for template in &templates {
        // Templates with the same title are asked about once.
        let answer = if titles.contains(&&template.title) {
            "filter"
        } else {
            answers.get(&template.id).map_or("accept", String::as_str)
        };
        titles.push(&template.title);
        if results.contains_key(&template.id) {
            continue;
        }
        if answer == "accept" {
            let credit = ledger.subscriptions.credit(openid, &template.id);
            *credit = if template.kind == LONG_TERM { 1 } else { credit.saturating_add(1) };
        }
        if matches!(answer, "accept" | "reject") {
            items.push(json!({
                "TemplateId": template.id,
                "SubscribeStatusString": answer,
                "PopupScene": "0",
            }));
        }
        ledger.books.consents.push(ConsentEntry {
            at: now,
            openid: openid.to_owned(),
            template_id: template.id.clone(),
            answer: answer.to_owned(),
        });
        results.insert(template.id.clone(), answer.to_owned());
    }
    Ok((results, items))
}

/// The user took the consent back in the settings page. Returns the items of the event.
pub(crate) fn withdraw(app: &App, openid: &str, template_ids: &[String]) -> Vec<Value> {
    let mut ledger = app.ledger();
    let mut items = Vec::new();
    for id in template_ids {
        *ledger.subscriptions.credit(openid, id) = 0;
        items.push(json!({"TemplateId": id, "SubscribeStatusString": "reject"}));
    }
    items
}

#[derive(Deserialize)]
struct SendRequest {
    touser: Option<String>,
    template_id: Option<String>,
    #[serde(default)]
    data: Value,
    page: Option<String>,
    miniprogram_state: Option<String>,
    lang: Option<String>,
}

/// Frees the user for the next send however this one ends.
struct Sending<'a> {
    app: &'a App,
    openid: &'a str,
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        self.app.ledger().sending_to.remove(self.openid);
    }
}

/// POST /cgi-bin/message/subscribe/send
pub(crate) async fn send(call: &Call) -> Answer {
    let app = call.app_by_token()?;
    let request: SendRequest = call.parse()?;
    let openid = request.touser.clone().unwrap_or_default();
    let template_id = request.template_id.clone().unwrap_or_default();
    let outcome = deliver(call, &app, &openid, &template_id, &request).await;
    {
        let mut ledger = app.ledger();
        let at = ledger.clock.now();
        ledger.books.sends.push(SendEntry {
            at,
            openid: openid.clone(),
            template_id: template_id.clone(),
            data: request.data.clone(),
            page: request.page.clone(),
            result: outcome.as_ref().err().map_or(0, |error| error.code),
            errmsg: outcome.as_ref().err().map_or_else(|| "ok".to_owned(), |error| error.text.clone()),
            msgid: outcome.as_ref().ok().cloned(),
        });
    }
    let msgid = outcome?;
    push_sent_event(call, &app, &openid, &template_id, msgid);
    ok(json!({}))
}

/// Everything up to the message in the user's inbox; returns its id.
async fn deliver(
    call: &Call,
    app: &App,
    openid: &str,
    template_id: &str,
    request: &SendRequest,
) -> Result<String, WxError> {
    let (template, pause) = {
        let mut ledger = app.ledger();
        if !ledger.users.contains_key(openid) {
            return Err(WxError::of(40003));
        }
        let template = check(&ledger.config, template_id, request)?;
        if !ledger.sending_to.insert(openid.to_owned()) {
            return Err(WxError::of(43108));
        }
        (template, ledger.config.send_ms)
    };
    let _sending = Sending { app, openid };
    actix_web::rt::time::sleep(Duration::from_millis(pause)).await;

    let mut ledger = app.ledger();
    let at = ledger.clock.now();
    let credit = ledger.subscriptions.credit(openid, template_id);
    if *credit == 0 {
        return Err(WxError::of(43101));
    }
    if template.kind != LONG_TERM {
        *credit -= 1;
    }
    // Above 2^53, as the real ids are, so that a reader who goes through a double is caught.
    let msgid = format!("1{}", call.world.random.digits(18));
    let message = Message {
        msgid: msgid.clone(),
        template_id: template_id.to_owned(),
        title: template.title.clone(),
        lines: template.render(&request.data),
        page: request.page.clone(),
        miniprogram_state: request.miniprogram_state.clone().unwrap_or_else(|| "formal".to_owned()),
        at,
    };
    ledger.subscriptions.inbox.entry(openid.to_owned()).or_default().push(message);
    Ok(msgid)
}

fn check(config: &AppConfig, template_id: &str, request: &SendRequest) -> Result<crate::config::Template, WxError> {
    let template = config.template(template_id).ok_or_else(|| WxError::of(40037))?;
    let state = request.miniprogram_state.as_deref().unwrap_or("formal");
    let lang = request.lang.as_deref().unwrap_or("zh_CN");
    if !matches!(state, "developer" | "trial" | "formal") || !matches!(lang, "zh_CN" | "en_US" | "zh_HK" | "zh_TW") {
        return Err(WxError::of(40097));
    }
    if request.page.as_ref().is_some_and(|page| !config.has_page(page)) {
        return Err(WxError::of(41030));
    }
    template.check(&request.data)?;
    Ok(template.clone())
}

fn push_sent_event(call: &Call, app: &Arc<App>, openid: &str, template_id: &str, msgid: String) {
    let (sent, faults) = {
        let ledger = app.ledger();
        (ledger.config.sent_event.clone(), ledger.config.push_faults.clone())
    };
    if !sent.enabled {
        return;
    }
    let item = json!({
        "TemplateId": template_id,
        "MsgID": msgid,
        "ErrorCode": sent.error_code,
        "ErrorStatus": sent.error_status,
    });
    let event = event::subscribe(event::SENT, openid, vec![item]);
    let faults =
        PushFaults { copies: faults.copies.max(sent.copies), delay_ms: faults.delay_ms.max(sent.delay_ms), ..faults };
    push::later(&call.world, app, event, faults);
}
