//! An arm of a router that no message ever gets to, since arms before it take everything that fits.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::cells::{Cells, Ground};
use crate::model::Predicate;
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("ROU002"),
    name: "router-overlap",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for choose in cx.model.chooses.values() {
        let ground = Ground {
            message: choose.takes,
            names: &choose.names,
        };
        let mut earlier: Vec<&Predicate> = Vec::new();
        for arm in &choose.arms {
            if let Some(condition) = &arm.condition {
                if is_dead(cx, ground, condition, &earlier) {
                    shadowed(out, condition, &earlier);
                }
                earlier.push(condition);
            } else if nothing_left(cx, ground, &earlier) {
                out.report_at(
                    Severity::Warn,
                    arm.span,
                    "nothing is left for this `else`".to_owned(),
                    |finding| {
                        finding
                            .label("the arms before it take every message")
                            .note("a new value of an enum would come here without a word")
                            .help("delete it: the compiler says so when an arm is missing")
                    },
                );
            }
        }
    }
}

fn is_dead(cx: &Context<'_>, ground: Ground<'_>, condition: &Predicate, earlier: &[&Predicate]) -> bool {
    let all: Vec<&Predicate> = earlier.iter().copied().chain([condition]).collect();
    // What can never be true at all is ROU003's.
    let dead = |cells: Cells| !cells.never(&[condition]) && cells.shadowed(condition, earlier);
    !earlier.is_empty() && Cells::of(cx.model, ground, &all).is_some_and(dead)
}

fn nothing_left(cx: &Context<'_>, ground: Ground<'_>, earlier: &[&Predicate]) -> bool {
    let covered = |cells: Cells| cells.missed(earlier).is_none();
    !earlier.is_empty() && Cells::of(cx.model, ground, earlier).is_some_and(covered)
}

fn shadowed(out: &mut Sink<'_>, condition: &Predicate, earlier: &[&Predicate]) {
    out.report(
        condition.span,
        format!("`{condition}` is never reached: what fits it is taken before"),
        |finding| {
            earlier
                .iter()
                .fold(finding.label("no message gets here"), |finding, other| {
                    finding.related(other.span, "takes it first")
                })
                .note("a `choose` takes the first arm that fits")
                .help("put the narrower condition first, or delete this arm")
        },
    );
}
