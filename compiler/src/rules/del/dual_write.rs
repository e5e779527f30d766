//! One activation changes a store and publishes, and nothing ties the two together.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::model::{Emit, Handler, Id, Target};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("DEL006"),
    name: "dual-write",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    // The embedded engine commits rows and messages in one transaction anyway.
    let split: Vec<Target> = cx
        .model
        .targets
        .iter()
        .copied()
        .filter(|target| *target != Target::Local)
        .collect();
    if split.is_empty() {
        return;
    }
    for (id, handler) in cx.model.handlers.iter() {
        let unsafe_emits: Vec<Emit> = handler
            .emits
            .iter()
            .filter(|emit| !emit.outbox)
            .copied()
            .collect();
        let Some(first) = unsafe_emits.first() else {
            continue;
        };
        if let Some(write) = handler.writes.first() {
            let store = &cx.model.stores[write.store].label.name;
            report(
                cx,
                out,
                &split,
                id,
                *first,
                (write.span, format!("`{store}` is changed here")),
                |message| {
                    format!(
                        "a crash between the two leaves `{store}` changed and nobody told of {message}, or the reverse"
                    )
                },
            );
        } else if let Some(second) = handler.emits.iter().find(|emit| emit.channel != first.channel) {
            let (one, other) = (name_of(cx, first), name_of(cx, second));
            report(
                cx,
                out,
                &split,
                id,
                *first,
                (second.span, format!("`{other}` is told here")),
                |_| format!("a crash between the two leaves `{one}` told and `{other}` not, or the reverse"),
            );
        }
    }
}

fn name_of(cx: &Context<'_>, emit: &Emit) -> String {
    cx.model.channels[emit.channel].label.name.to_string()
}

fn report(
    cx: &Context<'_>,
    out: &mut Sink<'_>,
    split: &[Target],
    id: Id<Handler>,
    emit: Emit,
    related: (aqueduct_dsl::source::SpanId, String),
    why: impl FnOnce(&str) -> String,
) {
    let handler = cx.model.handler_name(id);
    let message = cx.model.types[emit.message].label.name.clone();
    let channel = name_of(cx, &emit);
    out.report(
        emit.span,
        format!("`{handler}` makes two changes that can't be made together"),
        |finding| {
            let mut finding = finding
                .label(format!("{message} is published on its own"))
                .related(related.0, related.1)
                .note(why(&message))
                .note("on local the two are one transaction; no queue of the cloud takes part in the transaction of a table")
                .help("publish through the outbox, which is committed with the rows and sent afterwards")
                .replace(
                    "publish via the outbox",
                    emit.span,
                    format!("emits {message} to {channel} via outbox"),
                );
            finding
                .targets
                .extend(split.iter().map(|target| target.word().into()));
            finding
        },
    );
}
