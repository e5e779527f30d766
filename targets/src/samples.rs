//! Requests and messages to try, made from the types of a system.

use aqueduct_compiler::model::{
    Api, ApiTarget, Auth, Bounds, DefaultValue, Field, Id, Method, Model, PathSegment, Scalar, Shape, Type,
    TypeDecl, TypeKind,
};
use serde_json::{Map, Value, json};

/// `curl` lines for every operation of a system; those that want a token get this one.
pub fn requests(model: &Model, base: &str, token: &str) -> Vec<String> {
    let operations = model.apis.values();
    operations
        .map(|api| {
            let line = request(model, api, base);
            match api.auth {
                Some(Auth::Jwt { .. }) => format!("{line} -H \"Authorization: Bearer {token}\""),
                Some(Auth::None { .. }) | None => line,
            }
        })
        .collect()
}

fn request(model: &Model, api: &Api, base: &str) -> String {
    let path: String = api
        .path
        .segments
        .iter()
        .map(|segment| match segment {
            PathSegment::Literal(text) => format!("/{text}"),
            // Braces would mean alternatives to curl.
            PathSegment::Parameter(name) => format!("/{}", name.to_uppercase()),
        })
        .collect();
    let ApiTarget::Handler(handler) = api.target else {
        return format!("curl -i '{base}{path}'");
    };
    let method = if api.method == Method::Get {
        String::new()
    } else {
        format!("-X {} ", api.method.word())
    };
    let Some(input) = model.handlers[handler].input.filter(|_| api.method.has_body()) else {
        return format!("curl -i {method}'{base}{path}'");
    };
    let body = body(model, api, input);
    format!("curl -i {method}'{base}{path}' -H 'content-type: application/json' -d '{body}'")
}

/// What a client has to send to an operation, without what is in the path.
pub(crate) fn body(model: &Model, api: &Api, input: Id<TypeDecl>) -> Value {
    let in_path = |name: &str| api.path.parameters().any(|parameter| parameter == name);
    record(model, input, 0, |field| {
        field.default.is_none() && !in_path(&field.label.name)
    })
}

/// A message as it travels inside the system: what is minted where it is born is there.
pub fn message(model: &Model, id: Id<TypeDecl>) -> Value {
    record(model, id, 0, |field| {
        !matches!(field.default, Some(DefaultValue::Value(_)))
    })
}

/// A value of a field in a path.
pub(crate) fn parameter(model: &Model, field: &Field) -> String {
    let value = value(model, field, &field.ty, 0);
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value of a field.
pub fn field(model: &Model, field: &Field) -> Value {
    value(model, field, &field.ty, 0)
}

/// The fields that are wanted and can't be left out.
fn record(model: &Model, id: Id<TypeDecl>, depth: usize, wanted: impl Fn(&Field) -> bool) -> Value {
    let fields = model.fields(id).iter();
    let wanted = fields.filter(|field| !field.ty.optional && wanted(field));
    Value::Object(
        wanted
            .map(|field| {
                (
                    field.label.name.to_string(),
                    value(model, field, &field.ty, depth),
                )
            })
            .collect::<Map<_, _>>(),
    )
}

fn value(model: &Model, field: &Field, ty: &Type, depth: usize) -> Value {
    match &ty.shape {
        Shape::Scalar(scalar) => scalar_value(&field.label.name, scalar),
        Shape::List { item, length } if length.min.unwrap_or_default() > 0 && depth < 4 => {
            let one = value(model, field, item, depth + 1);
            Value::Array(vec![
                one;
                usize::try_from(length.min.unwrap_or(1)).unwrap_or(1).min(3)
            ])
        }
        Shape::List { .. } => json!([]),
        Shape::Map { .. } => json!({}),
        Shape::Named(id) => match &model.types[*id].kind {
            TypeKind::Alias(target) => value(model, field, target, depth),
            TypeKind::Union(members) => members.first().map_or(Value::Null, |(first, _)| {
                record(model, *first, depth + 1, |field| field.default.is_none())
            }),
            TypeKind::Choice(values) => values
                .first()
                .map_or(Value::Null, |first| json!(first.name.as_str())),
            TypeKind::Message { .. } | TypeKind::Record { .. } if depth < 4 => {
                record(model, *id, depth + 1, |field| field.default.is_none())
            }
            TypeKind::Message { .. } | TypeKind::Record { .. } => json!({}),
        },
        Shape::Unresolved => Value::Null,
    }
}

fn scalar_value(name: &str, scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Bool => json!(false),
        Scalar::Int(bounds) => json!(within(1, bounds)),
        Scalar::Decimal { bounds, .. } | Scalar::Float(bounds) => {
            let number = within(100.into(), bounds);
            serde_json::from_str(&number.to_string()).unwrap_or(Value::Null)
        }
        Scalar::String { length, pattern } => json!(text(name, length, pattern.is_some())),
        Scalar::Uuid => json!("0198f2c4-0000-7000-8000-000000000001"),
        Scalar::Instant => json!("2027-01-01T12:00:00Z"),
        Scalar::Duration => json!("PT30S"),
        Scalar::Bytes { .. } => json!("AAAA"),
        Scalar::Json => json!({}),
    }
}

fn within<T: PartialOrd + Copy>(wanted: T, bounds: &Bounds<T>) -> T {
    match (bounds.min, bounds.max) {
        (Some(min), _) if wanted < min => min,
        (_, Some(max)) if wanted > max => max,
        _ => wanted,
    }
}

/// The field's own name, as long as the type wants it; digits where only a pattern knows what is right.
fn text(name: &str, length: &Bounds<u64>, digits: bool) -> String {
    let least = usize::try_from(length.min.unwrap_or(1)).unwrap_or(1).min(200);
    let most = usize::try_from(length.max.unwrap_or(200)).unwrap_or(200);
    let seed = if digits { "1234567890" } else { name };
    seed.chars()
        .cycle()
        .take(seed.len().clamp(least, most.max(least)))
        .collect()
}
