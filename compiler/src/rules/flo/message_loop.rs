//! Routes and dead letters lead a message back to the channel that it came from.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::graph::{Edge, EdgeKind, Node, View};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("FLO004"),
    name: "message-loop",
    level: Severity::Error,
    needs: Needs::Part,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    let moves = |kind| matches!(kind, EdgeKind::Route(_) | EdgeKind::DeadLetter);
    for circle in cx.graph.circles(moves) {
        let inside =
            |edge: &&Edge| moves(edge.kind) && circle.contains(&edge.from) && circle.contains(&edge.to);
        let edges: Vec<&Edge> = cx.graph.edges(View::Flow).filter(inside).collect();
        let Some((first, others)) = edges.split_first() else {
            continue;
        };
        let Node::Channel(channel) = first.from else {
            continue;
        };
        let name = &cx.model.channels[channel].label.name;
        out.report(
            first.span,
            format!("a message on `{name}` comes back to `{name}` and no handler is asked"),
            |finding| {
                let finding = finding.label("one way of the circle");
                let finding = others
                    .iter()
                    .fold(finding, |finding, edge| finding.related(edge.span, "another"));
                finding
                    .note("each such message would go round for ever")
                    .help("delete one of these ways; a handler in between may send a new message")
            },
        );
    }
}
