//! A channel keeps an order, and the channel behind it loses it.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("ORD002"),
    name: "order-bought-then-dropped",
    level: Severity::Warn,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    for route in cx.model.routes.values() {
        let (from, to) = (&cx.model.channels[route.from], &cx.model.channels[route.to]);
        let (Some(order), None) = (&from.order, &to.order) else {
            continue;
        };
        let key = order.key();
        out.report(
            route.span,
            format!(
                "`{}` keeps the order by {key}, and `{}` loses it",
                from.label.name, to.label.name
            ),
            |finding| {
                finding
                    .label("ordered before, in no order after")
                    .related(order.span, "the order begins here")
                    .related(to.label.span, "and ends here")
                    .note("handlers that run at the same time, and retries, let messages overtake each other")
                    .help(format!(
                        "say `fifo by {key}` on `{}` as well, or take it from `{}` if nobody needs it",
                        to.label.name, from.label.name
                    ))
            },
        );
    }
}
