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
            match &arm.condition {
                Some(condition) => {
                    let all: Vec<&Predicate> = earlier.iter().copied().chain([condition]).collect();
                    let cells = Cells::of(cx.model, ground, &all);
                    let dead = cells.is_some_and(|cells| {
                        // What can never be true at all is ROU003's.
                        !cells.never(&[condition]) && cells.shadowed(condition, &earlier)
                    });
                    if dead && !earlier.is_empty() {
                        shadowed(out, condition, &earlier);
                    }
                    earlier.push(condition);
                }
                None => {
                    let cells = Cells::of(cx.model, ground, &earlier);
                    let nothing_left = cells.is_some_and(|cells| cells.missed(&earlier).is_none());
                    if nothing_left && !earlier.is_empty() {
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
    }
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
