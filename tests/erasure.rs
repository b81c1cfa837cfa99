//! Whoever is erased stays gone: from every answer, from the database, and from what a backup brings back.

use crate::guards::database::{count, open, select};
use crate::guards::samples::Desk;
use crate::harness::{Client, Home, Shop, phone_number, text};
use crate::transfer::{counts, errors, import, sent};
use api::admin::{Admin, Tenant};
use domain::permission::Role;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

/// A customer of whom everything is known: phones, talks, tasks, tags, an order on its way.
async fn known(client: &Client, boss: &Client, number: &str) -> (String, String) {
    let group = text(&boss.post("/tag-groups", json!({ "name": format!("口味{number}") })).await.ok()["id"]);
    let tag =
        text(&boss.post("/tags", json!({ "group_id": group, "name": "过敏", "colour": "#336699" })).await.ok()["id"]);
    let body = json!({ "name": "欧阳沈怡然", "company": "沈氏茶庄", "title": "掌柜", "birthday": "1990-02-28",
        "remark": "对花生过敏", "region": "330106", "phones": [{ "number": number }], "tag_ids": [tag] });
    let id = text(&client.post("/customers", body).await.ok()["id"]);
    let talk = json!({ "channel": "call", "content": "她下月搬家到龙井村" });
    client.post(&format!("/customers/{id}/interactions"), talk).await.ok();
    let task = json!({ "customer_id": id, "title": "给欧阳沈怡然送茶", "due_at": "2026-01-01T00:00:00Z" });
    client.post("/tasks", task).await.ok();
    let order = json!({ "customer_id": id, "receiver": "欧阳沈怡然", "phone": number, "address": "龙井路九号",
        "remark": "放门口", "lines": [{ "name": "龙井", "quantity": 2, "unit_price_fen": 12_800 }] });
    let order = text(&client.post("/orders", order).await.ok()["id"]);
    let ship = json!({ "event": "ship", "carrier": "顺丰", "tracking_number": "SF0000000001", "note": "她不在家" });
    client.post_at(&format!("/orders/{order}/moves"), 1, ship).await.ok();
    (id, order)
}

const OF_THE_PERSON: [&str; 8] =
    ["欧阳沈怡然", "沈氏茶庄", "掌柜", "花生", "搬家", "龙井路九号", "放门口", "SF0000000001"];

