//! A row of a table as the body that a person would have sent: judged by the same rules.

use super::super::files::{Line, Unread};
use super::super::{cells, codes, days};
use super::talks::{Said, Told};
use chrono::{DateTime, Utc};
use domain::custom_fields::{CustomKind, Definition};
use domain::message;
use domain::permission::HelperLevel;
use domain::transfer::ColumnUse;
use domain::{Lang, Violation, violation::Param};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What is wrong with a row: which column, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Flaw {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) column: Option<usize>,
    pub(super) code: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) params: Map<String, Value>,
}

impl Flaw {
    pub(super) fn new(column: Option<usize>, violation: &Violation) -> Self {
        let value = |value: &Param| match value {
            Param::Int(number) => json!(number),
            Param::Text(text) => json!(text),
        };
        let params = violation.params.iter().map(|(name, param)| ((*name).to_owned(), value(param)));
        Self { column, code: violation.code.to_owned(), params: params.collect() }
    }

    /// About the row as a whole.
    pub(super) fn coded(code: &str) -> Self {
        Self { column: None, code: code.to_owned(), params: Map::new() }
    }

    /// `手机：电话号码不正确`.
    pub(super) fn said(&self, headers: &[String], lang: Lang) -> String {
        let mut text = message::detail(&self.code, &[], lang);
        for (name, value) in &self.params {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text = text.replace(&format!("{{{name}}}"), &value);
        }
        match self.column.and_then(|column| headers.get(column)) {
            Some(header) if lang == Lang::Zh => format!("{header}：{text}"),
            Some(header) => format!("{header}: {text}"),
            None => text,
        }
    }
}

/// How the rules refuse a word that stands for no code.
const NO_WORD: [&str; 3] = ["enum_invalid", "code_invalid", "type_unknown"];

/// A row on its way to be a customer.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) line: i64,
    /// What a body would say; lists hold what several columns say.
    pub(super) body: Map<String, Value>,
    pub(super) tags: Vec<String>,
    pub(super) owner: Option<String>,
    /// Who helps, as they are called, and who that is.
    pub(super) helpers: Vec<(String, HelperLevel)>,
    pub(super) helping: Vec<(Uuid, HelperLevel)>,
    pub(super) id: Option<String>,
    pub(super) made_at: Option<DateTime<Utc>>,
    pub(super) made_by: Option<String>,
    /// What an old follow-up says, and the same when it was judged.
    pub(super) talk: Said,
    pub(super) told: Option<Told>,
    pub(super) flaws: Vec<Flaw>,
    /// What is to be said about a row that is not wrong.
    pub(super) hints: Vec<Flaw>,
    /// What it says that no other row may, of a trial: fields and digests.
    pub(super) marks: Vec<(String, Vec<u8>)>,
    /// Days that are numbers are counted from 1904.
    late: bool,
    /// Which column said what.
    said: Vec<(String, usize)>,
}

impl Draft {
    pub(super) fn of(line: &Line, headers: &[String], uses: &[ColumnUse], own: &[Definition]) -> Self {
        let mut draft = Self { line: line.number, late: line.late, ..Self::default() };
        for of in uses {
            let Ok(column) = usize::try_from(of.column) else { continue };
            if let Some((_, unread)) = line.unread.iter().find(|(at, _)| *at == column) {
                draft.unread(column, *unread);
                continue;
            }
            let cell = cells::bare(line.cell(column));
            draft.said.push((of.field.clone(), column));
            if !cell.is_empty() {
                let own_phone = |key| own.iter().any(|one| one.key == key && one.kind == CustomKind::Phone);
                let calls = of.field == "phone" || of.field.strip_prefix("custom.").is_some_and(own_phone);
                if calls && line.rounded.contains(&column) {
                    draft.unread(column, Unread::Lost);
                    continue;
                }
                let header = headers.get(column).map(String::as_str).unwrap_or_default();
                draft.take((column, header), &of.field, cell, own);
            }
        }
        draft
    }

    fn unread(&mut self, column: usize, unread: Unread) {
        let violation = match unread {
            Unread::Error => Violation::new("", "cell_error"),
            Unread::Uncounted => Violation::new("", "cell_uncounted"),
            Unread::Lost => Violation::new("", "number_lost"),
            Unread::Merged => Violation::new("", "cell_merged"),
        };
        self.wrong(column, &violation);
    }

    fn wrong(&mut self, column: usize, violation: &Violation) {
        self.flaws.push(Flaw::new(Some(column), violation));
    }

    fn list(&mut self, name: &str, items: Vec<Value>) {
        if let Value::Array(list) = self.body.entry(name).or_insert_with(|| json!([])) {
            list.extend(items);
        }
    }

