//! Grows request bodies from rule tables and damages some of them.
#![expect(clippy::indexing_slicing, reason = "indices are drawn below the length")]

use domain::table::{Field, Kind, Rule, Table};
use serde_json::Value;

/// Deterministic, so that a failure can be looked at again (xorshift64*).
pub(crate) struct Generator {
    state: u64,
    /// Chance in a thousand that a value is damaged; drawn anew for each body.
    damage: u64,
}

/// Texts that some rule likes, and texts that many rules should not.
const TEXTS: [&str; 44] = [
    "张三",
    "李 娜",
    "明前龙井 250g",
    "SF1234567890",
    "ABCD-EFGH-JKLM",
    "a1b2c3d4e5f6",
    "device_0123456789abcdef",
    "13800138000",
    "138 0013 8000",
    "+8613800138000",
    "0571-88886666",
    "400-820-8820",
    "+1 415 555 2671",
    "330106",
    "110000",
    "#0B7A5B",
    "#ffffff",
    "第一行\n第二行",
    "👨‍👩‍👧 一家",
    "correct horse battery staple",
    "",
    " ",
    "　",
    "１３８００１３８０００",
    "＃ＦＦＦＦＦＦ",
    "ＳＦ１２３",
    " 张三 ",
    "\u{200b}",
    "张\u{202e}三",
    "a\u{0}b",
    "\u{7f}",
    "1380013800",
    "999999",
    "#12345",
    "green",
    "09:30",
    "24:00",
    "mine",
    "pool",
    "null",
    "你好，世界！（测试）",
    "\t",
    "é",
    "x",
];

const JUNK: [&str; 22] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "1.0",
    "1e3",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "\"\"",
    "\" \"",
    "\"x\"",
    "[]",
    "{}",
    "[null]",
    "[[]]",
    "{\"name\":\"x\"}",
    "[\"x\"]",
    "\"\\u0000\"",
];

const IDS: [&str; 6] = [
    "01939f0e-7c1a-7abc-8def-0123456789ab",
    "01939F0E-7C1A-7ABC-8DEF-0123456789AB",
    "01939f0e7c1a7abc8def0123456789ab",
    "{01939f0e-7c1a-7abc-8def-0123456789ab}",
    "urn:uuid:01939f0e-7c1a-7abc-8def-0123456789ab",
    "01939f0e-7c1a-7abc-8def-0123456789a",
];

const DATES: [&str; 10] = [
    "1988-02-29",
    "2026-11-22",
    "2023-02-29",
    "2026-13-01",
    "2026-1-1",
    "2026-11-22 ",
    "2026/11/22",
    "２026-11-22",
    "2026-11-22T00:00:00Z",
    "x",
];

