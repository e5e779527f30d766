//! Types of a model as shapes, as generated `messages.rs` builds them.

use std::ops::Bound;

use aqueduct::{Field as Part, Shape, Shapes};
use aqueduct_compiler::check::Checked;
use aqueduct_compiler::model::{
    Bounds, DefaultValue, Field, Id, Model, Scalar, Shape as Form, Type, TypeDecl, TypeKind,
};
use aqueduct_targets::saga::constant;

/// All shapes of a model by the names of its types, in the order of the text; aliases have none.
pub fn shapes(checked: Checked<'_>) -> Vec<(String, Shape)> {
    let model = checked.model();
    let shapes = Shapes::default();
    all(model, &shapes)
}

pub(crate) fn all(model: &Model, shapes: &Shapes) -> Vec<(String, Shape)> {
    let each = model.types.values().filter_map(|declared| {
        let name = declared.label.name.as_str();
        let shape = match &declared.kind {
            TypeKind::Message { fields, .. } | TypeKind::Record { fields, .. } => {
                Shape::record(name, fields.iter().map(|field| part(model, shapes, field)))
            }
            TypeKind::Choice(values) => Shape::choice(name, values.iter().map(|value| value.name.as_str())),
            TypeKind::Alias(_) | TypeKind::Union(_) => return None,
        };
        Some((name.to_owned(), shape))
    });
    let found: Vec<(String, Shape)> = each.collect();
    shapes.define(found.iter().cloned());
    found
}

/// A message or record by its name.
pub(crate) fn named(model: &Model, shapes: &Shapes, id: Id<TypeDecl>) -> Shape {
    match &model.types[id].kind {
        TypeKind::Alias(target) => shape(model, shapes, target),
        TypeKind::Union(_) => Shape::any(),
        TypeKind::Message { .. } | TypeKind::Record { .. } | TypeKind::Choice(_) => {
            shapes.named(crate::constant(&model.types[id].label.name))
        }
    }
}

fn part(model: &Model, shapes: &Shapes, field: &Field) -> Part {
    let (name, shape) = (&field.label.name, shape(model, shapes, &field.ty));
    let part = if field.ty.optional {
        Part::optional(name, shape)
    } else {
        Part::required(name, shape)
    };
    match &field.default {
        None => part,
        Some(DefaultValue::Minted | DefaultValue::Now) => part.minted(),
        Some(DefaultValue::Value(value)) => part.default(constant(value)),
    }
}

fn shape(model: &Model, shapes: &Shapes, ty: &Type) -> Shape {
    match &ty.shape {
        Form::Scalar(scalar) => of_scalar(scalar),
        Form::List { item, length } => long(Shape::list(shape(model, shapes, item)), length),
        Form::Map { value, length } => long(Shape::map(shape(model, shapes, value)), length),
        Form::Named(id) => named(model, shapes, *id),
        Form::Unresolved => Shape::any(),
    }
}

fn of_scalar(scalar: &Scalar) -> Shape {
    match scalar {
        Scalar::Bool => Shape::bool(),
        Scalar::Int(bounds) => within(Shape::int(), bounds),
        Scalar::Float(bounds) => within(Shape::float(), bounds),
        Scalar::Decimal { bounds, places } => {
            let shape = within(Shape::decimal(), bounds);
            places.map_or(shape.clone(), |places| shape.places(places))
        }
        Scalar::String { length, pattern } => {
            let shape = long(Shape::string(), length);
            match pattern {
                Some(pattern) => shape.pattern(pattern),
                None => shape,
            }
        }
        Scalar::Uuid => Shape::uuid(),
        Scalar::Instant => Shape::instant(),
        Scalar::Duration => Shape::duration(),
        Scalar::Bytes { length } => long(Shape::bytes(), length),
        Scalar::Json => Shape::any(),
    }
}

fn within<T: ToString>(shape: Shape, bounds: &Bounds<T>) -> Shape {
    let shape = match &bounds.min {
        Some(min) => shape.at_least(&min.to_string()),
        None => shape,
    };
    match &bounds.max {
        Some(max) => shape.at_most(&max.to_string()),
        None => shape,
    }
}

fn long(shape: Shape, length: &Bounds<u64>) -> Shape {
    if length.min.is_none() && length.max.is_none() {
        return shape;
    }
    let least = length.min.map_or(Bound::Unbounded, Bound::Included);
    let most = length.max.map_or(Bound::Unbounded, Bound::Included);
    shape.length((least, most))
}
