//! E-mails have a field rule of their own beside that of phones: whoever is shown the one learns nothing of the
//! other, whichever way they take.

use crate::harness::{Answer, Client, Shop, phone_number, text};
use crate::merge::{made, merge, undo};
use crate::rights::hire;
use crate::transfer::{counts, errors, import};
use domain::permission::FieldRule;
use reqwest::Method;
use serde_json::{Value, json};

const PERMISSIONS: [&str; 11] = [
    "customers.read",
    "customers.write",
    "customers.reveal",
    "customers.merge",
    "customers.import",
    "customers.export",
    "interactions.read",
    "orders.read",
    "opportunities.read",
    "offers.read",
    "staff.read",
];

fn rights(fields: &Value) -> Value {
    json!({
        "permissions": PERMISSIONS, "pool": false, "fields": fields,
        "reach": { "customers": "all", "interactions": "all", "tasks": "all", "orders": "all" },
    })
}

/// Somebody with a role of these field rules, who has just proved again who they are.
async fn clerk(shop: &Shop, phones: FieldRule, emails: FieldRule) -> Client {
    let fields = json!({ "phones": phones, "emails": emails, "amounts": "show" });
    let role = json!({ "name": format!("{phones}, {emails}"), "rights": rights(&fields) });
    let role = text(&shop.boss.post("/roles", role).await.ok()["id"]);
    let (client, _) = hire(shop, "custom", Some(&role)).await;
    shop.step_up(&client).await
}

/// A customer with everything that a field rule is about.
struct Held {
    id: String,
    number: String,
    email: String,
}

impl Held {
    async fn of(shop: &Shop, name: &str) -> Self {
        let number = phone_number();
        let email = format!("m{}@example.com", &number[3..]);
        let id = made(
            &shop.boss,
            json!({
                "name": name, "phones": [{ "number": number }], "emails": [{ "email": email }],
                "wechat_ids": [{ "account": format!("wx{number}") }], "address": "龙井路1号",
            }),
        );
        Self { id: id.await, number, email }
    }

    fn path(&self) -> String {
        format!("/customers/{}", self.id)
    }

    async fn version(&self, client: &Client) -> i64 {
        client.get(&self.path()).await.ok()["version"].as_i64().expect("a version")
    }
}

/// The list or the count under a filter of one test on e-mails.
async fn asked(client: &Client, what: &str, op: &str, values: &[&str]) -> Answer {
    let filter = json!({ "all": [{ "any": [{ "field": "email", "op": op, "values": values }] }] });
    client.get(&format!("{what}?filter={filter}")).await
}

/// What is written of customers, as a table.
async fn exported(shop: &Shop, client: &Client, held: &Held) -> Vec<String> {
    let columns = ["name", "phone", "email", "wechat", "address"];
    let body = json!({ "selection": { "ids": [held.id] }, "format": "csv", "columns": columns });
    let id = text(&client.post("/exports", body).await.ok()["id"]);
    shop.run_jobs().await;
    let path = text(&client.post(&format!("/exports/{id}/link"), json!({})).await.ok()["path"]);
    let file = shop.nobody.request(Method::GET, &format!("/{path}")).send().await.expect("an answer");
    let file = file.text().await.expect("a text");
    file.lines().nth(1).expect("a row").split(',').map(str::to_owned).collect()
}

fn told(answer: Answer, opens: bool) -> Option<Value> {
    if opens {
        return Some(answer.ok());
    }
    answer.problem(403, "field_masked");
    None
}

fn written(answer: Answer, rule: FieldRule, field: &str) {
    if rule == FieldRule::Show {
        assert!(answer.status < 300, "{}", answer.body);
    } else {
        assert_eq!(answer.violations(), [format!("{field}: field_read_only")]);
    }
}

