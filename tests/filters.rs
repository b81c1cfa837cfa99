//! The filter language and saved views.

use crate::harness::{Client, Shop, phone_number, text};
use chrono::Duration;
use domain::filters::{FIELDS, Op};
use reqwest::Method;
use reqwest::header::ACCEPT_LANGUAGE;
use serde_json::{Value, json};

fn test(field: &str, op: &str, values: &[&str]) -> Value {
    json!({ "field": field, "op": op, "values": values })
}

/// A filter in which all of these hold.
fn all(tests: &[Value]) -> Value {
    json!({ "all": tests.iter().map(|test| json!({ "any": [test] })).collect::<Vec<_>>() })
}

async fn found(client: &Client, filter: &Value) -> Vec<String> {
    let page = client.get(&format!("/customers?filter={}", filter.to_string().replace('+', "%2B"))).await.ok();
    page["items"].as_array().expect("items").iter().map(|row| text(&row["name"])).collect()
}

/// Four customers, each made a second after the one before.
async fn people(shop: &Shop) {
    for body in [
        json!({ "name": "甲", "region": "330106", "type": "existing", "source": "wechat", "birthday": "1990-11-28" }),
        json!({ "name": "乙", "region": "330200", "company": "Apple 茶庄", "kind": "company", "birthday": "1985-01-03" }),
        json!({ "name": "丙", "region": "310000", "type": "existing", "phones": [{ "number": phone_number() }] }),
        json!({ "name": "丁", "title": "店长" }),
    ] {
        shop.sales.post("/customers", body).await.ok();
        shop.advance(Duration::seconds(1)).await;
    }
}

#[actix_web::test]
async fn every_field_is_filtered_by_what_it_holds() {
    let shop = Shop::new().await;
    people(&shop).await;
    let me = shop.sales_id.to_string();
    for (tests, names) in [
        (vec![test("region", "any_of", &["330000"])], "乙甲"),
        (vec![test("region", "any_of", &["330100", "310000"])], "丙甲"),
        (vec![test("region", "none_of", &["330000"])], "丁丙"),
        (vec![test("region", "empty", &[])], "丁"),
        (vec![test("type", "any_of", &["existing"])], "丙甲"),
        (vec![test("type", "none_of", &["existing"])], "丁乙"),
        (vec![test("source", "set", &[])], "甲"),
        (vec![test("source", "none_of", &["wechat"])], "丁丙乙"),
        (vec![test("kind", "any_of", &["company"])], "乙"),
        (vec![test("company", "contains", &["apple"])], "乙"),
        (vec![test("company", "begins_with", &["茶"])], ""),
        (vec![test("title", "any_of", &["店长"])], "丁"),
        (vec![test("phone", "set", &[])], "丙"),
        (vec![test("phone", "empty", &[])], "丁乙甲"),
        (vec![test("owner", "any_of", &["me"])], "丁丙乙甲"),
        (vec![test("owner", "any_of", &[&me])], "丁丙乙甲"),
        (vec![test("owner", "none_of", &["me"])], ""),
        (vec![test("created", "at_least", &["today"])], "丁丙乙甲"),
        (vec![test("created", "less", &["today"])], ""),
        (vec![test("created", "between", &["month", "today"])], "丁丙乙甲"),
        (vec![test("created", "more", &["today"])], ""),
        // Beyond what a TIMESTAMP of MariaDB 10.11 holds.
        (vec![test("created", "less", &["2099-01-01"])], "丁丙乙甲"),
        (vec![test("last_contact", "empty", &[])], "丁丙乙甲"),
        (vec![test("birthdate", "at_most", &["1985-01-03"])], "乙"),
        (vec![test("birthdate", "less", &["1985-01-03"])], ""),
        (vec![test("birthday", "between", &["2026-11-20", "2026-11-28"])], "甲"),
        (vec![test("birthday", "between", &["2026-11-28", "2027-01-03"])], "乙甲"),
        (vec![test("birthday", "between", &["2026-01-01", "2026-12-31"])], "乙甲"),
        (vec![test("type", "any_of", &["existing"]), test("region", "any_of", &["330000"])], "甲"),
    ] {
        assert_eq!(found(&shop.sales, &all(&tests)).await.concat(), names, "{tests:?}");
    }
    let either = json!({ "all": [{ "any": [test("title", "set", &[]), test("source", "set", &[])] }] });
    assert_eq!(found(&shop.sales, &either).await.concat(), "丁甲");
    // With the box, in one request.
    let page = shop.sales.get(&format!("/customers?q=甲&filter={}", all(&[test("source", "set", &[])]))).await.ok();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
    let page = shop.sales.get(&format!("/customers?q=乙&filter={}", all(&[test("source", "set", &[])]))).await.ok();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(0));
}

