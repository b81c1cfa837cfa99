//! Files that hang on customers.

use crate::harness::{Answer, Client, Shop, text};
use crate::merge::{made, merge, undo};
use crate::transfer::import;
use api::admin::{Admin, Keys};
use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};

pub const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

async fn send(client: &Client, name: &str, file: impl Into<Vec<u8>>) -> Answer {
    client.send(client.request(Method::POST, &format!("/attachments?name={name}")).body(file.into())).await
}

/// A picture that somebody sent, which no row names yet.
pub async fn picture(client: &Client) -> String {
    text(&send(client, "身份证.png", PICTURE).await.ok()["id"])
}

async fn open(client: &Client, id: &str) -> (u16, Vec<u8>) {
    let answer = client.request(Method::GET, &format!("/attachments/{id}")).send().await.expect("an answer");
    (answer.status().as_u16(), answer.bytes().await.expect("bytes").to_vec())
}

async fn status(client: &Client, id: &str) -> u16 {
    open(client, id).await.0
}

/// A field of files with the key `scan`.
pub async fn field(boss: &Client, rules: Value) -> String {
    let body = json!({ "key": "scan", "label": "证件", "kind": "file", "rules": rules });
    text(&boss.post("/custom-fields", body).await.ok()["id"])
}

/// A customer of `client` whose field names these files.
async fn with(client: &Client, files: &[&String]) -> String {
    made(client, json!({ "name": "张三", "custom": { "scan": files } })).await
}

async fn scan(client: &Client, id: &str) -> Value {
    client.get(&format!("/customers/{id}")).await.ok()["custom"]["scan"].clone()
}

#[actix_web::test]
async fn a_file_hangs_on_a_customer_and_comes_back_as_it_was() {
    let shop = Shop::new().await;
    field(&shop.boss, json!({})).await;
    let photo = [b"\xff\xd8\xff\xe0".to_vec(), (0..700_000_u32).map(|at| at.to_be_bytes()[3]).collect()].concat();
    let sent = send(&shop.sales, "..%2F店面%20照片.JPG", photo.clone()).await;
    assert_eq!(sent.status, 201, "{}", sent.body);
    let id = text(&sent.body["id"]);
    let held = json!({ "id": id, "name": "店面 照片.JPG", "kind": "jpeg", "bytes": 700_004 });
    assert_eq!(sent.body, held);
    let customer = with(&shop.sales, &[&id]).await;
    assert_eq!(scan(&shop.sales, &customer).await, json!([held]));
    assert_eq!(shop.sales.get("/customers").await.ok()["items"][0]["custom"]["scan"], json!([held]));

    let answer = shop.sales.request(Method::GET, &format!("/attachments/{id}")).send().await.expect("an answer");
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("content-length", "700004"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "private, no-store"),
        (
            "content-disposition",
            "attachment; filename=\"__ __.JPG\"; filename*=UTF-8''%E5%BA%97%E9%9D%A2%20%E7%85%A7%E7%89%87.JPG",
        ),
    ] {
        assert_eq!(header(name).as_deref(), Some(value), "{name}");
    }
    assert!(answer.bytes().await.expect("bytes") == photo);

    // The record says what it was called.
    let entries = shop.boss.get(&format!("/audit?resource_id={customer}")).await.ok();
    let fields = entries["items"][0]["fields"].as_array().expect("fields").clone();
    let said = fields.iter().find(|field| field["name"] == "custom.scan").expect("the field");
    assert_eq!((&said["kind"], &said["new"]), (&json!("personal"), &json!(["店面 照片.JPG"])));
    let record = shop.boss.get(&format!("/customers/{customer}/export")).await.ok().to_string();
    assert!(record.contains("店面 照片.JPG"), "{record}");
}

#[actix_web::test]
async fn a_phone_sends_a_form_and_the_file_has_the_name_that_the_form_says() {
    let shop = Shop::new().await;
    let form = |name: &str| {
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx\r\n--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n"
        );
        [head.as_bytes(), b"%PDF-1.7\n", b"\r\n--edge--\r\n"].concat()
    };
    let request = |path: &str, body: Vec<u8>| {
        shop.sales.request(Method::POST, path).header("Content-Type", "multipart/form-data; boundary=edge").body(body)
    };
    let sent = shop.sales.send(request("/attachments", form("合同.html"))).await.ok();
    assert_eq!((&sent["name"], &sent["kind"], &sent["bytes"]), (&json!("合同.html.pdf"), &json!("pdf"), &json!(9)));
    let sent = shop.sales.send(request("/attachments?name=报价.pdf", form("tmp_1"))).await.ok();
    assert_eq!(sent["name"], "报价.pdf");
    let none = b"--edge\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx\r\n--edge--\r\n".to_vec();
    let refused = shop.sales.send(request("/attachments", none)).await;
    assert_eq!(refused.violations(), ["file: attachment_empty"]);
    let cut = form("a.pdf")[..100].to_vec();
    shop.sales.send(request("/attachments", cut)).await.problem(400, "body_truncated");
}