/// Whether somebody with these rules is shown what they say and nothing else.
async fn sees(client: &Client, held: &Held, phones: FieldRule, emails: FieldRule) {
    let row = client.get(&held.path()).await.ok();
    let hidden = [phones == FieldRule::Hide, emails == FieldRule::Hide, phones == FieldRule::Hide];
    let empty = ["phones", "emails", "wechat_ids"].map(|list| row[list].as_array().expect("a list").is_empty());
    assert_eq!(empty, hidden, "{row}");
    assert_eq!((row["phone_masked"].is_null(), row["address"].is_null()), (hidden[0], !phones.opens()), "{row}");
    for secret in [&held.number, &held.email] {
        assert!(!row.to_string().contains(secret), "{row}");
    }
    let reveal = async |what: &str| client.post(&format!("{}/{what}/0/reveal", held.path()), json!({})).await;
    if let Some(shown) = told(reveal("phones").await, phones.opens()) {
        assert_eq!(shown["dial"], held.number);
    }
    if let Some(shown) = told(reveal("emails").await, emails.opens()) {
        assert_eq!(shown["text"], held.email);
    }
    told(reveal("wechat-ids").await, phones.opens());
    // A whole record is for whoever sees all of it.
    let whole = client.get(&format!("{}/export", held.path())).await;
    if let Some(record) = told(whole, phones.opens() && emails.opens()) {
        assert_eq!(record["emails"], json!([held.email]));
    }
}

/// Whether they find by an e-mail what they may know of it.
async fn finds(client: &Client, held: &Held, emails: FieldRule) {
    for (op, values, may) in [
        ("set", &[][..], emails != FieldRule::Hide),
        ("any_of", &[held.email.as_str()][..], emails.opens()),
        ("any_of", &["nobody@example.com"][..], emails.opens()),
    ] {
        let (list, count) =
            (asked(client, "/customers", op, values).await, asked(client, "/customers/count", op, values).await);
        if !may {
            let said = if emails == FieldRule::Hide { "field: filter_field_unknown" } else { "op: filter_op_unfit" };
            for answer in [list, count] {
                assert_eq!(answer.violations(), [format!("filter.all.0.any.0.{said}")], "{op}");
            }
            continue;
        }
        let list = list.ok();
        let here = list["items"].as_array().expect("items").iter().any(|row| row["id"] == held.id.as_str());
        assert_eq!(here, !values.contains(&"nobody@example.com"), "{op} {values:?}");
        assert_eq!(count.ok()["count"].as_u64().is_some_and(|count| count > 0), here, "{op} {values:?}");
    }
    // An action and an export ask no farther than the list, and keep no address.
    let hidden = emails == FieldRule::Hide;
    for (op, values, status) in
        [("set", json!([]), if hidden { 422 } else { 201 }), ("any_of", json!([held.email]), 422)]
    {
        let filter = json!({ "all": [{ "any": [{ "field": "email", "op": op, "values": values }] }] });
        let selection = json!({ "filter": filter });
        let answers = [
            client.post("/customers/bulk", json!({ "selection": selection, "type": "potential" })).await,
            client.post("/exports", json!({ "selection": selection, "format": "csv" })).await,
        ];
        for answer in answers {
            assert_eq!(answer.status, status, "{op} {}", answer.body);
        }
    }
}

/// Whether they write down and change what they may.
async fn writes(client: &Client, held: &Held, phones: FieldRule, emails: FieldRule) {
    for (field, rule, body) in [
        ("emails", emails, json!([{ "email": held.email, "label": "工作" }])),
        ("phones", phones, json!([{ "number": held.number, "label": "手机" }])),
        ("wechat_ids", phones, json!([{ "account": "wx-new" }])),
        ("address", phones, json!("龙井路2号")),
    ] {
        let version = held.version(client).await;
        written(client.patch(&held.path(), version, json!({ field: body })).await, rule, field);
        // A new one has a number of their own.
        let new = if field == "phones" { json!([{ "number": phone_number() }]) } else { body };
        written(client.post("/customers", json!({ "name": "新来的", field: new })).await, rule, field);
    }
}

/// Whether a table brings in and changes what they may, and says why not, row by row.
async fn imports(shop: &Shop, client: &Client, held: &Held, phones: FieldRule, emails: FieldRule) {
    let refused = "你的角色不能填写这一项";
    let (mail, number) = (format!("n{}", held.email), phone_number());
    let file = format!("姓名,手机,邮箱\n有邮箱,,{mail}\n有电话,{number},\n什么也没有,,\n");
    let done = import(shop, client, &file, json!({})).await;
    let wrong = i64::from(emails != FieldRule::Show) + i64::from(phones != FieldRule::Show);
    assert_eq!(counts(&done), [3 - wrong, 0, 0, wrong], "{done}");
    let said: Vec<String> = if wrong == 0 { Vec::new() } else { errors(client, &done).await.concat() };
    assert_eq!(said.contains(&format!("邮箱：{refused}")), emails != FieldRule::Show, "{said:?}");
    assert_eq!(said.contains(&format!("手机：{refused}")), phones != FieldRule::Show, "{said:?}");
    // Who is known by their number as the business keeps it is changed only where one may.
    let file = format!("客户编号,姓名,邮箱\n{},改了名,{mail}\n", held.id);
    let done = import(shop, client, &file, json!({ "mode": "update", "key": "id" })).await;
    let shown = emails == FieldRule::Show;
    assert_eq!(counts(&done), if shown { [0, 1, 0, 0] } else { [0, 0, 0, 1] }, "{done}");
    let row = shop.boss.get(&held.path()).await.ok();
    assert_eq!(row["emails"].as_array().map(Vec::len), Some(if shown { 2 } else { 1 }), "{row}");
}

