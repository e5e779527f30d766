//! What the values of a saga are, and whether a mapping makes what is wanted.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::fields::type_text;
use super::subtype::{Mismatch, value_mismatches};
use super::values::{self, Names, below, made};
use crate::model::{
    Action, ActionKind, Bounds, Field, Id, Map, Mapping, Model, Saga, Scalar, Shape, Stage, Type, TypeDecl,
    Value, ValueKind,
};

/// Which fields have to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Every field that is neither optional nor has a default.
    Whole,
    /// Only those that are written.
    Part,
}

/// What an action makes, and whether it has to make all of it; nothing for a call without input.
pub fn made_by(model: &Model, action: &Action) -> Option<(Id<TypeDecl>, Wanted)> {
    match &action.kind {
        ActionKind::Receive { .. } => None,
        ActionKind::Child { saga, .. } | ActionKind::Start { saga, .. } => {
            Some((model.sagas[*saga].input, Wanted::Whole))
        }
        ActionKind::Call { handler, .. } => Some((model.handlers[*handler].input?, Wanted::Whole)),
        ActionKind::Insert { store, .. } | ActionKind::Put { store, .. } => {
            Some((model.stores[*store].row, Wanted::Whole))
        }
        ActionKind::Update { store, .. }
        | ActionKind::Get { store, .. }
        | ActionKind::Delete { store, .. } => Some((model.stores[*store].row, Wanted::Part)),
        ActionKind::Emit { message, .. } => Some((*message, Wanted::Whole)),
    }
}

/// What a step gives: the reply of its handler or its saga, its row, or the message that it waited for.
pub fn result(model: &Model, action: &Action) -> Option<Id<TypeDecl>> {
    match &action.kind {
        ActionKind::Receive { message, .. } => Some(*message),
        ActionKind::Child { saga, .. } => model.sagas[*saga].reply.map(|(reply, _)| reply),
        ActionKind::Call { handler, .. } => model.handlers[*handler].reply,
        ActionKind::Get { store, .. } => Some(model.stores[*store].row),
        ActionKind::Start { .. }
        | ActionKind::Insert { .. }
        | ActionKind::Put { .. }
        | ActionKind::Update { .. }
        | ActionKind::Delete { .. }
        | ActionKind::Emit { .. } => None,
    }
}

/// What `map` gives: a list of what the last of its steps gives; nothing when that gives nothing.
pub fn results(model: &Model, map: &Map) -> Option<Type> {
    let one = result(model, &map.telling()?.action)?;
    Some(made(Shape::List {
        item: Box::new(made(Shape::Named(one))),
        length: Bounds {
            min: None,
            max: map.most,
        },
    }))
}

/// The type of what a path of a saga leads to. Nothing is said of where in the saga that is known.
pub fn type_at(model: &Model, saga: &Saga, path: &[SmolStr]) -> Option<Type> {
    let (first, rest) = path.split_first()?;
    let named = |of| made(Shape::Named(of));
    let from = if *first == saga.input_name {
        named(saga.input)
    } else if let Some(step) = saga.step(first) {
        named(result(model, &step.action)?)
    } else if let Some(map) = saga.maps().into_iter().find(|map| map.label.name == *first) {
        results(model, map)?
    } else if let Some(map) = saga.maps().into_iter().find(|map| map.item == *first) {
        map.item_type.clone()
    } else if first == "error" {
        return Some(made(Shape::Scalar(values::text())));
    } else if first == "meta" {
        return values::meta(rest.first()?);
    } else {
        return None;
    };
    below(model, &from, rest).map(|(found, _)| found)
}

/// The type of what a path leads to where the only thing that is known is a message, as `it`.
pub fn type_in(model: &Model, message: Id<TypeDecl>, path: &[SmolStr]) -> Option<Type> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "it" => below(model, &made(Shape::Named(message)), rest).map(|(found, _)| found),
        "meta" => values::meta(rest.first()?),
        _ => None,
    }
}

/// The type of what a path leads to at a stage of a route: its message, and what earlier stages gave names to.
pub fn type_at_stage(model: &Model, stage: &Stage, path: &[SmolStr]) -> Option<Type> {
    let (first, rest) = path.split_first()?;
    let named = stage.names.iter().find(|(name, _)| name == first);
    match named {
        Some((_, of)) => below(model, &made(Shape::Named(*of)), rest).map(|(found, _)| found),
        None => type_in(model, stage.takes, path),
    }
}

