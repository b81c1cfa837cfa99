//! What is believed and what is not.

use super::crypt::tests::{seal, vectors};
use super::*;

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const APPID: &str = "wxba5fad812f8e6fb9";
const NOW: i64 = 1_714_112_445;

fn push(token: &str, key: &str, appid: &str) -> Push {
    Push { appid: appid.to_owned(), token: token.to_owned().into(), key: Key::parse(key).expect("a key") }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("an instant")
}

fn ours() -> Push {
    push("token", KEY, APPID)
}

/// A push as WeChat sends it, and its body in one of the two formats.
fn sent(message: &[u8], appid: &str, json: bool) -> (Marked, String) {
    let encrypted = seal(KEY, "0123456789abcdef", message, appid);
    let (timestamp, nonce) = (NOW.to_string(), "415670741".to_owned());
    let sign = |parts: Vec<&str>| hex::encode(crypt::signature(parts));
    let marked = Marked {
        signature: sign(vec!["token", &timestamp, &nonce]),
        msg_signature: sign(vec!["token", &timestamp, &nonce, &encrypted]),
        timestamp,
        nonce,
        echostr: String::new(),
    };
    let body = match json {
        true => serde_json::json!({"ToUserName": "gh_1", "Encrypt": encrypted}).to_string(),
        false => {
            format!("<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\n<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>")
        }
    };
    (marked, body)
}

fn refused(push: &Push, marked: &Marked, body: &[u8], now: i64) -> Option<Disbelief> {
    push.open(marked, body, at(now)).err()
}

#[test]
fn the_published_push_is_believed_only_about_its_time() {
    let vectors = vectors();
    let vector = vectors.iter().find(|vector| vector["id"] == "push.secure_post").expect("the vector");
    let text = |name: &str| vector[name].as_str().expect(name).to_owned();
    let push = push(&text("token"), &text("aes_key"), &text("appid"));
    let marked = Marked {
        signature: text("signature"),
        msg_signature: text("msg_signature"),
        timestamp: text("timestamp"),
        nonce: text("nonce"),
        echostr: String::new(),
    };
    let body = serde_json::json!({"ToUserName": "gh_97417a04a28d", "Encrypt": text("encrypt")}).to_string();
    let opened = push.open(&marked, body.as_bytes(), at(NOW)).expect("believed");
    assert_eq!(opened.message, text("message").as_bytes());
    assert_eq!(opened.digest, sha256(text("message").as_bytes()));
    assert_eq!(refused(&push, &marked, body.as_bytes(), NOW + 300), None);
    assert_eq!(refused(&push, &marked, body.as_bytes(), NOW - 300), None);
    assert_eq!(refused(&push, &marked, body.as_bytes(), NOW + 301), Some(Disbelief::Stale));
    assert_eq!(refused(&push, &marked, body.as_bytes(), NOW - 301), Some(Disbelief::Stale));
}

#[test]
fn the_published_check_of_the_address_is_echoed() {
    let vectors = vectors();
    let vector = vectors.iter().find(|vector| vector["id"] == "push.url_verify").expect("the vector");
    let text = |name: &str| vector[name].as_str().expect(name).to_owned();
    let marked = |signature: String| Marked {
        signature,
        timestamp: text("timestamp"),
        nonce: text("nonce"),
        echostr: text("echostr"),
        ..Marked::default()
    };
    let push = push(&text("token"), KEY, APPID);
    let now = at(text("timestamp").parse().expect("seconds"));
    assert_eq!(push.echo(marked(text("signature")), now), Ok(text("echostr")));
    for wrong in ["", "zz", "00", &"0".repeat(40)] {
        assert_eq!(push.echo(marked(wrong.to_owned()), now), Err(Disbelief::Forged));
    }
}

#[test]
fn both_formats_are_opened() {
    for json in [true, false] {
        let (marked, body) = sent(b"{}", APPID, json);
        let opened = ours().open(&marked, body.as_bytes(), at(NOW)).expect("believed");
        assert_eq!(opened.message, b"{}");
    }
}

#[test]
fn a_signature_that_does_not_cover_the_body_is_worth_nothing() {
    let (marked, body) = sent(b"{}", APPID, true);
    let (_, other) = sent(b"{\"a\":1}", APPID, true);
    assert_eq!(refused(&ours(), &marked, other.as_bytes(), NOW), Some(Disbelief::Forged));
    // The right `signature` alone, which anybody can copy from another request.
    let copied = Marked { msg_signature: marked.signature.clone(), ..sent(b"{}", APPID, true).0 };
    assert_eq!(refused(&ours(), &copied, body.as_bytes(), NOW), Some(Disbelief::Forged));
    let missing = Marked { msg_signature: String::new(), ..sent(b"{}", APPID, true).0 };
    assert_eq!(refused(&ours(), &missing, body.as_bytes(), NOW), Some(Disbelief::Forged));
    let stranger = push("another token", KEY, APPID);
    assert_eq!(refused(&stranger, &marked, body.as_bytes(), NOW), Some(Disbelief::Forged));
}

