//! The interpreter of rule tables. It runs on the server and, compiled to WebAssembly, on the phone:
//! their reports are the same because it is the same code.
//!
//! A value gets at most one violation, the first that applies: absent, of the wrong type, then its
//! rules in the order length, range, custom, then what a few fields say together. All values of a
//! body are checked, up to [`MAX_VIOLATIONS`].

use std::borrow::Cow;

use crate::forms::Form;
use crate::json::{self, Tree};
use crate::table::{Field, Kind, Outcome, Rule, Table};
use crate::violation::{ALLOWED, Param, Violation, Violations, WORDS};
use crate::{given, moment, text};

/// A body with more mistakes than this is not a person's; reporting them all would only cost memory.
pub const MAX_VIOLATIONS: usize = 100;

/// Reads a body, checks it by the rules of its form, and hands back the value with every text
/// trimmed and folded. The only way into the server for a request body.
///
/// # Errors
/// Every violation of the body.
pub fn check<T: Form>(body: &[u8]) -> Result<T, Violations> {
    let malformed = || Violations::from(Violation::new("", "malformed"));
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    let mut tree = json::parse(text).map_err(|code| Violation::new("", code))?;
    let found = inspect(T::TABLE, &mut tree);
    if !found.is_empty() {
        return Err(Violations(found));
    }
    // Cannot fail: the table passed the tree, and a test runs 200,000 bodies through both.
    T::read(&tree).ok_or_else(malformed)
}

/// Checks a tree by a table, and trims and folds its texts in place. Empty when all is well.
#[must_use]
pub fn inspect(table: &Table, tree: &mut Tree) -> Vec<Violation> {
    let mut report = Report { path: String::new(), found: Vec::new() };
    report.record(table, tree);
    report.found
}

/// Checks one field of a form, found by its path (`lines.0.quantity`); `None` means absent. The
/// outer `None` says that the form has no such field.
#[must_use]
pub fn inspect_field(table: &Table, path: &str, value: Option<&mut Tree>) -> Option<Vec<Violation>> {
    let mut report = Report { path: path.to_owned(), found: Vec::new() };
    let (mut name, mut rest) = step(path);
    let mut fields = table.fields;
    loop {
        let field = fields.iter().find(|field| field.name == name)?;
        let (mut kind, mut item) = (&field.kind, false);
        while let (Kind::List(held), Some(deeper)) = (kind, rest) {
            (name, rest) = step(deeper);
            if !name.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            (kind, item) = (held, true);
        }
        match (rest, kind) {
            (None, _) => {
                match value {
                    Some(tree) if item => report.item(kind, tree),
                    Some(tree) => report.field(field, tree),
                    None if item || !field.absent => report.refuse("required"),
                    None => {}
                }
                return Some(report.found);
            }
            (Some(deeper), Kind::Record(inner)) => {
                fields = inner.fields;
                (name, rest) = step(deeper);
            }
            _ => return None,
        }
    }
}

/// The first name of a path, and the path behind it.
fn step(path: &str) -> (&str, Option<&str>) {
    let dot = path.bytes().position(|b| b == b'.').unwrap_or(path.len());
    (path.get(..dot).unwrap_or_default(), path.get(dot + 1..))
}

struct Report {
    path: String,
    found: Vec<Violation>,
}

impl Report {
    fn push(&mut self, violation: Violation) {
        if self.found.len() < MAX_VIOLATIONS {
            self.found.push(violation);
        }
    }

    fn refuse(&mut self, code: &'static str) {
        self.push(Violation::new(self.path.as_str(), code));
    }

    fn limit(&mut self, code: &'static str, name: &'static str, limit: i64) {
        self.push(Violation { field: self.path.clone(), code, params: vec![(name, Param::Int(limit))] });
    }

    /// Runs `work` one step further down, at `name`.
    fn at(&mut self, name: &str, work: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        work(self);
        self.path.truncate(length);
    }

