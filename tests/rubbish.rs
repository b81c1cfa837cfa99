//! Files that are not as they should be: each is told apart with a reason, for the file or for the row, and nothing
//! of a file is imported by half.

use crate::harness::{Shop, phone_number, text};
use crate::transfer::{counts, errors, found, import, send, sent, start};
use serde_json::{Value, json};
use std::io::{Cursor, Write as _};

/// A workbook, from the inside of its sheet.
#[derive(Default)]
struct Book<'b> {
    rows: String,
    /// What stands behind the rows.
    behind: &'b str,
    /// Attributes of the workbook.
    about: &'b str,
    /// The one text that cells share.
    shared: &'b str,
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

impl Book<'_> {
    fn bytes(&self) -> Vec<u8> {
        let part = |kind: &str, at: &str, id: u8| {
            format!("<Relationship Id=\"rId{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{at}\"/>")
        };
        let relations = |all: String| {
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>"
            )
        };
        let sheet =
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{}</sheetData>{}</worksheet>", self.rows, self.behind);
        // Style 1 is a day, style 2 a day with its time.
        let styles = format!(
            "<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"3\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>"
        );
        let book = format!(
            "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><workbookPr {}/><sheets><sheet name=\"客户\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
            self.about
        );
        let texts = format!("<sst xmlns=\"{MAIN}\"><si><t>{}</t></si></sst>", self.shared);
        packed(&[
            ("_rels/.rels", &relations(part("officeDocument", "xl/workbook.xml", 1))),
            ("xl/workbook.xml", &book),
            (
                "xl/_rels/workbook.xml.rels",
                &relations(
                    part("worksheet", "worksheets/sheet1.xml", 1)
                        + &part("styles", "styles.xml", 2)
                        + &part("sharedStrings", "sharedStrings.xml", 3),
                ),
            ),
            ("xl/sharedStrings.xml", &texts),
            ("xl/styles.xml", &styles),
            ("xl/worksheets/sheet1.xml", &sheet),
        ])
    }
}

fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(content.as_bytes()).expect("written");
    }
    zip.finish().expect("an end").into_inner()
}

fn words(cell: &str, said: &str) -> String {
    format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{said}</t></is></c>")
}

fn number(cell: &str, value: &str, style: u8) -> String {
    format!("<c r=\"{cell}\" s=\"{style}\"><v>{value}</v></c>")
}

/// The last cells of a file of what is wrong, by the first.
async fn reasons(shop: &Shop, import: &Value) -> Vec<(String, String)> {
    let id = text(&import["id"]);
    let file = shop.boss.request(reqwest::Method::GET, &format!("/imports/{id}/errors")).send().await;
    let file = file.expect("an answer").bytes().await.expect("a file").to_vec();
    let again = sent(&shop.boss, file).await;
    let rows = again["preview"].as_array().expect("rows").iter().map(|row| {
        let cells = row["cells"].as_array().expect("cells");
        (text(&cells[0]), text(cells.last().expect("a reason")))
    });
    rows.collect()
}

