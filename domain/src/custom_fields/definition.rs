//! A field as it is defined, and what may stand in it: in one spelling, so that what is kept, compared
//! and looked for is the same thing.

use super::{ABOUT, ConditionOp, CustomKind, FieldTerms};
use crate::json::Tree;
use crate::money::MAX_FEN;
use crate::phone::Phone;
use crate::prelude::*;
use crate::violation::Param;
use crate::{moment, text};

/// How much a number is multiplied before it is kept as a whole one.
pub const SCALE: i64 = 10_000;
/// The places behind the point that this keeps.
const PLACES: i64 = 4;
/// The largest number.
pub const MAX_NUMBER: i64 = 1_000_000_000_000;

/// The most files that stand in a field.
pub const MAX_FILES: i64 = 5;

/// A field as it is defined. The phone hands what the server answers to the same rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Id.
    pub id: Uuid,
    /// Its name in `custom`.
    pub key: String,
    /// What people read.
    pub label: String,
    /// What it holds.
    pub kind: CustomKind,
    /// Its place among the others.
    pub order: i64,
    /// Its terms.
    #[validate(nested)]
    pub rules: FieldTerms,
    /// Whether whoever asks may fill it in.
    pub writable: bool,
}

impl Definition {
    /// Whether its values are sealed and shown masked.
    #[must_use]
    pub fn sealed(&self) -> bool {
        self.rules.secret || self.kind == CustomKind::Phone
    }

    /// Puts a value into its one spelling.
    ///
    /// # Errors
    /// What is wrong with it, without the field.
    pub fn settle(&self, tree: &mut Tree) -> Result<(), Violation> {
        let rules = &self.rules;
        let settled = match (self.kind, &*tree) {
            (CustomKind::Text, Tree::Text(typed)) => {
                ruled(text::line(typed))?;
                between(
                    "too_short",
                    "too_long",
                    length(typed),
                    (rules.min.unwrap_or(0), rules.max.unwrap_or(200).min(200)),
                )?;
                return Ok(());
            }
            (CustomKind::LongText, Tree::Text(typed)) => {
                ruled(text::lines(typed))?;
                between(
                    "too_short",
                    "too_long",
                    length(typed),
                    (rules.min.unwrap_or(0), rules.max.unwrap_or(2000).min(2000)),
                )?;
                return Ok(());
            }
            // An amount comes as whole fen. A text is yuan as somebody typed them, and is told what is wrong with them.
            (CustomKind::Number, Tree::Int(_) | Tree::Text(_)) | (CustomKind::Money, Tree::Text(_)) => {
                let money = self.kind == CustomKind::Money;
                let places = if money { 2 } else { rules.decimals.unwrap_or(0) };
                let read = scaled(tree);
                if read.is_some_and(|(_, typed)| typed > places) {
                    return Err(Violation::new("", "too_precise").with("max", places));
                }
                let Some((scaled, _)) = read.filter(|_| !money) else {
                    return Err(Violation::new("", "number_invalid"));
                };
                let limits = (rules.min.unwrap_or(-MAX_NUMBER), rules.max.unwrap_or(MAX_NUMBER));
                let scaled_limits = (limits.0.saturating_mul(SCALE), limits.1.saturating_mul(SCALE));
                if scaled < scaled_limits.0 {
                    return Err(Violation::new("", "too_small").with("min", limits.0));
                }
                if scaled > scaled_limits.1 {
                    return Err(Violation::new("", "too_large").with("max", limits.1));
                }
                spelled(scaled)
            }
            (CustomKind::Money, Tree::Int(fen)) => {
                between("too_small", "too_large", *fen, (rules.min.unwrap_or(0), rules.max.unwrap_or(MAX_FEN)))
                    .map_err(in_yuan)?;
                return Ok(());
            }
            (CustomKind::Date, Tree::Text(typed)) => match moment::date(typed) {
                Some(_) => return Ok(()),
                None => return Err(Violation::new("", "date_invalid")),
            },
            (CustomKind::YesNo, Tree::Bool(_)) => return Ok(()),
            (CustomKind::Phone, Tree::Text(typed)) => match Phone::parse(typed) {
                Some(phone) => Tree::Text(phone.e164().to_owned()),
                None => return Err(Violation::new("", "phone_invalid")),
            },
            (CustomKind::Choice, Tree::Text(chosen)) if self.offers(chosen) => return Ok(()),
            (CustomKind::Choices, Tree::List(chosen)) => {
                let offered = |item: &Tree| matches!(item, Tree::Text(key) if self.offers(key));
                if !chosen.iter().all(offered) {
                    return Err(Violation::new("", "enum_invalid"));
                }
                let held = rules.choices.iter().filter_map(|choice| choice.key.clone().map(Tree::Text));
                let held: Vec<Tree> = held.filter(|key| chosen.contains(key)).collect();
                let count = i64::try_from(held.len()).unwrap_or(i64::MAX);
                between("too_few", "too_many", count, (rules.min.unwrap_or(0), rules.max.unwrap_or(i64::MAX)))?;
                Tree::List(held)
            }
            (CustomKind::File, Tree::List(chosen)) => {
                let id = |item: &Tree| matches!(item, Tree::Text(text) if Uuid::try_parse(text).is_ok());
                if !chosen.iter().all(id) {
                    return Err(Violation::new("", "uuid_invalid"));
                }
                let count = i64::try_from(chosen.len()).unwrap_or(i64::MAX);
                let most = rules.max.unwrap_or(MAX_FILES).min(MAX_FILES);
                between("too_few", "too_many", count, (rules.min.unwrap_or(0), most))?;
                return Ok(());
            }
            (CustomKind::Choice, Tree::Text(_)) => return Err(Violation::new("", "enum_invalid")),
            _ => return Err(Violation::new("", "type")),
        };
        *tree = settled;
        Ok(())
    }