#[actix_web::test]
async fn an_erased_person_is_in_no_answer_and_the_order_stays_without_a_name() {
    let shop = Shop::new().await;
    let number = phone_number();
    let (id, order) = known(&shop.sales, &shop.boss, &number).await;
    shop.run_jobs().await;
    let buyer = shop.customer(&number).await;
    assert_eq!(buyer.get("/me/orders").await.ok()["items"].as_array().map(Vec::len), Some(1));
    let before = shop.boss.get(&format!("/orders/{order}")).await.ok();

    let path = format!("/customers/{id}/erase");
    shop.sales.post(&path, json!({ "reason": "asked" })).await.problem(403, "forbidden");
    assert_eq!(shop.boss.post(&path, json!({ "reason": "她要求的" })).await.violations(), ["reason: enum_invalid"]);
    // Her parcel is on its way: whoever erases her says that they know.
    let refused = shop.boss.post(&path, json!({ "reason": "asked_in_writing" })).await.problem(409, "orders_open");
    assert_eq!(refused["errors"][0]["params"], json!({ "count": 1 }));
    assert_eq!(refused["title"], "还有 1 笔订单没有送达，删除后无法发货");
    let knowing = json!({ "reason": "asked_in_writing", "with_open_orders": true });
    assert_eq!(shop.boss.post(&path, knowing).await.status, 204);
    assert_eq!(shop.boss.post(&path, json!({ "reason": "asked" })).await.status, 204, "twice is once");

    shop.boss.get(&format!("/customers/{id}")).await.problem(404, "not_found");
    let after = shop.boss.get(&format!("/orders/{order}")).await.ok();
    for same in ["number", "total_fen", "lines", "created_at", "status"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    assert_eq!((&after["receiver"], &after["address"], &after["phone_masked"]), (&json!(""), &json!(""), &json!(null)));
    assert_eq!(buyer.get("/me/orders").await.ok()["items"], json!([]), "nothing leads to the order any more");
    // Nothing that the boss or the salesperson can read knows the person.
    let desk = Desk::of_boss(&shop);
    let everything = desk.snapshot().await.to_string() + &shop.sales.get("/inbox").await.ok().to_string();
    for word in OF_THE_PERSON {
        assert!(!everything.contains(word), "{word}");
    }
    // The number is free for somebody else, and the record still proves itself.
    shop.sales.post("/customers", json!({ "name": "新人", "phones": [{ "number": number }] })).await.ok();
    api::System::new(&shop.at).seal_audit(Some(shop.tenant)).await.expect("sealed");
    assert_eq!(shop.boss.get("/audit/verify").await.ok()["intact"], true);
    let record = shop.boss.get(&format!("/audit?resource_id={id}&limit=100")).await.ok();
    let entries = record["items"].as_array().expect("entries");
    let erasures: Vec<&Value> = entries.iter().filter(|entry| entry["action"] == "erase").collect();
    assert_eq!(
        erasures.iter().map(|entry| entry["changes"].clone()).collect::<Vec<_>>(),
        [json!({ "reason": "asked_in_writing" })]
    );
    let created = entries.iter().find(|entry| entry["action"] == "create").expect("the creation");
    let name = created["fields"].as_array().expect("fields").iter().find(|field| field["name"] == "name");
    assert_eq!(name.expect("the name")["readable"], false);
}

#[actix_web::test]
async fn somebody_who_was_deleted_can_still_be_erased() {
    let shop = Shop::new().await;
    let (id, _) = known(&shop.boss, &shop.boss, &phone_number()).await;
    assert_eq!(shop.boss.delete(&format!("/customers/{id}"), 1).await.status, 204);
    let knowing = json!({ "reason": "asked", "with_open_orders": true });
    assert_eq!(shop.boss.post(&format!("/customers/{id}/erase"), knowing).await.status, 204);
    let db = open(&shop).await;
    let left =
        select(&db, &format!("SELECT name, vault, person_key FROM customers WHERE tenant_id = {}", shop.tenant)).await;
    let name: String = left[0].try_get_by_index(0).expect("a name");
    assert_eq!(name, "已删除");
    assert!((1..3).all(|at| left[0].try_get_by_index::<Option<Vec<u8>>>(at).expect("bytes").is_none()));
}

/// What the real binary says.
fn erased_again(home: &Home, backup: &str) -> Value {
    home.admin(&["restore", backup])
}

#[actix_web::test]
async fn a_backup_brings_nobody_back_who_was_erased_since() {
    let home = Home::new().await;
    home.furnish();
    let server = home.start().await;
    let boss = server.boss().await;
    let number = phone_number();
    let (id, order) = known(&boss, &boss, &number).await;
    let (other, _) = known(&boss, &boss, &phone_number()).await;
    let backup = home.path("backup").display().to_string();
    assert!(home.run(&["backup", &backup]).status.success());
    let boss = server.stepped_boss().await;
    let knowing = json!({ "reason": "asked", "with_open_orders": true });
    assert_eq!(boss.post(&format!("/customers/{id}/erase"), knowing).await.status, 204);
    server.stop().await;

    // The list survives, as it lies outside what is backed up; the rest is lost.
    let there = home.elsewhere();
    std::fs::copy(home.path("shuke.erased"), there.path("shuke.erased")).expect("the list");
    assert_eq!(erased_again(&there, &backup)["erased_again"], 1);
    let server = there.start().await;
    let boss = server.boss().await;
    boss.get(&format!("/customers/{id}")).await.problem(404, "not_found");
    boss.get(&format!("/customers/{other}")).await.ok();
    let left = boss.get(&format!("/orders/{order}")).await.ok();
    assert_eq!((&left["customer_name"], &left["receiver"]), (&json!("已删除"), &json!("")));
    assert_eq!(boss.get("/customers?q=欧阳").await.ok()["items"].as_array().map(Vec::len), Some(1));
    server.stop().await;
    // Somebody who puts the files back by hand is not forgotten either: the start looks at the list.
    let by_hand = home.elsewhere();
    assert!(erased_again(&by_hand, &backup)["erased_again"].is_null(), "there was no list yet");
    std::fs::copy(home.path("shuke.erased"), by_hand.path("shuke.erased")).expect("the list");
    let server = by_hand.start().await;
    server.boss().await.get(&format!("/customers/{id}")).await.problem(404, "not_found");
    server.stop().await;
}

/// On whichever database the tests run; the backup of a database server is put back by hand.
#[actix_web::test]
async fn an_erased_business_leaves_no_row_and_its_neighbour_every_row() {
    let shop = Shop::alone().await;
    let (next, neighbour) = shop.neighbour().await;
    known(&shop.sales, &shop.boss, &phone_number()).await;
    known(&neighbour, &neighbour, &phone_number()).await;
    let desk = Desk::of_boss(&shop);
    desk.role().await;
    desk.team().await;
    desk.colleague().await;
    shop.boss.post("/invitations", json!({ "role": "sales" })).await.ok();
    shop.run_jobs().await;
    api::System::new(&shop.at).seal_audit(None).await.expect("sealed");
    let db = open(&shop).await;
    let kept = count(&db, next).await;
    let erase = async |confirm: &str| {
        let command = Tenant::Erase { tenant: shop.tenant, confirm: confirm.to_owned() };
        Admin::Tenant(command).run(&shop.at).await
    };
    let row = format!("SELECT name, tenant_key FROM tenants WHERE id = {}", shop.tenant);
    let key = select(&db, &row).await[0].try_get_by_index::<Vec<u8>>(1).expect("a key");
    assert!(erase("别的店").await.is_err());
    assert!(count(&db, shop.tenant).await["customers"] > 0, "nothing happened");
    for _ in 0..2 {
        assert_eq!(erase("山月茶行").await.expect("erased")["erased"], true, "twice is once");
        let left = count(&db, shop.tenant).await;
        assert!(left.values().all(|rows| *rows == 0), "{left:?}");
    }
    assert_eq!(count(&db, next).await, kept, "the neighbour's");
    shop.advance(chrono::Duration::seconds(4)).await;
    shop.boss.get("/customers").await.problem(401, "token_expired");
    neighbour.get("/customers").await.ok();

    // A backup brings the business back, with its key and a customer; the list knows better.
    let back = format!(
        "UPDATE tenants SET erased_at = NULL, name = '山月茶行', tenant_key = X'{}' WHERE id = {}",
        hex::encode(key),
        shop.tenant
    );
    db.execute_unprepared(&back).await.expect("put back");
    api::System::new(&shop.at).create_staff(shop.tenant, "林静", Role::Boss, None, None).await.expect("somebody");
    assert_eq!(api::erase_again(&shop.at).await.expect("looked at"), 1);
    assert!(count(&db, shop.tenant).await.values().all(|rows| *rows == 0));
    assert!(select(&db, &row).await[0].try_get_by_index::<Option<Vec<u8>>>(1).expect("a key").is_none());
    assert_eq!(count(&db, next).await["customers"], kept["customers"]);
}

#[actix_web::test]
async fn an_erased_business_leaves_no_row_and_no_backup_brings_it_back() {
    let home = Home::new().await;
    let tenant = home.furnish();
    let server = home.start().await;
    let boss = server.boss().await;
    known(&boss, &boss, &phone_number()).await;
    let backup = home.path("backup").display().to_string();
    assert!(home.run(&["backup", &backup]).status.success());
    server.stop().await;
    let id = tenant.to_string();
    let wrong = home.run(&["admin", "tenant", "erase", "--tenant", &id, "--confirm", "别的店"]);
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("must be the name"));
    assert_eq!(home.admin(&["admin", "tenant", "erase", "--tenant", &id, "--confirm", "山月茶行"])["erased"], true);
    home.admin(&["admin", "tenant", "erase", "--tenant", &id, "--confirm", "山月茶行"]);

    let there = home.elsewhere();
    std::fs::copy(home.path("shuke.erased"), there.path("shuke.erased")).expect("the list");
    assert_eq!(erased_again(&there, &backup)["erased_again"], 1);
    for home in [&home, &there] {
        let db =
            sea_orm::Database::connect(format!("sqlite://{}", home.path("shuke.db").display())).await.expect("opens");
        let left = count(&db, tenant).await;
        assert!(left.values().all(|rows| *rows == 0), "{left:?}");
        let row = select(&db, &format!("SELECT name, tenant_key FROM tenants WHERE id = {tenant}")).await;
        assert_eq!(row[0].try_get_by_index::<String>(0).expect("a name"), "已删除");
        assert!(row[0].try_get_by_index::<Option<Vec<u8>>>(1).expect("a key").is_none());
        // The number is not given to the next one.
        let next = home.admin(&["admin", "tenant", "create", "--name", "新店"])["tenant_id"].as_i64();
        assert_eq!(next, Some(tenant + 1));
        let verdicts = home.admin(&["audit", "verify", "--tenant", "0"]);
        assert_eq!(verdicts["intact"], true);
    }
}

