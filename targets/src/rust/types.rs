//! Types of the model as Rust types, and as shapes that check them at run time.

use std::collections::BTreeSet;

use aqueduct_compiler::model::{Bounds, Constant, DefaultValue, Field, Model, Scalar, Shape, Type};

use super::layout::{Code, call, text};
use super::names::{literal, type_name};

/// The Rust type of a field.
pub(crate) fn rust_type(model: &Model, ty: &Type) -> String {
    let name = match &ty.shape {
        Shape::Scalar(scalar) => scalar_type(scalar).to_owned(),
        Shape::List { item, .. } => format!("Vec<{}>", rust_type(model, item)),
        Shape::Map { value, .. } => format!("BTreeMap<String, {}>", rust_type(model, value)),
        Shape::Named(id) => type_name(model, *id),
        // A checked model has none.
        Shape::Unresolved => "()".to_owned(),
    };
    if ty.optional {
        format!("Option<{name}>")
    } else {
        name
    }
}

fn scalar_type(scalar: &Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "bool",
        Scalar::Int(_) => "i64",
        Scalar::Decimal { .. } => "Decimal",
        Scalar::Float(_) => "f64",
        Scalar::String { .. } => "String",
        Scalar::Uuid => "Uuid",
        Scalar::Instant => "Timestamp",
        Scalar::Duration => "SignedDuration",
        Scalar::Bytes { .. } => "Vec<u8>",
        Scalar::Json => "Value",
    }
}

/// What of the runtime a type needs to have imported.
pub(crate) fn imports(ty: &Type, aqueduct: &mut BTreeSet<&'static str>, maps: &mut bool) {
    match &ty.shape {
        Shape::Scalar(scalar) => {
            let name = scalar_type(scalar);
            if ["Decimal", "Uuid", "Timestamp", "SignedDuration", "Value"].contains(&name) {
                let _ = aqueduct.insert(name);
            }
        }
        Shape::List { item, .. } => imports(item, aqueduct, maps),
        Shape::Map { value, .. } => {
            *maps = true;
            imports(value, aqueduct, maps);
        }
        Shape::Named(_) | Shape::Unresolved => {}
    }
}

/// The serde attributes of a field.
pub(crate) fn serde_attribute(model: &Model, field: &Field) -> Option<String> {
    let mut parts = Vec::new();
    if super::names::renamed(&field.label.name) {
        parts.push(format!("rename = {}", literal(&field.label.name)));
    }
    if field.ty.optional {
        parts.push("default".to_owned());
        parts.push("skip_serializing_if = \"Option::is_none\"".to_owned());
    }
    if matches!(
        model.resolve(&field.ty).shape,
        Shape::Scalar(Scalar::Bytes { .. })
    ) {
        let module = if field.ty.optional {
            "aqueduct::wire::bytes::optional"
        } else {
            "aqueduct::wire::bytes"
        };
        parts.push(format!("with = {}", literal(module)));
    }
    (!parts.is_empty()).then(|| {
        let one_line = format!("#[serde({})]", parts.join(", "));
        if one_line.len() <= 70 + "#[serde()]".len() {
            one_line
        } else {
            format!("#[serde(\n        {}\n    )]", parts.join(",\n        "))
        }
    })
}

/// `Field::required("fare", …)`
pub(crate) fn field_code(model: &Model, field: &Field) -> Code {
    let word = if field.ty.optional {
        "Field::optional"
    } else {
        "Field::required"
    };
    let code = call(
        word,
        [text(literal(&field.label.name)), shape_code(model, &field.ty)],
    );
    match &field.default {
        None => code,
        Some(DefaultValue::Minted | DefaultValue::Now) => code.then("minted", []),
        Some(DefaultValue::Value(constant)) => code.then("default", [text(default_code(constant))]),
    }
}