/// All reasons why a mapping doesn't make what is wanted, with their places.
///
/// In a saga `names` are [`type_at`], where a message is all there is [`type_in`].
pub fn mismatches(
    model: &Model,
    names: &Names<'_>,
    of: Id<TypeDecl>,
    mapping: &Mapping,
    wanted: Wanted,
) -> Vec<(Mismatch, SpanId)> {
    let mut found = Vec::new();
    record(model, names, of, mapping, wanted, "", &mut found);
    found
}

/// What a record leaves out that has to be there, each as a path.
pub fn missing(model: &Model, of: Id<TypeDecl>, mapping: &Mapping) -> Vec<SmolStr> {
    let given = |field: &&Field| !mapping.fields.iter().any(|(name, _)| *name == field.label.name);
    let required = |field: &&Field| !field.ty.optional && field.default.is_none();
    let absent = model.fields(of).iter().filter(given).filter(required);
    let mut found: Vec<SmolStr> = absent.map(|field| field.label.name.clone()).collect();
    for (name, value) in &mapping.fields {
        let inner = model.field(of, name).map(|field| &model.resolve(&field.ty).shape);
        if let (ValueKind::Record(mapping), Some(Shape::Named(inner))) = (&value.kind, inner) {
            let below = missing(model, *inner, mapping).into_iter();
            found.extend(below.map(|path| SmolStr::from(format!("{name}.{path}"))));
        }
    }
    found
}

fn record(
    model: &Model,
    names: &Names<'_>,
    of: Id<TypeDecl>,
    mapping: &Mapping,
    wanted: Wanted,
    at: &str,
    found: &mut Vec<(Mismatch, SpanId)>,
) {
    for field in model.fields(of) {
        let name = &field.label.name;
        let path = if at.is_empty() {
            name.to_string()
        } else {
            format!("{at}.{name}")
        };
        match mapping.fields.iter().find(|(given, _)| given == name) {
            Some((_, value)) => compare(model, names, value, field, &path, found),
            None if wanted == Wanted::Part || field.ty.optional || field.default.is_some() => {}
            None => found.push((
                Mismatch {
                    why: format!(
                        "`{path}` is not given, and {} is wanted",
                        type_text(model, &field.ty)
                    ),
                    path: path.into(),
                },
                mapping.span,
            )),
        }
    }
}

fn compare(
    model: &Model,
    names: &Names<'_>,
    value: &Value,
    field: &Field,
    path: &str,
    found: &mut Vec<(Mismatch, SpanId)>,
) {
    match (&value.kind, &model.resolve(&field.ty).shape) {
        (ValueKind::Path(given) | ValueKind::Each(given), _) => {
            if let Some(given) = names(given) {
                let mismatches = value_mismatches(model, &given, field, path).into_iter();
                found.extend(mismatches.map(|mismatch| (mismatch, value.span)));
            }
        }
        (ValueKind::Record(mapping), Shape::Named(inner)) => {
            record(model, names, *inner, mapping, Wanted::Whole, path, found);
        }
        (ValueKind::List(items), Shape::List { item, .. }) => {
            let one = Field {
                ty: Type::clone(item),
                ..field.clone()
            };
            for (index, item) in items.iter().enumerate() {
                compare(model, names, item, &one, &format!("{path}[{index}]"), found);
            }
        }
        (ValueKind::Arithmetic(..) | ValueKind::Function(..) | ValueKind::Test(_), _) => {
            if let Some(given) = values::type_of(model, value, names) {
                let wanted = Field {
                    ty: values::without_limits(model, &field.ty),
                    ..field.clone()
                };
                let given = widened(given, &wanted.ty);
                let mismatches = value_mismatches(model, &given, &wanted, path).into_iter();
                found.extend(mismatches.map(|mismatch| (mismatch, value.span)));
            }
        }
        // What stands for itself was held against the type where it is written.
        (
            ValueKind::Constant(_)
            | ValueKind::New
            | ValueKind::Now
            | ValueKind::Record(_)
            | ValueKind::List(_),
            _,
        ) => {}
    }
}

/// A whole number that was computed is as good as any other.
fn widened(given: Type, wanted: &Type) -> Type {
    match (&given.shape, &wanted.shape) {
        (Shape::Scalar(Scalar::Int(_)), Shape::Scalar(Scalar::Decimal { .. } | Scalar::Float(_))) => Type {
            shape: wanted.shape.clone(),
            ..given
        },
        _ => given,
    }
}
