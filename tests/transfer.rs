//! Tables of customers that come in and go out.

use crate::harness::{Client, Home, Shop, phone_number, text, until};
use api::System;
use chrono::Duration;
use domain::permission::Role;
use reqwest::Method;
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Read as _;

pub async fn send(client: &Client, file: impl Into<Vec<u8>>) -> crate::harness::Answer {
    client.send(client.request(Method::POST, "/imports?name=客户名单.csv").body(file.into())).await
}

pub async fn sent(client: &Client, file: impl Into<Vec<u8>>) -> Value {
    let answer = send(client, file).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body
}

/// Starts an import as its columns are guessed, runs it, and says how it ended.
pub async fn import(shop: &Shop, client: &Client, file: &str, with: Value) -> Value {
    let detail = sent(client, file).await;
    start(shop, client, &detail, with).await
}

pub async fn start(shop: &Shop, client: &Client, detail: &Value, with: Value) -> Value {
    let id = text(&detail["id"]);
    let mut body = json!({ "columns": detail["columns"], "mode": "create" });
    body.as_object_mut().expect("a body").extend(with.as_object().expect("more").clone());
    client.post(&format!("/imports/{id}/start"), body).await.ok();
    shop.run_jobs().await;
    client.get(&format!("/imports/{id}")).await.ok()
}

pub async fn errors(client: &Client, import: &Value) -> Vec<Vec<String>> {
    let answer = client.get(&format!("/imports/{}/errors", text(&import["id"]))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let file = answer.body.as_str().expect("a text").trim_start_matches('\u{feff}').to_owned();
    file.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

pub fn counts(import: &Value) -> [i64; 4] {
    ["created", "updated", "skipped", "failed"].map(|name| import[name].as_i64().expect("a number"))
}

pub async fn found(client: &Client, q: &str) -> Value {
    let page = client.get(&format!("/customers?q={q}")).await.ok();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1), "{q}: {page}");
    client.get(&format!("/customers/{}", text(&page["items"][0]["id"]))).await.ok()
}

