//! What the values of a saga are, and whether a mapping makes what is wanted.

use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use super::fields::type_text;
use super::subtype::{Mismatch, value_mismatches};
use crate::model::{
    Action, ActionKind, Bounds, Field, Id, Mapping, Model, Saga, Scalar, Shape, Type, TypeDecl, Value,
    ValueKind,
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

/// What a step gives: the reply of its handler, or its row.
pub fn result(model: &Model, action: &Action) -> Option<Id<TypeDecl>> {
    match &action.kind {
        ActionKind::Call { handler, .. } => model.handlers[*handler].reply,
        ActionKind::Get { store, .. } => Some(model.stores[*store].row),
        ActionKind::Insert { .. }
        | ActionKind::Put { .. }
        | ActionKind::Update { .. }
        | ActionKind::Delete { .. }
        | ActionKind::Emit { .. } => None,
    }
}

/// The type of what a path of a saga leads to.
pub fn type_at(model: &Model, saga: &Saga, path: &[SmolStr]) -> Option<Type> {
    let (first, rest) = path.split_first()?;
    let plain = |shape| Type {
        shape,
        optional: false,
        span: SpanId::NOWHERE,
    };
    let of = if *first == saga.input_name {
        saga.input
    } else if first == "error" {
        let text = Scalar::String {
            length: Bounds::default(),
            pattern: None,
        };
        return Some(plain(Shape::Scalar(text)));
    } else {
        result(model, &saga.step(first)?.action)?
    };
    if rest.is_empty() {
        return Some(plain(Shape::Named(of)));
    }
    let (field, optional) = model.at_path(of, rest)?;
    Some(Type {
        optional,
        ..field.ty.clone()
    })
}

/// All reasons why a mapping of a saga doesn't make what is wanted, with their places.
pub fn mismatches(
    model: &Model,
    saga: &Saga,
    of: Id<TypeDecl>,
    mapping: &Mapping,
    wanted: Wanted,
) -> Vec<(Mismatch, SpanId)> {
    let mut found = Vec::new();
    record(model, saga, of, mapping, wanted, "", &mut found);
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
    saga: &Saga,
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
            Some((_, value)) => compare(model, saga, value, field, &path, found),
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
    saga: &Saga,
    value: &Value,
    field: &Field,
    path: &str,
    found: &mut Vec<(Mismatch, SpanId)>,
) {
    match (&value.kind, &model.resolve(&field.ty).shape) {
        (ValueKind::Path(given), _) => {
            if let Some(given) = type_at(model, saga, given) {
                let mismatches = value_mismatches(model, &given, field, path).into_iter();
                found.extend(mismatches.map(|mismatch| (mismatch, value.span)));
            }
        }
        (ValueKind::Record(mapping), Shape::Named(inner)) => {
            record(model, saga, *inner, mapping, Wanted::Whole, path, found);
        }
        (ValueKind::List(items), Shape::List { item, .. }) => {
            let one = Field {
                ty: Type::clone(item),
                ..field.clone()
            };
            for (index, item) in items.iter().enumerate() {
                compare(model, saga, item, &one, &format!("{path}[{index}]"), found);
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