#[actix_web::test]
async fn where_a_photo_was_taken_is_not_kept() {
    let shop = Shop::new().await;
    let block = b"http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude='30,15.2N'/>";
    let length = u16::try_from(block.len() + 2).expect("short").to_be_bytes();
    let photo = [b"\xff\xd8\xff\xe1".as_slice(), &length, block, b"\xff\xda\0\x02picture"].concat();
    let sent = send(&shop.sales, "a.jpg", photo.clone()).await.ok();
    let (_, kept) = open(&shop.sales, &text(&sent["id"])).await;
    assert!(kept.len() == photo.len() && kept.ends_with(b"picture"));
    assert!(!kept.windows(3).any(|some| some == b"GPS"));
}

#[actix_web::test]
async fn a_file_is_what_its_bytes_say_and_no_larger_than_allowed() {
    let shop = Shop::with(|config| {
        config.attachments.file_limit = 1024 * 1024;
        config.attachments.tenant_limit = 2 * 1024 * 1024;
    })
    .await;
    for file in [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>".as_slice(),
        b"<!doctype html><p>",
        b"MZ\x90\0",
        b"PK\x03\x04 and nothing more",
        // A text that is none further on.
        &[vec![b'a'; 300_000], vec![0]].concat(),
    ] {
        let refused = send(&shop.sales, "photo.png", file).await;
        assert_eq!(refused.violations(), ["file: attachment_kind_unknown"]);
    }
    assert_eq!(send(&shop.sales, "a.png", b"".as_slice()).await.violations(), ["file: attachment_empty"]);
    let large = [PICTURE.to_vec(), vec![0; 1024 * 1024]].concat();
    let refused = send(&shop.sales, "a.png", large).await;
    assert_eq!(refused.body["errors"][0]["detail"], "文件不能超过 1 MB");
    let full = || [PICTURE.to_vec(), vec![0; 1024 * 1024 - PICTURE.len()]].concat();
    for _ in 0..2 {
        send(&shop.sales, "a.png", full()).await.ok();
    }
    assert_eq!(send(&shop.rival, "a.png", PICTURE).await.violations(), ["file: attachments_full"]);
    // What waited in vain makes room again.
    shop.advance(Duration::hours(25)).await;
    api::System::new(&shop.at).sweep_attachments(Some(shop.tenant)).await.expect("swept");
    let rival = shop.log_in_again(&shop.rival).await.act_in(shop.tenant).await;
    send(&rival, "a.png", PICTURE).await.ok();
}

#[actix_web::test]
async fn a_file_is_there_for_whoever_sees_the_field_that_names_it() {
    let shop = Shop::new().await;
    let scans = field(&shop.boss, json!({ "hidden_from": ["service"] })).await;
    let id = picture(&shop.sales).await;
    // It waits for whoever sent it, and nobody else can name it.
    assert_eq!([status(&shop.sales, &id).await, status(&shop.boss, &id).await], [200, 404]);
    let body = json!({ "name": "李四", "custom": { "scan": [id] } });
    let unknown = ["custom.scan: attachment_unknown"];
    assert_eq!(shop.boss.post("/customers", body.clone()).await.violations(), unknown);
    let customer = with(&shop.sales, &[&id]).await;
    // One file is of one customer.
    assert_eq!(shop.sales.post("/customers", body).await.violations(), unknown);
    let (service, _) = crate::rights::hire(&shop, "service", None).await;
    assert_eq!(shop.boss.get(&format!("/customers/{customer}")).await.ok()["custom"]["scan"][0]["id"], id.as_str());
    for (client, seen) in [(&shop.sales, 200), (&shop.boss, 200), (&shop.rival, 404), (&service, 404)] {
        assert_eq!(status(client, &id).await, seen);
    }
    // Whoever looks through the pool sees that there is one.
    let release = format!("/customers/{customer}/release");
    shop.sales.post_at(&release, 1, json!({ "reason": "联系不上" })).await.ok();
    assert_eq!(scan(&shop.rival, &customer).await[0]["name"], "身份证.png");
    assert_eq!([status(&shop.rival, &id).await, status(&shop.boss, &id).await], [403, 200]);
    shop.boss.delete(&format!("/custom-fields/{scans}"), 1).await.ok();
    assert_eq!(status(&shop.boss, &id).await, 404);
}

