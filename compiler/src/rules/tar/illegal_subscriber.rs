//! A queue that keeps an order behind a topic that doesn't.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::sns;
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("TAR004"),
    name: "illegal-subscriber",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for subscription in sns::subscriptions(cx.model) {
        let topic = &cx.model.channels[subscription.topic];
        let queue = &cx.model.channels[subscription.queue];
        let (None, Some(order)) = (&topic.order, &queue.order) else {
            continue;
        };
        let last = subscription.ways.first().and_then(|way| way.last());
        let Some(route) = last.map(|route| &cx.model.routes[*route]) else {
            continue;
        };
        let (topic_name, queue_name) = (&topic.label.name, &queue.label.name);
        out.report(
            route.span,
            format!("`{queue_name}` keeps an order, and `{topic_name}` has none to hand on"),
            |finding| {
                finding
                    .label("refused by AWS")
                    .related(order.span, "the order begins here")
                    .related(topic.label.span, "published to here, in no order")
                    .note("SNS lets only a topic that keeps an order deliver to a queue that does")
                    .help(format!(
                        "say `fifo` by the same key on `{topic_name}` as well, or take it from `{queue_name}`"
                    ))
                    .holds_for("aws")
            },
        );
    }
}
