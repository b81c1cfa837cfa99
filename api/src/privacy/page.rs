//! Records as a page that can be read, kept and printed: one file, nothing fetched, nothing run.

use super::record::{KeptRecord, Reader, RequestView};
use crate::clock::CHINA;
use crate::customers::transfer::{spoken_dates, word};
use crate::offers::Promise;
use crate::scope::Amount;
use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use domain::money;
use domain::offers::OfferKind;
use domain::opportunities::{OpportunityState, Stage};
use domain::orders::OrderStatus;
use domain::pools::PoolMoveKind;
use domain::privacy::{RequestKind, RequestState};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt::Write as _;
use utoipa::{IntoParams, ToSchema};

/// What the law obliges a business to keep, what is in the export and what is not, and who answers for it: part of
/// every export.
pub(super) fn notes(reader: Reader) -> Vec<String> {
    let within = match reader {
        Reader::Person => {
            "员工填写的备注、需求、本店字段、标签与跟进内容，以及完整的号码、地址和订单明细，不在自助导出之内：手机号只能证明号码，\
             不能证明身份。需要查阅请书面联系商家，由商家核实身份后提供。"
        }
        Reader::Business => {
            "本副本由商家核实身份后提供，员工填写的备注、标签与跟进内容都在其中；附件只列出文件名，可另向商家索取。"
        }
    };
    let notes = [
        "删除后，依法须保存的订单（单号、商品、金额、时间）会去除姓名、电话与地址后继续保存；其他内容不可恢复。",
        within,
        "每家商家是其客户资料的处理者；本平台受商家委托保存。",
    ];
    notes.map(str::to_owned).to_vec()
}

/// JSON for programs, HTML for people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// For programs.
    #[default]
    Json,
    /// For people.
    Html,
}

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FormatQuery {
    /// `json` (when absent) or `html`.
    #[serde(default)]
    #[param(inline)]
    pub format: Format,
}

/// The answer in the form that was asked for.
pub(super) fn answer(
    format: Format,
    all: &impl Serialize,
    records: &[KeptRecord],
    reader: Reader,
    at: DateTime<Utc>,
) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.insert_header(("cache-control", "no-store"));
    match format {
        Format::Json => answer.json(all),
        Format::Html => answer.content_type("text/html; charset=utf-8").body(html(records, reader, at)),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn day(at: DateTime<Utc>) -> String {
    at.with_timezone(&CHINA).format("%Y-%m-%d %H:%M").to_string()
}

fn line(page: &mut String, label: &str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        let _ = write!(page, "<tr><th>{label}</th><td>{}</td></tr>", escaped(value));
    }
}

fn table(page: &mut String, title: &str, heads: &[&str], rows: Vec<Vec<String>>) {
    if rows.is_empty() {
        return;
    }
    let _ = write!(page, "<h3>{title}</h3><div><table><tr>");
    for head in heads {
        let _ = write!(page, "<th>{head}</th>");
    }
    page.push_str("</tr>");
    for row in rows {
        page.push_str("<tr>");
        for cell in row {
            let _ = write!(page, "<td>{}</td>", escaped(&cell));
        }
        page.push_str("</tr>");
    }
    page.push_str("</table></div>");
}

/// `¥1,012.80`; nothing for whoever sees no amounts.
fn yuan(amount: Amount) -> String {
    let fen = serde_json::to_value(amount).ok().as_ref().and_then(Value::as_i64);
    fen.map(money::display).unwrap_or_default()
}

fn moved(kind: PoolMoveKind) -> &'static str {
    match kind {
        PoolMoveKind::Released => "退回公海",
        PoolMoveKind::Recycled => "回收到公海",
        PoolMoveKind::Claimed => "从公海领取",
        PoolMoveKind::Assigned => "从公海分配",
        PoolMoveKind::Moved => "换了公海",
        PoolMoveKind::Undone => "撤销",
    }
}

fn come_to(stage: Stage) -> &'static str {
    match stage {
        Stage::Contact => "初步接触",
        Stage::Needs => "确认需求",
        Stage::Quote => "方案报价",
        Stage::Negotiation => "商务谈判",
    }
}

