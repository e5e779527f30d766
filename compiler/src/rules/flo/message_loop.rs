//! Routes lead a message back to the channel that it came from.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::graph::{EdgeKind, Node};
use crate::model::Route;
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("FLO004"),
    name: "message-loop",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    let circles = cx.graph.circles(|kind| matches!(kind, EdgeKind::Route(_)));
    for circle in circles {
        let inside = |id| circle.contains(&Node::Channel(id));
        let routes: Vec<&Route> = cx
            .model
            .routes
            .values()
            .filter(|route| inside(route.from) && inside(route.to))
            .collect();
        let Some((first, others)) = routes.split_first() else {
            continue;
        };
        let name = &cx.model.channels[first.from].label.name;
        out.report(
            first.span,
            format!("a message on `{name}` comes back to `{name}` by its own routes"),
            |finding| {
                let finding = finding.label("one route of the circle");
                let finding = others
                    .iter()
                    .fold(finding, |finding, route| finding.related(route.span, "another"));
                finding
                    .note("each message would go round for ever, and be copied out at every turn")
                    .help("delete one of these routes; a handler in between may send a new message")
            },
        );
    }
}
