//! A dead letter queue that keeps an order for a queue that doesn't, or the reverse.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::model::ChannelKind;
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("TAR003"),
    name: "dead-letter-kind",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for channel in cx.model.channels.values() {
        let ChannelKind::Queue { dead_letter, .. } = &channel.kind else {
            continue;
        };
        let Some((to, span)) = dead_letter.to else {
            continue;
        };
        let to = &cx.model.channels[to];
        let (what, help) = match (&channel.order, &to.order) {
            (Some(order), None) => {
                let key = order.key();
                (
                    "a queue that keeps an order needs a dead letter queue that keeps one",
                    format!(
                        "say `fifo by {key}` on `{}`, or leave the name out",
                        to.label.name
                    ),
                )
            }
            (None, Some(_)) => (
                "a queue without an order can't have a dead letter queue that keeps one",
                format!("take `fifo` from `{}`, or leave the name out", to.label.name),
            ),
            (Some(_), Some(_)) | (None, None) => continue,
        };
        out.report(span, what.to_owned(), |finding| {
            finding
                .label(format!("the dead letters of `{}`", channel.label.name))
                .related(
                    to.label.span,
                    if to.order.is_some() {
                        "keeps an order"
                    } else {
                        "keeps no order"
                    },
                )
                .note("AWS refuses a queue whose dead letter queue is of the other kind")
                .help(help)
                .holds_for("aws")
        });
    }
}
