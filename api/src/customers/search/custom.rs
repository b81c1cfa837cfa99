//! Filters on a business's own fields.

use super::filter::{Compiler, Refused, nullary};
use super::spell::literal;
use crate::customers::custom::entity::{blind, value};
use crate::customers::custom::keys::{Key, blind_kind, days, folded, keys, whole};
use crate::customers::digests::digested;
use crate::customers::entity::customer;
use domain::custom_fields::{CustomKind, Definition};
use domain::filters::{Op, Test};
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{Condition, LikeExpr, Query, SelectStatement};

impl Compiler<'_> {
    /// The condition of a test on `custom.<key>`. A field that whoever asks does not see is unknown to them.
    pub(super) fn custom(&self, test: &Test) -> Result<Condition, Refused> {
        let definition = self.named(&test.field).ok_or(Refused::Field)?;
        let id = customer::Column::Id;
        let within = |rows: Condition| Condition::all().add(id.in_subquery(self.values(definition, rows)));
        let without = |rows: Condition| Condition::all().add(id.not_in_subquery(self.values(definition, rows)));
        let every = Condition::all;
        if matches!(definition.kind, CustomKind::LongText | CustomKind::File) && !nullary(test.op) {
            return Err(Refused::Op); // Too long for an index, or only there or not.
        }
        if definition.sealed() && !nullary(test.op) {
            return self.sealed(definition, test);
        }
        Ok(match test.op {
            Op::Set => within(every()),
            Op::Empty => without(every()),
            Op::AnyOf => within(self.equal(definition, test)?),
            Op::NoneOf => without(self.equal(definition, test)?),
            Op::AllOf if definition.kind == CustomKind::Choices => {
                let mut all = every();
                for value in &test.values {
                    let one = Test { values: vec![value.clone()], ..test.clone() };
                    all = all.add(within(self.equal(definition, &one)?));
                }
                all
            }
            Op::Contains | Op::BeginsWith if definition.kind == CustomKind::Text => {
                let text = test.values.first().map(|text| folded(text)).unwrap_or_default();
                let text = literal(&text);
                let before = if test.op == Op::Contains { "%" } else { "" };
                within(every().add(value::Column::TextKey.like(LikeExpr::new(format!("{before}{text}%")).escape('\\'))))
            }
            _ => within(self.range(definition, test)?),
        })
    }

    /// Rows of the field's values.
    fn values(&self, definition: &Definition, rows: Condition) -> SelectStatement {
        Query::select()
            .column(value::Column::CustomerId)
            .from(value::Entity)
            .and_where(value::Column::TenantId.eq(self.scope.tenant_id()))
            .and_where(value::Column::FieldId.eq(definition.id))
            .cond_where(rows)
            .to_owned()
    }

    fn equal(&self, definition: &Definition, test: &Test) -> Result<Condition, Refused> {
        let (mut numbers, mut texts) = (Vec::new(), Vec::new());
        for at in 0..test.values.len() {
            match self.key(definition, test, at)? {
                Key::Number(number) => numbers.push(number),
                Key::Text(text) => texts.push(text),
                Key::Nothing => return Err(Refused::Op),
            }
        }
        let mut any = Condition::any();
        if !numbers.is_empty() {
            any = any.add(value::Column::NumberKey.is_in(numbers));
        }
        if !texts.is_empty() {
            any = any.add(value::Column::TextKey.is_in(texts));
        }
        Ok(any)
    }

    fn range(&self, definition: &Definition, test: &Test) -> Result<Condition, Refused> {
        if !matches!(definition.kind, CustomKind::Number | CustomKind::Money | CustomKind::Date) {
            return Err(Refused::Op);
        }
        let column = value::Column::NumberKey;
        let number = |at| match self.key(definition, test, at)? {
            Key::Number(number) => Ok(number),
            _ => Err(Refused::Op),
        };
        let one = match test.op {
            Op::Less => column.lt(number(0)?),
            Op::AtMost => column.lte(number(0)?),
            Op::More => column.gt(number(0)?),
            Op::AtLeast => column.gte(number(0)?),
            Op::Between if definition.kind == CustomKind::Date => {
                let (first, last) = self.range_of_days(test)?;
                column.between(days(first), days(last))
            }
            Op::Between => {
                let (least, greatest) = (number(0)?, number(1)?);
                if least > greatest {
                    return Err(Refused::Value(1, "range_reversed"));
                }
                column.between(least, greatest)
            }
            _ => return Err(Refused::Op),
        };
        Ok(Condition::all().add(one))
    }

    /// The key of a value of the test, by the rules by which the value itself is kept.
    fn key(&self, definition: &Definition, test: &Test, at: usize) -> Result<Key, Refused> {
        let text = test.values.get(at).ok_or(Refused::Op)?;
        if definition.kind == CustomKind::Date {
            return Ok(Key::Number(days(self.day(test, at)?)));
        }
        let tree = definition.of_text(text);
        match keys(definition, &tree).into_iter().next() {
            None | Some(Key::Nothing) => Err(Refused::Value(at, "invalid_value")),
            Some(key) => Ok(key),
        }
    }

    /// What is sealed is found only when it is asked for whole.
    fn sealed(&self, definition: &Definition, test: &Test) -> Result<Condition, Refused> {
        let kind = blind_kind(definition.id);
        let sought = test
            .values
            .iter()
            .fold(Condition::any(), |any, text| any.add(digested(self.scope, &kind, &whole(definition, text))));
        let rows = Query::select()
            .column(blind::Column::CustomerId)
            .from(blind::Entity)
            .and_where(blind::Column::TenantId.eq(self.scope.tenant_id()))
            .cond_where(sought)
            .to_owned();
        match test.op {
            Op::AnyOf => Ok(Condition::all().add(customer::Column::Id.in_subquery(rows))),
            _ => Err(Refused::Op),
        }
    }
}
