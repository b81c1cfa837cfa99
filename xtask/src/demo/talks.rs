//! What staff wrote down, and when they want to be in touch again.

use anyhow::{Context as _, Result};
use serde_json::json;

use super::dice::Dice;
use super::moment::{day_at, instant, now};
use super::shop::{Customer, Shop};

/// Channel and content.
const SAID: &[(&str, &str)] = &[
    ("visit", "到店喝了两泡肉桂，喜欢火功足一点的，下次留牛栏坑。"),
    ("call", "电话回访：上次的白毫银针很满意，想给母亲再买一份。"),
    ("wechat", "微信发了新茶价目表，对明前龙井有兴趣，等发工资。"),
    ("call", "问礼盒能不能印公司名字，要 60 份，等设计稿。"),
    ("wechat", "寄了三款茶样，过几天问喝后感觉。"),
    ("home_visit", "上门送茶，顺便看了茶室，缺一套盖碗。"),
    ("meeting", "和采购谈了年度用茶，每月 5 斤绿茶，要月结。"),
    ("message", "短信通知到货，回复说周末来取。"),
    ("visit", "带朋友来品茶，朋友也加了微信。"),
    ("call", "没接通，晚上再打。"),
    ("wechat", "收到茶说包装有点压坏，补寄了一罐茉莉龙珠，客人很高兴。"),
    ("call", "聊了存茶，想买两提熟普放着，价格再商量。"),
];

const NEXT: &[&str] =
    &["回访喝茶感受", "发礼盒报价", "确认送货时间", "约到店品茶", "催设计稿", "问过节用茶", "送茶样", "提醒续茶"];

/// When the next contact is: (days from today, hour). The negative ones are overdue.
const LATER: &[(i64, i64)] =
    &[(1, 10), (1, 15), (2, 9), (2, 16), (3, 11), (4, 14), (5, 10), (7, 15), (10, 10), (14, 9)];
const OVERDUE: &[(i64, i64)] = &[(-1, 10), (-1, 16), (-2, 14), (-3, 9), (-5, 15)];

impl Shop<'_> {
    /// Some were spoken to long ago; some wait for a call: overdue, today, in the coming days.
    /// The first reminder comes in three minutes, so that whoever has just started sees it.
    pub fn talks(&self, customers: &[Customer]) -> Result<()> {
        let mut dice = Dice::new(20);
        // Every second one, so that the list shows customers without any contact too; the newest, which it shows first.
        for (count, customer) in customers.iter().rev().skip(1).step_by(2).take(70).enumerate() {
            let (channel, content) = dice.pick(SAID);
            let happened = day_at(-(1 + dice.below(40) as i64), 9 + dice.below(10) as i64, 5 * dice.below(12) as i64);
            let next = match count {
                0..12 => Some(*dice.pick(OVERDUE)).map(|(days, hour)| day_at(days, hour, 0)),
                12..26 => Some(later_today(count as i64 - 12)),
                26..50 => Some(*dice.pick(LATER)).map(|(days, hour)| day_at(days, hour, 30)),
                _ => None,
            };
            self.write_down(
                customer,
                json!({
                    "channel": channel,
                    "content": content,
                    "happened_at": instant(happened),
                    "next_contact_at": next.map(instant),
                    "next_step": next.map(|_| dice.pick(NEXT)),
                }),
            )?;
        }
        let last = customers.last().context("no customers")?;
        let soon = json!({
            "channel": "wechat", "content": "下了三单，说先到的肉桂很好，想再试一款水仙。",
            "next_contact_at": instant(now() + 180), "next_step": "送茶样",
        });
        self.write_down(last, soon)
    }
}

/// Spread over what is left of the day.
fn later_today(at: i64) -> i64 {
    let (begin, end) = (now() + 1800, day_at(0, 23, 50));
    begin + at * (end - begin).max(0) / 14
}
