//! Values and conditions over what a saga knows.

use std::cell::Cell;

use aqueduct_expr::{Comparison as Compare, Expr, Function, exact};
use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use crate::definition::{Comparison, Condition, Value};
use crate::log::{Kind, Log};

/// What a saga knows at one place: its input, what steps gave, and why it goes back.
#[derive(Debug, Default)]
pub struct Data<'a> {
    named: Vec<(&'a str, &'a Json)>,
    error: Option<Json>,
}

/// For whom a value is made: an id and a time are the same in every try.
#[derive(Debug)]
pub(crate) struct Maker<'a> {
    pub(crate) log: &'a Log,
    pub(crate) kind: Kind,
    pub(crate) step: &'a str,
    pub(crate) begun: Timestamp,
    /// How many ids were made: each in a step is another.
    pub(crate) made: Cell<u32>,
}

impl<'a> Data<'a> {
    /// The fields of a row, as a condition over it sees them.
    pub fn of_row(row: &'a Json) -> Self {
        let fields = row.as_object().into_iter().flatten();
        Self {
            named: fields.map(|(name, value)| (name.as_str(), value)).collect(),
            error: None,
        }
    }

    pub(crate) fn know(&mut self, name: &'a str, value: &'a Json) {
        self.named.push((name, value));
    }

    /// Exchanges what it goes back for.
    pub(crate) fn blame(&mut self, error: Option<Json>) -> Option<Json> {
        std::mem::replace(&mut self.error, error)
    }

    fn get(&self, path: &[String]) -> Option<&Json> {
        let (first, rest) = path.split_first()?;
        let known = self.named.iter().rev().find(|(name, _)| name == first);
        let start = match known {
            Some((_, value)) => *value,
            None if first == "error" => self.error.as_ref()?,
            None => return None,
        };
        let found = rest.iter().try_fold(start, |value, name| value.get(name))?;
        (!found.is_null()).then_some(found)
    }

    /// The value, and nothing when it isn't there.
    pub(crate) fn value(&self, value: &Value, maker: &Maker<'_>) -> Option<Json> {
        match value {
            Value::Path(path) => self.get(path).cloned(),
            Value::Constant(json) => (!json.is_null()).then(|| json.clone()),
            Value::New => {
                let count = maker.made.get();
                maker.made.set(count + 1);
                let id = maker.log.id_of(maker.kind, maker.step, &format!("new {count}"));
                Some(Json::String(id.to_string()))
            }
            Value::Now => Some(Json::String(maker.begun.to_string())),
            Value::List(values) => {
                let each = values.iter().filter_map(|value| self.value(value, maker));
                Some(Json::Array(each.collect()))
            }
            Value::Record(fields) => Some(Json::Object(self.fields(fields, maker))),
        }
    }

    /// The fields that are there.
    pub(crate) fn fields(&self, fields: &[(String, Value)], maker: &Maker<'_>) -> Map<String, Json> {
        let each = fields
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), self.value(value, maker)?)));
        each.collect()
    }

    /// Whether a condition holds; one that can't be told doesn't.
    pub fn holds(&self, condition: &Condition) -> bool {
        // Every operand is filled in, so there is nothing left to look up.
        self.expression(condition).matches(&Json::Null)
    }

    fn expression(&self, condition: &Condition) -> Expr {
        let each = |parts: &[Condition]| parts.iter().map(|part| self.expression(part)).collect();
        let call = |function, value: &Value, text: &str| {
            Expr::Call(function, vec![self.operand(value), Expr::Text(text.to_owned())])
        };
        match condition {
            Condition::All(parts) => Expr::And(each(parts)),
            Condition::Any(parts) => Expr::Or(each(parts)),
            Condition::Not(part) => Expr::Not(Box::new(self.expression(part))),
            Condition::Compare(comparison, left, right) => Expr::Compare(
                compare(*comparison),
                Box::new(self.operand(left)),
                Box::new(self.operand(right)),
            ),
            Condition::In(value, list) => {
                let list = list.iter().map(|value| self.operand(value)).collect();
                Expr::In(Box::new(self.operand(value)), Box::new(Expr::List(list)))
            }
            Condition::StartsWith(value, text) => call(Function::StartsWith, value, text),
            Condition::EndsWith(value, text) => call(Function::EndsWith, value, text),
            Condition::Contains(value, text) => call(Function::Contains, value, text),
            Condition::Present(value) => Expr::Bool(match value {
                Value::Path(path) => self.get(path).is_some(),
                Value::Constant(json) => !json.is_null(),
                Value::New | Value::Now | Value::List(_) | Value::Record(_) => true,
            }),
            Condition::Holds(value) => match self.operand(value) {
                truth @ Expr::Bool(_) => truth,
                _ => absent(),
            },
        }
    }

    fn operand(&self, value: &Value) -> Expr {
        match value {
            Value::Path(path) => self.get(path).map_or_else(absent, constant),
            Value::Constant(Json::Null) => Expr::None,
            Value::Constant(json) => constant(json),
            Value::List(values) => Expr::List(values.iter().map(|value| self.operand(value)).collect()),
            // Nothing compares with these.
            Value::New | Value::Now | Value::Record(_) => absent(),
        }
    }
}

/// What isn't there: a field of nothing, so that it isn't taken for the question whether something is there.
fn absent() -> Expr {
    Expr::Field(vec![String::new()])
}

fn constant(json: &Json) -> Expr {
    match json {
        Json::Bool(truth) => Expr::Bool(*truth),
        Json::Number(number) => exact(number).map_or_else(absent, Expr::Number),
        Json::String(text) => Expr::Text(text.clone()),
        Json::Array(values) => Expr::List(values.iter().map(constant).collect()),
        Json::Null | Json::Object(_) => absent(),
    }
}

fn compare(comparison: Comparison) -> Compare {
    match comparison {
        Comparison::Equal => Compare::Equal,
        Comparison::NotEqual => Compare::NotEqual,
        Comparison::Less => Compare::Less,
        Comparison::AtMost => Compare::AtMost,
        Comparison::Greater => Compare::Greater,
        Comparison::AtLeast => Compare::AtLeast,
    }
}
