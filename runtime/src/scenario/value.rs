//! Values of a scenario, and when two of them are alike.

use std::collections::BTreeMap;

use aqueduct_saga::definition::Value;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

use crate::clock::{Clock, Ids};

/// What a scenario has given names to.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, Json>);

impl Names {
    pub(super) fn know(&mut self, name: &str, value: Json) {
        let _ = self.0.insert(name.to_owned(), value);
    }

    /// The value; nothing where what it names isn't there.
    pub(super) fn value(&self, value: &Value, ids: &dyn Ids, clock: &dyn Clock) -> Option<Json> {
        match value {
            Value::Path(path) => {
                let (first, rest) = path.split_first()?;
                let found = rest
                    .iter()
                    .try_fold(self.0.get(first)?, |value, name| value.get(name))?;
                Some(found.clone())
            }
            Value::Constant(json) => (!json.is_null()).then(|| json.clone()),
            Value::New => Some(Json::String(ids.new_id().to_string())),
            Value::Now => Some(Json::String(clock.now().to_string())),
            Value::List(values) => {
                let each = values.iter().filter_map(|value| self.value(value, ids, clock));
                Some(Json::Array(each.collect()))
            }
            Value::Record(fields) => {
                let each = fields
                    .iter()
                    .filter_map(|(name, value)| Some((name.clone(), self.value(value, ids, clock)?)));
                Some(Json::Object(each.collect::<Map<_, _>>()))
            }
        }
    }
}

/// Whether a value is what is wanted: numbers by their worth, of records the fields that are named.
pub(super) fn alike(wanted: &Json, seen: &Json) -> bool {
    match (wanted, seen) {
        (Json::Number(wanted), Json::Number(seen)) => {
            let worth = |number: &serde_json::Number| number.to_string().parse::<Decimal>().ok();
            match (worth(wanted), worth(seen)) {
                (Some(wanted), Some(seen)) => wanted == seen,
                _ => wanted == seen,
            }
        }
        (Json::Object(wanted), Json::Object(seen)) => wanted
            .iter()
            .all(|(name, value)| seen.get(name).is_some_and(|seen| alike(value, seen))),
        (Json::Array(wanted), Json::Array(seen)) => {
            wanted.len() == seen.len() && wanted.iter().zip(seen).all(|(wanted, seen)| alike(wanted, seen))
        }
        _ => wanted == seen,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_compared_by_their_worth_and_records_by_what_is_named() {
        let number = |text: &str| serde_json::from_str::<Json>(text).unwrap();
        assert!(alike(&number("5.0"), &number("5.00")));
        assert!(!alike(&number("5.01"), &number("5.0")));
        assert!(alike(
            &json!({"a": {"b": 1}}),
            &json!({"a": {"b": 1, "c": 2}, "d": 3})
        ));
        assert!(!alike(&json!({"a": 1, "x": 1}), &json!({"a": 1})));
        assert!(!alike(&json!([1]), &json!([1, 2])));
    }
}
