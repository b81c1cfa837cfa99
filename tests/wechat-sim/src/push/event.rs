//! Events as text: JSON or XML.

use serde_json::{Map, Value, json};

use crate::config::{ListShape, PushFormat};
use crate::state::Ledger;

pub(crate) const POPUP: &str = "subscribe_msg_popup_event";
pub(crate) const CHANGE: &str = "subscribe_msg_change_event";
pub(crate) const SENT: &str = "subscribe_msg_sent_event";

/// The fields every event starts with, in the order XML has them.
const HEAD: [&str; 5] = ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Event"];

#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) fields: Map<String, Value>,
}

/// One of the subscribe-message events; `List` has one entry per template.
pub(crate) fn subscribe(name: &str, openid: &str, items: Vec<Value>) -> Event {
    let fields = json!({
        "FromUserName": openid,
        "MsgType": "event",
        "Event": name,
        "List": items,
    });
    Event { fields: fields.as_object().cloned().unwrap_or_default() }
}

impl Event {
    pub(crate) fn text(&self, field: &str) -> String {
        let value = self.fields.get(field).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    }

    /// Fills in what the sender may leave out. CreateTime is a string in these events.
    pub(crate) fn complete(&mut self, ledger: &mut Ledger, to_user_name: &str) {
        let now = ledger.clock.now().to_string();
        for (field, value) in [("ToUserName", to_user_name), ("CreateTime", &now), ("MsgType", "event")] {
            self.fields.entry(field).or_insert_with(|| json!(value));
        }
        let Some(Value::Array(items)) = self.fields.get("List") else {
            return;
        };
        let [item] = items.as_slice() else {
            return;
        };
        // Both shapes are published for a list of one.
        let as_array = match ledger.config.list_shape {
            ListShape::Array => true,
            ListShape::Object => false,
            ListShape::Alternate => {
                ledger.list_as_array = !ledger.list_as_array;
                !ledger.list_as_array
            }
        };
        if !as_array {
            let item = item.clone();
            self.fields.insert("List".to_owned(), item);
        }
    }

    pub(crate) fn render(&self, format: PushFormat) -> String {
        match format {
            PushFormat::Json => Value::Object(self.fields.clone()).to_string(),
            PushFormat::Xml => self.xml(),
        }
    }

    fn xml(&self) -> String {
        let mut text = String::from("<xml>");
        let head = HEAD.iter().filter_map(|name| Some((*name, self.fields.get(*name)?)));
        let rest = self.fields.iter().map(|(name, value)| (name.as_str(), value));
        let rest = rest.filter(|(name, _)| !HEAD.contains(name));
        for (name, value) in head.chain(rest) {
            let wrapper = (name == "List").then(|| wrapper_of(&self.text("Event"))).flatten();
            if let Some(wrapper) = wrapper {
                text.push_str(&format!("<{wrapper}>"));
            }
            element(&mut text, name, value);
            if let Some(wrapper) = wrapper {
                text.push_str(&format!("</{wrapper}>"));
            }
        }
        text.push_str("</xml>");
        text
    }
}

/// XML wraps the list of the subscribe events once more.
fn wrapper_of(event: &str) -> Option<&'static str> {
    match event {
        POPUP => Some("SubscribeMsgPopupEvent"),
        CHANGE => Some("SubscribeMsgChangeEvent"),
        SENT => Some("SubscribeMsgSentEvent"),
        _ => None,
    }
}

fn element(text: &mut String, name: &str, value: &Value) {
    if let Value::Array(items) = value {
        for item in items {
            element(text, name, item);
        }
        return;
    }
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    text.push_str(&format!("<{name}>"));
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                element(text, name, value);
            }
        }
        Value::String(given) if given.bytes().all(|b| b.is_ascii_digit()) => text.push_str(given),
        Value::String(given) => text.push_str(&cdata(given)),
        Value::Null | Value::Array(_) => {}
        Value::Bool(_) | Value::Number(_) => text.push_str(&value.to_string()),
    }
    text.push_str(&format!("</{name}>"));
}

pub(super) fn cdata(text: &str) -> String {
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_wraps_the_list_and_json_does_not() {
        let mut event = subscribe(
            POPUP,
            "o1",
            vec![
                json!({"TemplateId": "t1", "SubscribeStatusString": "accept", "PopupScene": "0"}),
                json!({"TemplateId": "t]]>2", "SubscribeStatusString": "reject", "PopupScene": "0"}),
            ],
        );
        event.fields.insert("CreateTime".to_owned(), json!("1610969440"));
        assert_eq!(
            event.render(PushFormat::Xml),
            "<xml><FromUserName><![CDATA[o1]]></FromUserName><CreateTime>1610969440</CreateTime>\
             <MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_popup_event]]></Event>\
             <SubscribeMsgPopupEvent>\
             <List><PopupScene>0</PopupScene><SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString>\
             <TemplateId><![CDATA[t1]]></TemplateId></List>\
             <List><PopupScene>0</PopupScene><SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString>\
             <TemplateId><![CDATA[t]]]]><![CDATA[>2]]></TemplateId></List>\
             </SubscribeMsgPopupEvent></xml>"
        );
        assert!(event.render(PushFormat::Json).contains("\"List\":[{"));
        assert!(event.render(PushFormat::Json).contains("\"CreateTime\":\"1610969440\""));
    }
}
