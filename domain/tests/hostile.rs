//! Bodies that no person sends: refused, quickly, with a report of bounded size.
#![expect(clippy::expect_used, reason = "a test says why it fails")]

use std::time::{Duration, Instant};

use domain::check::MAX_VIOLATIONS;
use domain::customers::{CustomerChanges, NewCustomer};
use domain::orders::NewOrder;
use domain::{Violations, check};
use proptest::prelude::*;

const MEGABYTE: usize = 1 << 20;

fn refused(body: &[u8]) -> Violations {
    check::<NewCustomer>(body).expect_err("refused")
}

fn first(body: &[u8]) -> (String, &'static str) {
    let mut found = refused(body).0;
    let violation = found.swap_remove(0);
    (violation.field, violation.code)
}

#[test]
fn a_megabyte_of_anything_is_refused_in_bounded_time() {
    let repeated = |head: &str, part: &str, tail: &str| format!("{head}{}{tail}", part.repeat(MEGABYTE / part.len()));
    let bodies = [
        repeated("", "[", ""),
        repeated("", "{\"a\":", ""),
        repeated("[", "0,", "0]"),
        repeated("{", "\"name\":\"x\",", "\"name\":\"x\"}"),
        repeated("{", "\"a\":1,", "\"b\":1}"),
        repeated("{\"name\":\"x\",\"tag_ids\":[", "1,", "1]}"),
        repeated("{\"name\":\"x\",\"phones\":[", "{},", "{}]}"),
        repeated("{\"name\":\"", "茶", "\"}"),
        repeated("{\"name\":\"", "\\u0000", "\"}"),
        repeated("\"", "\\", ""),
        repeated("", "9", ""),
        repeated("", " ", ""),
    ];
    // Generous for an unoptimised build on a busy machine; quadratic work would take minutes.
    let limit = Duration::from_secs(5);
    for body in bodies {
        let start = Instant::now();
        let found = refused(body.as_bytes()).0;
        let shown: String = body.chars().take(40).collect();
        assert!(start.elapsed() < limit, "{shown} took {:?}", start.elapsed());
        assert!((1..=MAX_VIOLATIONS).contains(&found.len()), "{shown}");
        assert!(found.iter().all(|violation| violation.field.len() < 100), "{shown}");
    }
}

#[test]
fn broken_bytes_are_malformed() {
    let bodies: [&[u8]; 6] =
        [b"", b"\xff\xfe", b"{\"name\":\"\xc3\"}", b"{\"name\":\"a\x00b\"}", b"{\"name\":\"x\"", b"nul"];
    for body in bodies {
        assert_eq!(first(body), (String::new(), "malformed"));
    }
    assert_eq!(first("[".repeat(17).as_bytes()), (String::new(), "too_deep"));
    assert_eq!(first(b"{\"name\":\"a\\u0000b\"}"), ("name".into(), "control_character"));
}

#[test]
fn what_the_handler_gets_is_trimmed_and_folded() {
    let body =
        r#"{"name":" 张三　","company":"　","phones":[{"number":"１３８００１３８０００"}],"remark":"你好，世界！"}"#;
    let customer = check::<NewCustomer>(body.as_bytes()).expect("accepted");
    assert_eq!((customer.name.as_str(), customer.company), ("张三", None));
    assert_eq!(customer.phones.first().map(|phone| phone.number.as_str()), Some("13800138000"));
    assert_eq!(customer.remark.as_deref(), Some("你好，世界！"));
}

#[test]
fn a_patch_knows_absent_from_null() {
    let changes = check::<CustomerChanges>(r#"{"name":"李四","company":null,"title":" ","remark":"x"}"#.as_bytes())
        .expect("accepted");
    assert_eq!((changes.name.as_deref(), changes.owner_id), (Some("李四"), None));
    assert_eq!((changes.company, changes.title, changes.region), (Some(None), Some(None), None));
    assert_eq!(changes.remark, Some(Some("x".into())));
    // And what is written again says the same.
    let again = CustomerChanges { company: Some(None), ..CustomerChanges::default() };
    assert_eq!(serde_json::to_string(&again).expect("writes"), r#"{"company":null}"#);
}

#[test]
fn the_document_tells_a_change_from_a_patch() {
    let schema = serde_json::to_value(<CustomerChanges as utoipa::PartialSchema>::schema()).expect("writes");
    assert_eq!(schema.get("required"), None);
    let kind = |field: &str| schema.pointer(&format!("/properties/{field}/type")).cloned();
    assert_eq!(kind("name"), Some("string".into()));
    assert_eq!(kind("company"), Some(serde_json::json!(["string", "null"])));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = check::<NewOrder>(&body);
    }

    #[test]
    fn no_json_makes_it_panic(body in r#"(\{"(lines|phone|receiver|id)":){0,2}[\[\]{}:,"\\u0-9a-f.\-eE tnx茶]{0,60}"#) {
        let _ = check::<NewOrder>(body.as_bytes());
    }
}