#[actix_web::test]
async fn a_table_is_shown_before_it_is_imported_and_every_row_is_judged_like_a_form() {
    let shop = Shop::new().await;
    let group = text(&shop.boss.post("/tag-groups", json!({ "name": "口味" })).await.ok()["id"]);
    shop.boss.post("/tags", json!({ "group_id": group, "name": "绿茶" })).await.ok();
    shop.boss.post("/custom-fields", json!({ "key": "budget", "label": "预算", "kind": "money" })).await.ok();
    let (first, second) = (phone_number(), phone_number());
    let file = format!(
        "* 客户名称（必填）,手机号,公司,地区,标签,来源,生日,负责人,预算,备注,创建时间,创建人\n\
         张三丰,{first},武当山月茶行,浙江杭州西湖区,绿茶,到店,1990/2/28,陈晓,\"¥1,200.5\",=老主顾,2024-05-01 08:30,王磊\n\
         李四,1.38E+10,,,,,,,,,,\n\
         王五,57188886666,,,,,,,,,,\n\
         ,{second},,,,,,,,,,\n\
         赵六,12345,,火星,红茶,别处,1990-02-30,没有这个人,一百,,,\n"
    );
    let detail = sent(&shop.boss, file.as_str()).await;
    assert_eq!((&detail["rows"], &detail["state"], &detail["remembered"]), (&json!(5), &json!("ready"), &json!(false)));
    assert_eq!(detail["preview"][0]["cells"][0], "张三丰");
    assert_eq!(detail["columns"][8], json!({ "column": 8, "field": "custom.budget" }));
    assert_eq!(detail["columns"].as_array().map(Vec::len), Some(12));

    // A trial says everything and leaves nothing.
    let tried = start(&shop, &shop.boss, &detail, json!({ "dry_run": true })).await;
    assert_eq!((&tried["state"], counts(&tried)), (&json!("checked"), [1, 0, 0, 4]));
    assert_eq!(shop.boss.get("/customers").await.ok()["items"], json!([]));
    let done = start(&shop, &shop.boss, &detail, json!({})).await;
    assert_eq!((&done["state"], counts(&done)), (&json!("done"), [1, 0, 0, 4]));
    let wrong = errors(&shop.boss, &done).await;
    assert_eq!(wrong.len(), 5, "{wrong:?}");
    assert_eq!(wrong[0].last().expect("a reason"), "失败原因");
    assert!(wrong[1][12].contains("手机号：号码变成了科学计数"), "{wrong:?}");
    assert!(wrong[2][12].contains("开头的 0 丢失了"), "{wrong:?}");
    assert!(wrong[3][12].contains("必填"), "{wrong:?}");
    for said in
        ["手机号：电话号码不正确", "地区：认不出", "标签：标签不存在", "生日：日期不正确", "负责人：负责人不存在"]
    {
        assert!(wrong[4][12].contains(said), "{said}: {wrong:?}");
    }

    let made = found(&shop.boss, "zsf").await;
    for (field, value) in [
        ("company", json!("武当山月茶行")),
        ("region", json!("330106")),
        ("source", json!("walk_in")),
        ("birthday", json!("1990-02-28")),
        ("owner_id", json!(shop.sales_id)),
        ("created_by", json!(shop.rival_id)),
        ("created_at", json!("2024-05-01T00:30:00Z")),
        ("custom", json!({ "budget": 120_050 })),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
    assert_eq!(made["tags"][0]["name"], "绿茶");
    assert_eq!(found(&shop.sales, &first).await["id"], made["id"]);
    // The next file with these columns is known.
    assert_eq!(sent(&shop.boss, file).await["remembered"], true);
    // One entry for the customer, under the name of whoever imported.
    let audit = shop.boss.get(&format!("/audit?resource=customer&resource_id={}", text(&made["id"]))).await.ok();
    assert_eq!(audit["items"].as_array().map(Vec::len), Some(1), "{audit}");
    assert_eq!((&audit["items"][0]["action"], &audit["items"][0]["actor_name"]), (&json!("create"), &json!("林静")));
    shop.sales.get("/imports").await.problem(403, "forbidden");
}

#[actix_web::test]
async fn whoever_is_known_is_left_out_refused_or_changed_and_all_of_it_is_taken_back() {
    let shop = Shop::new().await;
    let (known, new) = (phone_number(), phone_number());
    let body = json!({ "name": "旧名", "phones": [{ "number": known }], "remark": "原来的", "company": "老公司" });
    let old = text(&shop.sales.post("/customers", body).await.ok()["id"]);
    let file = format!("姓名,手机,备注\n新名,{known},改过的\n另一位,{new},\n又一位,{new},\n");
    let skipped = import(&shop, &shop.boss, &file, json!({})).await;
    assert_eq!(counts(&skipped), [1, 0, 2, 0], "{skipped}");
    shop.boss.post(&format!("/imports/{}/revert", text(&skipped["id"])), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(shop.boss.get(&format!("/customers?q={new}")).await.ok()["items"], json!([]));

    let refused = import(&shop, &shop.boss, &file, json!({ "duplicates": "refuse" })).await;
    assert_eq!(counts(&refused), [1, 0, 0, 2]);
    assert!(errors(&shop.boss, &refused).await[1][3].contains("已有客户使用这个电话"));
    shop.boss.post(&format!("/imports/{}/revert", text(&refused["id"])), json!({})).await.ok();
    shop.run_jobs().await;

    let both = import(&shop, &shop.boss, &file, json!({ "mode": "create_or_update" })).await;
    assert_eq!(counts(&both), [1, 1, 1, 0], "{both}");
    let path = format!("/customers/{old}");
    let changed = shop.boss.get(&path).await.ok();
    assert_eq!(
        (&changed["name"], &changed["remark"], &changed["company"]),
        (&json!("新名"), &json!("改过的"), &json!("老公司"))
    );
    // Somebody goes on with one of them: that stays. The other one goes back to what it was.
    let other = found(&shop.boss, &new).await;
    shop.advance(Duration::minutes(1)).await;
    let patch = json!({ "remark": "之后改的" });
    shop.boss.patch(&format!("/customers/{}", text(&other["id"])), 1, patch).await.ok();
    shop.boss.post(&format!("/imports/{}/revert", text(&both["id"])), json!({})).await.ok();
    shop.run_jobs().await;
    let reverted = shop.boss.get(&format!("/imports/{}", text(&both["id"]))).await.ok();
    assert_eq!((&reverted["state"], &reverted["reverted"]), (&json!("reverted"), &json!(1)));
    // Which one stayed, and why, stands with what was left out.
    assert_eq!(reverted["kept"], 1);
    let stayed = errors(&shop.boss, &reverted).await;
    let why = |name: &str| stayed.iter().find(|row| row[0] == name).map(|row| row[3].clone()).unwrap_or_default();
    assert!(why("另一位").contains("后来有人改过"), "{stayed:?}");
    assert_eq!((stayed.len(), why("新名").as_str()), (3, ""), "{stayed:?}");
    let back = shop.boss.get(&path).await.ok();
    assert_eq!((&back["name"], &back["remark"]), (&json!("旧名"), &json!("原来的")));
    assert_eq!(found(&shop.boss, &new).await["remark"], "之后改的");
    assert_eq!(found(&shop.boss, "旧名").await["id"], json!(old));

    let unknown = format!("客户编号,备注\n{old},按编号改\n01890a5d-ac96-774b-bcce-b302099a8057,谁\n");
    let updated = import(&shop, &shop.boss, &unknown, json!({ "mode": "update", "key": "id" })).await;
    assert_eq!(counts(&updated), [0, 1, 0, 1]);
    assert_eq!(shop.boss.get(&path).await.ok()["remark"], "按编号改");
}

#[actix_web::test]
async fn a_trial_sees_the_same_phone_or_number_however_far_apart() {
    let shop = Shop::new().await;
    let card = json!({ "key": "card", "label": "卡号", "kind": "text", "rules": { "unique": true } });
    shop.boss.post("/custom-fields", card).await.ok();
    let phones: Vec<String> = (0..3).map(|_| phone_number()).collect();
    let rows: String = (0..600)
        .map(|at| match at {
            0 | 599 => format!("头尾{at},{},\n", phones[0]),
            // Whoever does not come in stands in nobody's way.
            100 => format!(",{},\n", phones[1]),
            500 => format!("后面,{},\n", phones[1]),
            // Another card with the same phone, and the same card twice.
            1 => format!("甲,{},C-1\n", phones[2]),
            400 => format!("乙,{},C-2\n", phones[2]),
            401 => format!("丙,{},c-１\n", phone_number()),
            _ => format!("客户{at},,\n"),
        })
        .collect();
    let detail = sent(&shop.boss, format!("姓名,手机,卡号\n{rows}")).await;
    for with in [json!({}), json!({ "key": "custom.card", "mode": "create_or_update" })] {
        let mut trial = with.clone();
        trial["dry_run"] = json!(true);
        let tried = start(&shop, &shop.boss, &detail, trial).await;
        let said = errors(&shop.boss, &tried).await;
        assert_eq!(said.len(), 5, "{said:?}");
        // What comes of it is what the trial said.
        let other = sent(&shop.boss, format!("姓名,手机,卡号\n{rows}")).await;
        let done = start(&shop, &shop.boss, &other, with).await;
        assert_eq!(counts(&done), counts(&tried), "{tried}");
        assert_eq!(errors(&shop.boss, &done).await, said);
        shop.boss.post(&format!("/imports/{}/revert", text(&done["id"])), json!({})).await.ok();
        shop.run_jobs().await;
        assert_eq!(shop.boss.get("/customers").await.ok()["items"], json!([]));
    }
}

#[actix_web::test]
async fn a_file_that_cannot_be_read_leaves_nothing_and_says_why() {
    let shop = Shop::with(|config| config.http.upload_limit = 3_000_000).await;
    let wide = (0..300).map(|at| format!("列{at}")).collect::<Vec<_>>().join(",");
    let mixed = ["姓名\n张三\n".as_bytes(), &[0xc0, 0xee, 0xcb, 0xc4, b'\n']].concat();
    let long = format!("姓名\n{}\n", "长".repeat(500_000));
    for (file, said) in [
        (b"".to_vec(), "file: file_empty"),
        ("姓名\n".into(), "file: file_empty"),
        (b"%PDF-1.7 ...".to_vec(), "file: file_kind_unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0".to_vec(), "file: file_kind_unknown"),
        (b"PK\x03\x04 and nothing".to_vec(), "file: file_broken"),
        (format!("{wide}\n{wide}\n").into(), "file: columns_too_many"),
        (mixed, "file: encoding_mixed"),
        (long.into(), "file: line_too_long"),
        (bomb(), "file: archive_too_large"),
    ] {
        assert_eq!(send(&shop.boss, file).await.violations(), [said]);
    }
    send(&shop.boss, vec![b'x'; 3_000_001]).await.problem(413, "body_too_large");
    assert_eq!(shop.boss.get("/imports").await.ok()["items"], json!([]));
    let detail = sent(&shop.boss, "姓名,手机\n张三,\n").await;
    let path = format!("/imports/{}/start", text(&detail["id"]));
    for (body, said) in [
        (json!({ "columns": [{ "column": 1, "field": "phone" }], "mode": "create" }), "columns: name_missing"),
        (json!({ "columns": [{ "column": 0, "field": "pool" }], "mode": "create" }), "columns.0.field: column_unknown"),
        (json!({ "columns": [{ "column": 0, "field": "name" }], "mode": "update" }), "key: key_unmapped"),
        (json!({ "columns": [{ "column": 0, "field": "name" }], "mode": "create", "key": "remark" }), "key: key_unfit"),
        (
            json!({ "columns": [{ "column": 0, "field": "name" }, { "column": 1, "field": "name" }], "mode": "create" }),
            "columns.1: column_twice",
        ),
    ] {
        assert_eq!(shop.boss.post(&path, body).await.violations(), [said]);
    }
}

/// A few bytes that say they unfold to four hundred megabytes.
fn bomb() -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).expect("a part");
    zip.write_all(b"<worksheet/>").expect("written");
    let mut bytes = zip.finish().expect("an end").into_inner();
    // The size in the list at its end.
    let list = bytes.windows(4).position(|part| part == b"PK\x01\x02").expect("a list");
    bytes[list + 24..list + 28].copy_from_slice(&400_000_000_u32.to_le_bytes());
    bytes
}

