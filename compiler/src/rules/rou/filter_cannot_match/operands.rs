//! Whether the fields of a filter exist and are compared with values of their own type.

use aqueduct_dsl::diagnostic::{Diagnostic, nearest};
use smol_str::SmolStr;

use crate::check::{Context, Sink};
use crate::facts::cells::Ground;
use crate::facts::fields::{choice, names, type_text};
use crate::model::{Comparison, Constant, FieldPath, Operand, Predicate, PredicateKind, Scalar, Shape, Type};

/// Says what is wrong; whether nothing was.
pub(super) fn check(cx: &Context<'_>, out: &mut Sink<'_>, of: Ground<'_>, predicate: &Predicate) -> bool {
    match &predicate.kind {
        PredicateKind::All(parts) | PredicateKind::Any(parts) => {
            let mut sound = true;
            for part in parts {
                sound &= check(cx, out, of, part);
            }
            sound
        }
        PredicateKind::Not(inner) => check(cx, out, of, inner),
        PredicateKind::Compare(how, left, right) => compare(cx, out, of, predicate, *how, left, right),
        PredicateKind::In(left, values) => {
            let mut sound = true;
            for value in values {
                sound &= compare(cx, out, of, predicate, Comparison::Equal, left, value);
            }
            sound
        }
        // What is computed was held against its types where it was read.
        PredicateKind::Computed(..) => true,
        PredicateKind::Text(test, left, right) => text_test(cx, out, of, test, left, right),
        PredicateKind::Holds(operand) => holds(cx, out, of, operand),
    }
}

/// What an operand turns out to be.
enum Side<'a> {
    Field(&'a FieldPath, &'a Type),
    Size,
    /// `size(…)` of something that has none.
    NoSize,
    Value(&'a Constant),
    /// A word that names no field; an enum value if the other side is that enum.
    Word(SmolStr),
}

fn side<'a>(cx: &Context<'a>, of: Ground<'_>, operand: &'a Operand) -> Side<'a> {
    match &operand.value {
        Err(Constant::Word(word)) => Side::Word(word.clone()),
        Err(constant) => Side::Value(constant),
        Ok(path) => match of.at_path(cx.model, &path.segments) {
            Some((field, _)) if operand.size && has_size(cx, &field.ty) => Side::Size,
            Some(_) if operand.size => Side::NoSize,
            Some((field, _)) => Side::Field(path, &field.ty),
            None => Side::Word(path.text().into()),
        },
    }
}

fn has_size(cx: &Context<'_>, ty: &Type) -> bool {
    match &cx.model.resolve(ty).shape {
        Shape::List { .. } | Shape::Map { .. } | Shape::Unresolved => true,
        Shape::Scalar(scalar) => matches!(
            scalar,
            Scalar::String { .. } | Scalar::Bytes { .. } | Scalar::Json
        ),
        Shape::Named(_) => false,
    }
}

fn compare(
    cx: &Context<'_>,
    out: &mut Sink<'_>,
    of: Ground<'_>,
    predicate: &Predicate,
    how: Comparison,
    left: &Operand,
    right: &Operand,
) -> bool {
    match (side(cx, of, left), side(cx, of, right)) {
        (Side::Field(path, ty), Side::Word(word)) => {
            ordered_enum(cx, out, predicate, how, ty)
                && enum_value(cx, out, of, predicate, path, ty, &word, right)
        }
        (Side::Word(word), Side::Field(path, ty)) => {
            ordered_enum(cx, out, predicate, how, ty)
                && enum_value(cx, out, of, predicate, path, ty, &word, left)
        }
        (Side::Word(_), _) => unknown_field(cx, out, of, left),
        (_, Side::Word(_)) => unknown_field(cx, out, of, right),
        (Side::NoSize, _) | (_, Side::NoSize) => wrong(
            out,
            predicate,
            "`size` counts the items of a list or map, or the characters of a text".to_owned(),
            "compare the field itself",
        ),
        (Side::Field(path, ty), Side::Value(value)) | (Side::Value(value), Side::Field(path, ty)) => {
            value_of_type(cx, out, predicate, how, path, ty, value)
        }
        (Side::Field(a, one), Side::Field(b, other)) => {
            two_fields(cx, out, predicate, how, (a, one), (b, other))
        }
        (Side::Size, Side::Value(Constant::Number(_)) | Side::Size)
        | (Side::Value(Constant::Number(_)), Side::Size) => true,
        (Side::Size, Side::Field(_, ty)) | (Side::Field(_, ty), Side::Size) => {
            is_number(cx, ty)
                || wrong(
                    out,
                    predicate,
                    "`size` is a number".to_owned(),
                    "compare it with a number",
                )
        }
        (Side::Size, Side::Value(_)) | (Side::Value(_), Side::Size) => wrong(
            out,
            predicate,
            "`size` is a number".to_owned(),
            "compare it with a number",
        ),
        (Side::Value(_), Side::Value(_)) => wrong(
            out,
            predicate,
            "two constants are compared, so every message gives the same answer".to_owned(),
            "compare a field of the message",
        ),
    }
}