/// 满 100.00 减 20.00.
fn gives(promise: &Promise) -> String {
    let least = promise.min_spend_fen.map(|fen| format!("满 {} ", money::display(fen))).unwrap_or_default();
    match promise.kind {
        OfferKind::AmountOff => {
            format!("{least}减 {}", promise.amount_fen.map(money::display).unwrap_or_default())
        }
        OfferKind::PercentOff => format!("{least}付原价的 {}%", promise.percent.unwrap_or(100)),
        OfferKind::Gift => format!("{least}送 {}", promise.gift.clone().unwrap_or_default()),
    }
}

fn stands(state: OpportunityState) -> &'static str {
    match state {
        OpportunityState::Open => "进行中",
        OpportunityState::Won => "赢单",
        OpportunityState::Lost => "输单",
    }
}

fn standing(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Placed => "已下单",
        OrderStatus::Processing => "处理中",
        OrderStatus::Shipped => "已发货",
        OrderStatus::Delivered => "已签收",
        OrderStatus::Completed => "已完成",
        OrderStatus::Cancelled => "已取消",
    }
}

/// A request of the person, as a row.
fn asked(request: &RequestView) -> Vec<String> {
    let kind = match request.kind {
        RequestKind::Correct => "更正",
        RequestKind::Delete => "删除",
    };
    let state = match request.state {
        RequestState::Waiting => "待答复",
        RequestState::Done => "已完成",
        RequestState::Refused => "已拒绝",
    };
    let [text, answer] = [&request.text, &request.answer].map(|words| words.clone().unwrap_or_default());
    vec![day(request.created_at), kind.to_owned(), state.to_owned(), text, answer]
}