#[actix_web::test]
async fn an_export_shows_what_its_author_sees_and_is_read_by_an_import() {
    let shop = Shop::new().await;
    let number = phone_number();
    let body =
        json!({ "name": "=cmd|'/C calc'!A0", "phones": [{ "number": number }], "region": "330106", "source": "event" });
    shop.sales.post("/customers", body).await.ok();
    shop.rival.post("/customers", json!({ "name": "李四" })).await.ok();
    let asked = json!({ "selection": { "filter": {} }, "format": "csv", "columns": ["name", "phone", "region", "source", "owner"] });
    shop.sales.post("/exports", asked.clone()).await.problem(403, "forbidden");
    let plain = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    plain.post("/exports", asked.clone()).await.problem(403, "step_up_required");
    let id = text(&shop.boss.post("/exports", asked.clone()).await.ok()["id"]);
    shop.boss.post(&format!("/exports/{id}/link"), json!({})).await.problem(409, "in_progress");
    shop.run_jobs().await;
    let done = shop.boss.get(&format!("/exports/{id}")).await.ok();
    assert_eq!((&done["state"], &done["rows"]), (&json!("done"), &json!(2)));
    let link = shop.boss.post(&format!("/exports/{id}/link"), json!({})).await.ok();
    let path = text(&link["path"]);
    let file = shop.nobody.request(Method::GET, &format!("/{path}")).send().await.expect("an answer");
    assert_eq!(file.headers()["content-type"], "text/csv; charset=utf-8");
    let written = String::from_utf8(file.bytes().await.expect("a file").to_vec()).expect("a text");
    assert!(written.starts_with("\u{feff}姓名,手机,地区,来源,负责人\r\n"), "{written}");
    assert!(written.contains(&format!("'=cmd|'/C calc'!A0,{number},浙江省杭州市西湖区,活动,陈晓\r\n")), "{written}");
    let audit = shop.boss.get("/audit?action=export").await.ok();
    let fetched =
        audit["items"].as_array().expect("entries").iter().find(|entry| entry["changes"]["state"] == "fetched");
    let fetched = fetched.expect("an entry");
    let said =
        (&fetched["changes"]["made_by"], fetched["address"].is_string(), text(&fetched["request_id"]).is_empty());
    assert_eq!(said, (&json!(shop.boss_id), true, false), "{fetched}");
    // Another link ends the one before it, and time ends both.
    let next = text(&shop.boss.post(&format!("/exports/{id}/link"), json!({})).await.ok()["path"]);
    shop.nobody.get(&format!("/{path}")).await.problem(404, "not_found");
    shop.nobody.get(&format!("/{next}x")).await.problem(404, "not_found");
    shop.advance(Duration::minutes(61)).await;
    shop.nobody.get(&format!("/{next}")).await.problem(404, "not_found");

    // The same, in another business, comes in as it went out.
    let (there, neighbour) = shop.neighbour().await;
    let detail = sent(&neighbour, written).await;
    let columns: Vec<Value> = detail["columns"].as_array().expect("columns").iter().take(4).cloned().collect();
    neighbour
        .post(&format!("/imports/{}/start", text(&detail["id"])), json!({ "columns": columns, "mode": "create" }))
        .await
        .ok();
    while api::run_due(&shop.at, there).await.expect("jobs run") > 0 {}
    let made = found(&neighbour, &number).await;
    assert_eq!(
        (&made["name"], &made["region"], &made["source"]),
        (&json!("=cmd|'/C calc'!A0"), &json!("330106"), &json!("event"))
    );
}