    fn take(&mut self, (column, header): (usize, &str), field: &str, cell: String, own: &[Definition]) {
        match field {
            "interaction" => self.talk.content = Some(cell),
            "interaction_by" => self.talk.by = Some(cell),
            "interaction_channel" => self.talk.channel = Some(codes::code(field, &cell)),
            "interaction_at" => match cells::instant(&cell, self.late) {
                Some(at) => self.talk.at = Some(at),
                None => self.wrong(column, &Violation::new("", "date_invalid")),
            },
            "dates" => self.dates(column, &cell, header),
            "birthday" if days::is_lunar(&cell) => self.dates(column, &cell, "生日"),
            "phone" => {
                for part in cells::parts(&cell) {
                    match cells::phone(part) {
                        Ok(number) => self.list("phones", vec![json!({ "number": number })]),
                        Err(spoilt) => self.wrong(column, &spoilt),
                    }
                }
            }
            "email" => self.list("emails", cells::parts(&cell).map(|part| json!({ "email": part })).collect()),
            "wechat" => self.list("wechat_ids", cells::parts(&cell).map(|part| json!({ "account": part })).collect()),
            "tags" => self.tags.extend(cells::parts(&cell).map(str::to_owned)),
            "owner" => self.owner = Some(cell),
            "helpers" => self.helpers.extend(cells::parts(&cell).map(helper)),
            "id" => self.id = Some(cell),
            "created_by" => self.made_by = Some(cell),
            "created_at" => match cells::instant(&cell, self.late) {
                Some(at) => self.made_at = Some(at),
                None => self.wrong(column, &Violation::new("", "date_invalid")),
            },
            "birthday" => match cells::day(&cell, self.late) {
                Some(day) => drop(self.body.insert(field.to_owned(), json!(day))),
                None => self.wrong(column, &Violation::new("", "date_invalid")),
            },
            "kind" | "type" | "source" | "industry" | "size" => {
                self.body.insert(field.to_owned(), json!(codes::code(field, &cell)));
            }
            "region" => match crate::customers::regions::code(&cell) {
                Ok(code) => drop(self.body.insert(field.to_owned(), json!(code))),
                Err(refused) => self.wrong(column, &refused),
            },
            _ => {
                let key = field.strip_prefix("custom.");
                let definition = key.and_then(|key| own.iter().find(|definition| definition.key == key));
                let Some(definition) = definition else {
                    return drop(self.body.insert(field.to_owned(), json!(cell)));
                };
                let spoilt = match definition.kind {
                    CustomKind::Phone => cells::phone(&cell).err(),
                    _ if definition.rules.secret && cells::scientific(&cell) => Some(Violation::new("", "number_lost")),
                    _ => None,
                };
                if let Some(spoilt) = spoilt {
                    return self.wrong(column, &spoilt);
                }
                let value = custom(definition, cell, self.late);
                if let Value::Object(fields) = self.body.entry("custom").or_insert_with(|| json!({})) {
                    fields.insert(definition.key.clone(), value);
                }
            }
        }
    }

    fn dates(&mut self, column: usize, cell: &str, header: &str) {
        match days::read(cell, header, self.late) {
            Some(dates) => self.list("dates", dates),
            None => self.wrong(column, &Violation::new("", "date_invalid")),
        }
    }

    /// Adds something to be told about a row that is not wrong for that.
    pub(super) fn hint(&mut self, field: &str, violation: &Violation) {
        let column = self.column(field);
        self.hints.push(Flaw::new(column, violation));
    }

    fn column(&self, field: &str) -> Option<usize> {
        self.said.iter().find(|(said, _)| said == field).map(|(_, column)| *column)
    }

    /// Adds what the rules say, each at the column that said it.
    pub(super) fn judged(&mut self, violations: &[Violation]) {
        for violation in violations {
            let field = match violation.field.split('.').next().unwrap_or_default() {
                "phones" => "phone",
                "emails" => "email",
                "wechat_ids" => "wechat",
                "owner_id" => "owner",
                "tag_ids" => "tags",
                "content" => "interaction",
                "channel" => "interaction_channel",
                "happened_at" => "interaction_at",
                "custom" => violation.field.as_str(),
                other => other,
            };
            let column = self.column(field);
            // A table has no list to choose from: the words are said.
            let choices = codes::choices(field).filter(|_| NO_WORD.contains(&violation.code));
            let words = choices.map(|words| Violation::new("", "word_unknown").with("words", words));
            self.flaws.push(Flaw::new(column, words.as_ref().unwrap_or(violation)));
        }
    }
}

/// A colleague who helps: whoever may only look, unless `（可编辑）` stands behind the name.
fn helper(part: &str) -> (String, HelperLevel) {
    let (name, level) = match part.strip_suffix([')', '）']).and_then(|part| part.rsplit_once(['(', '（'])) {
        Some((name, "可编辑")) => (name, HelperLevel::Edit),
        Some((name, "只读")) => (name, HelperLevel::Read),
        _ => (part, HelperLevel::Read),
    };
    (name.trim().to_owned(), level)
}

/// A cell as a value of one of the business's own fields: labels for choices, yuan for money.
fn custom(definition: &Definition, cell: String, late: bool) -> Value {
    let choice = |label: &str| {
        let known = definition.rules.choices.iter().find(|choice| choice.label == label);
        known.and_then(|choice| choice.key.clone()).unwrap_or_else(|| label.to_owned())
    };
    match definition.kind {
        CustomKind::Choice => json!(choice(&cell)),
        CustomKind::Choices => cells::parts(&cell).map(choice).collect(),
        CustomKind::Money => cells::fen(&cell).map_or_else(|text| json!(text), |fen| json!(fen)),
        CustomKind::Date => cells::day(&cell, late).map_or(json!(cell), |day| json!(day)),
        CustomKind::Number => json!(cell.replace([',', '，'], "")),
        CustomKind::YesNo => match cell.to_lowercase().as_str() {
            "是" | "有" | "√" | "y" | "yes" | "true" | "1" => json!(true),
            "否" | "无" | "×" | "n" | "no" | "false" | "0" => json!(false),
            _ => json!(cell),
        },
        // No column is meant for files.
        CustomKind::Text | CustomKind::LongText | CustomKind::Phone | CustomKind::File => json!(cell),
    }
}
