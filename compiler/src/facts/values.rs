//! What computed values are: paths through records and lists, arithmetic, functions.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::fields::type_text;
use crate::model::{
    Bounds, Constant, Function, Model, Operation, Scalar, Shape, Type, TypeKind, Value, ValueKind,
};

/// What a place knows by name: the type of what stands at a path.
pub type Names<'a> = dyn Fn(&[SmolStr]) -> Option<Type> + 'a;

/// A type that nobody wrote.
pub fn made(shape: Shape) -> Type {
    Type {
        shape,
        optional: false,
        span: SpanId::NOWHERE,
    }
}

/// What stands at the end of a path below a value, and whether the way leads through a list: then it is a list of
/// what stands at the end of each way.
pub fn below(model: &Model, from: &Type, path: &[SmolStr]) -> Option<(Type, bool)> {
    let Some((first, rest)) = path.split_first() else {
        return Some((from.clone(), false));
    };
    match &model.resolve(from).shape {
        Shape::Named(id) => {
            let field = model.field(*id, first)?;
            let (mut found, each) = below(model, &field.ty, rest)?;
            found.optional |= from.optional;
            Some((found, each))
        }
        Shape::List { item, length } => {
            let (found, each) = below(model, item, path)?;
            // Lists in lists are told one after the other, and nobody knows how many that makes.
            let list = if each {
                found
            } else {
                let item = Box::new(found);
                made(Shape::List {
                    item,
                    length: *length,
                })
            };
            Some((
                Type {
                    optional: from.optional,
                    ..list
                },
                true,
            ))
        }
        Shape::Scalar(_) | Shape::Map { .. } | Shape::Unresolved => None,
    }
}

/// The fields of `meta`, the envelope of a message.
pub const META: [&str; 5] = ["id", "time", "source", "correlation_id", "idempotency_key"];

/// What a field of `meta` is.
pub fn meta(field: &str) -> Option<Type> {
    let scalar = match field {
        "id" => Scalar::Uuid,
        "time" => Scalar::Instant,
        _ if META.contains(&field) => text(),
        _ => return None,
    };
    Some(made(Shape::Scalar(scalar)))
}

/// Any text.
pub fn text() -> Scalar {
    Scalar::String {
        length: Bounds::default(),
        pattern: None,
    }
}

/// What a value is; nothing where a part of it can't be told, of which somebody else speaks.
pub fn type_of(model: &Model, value: &Value, names: &Names<'_>) -> Option<Type> {
    let shape = match &value.kind {
        ValueKind::Path(path) | ValueKind::Each(path) => return names(path),
        ValueKind::Constant(constant) => return of_constant(constant).map(Shape::Scalar).map(made),
        ValueKind::New => Shape::Scalar(Scalar::Uuid),
        ValueKind::Now => Shape::Scalar(Scalar::Instant),
        ValueKind::List(items) => Shape::List {
            item: Box::new(type_of(model, items.first()?, names)?),
            length: Bounds::default(),
        },
        ValueKind::Record(_) => return None,
        ValueKind::Arithmetic(operation, sides) => {
            let [left, right] = sides.as_ref();
            let (one, other) = (type_of(model, left, names)?, type_of(model, right, names)?);
            return arithmetic(model, *operation, (left, &one), (right, &other)).ok();
        }
        ValueKind::Function(function, of) => {
            return function_of(model, *function, &type_of(model, of, names)?).ok();
        }
        ValueKind::Test(_) => Shape::Scalar(Scalar::Bool),
    };
    Some(made(shape))
}

fn of_constant(constant: &Constant) -> Option<Scalar> {
    Some(match constant {
        Constant::Number(number) if number.fract().is_zero() => Scalar::Int(Bounds::default()),
        Constant::Number(_) => exact(),
        Constant::Text(_) => text(),
        Constant::Bool(_) => Scalar::Bool,
        Constant::Duration(_) => Scalar::Duration,
        Constant::Word(_) | Constant::None | Constant::List(_) => return None,
    })
}

fn exact() -> Scalar {
    Scalar::Decimal {
        bounds: Bounds::default(),
        places: None,
    }
}

/// The same without its limits: what is computed is held against those of its field when it is there.
pub fn without_limits(model: &Model, ty: &Type) -> Type {
    let shape = match &model.resolve(ty).shape {
        Shape::Scalar(scalar) => Shape::Scalar(match scalar {
            Scalar::Int(_) => Scalar::Int(Bounds::default()),
            Scalar::Decimal { .. } => exact(),
            Scalar::Float(_) => Scalar::Float(Bounds::default()),
            Scalar::String { .. } => text(),
            Scalar::Bytes { .. } => Scalar::Bytes {
                length: Bounds::default(),
            },
            Scalar::Bool | Scalar::Uuid | Scalar::Instant | Scalar::Duration | Scalar::Json => scalar.clone(),
        }),
        other @ (Shape::List { .. } | Shape::Map { .. } | Shape::Named(_) | Shape::Unresolved) => {
            other.clone()
        }
    };
    Type { shape, ..ty.clone() }
}