#[actix_web::test]
async fn a_workbook_goes_out_and_comes_in() {
    let shop = Shop::new().await;
    let money = json!({ "key": "owed", "label": "欠款", "kind": "money", "rules": { "min": -100_000 } });
    shop.boss.post("/custom-fields", money).await.ok();
    let (phones, custom) = (json!([{ "number": phone_number() }]), json!({ "owed": -50 }));
    shop.sales.post("/customers", json!({ "name": "A&B <张>", "phones": phones, "custom": custom })).await.ok();
    let asked = json!({ "selection": { "filter": {} }, "format": "xlsx" });
    let id = text(&shop.boss.post("/exports", asked).await.ok()["id"]);
    shop.run_jobs().await;
    let path = text(&shop.boss.post(&format!("/exports/{id}/link"), json!({})).await.ok()["path"]);
    let answer = shop.nobody.request(Method::GET, &format!("/{path}")).send().await.expect("an answer");
    let file = answer.bytes().await.expect("a file").to_vec();
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(file.clone())).expect("a workbook");
    let mut sheet = String::new();
    book.by_name("xl/worksheets/sheet1.xml").expect("a sheet").read_to_string(&mut sheet).expect("a text");
    assert!(sheet.contains("A&amp;B &lt;张&gt;") && sheet.contains("<c><v>-0.50</v></c>"), "{sheet}");
    let detail = sent(&shop.boss, file).await;
    assert_eq!((&detail["format"], &detail["rows"]), (&json!("xlsx"), &json!(1)));
    assert_eq!(detail["preview"][0]["cells"][0], "A&B <张>");
    let again = start(&shop, &shop.boss, &detail, json!({ "duplicates": "refuse" })).await;
    assert_eq!(counts(&again), [0, 0, 0, 1]);
    let wrong = shop.boss.request(Method::GET, &format!("/imports/{}/errors", text(&detail["id"]))).send().await;
    let wrong = wrong.expect("an answer").bytes().await.expect("a file").to_vec();
    assert_eq!(
        sent(&shop.boss, wrong).await["headers"].as_array().and_then(|all| all.last().cloned()),
        Some(json!("失败原因"))
    );
}