/// Whether they choose between two records where they may; without a choice nothing is lost of what they do not see.
async fn merges(shop: &Shop, client: &Client, held: &Held, phones: FieldRule, emails: FieldRule) {
    let other = Held::of(shop, "同一位").await;
    for (field, rule) in [("emails", emails), ("phones", phones), ("wechat_ids", phones), ("address", phones)] {
        if rule == FieldRule::Show {
            continue;
        }
        let versions = json!({ "this": held.version(client).await, "other": other.version(client).await });
        let body = json!({ "other_id": other.id, "fields": { field: "other" }, "versions": versions });
        let answer = client.post(&format!("{}/merge", held.path()), body).await;
        assert_eq!(answer.violations(), [format!("fields.{field}: field_read_only")]);
    }
    let mut fields = json!({});
    for (field, rule) in [("emails", emails), ("phones", phones)] {
        if rule == FieldRule::Show {
            fields[field] = json!("other");
        }
    }
    let (before, theirs) = (shop.boss.get(&held.path()).await.ok(), shop.boss.get(&other.path()).await.ok());
    let done = merge(client, &held.id, &other.id, fields).await;
    let after = shop.boss.get(&held.path()).await.ok();
    for (list, rule) in [("emails", emails), ("phones", phones)] {
        let of = |row: &Value| row[list].as_array().expect("a list").clone();
        let (mine, more) = (of(&before), of(&theirs));
        let both = if rule == FieldRule::Show { [more, mine] } else { [mine, more] };
        assert_eq!(json!(both.concat()), after[list], "{list}");
    }
    // What somebody changed since is named, but for what whoever undoes it does not see.
    let version = held.version(&shop.boss).await;
    shop.boss.patch(&held.path(), version, json!({ "emails": [], "phones": [] })).await.ok();
    let kept = undo(client, &done).await;
    let expected: Vec<&str> = [("emails", emails), ("phones", phones)]
        .into_iter()
        .filter(|(_, rule)| *rule != FieldRule::Hide)
        .map(|(field, _)| field)
        .collect();
    assert_eq!(kept["kept_fields"], json!(expected));
    let all = shop.boss.get("/merges").await.ok();
    assert_eq!(all["items"][0]["kept_fields"], json!(["emails", "phones"]));
}

/// Both rules on every way, of somebody to whom one of the two is open.
async fn on_every_way(shop: &Shop, phones: FieldRule, emails: FieldRule) {
    let client = clerk(shop, phones, emails).await;
    let held = Held::of(shop, "沈怡").await;
    sees(&client, &held, phones, emails).await;
    finds(&client, &held, emails).await;
    let line = exported(shop, &client, &held).await;
    let cell = |rule: FieldRule, whole: &str, masked: &str| match rule {
        FieldRule::Show | FieldRule::ReadOnly => whole.to_owned(),
        FieldRule::Mask => masked.to_owned(),
        FieldRule::Hide => String::new(),
    };
    let masked = format!("{}****{}", &held.number[..3], &held.number[7..]);
    assert_eq!(line[1], cell(phones, &held.number, &masked));
    assert_eq!(line[2], cell(emails, &held.email, "m***@example.com"));
    assert_eq!(line[3], cell(phones, &format!("wx{}", held.number), "w***"));
    assert_eq!(line[4], cell(phones, "龙井路1号", ""));
    writes(&client, &held, phones, emails).await;
    imports(shop, &client, &held, phones, emails).await;
    merges(shop, &client, &Held::of(shop, "沈怡").await, phones, emails).await;
}

#[actix_web::test]
async fn whoever_sees_phones_learns_nothing_of_emails_that_their_role_closes() {
    let shop = Shop::new().await;
    for emails in [FieldRule::Hide, FieldRule::Mask, FieldRule::ReadOnly] {
        on_every_way(&shop, FieldRule::Show, emails).await;
    }
}