/// What two values make, or why they make nothing.
pub fn arithmetic(
    model: &Model,
    operation: Operation,
    (left_value, left): (&Value, &Type),
    (right_value, right): (&Value, &Type),
) -> Result<Type, String> {
    use Operation::{Divide, Minus, Plus, Times};
    let (one, other) = (&model.resolve(left).shape, &model.resolve(right).shape);
    let (Shape::Scalar(one), Shape::Scalar(other)) = (one, other) else {
        if *one == Shape::Unresolved || *other == Shape::Unresolved {
            return Ok(made(Shape::Unresolved));
        }
        return Err(no_arithmetic(model, operation, left, right));
    };
    let written = |value: &Value| matches!(value.kind, ValueKind::Constant(_));
    let scalar = match (operation, one, other) {
        (Plus | Minus | Times, Scalar::Int(_), Scalar::Int(_)) => Scalar::Int(Bounds::default()),
        (_, Scalar::Float(_), Scalar::Float(_) | Scalar::Int(_)) | (_, Scalar::Int(_), Scalar::Float(_)) => {
            Scalar::Float(Bounds::default())
        }
        (_, Scalar::Float(_), Scalar::Decimal { .. }) if written(right_value) => {
            Scalar::Float(Bounds::default())
        }
        (_, Scalar::Decimal { .. }, Scalar::Float(_)) if written(left_value) => {
            Scalar::Float(Bounds::default())
        }
        (_, Scalar::Decimal { .. }, Scalar::Decimal { .. } | Scalar::Int(_))
        | (_, Scalar::Int(_), Scalar::Decimal { .. })
        | (Divide, Scalar::Int(_), Scalar::Int(_))
        | (Divide, Scalar::Duration, Scalar::Duration) => exact(),
        (Plus | Minus, Scalar::Instant, Scalar::Duration) | (Plus, Scalar::Duration, Scalar::Instant) => {
            Scalar::Instant
        }
        (Minus, Scalar::Instant, Scalar::Instant)
        | (Plus | Minus, Scalar::Duration, Scalar::Duration)
        | (Times | Divide, Scalar::Duration, Scalar::Int(_) | Scalar::Decimal { .. })
        | (Times, Scalar::Int(_) | Scalar::Decimal { .. }, Scalar::Duration) => Scalar::Duration,
        _ => return Err(no_arithmetic(model, operation, left, right)),
    };
    Ok(Type {
        optional: left.optional || right.optional,
        ..made(Shape::Scalar(scalar))
    })
}

fn no_arithmetic(model: &Model, operation: Operation, left: &Type, right: &Type) -> String {
    let (left, right) = (type_text(model, left), type_text(model, right));
    format!("`{left}` {} `{right}` makes nothing", operation.sign())
}

/// What a function makes of a value, or what it wants instead.
pub fn function_of(model: &Model, function: Function, of: &Type) -> Result<Type, &'static str> {
    let shape = &model.resolve(of).shape;
    let count = || Shape::Scalar(Scalar::Int(Bounds::default()));
    let shape = match (function, shape) {
        (_, Shape::Unresolved) => Shape::Unresolved,
        (Function::Sum, Shape::List { item, .. }) => {
            let item = without_limits(model, item);
            let adds_up = |scalar: &Scalar| scalar.is_number() || *scalar == Scalar::Duration;
            if !matches!(&item.shape, Shape::Scalar(scalar) if adds_up(scalar)) {
                return Err("a list of numbers");
            }
            item.shape
        }
        (Function::Sum, _) => return Err("a list of numbers"),
        (Function::Count, Shape::List { .. })
        | (
            Function::Size,
            Shape::List { .. }
            | Shape::Map { .. }
            | Shape::Scalar(Scalar::String { .. } | Scalar::Bytes { .. }),
        ) => count(),
        (Function::Count, _) => return Err("a list"),
        (Function::Size, _) => return Err("a text, a list or a map"),
        (Function::Hash, Shape::Scalar(_)) | (Function::Mask, Shape::Scalar(Scalar::String { .. })) => {
            Shape::Scalar(text())
        }
        (Function::Hash, Shape::Named(id)) if matches!(model.types[*id].kind, TypeKind::Choice(_)) => {
            Shape::Scalar(text())
        }
        (Function::Hash, _) => return Err("a value without parts"),
        (Function::Mask, _) => return Err("a text"),
    };
    Ok(Type {
        optional: of.optional,
        ..made(shape)
    })
}
