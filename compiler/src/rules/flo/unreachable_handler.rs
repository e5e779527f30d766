//! A handler that nothing can ever cause.

use std::collections::{BTreeSet, HashSet};

use aqueduct_dsl::diagnostic::{Code, Severity};

use crate::check::{Context, Sink};
use crate::facts::sns;
use crate::graph::{Node, View};
use crate::model::{ApiTarget, Channel, ChannelKind, Handler, Id, Model, Outside, Route, Saga, StageKind};
use crate::rules::{Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    code: Code("FLO003"),
    name: "unreachable-handler",
    level: Severity::Warn,
    needs: Needs::Whole,
    check,
};

fn check(cx: &Context<'_>, out: &mut Sink<'_>) {
    let reached = reached(cx.model);
    // What somebody else runs is not ours to delete.
    let idle = cx
        .model
        .handlers
        .iter()
        .filter(|(id, _)| !reached.handlers.contains(id) && !cx.model.is_external(*id));
    for (id, handler) in idle {
        let name = cx.model.handler_name(id);
        let Some((channel, listens)) = handler.on else {
            out.report(
                handler.label.span,
                format!("nothing can ever cause `{name}`"),
                |finding| {
                    finding
                        .label("no `api` leads here, no step calls it, and it listens on nothing")
                        .note("it is built, deployed and given permissions, and never runs")
                        .help(format!(
                            "let an `api` lead to it, let it listen `on` a queue, call it in a saga, or delete `{name}`"
                        ))
                },
            );
            continue;
        };
        let queue = &cx.model.channels[channel].label.name;
        if let Some(way) = contradiction(cx.model, channel, &reached.sources) {
            out.report(
                handler.label.span,
                format!("nothing can ever cause `{name}`"),
                |finding| {
                    let finding = finding
                        .label(format!("no message gets as far as `{queue}`"))
                        .related(listens, "listens here");
                    way.iter()
                        .fold(finding, |finding, route| {
                            finding.hop(cx.model.routes[*route].span, "what passes here …")
                        })
                        .note("each filter can be met, and all of them on the way can't")
                        .help("change one of the filters, or delete the queue with its handler")
                },
            );
        } else if is_first_of_its_circle(cx, id, &reached.handlers) {
            out.report(
                handler.label.span,
                format!("nothing can ever cause `{name}`"),
                |finding| {
                    finding
                        .label("only waits for what it would cause itself")
                        .related(listens, "listens here")
                        .note("messages that only beget each other never begin")
                        .help(format!("let something that an `api` leads to emit to `{queue}`"))
                },
            );
        }
    }
}

/// What some request can cause, through filters that can be met.
#[derive(Default)]
struct Reached {
    handlers: HashSet<Id<Handler>>,
    /// Where their messages, and those of the sagas that they begin, set out.
    sources: BTreeSet<Id<Channel>>,
    /// Where those get to.
    fed: HashSet<Id<Channel>>,
    /// Sagas that begin.
    sagas: HashSet<Id<Saga>>,
}

impl Reached {
    /// What requests begin without a handler, what comes from somebody else, and what is asked on the way.
    fn begun_outside(&mut self, model: &Model) {
        for api in model.apis.values() {
            match api.target {
                ApiTarget::Channel(channel) => {
                    let _ = self.sources.insert(channel);
                }
                ApiTarget::Scatter(scatter, _) => {
                    let asks = model.scatters[scatter].asks.iter();
                    self.sources.extend(asks.map(|(_, channel, _)| *channel));
                }
                ApiTarget::Saga(saga, _) | ApiTarget::Complete(saga, _) => {
                    let _ = self.sagas.insert(saga);
                }
                ApiTarget::Handler(_) | ApiTarget::Row(_) | ApiTarget::Rows(_) => {}
            }
        }
        let fed_outside = model.channels.iter().filter(|(_, channel)| {
            let outside = channel.external.map(|(outside, _)| outside);
            matches!(outside, Some(Outside::In | Outside::Both))
        });
        self.sources.extend(fed_outside.map(|(id, _)| id));
        for stage in model.routes.values().flat_map(|route| &route.stages) {
            if let StageKind::Enrich { handler, .. } = stage.kind {
                let _ = self.handlers.insert(handler);
            }
        }
    }

    /// What a handler sends, asks, calls and starts.
    fn caused_by(&mut self, model: &Model, handler: &Handler) {
        self.sources.extend(handler.emits.iter().map(|emit| emit.channel));
        self.sources.extend(handler.asks.iter().map(|ask| ask.channel));
        self.sources
            .extend(handler.faults_to.iter().map(|(channel, _)| *channel));
        self.handlers
            .extend(handler.calls.iter().map(|call| call.handler));
        self.sagas.extend(handler.starts.iter().map(|(saga, _)| *saga));
        let held = model
            .tentatives
            .values()
            .filter(|held| held.service == handler.service);
        self.handlers
            .extend(held.flat_map(|held| [held.reserve, held.confirm, held.cancel]));
    }
}

