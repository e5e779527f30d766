//! A consumer has no place where a message goes that it can't handle.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::model::ChannelKind;
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
        let Some((channel, span)) = handler.on else {
            continue;
        };
        let channel = &cx.model.channels[channel];
        if channel.kind != ChannelKind::Topic {
            continue;
        }
        let name = cx.model.handler_name(id);
        let message = &cx.model.types[channel.carries].label.name;
        let queue = &handler.label.name;
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
}
