//! A saga may wait for ever.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::saga::time;
use crate::model::{ActionKind, Manner, Step, duration_text};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("SAG008"),
    name: "wait-without-deadline",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for step in cx.model.sagas.values().flat_map(|saga| saga.steps()) {
        answers_later(out, step);
    }
    for (id, saga) in cx.model.sagas.iter() {
        if saga.deadline.is_some() {
            continue;
        }
        let name = cx.model.saga_name(id);
        let worst = duration_text(time::forward(saga).max(1_000));
        out.report(
            saga.label.span,
            format!("nothing says when `{name}` has to have ended"),
            |finding| {
                finding
                    .label("has no `deadline`")
                    .note("what is held by a saga that hangs is held for ever, and nobody is told")
                    .help(format!(
                        "write `deadline …`; it may need {worst} with all its tries"
                    ))
            },
        );
    }
}

/// What somebody does later has no usual time: how long it may take has to be said.
fn answers_later(out: &mut Sink<'_>, step: &Step) {
    let name = &step.label.name;
    let word = match &step.action.kind {
        ActionKind::Call { manner, .. } => manner.verb().filter(|_| *manner != Manner::Hold),
        ActionKind::Receive { .. } => Some("await"),
        ActionKind::Child { .. }
        | ActionKind::Start { .. }
        | ActionKind::Insert { .. }
        | ActionKind::Put { .. }
        | ActionKind::Update { .. }
        | ActionKind::Get { .. }
        | ActionKind::Delete { .. }
        | ActionKind::Emit { .. } => None,
    };
    let Some(word) = word else { return };
    if !step.timeout.span.is_somewhere() {
        out.report(
            step.label.span,
            format!("nothing says how long `{name}` waits"),
            |finding| {
                finding
                    .label("has no `timeout`")
                    .note("an answer that is lost, or that nobody gives, would be waited for until the saga's deadline")
                    .help(format!("write `{word} … {{ timeout … }}`"))
            },
        );
        return;
    }
    let Some(heartbeat) = step
        .heartbeat
        .filter(|heartbeat| heartbeat.value >= step.timeout.value)
    else {
        return;
    };
    let (signs, limit) = (duration_text(heartbeat.value), duration_text(step.timeout.value));
    out.report(
        heartbeat.span,
        format!("`{name}` wants a sign of life every {signs}, and waits {limit} in all"),
        |finding| {
            finding
                .label("comes too late to tell anything")
                .related(step.timeout.span, "is over before")
                .help(format!("write a `heartbeat` of less than {limit}"))
        },
    );
}
