//! An undo is made from the answer of the step that it takes back, and there may be no answer.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::saga::contract::Profile;
use crate::facts::saga::promises::profile;
use crate::model::{Mapping, Target, Value, ValueKind};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SAG003"),
    name: "compensation-input-unavailable",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for step in cx.model.sagas.values().flat_map(|saga| saga.steps()) {
        let Some(undo) = &step.undo else { continue };
        let name = &step.label.name;
        let Some(first) = undo.mapping().and_then(|mapping| from(mapping, name).next()) else {
            continue;
        };
        let unknown = |target: &&Target| profile(cx.model, step, **target) != Profile::PERFECT;
        let targets: Vec<Target> = cx.model.targets.iter().filter(unknown).copied().collect();
        if targets.is_empty() {
            continue;
        }
        let path = match &first.kind {
            ValueKind::Path(path) | ValueKind::Each(path) => path.join("."),
            ValueKind::Constant(_)
            | ValueKind::New
            | ValueKind::Now
            | ValueKind::List(_)
            | ValueKind::Record(_)
            | ValueKind::Arithmetic(..)
            | ValueKind::Function(..)
            | ValueKind::Test(_) => {
                continue;
            }
        };
        out.report(
            first.span,
            format!("without an answer of `{name}` there is no `{path}`, so its undo can't say what to take back"),
            |finding| {
                let finding = finding
                    .label("comes from the step itself")
                    .related(step.label.span, "may have been done although its answer is lost")
                    .note("what is taken back has to be named by what was known before: a key that the saga chose")
                    .help(format!("give `{name}` a key such as the saga's own, and take it back by that key"));
                targets.iter().fold(finding, |finding, target| finding.holds_for(target.word()))
            },
        );
    }
}

/// The values that come from a step.
fn from<'a>(mapping: &'a Mapping, step: &'a str) -> impl Iterator<Item = &'a Value> {
    let of_step = move |value: &&Value| {
        let (ValueKind::Path(path) | ValueKind::Each(path)) = &value.kind else {
            return false;
        };
        path.first().is_some_and(|first| first == step)
    };
    mapping.values().into_iter().filter(of_step)
}
