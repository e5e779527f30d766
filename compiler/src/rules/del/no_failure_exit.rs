//! A consumer has no place where a message goes that it can't handle.

use aqueduct_dsl::diagnostic::{Code, Severity};
use aqueduct_dsl::source::SpanId;

use crate::check::{Context, Sink};
use crate::model::{Channel, ChannelKind, Id};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("DEL004"),
    name: "no-failure-exit",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for (id, handler) in cx.model.handlers.iter() {
        // A member of a role has an inbox of its own behind the topic.
        if cx.model.services[handler.service].each.is_some() {
            continue;
        }
        consumer(
            cx,
            out,
            &cx.model.handler_name(id),
            &handler.label.name,
            handler.on,
        );
    }
    for (id, saga) in cx.model.sagas.iter() {
        let queue = saga.label.name.to_lowercase();
        consumer(cx, out, &cx.model.saga_name(id), &queue, saga.on);
    }
}

fn consumer(
    cx: &Context<'_>,
    out: &mut Sink<'_>,
    name: &str,
    queue: &str,
    on: Option<(Id<Channel>, SpanId)>,
) {
    let Some((channel, span)) = on else { return };
    let channel = &cx.model.channels[channel];
    if channel.kind != ChannelKind::Topic {
        return;
    }
    let message = &cx.model.types[channel.carries].label.name;
    out.report(
        span,
        format!("`{name}` listens on topic `{}` itself, so a message it can't handle is lost", channel.label.name),
        |finding| {
            finding
                .label("no queue in between, and so no dead letter")
                .related(channel.label.span, "a topic keeps nothing for a subscriber that fails or is down")
                .note(format!("each {message} that fails again and again would be dropped without a trace"))
                .help(format!(
                    "put a queue in between: `queue {queue}_inbox: {message}`, `{} -> {queue}_inbox`, and listen `on {queue}_inbox`",
                    channel.label.name
                ))
        },
    );
}
