//! Subscribe-message templates: their keys and their rendering.

use serde_json::{Value, json};

use crate::api::Call;
use crate::config::Template;
use crate::value::fits;
use crate::wire::{Answer, WxError, ok};

impl Template {
    /// The keys of `{{key.DATA}}` in the order of the content.
    pub(crate) fn keys(&self) -> Vec<&str> {
        self.content.split("{{").skip(1).filter_map(|rest| rest.split_once(".DATA}}")).map(|(key, _)| key).collect()
    }

    /// The message's lines with the values filled in.
    pub(crate) fn render(&self, data: &Value) -> Vec<String> {
        let mut text = self.content.clone();
        for key in self.keys() {
            text = text.replace(&format!("{{{{{key}.DATA}}}}"), text_of(data, key).unwrap_or(""));
        }
        text.lines().map(str::to_owned).collect()
    }

    /// 47003 names the argument. A key that the template lacks is refused as well, so that a
    /// template changed in the console does not go unnoticed.
    pub(crate) fn check(&self, data: &Value) -> Result<(), WxError> {
        let given = data.as_object().ok_or_else(|| WxError::of(47001))?;
        let keys = self.keys();
        for key in given.keys() {
            if !keys.contains(&key.as_str()) {
                return Err(invalid(key, "is not in the template"));
            }
        }
        for key in keys {
            let text = match data.get(key).and_then(|item| item.get("value")) {
                None => return Err(invalid(key, "is empty")),
                Some(Value::String(text)) => text,
                Some(_) => return Err(WxError::of(47001)),
            };
            if text.is_empty() {
                return Err(invalid(key, "is empty"));
            }
            if !fits(key, text, self.enums.get(key)) {
                return Err(invalid(key, "invalid"));
            }
        }
        Ok(())
    }
}

fn text_of<'a>(data: &'a Value, key: &str) -> Option<&'a str> {
    data.get(key)?.get("value")?.as_str()
}

fn invalid(key: &str, what: &str) -> WxError {
    WxError::new(47003, format!("argument invalid! data.{key}.value {what}"))
}

/// GET /wxaapi/newtmpl/gettemplate
pub(crate) fn list(call: &Call) -> Answer {
    let app = call.app_by_token()?;
    let ledger = app.ledger();
    let entries: Vec<Value> = ledger
        .config
        .templates
        .iter()
        .map(|template| {
            let enums: Vec<Value> = template
                .enums
                .iter()
                .map(|(key, values)| json!({"keywordCode": key, "enumValueList": values}))
                .collect();
            json!({
                "priTmplId": template.id,
                "title": template.title,
                "content": template.content,
                "example": template.example,
                "type": template.kind,
                "keywordEnumValueList": enums,
            })
        })
        .collect();
    ok(json!({"data": entries}))
}

#[cfg(test)]
mod tests {

    use super::*;

    fn appointment() -> Template {
        serde_json::from_value(json!({
            "id": "t1",
            "title": "预约提醒",
            "content": "项目:{{thing1.DATA}}\n时间:{{time2.DATA}}\n",
        }))
        .unwrap()
    }

    #[test]
    fn errors_name_the_argument() {
        let cases = [
            (json!({"thing1": {"value": "剪发"}}), 47003, "data.time2.value is empty"),
            (json!({"thing1": {"value": ""}, "time2": {"value": "9:00"}}), 47003, "data.thing1.value is empty"),
            (json!({"thing1": {"value": "剪发"}, "time2": {"value": "soon"}}), 47003, "data.time2.value invalid"),
            (
                json!({"thing1": {"value": "剪发"}, "time2": {"value": "9:00"}, "thing3": {"value": "x"}}),
                47003,
                "data.thing3.value",
            ),
            (json!({"thing1": {"value": 5}, "time2": {"value": "9:00"}}), 47001, ""),
            (json!("text"), 47001, ""),
        ];
        for (data, code, text) in cases {
            let error = appointment().check(&data).unwrap_err();
            assert_eq!(error.code, code, "{data}");
            assert!(error.text.contains(text), "{error}");
        }
    }

    #[test]
    fn a_template_is_rendered_line_by_line() {
        let data = json!({"thing1": {"value": "剪发"}, "time2": {"value": "9:00"}});
        assert_eq!(appointment().check(&data), Ok(()));
        assert_eq!(appointment().render(&data), ["项目:剪发", "时间:9:00"]);
    }
}