    fn record(&mut self, table: &Table, tree: &mut Tree) {
        let Tree::Record(members) = tree else {
            return self.refuse("type");
        };
        let before = self.found.len();
        for field in table.fields {
            let mut named = members.iter_mut().filter(|(key, _)| key == field.name).map(|(_, value)| value);
            let (first, second) = (named.next(), named.next());
            self.at(field.name, |report| match (first, second) {
                (_, Some(_)) => report.refuse("duplicate_field"),
                (Some(value), None) => report.field(field, value),
                (None, None) if !field.absent => report.refuse("required"),
                (None, None) => {}
            });
        }
        for (key, _) in members.iter() {
            if self.found.len() == MAX_VIOLATIONS {
                return;
            }
            if !table.fields.iter().any(|field| field.name == key) {
                self.at(printable(key), |report| report.refuse("unknown_field"));
            }
        }
        for rule in table.parts {
            self.part(rule(tree), before);
        }
        if self.found.len() == before {
            for rule in table.whole {
                self.outcome(rule(tree));
            }
        }
    }

    /// What a few fields say together, unless the field that it is about was refused already, after `before`.
    fn part(&mut self, outcome: Outcome, before: usize) {
        let length = self.found.len();
        self.outcome(outcome);
        let (old, new) = self.found.split_at(length);
        let twice = new.iter().any(|new| old.iter().skip(before).any(|old| old.field == new.field));
        if twice {
            self.found.truncate(length);
        }
    }

    fn field(&mut self, field: &Field, tree: &mut Tree) {
        if let (Kind::Text, Tree::Text(typed)) = (&field.kind, &mut *tree) {
            *typed = text::fold(typed);
            if field.null && typed.is_empty() {
                *tree = Tree::Null;
            }
        }
        if field.null && *tree == Tree::Null {
            return;
        }
        self.value(&field.kind, field.rules, tree);
    }

    fn item(&mut self, kind: &Kind, tree: &mut Tree) {
        if let (Kind::Text, Tree::Text(typed)) = (kind, &mut *tree) {
            *typed = text::fold(typed);
        }
        self.value(kind, &[], tree);
    }

    fn value(&mut self, kind: &Kind, rules: &[Rule], tree: &mut Tree) {
        let before = self.found.len();
        match (kind, &mut *tree) {
            (_, Tree::Null) => self.refuse("required"),
            (Kind::Text, Tree::Text(text)) if text.chars().any(forbidden) => self.refuse("control_character"),
            (Kind::Uuid, Tree::Text(text)) if moment::uuid(text).is_none() => self.refuse("uuid_invalid"),
            (Kind::Date, Tree::Text(text)) if moment::date(text).is_none() => self.refuse("date_invalid"),
            (Kind::Instant, Tree::Text(text)) if moment::instant(text).is_none() => self.refuse("instant_invalid"),
            (Kind::Code(texts), Tree::Text(text)) if !texts.contains(&text.as_str()) => {
                self.push(Violation::choice_among(self.path.as_str(), texts));
            }
            (Kind::Text | Kind::Verbatim | Kind::Uuid | Kind::Date | Kind::Instant | Kind::Code(_), Tree::Text(_))
            | (Kind::Bool, Tree::Bool(_))
            | (Kind::Int, Tree::Int(_) | Tree::Far(_))
            | (Kind::List(_), Tree::List(_)) => {}
            (Kind::Record(table), _) => self.record(table, tree),
            (Kind::Open, Tree::Record(members)) => self.open(members),
            _ => self.refuse("type"),
        }
        // The length of a list comes before its items: nobody reads 10,000 reports on 10,000 tags.
        let first = usize::from(matches!(rules.first(), Some(Rule::Length { .. })));
        let (length, others) = rules.split_at_checked(first).unwrap_or((rules, &[]));
        for rule in length {
            if self.found.len() == before {
                self.rule(rule, tree);
            }
        }
        if let (true, Kind::List(held), Tree::List(items)) = (self.found.len() == before, kind, &mut *tree) {
            for (at, item) in items.iter_mut().enumerate() {
                self.at(&at.to_string(), |report| report.item(held, item));
            }
        }
        for rule in others {
            if self.found.len() == before {
                self.rule(rule, tree);
            }
        }
        // No limit was there to say that it is too large.
        if self.found.len() == before && matches!(tree, Tree::Far(_)) {
            self.refuse("type");
        }
    }

