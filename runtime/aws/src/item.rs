//! A row as an item: JSON values as DynamoDB's own, so that the console, streams and Step Functions can read them.
//!
//! Numbers keep all their digits but not zeros at their end, which DynamoDB drops: 256.50 comes back as 256.5.

use std::collections::HashMap;

use aqueduct::Failure;
use aqueduct::seam::StoredRow;
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use serde_json::{Map, Number, Value};

use crate::Table;

/// An item of DynamoDB.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The attribute that changes with every write; no field of the language begins like this.
pub(crate) const REVISION: &str = "_revision";

/// The key of a row.
pub(crate) fn key(table: &Table, text: &str) -> AttributeValue {
    if table.number {
        AttributeValue::N(text.to_owned())
    } else {
        AttributeValue::S(text.to_owned())
    }
}

/// A row as it is kept.
pub(crate) fn write(table: &Table, text: &str, json: &[u8], revision: u64) -> Result<Item, Failure> {
    let Value::Object(fields) = serde_json::from_slice(json)? else {
        return Err(Failure::new(format!("a row of {} is no record", table.name)));
    };
    let mut item: Item = fields
        .into_iter()
        .map(|(name, value)| (name, attribute(value)))
        .collect();
    let _ = item.insert(table.key.to_owned(), key(table, text));
    let _ = item.insert(REVISION.to_owned(), AttributeValue::N(revision.to_string()));
    Ok(item)
}

/// A row as it was written, its fields in the order of their names.
pub(crate) fn read(item: Item) -> Result<StoredRow, Failure> {
    let mut revision = 0;
    let mut fields: Vec<(String, Value)> = Vec::with_capacity(item.len());
    for (name, attribute) in item {
        if name == REVISION {
            revision = number(&attribute).unwrap_or(0);
        } else {
            fields.push((name, value(attribute)?));
        }
    }
    fields.sort_by(|left, right| left.0.cmp(&right.0));
    let row = Value::Object(Map::from_iter(fields));
    Ok(StoredRow {
        // A row that something else has put there has none: it is there, so it can't be 0.
        revision: revision.max(1),
        json: Bytes::from(serde_json::to_vec(&row)?),
    })
}

/// A whole number.
pub(crate) fn number(attribute: &AttributeValue) -> Option<u64> {
    attribute.as_n().ok()?.parse().ok()
}

fn attribute(value: Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(value) => AttributeValue::Bool(value),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text),
        Value::Array(items) => AttributeValue::L(items.into_iter().map(attribute).collect()),
        Value::Object(fields) => AttributeValue::M(
            fields
                .into_iter()
                .map(|(name, value)| (name, attribute(value)))
                .collect(),
        ),
    }
}

fn value(attribute: AttributeValue) -> Result<Value, Failure> {
    Ok(match attribute {
        AttributeValue::Null(_) => Value::Null,
        AttributeValue::Bool(value) => Value::Bool(value),
        AttributeValue::N(text) => Value::Number(text.parse::<Number>()?),
        AttributeValue::S(text) => Value::String(text),
        AttributeValue::L(items) => Value::Array(items.into_iter().map(value).collect::<Result<_, _>>()?),
        AttributeValue::M(fields) => {
            let fields = fields.into_iter().map(|(name, field)| Ok((name, value(field)?)));
            let mut fields: Vec<(String, Value)> = fields.collect::<Result<_, Failure>>()?;
            fields.sort_by(|left, right| left.0.cmp(&right.0));
            Value::Object(Map::from_iter(fields))
        }
        other => {
            return Err(Failure::new(format!(
                "a row holds {other:?}, which Aqueduct never writes"
            )));
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const RIDES: Table = Table {
        name: "S.rides",
        variable: "RIDES",
        key: "id",
        number: false,
    };

    fn there_and_back(row: &Value) -> Value {
        let json = serde_json::to_vec(row).unwrap();
        let stored = read(write(&RIDES, "1", &json, 7).unwrap()).unwrap();
        assert_eq!(stored.revision, 7);
        serde_json::from_slice(&stored.json).unwrap()
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::from),
            "[1-9][0-9]{0,8}\\.[0-9]{1,6}[1-9]".prop_map(|text| Value::Number(text.parse().unwrap())),
            ".{0,9}".prop_map(Value::String),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::btree_map("[a-z]{1,4}", inner, 0..4)
                    .prop_map(|map| Value::Object(Map::from_iter(map))),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_row_comes_back_as_it_went(inner in values()) {
            let row = json!({ "body": inner, "id": "1" });
            prop_assert_eq!(there_and_back(&row), row);
        }
    }

    #[test]
    fn a_number_keeps_its_digits() {
        let row: Value = serde_json::from_str(r#"{"fare":12345678901234567890.123456,"id":"1"}"#).unwrap();
        assert_eq!(there_and_back(&row), row);
    }

    #[test]
    fn a_row_of_somebody_else_counts_as_there() {
        let item = Item::from([("id".to_owned(), AttributeValue::S("1".to_owned()))]);
        assert_eq!(read(item).unwrap().revision, 1);
    }
}