#[actix_web::test]
async fn a_field_of_files_follows_its_terms() {
    let shop = Shop::new().await;
    for (rules, wrong) in [
        (json!({ "default": "x" }), "rules.default: default_impossible"),
        (json!({ "unique": true }), "rules.unique: unique_impossible"),
    ] {
        let body = json!({ "label": "证件", "kind": "file", "rules": rules });
        assert_eq!(shop.boss.post("/custom-fields", body).await.violations(), [wrong]);
    }
    let condition = json!({ "field": "customer-type", "op": "is", "value": "existing" });
    field(&shop.boss, json!({ "required": true, "condition": condition })).await;
    let refused = shop.sales.post("/customers", json!({ "name": "张三", "type": "existing" })).await;
    assert_eq!(refused.violations(), ["custom.scan: required"]);
    let mut files = Vec::new();
    for _ in 0..6 {
        files.push(picture(&shop.sales).await);
    }
    for (given, wrong) in [(json!(files), "too_many"), (json!(["nothing"]), "uuid_invalid"), (json!(files[0]), "type")]
    {
        let body = json!({ "name": "张三", "type": "existing", "custom": { "scan": given } });
        assert_eq!(shop.sales.post("/customers", body).await.violations(), [format!("custom.scan: {wrong}")]);
    }
    let body = json!({ "name": "张三", "type": "existing", "custom": { "scan": [files[1], files[0], files[1]] } });
    let customer = made(&shop.sales, body).await;
    let ids = |list: Value| list.as_array().expect("files").iter().map(|file| text(&file["id"])).collect::<Vec<_>>();
    assert_eq!(ids(scan(&shop.sales, &customer).await), [files[1].clone(), files[0].clone()]);
    // A change says all of them; a colleague who may change the customer leaves what stands there.
    let path = format!("/customers/{customer}");
    let body = json!({ "custom": { "scan": [files[0], picture(&shop.boss).await] } });
    shop.boss.patch(&path, 1, body).await.ok();
    assert_eq!([status(&shop.sales, &files[1]).await, status(&shop.sales, &files[0]).await], [404, 200]);
    // Taken back within the day.
    shop.sales.patch(&path, 2, json!({ "custom": { "scan": [files[1]] } })).await.ok();
    assert_eq!([status(&shop.boss, &files[1]).await, status(&shop.boss, &files[0]).await], [200, 404]);
    // What no longer applies goes.
    shop.sales.patch(&path, 3, json!({ "type": "lost" })).await.ok();
    assert_eq!(scan(&shop.sales, &customer).await, json!(null));
    shop.advance(Duration::hours(25)).await;
    api::System::new(&shop.at).sweep_attachments(Some(shop.tenant)).await.expect("swept");
    let sales = shop.log_in_again(&shop.sales).await.act_in(shop.tenant).await;
    let body = json!({ "type": "existing", "custom": { "scan": [files[1]] } });
    assert_eq!(sales.patch(&path, 4, body).await.violations(), ["custom.scan: attachment_unknown"]);
}

#[actix_web::test]
async fn files_are_looked_for_and_taken_out_and_not_brought_in() {
    let shop = Shop::new().await;
    field(&shop.boss, json!({})).await;
    let customer = with(&shop.boss, &[&picture(&shop.boss).await, &picture(&shop.boss).await]).await;
    made(&shop.boss, json!({ "name": "李四" })).await;
    let filter = |op: &str, values: Value| {
        let test = json!({ "field": "custom.scan", "op": op, "values": values });
        format!("/customers?filter={}", json!({ "all": [{ "any": [test] }] }))
    };
    for (op, name) in [("set", "张三"), ("empty", "李四")] {
        let found = shop.boss.get(&filter(op, json!([]))).await.ok();
        assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(found["items"][0]["name"], name);
    }
    let refused = shop.boss.get(&filter("any_of", json!(["x"]))).await;
    assert_eq!(refused.violations(), ["filter.all.0.any.0.op: filter_op_unfit"]);
    let selection = json!({ "ids": [customer] });
    let refused = shop.boss.post("/customers/bulk", json!({ "selection": selection, "custom": { "scan": [] } })).await;
    assert_eq!(refused.violations(), ["custom.scan: bulk_field_unfit"]);
    let asked = json!({ "selection": selection, "columns": ["custom.scan"], "format": "csv" });
    let id = text(&shop.boss.post("/exports", asked).await.ok()["id"]);
    shop.run_jobs().await;
    let path = text(&shop.boss.post(&format!("/exports/{id}/link"), json!({})).await.ok()["path"]);
    let file = text(&shop.nobody.get(&format!("/{path}")).await.body);
    assert!(file.contains("证件") && file.contains("身份证.png、身份证.png"), "{file}");
    let detail = crate::transfer::sent(&shop.boss, "姓名,证件\n王五,身份证.png\n").await;
    assert_eq!(detail["columns"].as_array().map(Vec::len), Some(1), "{detail}");
    let columns = json!([{ "column": 0, "field": "name" }, { "column": 1, "field": "custom.scan" }]);
    let start = format!("/imports/{}/start", text(&detail["id"]));
    let refused = shop.boss.post(&start, json!({ "columns": columns, "mode": "create" })).await;
    assert_eq!(refused.violations(), ["columns.1.field: column_file"]);
    let done = import(&shop, &shop.boss, "姓名,证件\n王五,身份证.png\n", json!({})).await;
    assert_eq!(done["created"], 1);
}