const INSTANTS: [&str; 14] = [
    "2026-11-22T08:30:00Z",
    "2026-11-22T08:30:00+08:00",
    "2026-11-22T08:30:00.123Z",
    "2026-11-22T08:30:00.000001-05:30",
    "2026-11-22",
    "2026-11-22 08:30:00Z",
    "2026-11-22T08:30Z",
    "2026-11-22t08:30:00z",
    "2026-11-22T08:30:00+0800",
    "2026-02-30T08:30:00Z",
    "2026-11-22T24:00:00Z",
    "2016-12-31T23:59:60Z",
    "2026-11-22T08:30:00",
    "2026-11-22T08:30:00 +08:00",
];

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed, damage: 0 }
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next()).expect("fits") % limit
    }

    fn chance(&mut self, in_a_thousand: u64) -> bool {
        self.next() % 1000 < in_a_thousand
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// A body for a form: a third unharmed, a third with a scratch, a third in pieces.
    pub(crate) fn body(&mut self, table: &Table) -> String {
        self.damage = [0, 40, 250][self.below(3)];
        let body = self.record(table);
        if self.damage > 0 && self.chance(20) {
            let cut = body.char_indices().map(|(at, _)| at).nth(self.below(body.chars().count())).unwrap_or(0);
            return body[..cut].to_owned();
        }
        body
    }

    fn record(&mut self, table: &Table) -> String {
        let mut members = Vec::new();
        for field in table.fields {
            let left_out = if field.absent { 400 } else { self.damage / 4 };
            if self.chance(left_out) {
                continue;
            }
            let value = self.member(field);
            members.push(format!("{:?}:{value}", field.name));
            if self.chance(self.damage / 20) {
                let again = self.member(field);
                members.push(format!("{:?}:{again}", field.name));
            }
        }
        if self.chance(self.damage / 10) {
            let junk = self.pick(&JUNK);
            members.push(format!("\"surplus\":{junk}"));
        }
        if self.chance(300) && !members.is_empty() {
            let middle = self.below(members.len());
            members.rotate_left(middle);
        }
        format!("{{{}}}", members.join(","))
    }

    fn member(&mut self, field: &Field) -> String {
        if field.null && self.chance(100) {
            return "null".into();
        }
        self.value(&field.kind, field.rules)
    }

    fn value(&mut self, kind: &Kind, rules: &[Rule]) -> String {
        if self.chance(self.damage) {
            return self.pick(&JUNK).into();
        }
        let harmed = self.chance(self.damage);
        match kind {
            Kind::Text | Kind::Verbatim => {
                Value::from(self.text(rules, harmed, matches!(kind, Kind::Verbatim))).to_string()
            }
            Kind::Bool => ["true", "false"][self.below(2)].into(),
            Kind::Int => self.int(rules, harmed).to_string(),
            Kind::Uuid => format!("{:?}", if harmed { self.pick(&IDS) } else { IDS[0] }),
            Kind::Date => format!("{:?}", if harmed { self.pick(&DATES) } else { DATES[self.below(2)] }),
            Kind::Instant => format!("{:?}", if harmed { self.pick(&INSTANTS) } else { INSTANTS[self.below(4)] }),
            Kind::Code(texts) => match harmed {
                true => format!("\"{} \"", self.pick(texts)),
                false => format!("{:?}", self.pick(texts)),
            },
            Kind::List(held) => {
                let items: Vec<_> = (0..self.count(rules, harmed)).map(|_| self.value(held, &[])).collect();
                format!("[{}]", items.join(","))
            }
            Kind::Record(table) => self.record(table),
            Kind::Open => {
                let members: Vec<_> = (0..self.below(4)).map(|at| format!("\"f{at}\":{}", self.open())).collect();
                format!("{{{}}}", members.join(","))
            }
        }
    }

    /// What may stand in a field that a business made itself.
    fn open(&mut self) -> String {
        match self.below(5) {
            0 => self.int(&[], false).to_string(),
            1 => ["true", "false", "null"][self.below(3)].into(),
            2 => self.value(&Kind::List(&Kind::Text), &[]),
            _ => self.value(&Kind::Text, &[]),
        }
    }

    fn count(&mut self, rules: &[Rule], harmed: bool) -> usize {
        let (min, max) = length(rules).unwrap_or((0, 4));
        if harmed && self.chance(300) {
            return if self.chance(500) || max > 200 { min.saturating_sub(1) } else { max + 1 };
        }
        (min + self.below(3)).min(max)
    }

    fn int(&mut self, rules: &[Rule], harmed: bool) -> i64 {
        let limits = rules.iter().find_map(|rule| match rule {
            Rule::Range { min, max } => Some((*min, *max)),
            _ => None,
        });
        let (min, max) = limits.unwrap_or((i64::MIN, i64::MAX));
        match (harmed, self.below(4)) {
            (true, 0) => min.saturating_sub(1),
            (true, 1) => max.saturating_add(1),
            (_, 2) => min,
            (_, 3) if self.chance(300) => max,
            _ => min.saturating_add(1).min(max),
        }
    }

    fn text(&mut self, rules: &[Rule], harmed: bool, verbatim: bool) -> String {
        for _ in 0..60 {
            let text = self.any_text(rules, verbatim);
            if harmed || (fits(&text, rules) && !text.contains(char::is_control)) {
                return text;
            }
        }
        self.any_text(rules, verbatim)
    }

    fn any_text(&mut self, rules: &[Rule], verbatim: bool) -> String {
        let text = match (length(rules), self.below(5)) {
            // At the limits, in characters of one to four bytes.
            (Some((min, max)), 0) => {
                let count = [min.saturating_sub(1), min, max.min(3000), max.min(3000) + 1][self.below(4)];
                ["a", "茶", "😀", "é"][self.below(4)].repeat(count)
            }
            _ => self.pick(&TEXTS).to_owned(),
        };
        // A password may hold what other texts may not; the oracle's demand does not know that.
        if verbatim { text.replace(char::is_control, "") } else { text }
    }
}

fn length(rules: &[Rule]) -> Option<(usize, usize)> {
    rules.iter().find_map(|rule| match rule {
        Rule::Length { min, max } => {
            Some((usize::try_from(*min).ok()?, usize::try_from(*max).unwrap_or(usize::MAX - 1)))
        }
        _ => None,
    })
}

fn fits(text: &str, rules: &[Rule]) -> bool {
    rules.iter().all(|rule| match rule {
        Rule::Length { min, max } => (*min..=*max).contains(&u64::try_from(text.chars().count()).unwrap_or(u64::MAX)),
        Rule::Text(check) => check(text).is_ok(),
        _ => true,
    })
}
