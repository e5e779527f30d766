//! Something in a saga can never happen, or it does nothing at all.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::model::{Join, Model, Saga, Statement, Step, StepClass};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SAG012"),
    name: "saga-not-sound",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for (id, saga) in cx.model.sagas.iter() {
        if saga.steps().is_empty() {
            let name = cx.model.saga_name(id);
            out.report(saga.label.span, format!("`{name}` does nothing"), |finding| {
                finding
                    .label("has no step")
                    .note("what it begins with is taken and forgotten")
                    .help("give it a step, or delete it")
            });
            continue;
        }
        saga.blocks().for_each(|block| dead(block, out));
        never_caught(cx.model, saga, out);
        never_done(saga, out);
    }
}

/// What stands behind an end.
fn dead(body: &[Statement], out: &mut Sink<'_>) {
    for (at, statement) in body.iter().enumerate() {
        if let (true, Some(next)) = (ends(statement), body.get(at + 1)) {
            out.report(span(next), "this can never be reached".to_owned(), |finding| {
                finding
                    .label("stands behind the end")
                    .related(span(statement), "the saga has always ended here")
                    .note("what is never done was meant to be done")
                    .help("delete it, or put the end under a condition")
            });
            return;
        }
        for block in statement.blocks() {
            dead(block, out);
        }
    }
}

/// What is tried until it is done never comes to its `on`.
fn never_caught(model: &Model, saga: &Saga, out: &mut Sink<'_>) {
    let endless = |step: &&Step| step.class == StepClass::Retriable && step.retry.count.is_none();
    for step in saga.steps().into_iter().filter(endless) {
        for on in &step.on {
            let what = on
                .fault
                .map_or("timeout", |fault| model.types[fault].label.name.as_str());
            out.report(on.span, format!("`on {what}` is never reached"), |finding| {
                finding
                    .label("never runs")
                    .related(step.label.span, "is tried until it is done, whatever it says")
                    .note("what is never done was meant to be done")
                    .help("delete it, or bound the tries: `retry 5`")
            });
        }
    }
}

fn never_done(saga: &Saga, out: &mut Sink<'_>) {
    let (true, Some(done)) = (saga.body.iter().any(ends), &saga.done) else {
        return;
    };
    out.report(
        done.span,
        format!("`{}` never comes to a good end", saga.label.name),
        |finding| {
            finding
                .label("never runs")
                .note("every way through it ends in `fail`")
                .help("let one way go on to the end")
        },
    );
}

/// Whether nothing comes after it, whatever happens.
fn ends(statement: &Statement) -> bool {
    match statement {
        Statement::Fail(_) => true,
        Statement::If { arms, otherwise, .. } => {
            arms.iter().all(|(_, body)| body.iter().any(ends)) && otherwise.iter().any(ends)
        }
        Statement::Parallel { until, branches, .. } => {
            let mut ended = branches.iter().map(|branch| branch.body.iter().any(ends));
            match until {
                Join::All => ended.any(|ends| ends),
                Join::First => ended.all(|ends| ends),
            }
        }
        // Of an empty list there is nothing to fail.
        Statement::Step(_) | Statement::Map(_) | Statement::Wait { .. } | Statement::Alone(_) => false,
    }
}

fn span(statement: &Statement) -> aqueduct_dsl::source::SpanId {
    match statement {
        Statement::Step(step) => step.label.span,
        Statement::Fail(fail) => fail.span,
        Statement::Map(map) => map.label.span,
        Statement::Alone(action) => action.span,
        Statement::If { span, .. } | Statement::Parallel { span, .. } | Statement::Wait { span, .. } => *span,
    }
}
