//! A channel is written and never read, or read and never written.

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::graph::{Node, View};
use crate::model::{Channel, ChannelKind, Id, Outside};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("FLO001"),
    name: "dead-channel",
    level: Severity::Error,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    let workers = || {
        let handlers = cx.model.handlers.ids().map(Node::Handler);
        let sagas = cx.model.sagas.ids().map(Node::Saga);
        handlers
            .chain(sagas)
            .chain(cx.model.scatters.ids().map(Node::Scatter))
    };
    // Somebody outside sends to an extern channel, or reads from it.
    let outside = |ours: Outside| {
        let channels = cx.model.channels.iter();
        channels
            .filter(move |(_, channel)| channel.external.is_some_and(|(outside, _)| outside != ours))
            .map(|(id, _)| Node::Channel(id))
    };
    let requests = cx.model.apis.ids().map(Node::Api);
    let arrives = cx
        .graph
        .reach_back(View::Flow, workers().chain(outside(Outside::In)));
    let fed = cx
        .graph
        .reach(View::Flow, workers().chain(outside(Outside::Out)).chain(requests));
    for (id, channel) in cx.model.channels.iter() {
        let node = Node::Channel(id);
        match (fed.contains(&node), arrives.contains(&node)) {
            (true, false) => unread(cx, out, id, channel),
            (false, true) => unwritten(cx, out, id, channel),
            (false, false) => report_unused(cx, out, id, channel),
            (true, true) => {}
        }
    }
}

fn unread(cx: &Context<'_>, out: &mut Sink<'_>, id: Id<Channel>, channel: &Channel) {
    let node = Node::Channel(id);
    // The last channel of a chain is the one to mend; those before it are dead for the same reason.
    if cx
        .graph
        .out_of(View::Flow, node)
        .iter()
        .any(|edge| matches!(edge.to, Node::Channel(_)))
    {
        return;
    }
    let writers = cx.graph.into(View::Flow, node);
    let happens = match channel.kind {
        ChannelKind::Topic => "a topic keeps nothing, so every message vanishes",
        ChannelKind::Bus => "no rule takes anything from it, so every message vanishes",
        ChannelKind::Queue { .. } => "messages pile up and nobody ever takes them",
        ChannelKind::Stream => "messages wait until they are too old, and nobody ever reads them",
    };
    out.report(
        channel.label.span,
        format!(
            "{} `{}` is written and never read",
            channel.kind.word(),
            channel.label.name
        ),
        |finding| {
            let mut finding = finding.label("nobody listens here").note(happens);
            for edge in writers {
                finding = finding.related(edge.span, "written here");
            }
            finding.help(match channel.kind {
                ChannelKind::Topic | ChannelKind::Bus => {
                    format!("route it to a queue: `{} -> some_queue`", channel.label.name)
                }
                ChannelKind::Queue { .. } | ChannelKind::Stream => {
                    format!(
                        "let a handler listen `on {}`, or delete it with what writes to it",
                        channel.label.name
                    )
                }
            })
        },
    );
}

fn unwritten(cx: &Context<'_>, out: &mut Sink<'_>, id: Id<Channel>, channel: &Channel) {
    let node = Node::Channel(id);
    // The first channel of a chain is the one to mend.
    if !cx.graph.into(View::Flow, node).is_empty() {
        return;
    }
    let readers = cx.graph.out_of(View::Flow, node);
    out.report_at(
        Severity::Warn,
        channel.label.span,
        format!(
            "{} `{}` is read and never written",
            channel.kind.word(),
            channel.label.name
        ),
        |finding| {
            let mut finding = finding.label("no message ever comes in here");
            for edge in readers {
                finding = finding.related(edge.span, "read here");
            }
            finding
                .note("what waits for these messages never runs")
                .help(format!(
                    "let a handler emit to `{0}`, or route something to it: `some_topic -> {0}`",
                    channel.label.name
                ))
        },
    );
}

fn report_unused(cx: &Context<'_>, out: &mut Sink<'_>, id: Id<Channel>, channel: &Channel) {
    let node = Node::Channel(id);
    let routed = [cx.graph.into(View::Flow, node), cx.graph.out_of(View::Flow, node)].concat();
    let label = if routed.is_empty() {
        "nothing comes in and nothing goes out"
    } else {
        "nobody sends to what leads here, and nobody listens where it leads"
    };
    out.report_at(
        Severity::Warn,
        channel.label.span,
        format!(
            "{} `{}` is neither written nor read",
            channel.kind.word(),
            channel.label.name
        ),
        |finding| {
            let finding = routed.iter().fold(finding.label(label), |finding, edge| {
                finding.related(edge.span, "only connects channels")
            });
            finding
                .note("an unused channel is a name that readers look for in vain")
                .help("connect it, or delete it")
        },
    );
}
