//! A step leaves something behind that nothing takes back when the saga goes back.

use aqueduct_dsl::diagnostic::{Code, Severity};
use aqueduct_dsl::source::SpanId;

use crate::check::{Context, Sink};
use crate::facts::saga::promises::{broken_on, has_effect};
use crate::facts::saga::way::Way;
use crate::model::{Action, ActionKind, Channel, Id, Model, Step, StepClass, Store};
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
            if step.class == StepClass::ReadOnly {
                only_reads(cx.model, out, step);
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

/// A `readonly` is never taken back, so it has to keep its word. What it asks outside, its author vouches for.
fn only_reads(model: &Model, out: &mut Sink<'_>, step: &Step) {
    let Some((what, span)) = change(model, &step.action) else {
        return;
    };
    let name = &step.label.name;
    out.report(
        step.label.span,
        format!("`{name}` is `readonly`, and it {what}"),
        |finding| {
            finding
                .label("is never taken back")
                .related(span, format!("{what} here"))
                .note("a `readonly` leaves nothing to take back: what it does stays when the saga goes back")
                .help(format!(
                    "make it a `step` and say how to take it back: `undo …` in `{name}`"
                ))
        },
    );
}

/// What an action itself changes, as half a sentence, and where that is said.
fn change(model: &Model, action: &Action) -> Option<(String, SpanId)> {
    let writes = |store: Id<Store>, span| (format!("writes `{}`", model.stores[store].label.name), span);
    let emits = |channel: Id<Channel>, span| {
        let name = &model.channels[channel].label.name;
        (format!("sends to `{name}`"), span)
    };
    match &action.kind {
        ActionKind::Call { handler, .. } => {
            let handler = &model.handlers[*handler];
            let written = handler.writes.first().map(|used| writes(used.store, used.span));
            written.or_else(|| handler.emits.first().map(|emit| emits(emit.channel, emit.span)))
        }
        ActionKind::Insert { store, .. }
        | ActionKind::Put { store, .. }
        | ActionKind::Update { store, .. }
        | ActionKind::Delete { store, .. } => Some(writes(*store, action.span)),
        ActionKind::Emit { channel, .. } => Some(emits(*channel, action.span)),
        ActionKind::Start { saga, .. } => {
            let name = &model.sagas[*saga].label.name;
            Some((format!("starts `{name}`"), action.span))
        }
        ActionKind::Child { .. } | ActionKind::Receive { .. } | ActionKind::Get { .. } => None,
    }
}

/// Whether the author has said that nobody can take it back.
pub(super) fn is_irreversible(model: &Model, step: &Step) -> bool {
    let handler = step.action.called().map(|handler| &model.handlers[handler]);
    step.irreversible.is_some() || handler.is_some_and(|handler| handler.irreversible.is_some())
}