#[actix_web::test]
async fn an_erased_person_is_in_no_file_that_was_sent_whether_or_not_it_says_so() {
    let shop = Shop::new().await;
    let number = phone_number();
    let body = json!({ "name": "沈怡", "phones": [{ "number": number }] });
    let id = text(&shop.boss.post("/customers", body).await.ok()["id"]);
    let file = format!("姓名,手机\n沈怡,{number}\n");
    // Known already, so left out; only tried; and not even started.
    let skipped = import(&shop, &shop.boss, &file, json!({})).await;
    assert_eq!(counts(&skipped), [0, 0, 1, 0]);
    assert!(errors(&shop.boss, &skipped).await.iter().flatten().any(|cell| *cell == number));
    let tried = import(&shop, &shop.boss, &file, json!({ "dry_run": true })).await;
    let waiting = sent(&shop.boss, file).await;
    let columns = json!({ "columns": waiting["columns"], "mode": "create" });
    shop.boss.post(&format!("/customers/{id}/erase"), json!({ "reason": "asked" })).await.ok();
    for import in [&skipped, &tried] {
        let path = format!("/imports/{}/errors", text(&import["id"]));
        shop.boss.get(&path).await.problem(409, "file_gone");
    }
    let path = format!("/imports/{}", text(&waiting["id"]));
    assert_eq!(shop.boss.get(&path).await.ok()["preview"], json!([]));
    shop.boss.post(&format!("{path}/start"), columns).await.problem(409, "file_gone");
    assert_eq!(count(&open(&shop).await, shop.tenant).await["file_chunks"], 0);
}

