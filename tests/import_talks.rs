//! Old follow-ups in a table: each in a row of its own, below the row of its customer.

use crate::harness::{Shop, phone_number, text};
use crate::rights::hire;
use crate::transfer::{counts, errors, found, import, sent, start};
use serde_json::json;

/// What was said with a customer, newest first.
async fn said(shop: &Shop, name: &str) -> Vec<String> {
    let id = text(&found(&shop.boss, name).await["id"]);
    let all = shop.boss.get(&format!("/customers/{id}/interactions")).await.ok();
    all["items"].as_array().expect("interactions").iter().map(|one| text(&one["content"])).collect()
}

#[actix_web::test]
async fn a_follow_up_waits_for_the_row_of_its_customer_and_both_come_in_once_that_is_mended() {
    let shop = Shop::new().await;
    let (first, second) = (phone_number(), phone_number());
    let mut file = format!("姓名,手机,公司,地区,跟进记录,跟进时间\n甲一一,{first},龙井茶行,火星,初谈,2024-01-01\n");
    file += &format!(
        "甲一一,{first},,,复谈,2024-01-02\n乙二二,{second},,,第一次,2024-01-03\n乙二二,{second},,,第二次,2024-01-04\n"
    );
    // So many that the last row is in another piece.
    for line in 0..250 {
        file += &format!("路人{line},,,,,\n");
    }
    file += &format!("甲一一,{first},,,再谈,2024-01-05\n");
    for mode in [json!({ "dry_run": true }), json!({})] {
        let trial = mode["dry_run"] == true;
        let done = if trial {
            let detail = sent(&shop.boss, file.clone()).await;
            start(&shop, &shop.boss, &detail, mode).await
        } else {
            import(&shop, &shop.boss, &file, mode).await
        };
        assert_eq!(counts(&done), [251, 1, 0, 3], "{trial} {done}");
        if trial {
            continue;
        }
        let wrong = errors(&shop.boss, &done).await;
        assert!(wrong[1].last().expect("a reason").contains("认不出这个地区"), "{wrong:?}");
        for row in &wrong[2..] {
            assert!(row.last().expect("a reason").contains("前面的那一行有误"), "{wrong:?}");
        }
        let path = format!("/imports/{}/errors", text(&done["id"]));
        let mended = text(&shop.boss.get(&path).await.body).replace("火星", "杭州市余杭区");
        let done = import(&shop, &shop.boss, &mended, json!({})).await;
        assert_eq!(counts(&done), [1, 2, 0, 0], "{done}");
    }
    assert_eq!(said(&shop, "甲一一").await, ["再谈", "复谈", "初谈"]);
    assert_eq!(found(&shop.boss, "甲一一").await["company"], "龙井茶行");
}

#[actix_web::test]
async fn a_row_that_only_adds_a_follow_up_says_what_else_of_it_was_left_out() {
    let shop = Shop::new().await;
    let number = phone_number();
    let file =
        format!("姓名,手机,跟进记录\n王先生,{number},他来过\n王太太,{number},她来过\n王先生,{number},他又来过\n");
    let done = import(&shop, &shop.boss, &file, json!({})).await;
    assert_eq!((counts(&done), &done["hinted"]), ([1, 2, 0, 0], &json!(1)), "{done}");
    let hints = text(&shop.boss.get(&format!("/imports/{}/errors?hints=true", text(&done["id"]))).await.body);
    assert!(hints.contains("姓名：和前面同一位客户的行写的不同"), "{hints}");
    // Of somebody who is there already it is left out, and that is said.
    let again = import(&shop, &shop.boss, &format!("姓名,手机,跟进记录\n王先生,{number},第四次\n"), json!({})).await;
    assert_eq!(counts(&again), [0, 0, 1, 0], "{again}");
    let wrong = errors(&shop.boss, &again).await;
    assert!(wrong[1].last().expect("a reason").contains("跟进记录没有导入"), "{wrong:?}");
}

