//! Whether numbers can satisfy all parts of a filter at once: one interval for each field, parts joined by `and`.

use aqueduct_dsl::source::SpanId;
use indexmap::IndexMap;
use rust_decimal::Decimal;

use crate::check::{Context, Sink};
use crate::model::{
    Bounds, Comparison, Constant, Id, Model, Operand, Predicate, PredicateKind, Scalar, Shape, TypeDecl,
};

/// What is known of a field's values, and who said so.
#[derive(Debug, Clone, Default)]
struct Interval {
    low: Option<End>,
    high: Option<End>,
    last: Option<SpanId>,
}

#[derive(Debug, Clone, Copy)]
struct End {
    value: Decimal,
    /// The value itself belongs to the interval.
    included: bool,
    span: SpanId,
}

/// Says what can't be; whether it has said anything.
pub(super) fn check(cx: &Context<'_>, out: &mut Sink<'_>, of: Id<TypeDecl>, filters: &[&Predicate]) -> bool {
    let mut intervals: IndexMap<String, Interval> = IndexMap::new();
    for filter in filters {
        collect(cx.model, of, filter, &mut intervals);
    }
    let mut said = false;
    for (field, interval) in &intervals {
        let (Some(low), Some(high), Some(span)) = (interval.low, interval.high, interval.last) else {
            continue;
        };
        let empty = low.value > high.value || low.value == high.value && !(low.included && high.included);
        if !empty {
            continue;
        }
        let message = format!(
            "no `{field}` is {} and {}, so this never matches",
            low.text(true),
            high.text(false)
        );
        said = true;
        out.report(span, message, |finding| {
            let mut finding = finding.label("can't be true together with the other limit");
            for end in [low, high]
                .into_iter()
                .filter(|end| end.span.index() != span.index())
            {
                finding = finding.related(
                    end.span,
                    format!(
                        "{} by this",
                        end.text(end.value == low.value && end.span == low.span)
                    ),
                );
            }
            finding
                .note("the queue behind this filter would stay empty")
                .help("mend one of the two numbers, or use `or`")
        });
    }
    said
}

impl End {
    fn text(&self, low: bool) -> String {
        let word = match (low, self.included) {
            (true, true) => "at least",
            (true, false) => "more than",
            (false, true) => "at most",
            (false, false) => "less than",
        };
        format!("{word} {}", self.value)
    }
}

fn collect(
    model: &Model,
    of: Id<TypeDecl>,
    predicate: &Predicate,
    intervals: &mut IndexMap<String, Interval>,
) {
    match &predicate.kind {
        PredicateKind::All(parts) => parts.iter().for_each(|part| collect(model, of, part, intervals)),
        PredicateKind::Compare(how, left, right) => {
            let (field, how, number) = match (&left.value, &right.value) {
                (Ok(_), Err(Constant::Number(number))) if !left.size => (left, *how, *number),
                (Err(Constant::Number(number)), Ok(_)) if !right.size => (right, how.flipped(), *number),
                _ => return,
            };
            narrow(model, of, field, how, number, predicate.span, intervals);
        }
        // A choice may still be open, and a negation opens what was closed: both are left alone.
        PredicateKind::Any(_)
        | PredicateKind::Not(_)
        | PredicateKind::Computed(..)
        | PredicateKind::In(..)
        | PredicateKind::Text(..)
        | PredicateKind::Holds(_) => {}
    }
}

fn narrow(
    model: &Model,
    of: Id<TypeDecl>,
    field: &Operand,
    how: Comparison,
    value: Decimal,
    span: SpanId,
    intervals: &mut IndexMap<String, Interval>,
) {
    let Ok(path) = &field.value else { return };
    let Some((declared, _)) = model.at_path(of, &path.segments) else {
        return;
    };
    let interval = intervals.entry(path.text()).or_insert_with(|| {
        let bounds = bounds(model, declared);
        let end = |value: Option<Decimal>| {
            value.map(|value| End {
                value,
                included: true,
                span: declared.ty.span,
            })
        };
        Interval {
            low: end(bounds.min),
            high: end(bounds.max),
            last: None,
        }
    });
    let end = |included| End {
        value,
        included,
        span,
    };
    match how {
        Comparison::Equal => {
            raise(&mut interval.low, end(true));
            lower(&mut interval.high, end(true));
        }
        Comparison::Greater => raise(&mut interval.low, end(false)),
        Comparison::AtLeast => raise(&mut interval.low, end(true)),
        Comparison::Less => lower(&mut interval.high, end(false)),
        Comparison::AtMost => lower(&mut interval.high, end(true)),
        Comparison::NotEqual => return,
    }
    interval.last = Some(span);
}

fn raise(low: &mut Option<End>, new: End) {
    if low.is_none_or(|old| (new.value, !new.included) > (old.value, !old.included)) {
        *low = Some(new);
    }
}

fn lower(high: &mut Option<End>, new: End) {
    if high.is_none_or(|old| (new.value, new.included) < (old.value, old.included)) {
        *high = Some(new);
    }
}

fn bounds(model: &Model, field: &crate::model::Field) -> Bounds<Decimal> {
    match &model.resolve(&field.ty).shape {
        Shape::Scalar(Scalar::Decimal { bounds, .. } | Scalar::Float(bounds)) => *bounds,
        Shape::Scalar(Scalar::Int(bounds)) => Bounds {
            min: bounds.min.map(Decimal::from),
            max: bounds.max.map(Decimal::from),
        },
        Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Named(_) | Shape::Unresolved => {
            Bounds::default()
        }
    }
}
