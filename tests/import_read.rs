//! How a table is read that people wrote: places, colleagues who left, a file of errors that was mended.

use crate::harness::{Shop, phone_number, text};
use crate::transfer::{counts, errors, found, import, sent, start};
use serde_json::json;

#[actix_web::test]
async fn a_place_is_read_as_people_write_it_and_what_may_be_several_says_which() {
    let shop = Shop::new().await;
    let file = "姓名,地区\n甲一一,杭州市余杭区\n乙二二,杭州市西湖区\n丙三三,余杭区\n丁四四,西湖区\n戊五五,火星\n";
    let done = import(&shop, &shop.boss, file, json!({})).await;
    assert_eq!(counts(&done), [3, 0, 0, 2], "{done}");
    for (name, region) in [("甲一一", "330110"), ("乙二二", "330106"), ("丙三三", "330110")] {
        assert_eq!(found(&shop.boss, name).await["region"], region, "{name}");
    }
    let wrong = errors(&shop.boss, &done).await;
    assert!(wrong[1][2].contains("地区：这样叫的地方不止一处（浙江省杭州市西湖区、江西省南昌市西湖区）"), "{wrong:?}");
    assert!(wrong[2][2].contains("地区：认不出这个地区"), "{wrong:?}");
}

#[actix_web::test]
async fn a_colleague_whom_nobody_knows_is_told_of_and_loses_no_row() {
    let shop = Shop::new().await;
    let file = "姓名,建档人,跟进记录,跟进人\n沈怡,离职的人,聊过一次,另一位\n";
    let done = import(&shop, &shop.boss, file, json!({})).await;
    assert_eq!((counts(&done), &done["hinted"]), ([1, 0, 0, 0], &json!(1)), "{done}");
    let made = found(&shop.boss, "沈怡").await;
    assert_eq!(made["created_by"], shop.boss.get("/auth/me").await.ok()["staff"]["id"], "{made}");
    let hints = text(&shop.boss.get(&format!("/imports/{}/errors?hints=true", text(&done["id"]))).await.body);
    assert!(hints.contains("建档人：没有这位同事，建档人记为导入人"), "{hints}");
    assert!(hints.contains("跟进人：没有这位同事，这条跟进记在导入人名下"), "{hints}");
}

#[actix_web::test]
async fn a_mended_file_of_errors_has_its_reasons_once() {
    let shop = Shop::new().await;
    let file = format!("姓名,手机\n张三,12345\n李四,{}\n", phone_number());
    let done = import(&shop, &shop.boss, &file, json!({})).await;
    assert_eq!(errors(&shop.boss, &done).await[0], ["姓名", "手机", "失败原因"]);
    let path = |done: &serde_json::Value| format!("/imports/{}/errors", text(&done["id"]));
    // Sent again as it came, of which nothing was mended.
    let again = shop.boss.get(&path(&done)).await.body;
    let detail = sent(&shop.boss, again.as_str().expect("a file").to_owned()).await;
    assert_eq!(detail["columns"], json!([{ "column": 0, "field": "name" }, { "column": 1, "field": "phone" }]));
    let done = start(&shop, &shop.boss, &detail, json!({})).await;
    let wrong = errors(&shop.boss, &done).await;
    assert_eq!(wrong[0], ["姓名", "手机", "失败原因"]);
    assert_eq!((wrong[1].len(), wrong.len()), (3, 2), "{wrong:?}");
    // In whatever language the reasons were.
    let english = import(&shop, &shop.boss, "姓名,手机,Reason\n张三,12345,Wrong number\n", json!({})).await;
    assert_eq!(errors(&shop.boss, &english).await[0], ["姓名", "手机", "失败原因"]);
    // A column of the table's own stays, whatever it is called.
    let mut columns = detail["columns"].as_array().expect("columns").clone();
    columns.push(json!({ "column": 2, "field": "remark" }));
    let detail = sent(&shop.boss, again.as_str().expect("a file").to_owned()).await;
    let done = start(&shop, &shop.boss, &detail, json!({ "columns": columns })).await;
    assert_eq!(errors(&shop.boss, &done).await[0], ["姓名", "手机", "失败原因", "失败原因"]);
}

#[actix_web::test]
async fn of_two_tags_with_one_name_the_group_before_a_colon_tells_which() {
    let shop = Shop::new().await;
    let mut tags = Vec::new();
    for group in ["口味", "喜好"] {
        let group = text(&shop.boss.post("/tag-groups", json!({ "name": group })).await.ok()["id"]);
        let body = json!({ "group_id": group, "name": "绿茶" });
        tags.push(shop.boss.post("/tags", body).await.ok()["id"].clone());
    }
    let file = "姓名,标签\n甲一一,口味：绿茶\n乙二二,喜好:绿茶\n丙三三,绿茶\n丁四四,产地：绿茶\n";
    let done = import(&shop, &shop.boss, file, json!({})).await;
    assert_eq!(counts(&done), [2, 0, 0, 2], "{done}");
    for (name, tag) in ["甲一一", "乙二二"].into_iter().zip(&tags) {
        assert_eq!(found(&shop.boss, name).await["tags"][0]["id"], *tag, "{name}");
    }
    let wrong = errors(&shop.boss, &done).await;
    assert!(wrong[1].last().expect("a reason").contains("请写成“分类名：标签”"), "{wrong:?}");
}