#[actix_web::test]
async fn a_word_for_which_there_is_no_choice_is_answered_with_the_choices() {
    let shop = Shop::new().await;
    // The title above the table is no word of a column.
    let mut file = "山月茶行客户表,,,,\n姓名,来源,客户状态,跟进记录,跟进方式\n".to_owned();
    file += "甲一一,朋友介绍,成交,聊过,面谈\n乙二二,隔壁店,不知道,聊过,托梦\n";
    let done = import(&shop, &shop.boss, &file, json!({})).await;
    assert_eq!(counts(&done), [1, 0, 0, 1], "{done}");
    let one = found(&shop.boss, "甲一一").await;
    assert_eq!((&one["source"], &one["type"]), (&json!("referral"), &json!("existing")), "{one}");
    let wrong = errors(&shop.boss, &done).await;
    let why = wrong[1].last().expect("a reason");
    for said in [
        "来源：没有这个选项，可以写：到店、老客介绍",
        "客户状态：没有这个选项，可以写：潜在、新客",
        "跟进方式：没有这个选项，可以写：电话、微信",
    ] {
        assert!(why.contains(said), "{why}");
    }
}

#[actix_web::test]
async fn whoever_has_a_number_beside_another_first_one_is_the_customer_of_a_row() {
    let shop = Shop::new().await;
    let (first, second, other) = (phone_number(), phone_number(), phone_number());
    let phones = json!([{ "number": first }, { "number": second, "label": "公司" }]);
    let body = json!({ "name": "多号", "phones": phones });
    let id = text(&shop.boss.post("/customers", body).await.ok()["id"]);
    let file = format!("姓名,手机,公司\n多号,{second},龙井茶行\n别人,{other},\n");
    let skipped = import(&shop, &shop.boss, &file, json!({})).await;
    assert_eq!(counts(&skipped), [1, 0, 1, 0], "{skipped}");
    let done = import(&shop, &shop.boss, &file, json!({ "mode": "create_or_update" })).await;
    assert_eq!(counts(&done), [0, 2, 0, 0], "{done}");
    let now = shop.boss.get(&format!("/customers/{id}")).await.ok();
    assert_eq!((&now["company"], &now["phones"][0]["label"]), (&json!("龙井茶行"), &json!("公司")), "{now}");
    // A number of two customers tells nobody apart, nor does one of somebody who was deleted.
    let both = phone_number();
    for name in ["这位", "那位"] {
        let twin = json!({ "name": name, "phones": [{ "number": phone_number() }, { "number": both }] });
        shop.boss.post("/customers", twin).await.ok();
    }
    let file = format!("姓名,手机\n第三位,{both}\n");
    assert_eq!(counts(&import(&shop, &shop.boss, &file, json!({})).await), [1, 0, 0, 0]);
    let gone = (phone_number(), phone_number());
    let body = json!({ "name": "走了", "phones": [{ "number": gone.0 }, { "number": gone.1 }] });
    let made = shop.boss.post("/customers", body).await.ok();
    shop.boss.delete(&format!("/customers/{}", text(&made["id"])), 1).await.ok();
    let file = format!("姓名,手机\n又来了,{}\n", gone.1);
    assert_eq!(counts(&import(&shop, &shop.boss, &file, json!({})).await), [1, 0, 0, 0]);
}

#[actix_web::test]
async fn a_customer_of_a_colleague_is_said_to_be_one() {
    let shop = Shop::new().await;
    let rights = json!({
        "permissions": ["customers.read", "customers.write", "customers.import"], "pool": false,
        "fields": { "phones": "show", "emails": "show", "amounts": "show" },
        "reach": { "customers": "own", "interactions": "own", "tasks": "own", "orders": "own" },
    });
    let role = text(&shop.boss.post("/roles", json!({ "name": "录入", "rights": rights })).await.ok()["id"]);
    let (clerk, _) = hire(&shop, "custom", Some(&role)).await;
    let clerk = shop.step_up(&clerk).await;
    let (theirs, short) = (phone_number(), "1540123456");
    let body = json!({ "name": "王五", "phones": [{ "number": theirs }] });
    shop.sales.post("/customers", body).await.ok();
    let file = format!("姓名,手机,公司\n王五,{theirs},龙井茶行\n赵六,{short},\n");
    let done = import(&shop, &clerk, &file, json!({ "mode": "create_or_update" })).await;
    assert_eq!(counts(&done), [0, 0, 0, 2], "{done}");
    let wrong = errors(&clerk, &done).await;
    assert!(wrong[1].last().expect("a reason").contains("由同事负责"), "{wrong:?}");
    let short = wrong[2].last().expect("a reason");
    assert!(short.contains("手机：") && !short.contains("0 丢失"), "it lacks a digit, and no zero: {short}");
}
