//! Field paths as text and in words, for messages.

use smol_str::SmolStr;

use crate::model::{Bounds, Id, Model, Scalar, Shape, Type, TypeDecl, TypeKind};

/// The names of a type's fields, in order.
pub fn names(model: &Model, of: Id<TypeDecl>) -> Vec<SmolStr> {
    model
        .fields(of)
        .iter()
        .map(|field| field.label.name.clone())
        .collect()
}

/// A type as the author would write it.
pub fn type_text(model: &Model, ty: &Type) -> String {
    let text = match &ty.shape {
        Shape::Scalar(scalar) => scalar_text(scalar),
        Shape::List { item, length } => {
            format!("list<{}>{}", type_text(model, item), limits(&[range(length)]))
        }
        Shape::Map { value, length } => {
            format!(
                "map<string, {}>{}",
                type_text(model, value),
                limits(&[range(length)])
            )
        }
        Shape::Named(id) => model.types[*id].label.name.to_string(),
        Shape::Unresolved => "?".to_owned(),
    };
    if ty.optional { format!("{text}?") } else { text }
}

fn scalar_text(scalar: &Scalar) -> String {
    let parts = match scalar {
        Scalar::Int(bounds) => vec![range(bounds)],
        Scalar::Float(bounds) => vec![range(bounds)],
        Scalar::Decimal { bounds, places } => {
            vec![range(bounds), places.map(|places| format!("places {places}"))]
        }
        Scalar::String { length, pattern } => {
            vec![
                range(length),
                pattern.as_ref().map(|pattern| format!("pattern {pattern:?}")),
            ]
        }
        Scalar::Bytes { length } => vec![range(length)],
        Scalar::Bool | Scalar::Uuid | Scalar::Instant | Scalar::Duration | Scalar::Json => Vec::new(),
    };
    format!("{}{}", scalar.word(), limits(&parts))
}

fn limits(parts: &[Option<String>]) -> String {
    let parts: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!("({})", parts.join(", "))
    }
}

fn range<T: ToString + PartialEq>(bounds: &Bounds<T>) -> Option<String> {
    match (&bounds.min, &bounds.max) {
        (None, None) => None,
        (Some(min), Some(max)) if min == max => Some(min.to_string()),
        (min, max) => {
            let end = |value: &Option<T>| value.as_ref().map(T::to_string).unwrap_or_default();
            Some(format!("{}..{}", end(min), end(max)))
        }
    }
}

/// The values of an enum, if the type is one.
pub fn choice<'a>(model: &'a Model, ty: &'a Type) -> Option<(Id<TypeDecl>, Vec<&'a str>)> {
    let Shape::Named(id) = model.resolve(ty).shape else {
        return None;
    };
    match &model.types[id].kind {
        TypeKind::Choice(values) => Some((id, values.iter().map(|value| value.name.as_str()).collect())),
        TypeKind::Message { .. } | TypeKind::Record { .. } | TypeKind::Alias(_) | TypeKind::Union(_) => None,
    }
}
