//! A filter that lets nothing through, or that speaks of something the message doesn't have.

mod operands;
mod ranges;

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::cells::{Cells, Ground};
use crate::model::{Predicate, Stage, StageKind};
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
        let mut rest = route.stages.as_slice();
        while let Some(first) = rest.first() {
            // Conditions one after the other over the same message count together.
            let same = rest.iter().take_while(|stage| stage.takes == first.takes).count();
            let (together, later) = rest.split_at(same);
            conditions(cx, out, together);
            rest = later;
        }
    }
    for choose in cx.model.chooses.values() {
        let ground = Ground {
            message: choose.takes,
            names: &choose.names,
        };
        for arm in &choose.arms {
            if let Some(condition) = &arm.condition {
                one(cx, out, ground, &[condition]);
            }
        }
    }
}

fn conditions(cx: &Context<'_>, out: &mut Sink<'_>, stages: &[Stage]) {
    let Some(last) = stages.last() else { return };
    let ground = Ground {
        message: last.takes,
        names: &last.names,
    };
    let all: Vec<&Predicate> = stages
        .iter()
        .filter_map(|stage| {
            let StageKind::Where(predicate) = &stage.kind else {
                return None;
            };
            Some(predicate)
        })
        .collect();
    one(cx, out, ground, &all);
}

fn one(cx: &Context<'_>, out: &mut Sink<'_>, ground: Ground<'_>, all: &[&Predicate]) {
    let mut sound = true;
    for predicate in all {
        sound &= operands::check(cx, out, ground, predicate);
    }
    // What compares the wrong things can't be judged any further.
    if sound && !ranges::check(cx, out, ground.message, all) {
        never(cx, out, ground, all);
    }
}

/// What intervals don't show: enums, texts, and what is joined by `or`.
fn never(cx: &Context<'_>, out: &mut Sink<'_>, ground: Ground<'_>, all: &[&Predicate]) {
    let Some(last) = all.last() else { return };
    if !Cells::of(cx.model, ground, all).is_some_and(|cells| cells.never(all)) {
        return;
    }
    out.report(
        last.span,
        "no message is like this, so this never matches".to_owned(),
        |finding| {
            let others = all.iter().rev().skip(1);
            others
                .fold(finding.label("can't be true"), |finding, other| {
                    finding.related(other.span, "together with this")
                })
                .note("every value that the fields may have was tried")
                .help("mend the condition, or use `or` where it says `and`")
        },
    );
}
