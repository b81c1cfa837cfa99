//! What a refusal says to whoever has to do better: what is missing, what is in the way, and what would have been right.

use crate::harness::{Shop, phone_number, text};
use reqwest::Method;
use reqwest::header::ACCEPT_LANGUAGE;
use serde_json::{Value, json};

/// Rights with these permissions that see everything.
fn rights(permissions: &[&str]) -> Value {
    json!({
        "permissions": permissions, "pool": false, "fields": { "phones": "show", "amounts": "show" },
        "reach": { "customers": "all", "interactions": "all", "tasks": "all", "orders": "all" },
    })
}

#[actix_web::test]
async fn no_role_of_ones_own_is_called_as_a_built_in_one() {
    let shop = Shop::new().await;
    let rights = rights(&["customers.read"]);
    let clerk = shop.boss.post("/roles", json!({ "name": "店员", "rights": rights })).await.ok();
    let path = format!("/roles/{}", text(&clerk["id"]));
    // The last 老 is the one at U+F934, which looks the same.
    for name in [
        "老板",
        " 老板　",
        "老 板",
        "主管",
        "销售",
        "客服",
        "财务",
        "自定角色",
        "boss",
        "Ｂｏｓｓ",
        "SALES",
        "\u{f934}板",
    ] {
        let made = shop.boss.post("/roles", json!({ "name": name, "rights": rights })).await;
        assert_eq!(made.violations(), ["name: role_built_in"], "{name}");
        let renamed = shop.boss.patch(&path, 1, json!({ "name": name })).await;
        assert_eq!(renamed.violations(), ["name: role_built_in"], "{name}");
    }
    let made = shop.boss.post("/roles", json!({ "name": "老板", "rights": rights })).await.problem(422, "invalid");
    assert_eq!(made["errors"][0]["detail"], "系统自带的角色叫这个名字，请换一个");
    for name in ["老板助理", "销售一部", "店员"] {
        let version = shop.boss.get("/roles").await.ok();
        let own = version["items"].as_array().and_then(|all| all.last()).cloned().expect("the role");
        let version = own["version"].as_i64().expect("a version");
        assert_eq!(shop.boss.patch(&path, version, json!({ "name": name })).await.ok()["name"], name);
    }
}

#[actix_web::test]
async fn a_refusal_says_what_would_have_been_right() {
    let shop = Shop::new().await;
    let detail = |problem: &Value| text(&problem["errors"][0]["detail"]);
    let blind = json!({ "name": "看不见", "rights": rights(&["orders.write"]) });
    let blind = shop.boss.post("/roles", blind).await.problem(422, "invalid");
    assert_eq!(blind["errors"][0]["params"], json!({ "needs": "orders.read" }));
    assert_eq!(detail(&blind), "还需要勾选查看的权限（orders.read），否则用不了");

    let nowhere = shop.boss.post("/auth/switch", json!({ "side": "staff" })).await.problem(422, "invalid");
    assert_eq!(nowhere["errors"][0]["field"], "tenant_id");
    assert_eq!(detail(&nowhere), "请选择商家：填写商家编号，/auth/me 的 businesses 里有");

    let unknown = shop.boss.post("/auth/switch", json!({ "side": "owner" })).await.problem(422, "invalid");
    assert_eq!(unknown["errors"][0]["params"], json!({ "allowed": "staff | customer" }));
    assert_eq!(detail(&unknown), "请从列表中选择：staff | customer");
    for (path, allowed) in [
        ("/tasks?status=x", "open | done | cancelled"),
        (
            "/permissions/explain?resource=x&id=01939f0e-7c1a-7abc-8def-012345678904",
            "customers | interactions | tasks | orders | opportunities",
        ),
    ] {
        let path = if path.contains("explain") { format!("{path}&staff={}", shop.sales_id) } else { path.to_owned() };
        let refused = shop.boss.get(&path).await.problem(422, "invalid");
        assert_eq!(refused["errors"][0]["params"]["allowed"], allowed, "{path}");
    }
    // What nobody reads at a glance is not said.
    let kind = shop.boss.get("/audit?resource=x").await.problem(422, "invalid");
    assert_eq!(kind["errors"][0]["params"], json!({}));

    for (query, code, said) in [
        ("from=2026-11-01", "instant_format", "时间请写成 2026-11-28T01:30:00Z（网址里的 + 要写成 %2B）"),
        (
            "until=2026-11-01T09:30:00+08:00",
            "instant_format",
            "时间请写成 2026-11-28T01:30:00Z（网址里的 + 要写成 %2B）",
        ),
        ("limit=many", "count_invalid", "请填写整数，如 20"),
        ("actor_id=me", "uuid_invalid", "编号格式不正确"),
    ] {
        let refused = shop.boss.get(&format!("/audit?{query}")).await.problem(422, "invalid");
        assert_eq!((&refused["errors"][0]["code"], detail(&refused)), (&json!(code), said.to_owned()), "{query}");
    }
    shop.boss.get("/audit?until=2026-11-01T09:30:00%2B08:00").await.ok();
}