#[actix_web::test]
async fn special_dates_are_found_by_the_days_on_which_they_come_back() {
    let shop = Shop::new().await;
    let day = |calendar: &str, month: i64, day: i64| json!({ "label": "生日", "calendar": calendar, "month": month, "day": day });
    for (name, dates) in [
        // 春节 of 2027 is the 6th of February.
        ("甲", vec![day("lunar", 1, 1)]),
        ("乙", vec![day("solar", 2, 7), day("solar", 6, 1)]),
        ("丙", vec![day("lunar", 12, 30)]),
        ("丁", vec![]),
    ] {
        shop.sales.post("/customers", json!({ "name": name, "dates": dates })).await.ok();
        shop.advance(Duration::seconds(1)).await;
    }
    for (test, names) in [
        (test("dates", "between", &["2027-02-06", "2027-02-06"]), "甲"),
        // The moon's last day of the year is the day before, whether the month has thirty days or not.
        (test("dates", "between", &["2027-02-05", "2027-02-05"]), "丙"),
        (test("dates", "between", &["2027-02-05", "2027-02-07"]), "丙乙甲"),
        (test("dates", "between", &["2027-05-01", "2027-06-30"]), "乙"),
        (test("dates", "between", &["2027-01-01", "2028-12-31"]), "丙乙甲"),
        (test("dates", "set", &[]), "丙乙甲"),
        (test("dates", "empty", &[]), "丁"),
    ] {
        assert_eq!(found(&shop.sales, &all(std::slice::from_ref(&test))).await.concat(), names, "{test}");
    }
}