#[actix_web::test]
async fn cells_that_say_nothing_are_named_and_the_other_rows_come_in() {
    let shop = Shop::new().await;
    let phones: Vec<String> = (0..8).map(|_| phone_number()).collect();
    let row =
        |at: usize, name: &str, cells: &str| format!("<row r=\"{at}\">{}{cells}</row>", words(&format!("A{at}"), name));
    let heads = words("B1", "手机") + &words("C1", "公司") + &words("D1", "生日") + &words("E1", "建档时间");
    let error = |cell: &str, said: &str| format!("<c r=\"{cell}\" t=\"e\"><v>{said}</v></c>");
    let rows = [
        row(1, "姓名", &heads),
        row(2, "整数", &number("B2", &phones[0], 0)),
        row(3, "小数", &number("B3", &format!("{}.0", phones[1]), 0)),
        row(4, "引用", &(number("B4", &phones[2], 0) + &error("C4", "#REF!"))),
        row(5, "查不到", &error("B5", "#N/A")),
        // A formula stands for what it last came to.
        row(6, "公式", &(number("B6", &phones[3], 0) + "<c r=\"C6\" t=\"str\"><f>CONCAT(A1,B1)</f><v>山月</v></c>")),
        row(7, "科学", &number("B7", "1.38E+10", 0)),
        row(8, "科学文字", &words("B8", "1.38E+10")),
        row(9, "掉了零", &number("B9", "57188886666", 0)),
        row(10, "太长", &number("B10", "110101199003071234", 0)),
        row(
            11,
            "日期格",
            &(number("B11", &phones[4], 0) + &number("D11", "32932", 1) + &number("E11", "45413.3541666667", 2)),
        ),
        row(
            12,
            "日期数",
            &(number("B12", &phones[5], 0) + &number("D12", "32932", 0) + &number("E12", "45413.3541666667", 0)),
        ),
        row(13, "合并上", &(number("B13", &phones[6], 0) + &words("C13", "合并公司"))),
        row(14, "合并下", &number("B14", &phones[7], 0)),
        // Some programs leave counting to Excel: an empty phone would be nobody's fault.
        row(15, "没算", "<c r=\"B15\"><f>B6</f></c>"),
        row(16, "没算完", "<c r=\"B16\"><f>B6</f><v></v></c>"),
    ];
    let book = Book {
        rows: rows.concat(),
        behind: "<mergeCells count=\"1\"><mergeCell ref=\"C13:C14\"/></mergeCells>",
        ..Book::default()
    };
    let detail = sent(&shop.boss, book.bytes()).await;
    assert_eq!((&detail["rows"], &detail["format"]), (&json!(15), &json!("xlsx")));
    let done = start(&shop, &shop.boss, &detail, json!({})).await;
    assert_eq!(counts(&done), [6, 0, 0, 9], "{done}");
    let told = reasons(&shop, &done).await;
    let wanted = [
        ("引用", "公司：公式的结果是错误值"),
        ("查不到", "手机：公式的结果是错误值"),
        ("科学", "手机：号码变成了科学计数"),
        ("科学文字", "手机：号码变成了科学计数"),
        ("掉了零", "手机：号码开头的 0 丢失了"),
        ("太长", "手机：号码变成了科学计数"),
        ("合并下", "公司：在合并的单元格里"),
        ("没算", "手机：文件里没有公式的结果"),
        ("没算完", "手机：文件里没有公式的结果"),
    ];
    assert_eq!(told.len(), wanted.len(), "{told:?}");
    for ((name, said), (who, why)) in told.iter().zip(wanted) {
        assert!(name == who && said.starts_with(why), "{name}: {said}");
    }
    for (phone, name) in [(0, "整数"), (1, "小数"), (3, "公式"), (4, "日期格"), (5, "日期数"), (6, "合并上")]
    {
        let made = found(&shop.boss, &phones[phone]).await;
        assert_eq!(made["name"], name);
        if name.starts_with("日期") {
            assert_eq!(
                (&made["birthday"], &made["created_at"]),
                (&json!("1990-02-28"), &json!("2024-05-01T00:30:00Z")),
                "{name}"
            );
        }
    }
    assert_eq!(found(&shop.boss, &phones[3]).await["company"], "山月");
    let english = shop.boss.request(reqwest::Method::GET, &format!("/imports/{}/errors", text(&done["id"])));
    let lang = [(reqwest::header::ACCEPT_LANGUAGE, "en".parse().expect("a language"))].into_iter().collect();
    let file = english.headers(lang).send().await.expect("an answer").bytes().await.expect("a file").to_vec();
    let again = sent(&shop.boss, file).await;
    assert_eq!(again["preview"][0]["cells"][5], "公司: The formula came to an error");
}

#[actix_web::test]
async fn days_are_counted_from_1904_where_the_workbook_says_so() {
    let shop = Shop::new().await;
    let (typed, bare) = (phone_number(), phone_number());
    let rows = format!(
        "<row r=\"1\">{}{}{}</row><row r=\"2\">{}{}{}</row><row r=\"3\">{}{}{}</row>",
        words("A1", "姓名"),
        words("B1", "手机"),
        words("C1", "生日"),
        words("A2", "日期格"),
        number("B2", &typed, 0),
        number("C2", "31470", 1),
        words("A3", "日期数"),
        number("B3", &bare, 0),
        number("C3", "31470", 0),
    );
    let book = Book { rows, about: "date1904=\"1\"", ..Book::default() };
    let detail = sent(&shop.boss, book.bytes()).await;
    let done = start(&shop, &shop.boss, &detail, json!({})).await;
    assert_eq!(counts(&done), [2, 0, 0, 0], "{done}");
    for phone in [typed, bare] {
        assert_eq!(found(&shop.boss, &phone).await["birthday"], "1990-02-28");
    }
}