    fn offers(&self, key: &str) -> bool {
        self.rules.choices.iter().any(|choice| choice.key.as_deref() == Some(key) && !choice.retired)
    }

    /// A value that was written as text, such as a default or a cell of an imported table, before it is
    /// settled. Money is whole fen, several choices are divided by commas.
    #[must_use]
    pub fn of_text(&self, written: &str) -> Tree {
        let text = || Tree::Text(written.to_owned());
        match self.kind {
            CustomKind::Money => written.parse().map_or_else(|_| text(), Tree::Int),
            CustomKind::YesNo if written == "true" || written == "false" => Tree::Bool(written == "true"),
            CustomKind::Choices => {
                let mut items = vec![String::new()];
                for c in written.chars().filter(|c| *c != ' ') {
                    match items.last_mut() {
                        Some(item) if c != ',' => item.push(c),
                        _ => items.push(String::new()),
                    }
                }
                Tree::List(items.into_iter().map(Tree::Text).collect())
            }
            _ => text(),
        }
    }

    /// What is wrong with the definition itself, beside the others that there are.
    #[must_use]
    pub fn flaws(&self, others: &[Self]) -> Vec<Violation> {
        let rules = &self.rules;
        let mut found = Vec::new();
        let chooses = matches!(self.kind, CustomKind::Choice | CustomKind::Choices);
        match (chooses, rules.choices.iter().any(|choice| !choice.retired)) {
            (true, false) => found.push(Violation::new("rules.choices", "required")),
            (false, _) if !rules.choices.is_empty() => {
                found.push(Violation::new("rules.choices", "choices_unexpected"))
            }
            _ => {}
        }
        for (at, choice) in rules.choices.iter().enumerate() {
            let before = rules.choices.iter().take(at);
            if before.clone().any(|other| other.label == choice.label || other.key.is_some() && other.key == choice.key)
            {
                found.push(Violation::new(format!("rules.choices.{at}.label"), "choice_twice"));
            }
        }
        if rules.secret && self.kind != CustomKind::Text {
            found.push(Violation::new("rules.secret", "secret_impossible"));
        }
        let comparable = matches!(self.kind, CustomKind::Text | CustomKind::Number | CustomKind::Phone);
        if rules.unique && (!comparable || rules.default.is_some()) {
            found.push(Violation::new("rules.unique", "unique_impossible"));
        }
        if self.kind == CustomKind::File && rules.default.is_some() {
            found.push(Violation::new("rules.default", "default_impossible"));
        }
        if rules.decimals.is_some() && self.kind != CustomKind::Number {
            found.push(Violation::new("rules.decimals", "decimals_unexpected"));
        }
        if rules.min.zip(rules.max).is_some_and(|(min, max)| min > max) {
            found.push(Violation::new("rules.max", "range_reversed"));
        }
        if let Some(condition) = &rules.condition {
            let there =
                ABOUT.contains(&condition.field.as_str()) || others.iter().any(|other| other.key == condition.field);
            if condition.field == self.key || !there {
                found.push(Violation::new("rules.condition.field", "field_unknown"));
            }
            if matches!(condition.op, ConditionOp::Is | ConditionOp::IsNot) && condition.value.is_none() {
                found.push(Violation::new("rules.condition.value", "required"));
            }
            if self.circles(others) {
                found.push(Violation::new("rules.condition.field", "condition_circle"));
            }
        }
        if let (Some(default), true) = (&rules.default, found.is_empty()) {
            let mut tree = self.of_text(default);
            if let Err(mut refused) = self.settle(&mut tree) {
                refused.field.push_str("rules.default");
                found.push(refused);
            }
        }
        found
    }