#[actix_web::test]
async fn a_file_that_is_still_read_when_somebody_is_erased_goes_with_the_others() {
    let shop = Shop::new().await;
    // What an erasure does to a file that is being read, at the moment at which it is.
    let (db, tenant) = (open(&shop).await, shop.tenant);
    let meanwhile = format!(
        "CREATE TRIGGER erased_{tenant} AFTER INSERT ON file_chunks FOR EACH ROW BEGIN \
         UPDATE imports SET expires_at = created_at WHERE tenant_id = {tenant} AND id = NEW.file_id; END"
    );
    db.execute_unprepared(&meanwhile).await.expect("a trigger");
    let file = format!("姓名,手机\n沈怡,{}\n", phone_number());
    let sent = shop.boss.send(shop.boss.request(reqwest::Method::POST, "/imports").body(file)).await;
    db.execute_unprepared(&format!("DROP TRIGGER erased_{tenant}")).await.expect("gone");
    sent.problem(409, "file_gone");
    let left = count(&db, tenant).await;
    assert_eq!((left["imports"], left["file_chunks"]), (0, 0));
}

#[actix_web::test]
async fn files_of_rows_are_closed_at_once_and_go_some_rows_at_a_time() {
    let shop = Shop::new().await;
    let file = format!("姓名,手机\n沈怡,{}\n", phone_number());
    let done = text(&import(&shop, &shop.boss, &file, json!({})).await["id"]);
    let export = json!({ "selection": { "filter": {} }, "format": "csv" });
    let export = text(&shop.boss.post("/exports", export).await.ok()["id"]);
    let checked = import(&shop, &shop.boss, &file, json!({ "dry_run": true })).await;
    let link = shop.boss.post(&format!("/exports/{export}/link"), json!({})).await.ok();
    // More pieces than one transaction may take.
    let (db, tenant) = (open(&shop).await, shop.tenant);
    let more = format!(
        "INSERT INTO file_chunks (tenant_id, file_id, position, sealed)
         WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1899)
         SELECT tenant_id, id, i, NULL FROM n, imports WHERE tenant_id = {tenant}"
    );
    db.execute_unprepared(&more).await.expect("more pieces");
    let left = async |table: &str| {
        let rows = select(&db, &format!("SELECT COUNT(*) FROM {table} WHERE tenant_id = {tenant}")).await;
        rows[0].try_get_by_index::<i64>(0).expect("a count")
    };
    let somebody = shop.customer_named("张三").await;
    let marked =
        format!("INSERT INTO import_marks SELECT tenant_id, id, 7, X'00' FROM imports WHERE tenant_id = {tenant}");
    db.execute_unprepared(&marked).await.expect("marks");
    assert!(left("file_chunks").await > 1800 && left("import_marks").await > 1);
    shop.boss.post(&format!("/customers/{somebody}/erase"), json!({ "reason": "asked" })).await.ok();
    // Nobody reads them from that moment on, whatever is still there.
    shop.boss.get(&format!("/imports/{done}/errors")).await.problem(409, "file_gone");
    assert!(left("file_chunks").await > 1600, "the rest is still to go");
    let ticket = text(&link["path"]).rsplit('/').next().expect("a ticket").to_owned();
    shop.nobody.get(&format!("/export-files/{ticket}")).await.problem(404, "not_found");
    shop.boss.post(&format!("/exports/{export}/link"), json!({})).await.problem(409, "file_gone");
    let columns = json!({ "columns": [{ "column": 0, "field": "name" }], "mode": "create" });
    shop.boss.post(&format!("/imports/{}/start", text(&checked["id"])), columns).await.problem(409, "file_gone");
    let shown = shop.boss.get(&format!("/imports/{}", text(&checked["id"]))).await.ok();
    assert_eq!((&shown["headers"], &shown["preview"]), (&json!([]), &json!([])));
    shop.run_jobs().await;
    assert_eq!((left("file_chunks").await, left("import_marks").await), (0, 0));
    // What comes later is none of theirs.
    sent(&shop.boss, "姓名\n李四\n").await;
    shop.run_jobs().await;
    assert!(left("file_chunks").await > 0);
}
