//! Checks what the program itself is about to store or send: nothing is filled in, nothing is copied.
//!
//! Complaints name fields and limits and never a value, for they end up in logs, dead letters and answers.

use serde_json::Value;

use super::check::escape;
use super::limits::Complaint;
use super::{Kind, Shape, scalar};

impl Shape {
    /// What is wrong with a value, one bad field after the other; `None` when it is of this shape.
    pub(crate) fn faults(&self, value: &Value) -> Option<String> {
        let mut conform = Conform {
            path: Vec::new(),
            faults: String::new(),
        };
        conform.value(self, value);
        (!conform.faults.is_empty()).then_some(conform.faults)
    }
}

struct Conform<'a> {
    /// Where we are; written out only when there is something to complain about.
    path: Vec<Step<'a>>,
    faults: String,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Element(usize),
    /// Of a map: its name is data, and so not told.
    Entry,
}

impl<'a> Conform<'a> {
    fn value(&mut self, shape: &'a Shape, value: &'a Value) {
        let limits = &shape.limits;
        match (&shape.kind, value) {
            (Kind::Named(named), _) => self.value(named.shape(), value),
            (Kind::OneOf(shapes), _) => self.one_of(shapes, value),
            (Kind::List(element), Value::Array(elements)) => {
                self.note(limits.length(elements.len(), "elements"));
                for (index, part) in elements.iter().enumerate() {
                    self.below(Step::Element(index), element, part);
                }
            }
            (Kind::Map(inner), Value::Object(entries)) => {
                self.note(limits.length(entries.len(), "entries"));
                for part in entries.values() {
                    self.below(Step::Entry, inner, part);
                }
            }
            (Kind::Record { fields, .. }, Value::Object(given)) => {
                for field in fields.iter() {
                    match given.get(&field.name).filter(|part| !part.is_null()) {
                        Some(part) => self.below(Step::Field(&field.name), &field.shape, part),
                        None if field.required => {
                            self.path.push(Step::Field(&field.name));
                            self.complain(&field.shape.described());
                            let _ = self.path.pop();
                        }
                        None => {}
                    }
                }
            }
            (Kind::List(_) | Kind::Map(_) | Kind::Record { .. }, _) => self.complain(&shape.described()),
            _ => self.note(scalar::check(shape, value).err()),
        }
    }

    fn below(&mut self, step: Step<'a>, shape: &'a Shape, part: &'a Value) {
        self.path.push(step);
        self.value(shape, part);
        let _ = self.path.pop();
    }

    /// The first alternative without complaint.
    fn one_of(&mut self, shapes: &'a [Shape], value: &'a Value) {
        let before = self.faults.len();
        for shape in shapes {
            self.value(shape, value);
            if self.faults.len() == before {
                return;
            }
            self.faults.truncate(before);
        }
        let names: Vec<_> = shapes.iter().map(Shape::described).collect();
        self.complain(&names.join(" or "));
    }

    fn note(&mut self, complaint: Option<Complaint>) {
        if let Some((_, expected)) = complaint {
            self.complain(&expected);
        }
    }

    fn complain(&mut self, expected: &str) {
        if !self.faults.is_empty() {
            self.faults.push_str("; ");
        }
        for step in &self.path {
            self.faults.push('/');
            match step {
                Step::Field(name) => escape(name, &mut self.faults),
                Step::Element(index) => self.faults.push_str(&index.to_string()),
                Step::Entry => self.faults.push('*'),
            }
        }
        if self.path.is_empty() {
            self.faults.push_str("the whole");
        }
        self.faults.push_str(": expected ");
        self.faults.push_str(expected);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Field;

    #[test]
    fn every_bad_field_is_named_and_no_value_is() {
        let stop = Shape::record("Stop", [Field::required("city", Shape::string().length(1..=5))]);
        let shape = Shape::record(
            "Ride",
            [
                Field::required("fare", Shape::decimal().at_least("0").places(2)),
                Field::required("status", Shape::choice("Status", ["due", "paid"])),
                Field::required("stops", Shape::list(stop)),
                Field::required("tags", Shape::map(Shape::int())),
                Field::required("code", Shape::string().pattern("^[a-z]+$")).default(json!("a")),
                Field::optional("note", Shape::string()),
            ],
        );
        let body = json!({
            "fare": -1.5, "status": "secret", "stops": [{"city": "Rome"}, {"city": "Frankfurt"}],
            "tags": {"secret": "secret"}, "note": null, "more": "than it knows",
        });
        assert_eq!(
            shape.faults(&body).unwrap(),
            "/fare: expected at least 0; /status: expected one of due, paid; \
             /stops/1/city: expected 1 to 5 characters; /tags/*: expected a whole number; /code: expected text"
        );
        assert_eq!(
            shape.faults(&json!([])).unwrap(),
            "the whole: expected an object, a Ride"
        );
        let good = json!({"fare": 1.5, "status": "due", "stops": [], "tags": {}, "code": "b"});
        assert_eq!(shape.faults(&good), None);
    }

    #[test]
    fn one_of_takes_any_alternative() {
        let either = Shape::one_of([Shape::int(), Shape::string()]);
        assert_eq!(either.faults(&json!("a")), None);
        assert_eq!(
            either.faults(&json!(true)).unwrap(),
            "the whole: expected a whole number or text"
        );
    }
}