    /// Whether following the conditions leads back here.
    fn circles(&self, others: &[Self]) -> bool {
        let mut next = self.rules.condition.as_ref();
        for _ in 0..=others.len() {
            let Some(condition) = next else { return false };
            if condition.field == self.key {
                return true;
            }
            let other = others.iter().find(|other| other.key == condition.field);
            next = other.and_then(|other| other.rules.condition.as_ref());
        }
        next.is_some()
    }
}

/// A number as it is kept, times [`SCALE`], and how many places behind the point it was written with.
#[must_use]
pub fn scaled(tree: &Tree) -> Option<(i64, i64)> {
    let typed = match tree {
        Tree::Int(whole) => return whole.checked_mul(SCALE).map(|scaled| (scaled, 0)),
        Tree::Text(typed) => typed,
        _ => return None,
    };
    let (mut scaled, mut places, mut digits, mut zeros, mut point) = (0_i64, 0, 0, 0, false);
    for (at, c) in typed.bytes().enumerate() {
        match c {
            b'-' if at == 0 => continue,
            b'.' if !point && digits > 0 => point = true,
            b'0'..=b'9' => {
                digits += 1;
                zeros = if c == b'0' { zeros + 1 } else { 0 };
                places += i64::from(point);
                // More places than are kept are counted, so that the refusal can say so.
                if places <= PLACES {
                    scaled = scaled.checked_mul(10)?.checked_add(i64::from(c - b'0'))?;
                }
            }
            _ => return None,
        }
    }
    if digits == 0 || typed.ends_with('.') {
        return None;
    }
    for _ in places.min(PLACES)..PLACES {
        scaled = scaled.checked_mul(10)?;
    }
    // Zeros at the end are no places.
    Some((if typed.starts_with('-') { -scaled } else { scaled }, places - zeros.min(places)))
}

/// Names limits that are fen as people write them.
fn in_yuan(mut refused: Violation) -> Violation {
    for (_, limit) in &mut refused.params {
        if let Param::Int(fen) = *limit {
            *limit = Param::Text(std::borrow::Cow::Owned(written(fen.saturating_mul(SCALE / 100), String::from("¥"))));
        }
    }
    refused
}

/// A kept number as it is written: a whole one, or a text with a point.
#[must_use]
pub fn spelled(scaled: i64) -> Tree {
    if scaled % SCALE == 0 {
        return Tree::Int(scaled / SCALE);
    }
    Tree::Text(written(scaled, String::new()))
}

/// A kept number behind what is written before it.
fn written(scaled: i64, mut spelled: String) -> String {
    let (size, scale) = (scaled.unsigned_abs(), SCALE.unsigned_abs());
    // A one and the four places.
    let mut fraction = (size % scale + scale).to_string();
    while fraction.ends_with('0') {
        fraction.pop();
    }
    if scaled < 0 {
        spelled.push('-');
    }
    spelled.push_str(&(size / scale).to_string());
    let fraction = fraction.get(1..).unwrap_or_default();
    if !fraction.is_empty() {
        spelled.push('.');
        spelled.push_str(fraction);
    }
    spelled
}

fn length(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

fn between(low: &'static str, high: &'static str, value: i64, (min, max): (i64, i64)) -> Result<(), Violation> {
    if value < min {
        return Err(Violation::new("", low).with("min", min));
    }
    if value > max {
        return Err(Violation::new("", high).with("max", max));
    }
    Ok(())
}

fn ruled(outcome: Result<(), ValidationError>) -> Result<(), Violation> {
    let Err(mut error) = outcome else { return Ok(()) };
    let code = match error.code {
        std::borrow::Cow::Borrowed(code) => code,
        std::borrow::Cow::Owned(_) => "invalid_value",
    };
    error.code = std::borrow::Cow::Borrowed("");
    // See `check::Report::outcome`: dropping the map would bring serde_json into the phone's module.
    std::mem::forget(error);
    Err(Violation::new("", code))
}