#[actix_web::test]
async fn whoever_sees_emails_works_with_them_and_learns_nothing_of_phones_that_their_role_closes() {
    let shop = Shop::new().await;
    for phones in [FieldRule::Hide, FieldRule::Mask, FieldRule::ReadOnly] {
        on_every_way(&shop, phones, FieldRule::Show).await;
    }
}

#[actix_web::test]
async fn a_role_that_says_nothing_of_emails_shows_them_as_it_shows_phones() {
    let shop = Shop::new().await;
    let held = Held::of(&shop, "沈怡").await;
    let body = |fields: Value| json!({ "name": format!("角色{}", fields["phones"]), "rights": rights(&fields) });
    for phones in [FieldRule::Show, FieldRule::ReadOnly, FieldRule::Mask, FieldRule::Hide] {
        let fields = json!({ "phones": phones, "amounts": "show" });
        let role = shop.boss.post("/roles", body(fields.clone())).await.ok();
        // Every answer says it, and a client that sends it back changes nothing.
        assert_eq!(role["rights"]["fields"]["emails"], json!(phones), "{role}");
        let (client, _) = hire(&shop, "custom", role["id"].as_str()).await;
        let client = shop.step_up(&client).await;
        assert_eq!(client.get("/auth/me").await.ok()["staff"]["rights"], role["rights"]);
        sees(&client, &held, phones, phones).await;
        finds(&client, &held, phones).await;
        let path = format!("/roles/{}", text(&role["id"]));
        let again = shop.boss.patch(&path, 1, json!({ "rights": role["rights"] })).await.ok();
        assert_eq!(again["rights"], role["rights"]);
        // In the table it is what it was before there was a rule of e-mails: an older server reads it.
        let recorded = shop.boss.get(&format!("/audit?resource_id={}&action=create", text(&role["id"]))).await.ok();
        let kept = recorded["items"][0]["fields"].as_array().expect("fields").iter();
        let kept = kept.clone().find(|field| field["name"] == "rights").expect("the rights")["new"].clone();
        let kept: Value = serde_json::from_str(kept.as_str().expect("a text")).expect("rights");
        assert_eq!(kept["fields"], fields);
        // Leaving it out of a change is saying the same as of phones.
        let apart = json!({ "phones": "show", "emails": "hide", "amounts": "show" });
        let apart = shop.boss.patch(&path, 2, json!({ "rights": rights(&apart) })).await.ok();
        assert_eq!(apart["rights"]["fields"]["emails"], "hide");
        let back = shop.boss.patch(&path, 3, json!({ "rights": rights(&fields) })).await.ok();
        assert_eq!(back["rights"]["fields"]["emails"], json!(phones));
    }
    let wrong = json!({ "phones": "show", "emails": "sometimes", "amounts": "show" });
    let answer = shop.boss.post("/roles", body(wrong)).await;
    assert_eq!(answer.violations(), ["rights.fields.emails: enum_invalid"]);
    for row in shop.boss.get("/roles").await.ok()["items"].as_array().expect("roles").iter().take(5) {
        assert_eq!(row["rights"]["fields"]["emails"], row["rights"]["fields"]["phones"], "{row}");
    }
}

#[actix_web::test]
async fn nobody_opens_emails_to_others_that_are_closed_to_themselves() {
    let shop = Shop::new().await;
    let mut own = rights(&json!({ "phones": "show", "emails": "mask", "amounts": "show" }));
    own["permissions"].as_array_mut().expect("a list").push(json!("roles.write"));
    let role = shop.boss.post("/roles", json!({ "name": "管角色的", "rights": own })).await.ok();
    let (client, _) = hire(&shop, "custom", role["id"].as_str()).await;
    let client = shop.step_up(&client).await;
    for emails in [json!("show"), json!("read_only"), Value::Null] {
        let fields = json!({ "phones": "show", "emails": emails, "amounts": "show" });
        let answer = client.post("/roles", json!({ "name": "新角色", "rights": rights(&fields) })).await;
        assert_eq!(answer.violations(), ["rights.fields.emails: rights_beyond_own"]);
    }
    let fields = json!({ "phones": "mask", "amounts": "show" });
    client.post("/roles", json!({ "name": "新角色", "rights": rights(&fields) })).await.ok();
}
