//! A row as an item: JSON values as DynamoDB's own, so that the console, streams and Step Functions can read them.
//!
//! DynamoDB keeps the value of a number and not how it was written: 256.50 would come back as 256.5. So numbers that
//! are written in another way than DynamoDB's are kept as texts beside the fields, in an attribute of their own.

use std::collections::HashMap;

use aqueduct::seam::StoredRow;
use aqueduct::{Decimal, Failure};
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use serde_json::{Map, Number, Value};

use crate::Table;

/// An item of DynamoDB.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The attribute that changes with every write; no field of the language begins like this.
pub(crate) const REVISION: &str = "_revision";

/// Of a row that something else has put there, without a revision: it is there, so it isn't 0.
pub(crate) const FOREIGN: u64 = 1;

/// The attribute that says how numbers were written: JSON pointer to digits.
const DIGITS: &str = "_digits";

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
    let row = serde_json::from_slice(json)?;
    let mut digits = Vec::new();
    note_digits(&row, "", &mut digits);
    let Value::Object(fields) = row else {
        return Err(Failure::new(format!("a row of {} is no record", table.name)));
    };
    let mut item: Item = fields
        .into_iter()
        .map(|(name, value)| (name, attribute(value)))
        .collect();
    let _ = item.insert(table.key.to_owned(), key(table, text));
    let _ = item.insert(REVISION.to_owned(), AttributeValue::N(revision.to_string()));
    if !digits.is_empty() {
        let digits = digits.into_iter().collect();
        let _ = item.insert(DIGITS.to_owned(), AttributeValue::M(digits));
    }
    Ok(item)
}

/// A row as it was written, its fields in the order of their names.
pub(crate) fn read(mut item: Item) -> Result<StoredRow, Failure> {
    let mut revision = 0;
    let digits = item.remove(DIGITS);
    let mut fields: Vec<(String, Value)> = Vec::with_capacity(item.len());
    for (name, attribute) in item {
        if name == REVISION {
            revision = number(&attribute).unwrap_or(0);
        } else {
            fields.push((name, value(attribute)?));
        }
    }
    fields.sort_by(|left, right| left.0.cmp(&right.0));
    let mut row = Value::Object(Map::from_iter(fields));
    if let Some(AttributeValue::M(digits)) = digits {
        for (pointer, text) in &digits {
            restore_digits(&mut row, pointer, text);
        }
    }
    Ok(StoredRow {
        revision: if revision == 0 { FOREIGN } else { revision },
        json: Bytes::from(serde_json::to_vec(&row)?),
    })
}

/// A whole number.
pub(crate) fn number(attribute: &AttributeValue) -> Option<u64> {
    attribute.as_n().ok()?.parse().ok()
}

/// Collects the numbers that DynamoDB would write in another way.
fn note_digits(value: &Value, pointer: &str, digits: &mut Vec<(String, AttributeValue)>) {
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            if text.contains(['e', 'E']) || (text.contains('.') && text.ends_with('0')) {
                digits.push((pointer.to_owned(), AttributeValue::S(text)));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                note_digits(item, &format!("{pointer}/{index}"), digits);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                // As RFC 6901 writes names.
                let name = name.replace('~', "~0").replace('/', "~1");
                note_digits(field, &format!("{pointer}/{name}"), digits);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// Writes a number as it was written, unless something else has changed it since.
fn restore_digits(row: &mut Value, pointer: &str, text: &AttributeValue) {
    let (Some(Value::Number(there)), Ok(text)) = (row.pointer_mut(pointer), text.as_s()) else {
        return;
    };
    let exact = |text: &str| {
        Decimal::from_str_exact(text)
            .or_else(|_| Decimal::from_scientific(text))
            .ok()
    };
    if let (Some(now), Some(then), Ok(number)) = (exact(&there.to_string()), exact(text), text.parse())
        && now == then
    {
        *there = number;
    }
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
    fn a_number_is_written_as_it_was_unless_it_was_changed() {
        let json = br#"{"id":"1","fare":256.50,"parts":[{"a/b":1.0}]}"#;
        let mut item = write(&RIDES, "1", json, 1).unwrap();
        // As DynamoDB gives it back.
        let _ = item.insert("fare".to_owned(), AttributeValue::N("256.5".to_owned()));
        let text = |item: &Item| String::from_utf8(read(item.clone()).unwrap().json.to_vec()).unwrap();
        assert_eq!(text(&item), r#"{"fare":256.50,"id":"1","parts":[{"a/b":1.0}]}"#);
        let _ = item.insert("fare".to_owned(), AttributeValue::N("99".to_owned()));
        assert_eq!(text(&item), r#"{"fare":99,"id":"1","parts":[{"a/b":1.0}]}"#);
    }

    #[test]
    fn a_row_of_somebody_else_counts_as_there() {
        let item = Item::from([("id".to_owned(), AttributeValue::S("1".to_owned()))]);
        assert_eq!(read(item).unwrap().revision, FOREIGN);
    }
}