    /// The shape of what definitions will judge: each member once, a scalar or a list of texts.
    fn open(&mut self, members: &mut [(String, Tree)]) {
        if members.len() > given::MAX_MEMBERS {
            return self.limit("too_many", "max", signed(count(given::MAX_MEMBERS)));
        }
        for at in 0..members.len() {
            let Some(((key, tree), before)) = members.get_mut(..=at).and_then(|seen| seen.split_last_mut()) else {
                return;
            };
            let twice = before.iter().any(|(named, _)| named == key);
            self.at(printable(key), |report| match tree {
                _ if twice => report.refuse("duplicate_field"),
                Tree::Null | Tree::Bool(_) | Tree::Int(_) => {}
                Tree::Text(_) => report.item(&Kind::Text, tree),
                Tree::List(items) if items.len() > given::MAX_ITEMS => {
                    report.limit("too_many", "max", signed(count(given::MAX_ITEMS)));
                }
                Tree::List(items) => {
                    for (at, item) in items.iter_mut().enumerate() {
                        report.at(&at.to_string(), |report| report.item(&Kind::Text, item));
                    }
                }
                Tree::Number | Tree::Far(_) | Tree::Record(_) => report.refuse("type"),
            });
        }
    }

    fn rule(&mut self, rule: &Rule, tree: &Tree) {
        match (rule, tree) {
            (Rule::Length { min, max }, Tree::Text(text)) => {
                let length = count(text.chars().count());
                if length < *min {
                    // An empty field reads better as 必填 than as 至少 1 个字.
                    if length == 0 { self.refuse("required") } else { self.limit("too_short", "min", signed(*min)) }
                } else if length > *max {
                    self.limit("too_long", "max", signed(*max));
                }
            }
            (Rule::Length { min, max }, Tree::List(items)) => {
                let length = count(items.len());
                if length < *min {
                    self.limit("too_few", "min", signed(*min));
                } else if length > *max {
                    self.limit("too_many", "max", signed(*max));
                }
            }
            (Rule::Range { min, .. }, Tree::Int(value) | Tree::Far(value)) if value < min => {
                self.limit("too_small", "min", *min)
            }
            (Rule::Range { max, .. }, Tree::Int(value) | Tree::Far(value)) if value > max => {
                self.limit("too_large", "max", *max)
            }
            (Rule::Text(check), Tree::Text(text)) => self.outcome(check(text)),
            (Rule::Other(check), _) => self.outcome(check(tree)),
            _ => {}
        }
    }

    fn outcome(&mut self, outcome: Outcome) {
        let Err(mut error) = outcome else {
            return;
        };
        let code = match error.code {
            Cow::Borrowed(code) => code,
            Cow::Owned(_) => "invalid_value",
        };
        match error.message.take() {
            Some(said) => match said.split_once(WORDS) {
                Some((field, allowed)) => self.at(field, |report| {
                    let refused = Violation::new(report.path.as_str(), code);
                    report.push(refused.with(ALLOWED, allowed.to_owned()));
                }),
                None => self.at(&said, |report| report.refuse(code)),
            },
            None => self.refuse(code),
        }
        // Dropping its map of JSON values would bring serde_json's destructors into the phone's
        // module; `fail` puts nothing into the map, so nothing leaks.
        std::mem::forget(error.params);
    }
}

/// Characters that no text holds, whatever its own rules say: NUL and its kind break logs, exports
/// and databases.
fn forbidden(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// A key may be anything, even a phone number put in the wrong place; only what looks like a field's
/// name is repeated to the client and the log.
pub(crate) fn printable(key: &str) -> &str {
    let name = key.len() <= 40 && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if name && !key.starts_with(|c: char| c.is_ascii_digit()) { key } else { "?" }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn signed(limit: u64) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
