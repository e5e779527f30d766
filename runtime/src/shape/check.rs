//! Checks a body against a shape and collects every bad field, not only the first.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Field, Kind, Shape, scalar};
use crate::clock::{Clock, Ids, SystemClock, SystemIds};

/// What happens to a field that the shape does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// It is an error: a client at the edge has misspelt something.
    Refuse,
    /// It is left out: inside the system a newer sender may know more.
    Drop,
}

/// One bad field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole body.
    pub pointer: String,
    /// What is wrong, like `has 65 characters`.
    pub problem: String,
    /// What would be right, like `1 to 64 characters`.
    pub expected: String,
}

impl FieldError {
    /// Both halves in one sentence.
    pub fn detail(&self) -> String {
        format!("{}; expected {}", self.problem, self.expected)
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() {
            "the body"
        } else {
            &self.pointer
        };
        write!(out, "{place} {}", self.detail())
    }
}

impl Shape {
    /// The body with defaults filled in and minted fields made, in the order of declaration.
    ///
    /// # Errors
    /// Every bad field.
    pub fn check(&self, body: &Value, unknown: Unknown) -> Result<Value, Vec<FieldError>> {
        check_with(
            self,
            body,
            unknown,
            Minting {
                ids: &SystemIds,
                clock: &SystemClock,
            },
        )
    }
}

/// Where minted values come from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Minting<'a> {
    pub(crate) ids: &'a dyn Ids,
    pub(crate) clock: &'a dyn Clock,
}

pub(crate) fn check_with(
    shape: &Shape,
    body: &Value,
    unknown: Unknown,
    minting: Minting<'_>,
) -> Result<Value, Vec<FieldError>> {
    let mut check = Check {
        unknown,
        minting,
        pointer: String::new(),
        errors: Vec::new(),
    };
    let checked = check.value(shape, body);
    if check.errors.is_empty() {
        Ok(checked)
    } else {
        Err(check.errors)
    }
}

struct Check<'a> {
    unknown: Unknown,
    minting: Minting<'a>,
    pointer: String,
    errors: Vec<FieldError>,
}

impl Check<'_> {
    /// The checked value; `null` where it was bad, which nobody sees because there are errors then.
    fn value(&mut self, shape: &Shape, value: &Value) -> Value {
        let limits = &shape.limits;
        let checked = match &shape.kind {
            Kind::Named(named) => return self.value(named.shape(), value),
            Kind::OneOf(shapes) => return self.one_of(shapes, value),
            Kind::List(element) => match value {
                Value::Array(elements) => match limits.length(elements.len(), "elements") {
                    Some(complaint) => Err(complaint),
                    None => return self.elements(element, elements),
                },
                other => Err(scalar::wrong(other, "a list")),
            },
            Kind::Map(inner) => match value {
                Value::Object(entries) => match limits.length(entries.len(), "entries") {
                    Some(complaint) => Err(complaint),
                    None => return self.entries(inner, entries),
                },
                other => Err(scalar::wrong(other, "an object")),
            },
            Kind::Record { name, fields } => match value {
                Value::Object(given) => return self.record(fields, given),
                other => Err(scalar::wrong(other, &format!("an object, a {name}"))),
            },
            _ => scalar::check(shape, value),
        };
        match checked {
            Ok(()) => return scalar::canonical(shape, value),
            Err((problem, expected)) => self.complain(problem, expected),
        }
        Value::Null
    }

    fn elements(&mut self, element: &Shape, values: &[Value]) -> Value {
        let checked = values
            .iter()
            .enumerate()
            .map(|(index, value)| self.below(&index.to_string(), |check| check.value(element, value)));
        Value::Array(checked.collect())
    }

    fn entries(&mut self, inner: &Shape, entries: &Map<String, Value>) -> Value {
        let checked = entries
            .iter()
            .map(|(name, value)| (name.clone(), self.below(name, |check| check.value(inner, value))));
        Value::Object(checked.collect())
    }

    fn record(&mut self, fields: &[Field], given: &Map<String, Value>) -> Value {
        let mut checked = Map::with_capacity(fields.len());
        for field in fields {
            let value = match given.get(&field.name).filter(|value| !value.is_null()) {
                Some(value) => self.below(&field.name, |check| check.value(&field.shape, value)),
                None => match self.absent(field) {
                    Some(value) => value,
                    None => continue,
                },
            };
            checked.insert(field.name.clone(), value);
        }
        if self.unknown == Unknown::Refuse {
            for name in given
                .keys()
                .filter(|name| fields.iter().all(|field| field.name != **name))
            {
                let known: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
                let expected = format!("only {}", known.join(", "));
                self.below(name, |check| {
                    check.complain("is not a field here".to_owned(), expected);
                });
            }
        }
        Value::Object(checked)
    }

    /// What stands for a field that was not given.
    fn absent(&mut self, field: &Field) -> Option<Value> {
        if let Some(value) = &field.default {
            return Some(value.clone());
        }
        if field.minted {
            return Some(Value::String(match field.shape.is_instant() {
                true => self.minting.clock.now().to_string(),
                false => self.minting.ids.new_id().to_string(),
            }));
        }
        if field.required {
            let expected = field.shape.described();
            self.below(&field.name, |check| {
                check.complain("is missing".to_owned(), expected);
            });
        }
        None
    }

    /// The first alternative without complaint.
    fn one_of(&mut self, shapes: &[Shape], value: &Value) -> Value {
        for shape in shapes {
            let before = self.errors.len();
            let checked = self.value(shape, value);
            if self.errors.len() == before {
                return checked;
            }
            self.errors.truncate(before);
        }
        let names: Vec<_> = shapes.iter().map(Shape::described).collect();
        self.complain("fits none of the alternatives".to_owned(), names.join(" or "));
        Value::Null
    }

    fn below<T>(&mut self, name: &str, check: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.pointer.len();
        self.pointer.push('/');
        escape(name, &mut self.pointer);
        let outcome = check(self);
        self.pointer.truncate(length);
        outcome
    }

    fn complain(&mut self, problem: String, expected: String) {
        self.errors.push(FieldError {
            pointer: self.pointer.clone(),
            problem,
            expected,
        });
    }
}