/// The values of an enum have names and no order.
fn ordered_enum(
    cx: &Context<'_>,
    out: &mut Sink<'_>,
    predicate: &Predicate,
    how: Comparison,
    ty: &Type,
) -> bool {
    let equality = matches!(how, Comparison::Equal | Comparison::NotEqual);
    if equality || choice(cx.model, ty).is_none() {
        return true;
    }
    let message = format!(
        "the values of an enum have no order, and `{}` asks for one",
        how.symbol()
    );
    wrong(out, predicate, message, "use `==`, `!=` or `in [a, b]`")
}

fn is_number(cx: &Context<'_>, ty: &Type) -> bool {
    matches!(&cx.model.resolve(ty).shape, Shape::Scalar(scalar) if scalar.is_number())
}

#[expect(
    clippy::too_many_arguments,
    reason = "a place, its type, and what stands there"
)]
fn enum_value(
    cx: &Context<'_>,
    out: &mut Sink<'_>,
    of: Ground<'_>,
    predicate: &Predicate,
    path: &FieldPath,
    ty: &Type,
    word: &str,
    operand: &Operand,
) -> bool {
    let Some((id, values)) = choice(cx.model, ty) else {
        return unknown_field(cx, out, of, operand);
    };
    if values.contains(&word) {
        return true;
    }
    let name = &cx.model.types[id].label.name;
    let (consequence, note) = consequence(predicate);
    out.report(
        operand.span,
        format!("no `{}` is ever `{word}`{consequence}", path.text()),
        |finding| {
            let finding = finding
                .label(format!("not a value of `{name}`"))
                .related(
                    cx.model.types[id].label.span,
                    format!("its values are {}", values.join(", ")),
                )
                .note(note);
            let said = words(predicate);
            let others = values.iter().copied().filter(|value| !said.contains(value));
            suggest(finding, operand, word, others, "use one of its values")
        },
    );
    false
}

/// What follows from a value that nothing has: for the message, and for the queue.
fn consequence(predicate: &Predicate) -> (&'static str, &'static str) {
    match &predicate.kind {
        PredicateKind::In(_, values) if values.len() > 1 => (
            "",
            "the other values of the list do match, and this one lets nothing more through",
        ),
        PredicateKind::Compare(Comparison::NotEqual, ..) => (
            ", so this always matches",
            "this keeps nothing from the queue behind it",
        ),
        PredicateKind::All(_)
        | PredicateKind::Any(_)
        | PredicateKind::Not(_)
        | PredicateKind::Compare(..)
        | PredicateKind::Computed(..)
        | PredicateKind::In(..)
        | PredicateKind::Text(..)
        | PredicateKind::Holds(_) => (
            ", so this never matches",
            "the queue behind this filter would stay empty",
        ),
    }
}

/// The words of a list that a field is looked for in.
fn words(predicate: &Predicate) -> Vec<&str> {
    let PredicateKind::In(_, values) = &predicate.kind else {
        return Vec::new();
    };
    let words = values.iter().filter_map(|value| match &value.value {
        Err(Constant::Word(word)) => Some(word.as_str()),
        Ok(path) if path.segments.len() == 1 => path.segments.first().map(SmolStr::as_str),
        _ => None,
    });
    words.collect()
}

fn value_of_type(
    cx: &Context<'_>,
    out: &mut Sink<'_>,
    predicate: &Predicate,
    how: Comparison,
    path: &FieldPath,
    ty: &Type,
    value: &Constant,
) -> bool {
    let resolved = cx.model.resolve(ty);
    let equality = matches!(how, Comparison::Equal | Comparison::NotEqual);
    let fits = match (&resolved.shape, value) {
        (Shape::Unresolved, _) => true,
        (Shape::Scalar(scalar), Constant::Number(_)) => scalar.is_number(),
        (_, Constant::None)
        | (Shape::Scalar(Scalar::String { .. } | Scalar::Uuid), Constant::Text(_))
        | (Shape::Scalar(Scalar::Bool), Constant::Bool(_)) => equality,
        (Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Named(_), _) => false,
    };
    if fits {
        return true;
    }
    let message = format!(
        "`{}` is {} and is compared with `{value}` by `{}`",
        path.text(),
        type_text(cx.model, ty),
        how.symbol()
    );
    let help = match choice(cx.model, ty) {
        Some((_, values)) => format!("write a value without quotes: {}", values.join(", ")),
        None => "compare it with a value of its own type; only numbers have an order".to_owned(),
    };
    wrong(out, predicate, message, &help)
}

