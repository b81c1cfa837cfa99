//! The simulator through its front door: HTTP, and a server that receives its pushes.

mod faults;
mod messages;
mod pushes;
mod sessions;

use std::sync::{Arc, LazyLock, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{Sim, SimConfig, start};

/// All tests share one simulator, and each registers an app of its own.
static SIM: LazyLock<Sim> = LazyLock::new(|| start(SimConfig::default()).unwrap());

#[actix_web::test]
async fn a_dropped_simulator_gives_its_port_back() {
    for ask in [false, true] {
        let sim = start(SimConfig::default()).unwrap();
        let address = sim.base_url.trim_start_matches("http://").to_owned();
        let port = address.rsplit(':').next().unwrap().parse().unwrap();
        assert!(std::net::TcpStream::connect(&address).is_ok());
        let taken = SimConfig { port, apps: vec![] };
        assert!(start(taken.clone()).is_err());
        if ask {
            sim.stop().await;
        } else {
            drop(sim);
        }
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(5);
        while start(taken.clone()).is_err() {
            assert!(std::time::Instant::now() < patience, "{address} is still taken");
            tokio::task::yield_now().await;
        }
    }
}

/// One app and the ways to talk about it.
struct Stage {
    http: reqwest::Client,
    appid: String,
    app: Value,
}

impl Stage {
    async fn new(app: Value) -> Self {
        let _ = &*SIM;
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut stage = Self { http, appid: String::new(), app: Value::Null };
        stage.app = stage.send(Method::POST, "/sim/apps", &app).await;
        stage.appid = stage.app["appid"].as_str().unwrap().to_owned();
        stage
    }

    async fn with_template(app: Value) -> Self {
        let mut app = app;
        app["templates"] = json!([{
            "id": "t1", "title": "预约提醒", "content": "项目:{{thing1.DATA}}\n时间:{{time2.DATA}}",
        }]);
        Self::new(app).await
    }

    fn secret(&self) -> &str {
        self.app["secret"].as_str().unwrap()
    }

    async fn response(&self, method: Method, path: &str, body: &Value) -> reqwest::Result<Response> {
        let url = format!("{}{path}", SIM.base_url);
        let request = self.http.request(method.clone(), url);
        if method == Method::GET { request.send().await } else { request.json(body).send().await }
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Value {
        let response = self.response(method, path, body).await.unwrap();
        serde_json::from_str(&response.text().await.unwrap()).unwrap_or(Value::Null)
    }

    async fn get(&self, path: &str) -> Value {
        self.send(Method::GET, path, &Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.send(Method::POST, path, &body).await
    }

    /// `/sim/apps/{appid}/…`
    async fn sim(&self, what: &str, body: Value) -> Value {
        self.post(&format!("/sim/apps/{}/{what}", self.appid), body).await
    }

    async fn books(&self) -> Value {
        self.sim("settle", json!({})).await
    }

    async fn token(&self) -> String {
        let body = json!({
            "grant_type": "client_credential", "appid": self.appid, "secret": self.secret(),
        });
        let answer = self.post("/cgi-bin/stable_token", body).await;
        answer["access_token"].as_str().unwrap().to_owned()
    }

    async fn login(&self, phone: &str) -> Value {
        let body = json!({"appid": self.appid});
        let code = self.post(&format!("/phone/{phone}/login"), body).await;
        self.exchange(code["code"].as_str().unwrap()).await
    }

    async fn exchange(&self, code: &str) -> Value {
        let (appid, secret) = (&self.appid, self.secret());
        self.get(&format!(
            "/sns/jscode2session?appid={appid}&secret={secret}&js_code={code}&grant_type=authorization_code"
        ))
        .await
    }

    async fn consent(&self, phone: &str) -> Value {
        let body = json!({"appid": self.appid, "tmplIds": ["t1"]});
        self.post(&format!("/phone/{phone}/subscribe"), body).await
    }

    async fn message(&self, token: &str, openid: &str) -> Value {
        self.post(
            &format!("/cgi-bin/message/subscribe/send?access_token={token}"),
            json!({
                "touser": openid, "template_id": "t1", "page": "pages/index/index?id=1",
                "miniprogram_state": "formal", "lang": "zh_CN",
                "data": {"thing1": {"value": "剪发"}, "time2": {"value": "15:01"}},
            }),
        )
        .await
    }
}

/// What a server got from the message push.
#[derive(Clone)]
struct Received {
    query: Vec<(String, String)>,
    body: String,
}

impl Received {
    fn query(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }
}

/// A server that answers pushes with the statuses it was given, then with 200.
struct Receiver {
    url: String,
    got: Arc<Mutex<Vec<Received>>>,
    handle: ServerHandle,
}

impl Receiver {
    fn start(statuses: &[u16]) -> Self {
        let got: Arc<Mutex<Vec<Received>>> = Arc::default();
        let statuses = Arc::new(Mutex::new(statuses.to_vec()));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/push", listener.local_addr().unwrap());
        let seen = Arc::clone(&got);
        let server = HttpServer::new(move || {
            let (seen, statuses) = (Arc::clone(&seen), Arc::clone(&statuses));
            let receive = move |request: HttpRequest, body: Bytes| {
                let query = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
                let query = query.unwrap().into_inner();
                let echo = query.iter().find(|(key, _)| key == "echostr");
                let answer = echo.map_or("success".to_owned(), |(_, value)| value.clone());
                seen.lock().unwrap().push(Received { query, body: String::from_utf8(body.to_vec()).unwrap() });
                let mut statuses = statuses.lock().unwrap();
                let status = if statuses.is_empty() { 200 } else { statuses.remove(0) };
                let status = actix_web::http::StatusCode::from_u16(status).unwrap();
                async move { HttpResponse::build(status).body(answer) }
            };
            App::new().default_service(web::to(receive))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { url, got, handle }
    }

    fn got(&self) -> Vec<Received> {
        self.got.lock().unwrap().clone()
    }

    async fn stop(self) {
        self.handle.stop(false).await;
    }
}