impl Shape {
    fn is_instant(&self) -> bool {
        self.kind == Kind::Instant
    }

    pub(super) fn described(&self) -> String {
        match &self.kind {
            Kind::Bool => "true or false".to_owned(),
            Kind::Int => "a whole number".to_owned(),
            Kind::Float | Kind::Decimal => "a number".to_owned(),
            Kind::Text => "text".to_owned(),
            Kind::Uuid => "a uuid".to_owned(),
            Kind::Instant => "an instant".to_owned(),
            Kind::Duration => "a duration".to_owned(),
            Kind::Bytes => "base64 text".to_owned(),
            Kind::Any => "any JSON".to_owned(),
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "an object".to_owned(),
            Kind::Record { name, .. } => format!("an object, a {name}"),
            Kind::Choice { values, .. } => format!("one of {}", values.join(", ")),
            Kind::OneOf(shapes) => shapes
                .iter()
                .map(Shape::described)
                .collect::<Vec<_>>()
                .join(" or "),
            Kind::Named(named) => named.shape().described(),
        }
    }
}

/// A name as a part of a JSON pointer.
pub(super) fn escape(name: &str, pointer: &mut String) {
    match name.contains(['~', '/']) {
        true => pointer.push_str(&name.replace('~', "~0").replace('/', "~1")),
        false => pointer.push_str(name),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clock::{CountingIds, ManualClock};

    fn ride() -> Shape {
        let address = Shape::record(
            "Address",
            [Field::required("city", Shape::string().length(1..=5))],
        );
        Shape::record(
            "Ride",
            [
                Field::required("id", Shape::uuid()).minted(),
                Field::required("at", Shape::instant()).minted(),
                Field::required("customer", Shape::string().length(1..=64)),
                Field::required("fare", Shape::decimal().at_least("0").places(2)),
                Field::required("stops", Shape::list(address).length(0..=5)),
                Field::optional("note", Shape::string()),
                Field::required("status", Shape::choice("Status", ["pending", "paid"])),
                Field::required("currency", Shape::string().length(3..=3)).default(json!("EUR")),
            ],
        )
    }

    fn checked(body: &str) -> Result<Value, Vec<FieldError>> {
        let body = serde_json::from_str(body).unwrap();
        let (ids, clock) = (CountingIds::default(), ManualClock::default());
        check_with(
            &ride(),
            &body,
            Unknown::Refuse,
            Minting {
                ids: &ids,
                clock: &clock,
            },
        )
    }

    #[test]
    fn defaults_and_minted_fields_are_filled_in() {
        let body = r#"{"customer":"Ada","fare":12.50,"stops":[{"city":"Rome"}],"note":null,"status":"paid"}"#;
        assert_eq!(
            checked(body).unwrap().to_string(),
            r#"{"id":"019b76da-a800-7000-8000-000000000001","at":"2026-01-01T00:00:00Z","customer":"Ada","fare":12.50,"stops":[{"city":"Rome"}],"status":"paid","currency":"EUR"}"#
        );
    }

    #[test]
    fn every_bad_field_is_reported() {
        let body = r#"{"id":"x","customer":"","fare":1.234,"stops":[{"city":"Frankfurt"},{}],"status":"gone","a/b":1}"#;
        let errors: Vec<_> = checked(body)
            .unwrap_err()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            errors,
            [
                "/id is no uuid; expected a uuid like 0190163d-8694-739b-aea5-966c26f8ad91",
                "/customer has 0 characters; expected 1 to 64 characters",
                "/fare is 1.234; expected at most 2 digits after the point",
                "/stops/0/city has 9 characters; expected 1 to 5 characters",
                "/stops/1/city is missing; expected text",
                "/status is \"gone\"; expected one of pending, paid",
                "/a~1b is not a field here; expected only id, at, customer, fare, stops, note, status, currency",
            ]
        );
    }

    #[test]
    fn inside_the_system_unknown_fields_are_left_out() {
        let shape = Shape::record("Small", [Field::required("a", Shape::int())]);
        assert_eq!(
            shape.check(&json!({"a": 1, "b": 2}), Unknown::Drop),
            Ok(json!({"a": 1}))
        );
    }

    #[test]
    fn numbers_keep_to_their_type() {
        let one =
            |shape: Shape, body: &str| shape.check(&serde_json::from_str(body).unwrap(), Unknown::Refuse);
        assert!(one(Shape::int(), "9007199254740993").is_err());
        assert!(one(Shape::int(), "1.0").is_err());
        assert!(one(Shape::int().at_most("5"), "6").is_err());
        assert!(one(Shape::decimal(), "\"12\"").is_err());
        assert!(one(Shape::decimal(), "1e3").is_ok());
        assert!(one(Shape::float(), "1e999").is_err());
        assert!(one(Shape::duration(), "\"PT30S\"").is_ok());
        assert!(one(Shape::duration(), "\"30\"").is_err());
        assert!(one(Shape::instant(), "\"2026-01-01T00:00:00\"").is_err());
        assert!(one(Shape::string().pattern("^[a-z]+$"), "\"Ab\"").is_err());
    }
}
