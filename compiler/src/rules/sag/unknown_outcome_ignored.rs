//! Nobody knows whether a step was done, and the saga goes on as if it were not.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::saga::contract::{Profile, Promise};
use crate::facts::saga::promises::{missing_on, profile};
use crate::facts::saga::way::Way;
use crate::model::{Step, StepClass, Target, duration_text};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SAG006"),
    name: "unknown-outcome-ignored",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for saga in cx.model.sagas.values() {
        let way = Way::of(saga);
        for step in saga.steps() {
            if step.class == StepClass::Pivot && step.undo.is_none() && step.retry.count.is_some() {
                pivot(cx, out, step);
                continue;
            }
            let missing = missing_on(cx.model, &way, step);
            if missing.iter().any(|(promise, _)| *promise == Promise::Guard) {
                continue;
            }
            let failed = |(promise, _): &&(Promise, Vec<Target>)| *promise == Promise::UndoneWhenFailed;
            if let Some((_, targets)) = missing.iter().find(failed) {
                refused(cx, out, step, targets);
            }
        }
    }
}

/// The point of no return has to be known.
fn pivot(cx: &Context<'_>, out: &mut Sink<'_>, step: &Step) {
    let unknown = |target: &&Target| profile(cx.model, step, **target) != Profile::PERFECT;
    let targets: Vec<Target> = cx.model.targets.iter().filter(unknown).copied().collect();
    if targets.is_empty() {
        return;
    }
    let name = &step.label.name;
    out.report(
        step.label.span,
        format!("`{name}` is the point of no return, and may be done without anybody knowing"),
        |finding| {
            let finding = finding
                .label("is given up on after some tries")
                .note("whoever goes back then may go back behind what can't be taken back")
                .help(format!("say `retry until known` in `{name}`"));
            targets
                .iter()
                .fold(finding, |finding, target| finding.holds_for(target.word()))
        },
    );
}

/// It said no at last, and an earlier try may still be done.
fn refused(cx: &Context<'_>, out: &mut Sink<'_>, step: &Step, targets: &[Target]) {
    let Some(id) = step.action.called() else { return };
    let (name, handler) = (cx.model.handler_name(id), &cx.model.handlers[id]);
    let (waits, runs) = (
        duration_text(step.timeout.value),
        duration_text(handler.timeout.value),
    );
    out.report(
        step.label.span,
        format!(
            "when `{name}` says no, an earlier try of `{}` may still be done",
            step.label.name
        ),
        |finding| {
            let finding = finding
                .label(format!(
                    "waits {waits}, tries again, and believes the last answer"
                ))
                .related(handler.label.span, format!("may run for {runs}"))
                .note("a step that says no isn't taken back: that it says so means that nothing was done")
                .help(format!(
                    "wait as long as it may run: `timeout {runs}` here, or `timeout {waits}` there"
                ));
            targets
                .iter()
                .fold(finding, |finding, target| finding.holds_for(target.word()))
        },
    );
}