#[actix_web::test]
async fn what_unfolds_to_too_much_is_counted_and_never_held() {
    const LIMIT: usize = 1_100_000;
    let shop = Shop::with(|config| config.http.upload_limit = LIMIT).await;
    let empty = "<row r=\"1\"></row>".repeat(12 * 1024 * 1024 / 18);
    let mut bomb = Book { rows: empty, ..Book::default() }.bytes();
    assert!(bomb.len() < LIMIT / 5, "a small file: {}", bomb.len());
    let told = |answer: &crate::harness::Answer| {
        assert_eq!(answer.status, 422, "{}", answer.body);
        let error = answer.body["errors"][0].clone();
        (text(&error["field"]), text(&error["code"]), error["params"].clone(), text(&error["detail"]))
    };
    let wanted = |answer| {
        let (field, code, params, detail) = told(&answer);
        assert_eq!((field.as_str(), code.as_str(), params), ("file", "archive_too_large", json!({ "max": 10 })));
        assert_eq!(detail, "文件解压后超过 10 MB，没有继续读");
    };
    wanted(send(&shop.boss, bomb.clone()).await);
    // One that says it unfolds to a hundred bytes is caught where these end.
    let list = bomb.windows(4).rposition(|part| part == b"PK\x01\x02").expect("a list");
    bomb[list + 24..list + 28].copy_from_slice(&100_u32.to_le_bytes());
    let (_, code, _, _) = told(&send(&shop.boss, bomb).await);
    assert_eq!(code, "file_broken");
    // One cell that is as long as a book is not held either.
    let long = words("A2", &"长".repeat(360_000));
    let book = Book {
        rows: format!("<row r=\"1\">{}</row><row r=\"2\">{long}</row>", words("A1", "姓名")),
        ..Book::default()
    };
    let (_, code, params, _) = told(&send(&shop.boss, book.bytes()).await);
    assert_eq!((code.as_str(), params), ("cell_too_long", json!({ "max": 1 })));
    // A row of many megabytes, with and without quotes.
    for line in ["x".repeat(1_060_000), format!("\"{}", "x\n".repeat(530_000))] {
        let (_, code, _, _) = told(&send(&shop.boss, format!("姓名\n{line}")).await);
        assert_eq!(code, "line_too_long");
    }
    assert_eq!(shop.boss.get("/imports").await.ok()["items"], json!([]));
}

#[actix_web::test]
async fn a_file_of_another_kind_or_of_three_hundred_columns_is_refused_whole() {
    let shop = Shop::new().await;
    let wide =
        |at: usize| (0..300).map(|_| format!("<c t=\"inlineStr\"><is><t>列{at}</t></is></c>")).collect::<String>();
    let wide =
        Book { rows: format!("<row r=\"1\">{}</row><row r=\"2\">{}</row>", wide(1), wide(2)), ..Book::default() };
    let many = (2..1_103).map(|row| format!("<mergeCell ref=\"A{row}:B{row}\"/>")).collect::<String>();
    let many = format!("<mergeCells>{many}</mergeCells>");
    let rows = format!("<row r=\"1\">{}</row><row r=\"2\">{}</row>", words("A1", "姓名"), words("A2", "张三"));
    let merged = Book { rows, behind: &many, ..Book::default() };
    let whole = merged.bytes();
    for (file, said) in [
        (wide.bytes(), "columns_too_many"),
        (merged.bytes(), "merged_too_many"),
        // Half of it arrived.
        (whole[..whole.len() / 2].to_vec(), "file_broken"),
        // Other things that are packed, the Excel of before 2007, pictures, pages of the web.
        (packed(&[("word/document.xml", "<w:document/>"), ("[Content_Types].xml", "<Types/>")]), "file_kind_unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0".to_vec(), "file_kind_unknown"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "file_kind_unknown"),
        ("\u{feff}<html><table><tr><td>姓名</td></tr></table></html>".into(), "file_kind_unknown"),
        ("<?xml version=\"1.0\"?>\n<Workbook/>\n".into(), "file_kind_unknown"),
    ] {
        assert_eq!(send(&shop.boss, file).await.violations(), [format!("file: {said}")]);
    }
    assert_eq!(shop.boss.get("/imports").await.ok()["items"], json!([]));
}

