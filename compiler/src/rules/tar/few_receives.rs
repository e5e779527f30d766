//! A message is dead after so few attempts that a hiccup of the cloud is enough.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::limits;
use crate::model::ChannelKind;
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("TAR002"),
    name: "few-receives",
    level: Severity::Warn,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for (id, channel) in cx.model.channels.iter() {
        let ChannelKind::Queue { dead_letter, .. } = &channel.kind else {
            continue;
        };
        let enough = limits::LAMBDA_RECEIVES_MIN.value;
        if u64::from(dead_letter.after.value) >= enough {
            continue;
        }
        let mut listeners = cx.model.handlers.values().filter_map(|handler| handler.on);
        let Some((_, listens)) = listeners.find(|(on, _)| *on == id) else {
            continue;
        };
        let (level, times) = match dead_letter.after.value {
            1 => (Severity::Error, "the first attempt".to_owned()),
            few => (Severity::Warn, format!("{few} attempts")),
        };
        out.report_at(
            level,
            dead_letter.after.span,
            format!("a message of `{}` is dead after {times}", channel.label.name),
            |finding| {
                finding
                    .label("counts what never reached the handler, too")
                    .related(listens, "a function reads it")
                    .note("on aws a poll that is throttled counts as an attempt, so one busy minute kills good messages")
                    .help(format!("write `after {enough}`, or more"))
                    .holds_for("aws")
            },
        );
    }
}
