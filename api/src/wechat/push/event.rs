//! The events of subscribe messages. Both formats, and every shape they are published in: `List` is
//! an object or an array, numbers are texts or numbers, XML wraps the list once more.

use super::tree;
use crate::scope::system::credits::{Said, Settled};
use serde_json::Value;

const POPUP: &str = "subscribe_msg_popup_event";
const CHANGE: &str = "subscribe_msg_change_event";
const SENT: &str = "subscribe_msg_sent_event";

/// What an event says about one person.
#[derive(Debug)]
pub(crate) struct Event {
    /// The person.
    pub(crate) openid: String,
    /// Their word on templates.
    pub(crate) said: Vec<(String, Said)>,
    /// What became of messages.
    pub(crate) settled: Vec<Settled>,
}

impl Event {
    /// Of a decrypted message; `None` when it says nothing that concerns us.
    pub(crate) fn read(message: &[u8]) -> Option<Self> {
        let tree = tree(message)?;
        let openid = text(&tree, "FromUserName")?;
        let mut event = Self { openid, said: Vec::new(), settled: Vec::new() };
        match text(&tree, "Event")?.as_str() {
            POPUP => event.said = items(&tree, "SubscribeMsgPopupEvent").filter_map(popup).collect(),
            CHANGE => event.said = items(&tree, "SubscribeMsgChangeEvent").filter_map(change).collect(),
            SENT => event.settled = items(&tree, "SubscribeMsgSentEvent").filter_map(sent).collect(),
            _ => {}
        }
        (!event.said.is_empty() || !event.settled.is_empty()).then_some(event)
    }
}

/// The person answered the sheet. A reject there says no to one more message; those accepted before
/// stay good.
fn popup(item: &Value) -> Option<(String, Said)> {
    let accepted = text(item, "SubscribeStatusString")? == "accept";
    accepted.then(|| Some((text(item, "TemplateId")?, Said::Accepted))).flatten()
}

/// The person changed the settings page. A reject there ends what was accepted before.
fn change(item: &Value) -> Option<(String, Said)> {
    let rejected = text(item, "SubscribeStatusString")? == "reject";
    rejected.then(|| Some((text(item, "TemplateId")?, Said::Rejected))).flatten()
}

fn sent(item: &Value) -> Option<Settled> {
    Some(Settled {
        template_id: text(item, "TemplateId")?,
        message_id: text(item, "MsgID")?,
        // Without a verdict nothing is settled.
        errcode: text(item, "ErrorCode")?.parse().ok()?,
    })
}

fn items<'t>(tree: &'t Value, wrapper: &str) -> impl Iterator<Item = &'t Value> {
    let wrapped = tree.get(wrapper).and_then(|inside| inside.get("List"));
    let list = match wrapped.or_else(|| tree.get("List")) {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    list.iter()
}

/// A text or a number, as text: message ids are larger than a double holds.
fn text(tree: &Value, name: &str) -> Option<String> {
    match tree.get(name)? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(message: &str) -> Vec<(String, Said)> {
        Event::read(message.as_bytes()).map(|event| event.said).unwrap_or_default()
    }

    #[test]
    fn a_popup_counts_its_accepts_in_every_shape() {
        let head = r#""ToUserName":"gh_1","FromUserName":"o1","MsgType":"event","Event":"subscribe_msg_popup_event""#;
        let one = r#"{"TemplateId":"t1","SubscribeStatusString":"accept","PopupScene":"0"}"#;
        let no = r#"{"TemplateId":"t2","SubscribeStatusString":"reject","PopupScene":0}"#;
        let accepted = vec![("t1".to_owned(), Said::Accepted)];
        for list in [one.to_owned(), format!("[{one}]"), format!("[{one},{no}]")] {
            assert_eq!(said(&format!(r#"{{{head},"CreateTime":"1","List":{list}}}"#)), accepted, "{list}");
            let wrapped = format!(r#"{{{head},"CreateTime":1,"SubscribeMsgPopupEvent":{{"List":{list}}}}}"#);
            assert_eq!(said(&wrapped), accepted, "{list}");
        }
        for list in [no, "[]", "{}", "null", "1", "[[]]"] {
            assert!(Event::read(format!(r#"{{{head},"List":{list}}}"#).as_bytes()).is_none(), "{list}");
        }
    }

    #[test]
    fn a_popup_in_xml_has_one_or_more_lists() {
        let list = |id: &str, word: &str| {
            format!(
                "<List><TemplateId><![CDATA[{id}]]></TemplateId>\
                 <SubscribeStatusString><![CDATA[{word}]]></SubscribeStatusString><PopupScene>0</PopupScene></List>"
            )
        };
        let xml = |lists: &str| {
            format!(
                "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o1]]></FromUserName>\
                 <CreateTime>1610969440</CreateTime><MsgType><![CDATA[event]]></MsgType>\
                 <Event><![CDATA[subscribe_msg_popup_event]]></Event>\
                 <SubscribeMsgPopupEvent>{lists}</SubscribeMsgPopupEvent></xml>"
            )
        };
        assert_eq!(said(&xml(&list("t1", "accept"))), [("t1".to_owned(), Said::Accepted)]);
        let several = [list("t1", "accept"), list("t2", "reject"), list("t3", "accept")].concat();
        let accepted: Vec<String> = said(&xml(&several)).into_iter().map(|(id, _)| id).collect();
        assert_eq!(accepted, ["t1", "t3"]);
        assert!(Event::read(xml("").as_bytes()).is_none());
    }

    #[test]
    fn only_the_settings_page_takes_consent_back() {
        let of = |event: &str, word: &str| {
            said(&format!(
                r#"{{"FromUserName":"o1","Event":"{event}","List":{{"TemplateId":"t1","SubscribeStatusString":"{word}"}}}}"#
            ))
        };
        assert_eq!(of(CHANGE, "reject"), [("t1".to_owned(), Said::Rejected)]);
        assert!(of(CHANGE, "accept").is_empty());
        assert!(of(POPUP, "reject").is_empty());
        assert!(of("user_enter_tempsession", "accept").is_empty());
    }

    #[test]
    fn a_sent_message_keeps_its_id_to_the_last_digit() {
        for (id, code) in [(r#""1864323726461255680""#, r#""0""#), ("1864323726461255680", "0")] {
            let message = format!(
                r#"{{"FromUserName":"o1","Event":"{SENT}","List":[{{"TemplateId":"t1","MsgID":{id},"ErrorCode":{code},"ErrorStatus":"success"}}]}}"#
            );
            let event = Event::read(message.as_bytes()).expect("an event");
            let settled = event.settled.first().expect("one");
            assert_eq!((settled.message_id.as_str(), settled.errcode), ("1864323726461255680", 0));
            assert_eq!((settled.template_id.as_str(), event.openid.as_str()), ("t1", "o1"));
        }
        let xml = format!(
            "<xml><FromUserName>o1</FromUserName><Event>{SENT}</Event><SubscribeMsgSentEvent><List><TemplateId>t1</TemplateId>\
             <MsgID>1700827132819554304</MsgID><ErrorCode>43101</ErrorCode><ErrorStatus>x</ErrorStatus></List></SubscribeMsgSentEvent></xml>"
        );
        let event = Event::read(xml.as_bytes()).expect("an event");
        assert_eq!(event.settled.first().map(|settled| settled.errcode), Some(43101));
    }
}
