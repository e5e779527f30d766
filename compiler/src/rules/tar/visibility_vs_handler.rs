//! A queue shows a message again while a handler may still be at work on it.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::limits;
use crate::model::{ChannelKind, duration_text};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("TAR001"),
    name: "visibility-vs-handler",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for (id, handler) in cx.model.handlers.iter() {
        let Some((channel, listens)) = handler.on else {
            continue;
        };
        let channel = &cx.model.channels[channel];
        let ChannelKind::Queue {
            visibility: Some(visibility),
            ..
        } = &channel.kind
        else {
            continue;
        };
        let timeout = handler.timeout.value;
        let advised = timeout.saturating_mul(limits::LAMBDA_VISIBILITY_FACTOR.value);
        if visibility.value >= advised {
            continue;
        }
        let (level, note) = if visibility.value < timeout {
            (
                Severity::Error,
                "AWS refuses to let a function read a queue that shows messages again before the function has to end",
            )
        } else {
            (
                Severity::Warn,
                "a function that is throttled or fails takes its message several times within that time; AWS advises six timeouts",
            )
        };
        let (name, queue) = (cx.model.handler_name(id), &channel.label.name);
        let (hidden, runs) = (duration_text(visibility.value), duration_text(timeout));
        out.report_at(
            level,
            visibility.span,
            format!("`{name}` may still be at work when `{queue}` hands its message to another"),
            |finding| {
                finding
                    .label(format!("hidden for {hidden}, and the handler may take {runs}"))
                    .related(listens, "listens here")
                    .related(handler.timeout.span, "may take that long")
                    .note(note)
                    .help(format!(
                        "leave `visibility` out, so that it is computed, or write {} or more",
                        duration_text(advised)
                    ))
                    .holds_for("aws")
            },
        );
    }
}