/// The value of a field of the business's own.
fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(in_words).collect::<Vec<_>>().join("、"),
        Value::Bool(yes) => if *yes { "是" } else { "否" }.to_owned(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// What was bought and where it went, in an export for a letter.
fn deliveries(page: &mut String, record: &KeptRecord) {
    let (mut lines, mut places) = (Vec::new(), Vec::new());
    for (number, delivery) in record.orders.iter().filter_map(|order| Some((&order.number, order.delivery.as_ref()?))) {
        lines.extend(delivery.lines.iter().map(|line| {
            let (each, all) = (yuan(line.unit_price_fen), yuan(line.total_fen));
            vec![number.clone(), line.name.clone(), line.quantity.to_string(), each, all]
        }));
        let parcels = delivery.shipments.iter().map(|parcel| format!("{} {}", parcel.carrier, parcel.tracking_number));
        let parcels: Vec<String> = parcels.collect();
        let (receiver, phone, address) = (&delivery.receiver, &delivery.phone, &delivery.address);
        places.push(vec![number.clone(), receiver.clone(), phone.clone(), address.clone(), parcels.join("、")]);
    }
    table(page, "订单明细", &["单号", "商品", "数量", "单价", "金额"], lines);
    table(page, "收货与快递", &["单号", "收货人", "电话", "地址", "快递"], places);
}

fn html(records: &[KeptRecord], reader: Reader, at: DateTime<Utc>) -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>个人信息副本</title><style>\
         body{font:15px/1.6 sans-serif;max-width:720px;margin:24px auto;padding:0 16px;color:#222}\
         table{border-collapse:collapse;width:100%}th,td{border:1px solid #ccc;padding:4px 8px;text-align:left}\
         div{overflow-x:auto}th{white-space:nowrap}div td{min-width:5em}\
         th{background:#f5f5f5;font-weight:600}h2{margin-top:32px}@media print{h2{break-before:page}}</style>",
    );
    let _ = write!(page, "<h1>个人信息副本</h1><p>生成时间：{}</p>", day(at));
    if records.is_empty() {
        page.push_str("<p>没有商家保存与您已验证手机号有关的客户资料。</p>");
    }
    for record in records {
        one(&mut page, record);
    }
    page.push_str("<h2>说明</h2><ul>");
    for note in notes(reader) {
        let _ = write!(page, "<li>{note}</li>");
    }
    page.push_str("</ul></html>");
    page
}

fn one(page: &mut String, record: &KeptRecord) {
    let _ = write!(page, "<h2>{}</h2><table>", escaped(&record.business_name));
    line(page, "商家电话", record.business_phone.as_deref());
    line(page, "姓名", Some(&record.name));
    line(page, "公司", record.company.as_deref());
    line(page, "职位", record.title.as_deref());
    line(page, "地区", record.region_name);
    line(page, "生日", record.birthday.map(|day| day.to_string()).as_deref());
    line(page, "电话", Some(&record.phones.join("、")));
    let details = &record.details;
    line(page, "邮箱", Some(details.emails.join("、")).filter(|text| !text.is_empty()).as_deref());
    line(page, "微信号", Some(details.wechat_ids.join("、")).filter(|text| !text.is_empty()).as_deref());
    line(page, "地址", details.address.as_deref());
    line(page, "行业", details.industry.map(|code| word("industry", code.as_str())));
    line(page, "公司规模", details.size.map(|code| word("size", code.as_str())));
    line(page, "纪念日", Some(&spoken_dates(&details.dates)));
    line(page, "需求", details.needs.as_deref());
    for (label, value) in details.custom.iter().flatten() {
        line(page, &escaped(label), Some(&in_words(value)));
    }
    line(page, "标签", record.tags.as_ref().map(|tags| tags.join("、")).as_deref());
    line(page, "备注", record.remark.as_deref());
    line(page, "建立时间", Some(&day(record.created_at)));
    line(page, "资料状态", record.deleted.then_some("商家已删除，尚未彻底清除"));
    let refused = record.ads_refused_at.map(|at| format!("未同意（{} 已登记拒收）", day(at)));
    let marketing = if record.marketing { "同意接收" } else { refused.as_deref().unwrap_or("未同意") };
    line(page, "营销信息", Some(marketing));
    page.push_str("</table>");
    let orders = record.orders.iter().map(|order| {
        let what = format!("{} 等 {} 项", order.first_line, order.line_count);
        let (state, remark) = (standing(order.status).to_owned(), order.remark.clone().unwrap_or_default());
        vec![order.number.clone(), what, yuan(order.total_fen), state, day(order.created_at), remark]
    });
    table(page, "订单", &["单号", "商品", "金额", "状态", "时间", "备注"], orders.collect());
    deliveries(page, record);
    let hoped = record.opportunities.iter().flatten().map(|deal| {
        let amount = deal.amount_fen.map(yuan).unwrap_or_default();
        let (next, lost) = (deal.next_step.clone().unwrap_or_default(), deal.lost_reason.clone().unwrap_or_default());
        let due = deal.closes_on.map(|day| day.to_string()).unwrap_or_default();
        let (from, until) = (day(deal.created_at), deal.ended_at.map(day).unwrap_or_default());
        let (stage, state) = (come_to(deal.stage).to_owned(), stands(deal.state).to_owned());
        vec![deal.name.clone(), amount, stage, state, due, next, lost, from, until]
    });
    let heads = ["名称", "预计金额", "阶段", "状态", "预计成交日", "下一步", "输单原因", "建立时间", "结束时间"];
    table(page, "商机", &heads, hoped.collect());
    let offers = record.offers.iter().map(|offer| {
        let days = format!("{} 至 {}", offer.promise.first_day, offer.promise.last_day);
        let (used, back) =
            (offer.used_at.map(day).unwrap_or_default(), offer.taken_back_at.map(day).unwrap_or_default());
        vec![offer.promise.name.clone(), gives(&offer.promise), days, day(offer.given_at), used, back]
    });
    table(page, "优惠", &["名称", "内容", "有效期", "发放时间", "使用时间", "收回时间"], offers.collect());
    let contacts = record.contacts.iter().map(|c| {
        vec![
            day(c.happened_at),
            word("interaction_channel", c.channel.as_str()).to_owned(),
            c.content.clone().unwrap_or_default(),
        ]
    });
    table(page, "联系记录", &["时间", "方式", "内容"], contacts.collect());
    let moves =
        record.moves.iter().map(|m| vec![day(m.at), moved(m.kind).to_owned(), m.reason.clone().unwrap_or_default()]);
    table(page, "由谁跟进的变动", &["时间", "事项", "原因"], moves.collect());
    let plans = record.plans.iter().map(|plan| {
        let until = plan.ended_at.map(day).unwrap_or_default();
        vec![plan.name.clone().unwrap_or_default(), day(plan.started_at), until]
    });
    table(page, "跟进流程", &["名称", "开始", "结束"], plans.collect());
    let reads = record.reads.iter().map(|read| vec![day(read.at), read.by_name.clone()]);
    table(page, "谁查看过完整号码", &["时间", "员工"], reads.collect());
    table(page, "申请", &["时间", "事项", "状态", "内容", "答复"], record.requests.iter().map(asked).collect());
    if !record.complete {
        page.push_str("<p>每类最多列出 1000 条；其余请联系商家。</p>");
    }
}