fn reached(model: &Model) -> Reached {
    let mut reached = Reached::default();
    reached
        .handlers
        .extend(model.apis.values().filter_map(|api| api.target.handler()));
    reached
        .handlers
        .extend(model.schedules.values().map(|schedule| schedule.handler));
    reached.begun_outside(model);
    loop {
        let before = (reached.handlers.len(), reached.sources.len(), reached.sagas.len());
        let known = reached.handlers.clone();
        let running = model.handlers.iter().filter(|(id, _)| known.contains(id));
        for (_, handler) in running {
            reached.caused_by(model, handler);
        }
        for (id, saga) in model.sagas.iter() {
            // Who doesn't listen is begun by requests, by handlers or by other sagas.
            let woken = saga.on.is_none_or(|(queue, _)| reached.fed.contains(&queue));
            if woken || reached.sagas.contains(&id) {
                let _ = reached.sagas.insert(id);
                for (action, _) in saga.actions() {
                    reached.handlers.extend(action.called());
                    reached.sagas.extend(action.begun());
                    reached
                        .sources
                        .extend(action.emitted().map(|(_, channel)| channel));
                }
            }
        }
        for source in &reached.sources {
            feed(model, *source, &mut reached.fed);
        }
        let listens = |handler: &Handler| {
            let mut on = handler.on.iter().chain(&handler.also_on);
            on.any(|(channel, _)| reached.fed.contains(channel))
        };
        let woken = model.handlers.iter().filter(|(_, handler)| listens(handler));
        reached.handlers.extend(woken.map(|(id, _)| id));
        if before == (reached.handlers.len(), reached.sources.len(), reached.sagas.len()) {
            return reached;
        }
    }
}

/// Everything that a message put into a channel can get into.
fn feed(model: &Model, channel: Id<Channel>, fed: &mut HashSet<Id<Channel>>) {
    if !fed.insert(channel) {
        return;
    }
    for (_, route) in model.routes_from(channel) {
        for stage in &route.stages {
            if let StageKind::Tap(to) = stage.kind {
                feed(model, to, fed);
            }
        }
    }
    if let Some((to, _)) = model.channels[channel].policy.invalid {
        feed(model, to, fed);
    }
    match &model.channels[channel].kind {
        ChannelKind::Queue { dead_letter, .. } => {
            if let Some((to, _)) = dead_letter.to {
                feed(model, to, fed);
            }
            feed_all(model, channel, fed);
        }
        ChannelKind::Bus | ChannelKind::Stream => feed_all(model, channel, fed),
        ChannelKind::Topic => {
            for (end, way) in sns::ways(model, channel) {
                if is_open(model, channel, &way) {
                    feed(model, end, fed);
                }
            }
            // What listens on a topic itself has a worse problem, and is no more idle than the topic.
            for (_, route) in model.routes_from(channel) {
                if model.channels[route.to].kind == ChannelKind::Topic {
                    let _ = fed.insert(route.to);
                }
            }
        }
    }
}

/// Lines out of what SNS knows nothing of: each of them may let something through.
fn feed_all(model: &Model, channel: Id<Channel>, fed: &mut HashSet<Id<Channel>>) {
    for (_, route) in model.routes_from(channel) {
        feed(model, route.to, fed);
    }
}

/// Whether a message can pass. Of a single filter that lets nothing through ROU003 speaks.
fn is_open(model: &Model, topic: Id<Channel>, way: &[Id<Route>]) -> bool {
    let of = model.channels[topic].carries;
    let alone = |route: &Id<Route>| sns::can_pass(model, of, &[*route]);
    !way.iter().all(alone) || sns::can_pass(model, of, way)
}

/// The way to a queue whose filters exclude each other, when messages set out on it.
fn contradiction(
    model: &Model,
    queue: Id<Channel>,
    sources: &BTreeSet<Id<Channel>>,
) -> Option<Vec<Id<Route>>> {
    sources.iter().find_map(|topic| {
        let mut ways = sns::ways(model, *topic).into_iter();
        ways.find(|(end, _)| *end == queue).map(|(_, way)| way)
    })
}

/// Whether a handler causes itself, and is the one of its circle to speak of.
fn is_first_of_its_circle(cx: &Context<'_>, id: Id<Handler>, reached: &HashSet<Id<Handler>>) -> bool {
    let handlers = |node: &Node| match node {
        Node::Handler(handler) => Some(*handler),
        Node::Api(_)
        | Node::Channel(_)
        | Node::Store(_)
        | Node::Saga(_)
        | Node::Scatter(_)
        | Node::Schedule(_) => None,
    };
    let circles = cx.graph.circles(|kind| View::Flow.has(kind));
    let circle = circles.iter().find(|circle| circle.contains(&Node::Handler(id)));
    let first = circle.and_then(|circle| circle.iter().filter_map(handlers).min());
    let before = cx.graph.reach_back(View::Causal, [Node::Handler(id)]);
    // Where something else in front is idle as well, that is what to mend.
    let outside = before.iter().filter_map(handlers).any(|other| {
        !reached.contains(&other) && circle.is_some_and(|circle| !circle.contains(&Node::Handler(other)))
    });
    first == Some(id) && !outside
}