#[actix_web::test]
async fn whoever_may_no_more_stops_and_what_is_over_goes() {
    let shop = Shop::new().await;
    let system = System::new(&shop.at);
    let manager = phone_number();
    let phone = domain::phone::Phone::parse(&manager).expect("a phone");
    let id = system.create_staff(shop.tenant, "周敏", Role::Manager, Some(&phone), None).await.expect("staff");
    let client = Shop::join(&shop.nobody, &shop.appid(), &manager).await.act_in(shop.tenant).await;
    let detail = sent(&client, "姓名\n张三\n").await;
    // Nobody else is shown the rows, nor starts them.
    let seen = shop.boss.get(&format!("/imports/{}", text(&detail["id"]))).await.ok();
    assert_eq!((&seen["rows"], &seen["preview"], &seen["headers"]), (&json!(1), &json!([]), &json!([])));
    let path = format!("/imports/{}", text(&detail["id"]));
    let body = json!({ "columns": detail["columns"], "mode": "create" });
    shop.boss.post(&format!("{path}/start"), body.clone()).await.problem(404, "not_found");
    client.post(&format!("{path}/start"), body.clone()).await.ok();
    client.post(&format!("{path}/start"), body).await.problem(409, "import_started");
    system.set_role(shop.tenant, id, Some(Role::Sales)).await.expect("a role");
    shop.run_jobs().await;
    let ended = shop.boss.get(&path).await.ok();
    assert_eq!((&ended["state"], &ended["created"]), (&json!("cancelled"), &json!(0)));

    let theirs = import(&shop, &shop.boss, "姓名,手机\n张三,1\n", json!({})).await;
    shop.advance(Duration::days(8)).await;
    let boss = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    system.sweep_files(Some(shop.tenant)).await.expect("swept");
    boss.get(&format!("/imports/{}/errors", text(&theirs["id"]))).await.problem(409, "file_gone");
    boss.post(&format!("/imports/{}/revert", text(&theirs["id"])), json!({})).await.problem(409, "file_gone");
}

