//! A channel that keeps an order by a field which a message may lack.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("ORD003"),
    name: "fifo-without-group",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for channel in cx.model.channels.values() {
        let Some(order) = &channel.order else { continue };
        for path in &order.by {
            let Some((field, true)) = cx.model.at_path(channel.carries, path) else {
                continue;
            };
            let (name, message) = (path.join("."), &cx.model.types[channel.carries].label.name);
            out.report(
                order.span,
                format!(
                    "every message in `{}` needs a group, and {message} may come without `{name}`",
                    channel.label.name
                ),
                |finding| {
                    finding
                        .label("what isn't there puts nothing in order")
                        .related(field.label.span, "optional, or in something that is")
                        .note("on aws a queue refuses a message without a group; elsewhere nobody could say what it has to wait for")
                        .help("name a field of the thing whose history must stay in order, or make this one required")
                },
            );
        }
    }
}