#[actix_web::test]
async fn a_file_in_gbk_or_with_strange_rows_comes_in_as_far_as_it_can_be_read() {
    let shop = Shop::new().await;
    let phone = phone_number();
    // 张三 in GBK.
    let name: &[u8] = &[0xd5, 0xc5, 0xc8, 0xfd];
    let head: &[u8] = &[0xd0, 0xd5, 0xc3, 0xfb, b',', 0xca, 0xd6, 0xbb, 0xfa, b'\n'];
    let file = [head, name, b",", phone.as_bytes(), b"\n"].concat();
    let detail = sent(&shop.boss, file).await;
    assert_eq!((&detail["headers"], &detail["preview"][0]["cells"][0]), (&json!(["姓名", "手机"]), &json!("张三")));
    let done = start(&shop, &shop.boss, &detail, json!({})).await;
    assert_eq!(counts(&done), [1, 0, 0, 0]);
    // Too few cells, too many, and one that is no text at all.
    let file = format!("姓名,手机,生日\n李四\n王五,{},1990-02-28,多的,更多\n赵\u{1}六,,\n", phone_number());
    let done = import(&shop, &shop.boss, &file, json!({})).await;
    assert_eq!(counts(&done), [2, 0, 0, 1], "{done}");
    assert!(errors(&shop.boss, &done).await[1][3].starts_with("姓名："));
}

#[actix_web::test]
async fn days_that_nobody_can_have_are_refused_at_their_cells() {
    let shop = Shop::new().await;
    let file = "姓名,生日,纪念日\n\
                张三,2100-01-01,\n\
                李四,1990-02-28,生日：农历2023年闰正月初一\n\
                王五,1990-02-28,结婚：2023-02-29\n\
                赵六,1990-02-28,结婚：2024-02-29\n";
    let done = import(&shop, &shop.boss, file, json!({})).await;
    assert_eq!(counts(&done), [1, 0, 0, 3]);
    let wrong = errors(&shop.boss, &done).await;
    for (row, said) in [(1, "生日：生日不能晚于今天"), (2, "纪念日：农历没有这个闰月"), (3, "纪念日：日期不正确")]
    {
        assert!(wrong[row][3].contains(said), "{said}: {wrong:?}");
    }
}

#[actix_web::test]
async fn digits_that_are_written_out_are_a_phone_however_round_and_only_numbers_have_lost_some() {
    let shop = Shop::new().await;
    shop.boss.post("/custom-fields", json!({ "key": "other", "label": "备用电话", "kind": "phone" })).await.ok();
    let row = |at: usize, name: &str, phone: &str, other: &str| {
        format!("<row r=\"{at}\">{}{phone}{other}</row>", words(&format!("A{at}"), name))
    };
    let text_cell = |cell: &str, said: &str| format!("<c r=\"{cell}\" t=\"str\"><v>{said}</v></c>");
    let shared = |cell: &str, at: usize| format!("<c r=\"{cell}\" t=\"s\"><v>{at}</v></c>");
    let rows = [
        row(1, "姓名", &words("B1", "手机"), &words("C1", "备用电话")),
        row(2, "文字", &words("B2", "18200000000"), &words("C2", "18300000000")),
        row(3, "公式文字", &text_cell("B3", "18400000000"), ""),
        row(4, "共用文字", &shared("B4", 0), ""),
        row(5, "数字", &number("B5", "18600000000", 0), ""),
        row(6, "数字备用", &words("B6", &phone_number()), &number("C6", "18600000000", 0)),
        row(7, "科学文字", &words("B7", "1.82E+10"), ""),
    ];
    let book = Book { rows: rows.concat(), shared: "18700000000", ..Book::default() };
    let detail = sent(&shop.boss, book.bytes()).await;
    let done = start(&shop, &shop.boss, &detail, json!({})).await;
    assert_eq!(counts(&done), [3, 0, 0, 3], "{done} {:?}", reasons(&shop, &done).await);
    let lost = reasons(&shop, &done).await;
    let wanted = [("数字", "手机"), ("数字备用", "备用电话"), ("科学文字", "手机")];
    for ((name, said), (who, column)) in lost.iter().zip(wanted) {
        assert!(name == who && said.starts_with(&format!("{column}：号码变成了科学计数")), "{name}: {said}");
    }
    // CSV has no types: what is written out is taken, what is in scientific notation has lost its end.
    let done = import(&shop, &shop.boss, "姓名,手机\n整,18500000000\n丢,1.85E+10\n", json!({})).await;
    assert_eq!(counts(&done), [1, 0, 0, 1], "{done}");
    for (name, phone) in
        [("文字", "18200000000"), ("公式文字", "18400000000"), ("共用文字", "18700000000"), ("整", "18500000000")]
    {
        assert_eq!(found(&shop.boss, phone).await["name"], name);
    }
}