fn two_fields(
    cx: &Context<'_>,
    out: &mut Sink<'_>,
    predicate: &Predicate,
    how: Comparison,
    (a, one): (&FieldPath, &Type),
    (b, other): (&FieldPath, &Type),
) -> bool {
    let equality = matches!(how, Comparison::Equal | Comparison::NotEqual);
    let numbers = is_number(cx, one) && is_number(cx, other);
    let same = match (&cx.model.resolve(one).shape, &cx.model.resolve(other).shape) {
        (Shape::Scalar(left), Shape::Scalar(right)) => left.word() == right.word(),
        (Shape::Named(left), Shape::Named(right)) => left == right && choice(cx.model, one).is_some(),
        (Shape::Unresolved, _) | (_, Shape::Unresolved) => true,
        (Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Named(_), _) => false,
    };
    if numbers || same && equality {
        return true;
    }
    let (first, second) = (type_text(cx.model, one), type_text(cx.model, other));
    let message = format!(
        "`{}` is {first} and `{}` is {second}: they can't be compared by `{}`",
        a.text(),
        b.text(),
        how.symbol()
    );
    wrong(
        out,
        predicate,
        message,
        "compare fields of one type; only numbers have an order",
    )
}

fn text_test(
    cx: &Context<'_>,
    out: &mut Sink<'_>,
    of: Ground<'_>,
    test: &str,
    left: &Operand,
    right: &Operand,
) -> bool {
    let (haystack, needle) = (side(cx, of, left), side(cx, of, right));
    let is_list = |ty: &Type| matches!(&cx.model.resolve(ty).shape, Shape::List { .. });
    let is_text = |ty: &Type| {
        matches!(
            &cx.model.resolve(ty).shape,
            Shape::Scalar(Scalar::String { .. }) | Shape::Unresolved
        )
    };
    match (haystack, needle) {
        (Side::Word(_), _) => unknown_field(cx, out, of, left),
        (Side::Field(_, ty), Side::Value(Constant::Text(_))) if is_text(ty) => true,
        (Side::Field(_, ty), Side::Value(_) | Side::Word(_)) if test == "contains" && is_list(ty) => true,
        (Side::Field(_, ty), _) if is_text(ty) => {
            let message = format!("`{test}` wants a text in quotes as its second operand");
            out.report(right.span, message, |finding| {
                finding
                    .label("not a text in quotes")
                    .help(format!("write `{test}(field, \"part\")`"))
            });
            false
        }
        (Side::Field(_, _) | Side::Size | Side::NoSize | Side::Value(_), _) => {
            let message = format!("`{test}` wants a text field and a text in quotes");
            out.report(left.span, message, |finding| {
                finding
                    .label("not a text field")
                    .help(format!("write `{test}(field, \"part\")`"))
            });
            false
        }
    }
}

fn holds(cx: &Context<'_>, out: &mut Sink<'_>, of: Ground<'_>, operand: &Operand) -> bool {
    match side(cx, of, operand) {
        Side::Field(_, ty)
            if matches!(
                cx.model.resolve(ty).shape,
                Shape::Scalar(Scalar::Bool) | Shape::Unresolved
            ) =>
        {
            true
        }
        Side::Value(Constant::Bool(_)) => true,
        Side::Word(_) => unknown_field(cx, out, of, operand),
        Side::Field(path, ty) => {
            let message = format!(
                "`{}` is {}, and alone it is neither true nor false",
                path.text(),
                type_text(cx.model, ty)
            );
            out.report(operand.span, message, |finding| {
                finding
                    .label("not a bool")
                    .help("compare it with something, as in `fare >= 50`")
            });
            false
        }
        Side::Size | Side::NoSize | Side::Value(_) => {
            out.report(
                operand.span,
                "this is neither true nor false".to_owned(),
                |finding| {
                    finding
                        .label("not a bool")
                        .help("compare it with something, as in `size(lines) > 0`")
                },
            );
            false
        }
    }
}

fn unknown_field(cx: &Context<'_>, out: &mut Sink<'_>, of: Ground<'_>, operand: &Operand) -> bool {
    let name = match &operand.value {
        Ok(path) => path.text(),
        Err(constant) => constant.to_string(),
    };
    let known = names(cx.model, of.message);
    let message = &cx.model.types[of.message].label;
    out.report(
        operand.span,
        format!("{} has no field `{name}`", message.name),
        |finding| {
            let finding = finding
                .label("no such field")
                .related(message.span, format!("{} is declared here", message.name))
                .note("a filter on a field that isn't there lets nothing through");
            suggest(
                finding,
                operand,
                &name,
                known.iter().map(SmolStr::as_str),
                &format!("its fields are {}", known.join(", ")),
            )
        },
    );
    false
}

fn suggest<'a>(
    finding: Diagnostic,
    operand: &Operand,
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
    otherwise: &str,
) -> Diagnostic {
    match nearest(name, candidates) {
        Some(near) => finding.label(format!("did you mean `{near}`?")).replace(
            format!("use `{near}`"),
            operand.span,
            near,
        ),
        None => finding.help(otherwise),
    }
}

fn wrong(out: &mut Sink<'_>, predicate: &Predicate, message: String, help: &str) -> bool {
    out.report(predicate.span, message, |finding| {
        finding.label("compared here").help(help)
    });
    false
}