#[actix_web::test]
async fn whatever_is_in_use_says_by_whom() {
    let shop = Shop::new().await;
    let role = shop.boss.post("/roles", json!({ "name": "店员", "rights": rights(&["customers.read"]) })).await.ok();
    let path = format!("/roles/{}", text(&role["id"]));
    for _ in 0..2 {
        let staff = json!({ "name": "何平", "phone": phone_number(), "role": "custom", "role_id": role["id"] });
        shop.boss.post("/staff", staff).await.ok();
    }
    let refused = shop.boss.delete(&path, 1).await.problem(409, "in_use");
    assert_eq!(refused["title"], "仍在使用，不能删除：同事 2 位");
    shop.boss.post("/invitations", json!({ "role": "custom", "role_id": role["id"] })).await.ok();
    let refused = shop.boss.delete(&path, 1).await.problem(409, "in_use");
    assert_eq!(refused["title"], "仍在使用，不能删除：同事 2 位、没有用过的邀请 1 份");
    let codes = [&refused["errors"][0]["code"], &refused["errors"][1]["code"]];
    assert_eq!(codes, [&json!("in_use_staff"), &json!("in_use_invitations")]);
    assert_eq!(refused["errors"][0]["params"], json!({ "count": 2 }));

    let above = text(&shop.boss.post("/teams", json!({ "name": "东区" })).await.ok()["id"]);
    shop.boss.post("/teams", json!({ "name": "杭州", "parent_id": above })).await.ok();
    let refused = shop.boss.delete(&format!("/teams/{above}"), 1).await.problem(409, "in_use");
    assert_eq!(refused["title"], "仍在使用，不能删除：下级团队 1 个");

    let kind = shop.boss.post("/customer-types", json!({ "name": "经销商" })).await.ok();
    shop.boss.post("/customers", json!({ "name": "张三", "type": kind["code"] })).await.ok();
    let refused = shop.boss.delete(&format!("/customer-types/{}", text(&kind["id"])), 1).await.problem(409, "in_use");
    assert_eq!(refused["title"], "仍在使用，不能删除：客户 1 位");
}