#[test]
fn a_push_for_another_app_and_one_in_plain_text_are_refused() {
    let (marked, body) = sent(b"{}", "wx0000000000000000", true);
    assert_eq!(refused(&ours(), &marked, body.as_bytes(), NOW), Some(Disbelief::Misdirected));
    let (marked, _) = sent(b"{}", APPID, true);
    for plain in ["{\"Event\":\"x\"}", "<xml><Event>x</Event></xml>", "", "[]", "{\"Encrypt\":1}", "hello"] {
        assert_eq!(refused(&ours(), &marked, plain.as_bytes(), NOW), Some(Disbelief::Plain), "{plain}");
    }
    let other_key = push("token", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", APPID);
    let (marked, body) = sent(b"{}", APPID, true);
    assert!(refused(&other_key, &marked, body.as_bytes(), NOW).is_some());
}

/// Xorshift: the same samples each time, and a failure names its turn.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).expect("small")).expect("small")
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).expect("a byte")
    }

    fn mutated(&mut self, sample: &[u8]) -> Vec<u8> {
        let mut bytes = sample.to_vec();
        for _ in 0..self.below(4) {
            let place = self.below(bytes.len() + 1);
            match self.below(16) {
                0 => bytes.truncate(place),
                1 => bytes.insert(place, self.byte()),
                2..=9 if place < bytes.len() => bytes[place] = self.byte(),
                10..=13 if place < bytes.len() => drop(bytes.remove(place)),
                _ => {
                    let piece = bytes[place..(place + self.below(40)).min(bytes.len())].to_vec();
                    let target = self.below(bytes.len() + 1);
                    bytes.splice(target..target, piece);
                }
            }
        }
        bytes
    }
}

#[test]
fn no_bytes_whatever_make_it_panic() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let messages = [
        r#"{"FromUserName":"o1","Event":"subscribe_msg_popup_event","List":[{"TemplateId":"t","SubscribeStatusString":"accept"}]}"#,
        r#"{"FromUserName":"o1","Event":"subscribe_msg_sent_event","List":{"TemplateId":"t","MsgID":"1","ErrorCode":"0"}}"#,
        "<xml><FromUserName><![CDATA[o1]]></FromUserName><Event>subscribe_msg_change_event</Event><SubscribeMsgChangeEvent>\
         <List><TemplateId>中&amp;&#65;</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgChangeEvent></xml>",
    ];
    let (push, mut events) = (ours(), 0);
    for turn in 0..6_000 {
        let sample = messages[turn % messages.len()];
        let mutant = dice.mutated(sample.as_bytes());
        events += usize::from(Event::read(&mutant).is_some());
        // The envelope, broken.
        let (marked, body) = sent(sample.as_bytes(), APPID, turn % 2 == 0);
        let body = dice.mutated(body.as_bytes());
        let _ = push.open(&marked, &body, at(NOW));
        // The ciphertext, broken but signed: nothing but the cipher stands in the way.
        if let Some(ciphertext) = tree(&body).as_ref().and_then(|tree| tree["Encrypt"].as_str()) {
            let _ = push.key.open(ciphertext);
        }
        let garbage: Vec<u8> = (0..dice.below(80)).map(|_| dice.byte()).collect();
        let _ = (Event::read(&garbage), tree(&garbage), push.key.open(&String::from_utf8_lossy(&garbage)));
        // Whatever is inside once it opens.
        let (marked, body) = sent(&mutant, APPID, true);
        assert_eq!(push.open(&marked, body.as_bytes(), at(NOW)).ok().map(|opened| opened.message), Some(mutant));
    }
    assert!(events > 1_500, "the samples were broken too much: {events}");
    let timestamps = ["", "-1", "9223372036854775807", "-9223372036854775808", "99999999999999999999", "1e9", " 1"];
    for timestamp in timestamps {
        let marked = Marked { timestamp: timestamp.to_owned(), ..Marked::default() };
        assert_eq!(refused(&push, &marked, b"{}", NOW), Some(Disbelief::Stale));
    }
}

#[test]
fn a_push_endures_whatever_is_done_to_it() {
    let push = ours();
    let said = br#"{"Event":"subscribe_msg_popup_event","FromUserName":"o1","List":{"TemplateId":"t","SubscribeStatusString":"accept","PopupScene":"0"}}"#;
    let xml = b"<xml><FromUserName><![CDATA[o1]]></FromUserName><Event>subscribe_msg_sent_event</Event><SubscribeMsgSentEvent><List><TemplateId>t</TemplateId><MsgID>1</MsgID><ErrorCode>0</ErrorCode></List></SubscribeMsgSentEvent></xml>";
    let (marked, json) = sent(said, APPID, true);
    let (_, envelope) = sent(xml, APPID, false);
    let samples = [said.to_vec(), xml.to_vec(), json.into_bytes(), envelope.into_bytes()];
    crate::mutants::endure(&samples, |bytes| {
        drop(Event::read(bytes));
        drop(push.open(&marked, bytes, at(NOW)));
        if let Ok(text) = std::str::from_utf8(bytes) {
            drop(push.key.open(text));
        }
    });
}
