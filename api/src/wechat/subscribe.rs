//! Subscribe messages: one consent, one message.

use super::client::verdict;
use super::fit::fit;
use super::{Wechat, WechatError};
use serde_json::{Map, Value, json};

/// One message. Not `Debug`: it names a person and what they are told.
pub(crate) struct SubscribeMessage {
    /// To whom.
    pub(crate) openid: String,
    /// Which template.
    pub(crate) template_id: String,
    /// The page it opens, which may have a query; none: it opens nothing.
    pub(crate) page: Option<String>,
    /// Fields of the template (`thing1`) and what to write there. Written shorter where a field
    /// takes no more.
    pub(crate) data: Vec<(String, String)>,
}

impl Wechat {
    /// Sends a message. Never repeated, since WeChat has nothing to tell a repetition by. It sends to
    /// one person one after the other (43108); the caller sees to that.
    ///
    /// # Errors
    /// `Refused`: 43101 no consent left, 47003 a value, 40037 the template, 40003 the openid, 43108
    /// another message is under way.
    pub(crate) async fn send_subscribe(&self, message: &SubscribeMessage) -> Result<(), WechatError> {
        let mut body = json!({
            "touser": message.openid,
            "template_id": message.template_id,
            "data": fields(&message.data),
            "miniprogram_state": self.parts.build.state(),
            "lang": "zh_CN",
        });
        if let (Some(page), Value::Object(body)) = (&message.page, &mut body) {
            body.insert("page".to_owned(), json!(page.trim_start_matches('/')));
        }
        self.post("/cgi-bin/message/subscribe/send", &body, verdict).await
    }
}

fn fields(data: &[(String, String)]) -> Map<String, Value> {
    data.iter().map(|(key, value)| (key.clone(), json!({"value": fit(key, value)}))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_written_as_wechat_wants_them() {
        let data = vec![("thing1".to_owned(), "回访\n张三".to_owned()), ("thing2".to_owned(), String::new())];
        let body = Value::Object(fields(&data)).to_string();
        assert_eq!(body, r#"{"thing1":{"value":"回访 张三"},"thing2":{"value":"无"}}"#);
    }
}
