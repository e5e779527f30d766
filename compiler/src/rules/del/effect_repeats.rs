//! A handler whose effect can't be repeated is reachable by an edge that can repeat it.

use aqueduct_dsl::diagnostic::{Code, Severity};
use smol_str::SmolStr;

use crate::check::{Context, Sink};
use crate::facts::delivery;
use crate::facts::saga::contract::Promise;
use crate::facts::saga::promises::{forgetful, missing_on};
use crate::facts::saga::way::Way;
use crate::model::{ChannelKind, Field, Handler, Id, Model, Step, Target};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("DEL001"),
    name: "effect-repeats",
    level: Severity::Error,
    // A clause that could not be resolved may have said it.
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    steps(cx, out);
    for (id, handler) in cx.model.handlers.iter() {
        let Some((channel, listens)) = handler.on else {
            continue;
        };
        if handler.repetition.is_some() || handler.needs.forgets_nothing() {
            continue;
        }
        let channel = &cx.model.channels[channel];
        let repeats = delivery::repeating(&cx.model.targets, channel);
        // On a topic the missing failure exit is the first thing to mend.
        if repeats.is_empty() || channel.kind == ChannelKind::Topic {
            continue;
        }
        let name = cx.model.handler_name(id);
        let effects = effects(cx.model, handler);
        let what = match effects.as_slice() {
            [] => "whatever it does would happen twice".to_owned(),
            effects => format!("would {} twice", effects.join(" and ")),
        };
        out.report(
            handler.label.span,
            format!("`{name}` may run twice for one message, and nothing says that this is harmless"),
            |finding| {
                let mut finding = finding.label(what).related(
                    listens,
                    format!("`{}` may deliver a message again", channel.label.name),
                );
                for (target, why) in repeats {
                    finding.targets.push(target.word().into());
                    finding = finding.note(format!("{}: {why}", target.word()));
                }
                finding.help(help(cx.model, id))
            },
        );
    }
}

/// A step is asked again when its answer is lost.
fn steps(cx: &Context<'_>, out: &mut Sink<'_>) {
    for saga in cx.model.sagas.values() {
        let way = Way::of(saga);
        for step in saga.steps() {
            let missing = missing_on(cx.model, &way, step);
            let repeats = missing
                .iter()
                .find(|(promise, _)| *promise == Promise::Idempotent);
            let (Some((_, targets)), Some(id)) = (repeats, step.action.called()) else {
                continue;
            };
            let (name, handler) = (cx.model.handler_name(id), &cx.model.handlers[id]);
            if let Some(asked) = forgetful(cx.model, handler) {
                asked_again(cx, out, (id, asked), step, targets);
                continue;
            }
            let what = match effects(cx.model, handler).as_slice() {
                [] => "would ask others twice".to_owned(),
                effects => format!("would {} twice", effects.join(" and ")),
            };
            out.report(
                handler.label.span,
                format!("`{name}` may run twice for one step, and nothing says that this is harmless"),
                |finding| {
                    let finding = finding
                        .label(what)
                        .related(step.label.span, "asks again when an answer is lost")
                        .help(help(cx.model, id));
                    targets
                        .iter()
                        .fold(finding, |finding, target| finding.holds_for(target.word()))
                },
            );
        }
    }
}

/// The handler remembers its key with its commit, and dies before that: the other side is asked again.
fn asked_again(
    cx: &Context<'_>,
    out: &mut Sink<'_>,
    (id, asked): (Id<Handler>, Id<Handler>),
    step: &Step,
    targets: &[Target],
) {
    let (name, theirs) = (cx.model.handler_name(id), cx.model.handler_name(asked));
    let other = &cx.model.handlers[asked];
    out.report(
        other.label.span,
        format!("`{theirs}` may be asked twice for one step, and nothing says that it sees that"),
        |finding| {
            let finding = finding
                .label("would do it twice")
                .related(
                    cx.model.handlers[id].label.span,
                    format!("`{name}` may stop between the answer and its own commit"),
                )
                .related(step.label.span, "asks again when an answer is lost")
                .note("each request carries the key of the handler that sends it, as `Idempotency-Key`")
                .help("if the other side heeds it, say so: `idempotent by` a field of its input");
            targets
                .iter()
                .fold(finding, |finding, target| finding.holds_for(target.word()))
        },
    );
}

fn effects(model: &Model, handler: &Handler) -> Vec<String> {
    let writes = handler
        .writes
        .iter()
        .map(|write| format!("write `{}`", model.stores[write.store].label.name));
    let emits = handler
        .emits
        .iter()
        .map(|emit| format!("emit {}", model.types[emit.message].label.name));
    let calls = handler
        .calls
        .iter()
        .map(|call| format!("ask `{}`", model.handler_name(call.handler)));
    writes.chain(emits).chain(calls).collect()
}

fn help(model: &Model, id: Id<Handler>) -> String {
    let key = model.handlers[id].input.and_then(|input| {
        let fields = model.fields(input);
        let is_key = |field: &&Field| field.tags.key || field.label.name == "key";
        fields.iter().find(is_key).map(|field| field.label.name.clone())
    });
    let key: SmolStr = key.unwrap_or_else(|| "its_key".into());
    format!("say `idempotent by {key} for 30d`, or `natural because \"…\"` if a second run does no harm")
}
