//! Structural subtyping: whether everything that is one type can be read as another.

use smol_str::SmolStr;

use super::fields::type_text;
use crate::model::{Field, Id, Model, Scalar, Shape, Type, TypeDecl, TypeKind};

/// Why one type can't be read as another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The field that differs.
    pub path: SmolStr,
    /// What it is here and what it would have to be, as facts.
    pub why: String,
}

/// All reasons why a `given` message can't be read as a `wanted` one; none means that it can.
pub fn mismatches(model: &Model, given: Id<TypeDecl>, wanted: Id<TypeDecl>) -> Vec<Mismatch> {
    let mut found = Vec::new();
    compare_records(model, given, wanted, "", &mut found, &mut Vec::new());
    found
}

/// The same for one value that is given to a field.
pub fn value_mismatches(model: &Model, given: &Type, wanted: &Field, path: &str) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if given.optional && !wanted.ty.optional && wanted.default.is_none() {
        found.push(Mismatch {
            path: path.into(),
            why: format!("`{path}` is required, and what it is given may be absent"),
        });
        return found;
    }
    compare_types(model, given, &wanted.ty, path, &mut found, &mut Vec::new());
    found
}

fn compare_records(
    model: &Model,
    given: Id<TypeDecl>,
    wanted: Id<TypeDecl>,
    at: &str,
    found: &mut Vec<Mismatch>,
    open: &mut Vec<(Id<TypeDecl>, Id<TypeDecl>)>,
) {
    if given == wanted || open.contains(&(given, wanted)) || model.is_anything(wanted) {
        return;
    }
    open.push((given, wanted));
    let (theirs, ours) = (model.members(given), model.members(wanted));
    if theirs.len() > 1 || ours.len() > 1 {
        for member in theirs {
            if !one_of(model, member, &ours, open) {
                let (name, all) = (&model.types[member].label.name, &model.types[wanted].label.name);
                found.push(Mismatch {
                    path: at.into(),
                    why: format!("it may be {name}, which is none of {all}"),
                });
            }
        }
        let _ = open.pop();
        return;
    }
    for field in model.fields(wanted) {
        let path = if at.is_empty() {
            field.label.name.to_string()
        } else {
            format!("{at}.{}", field.label.name)
        };
        match model.field(given, &field.label.name) {
            Some(theirs) => compare_fields(model, theirs, field, &path, found, open),
            None if field.ty.optional || field.default.is_some() => {}
            None => found.push(Mismatch {
                why: format!(
                    "`{path}` is not there, and {} is wanted",
                    type_text(model, &field.ty)
                ),
                path: path.into(),
            }),
        }
    }
    let _ = open.pop();
}

/// Whether a record can be read as one of several: the tag tells them apart, so by its name first.
fn one_of(
    model: &Model,
    given: Id<TypeDecl>,
    wanted: &[Id<TypeDecl>],
    open: &mut Vec<(Id<TypeDecl>, Id<TypeDecl>)>,
) -> bool {
    wanted.contains(&given)
        || wanted.iter().any(|one| {
            let mut found = Vec::new();
            compare_records(model, given, *one, "", &mut found, open);
            found.is_empty()
        })
}

fn compare_fields(
    model: &Model,
    given: &Field,
    wanted: &Field,
    path: &str,
    found: &mut Vec<Mismatch>,
    open: &mut Vec<(Id<TypeDecl>, Id<TypeDecl>)>,
) {
    if given.ty.optional && !wanted.ty.optional && wanted.default.is_none() {
        found.push(Mismatch {
            path: path.into(),
            why: format!("`{path}` is optional here and required there"),
        });
        return;
    }
    compare_types(model, &given.ty, &wanted.ty, path, found, open);
}

fn compare_types(
    model: &Model,
    given: &Type,
    wanted: &Type,
    path: &str,
    found: &mut Vec<Mismatch>,
    open: &mut Vec<(Id<TypeDecl>, Id<TypeDecl>)>,
) {
    let (from, to) = (model.resolve(given), model.resolve(wanted));
    let fits = match (&from.shape, &to.shape) {
        (Shape::Unresolved, _) | (_, Shape::Unresolved | Shape::Scalar(Scalar::Json)) => true,
        (Shape::Scalar(a), Shape::Scalar(b)) => scalar_fits(a, b),
        (
            Shape::List {
                item: a,
                length: short,
            },
            Shape::List {
                item: b,
                length: long,
            },
        )
        | (
            Shape::Map {
                value: a,
                length: short,
            },
            Shape::Map {
                value: b,
                length: long,
            },
        ) => {
            compare_types(model, a, b, path, found, open);
            short.within(long)
        }
        (Shape::Named(a), Shape::Named(b)) => match (&model.types[*a].kind, &model.types[*b].kind) {
            (TypeKind::Choice(mine), TypeKind::Choice(theirs)) => mine
                .iter()
                .all(|value| theirs.iter().any(|other| other.name == value.name)),
            (TypeKind::Choice(_), _) | (_, TypeKind::Choice(_)) => false,
            (
                TypeKind::Message { .. } | TypeKind::Record { .. } | TypeKind::Alias(_) | TypeKind::Union(_),
                TypeKind::Message { .. } | TypeKind::Record { .. } | TypeKind::Alias(_) | TypeKind::Union(_),
            ) => {
                compare_records(model, *a, *b, path, found, open);
                true
            }
        },
        (
            Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Named(_),
            Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Named(_),
        ) => false,
    };
    if !fits {
        let (here, there) = (type_text(model, given), type_text(model, wanted));
        found.push(Mismatch {
            path: path.into(),
            why: format!("`{path}` is {here} here and {there} there"),
        });
    }
}

fn scalar_fits(given: &Scalar, wanted: &Scalar) -> bool {
    match (given, wanted) {
        (Scalar::Int(a), Scalar::Int(b)) => a.within(b),
        (Scalar::Float(a), Scalar::Float(b)) => a.within(b),
        (Scalar::Decimal { bounds: a, places: p }, Scalar::Decimal { bounds: b, places: q }) => {
            a.within(b) && q.is_none_or(|most| p.is_some_and(|mine| mine <= most))
        }
        (
            Scalar::String {
                length: a,
                pattern: p,
            },
            Scalar::String {
                length: b,
                pattern: q,
            },
        ) => a.within(b) && (q.is_none() || p == q),
        (Scalar::Bytes { length: a }, Scalar::Bytes { length: b }) => a.within(b),
        (
            Scalar::Int(_)
            | Scalar::Float(_)
            | Scalar::Decimal { .. }
            | Scalar::String { .. }
            | Scalar::Bytes { .. }
            | Scalar::Bool
            | Scalar::Uuid
            | Scalar::Instant
            | Scalar::Duration
            | Scalar::Json,
            _,
        ) => given.word() == wanted.word(),
    }
}
