//! What the command line refuses and lists, as whoever types it sees it.

use crate::harness::{Home, PASSWORD, phone_number, text, until};
use crate::process::refusal;
use serde_json::{Value, json};

/// The lines that a command prints.
fn lines(home: &Home, arguments: &[&str]) -> Vec<Value> {
    let output = home.run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).expect("text");
    printed.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[actix_web::test]
async fn the_record_of_a_business_and_of_the_installation_is_listed_page_by_page() {
    let home = Home::new().await;
    let tenant = home.furnish().to_string();
    let server = home.start().await;
    let body = json!({ "name": "沈怡", "phones": [{ "number": phone_number() }] });
    let id = text(&server.boss().await.post("/customers", body).await.ok()["id"]);
    server.stop().await;
    // The installation: the operator was made there.
    let made = lines(&home, &["audit", "list", "--tenant", "0", "--resource", "operator", "--action", "create"]);
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!((&made[0]["actor_name"], &made[0]["changes"]["name"]), (&json!("shuke admin"), &json!("admin")));
    // The business: personal values as its boss sees them.
    let about = lines(&home, &["audit", "list", "--tenant", &tenant, "--resource-id", &id]);
    let name = about[0]["fields"].as_array().expect("fields").iter().find(|field| field["name"] == "name");
    assert_eq!(name.expect("the name")["new"], "沈怡", "{about:?}");
    // One page after the other makes the whole.
    let whole = lines(&home, &["audit", "list", "--tenant", &tenant, "--limit", "100"]);
    assert!(whole.len() > 2 && whole.iter().all(|line| line["id"].is_string()), "{whole:?}");
    let mut paged = Vec::new();
    let mut cursor = None::<String>;
    loop {
        let mut command = vec!["audit", "list", "--tenant", &tenant, "--limit", "1"];
        command.extend(cursor.iter().flat_map(|cursor| ["--cursor", cursor.as_str()]));
        let mut page = lines(&home, &command);
        let next = page.pop_if(|line| line["next_cursor"].is_string());
        assert_eq!(page.len(), 1, "{page:?}");
        paged.extend(page);
        cursor = next.map(|next| text(&next["next_cursor"]));
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(paged, whole);
    let later = lines(&home, &["audit", "list", "--tenant", &tenant, "--from", "2999-01-01T00:00:00Z"]);
    assert_eq!(later, Vec::<Value>::new());
    for (arguments, expected) in [
        (&["--tenant", "77"][..], "there is no business 77"),
        (&["--tenant", "0", "--limit", "101"], "limit: "),
        (&["--tenant", "0", "--cursor", "x"], "cursor: "),
    ] {
        let said = refusal(&home.run(&[&["audit", "list"], arguments].concat()));
        assert!(said.contains(expected), "{said}");
    }
}

#[actix_web::test]
async fn the_last_boss_stays_one() {
    let home = Home::new().await;
    let tenant = home.furnish().to_string();
    let boss = text(&home.admin(&["admin", "staff", "list", "--tenant", &tenant])["staff"][0]["staff_id"]);
    let staff = ["--tenant", &tenant, "--staff", &boss];
    let demoted = [&["admin", "staff", "role", "--role", "sales"][..], &staff].concat();
    let suspended = [&["admin", "staff", "suspend"][..], &staff].concat();
    // One who has never logged in could not take over.
    let phone = phone_number();
    home.admin(&[
        "admin", "staff", "create", "--tenant", &tenant, "--name", "何平", "--role", "boss", "--phone", &phone,
    ]);
    for command in [&demoted, &suspended] {
        let said = refusal(&home.run(command));
        assert!(said.contains("Make another boss first") && said.contains(&tenant), "{said}");
    }
    let before = &home.admin(&["admin", "staff", "list", "--tenant", &tenant])["staff"][0];
    assert_eq!((&before["role"], &before["suspended_at"]), (&json!("boss"), &json!(null)));
    // What leaves a boss is done, and a boss may be made one again.
    home.admin(&[&["admin", "staff", "role", "--role", "boss"][..], &staff].concat());
    home.admin(&["admin", "operator", "create", "--name", "second", "--password-stdin", "--tenant", &tenant]);
    home.admin(&demoted);
    home.admin(&suspended);
    // An operator who was removed cannot log in, so they are no boss who stays, and may be suspended themselves.
    home.admin(&[&["admin", "staff", "role", "--role", "boss"][..], &staff].concat());
    home.admin(&["admin", "operator", "remove", "--name", "second"]);
    assert!(refusal(&home.run(&suspended)).contains("Make another boss first"));
    let people = home.admin(&["admin", "staff", "list", "--tenant", &tenant]);
    let second = people["staff"].as_array().expect("staff").iter().find(|row| row["name"] == "second").expect("them");
    let second = text(&second["staff_id"]);
    home.admin(&["admin", "staff", "suspend", "--tenant", &tenant, "--staff", &second]);
}

#[actix_web::test]
async fn a_business_is_renamed_suspended_and_resumed() {
    let home = Home::new().await;
    let tenant = home.furnish().to_string();
    let server = home.start().await;
    let boss = server.boss().await;
    home.admin(&["admin", "tenant", "rename", "--tenant", &tenant, "--name", "云海茶庄"]);
    assert_eq!(boss.get("/business").await.ok()["name"], "云海茶庄");
    home.admin(&["admin", "tenant", "suspend", "--tenant", &tenant]);
    // Beside a running server, within three seconds.
    until("nobody to get in", async || (boss.get("/customers").await.status != 200).then_some(())).await;
    home.admin(&["admin", "tenant", "resume", "--tenant", &tenant]);
    until("everybody to be back", async || (boss.get("/customers").await.status == 200).then_some(())).await;
    for (arguments, expected) in [
        (&["rename", "--tenant", &tenant, "--name", " "][..], "name: "),
        (&["suspend", "--tenant", "77"], "there is no such business"),
    ] {
        let said = refusal(&home.run(&[&["admin", "tenant"], arguments].concat()));
        assert!(said.contains(expected), "{said}");
    }
    server.stop().await;
}

#[actix_web::test]
async fn a_command_in_another_folder_makes_no_database_there() {
    let home = Home::new().await;
    for command in [&["admin", "tenant", "list"][..], &["audit", "verify"], &["admin", "operator", "list"]] {
        let said = refusal(&home.run(command));
        assert!(said.contains("there is no database at") && said.contains("--config"), "{said}");
        assert!(!home.path("shuke.db").exists() && !home.path("shuke.key").exists(), "{command:?}");
    }
    home.furnish();
    assert_eq!(home.admin(&["admin", "tenant", "list"])["tenants"][0]["name"], "山月茶行");
}

#[actix_web::test]
async fn what_cannot_be_meant_is_refused() {
    let home = Home::new().await;
    home.furnish();
    let said = refusal(&home.run(&["admin", "ip", "block", "198.51.100.0/24", "--hours", "0"]));
    assert!(said.contains("--hours"), "{said}");
    assert_eq!(home.admin(&["admin", "ip", "list"])["rules"], json!([]));
    // Somebody who could log in and do nothing.
    let said = refusal(&home.run(&["admin", "operator", "create", "--name", "nobody", "--password-stdin"]));
    assert!(said.contains("--tenant"), "{said}");
    let nowhere = ["admin", "operator", "create", "--name", "nobody", "--password-stdin", "--tenant", "77"];
    let said = refusal(&home.run(&nowhere));
    assert!(said.contains("77"), "{said}");
    let operators = home.admin(&["admin", "operator", "list"])["operators"].clone();
    assert_eq!(operators.as_array().map(Vec::len), Some(1), "{operators}");
    assert!(operators[0]["account_id"].is_string());
    // The length that a login asks for.
    for password in ["short", &"x".repeat(129)] {
        let said =
            refusal(&home.fed(&["admin", "operator", "password", "--name", "admin", "--password-stdin"], password));
        assert!(said.contains("10 to 128 characters"), "{said}");
    }
    home.told(&["admin", "operator", "password", "--name", "admin", "--password-stdin"], PASSWORD);
}

#[actix_web::test]
async fn a_restore_says_whether_there_was_a_list_of_the_erased() {
    let home = Home::new().await;
    home.furnish();
    let server = home.start().await;
    let id = text(&server.boss().await.post("/customers", json!({ "name": "沈怡" })).await.ok()["id"]);
    let file = home.path("backup").display().to_string();
    assert!(home.run(&["backup", &file]).status.success());
    let boss = server.stepped_boss().await;
    boss.post(&format!("/customers/{id}/erase"), json!({ "reason": "asked" })).await.ok();
    server.stop().await;
    let without = home.elsewhere();
    let said = without.admin(&["restore", &file]);
    assert_eq!(said["erased_again"], Value::Null, "{said}");
    assert_eq!(said["no_list_at"], json!(without.path("shuke.erased")));
    assert!(text(&said["next"]).contains("Put the list there"), "{said}");
    let with = home.elsewhere();
    std::fs::copy(home.path("shuke.erased"), with.path("shuke.erased")).expect("copied");
    assert_eq!(with.admin(&["restore", &file]), json!({ "erased_again": 1 }));
    // Put there later, it is applied by the next start.
    std::fs::copy(home.path("shuke.erased"), without.path("shuke.erased")).expect("copied");
    let server = without.start().await;
    server.boss().await.get(&format!("/customers/{id}")).await.problem(404, "not_found");
    server.stop().await;
}
