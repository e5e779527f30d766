//! A field that has to tell things apart, and can't.

use aqueduct_dsl::diagnostic::{Code, Severity};
use aqueduct_dsl::source::SpanId;
use smol_str::SmolStr;

use crate::check::{Context, Sink};
use crate::model::{Field, Id, Model, Repetition, Scalar, Shape, TypeDecl};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SCH002"),
    name: "bad-field-in-key-position",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

/// What a key is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Group,
    Repetition,
    Row,
}

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for channel in cx.model.channels.values() {
        for path in channel.order.iter().flat_map(|order| &order.by) {
            let span = channel.order.as_ref().map_or(SpanId::NOWHERE, |order| order.span);
            judge(cx, out, Purpose::Group, span, channel.carries, path);
        }
    }
    for handler in cx.model.handlers.values() {
        if let (Some(input), Some(Repetition::Idempotent { by, span, .. })) =
            (handler.input, &handler.repetition)
        {
            for path in by {
                judge(cx, out, Purpose::Repetition, *span, input, path);
            }
        }
    }
    for handler in cx.model.handlers.values() {
        let Some(input) = handler.input else { continue };
        let undoes = handler.undoes.as_ref().map(|undoes| (&undoes.by, undoes.span));
        let fence = handler.fence.as_ref().map(|(by, span)| (by, *span));
        for (by, span) in undoes.into_iter().chain(fence) {
            for path in by {
                judge(cx, out, Purpose::Repetition, span, input, path);
            }
        }
    }
    for saga in cx.model.sagas.values() {
        for path in &saga.by {
            judge(cx, out, Purpose::Repetition, saga.by_span, saga.input, path);
        }
    }
    for store in cx.model.stores.values() {
        for (path, span) in &store.key {
            let path: Vec<SmolStr> = path.split('.').map(SmolStr::from).collect();
            judge(cx, out, Purpose::Row, *span, store.row, &path);
        }
    }
}

fn judge(
    cx: &Context<'_>,
    out: &mut Sink<'_>,
    purpose: Purpose,
    span: SpanId,
    of: Id<TypeDecl>,
    path: &[SmolStr],
) {
    let Some((field, optional)) = cx.model.at_path(of, path) else {
        return;
    };
    let name = path.join(".");
    if let Some(problem) = problem(cx.model, field) {
        out.report(span, format!("field `{name}` can't be a key"), |finding| {
            finding
                .label(problem)
                .related(field.label.span, "declared here")
                .help("use a field that is always there and has one plain value, such as an id")
        });
    } else if optional && purpose != Purpose::Group {
        // Of the keys of a `fifo` rule ORD003 speaks.
        let problem = match purpose {
            Purpose::Repetition => "it may be absent, and a message without it can't be recognized",
            Purpose::Row | Purpose::Group => "it may be absent, and what has no key can't be found again",
        };
        out.report(span, format!("field `{name}` can't be a key"), |finding| {
            finding
                .label(problem)
                .related(field.label.span, "declared here")
                .help("use a field that is always there and has one plain value, such as an id")
        });
    }
}

/// Why a field's values can't be told apart.
fn problem(model: &Model, field: &Field) -> Option<&'static str> {
    match &model.resolve(&field.ty).shape {
        Shape::List { .. } | Shape::Map { .. } => Some("a collection has no single value to compare"),
        Shape::Named(id) if !model.fields(*id).is_empty() => Some("a record has no single value to compare"),
        Shape::Scalar(Scalar::Float(_)) => Some("floats that look equal may differ"),
        Shape::Scalar(Scalar::Decimal { .. } | Scalar::Instant | Scalar::Duration | Scalar::Bytes { .. }) => {
            Some("the same value can be written in several ways, as 1.5 and 1.50")
        }
        Shape::Scalar(Scalar::Json) => Some("it may be anything, even absent"),
        Shape::Scalar(Scalar::Bool | Scalar::Int(_) | Scalar::String { .. } | Scalar::Uuid)
        | Shape::Named(_)
        | Shape::Unresolved => None,
    }
}