#[actix_web::test]
async fn what_stands_beside_a_customer_is_filtered_too() {
    let shop = Shop::new().await;
    for body in [
        json!({ "name": "甲", "emails": [{ "email": "Zhang@Example.com" }], "needs": "明前两斤" }),
        json!({ "name": "张三丰", "emails": [{ "email": "li@example.com" }] }),
        json!({ "name": "丙" }),
    ] {
        shop.sales.post("/customers", body).await.ok();
        shop.advance(Duration::seconds(1)).await;
    }
    let list = shop.sales.get("/customers").await.ok();
    let path = format!("/customers/{}/star", text(&list["items"][0]["id"]));
    assert_eq!(shop.sales.post(&path, json!({})).await.status, 204);
    let starred: Vec<_> = shop.sales.get("/customers").await.ok()["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|row| row["starred"].as_bool().expect("a flag"))
        .collect();
    assert_eq!(starred, [true, false, false]);
    for (tests, names) in [
        (vec![test("email", "set", &[])], "张三丰甲"),
        (vec![test("email", "empty", &[])], "丙"),
        (vec![test("email", "any_of", &["zhang@example.com"])], "甲"),
        (vec![test("email", "any_of", &["zhang@example.com", "LI@example.com"])], "张三丰甲"),
        (vec![test("needs", "set", &[])], "甲"),
        (vec![test("needs", "empty", &[])], "丙张三丰"),
        (vec![test("starred", "set", &[])], "丙"),
        (vec![test("starred", "empty", &[])], "张三丰甲"),
        (vec![test("search", "contains", &["zsf"])], "张三丰"),
        (vec![test("search", "contains", &[" "])], "丙张三丰甲"),
        (vec![test("search", "contains", &["张三"]), test("starred", "set", &[])], ""),
    ] {
        assert_eq!(found(&shop.sales, &all(&tests)).await.concat(), names, "{tests:?}");
    }
    // A star is one's own.
    assert_eq!(found(&shop.boss, &all(&[test("starred", "set", &[])])).await.concat(), "");
    // A bulk action and a view carry the words of the box.
    let filter = all(&[test("search", "contains", &["zsf"])]);
    let body = json!({ "selection": { "filter": filter }, "type": "lost" });
    shop.sales.post("/customers/bulk", body).await.ok();
    shop.run_jobs().await;
    assert_eq!(found(&shop.sales, &all(&[test("type", "any_of", &["lost"])])).await.concat(), "张三丰");
    for (wrong, said) in [
        (test("email", "contains", &["@"]), "op: filter_op_unfit"),
        (test("needs", "contains", &["茶"]), "op: filter_op_unfit"),
        (test("starred", "any_of", &["1"]), "op: filter_op_unfit"),
        (test("phone", "any_of", &["13800138000"]), "op: filter_phone_unfit"),
        (test("search", "set", &[]), "op: filter_op_unfit"),
    ] {
        let answer = shop.sales.get(&format!("/customers?filter={}", all(&[wrong]))).await;
        assert_eq!(answer.violations(), [format!("filter.all.0.any.0.{said}")]);
    }
}

#[actix_web::test]
async fn a_filter_that_says_nothing_is_refused_where_it_is_wrong() {
    let shop = Shop::new().await;
    for (wrong, said) in [
        (test("colour", "set", &[]), "filter.all.0.any.0.field: filter_field_unknown"),
        (
            test("pool", "begins_with", &[&uuid::Uuid::from_u128(7).to_string()]),
            "filter.all.0.any.0.op: filter_op_unfit",
        ),
        (test("name", "between", &["a", "b"]), "filter.all.0.any.0.op: filter_op_unfit"),
        (test("name", "near", &["a"]), "filter.all.0.any.0.op: enum_invalid"),
        (test("type", "any_of", &["friend"]), "filter.all.0.any.0.values.0: enum_invalid"),
        (test("tag", "any_of", &["x"]), "filter.all.0.any.0.values.0: uuid_invalid"),
        (test("owner", "any_of", &["you"]), "filter.all.0.any.0.values.0: uuid_invalid"),
        (test("region", "any_of", &["杭州"]), "filter.all.0.any.0.values.0: region_invalid"),
        (test("created", "at_least", &["yesterday"]), "filter.all.0.any.0.values.0: date_invalid"),
        (test("created", "between", &["today"]), "filter.all.0.any.0.values: values_count"),
        (test("name", "set", &["x"]), "filter.all.0.any.0.values: values_count"),
        (test("birthday", "between", &["today", "today-1"]), "filter.all.0.any.0.values.1: range_invalid"),
    ] {
        let answer = shop.sales.get(&format!("/customers?filter={}", all(&[wrong]))).await;
        assert_eq!(answer.violations(), [said]);
    }
    assert_eq!(shop.sales.get("/customers?filter={").await.violations(), ["filter: malformed"]);
    assert_eq!(
        shop.sales.get(&format!("/customers?view={}", uuid::Uuid::from_u128(7))).await.violations(),
        ["view: view_unknown"]
    );
}

#[actix_web::test]
async fn a_filter_that_is_refused_says_what_there_is() {
    let shop = Shop::new().await;
    let refused = async |field: &str, op: &str, values: &[&str]| {
        let answer = shop.boss.get(&format!("/customers?filter={}", all(&[test(field, op, values)]))).await;
        if answer.status == 200 { Value::Null } else { answer.problem(422, "invalid")["errors"][0].clone() }
    };
    let unknown = refused("colour", "set", &[]).await;
    let fields = text(&unknown["params"]["allowed"]);
    assert_eq!(unknown["detail"], format!("不能按这个字段筛选：{fields}"));
    let language = [(ACCEPT_LANGUAGE, "en".parse().expect("a language"))].into_iter().collect();
    let english = shop.boss.request(Method::GET, &format!("/customers?filter={}", all(&[test("colour", "set", &[])])));
    let english = shop.boss.send(english.headers(language)).await.problem(422, "invalid");
    assert!(text(&english["errors"][0]["detail"]).contains("One cannot filter by this field: name | "), "{english}");
    let (own, fields): (Vec<_>, Vec<_>) = fields.split(" | ").partition(|name| name.starts_with("custom."));
    assert_eq!((own, fields.len()), (vec!["custom.…"], 25));
    let id = uuid::Uuid::from_u128(7).to_string();
    for field in fields {
        // Nothing is compared in this way but texts, which are in no other.
        let wrong = if field == "search" { "between" } else { "all_of" };
        let wrong = if field == "tag" { "begins_with" } else { wrong };
        let values: &[&str] = if wrong == "between" { &["a", "b"] } else { &["a"] };
        let unfit = refused(field, wrong, values).await;
        assert_eq!(unfit["field"], "filter.all.0.any.0.op", "{field} {unfit}");
        let ops = text(&unfit["params"]["allowed"]);
        let said = match field {
            "phone" => "筛选条件里不放某个人的电话，只能筛选有没有电话（找某个号码请用搜索）",
            _ => "这个字段不能这样筛选",
        };
        assert_eq!(unfit["detail"], format!("{said}：{ops}"));
        // Each that is named is answered, as far as its value says something.
        for op in ops.split(" | ") {
            let values: &[&str] = match (field, op) {
                (_, "set" | "empty") => &[],
                (_, "between") => &["today", "today"],
                (_, "less" | "at_most" | "more" | "at_least") => &["today"],
                ("region", _) => &["330000"],
                ("type", _) => &["lost"],
                ("industry" | "size" | "kind" | "source", _) => &["?"],
                ("tag" | "pool" | "owner" | "created_by", _) => &[&id],
                _ => &["a"],
            };
            let answer = refused(field, op, values).await;
            let coded = ["industry", "size", "kind", "source"].contains(&field) && !values.is_empty();
            let said = if coded { json!("enum_invalid") } else { Value::Null };
            assert_eq!(answer["code"], said, "{field} {op} {answer}");
        }
    }
    // In a form it is said with its place.
    let body = json!({ "selection": { "filter": all(&[test("name", "less", &["a"])]) }, "type": "lost" });
    let bulk = shop.boss.post("/customers/bulk", body).await.problem(422, "invalid");
    assert_eq!(bulk["errors"][0]["field"], "selection.filter.all.0.any.0.op");
    assert_eq!(bulk["errors"][0]["params"]["allowed"], "any_of | none_of | contains | begins_with | set | empty");
}

#[actix_web::test]
async fn a_saved_view_is_ones_own_until_it_is_shared() {
    let shop = Shop::new().await;
    people(&shop).await;
    let filter = all(&[test("owner", "any_of", &["me"]), test("type", "any_of", &["existing"])]);
    let body = json!({ "name": "我的老客", "filter": filter });
    let view = shop.boss.post("/customer-views", body).await.ok();
    let path = format!("/customer-views/{}", text(&view["id"]));
    assert_eq!((&view["shared"], &view["mine"], &view["filter"]), (&json!("private"), &json!(true), &filter));
    let list = format!("/customers?view={}", text(&view["id"]));
    assert_eq!(shop.sales.get(&list).await.violations(), ["view: view_unknown"]);
    assert_eq!(shop.sales.get("/customer-views").await.ok()["items"], json!([]));

    let shared = shop.boss.patch(&path, 1, json!({ "shared": "everyone" })).await.ok();
    assert_eq!(shared["shared"], "everyone");
    let seen = shop.sales.get("/customer-views").await.ok();
    assert_eq!((&seen["items"][0]["id"], &seen["items"][0]["mine"]), (&view["id"], &json!(false)));
    // `me` is whoever looks.
    assert_eq!(shop.sales.get(&list).await.ok()["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(shop.boss.get(&list).await.ok()["items"].as_array().map(Vec::len), Some(0));
    shop.sales.patch(&path, 2, json!({ "name": "x" })).await.problem(403, "row_read_only");
    shop.sales.delete(&path, 2).await.problem(403, "row_read_only");
    let mine = json!({ "name": "全店", "shared": "everyone", "filter": {} });
    shop.sales.post("/customer-views", mine).await.problem(403, "forbidden");
    let bad = json!({ "name": "x", "filter": all(&[test("colour", "set", &[])]) });
    assert_eq!(
        shop.sales.post("/customer-views", bad).await.violations(),
        ["filter.all.0.any.0.field: filter_field_unknown"]
    );
    shop.boss.delete(&path, 2).await.ok();
    assert_eq!(shop.sales.get(&list).await.violations(), ["view: view_unknown"]);
}

#[actix_web::test]
async fn a_field_of_the_business_is_filtered_as_soon_as_it_is_defined() {
    let shop = Shop::new().await;
    let mut keys = Vec::new();
    for (label, kind, rules) in [
        (
            "口味",
            "choices",
            json!({ "choices": [{ "key": "green", "label": "绿茶" }, { "key": "red", "label": "红茶" }] }),
        ),
        ("预算", "money", json!({})),
        ("相识", "date", json!({})),
        ("备用号", "text", json!({ "secret": true })),
        ("外号", "text", json!({ "hidden_from": ["sales"] })),
    ] {
        let body = json!({ "label": label, "kind": kind, "rules": rules });
        keys.push(text(&shop.boss.post("/custom-fields", body).await.ok()["key"]));
    }
    let [taste, budget, since, secret, nick] = keys.try_into().expect("five");
    for (name, custom) in [
        ("甲", json!({ &taste: ["green"], &budget: 10_000, &since: "2026-11-21", &secret: "330106199001011234" })),
        ("乙", json!({ &taste: ["green", "red"], &budget: 20_000, &nick: "Ａ老" })),
        ("丙", json!({ &since: "2020-02-29" })),
    ] {
        shop.boss.post("/customers", json!({ "name": name, "custom": custom, "owner_id": shop.sales_id })).await.ok();
        shop.advance(Duration::seconds(1)).await;
    }
    let name = |key: &str| format!("custom.{key}");
    for (tests, names) in [
        (vec![test(&name(&taste), "any_of", &["green"])], "乙甲"),
        (vec![test(&name(&taste), "all_of", &["green", "red"])], "乙"),
        (vec![test(&name(&taste), "none_of", &["red"])], "丙甲"),
        (vec![test(&name(&budget), "at_least", &["20000"])], "乙"),
        (vec![test(&name(&budget), "between", &["1", "10000"])], "甲"),
        (vec![test(&name(&budget), "empty", &[])], "丙"),
        (vec![test(&name(&since), "less", &["2021-01-01"])], "丙"),
        (vec![test(&name(&since), "at_least", &["month"])], "甲"),
        (vec![test(&name(&secret), "any_of", &["330106199001011234"])], "甲"),
        (vec![test(&name(&secret), "set", &[])], "甲"),
        (vec![test(&name(&nick), "contains", &["a"])], "乙"),
    ] {
        assert_eq!(found(&shop.boss, &all(&tests)).await.concat(), names, "{tests:?}");
    }
    for (client, wrong, said) in [
        (&shop.sales, test(&name(&nick), "set", &[]), "field: filter_field_unknown"),
        (&shop.boss, test(&name(&secret), "contains", &["3301"]), "op: filter_op_unfit"),
        (&shop.boss, test(&name(&budget), "at_least", &["viel"]), "values.0: invalid_value"),
        (&shop.boss, test("custom.", "set", &[]), "field: filter_field_unknown"),
    ] {
        let answer = client.get(&format!("/customers?filter={}", all(&[wrong]))).await;
        assert_eq!(answer.violations(), [format!("filter.all.0.any.0.{said}")]);
    }
}

#[actix_web::test]
async fn no_filter_that_is_kept_holds_what_is_sealed_elsewhere() {
    let shop = Shop::new().await;
    let rules = json!({ "secret": true });
    let made =
        shop.boss.post("/custom-fields", json!({ "label": "证件号", "kind": "text", "rules": rules })).await.ok();
    let card = format!("custom.{}", text(&made["key"]));
    let group = shop.boss.post("/tag-groups", json!({ "name": "来往" })).await.ok();
    let tag = shop.boss.post("/tags", json!({ "group_id": group["id"], "name": "老客" })).await.ok();
    let tag = text(&tag["id"]);
    let phone = phone_number();
    for (named, value) in
        [("email", "li@example.com"), (card.as_str(), "33010619900101123X"), ("search", phone.as_str())]
    {
        let one = test(named, if named == "search" { "contains" } else { "any_of" }, &[value]);
        let filter = all(&[test("type", "any_of", &["existing"]), one]);
        // To look is allowed: nothing is kept of it.
        shop.boss.get(&format!("/customers?filter={filter}")).await.ok();
        let said = "filter.all.1.any.0.values.0: filter_personal";
        for (path, body, under) in [
            ("/customer-views", json!({ "name": "他", "filter": filter }), ""),
            ("/tag-rules", json!({ "tag_id": tag, "filter": filter, "enabled": true }), ""),
            ("/customers/bulk", json!({ "selection": { "filter": filter }, "type": "lost" }), "selection."),
            ("/exports", json!({ "selection": { "filter": filter }, "format": "csv" }), "selection."),
        ] {
            assert_eq!(shop.boss.post(path, body).await.violations(), [format!("{under}{said}")], "{path} {named}");
        }
    }
    let harmless = all(&[test("email", "set", &[]), test(&card, "set", &[]), test("search", "contains", &["zsf"])]);
    let view = shop.boss.post("/customer-views", json!({ "name": "有邮箱的", "filter": harmless })).await.ok();
    let worse = json!({ "filter": all(&[test("email", "any_of", &["li@example.com"])]) });
    let refused = shop.boss.patch(&format!("/customer-views/{}", text(&view["id"])), 1, worse).await;
    assert_eq!(refused.violations(), ["filter.all.0.any.0.values.0: filter_personal"]);
}

#[actix_web::test]
async fn a_range_that_ends_before_it_begins_is_refused() {
    let shop = Shop::new().await;
    for (kind, key) in [("number", "size"), ("money", "budget"), ("date", "since")] {
        shop.boss.post("/custom-fields", json!({ "label": key, "key": key, "kind": kind })).await.ok();
    }
    for (field, values, code) in [
        ("custom.size", ["4", "3"], "range_reversed"),
        ("custom.budget", ["400", "300"], "range_reversed"),
        ("custom.since", ["2026-02-01", "2026-01-01"], "range_invalid"),
        ("birthdate", ["1990-02-01", "1990-01-01"], "range_invalid"),
        ("created", ["today", "today-7"], "range_invalid"),
        ("birthday", ["2026-02-01", "2026-01-01"], "range_invalid"),
        ("dates", ["2026-02-01", "2026-01-01"], "range_invalid"),
    ] {
        let answer = shop.sales.get(&format!("/customers?filter={}", all(&[test(field, "between", &values)]))).await;
        assert_eq!(answer.violations(), [format!("filter.all.0.any.0.values.1: {code}")], "{field}");
    }
    for (field, values) in [
        ("custom.size", ["3", "3"]),
        ("custom.budget", ["-5", "300"]),
        ("custom.since", ["2026-01-01", "2026-01-01"]),
        ("created", ["today-7", "today"]),
        // Only on the first days of a month it is the wrong way round: a view that is kept goes on.
        ("created", ["today+20", "month+1"]),
        ("custom.since", ["today+20", "month+1"]),
    ] {
        found(&shop.sales, &all(&[test(field, "between", &values)])).await;
    }
}

#[actix_web::test]
async fn everybody_chooses_with_which_view_their_own_list_opens() {
    let shop = Shop::new().await;
    let filter = json!({ "all": [{ "any": [{ "field": "type", "op": "any_of", "values": ["existing"] }] }] });
    let body = json!({ "name": "老客", "filter": filter, "shared": "everyone" });
    let view = shop.boss.post("/customer-views", body).await.ok();
    let chosen = async |client: &Client| client.get("/customer-views").await.ok()["default"].clone();
    let choose =
        async |client: &Client, view: &Value| client.put("/customer-views/default", json!({ "view": view })).await;
    assert_eq!(chosen(&shop.sales).await, json!(null));
    for view in [json!("mine"), json!("mine"), view["id"].clone()] {
        assert_eq!(choose(&shop.sales, &view).await.status, 204);
        assert_eq!(chosen(&shop.sales).await, view);
    }
    assert_eq!(chosen(&shop.boss).await, json!(null), "it is one's own");
    for bad in [json!("yours"), json!(uuid::Uuid::from_u128(7))] {
        assert_eq!(choose(&shop.sales, &bad).await.violations(), ["view: view_unknown"]);
    }
    // What a colleague takes back is no choice any more; shared again it is.
    let path = format!("/customer-views/{}", text(&view["id"]));
    shop.boss.patch(&path, 1, json!({ "shared": "private" })).await.ok();
    assert_eq!(chosen(&shop.sales).await, json!(null));
    assert_eq!(choose(&shop.sales, &view["id"]).await.violations(), ["view: view_unknown"]);
    shop.boss.patch(&path, 2, json!({ "shared": "everyone" })).await.ok();
    assert_eq!(chosen(&shop.sales).await, view["id"]);
}

#[actix_web::test]
async fn every_field_is_compared_in_every_way_that_the_rules_say() {
    let shop = Shop::new().await;
    let known = shop.sales_id.to_string();
    for (field, ops) in FIELDS {
        let value = match *field {
            "type" => "existing",
            "industry" => "A",
            "size" => "under_10",
            "kind" => "company",
            "source" => "wechat",
            "birthdate" | "birthday" | "dates" | "created" | "updated" | "last_contact" | "next_contact" => "today",
            "created_by" | "owner" | "pool" | "tag" => &known,
            "region" => "330100",
            "email" => "a@example.com",
            _ => "甲",
        };
        for op in *ops {
            let values = match op {
                Op::Set | Op::Empty => vec![],
                Op::Between => vec![value; 2],
                _ => vec![value],
            };
            let filter = all(&[test(field, op.as_str(), &values)]);
            let answer = shop.boss.get(&format!("/customers?filter={filter}")).await;
            assert_eq!(answer.status, 200, "{field} {}", op.as_str());
        }
    }
}

/// A tag and a place are found in indexes of their own, each kind of place in another one; what they lead to is what the
/// places say, page after page, of everybody and of one holder.
#[actix_web::test]
async fn beside_a_tag_places_of_every_kind_lead_to_whom_they_name() {
    let shop = Shop::new().await;
    let group = text(&shop.boss.post("/tag-groups", json!({ "name": "口味", "single": false })).await.ok()["id"]);
    let green = shop.boss.post("/tags", json!({ "group_id": group, "name": "绿茶" })).await.ok();
    let green = text(&green["id"]);
    let regions = ["330106", "330110", "330100", "330203", "310115", "310000", "440305", "330106", "330106", "440300"];
    for (at, region) in regions.iter().enumerate() {
        let by = if at % 3 == 0 { &shop.rival } else { &shop.sales };
        let tags = if at == 8 { json!([]) } else { json!([green]) };
        by.post("/customers", json!({ "name": format!("客{at}"), "region": region, "tag_ids": tags })).await.ok();
        shop.advance(Duration::seconds(1)).await;
    }
    for places in [
        &["330100"][..],
        &["330106"],
        &["330000"],
        &["330100", "310000"],
        &["330106", "330110"],
        &["330106", "440300", "310115"],
        &["330100", "330200", "440300"],
        &["330000", "310115"],
        &["500000"],
    ] {
        let there = |region: &str| {
            places.iter().any(|place| region.starts_with(place.trim_end_matches("0000").trim_end_matches("00")))
        };
        for (by, sees) in [(&shop.boss, [true, true]), (&shop.sales, [false, true]), (&shop.rival, [true, false])] {
            let wanted = regions.iter().enumerate().rev();
            let wanted = wanted.filter(|(at, region)| *at != 8 && there(region) && sees[usize::from(at % 3 != 0)]);
            let wanted: Vec<String> = wanted.map(|(at, _)| format!("客{at}")).collect();
            let filter = all(&[test("region", "any_of", places), test("tag", "any_of", &[&green])]);
            let (mut found, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = by.get(&format!("/customers?limit=2&filter={filter}{cursor}")).await.ok();
                found.extend(page["items"].as_array().expect("items").iter().map(|row| text(&row["name"])));
                let Some(next) = page["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(found, wanted, "{places:?}");
        }
    }
}