#[actix_web::test]
async fn what_is_too_large_is_told_how_large_it_may_be() {
    let shop = Shop::with(|config| config.http.upload_limit = 1_572_864).await;
    let said = |problem: &Value| {
        let error = &problem["errors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!(""), &json!("body_too_large")));
        assert_eq!(error["detail"], problem["title"]);
        (text(&problem["title"]), error["params"].clone())
    };
    let body = json!({ "name": "x".repeat(300_000) });
    let large = said(&shop.boss.post("/customers", body.clone()).await.problem(413, "body_too_large"));
    let words = "请求内容过大，最多 256 KB（262144 字节）".to_owned();
    assert_eq!(large, (words, json!({ "max": 262_144, "size": "256 KB" })));
    let language = [(ACCEPT_LANGUAGE, "en".parse().expect("a language"))].into_iter().collect();
    let english = shop.boss.request(Method::POST, "/customers").json(&body);
    let large = said(&shop.boss.send(english.headers(language)).await.problem(413, "body_too_large"));
    assert_eq!(large.0, "The request is too large: 256 KB (262144 bytes) at most");
    let table = shop.boss.request(Method::POST, "/imports?name=a.csv").body(vec![b'x'; 1_572_865]);
    let large = said(&shop.boss.send(table).await.problem(413, "body_too_large"));
    assert_eq!(large.1, json!({ "max": 1_572_864, "size": "1.5 MB" }));
}

#[actix_web::test]
async fn a_filter_that_names_a_number_is_told_that_none_does() {
    let shop = Shop::new().await;
    let test = json!({ "field": "phone", "op": "any_of", "values": ["13800138000"] });
    let body = json!({ "name": "他", "filter": { "all": [{ "any": [test] }] } });
    let refused = shop.boss.post("/customer-views", body).await.problem(422, "invalid");
    let error = &refused["errors"][0];
    assert_eq!((&error["field"], &error["code"]), (&json!("filter.all.0.any.0.op"), &json!("filter_phone_unfit")));
    let said = "筛选条件里不放某个人的电话，只能筛选有没有电话（找某个号码请用搜索）：set | empty";
    assert_eq!(error["detail"], said);
}

#[actix_web::test]
async fn no_two_views_of_ones_own_have_the_same_name() {
    let shop = Shop::new().await;
    let filter = json!({ "all": [{ "any": [{ "field": "type", "op": "any_of", "values": ["existing"] }] }] });
    let body = |name: &str| json!({ "name": name, "shared": "everyone", "filter": filter });
    let first = text(&shop.boss.post("/customer-views", body("老客")).await.ok()["id"]);
    let other = text(&shop.boss.post("/customer-views", body("杭州")).await.ok()["id"]);
    let taken = |problem: Value| assert_eq!(problem["errors"][0]["field"], "name");
    taken(shop.boss.post("/customer-views", body(" 老客 ")).await.problem(409, "name_taken"));
    let renamed = shop.boss.patch(&format!("/customer-views/{other}"), 1, json!({ "name": "老客" })).await;
    taken(renamed.problem(409, "name_taken"));
    // Its own name again, another one, a colleague's name: all of that is nobody else's.
    shop.boss.patch(&format!("/customer-views/{first}"), 1, json!({ "name": "老客", "shared": "team" })).await.ok();
    shop.sales.post("/customer-views", json!({ "name": "老客", "filter": filter })).await.ok();
    shop.boss.patch(&format!("/customer-views/{other}"), 1, json!({ "name": "西湖" })).await.ok();
    shop.boss.delete(&format!("/customer-views/{first}"), 2).await;
    shop.boss.post("/customer-views", body("老客")).await.ok();
    // Of many that come at once one is saved.
    let many = futures::future::join_all((0..4).map(|_| shop.boss.post("/customer-views", body("同时")))).await;
    assert_eq!(many.iter().filter(|answer| answer.status == 201).count(), 1);
}

#[actix_web::test]
async fn a_condition_names_the_bare_key_of_a_field() {
    let shop = Shop::new().await;
    let pet = json!({ "key": "pet", "label": "养宠物", "kind": "yes_no" });
    shop.boss.post("/custom-fields", pet).await.ok();
    let kind = |field: &str| {
        let condition = json!({ "field": field, "op": "is", "value": "true" });
        json!({ "label": "什么宠物", "kind": "text", "rules": { "condition": condition } })
    };
    let refused = shop.boss.post("/custom-fields", kind("custom.pet")).await.problem(422, "invalid");
    let error = &refused["errors"][0];
    assert_eq!(error["field"], "rules.condition.field");
    assert_eq!(
        (&error["code"], text(&error["detail"]).as_str()),
        (&json!("condition_key_bare"), "这里只写字段自己的 key，前面不加 custom.")
    );
    shop.boss.post("/custom-fields", kind("pet")).await.ok();
}
