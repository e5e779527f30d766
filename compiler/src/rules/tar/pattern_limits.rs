//! A filter that SNS can't say, refuses, or reads less exactly than it is meant.

use aqueduct_dsl::diagnostic::{Code, Severity};
use aqueduct_dsl::source::SpanId;

use crate::check::{Context, Sink};
use crate::facts::fields::type_text;
use crate::facts::sns::{self, Coarse, FilterPolicy, Subscription};
use crate::limits;
use crate::model::{Bounds, Route, Scalar, Shape, Type};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("TAR007"),
    name: "pattern-limits",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for subscription in sns::subscriptions(cx.model) {
        match &subscription.policy {
            Ok(Some(policy)) => whole(cx, out, &subscription, policy),
            Ok(None) => {}
            Err(obstacles) => {
                for obstacle in obstacles {
                    out.report(obstacle.span, obstacle.what.clone(), |finding| {
                        finding
                            .label("no filter policy can say this")
                            .note("on aws the topic filters, before a message reaches the queue")
                            .help(obstacle.help.clone())
                            .holds_for("aws")
                    });
                }
            }
        }
        for coarse in &subscription.coarse {
            precision(cx, out, coarse);
        }
    }
}

/// Every filter on the ways of a subscription is part of one policy, so all of them are to blame.
fn whole(cx: &Context<'_>, out: &mut Sink<'_>, subscription: &Subscription, policy: &FilterPolicy) {
    let (keys, combinations) = (policy.keys().len() as u64, policy.combinations());
    let (most_keys, most) = (
        limits::SNS_FILTER_KEYS.value,
        limits::SNS_FILTER_COMBINATIONS.value,
    );
    let blame = if let Some(name) = policy.mistakable() {
        Blame {
            what: format!("SNS takes `{name}` for one of its operators here"),
            label: "would be read as something else",
            note: "in the alternatives of an `or`, and within a record, the names of operators are no fields to SNS",
            help: "name the field otherwise, or ask for it in the handler",
        }
    } else if keys > most_keys {
        Blame::of_size(format!(
            "this asks about {keys} fields, and SNS allows {most_keys}"
        ))
    } else if combinations > most {
        Blame::of_size(format!(
            "this expands to {combinations} combinations, and SNS allows {most}"
        ))
    } else {
        return;
    };
    let routes = subscription
        .ways
        .iter()
        .flatten()
        .map(|route| &cx.model.routes[*route]);
    let mut filters = routes.flat_map(Route::filters).map(|filter| filter.span);
    let first = filters.next().unwrap_or(SpanId::NOWHERE);
    out.report(first, blame.what, |finding| {
        let finding = finding.label(blame.label).related(
            cx.model.channels[subscription.queue].label.span,
            "all that leads here is one policy",
        );
        filters
            .fold(finding, |finding, span| finding.related(span, "counts as well"))
            .note(blame.note)
            .help(blame.help)
            .holds_for("aws")
    });
}

/// What is wrong with a policy as a whole.
struct Blame {
    what: String,
    label: &'static str,
    note: &'static str,
    help: &'static str,
}

impl Blame {
    fn of_size(what: String) -> Self {
        Self {
            what,
            label: "too large for a filter policy",
            note: "SNS multiplies the values of all fields, and counts a nested field once for each level",
            help: "filter by less, and by the rest in the handler",
        }
    }
}

fn precision(cx: &Context<'_>, out: &mut Sink<'_>, coarse: &Coarse) {
    let largest = limits::SNS_FILTER_NUMBER.value;
    let places = limits::SNS_FILTER_PLACES.value;
    let name = coarse.path.join(".");
    let Some((field, _)) = cx.model.at_path(coarse.of, &coarse.path) else {
        return;
    };
    let ty = cx.model.resolve(&field.ty);
    out.report_at(
        Severity::Warn,
        coarse.compared,
        format!("SNS may compare `{name}` less exactly than it is"),
        |finding| {
            finding
                .label(format!("`{name}` is {}", type_text(cx.model, ty)))
                .related(ty.span, "may be larger or finer than SNS compares")
                .note(format!(
                    "SNS compares numbers up to {largest}, with {places} digits after the point"
                ))
                .help(format!("limit the field, as in `{}`", limited(ty)))
                .holds_for("aws")
        },
    );
}

/// The type with limits that SNS keeps.
fn limited(ty: &Type) -> String {
    let largest = limits::SNS_FILTER_NUMBER.value;
    let places = limits::SNS_FILTER_PLACES.value;
    let range = |min: Option<String>, max: Option<String>| {
        let min = min.unwrap_or_else(|| "0".to_owned());
        let max = max.unwrap_or_else(|| largest.to_string());
        format!("{min}..{max}")
    };
    match &ty.shape {
        Shape::Scalar(Scalar::Int(Bounds { min, max })) => {
            format!(
                "int({})",
                range(min.map(|min| min.to_string()), max.map(|max| max.to_string()))
            )
        }
        Shape::Scalar(Scalar::Decimal { bounds, places: fine }) => {
            let range = range(
                bounds.min.map(|min| min.to_string()),
                bounds.max.map(|max| max.to_string()),
            );
            let fine = fine.map_or(places, |fine| places.min(u64::from(fine)));
            format!("decimal({range}, places {fine})")
        }
        Shape::Scalar(_) | Shape::List { .. } | Shape::Map { .. } | Shape::Named(_) | Shape::Unresolved => {
            format!("decimal(0..{largest}, places {places})")
        }
    }
}
