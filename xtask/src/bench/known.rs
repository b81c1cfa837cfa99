//! What the load knows of a business: rows of every age, so that it asks for things that are there.

use anyhow::{Context as _, Result, ensure};
use pinyin::ToPinyin as _;
use serde_json::{Value, json};

use crate::demo::dice::Dice;
use crate::http::{Client, text};

/// Rows of one age.
const ROWS: usize = 100;
/// Years from which rows are drawn, and the newest.
const BEFORE: [&str; 5] = ["today+1", "today-200", "today-500", "today-900", "today-1500"];

pub struct Known {
    pub rows: Vec<Row>,
    /// Where pages in the middle of the list start.
    pub cursors: Vec<String>,
    pub tags: Vec<String>,
}

pub struct Row {
    pub id: String,
    pub name: String,
    pub company: Option<String>,
    pub owner: Option<String>,
    pub region: Option<String>,
    pub last_four: String,
    pub tag: Option<String>,
}

impl Known {
    /// Reads pages of each age, as whoever holds the client's token.
    pub fn read(api: &Client) -> Result<Self> {
        let mut known = Self { rows: Vec::new(), cursors: Vec::new(), tags: Vec::new() };
        for before in BEFORE {
            let filter = json!({ "all": [{ "any": [{ "field": "created", "op": "less", "values": [before] }] }] });
            let path = format!("/api/v1/customers?limit={ROWS}&filter={}", encoded(&filter.to_string()));
            let page = api.get(&path)?;
            for row in page["items"].as_array().into_iter().flatten() {
                known.rows.push(Row::read(row)?);
            }
            known.cursors.extend(page["next_cursor"].as_str().map(str::to_owned));
        }
        ensure!(known.rows.len() >= ROWS && !known.cursors.is_empty(), "too few customers to measure with");
        for group in api.get("/api/v1/tag-groups")?["items"].as_array().into_iter().flatten() {
            for tag in group["tags"].as_array().into_iter().flatten() {
                known.tags.push(text(tag, "/id")?);
            }
        }
        Ok(known)
    }

    pub fn row(&self, dice: &mut Dice) -> &Row {
        dice.pick(&self.rows)
    }

    /// So many characters from anywhere in a name, or in a company when names are too short.
    pub fn part(&self, dice: &mut Dice, length: usize) -> String {
        loop {
            let row = self.row(dice);
            let from = match &row.company {
                Some(company) if length > 2 || dice.one_in(6) => company,
                _ => &row.name,
            };
            let characters: Vec<char> = from.chars().collect();
            if let Some(last) = characters.len().checked_sub(length) {
                let at = dice.below(last + 1);
                return characters[at..at + length].iter().collect();
            }
        }
    }

    /// A name as it is spelled, or its initials.
    pub fn spelled(&self, dice: &mut Dice, initials: bool) -> String {
        let name = &self.row(dice).name;
        let sounds = name.as_str().to_pinyin().flatten().map(|sound| sound.plain());
        if initials {
            sounds.map(|sound| &sound[..1]).collect()
        } else {
            sounds.map(|s| s.replace('ü', "v")).collect()
        }
    }
}

impl Row {
    fn read(row: &Value) -> Result<Self> {
        let masked = text(row, "/phone_masked")?;
        let last_four = masked.get(masked.len().saturating_sub(4)..).context("a masked phone")?;
        Ok(Self {
            id: text(row, "/id")?,
            name: text(row, "/name")?,
            company: row["company"].as_str().map(str::to_owned),
            owner: row["owner_id"].as_str().map(str::to_owned),
            region: row["region"].as_str().filter(|code| code.len() == 6).map(str::to_owned),
            last_four: last_four.to_owned(),
            tag: row["tags"][0]["id"].as_str().map(str::to_owned),
        })
    }
}

/// Percent-encoded for a query.
pub fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(one).collect()
}