#[actix_web::test]
async fn a_stolen_database_says_nothing_of_a_file_and_an_erased_person_leaves_it() {
    let shop = Shop::new().await;
    let (good, bad) = (phone_number(), "138001380001234");
    let done = import(&shop, &shop.boss, &format!("姓名,手机\n沈怡,{good}\n沈悦,{bad}\n"), json!({})).await;
    let id =
        text(&shop.boss.post("/exports", json!({ "selection": { "filter": {} }, "format": "csv" })).await.ok()["id"]);
    shop.run_jobs().await;
    let link = text(&shop.boss.post(&format!("/exports/{id}/link"), json!({})).await.ok()["path"]);
    let secret = link.rsplit('-').next().expect("a secret").to_owned();
    let made = found(&shop.boss, &good).await;
    shop.boss.post(&format!("/customers/{}/erase", text(&made["id"])), json!({ "reason": "asked" })).await.ok();
    shop.boss.get(&format!("/imports/{}/errors", text(&done["id"]))).await.problem(409, "file_gone");
    // Last, because looking through all of it takes longer than a connection waits.
    assert_eq!(shop.readable_at_rest(&[&good, bad, &secret]).await, Vec::<&str>::new());
}

#[actix_web::test]
async fn an_import_that_is_killed_goes_on_and_doubles_nothing() {
    let home = Home::new().await;
    home.furnish();
    let server = home.start().await;
    let boss = server.boss().await;
    let mut file = "姓名,手机\n".to_owned();
    for at in 0..3_000 {
        // Every hundredth is wrong.
        let number = if at % 100 == 0 { "1".to_owned() } else { format!("138{at:08}") };
        file.push_str(&format!("客户{at},{number}\n"));
    }
    let detail = sent(&boss, file).await;
    let path = format!("/imports/{}", text(&detail["id"]));
    let body = json!({ "columns": detail["columns"], "mode": "create" });
    boss.post(&format!("{path}/start"), body).await.ok();
    until("the import to begin", async || {
        let done = boss.get(&path).await.ok();
        done["created"].as_i64().filter(|created| *created > 0)
    })
    .await;
    server.kill();
    // The lease of the worker that died would run out in two minutes.
    let database = Database::connect(format!("sqlite://{}", home.path("shuke.db").display())).await.expect("opens");
    database.execute_unprepared("UPDATE jobs SET lease_until = NULL").await.expect("freed");
    database.close().await.expect("closed");
    let server = home.start().await;
    let boss = server.boss().await;
    let done = until("the import to end", async || {
        let done = boss.get(&path).await.ok();
        (done["state"] == "done").then_some(done)
    })
    .await;
    assert_eq!(counts(&done), [2_970, 0, 0, 30], "{done}");
    for q in ["客户1", "客户2999"] {
        let names = boss.get(&format!("/customers?limit=100&q={q}")).await.ok();
        let same = names["items"].as_array().expect("items").iter().filter(|row| row["name"] == q).count();
        assert_eq!(same, 1, "{q}");
    }
    server.stop().await;
}