/// `Shape::string().length(1..=64)`
pub(crate) fn shape_code(model: &Model, ty: &Type) -> Code {
    match &ty.shape {
        Shape::Scalar(scalar) => scalar_code(scalar),
        Shape::List { item, length } => with_length(call("Shape::list", [shape_code(model, item)]), length),
        Shape::Map { value, length } => with_length(call("Shape::map", [shape_code(model, value)]), length),
        Shape::Named(id) => match &model.types[*id].kind {
            aqueduct_compiler::model::TypeKind::Alias(target) => shape_code(model, target),
            aqueduct_compiler::model::TypeKind::Union(_) => call("Shape::any", []),
            aqueduct_compiler::model::TypeKind::Message { .. }
            | aqueduct_compiler::model::TypeKind::Record { .. }
            | aqueduct_compiler::model::TypeKind::Choice(_) => {
                call(format!("Shape::of::<{}>", type_name(model, *id)), [])
            }
        },
        Shape::Unresolved => call("Shape::any", []),
    }
}

fn scalar_code(scalar: &Scalar) -> Code {
    match scalar {
        Scalar::Bool => call("Shape::bool", []),
        Scalar::Int(bounds) => with_range(call("Shape::int", []), bounds),
        Scalar::Float(bounds) => with_range(call("Shape::float", []), bounds),
        Scalar::Decimal { bounds, places } => {
            let code = with_range(call("Shape::decimal", []), bounds);
            match places {
                Some(places) => code.then("places", [text(places.to_string())]),
                None => code,
            }
        }
        Scalar::String { length, pattern } => {
            let code = with_length(call("Shape::string", []), length);
            match pattern {
                Some(pattern) => code.then("pattern", [text(literal(pattern))]),
                None => code,
            }
        }
        Scalar::Uuid => call("Shape::uuid", []),
        Scalar::Instant => call("Shape::instant", []),
        Scalar::Duration => call("Shape::duration", []),
        Scalar::Bytes { length } => with_length(call("Shape::bytes", []), length),
        Scalar::Json => call("Shape::any", []),
    }
}

fn with_range<T: ToString>(mut code: Code, bounds: &Bounds<T>) -> Code {
    if let Some(min) = &bounds.min {
        code = code.then("at_least", [text(literal(&min.to_string()))]);
    }
    if let Some(max) = &bounds.max {
        code = code.then("at_most", [text(literal(&max.to_string()))]);
    }
    code
}

fn with_length(code: Code, length: &Bounds<u64>) -> Code {
    let range = match (length.min, length.max) {
        (None, None) => return code,
        (min, None) => format!("{}..", min.unwrap_or_default()),
        (None, Some(max)) => format!("..={max}"),
        (Some(min), Some(max)) => format!("{min}..={max}"),
    };
    code.then("length", [text(range)])
}

/// A default as a JSON value; a number with a fraction keeps its digits and never becomes a float.
fn default_code(constant: &Constant) -> String {
    match constant {
        Constant::Number(number) if !number.fract().is_zero() || number.scale() > 0 => {
            format!("aqueduct::wire::number({})", literal(&number.to_string()))
        }
        Constant::Number(_)
        | Constant::Text(_)
        | Constant::Bool(_)
        | Constant::Word(_)
        | Constant::Duration(_)
        | Constant::None
        | Constant::List(_) => format!("json!({})", json(constant)),
    }
}

fn json(constant: &Constant) -> String {
    match constant {
        Constant::Number(number) => number.to_string(),
        Constant::Text(value) => literal(value),
        Constant::Bool(value) => value.to_string(),
        Constant::Word(word) => literal(word),
        Constant::Duration(milliseconds) => literal(&iso_duration(*milliseconds)),
        Constant::None => "null".to_owned(),
        Constant::List(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
    }
}

/// ISO 8601, in seconds: `PT90S`, `PT0.5S`.
fn iso_duration(milliseconds: u64) -> String {
    let (seconds, rest) = (milliseconds / 1_000, milliseconds % 1_000);
    if rest == 0 {
        format!("PT{seconds}S")
    } else {
        format!("PT{seconds}.{rest:03}S")
    }
}
