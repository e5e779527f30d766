//! The JSON Schema of the document, made from the structs that it is written with.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Value, json};

use crate::Document;

/// The schema as text, with a line feed at the end: JSON Schema, draft 2020-12.
pub fn schema() -> String {
    let settings = SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(NeverNull)
        .with_transform(Closed);
    let schema = settings.into_generator().into_root_schema_for::<Document>();
    let text = serde_json::to_string_pretty(&schema).expect("writing into memory can't fail");
    text + "\n"
}

/// What nobody has said is absent, so nothing is `null`.
#[derive(Debug, Clone)]
struct NeverNull;

impl Transform for NeverNull {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|name| name != "null");
            if let [one] = types.as_slice() {
                let one = one.clone();
                schema.insert("type".to_owned(), one);
            }
        }
        if let Some(Value::Array(either)) = schema.get_mut("anyOf") {
            either.retain(|one| *one != json!({ "type": "null" }));
            if let [one] = either.as_slice() {
                let one = one.clone();
                schema.remove("anyOf");
                if let Value::Object(one) = one {
                    for (keyword, value) in one {
                        schema.insert(keyword, value);
                    }
                }
            }
        }
    }
}

/// A version of the compiler writes no other members than those that its schema names.
#[derive(Debug, Clone)]
struct Closed;

impl Transform for Closed {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        if !object.contains_key("properties") {
            return;
        }
        // What is one of several and has members in common closes them together.
        let Some(Value::Array(one_of)) = object.get_mut("oneOf") else {
            object.insert("additionalProperties".to_owned(), json!(false));
            return;
        };
        for one in one_of.iter_mut().filter_map(Value::as_object_mut) {
            one.remove("additionalProperties");
        }
        object.insert("unevaluatedProperties".to_owned(), json!(false));
    }
}