#[actix_web::test]
async fn old_follow_ups_come_in_under_their_author_and_time_and_go_with_the_import() {
    let shop = Shop::new().await;
    let system = System::new(&shop.at);
    let number = phone_number();
    let phone = domain::phone::Phone::parse(&number).expect("a phone");
    let hire = async |phone| system.create_staff(shop.tenant, "周敏", Role::Sales, phone, None).await.expect("staff");
    let owner = hire(Some(&phone)).await;
    hire(None).await;
    let (first, second) = (phone_number(), phone_number());
    // Far apart: the same customer in another piece.
    let between: String = (0..250).map(|at| format!("客户{at},,,,,,,,\n")).collect();
    let file = format!(
        "姓名,手机,负责人,跟进内容,跟进时间,跟进人,跟进方式,结婚纪念日,生日\n\
         张三,{first},{number},试了龙井，说好吃,2024-05-01 08:30,王磊,到店,2010-05-20,农历八月十五\n\
         李四,{second},,,,,,正月初八,1990-02-28\n{between}\
         ,{first},,又来电话,2024-06-01,李不在,电话,,\n\
         王五,,周敏,,,,,,\n赵六,,,明年的事,2031-01-01,,,随便,\n"
    );
    let detail = sent(&shop.boss, file).await;
    let fields: Vec<_> = detail["columns"].as_array().expect("columns").iter().map(|of| text(&of["field"])).collect();
    let wanted = ["interaction", "interaction_at", "interaction_by", "interaction_channel", "dates", "birthday"];
    assert_eq!(fields[3..], wanted);
    let tried = start(&shop, &shop.boss, &detail, json!({ "dry_run": true })).await;
    let done = start(&shop, &shop.boss, &detail, json!({})).await;
    for told in [&tried, &done] {
        assert_eq!((counts(told), &told["hinted"]), ([252, 1, 0, 2], &json!(1)), "{told}");
    }
    let wrong = errors(&shop.boss, &done).await;
    assert!(wrong[1][9].contains("负责人：有两位同事叫这个名字"), "{wrong:?}");
    assert!(
        wrong[2][9].contains("跟进时间：还没有发生") && wrong[2][9].contains("结婚纪念日：日期不正确"),
        "{wrong:?}"
    );
    let path = format!("/imports/{}", text(&done["id"]));
    let hints = text(&shop.boss.get(&format!("{path}/errors?hints=true")).await.body);
    assert!(hints.lines().count() == 2 && hints.contains("跟进人：没有这位同事，这条跟进记在导入人名下"), "{hints}");

    let made = found(&shop.boss, &first).await;
    let id = text(&made["id"]);
    let kept = |date: &Value| ["label", "calendar", "month", "day", "year"].map(|name| date[name].clone());
    assert_eq!(made["owner_id"], json!(owner), "{made}");
    assert_eq!(kept(&made["dates"][0]), [json!("结婚纪念日"), json!("solar"), json!(5), json!(20), json!(2010)]);
    assert_eq!(kept(&made["dates"][1]), [json!("生日"), json!("lunar"), json!(8), json!(15), Value::Null]);
    assert_eq!(made["last_contact_at"], "2024-05-31T16:00:00Z");
    let talks = shop.boss.get(&format!("/customers/{id}/interactions")).await.ok();
    let said =
        |at: usize| ["content", "author_name", "happened_at", "channel"].map(|name| talks["items"][at][name].clone());
    assert_eq!(said(0), ["又来电话", "林静", "2024-05-31T16:00:00Z", "call"].map(|it| json!(it)));
    assert_eq!(said(1), ["试了龙井，说好吃", "王磊", "2024-05-01T00:30:00Z", "visit"].map(|it| json!(it)));
    let other = found(&shop.boss, &second).await;
    assert_eq!(kept(&other["dates"][0]), [json!("结婚纪念日"), json!("lunar"), json!(1), json!(8), Value::Null]);

    // To somebody who is known already they are added, never twice, and they go alone.
    let known =
        format!("手机,跟进记录,跟进时间\n{first},试了龙井，说好吃,2024-05-01 08:30\n{first},还想要,2024-07-01\n");
    let more = import(&shop, &shop.boss, &known, json!({ "mode": "update" })).await;
    assert_eq!(counts(&more), [0, 2, 0, 0]);
    let count =
        async || shop.boss.get(&format!("/customers/{id}/interactions")).await.ok()["items"].as_array().map(Vec::len);
    assert_eq!(count().await, Some(3));
    shop.boss.post(&format!("/imports/{}/revert", text(&more["id"])), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(count().await, Some(2));
    assert_eq!(found(&shop.boss, &first).await["last_contact_at"], "2024-05-31T16:00:00Z");

    shop.boss.post(&format!("{path}/revert"), json!({})).await.ok();
    shop.run_jobs().await;
    let reverted = shop.boss.get(&path).await.ok();
    assert_eq!((&reverted["state"], &reverted["reverted"]), (&json!("reverted"), &json!(253)));
    shop.boss.get(&format!("/customers/{id}/interactions")).await.problem(404, "not_found");
    assert_eq!(shop.boss.get("/customers").await.ok()["items"], json!([]));
}

#[actix_web::test]
async fn helpers_come_with_a_table_and_leave_with_it() {
    let shop = Shop::new().await;
    let (first, second, third) = (phone_number(), phone_number(), phone_number());
    let helper = crate::rights::hire(&shop, "service", None).await.1;
    let file = format!(
        "姓名,手机,负责人,协作人\n张三,{first},陈晓,林静、何平（可编辑）、陈晓\n李四,{second},,查无此人\n王五,{third},,\n"
    );
    let done = import(&shop, &shop.boss, &file, json!({})).await;
    assert_eq!(counts(&done), [2, 0, 0, 1], "{:?}", errors(&shop.boss, &done).await);
    assert_eq!(errors(&shop.boss, &done).await[1].last().expect("a reason"), "协作人：没有这位同事");
    let id = text(&found(&shop.boss, &first).await["id"]);
    let helping = async || {
        let helpers = shop.boss.get(&format!("/customers/{id}/helpers")).await.ok()["items"].clone();
        let helpers = helpers.as_array().expect("helpers").iter();
        helpers.map(|one| (text(&one["staff_id"]), text(&one["level"]))).collect::<BTreeMap<_, _>>()
    };
    let boss = shop.boss_id.to_string();
    let said = |levels: &[(&String, &str)]| {
        levels.iter().map(|(id, level)| ((*id).clone(), (*level).to_owned())).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(helping().await, said(&[(&boss, "read"), (&helper, "edit")]));
    let asked = json!({ "selection": { "ids": [id] }, "columns": ["name", "helpers"], "format": "csv" });
    let export = text(&shop.boss.post("/exports", asked).await.ok()["id"]);
    shop.run_jobs().await;
    let path = text(&shop.boss.post(&format!("/exports/{export}/link"), json!({})).await.ok()["path"]);
    let file = text(&shop.nobody.get(&format!("/{path}")).await.body);
    assert!(file.contains("林静") && file.contains("何平（可编辑）"), "{file}");
    // A later table changes what they may do, and taking it back takes that back.
    let more = format!("姓名,手机,协作人\n张三,{first},林静（可编辑）\n");
    let done = import(&shop, &shop.boss, &more, json!({ "mode": "update", "key": "phone" })).await;
    assert_eq!(counts(&done), [0, 1, 0, 0], "{done}");
    assert_eq!(helping().await, said(&[(&boss, "edit"), (&helper, "edit")]));
    shop.boss.post(&format!("/imports/{}/revert", text(&done["id"])), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(helping().await, said(&[(&boss, "read"), (&helper, "edit")]));
}

#[actix_web::test]
async fn a_trial_sees_limits_of_owners_across_the_whole_file() {
    let shop = Shop::new().await;
    let teams = shop.boss.post("/teams", json!({ "name": "一队" })).await.ok();
    let row = async |id: String| {
        let staff = shop.boss.get("/staff").await.ok();
        staff["items"].as_array().expect("staff").iter().find(|row| row["id"] == id.as_str()).expect("them").clone()
    };
    for id in [shop.sales_id.to_string(), shop.rival_id.to_string()] {
        let version = row(id.clone()).await["version"].as_i64().expect("a version");
        shop.boss.patch(&format!("/staff/{id}"), version, json!({ "team_id": teams["id"] })).await.ok();
    }
    let rival = text(&row(shop.rival_id.to_string()).await["name"]);
    let limits = json!([{ "staff_id": shop.sales_id, "most": 230 }, { "team_id": teams["id"], "most": 310 }]);
    shop.boss.patch("/pool-settings", 0, json!({ "limits": limits })).await.ok();
    let mut file = "姓名,负责人\n".to_owned();
    for at in 0..500 {
        file.push_str(&format!("客户{at},{}\n", if at % 2 == 0 { "陈晓" } else { &rival }));
    }
    let detail = sent(&shop.boss, file).await;
    // 310 of the team; the person's 230 are never reached.
    for dry_run in [true, true, false] {
        let done = start(&shop, &shop.boss, &detail, json!({ "dry_run": dry_run })).await;
        assert_eq!(counts(&done), [310, 0, 0, 190], "{done}");
    }
    let again = (0..300).map(|at| format!("又{at},陈晓\n")).collect::<String>();
    shop.boss.patch("/pool-settings", 1, json!({ "limits": [{ "staff_id": shop.sales_id, "most": 400 }] })).await.ok();
    let detail = sent(&shop.boss, format!("姓名,负责人\n{again}")).await;
    for dry_run in [true, false] {
        let done = start(&shop, &shop.boss, &detail, json!({ "dry_run": dry_run })).await;
        assert_eq!(counts(&done), [245, 0, 0, 55], "{done}");
    }
}

#[actix_web::test]
async fn a_row_about_nobody_says_so_and_a_column_that_is_not_there_is_named() {
    let shop = Shop::new().await;
    let detail = sent(&shop.boss, "手机,公司\n13800001111,山月\n").await;
    let path = format!("/imports/{}", text(&detail["id"]));
    let body = json!({ "mode": "update", "key": "phone", "columns": [{ "column": 0, "field": "phone" }, { "column": 99, "field": "company" }] });
    let refused = shop.boss.post(&format!("{path}/start"), body).await;
    assert_eq!(refused.violations(), ["columns.1.column: column_missing"]);
    let body = json!({ "mode": "update", "key": "phone", "columns": detail["columns"] });
    shop.boss.post(&format!("{path}/start"), body).await.ok();
    shop.boss.post(&format!("{path}/revert"), json!({})).await.problem(409, "import_running");
    shop.run_jobs().await;
    let done = shop.boss.get(&path).await.ok();
    assert_eq!(counts(&done), [0, 0, 0, 1]);
    assert_eq!(errors(&shop.boss, &done).await[1].last().map(String::as_str), Some("手机：没有这位客户"));
}
