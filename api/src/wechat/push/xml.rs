//! XML as the push writes it, read into the shape that JSON has: an element with children is an
//! object, one that comes several times an array, any other a text.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use serde_json::{Map, Value};

/// Deeper than any event goes.
const DEEPEST: usize = 16;

#[derive(Default)]
struct Element {
    name: String,
    text: String,
    children: Map<String, Value>,
}

impl Element {
    fn adopt(&mut self, child: Self) {
        let value = if child.children.is_empty() {
            Value::String(child.text.trim().to_owned())
        } else {
            Value::Object(child.children)
        };
        match self.children.get_mut(&child.name) {
            Some(Value::Array(all)) => all.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None => {
                self.children.insert(child.name, value);
            }
        }
    }
}

/// What stands inside `<xml>`. Documents with a type declaration are refused: nothing of ours has
/// one, and entities would come with it.
pub(super) fn tree(text: &str) -> Option<Value> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if open.len() <= DEEPEST => {
                open.push(Element { name: start.name().as_ref().to_owned(), ..Element::default() });
            }
            Event::Start(_) | Event::Empty(_) | Event::DocType(_) => return None,
            Event::End(_) => {
                let child = open.pop()?;
                open.last_mut()?.adopt(child);
            }
            Event::Text(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::CData(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::GeneralRef(entity) => match entity.resolve_char_ref().ok()? {
                Some(c) => open.last_mut()?.text.push(c),
                None => open.last_mut()?.text.push_str(resolve_predefined_entity(&entity)?),
            },
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    let [root] = open.as_mut_slice() else { return None };
    root.children.remove("xml")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn elements_become_objects_texts_and_arrays() {
        let text = "<?xml version=\"1.0\"?>\n<xml>\n <A><![CDATA[a]]]]><![CDATA[>b]]></A><B>1</B>\n\
                    <L><List><T>x &amp; &#20013;</T></List><List><T/></List></L><!-- c --></xml>\n";
        let expected = json!({"A": "a]]>b", "B": "1", "L": {"List": [{"T": "x & 中"}, {"T": ""}]}});
        assert_eq!(tree(text), Some(expected));
    }

    #[test]
    fn what_is_not_a_push_is_none() {
        let deep = format!("<xml>{}{}</xml>", "<a>".repeat(40), "</a>".repeat(40));
        for text in [
            "",
            "<",
            "<xml>",
            "<xml></y>",
            "</xml>",
            "<other><A>1</A></other>",
            "<!DOCTYPE xml [<!ENTITY a \"b\">]><xml><A>&a;</A></xml>",
            "<xml><A>&unknown;</A></xml>",
            "<xml><A>&#xD800;</A></xml>",
            &deep,
        ] {
            assert_eq!(tree(text), None, "{text}");
        }
    }
}
