//! How codes and their texts are sent. That every code has its texts, and every text a use, is the
//! business of `tests/guards/codes.rs`, which sees the server as well.

use domain::{Lang, Violation};

#[test]
fn a_violation_is_sent_with_its_text() {
    let violation = Violation::new("lines.0.quantity", "too_small").with("min", 1);
    let sent = serde_json::to_value(violation.explain(Lang::Zh)).expect("writes");
    let wanted = serde_json::json!({
        "field": "lines.0.quantity", "code": "too_small", "params": { "min": 1 }, "detail": "不能小于 1"
    });
    assert_eq!(sent, wanted);
    assert_eq!(violation.detail(Lang::En), "Must be 1 or more");
}

#[test]
fn the_language_is_the_first_that_we_have() {
    for (header, lang) in [
        ("", Lang::Zh),
        ("en-US,en;q=0.9", Lang::En),
        ("fr, en;q=0.5, zh", Lang::En),
        ("zh-Hans-CN", Lang::Zh),
        ("de", Lang::Zh),
    ] {
        assert_eq!(Lang::accepted(header), lang, "{header}");
    }
}
