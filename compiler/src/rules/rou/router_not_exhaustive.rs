//! A router without `else` that some message can pass by.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::cells::{Cells, Ground};
use crate::model::Predicate;
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("ROU001"),
    name: "router-not-exhaustive",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for choose in cx.model.chooses.values() {
        let conditions: Option<Vec<&Predicate>> =
            choose.arms.iter().map(|arm| arm.condition.as_ref()).collect();
        // An arm without a condition is `else`.
        let Some(conditions) = conditions.filter(|conditions| !conditions.is_empty()) else {
            continue;
        };
        let ground = Ground {
            message: choose.takes,
            names: &choose.names,
        };
        let missed = match Cells::of(cx.model, ground, &conditions) {
            Some(cells) => match cells.missed(&conditions) {
                Some(missed) => format!("`{missed}`"),
                None => continue,
            },
            None => "something, as far as can be told,".to_owned(),
        };
        out.report(
            choose.span,
            format!("{missed} fits no arm of this `choose`, and would be lost"),
            |finding| {
                let arms = choose.arms.iter();
                arms.fold(finding.label("no `else`"), |finding, arm| {
                    finding.related(arm.span, "doesn't take it")
                })
                .note("a comparison with a field that is absent is unknown, and what is unknown doesn't fit")
                .help("add an arm: `else -> a_queue`, or `else -> discard because \"…\"`")
            },
        );
    }
}
