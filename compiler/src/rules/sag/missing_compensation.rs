//! A step leaves something behind that nothing takes back when the saga goes back.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::saga::promises::{broken_on, has_effect};
use crate::facts::saga::way::Way;
use crate::model::{Model, Step, StepClass};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SAG001"),
    name: "missing-compensation",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for saga in cx.model.sagas.values() {
        let way = Way::of(saga);
        for step in saga.steps() {
            let left_alone = step.class == StepClass::Compensatable
                && step.undo.is_none()
                && has_effect(cx.model, step)
                // Of what nobody can take back SAG014 speaks.
                && !is_irreversible(cx.model, step);
            if left_alone {
                judge(cx, out, &way, step);
            }
        }
    }
}

fn judge(cx: &Context<'_>, out: &mut Sink<'_>, way: &Way, step: &Step) {
    let name = &step.label.name;
    let help = format!("say how to take it back: `undo …` in `{name}`, or make it the `pivot`");
    if let Some(turn) = way.place(step).turn {
        out.report(
            step.label.span,
            format!("{}, and nothing takes `{name}` back", turn.what),
            |finding| {
                finding
                    .label("stays when the saga goes back")
                    .related(
                        turn.span,
                        if turn.beside {
                            "runs at the same time"
                        } else {
                            "comes after it"
                        },
                    )
                    .note("the saga would end as failed and leave this behind, for people to find")
                    .help(help)
            },
        );
        return;
    }
    let targets = broken_on(cx.model, way, step);
    if targets.is_empty() {
        return;
    }
    out.report(
        step.label.span,
        format!("`{name}` may have been done when its answer is lost, and nothing takes it back"),
        |finding| {
            let finding = finding
                .label("stays when nobody knows whether it was done")
                .note("after its last try without an answer the saga goes back, and this may be left behind")
                .help(help);
            targets
                .iter()
                .fold(finding, |finding, target| finding.holds_for(target.word()))
        },
    );
}

/// Whether the author has said that nobody can take it back.
pub(super) fn is_irreversible(model: &Model, step: &Step) -> bool {
    let handler = step.action.called().map(|handler| &model.handlers[handler]);
    step.irreversible.is_some() || handler.is_some_and(|handler| handler.irreversible.is_some())
}
