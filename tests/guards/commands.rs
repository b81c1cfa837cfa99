//! What is done at the command line is on the record, like everything else.

use super::source;
use crate::harness::{Home, phone_number, text};
use sea_orm::{ConnectionTrait as _, Database, Statement};
use serde_json::json;

/// How many entries the installation and all businesses have, and who made the last one.
async fn entries(home: &Home) -> ([i64; 2], String) {
    let db = Database::connect(format!("sqlite://{}", home.path("shuke.db").display())).await.expect("opens");
    let sql = "SELECT (SELECT COUNT(*) FROM audit_entries WHERE tenant_id = 0), (SELECT COUNT(*) FROM audit_entries), actor_name
                 FROM audit_entries ORDER BY at DESC, id DESC LIMIT 1";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.expect("an answer").expect("a row");
    db.close().await.expect("closed");
    let count = |at| row.try_get_by_index::<i64>(at).expect("a count");
    ([count(0), count(1)], row.try_get_by_index(2).expect("a name"))
}

/// Every command with its arguments, in an order in which each finds what it needs. A command that is not
/// here fails the test, as does one that changes something and says nothing about it.
#[actix_web::test]
async fn every_command_that_changes_something_puts_it_on_the_record() {
    let home = Home::new().await;
    let tenant = home.furnish().to_string();
    let server = home.start().await;
    let customer = text(&server.boss().await.post("/customers", json!({ "name": "沈怡" })).await.ok()["id"]);
    server.stop().await;
    let (one, other, second) = (phone_number(), phone_number(), "2".to_owned());
    let hired = ["admin", "staff", "create", "--tenant", &tenant, "--name", "何平", "--role", "sales", "--phone", &one];
    let staff = text(&home.admin(&hired)["staff_id"]);
    let changing: Vec<(&str, Vec<&str>)> = vec![
        ("admin tenant create", vec!["--name", "新店"]),
        ("admin operator create", vec!["--name", "ops", "--password-stdin", "--installation", "--tenant", &second]),
        ("admin operator reset-totp", vec!["--name", "ops"]),
        ("admin operator password", vec!["--name", "ops", "--password-stdin"]),
        ("admin operator remove", vec!["--name", "ops"]),
        ("admin staff create", vec!["--tenant", &tenant, "--name", "陈晓", "--role", "sales", "--phone", &other]),
        ("admin staff role", vec!["--tenant", &tenant, "--staff", &staff, "--role", "manager"]),
        ("admin staff suspend", vec!["--tenant", &tenant, "--staff", &staff]),
        ("admin tenant rename", vec!["--tenant", &second, "--name", "新店"]),
        ("admin tenant suspend", vec!["--tenant", &second]),
        ("admin tenant resume", vec!["--tenant", &second]),
        ("admin ip block", vec!["198.51.100.0/24", "--hours", "1"]),
        ("admin ip allow", vec!["203.0.113.0/24"]),
        ("admin ip remove", vec!["203.0.113.0/24"]),
        ("admin keys rotate-tenant", vec!["--tenant", &tenant]),
        ("admin keys rotate-indexes", vec!["--tenant", &tenant]),
        ("admin keys rotate-lookups", vec![]),
        ("admin keys rotate-person", vec!["--tenant", &tenant, "--person", &customer]),
        ("admin keys rotate-master", vec![]),
        ("audit keep", vec!["--tenant", "0", "--days", "400"]),
        ("admin sample", vec!["--tenant", &second, "--customers", "5", "--staff", "2"]),
        ("admin tenant erase", vec!["--tenant", &second, "--confirm", "新店"]),
    ];
    let reading: Vec<(&str, Vec<&str>)> = vec![
        ("admin keys show", vec!["--tenant", &tenant]),
        ("admin ip list", vec![]),
        ("admin operator list", vec![]),
        ("admin staff list", vec!["--tenant", &tenant]),
        ("admin tenant list", vec![]),
        ("audit list", vec!["--tenant", "1", "--limit", "5"]),
        ("audit verify", vec!["--tenant", "1"]),
    ];
    let mut known: Vec<&str> = changing.iter().chain(&reading).map(|(words, _)| *words).collect();
    let mut there = api::admin::commands();
    known.sort_unstable();
    there.sort_unstable();
    assert_eq!(there, known, "add the command to tests/guards/commands.rs");
    for (words, arguments) in &changing {
        let before = entries(&home).await.0;
        home.admin(&[words.split(' ').collect::<Vec<_>>(), arguments.clone()].concat());
        let (after, who) = entries(&home).await;
        // A business that is erased takes its own record along.
        assert!(after[0] > before[0] || after[1] > before[1], "{words} left nothing on the record");
        let by = if ["admin keys rotate-person", "admin sample"].contains(words) { "系统" } else { "shuke admin" };
        assert_eq!(who, by, "{words}");
    }
    for (words, arguments) in &reading {
        let before = entries(&home).await.0;
        home.admin(&[words.split(' ').collect::<Vec<_>>(), arguments.clone()].concat());
        assert_eq!(entries(&home).await.0, before, "{words} only reads");
    }
}

/// Whatever a command changes goes through `System`, whose transactions end with their entry.
#[test]
fn the_command_line_has_no_database_of_its_own() {
    for source in source::of("api").iter().filter(|source| source.path.starts_with("admin/")) {
        for (number, line) in source.lines() {
            let own = [".db.", "begin(", "Entity", "execute("].iter().find(|word| line.contains(*word));
            assert!(own.is_none(), "{}:{number}: {}", source.path, line.trim());
        }
    }
}
