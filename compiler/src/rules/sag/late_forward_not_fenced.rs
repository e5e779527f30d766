//! A step that was given up on may still be done, after it was taken back.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::saga::contract::Promise;
use crate::facts::saga::promises::missing_on;
use crate::facts::saga::way::Way;
use crate::model::duration_text;
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SAG005"),
    name: "late-forward-not-fenced",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for saga in cx.model.sagas.values() {
        let way = Way::of(saga);
        for step in saga.steps() {
            let missing = missing_on(cx.model, &way, step);
            // Whoever pairs the two has the fence as well, and of that SAG004 speaks.
            if missing.iter().any(|(promise, _)| *promise == Promise::Guard) {
                continue;
            }
            let Some((_, targets)) = missing.iter().find(|(promise, _)| *promise == Promise::Fence) else {
                continue;
            };
            let Some(id) = step.action.called() else { continue };
            let (name, handler) = (cx.model.handler_name(id), &cx.model.handlers[id]);
            let (waits, runs) = (
                duration_text(step.timeout.value),
                duration_text(handler.timeout.value),
            );
            out.report(
                step.label.span,
                format!(
                    "`{}` waits {waits} for `{name}`, which may run for {runs} and be done after it was taken back",
                    step.label.name
                ),
                |finding| {
                    let finding = finding
                        .label("gives up while the work may go on")
                        .related(handler.label.span, "is not stopped when nobody waits any more")
                        .note("Step Functions does not stop a function whose task has timed out")
                        .help(format!(
                            "wait as long as it may run: `timeout {runs}` here or `timeout {waits}` there; or take it back with a handler that `undoes {}`",
                            handler.label.name
                        ));
                    targets.iter().fold(finding, |finding, target| finding.holds_for(target.word()))
                },
            );
        }
    }
}
