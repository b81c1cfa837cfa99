//! The provider of messages, as its documentation describes it: an HTTP server that believes a signed
//! request and no other.

use crate::harness::{Shop, text};
use actix_web::web::{Data, Query};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};

const KEY: &str = "hush-hush-of-the-test";

#[derive(Default)]
struct Books {
    /// Number and code.
    messages: Vec<(String, String)>,
    nonces: HashSet<String>,
    refuse: Option<&'static str>,
}

/// A running provider.
pub struct Provider {
    books: Arc<Mutex<Books>>,
    base: String,
    handle: actix_web::dev::ServerHandle,
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

impl Provider {
    pub async fn start() -> Self {
        let books: Arc<Mutex<Books>> = Arc::default();
        let data = Data::from(Arc::clone(&books));
        let server = HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(serve)));
        let server = server.workers(1).disable_signals().bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { books, base, handle }
    }

    /// A shop whose messages go through this provider.
    pub async fn shop(&self) -> Shop {
        self.shop_with_key(KEY).await
    }

    async fn shop_with_key(&self, key: &str) -> Shop {
        Shop::with(|config| {
            config.sms.provider = "aliyun".to_owned();
            config.sms.base_url.clone_from(&self.base);
            config.sms.access_key_id = "LTAI-test".to_owned();
            config.sms.access_key_secret = key.to_owned().into();
            config.sms.sign_name = "山月茶行".to_owned();
            config.sms.template_code = "SMS_154950909".to_owned();
        })
        .await
    }

    /// Number and code of the last message.
    pub fn last(&self) -> (String, String) {
        self.books.lock().expect("books").messages.last().cloned().expect("a message")
    }
}

async fn serve(request: HttpRequest, books: Data<Mutex<Books>>) -> HttpResponse {
    let no = |code: &str| HttpResponse::BadRequest().json(json!({ "Code": code, "Message": "no", "RequestId": "r" }));
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let expected = signature(request.query_string(), &header);
    if header("Authorization") != expected {
        return no("SignatureDoesNotMatch");
    }
    let query = Query::<BTreeMap<String, String>>::from_query(request.query_string()).expect("parameters").into_inner();
    let of = |name: &str| query.get(name).cloned().unwrap_or_default();
    let mut books = books.lock().expect("books");
    if !books.nonces.insert(header("x-acs-signature-nonce").to_owned()) {
        return no("SignatureNonceUsed");
    }
    if let Some(code) = books.refuse {
        return HttpResponse::Ok().json(json!({ "Code": code, "Message": "触发号码天级流控", "RequestId": "r" }));
    }
    assert_eq!((header("x-acs-action"), header("x-acs-version")), ("SendSms", "2017-05-25"));
    assert_eq!((of("SignName"), of("TemplateCode")), ("山月茶行".to_owned(), "SMS_154950909".to_owned()));
    let template: Value = serde_json::from_str(&of("TemplateParam")).expect("JSON");
    books.messages.push((of("PhoneNumbers"), text(&template["code"])));
    HttpResponse::Ok().json(json!({ "Code": "OK", "Message": "OK", "BizId": "9006", "RequestId": "r" }))
}

/// The header that belongs to a request, from the documentation of the signature.
fn signature<'h>(query: &str, header: &impl Fn(&str) -> &'h str) -> String {
    let hash = |text: &str| hex::encode(Sha256::digest(text.as_bytes()));
    let names =
        ["host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"];
    let lines: String = names.iter().map(|name| format!("{name}:{}\n", header(name))).collect();
    let mut parameters: Vec<&str> = query.split('&').collect();
    parameters.sort_unstable();
    let whole = format!("POST\n/\n{}\n{lines}\n{}\n{}", parameters.join("&"), names.join(";"), hash(""));
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).expect("a key");
    mac.update(format!("ACS3-HMAC-SHA256\n{}", hash(&whole)).as_bytes());
    let signed = hex::encode(mac.finalize().into_bytes());
    format!("ACS3-HMAC-SHA256 Credential=LTAI-test,SignedHeaders={},Signature={signed}", names.join(";"))
}

#[actix_web::test]
async fn a_message_that_was_not_taken_is_said_so_and_leaves_no_challenge() {
    let provider = Provider::start().await;
    let shop = provider.shop().await;
    provider.books.lock().expect("books").refuse = Some("isv.BUSINESS_LIMIT_CONTROL");
    let ask = json!({ "method": "sms" });
    shop.sales.post("/auth/step-up/challenge", ask.clone()).await.problem(502, "sms_failed");
    provider.books.lock().expect("books").refuse = None;
    shop.sales.post("/auth/step-up/challenge", ask.clone()).await.ok();
    // Another key than the provider knows.
    let other = provider.shop_with_key("another key").await;
    other.sales.post("/auth/step-up/challenge", ask.clone()).await.problem(502, "sms_failed");
    // Messages cost money: nobody gets more than eight in a while.
    let mut sent = 2;
    while shop.sales.post("/auth/step-up/challenge", ask.clone()).await.status == 200 {
        sent += 1;
    }
    assert_eq!(sent, 8);
    shop.sales.post("/auth/step-up/challenge", ask).await.problem(429, "too_many_requests");
}

#[actix_web::test]
async fn whoever_proved_no_phone_gets_no_message() {
    let provider = Provider::start().await;
    let shop = provider.shop().await;
    let stranger = shop.stranger().await;
    stranger.post("/auth/step-up/challenge", json!({ "method": "sms" })).await.problem(409, "method_unavailable");
    assert!(provider.books.lock().expect("books").messages.is_empty());
}