#[actix_web::test]
async fn files_go_over_with_a_merge_and_come_back_weeks_later() {
    let shop = Shop::new().await;
    field(&shop.boss, json!({})).await;
    let (mine, theirs) = (picture(&shop.boss).await, picture(&shop.boss).await);
    let (stays, goes) = (with(&shop.boss, &[&mine]).await, with(&shop.boss, &[&theirs]).await);
    let done = merge(&shop.boss, &stays, &goes, json!({ "custom": { "scan": "other" } })).await;
    assert_eq!(scan(&shop.boss, &stays).await[0]["id"], theirs.as_str());
    assert_eq!([status(&shop.boss, &mine).await, status(&shop.boss, &theirs).await], [404, 200]);
    for person in [&stays, &goes] {
        let keys = Keys::RotatePerson { tenant: shop.tenant, person: person.parse().expect("an id") };
        Admin::Keys(keys).run(&shop.at).await.expect("done");
    }
    shop.advance(Duration::days(20)).await;
    api::System::new(&shop.at).sweep_attachments(Some(shop.tenant)).await.expect("swept");
    let boss = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    assert_eq!(status(&boss, &theirs).await, 200);
    undo(&boss, &done).await;
    assert_eq!(scan(&boss, &stays).await[0]["id"], mine.as_str());
    assert_eq!(scan(&boss, &goes).await[0]["id"], theirs.as_str());
    shop.advance(Duration::days(20)).await;
    api::System::new(&shop.at).sweep_attachments(Some(shop.tenant)).await.expect("swept");
    let boss = shop.log_in_again(&boss).await.act_in(shop.tenant).await;
    for id in [&mine, &theirs] {
        assert_eq!(open(&boss, id).await, (200, PICTURE.to_vec()));
    }
}

#[actix_web::test]
async fn a_file_that_came_with_a_merge_goes_back_even_from_beside_a_new_one() {
    let shop = Shop::new().await;
    field(&shop.boss, json!({})).await;
    let (theirs, new) = (picture(&shop.boss).await, picture(&shop.boss).await);
    let (stays, goes) = (with(&shop.boss, &[]).await, with(&shop.boss, &[&theirs]).await);
    let done = merge(&shop.boss, &stays, &goes, json!({ "custom": { "scan": "other" } })).await;
    let path = format!("/customers/{stays}");
    let version = shop.boss.get(&path).await.ok()["version"].as_i64().expect("a version");
    let both = json!({ "custom": { "scan": [theirs, new] } });
    shop.boss.patch(&path, version, both).await.ok();
    undo(&shop.boss, &done).await;
    let (mine, other) = (scan(&shop.boss, &stays).await, scan(&shop.boss, &goes).await);
    assert_eq!((mine.as_array().map(Vec::len), &mine[0]["id"]), (Some(1), &json!(new)), "{mine}");
    assert_eq!((other.as_array().map(Vec::len), &other[0]["id"]), (Some(1), &json!(theirs)), "{other}");
    assert_eq!([status(&shop.boss, &new).await, status(&shop.boss, &theirs).await], [200, 200]);
}

#[actix_web::test]
async fn a_stolen_database_shows_no_file_and_an_erased_person_has_none() {
    let shop = Shop::new().await;
    field(&shop.boss, json!({})).await;
    let secret = "龙井茶庄的合同要点";
    let (kept, gone) = (send(&shop.boss, "a.txt", secret).await.ok(), send(&shop.boss, "李逵.txt", secret).await.ok());
    let (kept, gone) = (text(&kept["id"]), text(&gone["id"]));
    with(&shop.boss, &[&kept]).await;
    let erased = with(&shop.boss, &[&gone]).await;
    shop.boss.post(&format!("/customers/{erased}/erase"), json!({ "reason": "asked" })).await.ok();
    assert_eq!([status(&shop.boss, &kept).await, status(&shop.boss, &gone).await], [200, 404]);
    api::System::new(&shop.at).sweep_attachments(Some(shop.tenant)).await.expect("swept");
    let db = crate::guards::database::open(&shop).await;
    let left = format!("SELECT COUNT(*) FROM attachments WHERE tenant_id = {}", shop.tenant);
    let left: i64 = crate::guards::database::select(&db, &left).await[0].try_get_by_index(0).expect("a count");
    assert_eq!(left, 1);
    // Last, because looking through all of it takes longer than a connection waits.
    assert_eq!(shop.readable_at_rest(&[secret]).await, Vec::<&str>::new());
}
