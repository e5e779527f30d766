//! Behind the point of no return something may still fail.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::saga::promises::has_effect;
use crate::facts::saga::way::{Place, Way};
use crate::model::{Model, Saga, Statement, Step, StepClass};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SAG002"),
    name: "abort-after-pivot",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for saga in cx.model.sagas.values() {
        let way = Way::of(saga);
        for step in saga.steps() {
            let place = way.place(step);
            behind(cx.model, out, step, &place);
            beside(out, step, &place);
            before(cx.model, out, step, &place);
        }
        failures(out, saga);
    }
}

/// What comes after the pivot only goes forward.
fn behind(model: &Model, out: &mut Sink<'_>, step: &Step, place: &Place) {
    let Some((pivot, span)) = &place.pivot else { return };
    let name = &step.label.name;
    let (problem, help) = match step.class {
        StepClass::Pivot => (
            "is a second one".to_owned(),
            format!("let one of the two be the pivot: make `{name}` a `retriable`"),
        ),
        StepClass::Compensatable | StepClass::ReadOnly => (
            "may fail".to_owned(),
            format!("make `{name}` a `retriable`, or do it before `{pivot}`"),
        ),
        StepClass::Retriable if step.retry.count.is_some() => (
            "gives up after some tries".to_owned(),
            "say `retry until done`".to_owned(),
        ),
        StepClass::Retriable => {
            let handler = step.action.called().map(|handler| &model.handlers[handler]);
            let Some((fault, declared)) = handler.and_then(|handler| handler.fails.first()) else {
                return;
            };
            let fault = &model.types[*fault].label.name;
            out.report(
                step.label.span,
                format!(
                    "`{name}` comes after `{pivot}`, the point of no return, and may say {fault} for ever"
                ),
                |finding| {
                    finding
                        .label("is tried until it is done")
                        .related(*span, "the point of no return")
                        .related(*declared, "says no here")
                        .note("what says no says no again; the saga would never end")
                        .help("let the handler reply with what came of it in place of failing")
                },
            );
            return;
        }
    };
    out.report(
        step.label.span,
        format!("`{pivot}` is the point of no return, and `{name}` after it {problem}"),
        |finding| {
            finding
                .label("the saga can neither go on nor back")
                .related(*span, "the point of no return")
                .note("it would be stuck, and wait for a person")
                .help(help)
        },
    );
}

/// A pivot that stands in `parallel` can't wait for what its siblings come to.
fn beside(out: &mut Sink<'_>, step: &Step, place: &Place) {
    let (StepClass::Pivot, Some(turn)) = (step.class, &place.siblings) else {
        return;
    };
    let name = &step.label.name;
    out.report(
        step.label.span,
        format!(
            "`{name}` is the point of no return, and {} at the same time",
            turn.what
        ),
        |finding| {
            finding
                .label("may be done when the saga has to go back")
                .related(turn.span, "runs at the same time")
                .note("what is done at the same time has no before and after")
                .help(format!("take `{name}` out of `parallel`, behind it"))
        },
    );
}

/// What is tried until it is done has no way back of its own.
fn before(model: &Model, out: &mut Sink<'_>, step: &Step, place: &Place) {
    let Some(turn) = &place.turn else { return };
    if step.class != StepClass::Retriable || step.undo.is_some() || !has_effect(model, step) {
        return;
    }
    let name = &step.label.name;
    out.report(
        step.label.span,
        format!("`{name}` is tried until it is done, and then {}", turn.what),
        |finding| {
            finding
                .label("stays when the saga goes back")
                .related(turn.span, "comes after it")
                .note("a `retriable` stands behind the last step that can fail")
                .help(format!("move `{name}` to the end, or give it an `undo`"))
        },
    );
}

/// `fail` behind the pivot.
fn failures(out: &mut Sink<'_>, saga: &Saga) {
    let mut behind = Vec::new();
    collect(&saga.body, false, &mut behind);
    for span in behind {
        out.report(
            span,
            "the saga fails on purpose after its point of no return".to_owned(),
            |finding| {
                finding
                    .label("can't go back from here")
                    .note("what the pivot did stays")
                    .help("decide this before the pivot")
            },
        );
    }
}

fn collect(body: &[Statement], mut pivoted: bool, found: &mut Vec<aqueduct_dsl::source::SpanId>) -> bool {
    for statement in body {
        if let (true, Statement::Fail(fail)) = (pivoted, statement) {
            found.push(fail.span);
        }
        let mut inside = false;
        for block in statement.blocks() {
            inside |= collect(block, pivoted, found);
        }
        pivoted |= inside || matches!(statement, Statement::Step(step) if step.class == StepClass::Pivot);
    }
    pivoted
}
