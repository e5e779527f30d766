//! A filter that lets nothing through, or that speaks of something the message doesn't have.

mod operands;
mod ranges;

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::model::Predicate;
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("ROU003"),
    name: "filter-cannot-match",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for route in cx.model.routes.values() {
        let message = cx.model.channels[route.from].carries;
        let mut sound = true;
        for filter in &route.filters {
            sound &= operands::check(cx, out, message, &filter.predicate);
        }
        // What compares the wrong things can't be judged any further.
        if sound {
            let all: Vec<&Predicate> = route.filters.iter().map(|filter| &filter.predicate).collect();
            ranges::check(cx, out, message, &all);
        }
    }
}
