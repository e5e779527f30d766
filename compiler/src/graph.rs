//! The graph views of a model, built once: what flows, what waits, what causes what.
//!
//! petgraph stays inside; a rule asks questions of the domain.

use std::collections::{HashMap, HashSet, VecDeque};

use aqueduct_dsl::source::SpanId;
use petgraph::Direction;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{EdgeFiltered, EdgeRef};

use crate::model::{
    ActionKind, Api, ApiTarget, Asked, Channel, ChannelKind, Handler, Id, Model, Role, Route, Saga, Scatter,
    Schedule, StageKind, Store,
};

/// Something that messages, calls or rows go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    /// Where work comes in.
    Api(Id<Api>),
    /// Where it is done.
    Handler(Id<Handler>),
    /// Where it waits.
    Channel(Id<Channel>),
    /// Where its results are.
    Store(Id<Store>),
    /// Where several steps are held together.
    Saga(Id<Saga>),
    /// Where many are asked and their answers collected.
    Scatter(Id<Scatter>),
    /// What happens by the clock.
    Schedule(Id<Schedule>),
}

/// Why something goes from one node to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeKind {
    /// A request starts a handler and waits for it.
    Invoke,
    /// A request looks into a store.
    Look,
    /// A handler publishes.
    Emit {
        /// Committed with the rows.
        outbox: bool,
    },
    /// A channel feeds another.
    Route(Id<Route>),
    /// A channel feeds a handler.
    Deliver,
    /// A queue gives up on a message.
    DeadLetter,
    /// A handler looks into a store.
    Read,
    /// A handler changes a store.
    Write,
    /// A handler asks somebody else and waits.
    Call,
    /// A saga has a handler do a step, and waits.
    Step,
    /// A saga has a handler take a step back, and waits.
    Undo,
    /// Something begins a saga or a scatter, and doesn't wait.
    Start,
    /// A saga waits for a message.
    Await,
    /// A copy goes to a channel.
    Tap,
    /// A channel puts aside what doesn't fit its type.
    Invalid,
}

/// An edge with its ends and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Where it begins.
    pub from: Node,
    /// Where it ends.
    pub to: Node,
    /// Why.
    pub kind: EdgeKind,
    /// Where the author said so.
    pub span: SpanId,
}

/// Which edges count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Messages: emit, route, deliver, dead letter.
    Flow,
    /// Calls whose caller waits.
    Blocking,
    /// Whatever makes something else happen: flow and blocking.
    Causal,
    /// All of it, stores included.
    Whole,
}

impl View {
    /// Whether an edge belongs to the view.
    pub fn has(self, kind: EdgeKind) -> bool {
        match kind {
            EdgeKind::Emit { .. }
            | EdgeKind::Route(_)
            | EdgeKind::Deliver
            | EdgeKind::DeadLetter
            | EdgeKind::Await
            | EdgeKind::Start
            | EdgeKind::Tap
            | EdgeKind::Invalid => self != Self::Blocking,
            EdgeKind::Invoke | EdgeKind::Call | EdgeKind::Step | EdgeKind::Undo => self != Self::Flow,
            EdgeKind::Look | EdgeKind::Read | EdgeKind::Write => self == Self::Whole,
        }
    }
}

/// The graph of a model.
#[derive(Debug, Clone)]
pub struct Graph {
    graph: DiGraph<Node, Edge>,
    index: HashMap<Node, NodeIndex>,
}

impl Graph {
    /// Builds it: nodes in the order of declaration, edges in the order of the text of each kind.
    pub fn of(model: &Model) -> Self {
        let mut built = Self {
            graph: DiGraph::new(),
            index: HashMap::new(),
        };
        let nodes = (model.apis.ids().map(Node::Api))
            .chain(model.handlers.ids().map(Node::Handler))
            .chain(model.channels.ids().map(Node::Channel))
            .chain(model.stores.ids().map(Node::Store))
            .chain(model.sagas.ids().map(Node::Saga))
            .chain(model.scatters.ids().map(Node::Scatter))
            .chain(model.schedules.ids().map(Node::Schedule));
        for node in nodes {
            let at = built.graph.add_node(node);
            let _ = built.index.insert(node, at);
        }
        for (id, api) in model.apis.iter() {
            let (to, kind) = match api.target {
                ApiTarget::Handler(handler) => (Node::Handler(handler), EdgeKind::Invoke),
                ApiTarget::Row(store) | ApiTarget::Rows(store) => (Node::Store(store), EdgeKind::Look),
                ApiTarget::Channel(channel) => (Node::Channel(channel), EdgeKind::Emit { outbox: true }),
                ApiTarget::Scatter(scatter, Asked::Start) => (Node::Scatter(scatter), EdgeKind::Start),
                ApiTarget::Saga(saga, Asked::Start) => (Node::Saga(saga), EdgeKind::Start),
                ApiTarget::Complete(saga, _) => (Node::Saga(saga), EdgeKind::Deliver),
                ApiTarget::Scatter(scatter, _) => (Node::Scatter(scatter), EdgeKind::Look),
                ApiTarget::Saga(saga, _) => (Node::Saga(saga), EdgeKind::Look),
            };
            built.add(Node::Api(id), to, kind, api.label.entry);
        }
        for (id, handler) in model.handlers.iter() {
            built.handler_edges(id, handler);
        }
        for (id, saga) in model.sagas.iter() {
            built.saga_edges(id, saga);
        }
        for (id, scatter) in model.scatters.iter() {
            built.scatter_edges(id, scatter);
        }
        for (id, schedule) in model.schedules.iter() {
            let to = Node::Handler(schedule.handler);
            built.add(Node::Schedule(id), to, EdgeKind::Invoke, schedule.label.entry);
        }
        for service in model.services.values() {
            if let Some((channel, span)) = service.tap_api {
                for api in &service.apis {
                    built.add(Node::Api(*api), Node::Channel(channel), EdgeKind::Tap, span);
                }
            }
        }
        for (id, route) in model.routes.iter() {
            built.route_edges(id, route);
        }
        for (id, channel) in model.channels.iter() {
            if let ChannelKind::Queue { dead_letter, .. } = &channel.kind
                && let Some((to, span)) = dead_letter.to
            {
                built.add(Node::Channel(id), Node::Channel(to), EdgeKind::DeadLetter, span);
            }
            if let Some((to, span)) = channel.policy.invalid {
                built.add(Node::Channel(id), Node::Channel(to), EdgeKind::Invalid, span);
            }
        }
        built
    }

    fn handler_edges(&mut self, id: Id<Handler>, handler: &Handler) {
        let node = Node::Handler(id);
        for (channel, span) in handler.on.iter().chain(&handler.also_on) {
            self.add(Node::Channel(*channel), node, EdgeKind::Deliver, *span);
        }
        for emit in &handler.emits {
            self.add(
                node,
                Node::Channel(emit.channel),
                EdgeKind::Emit { outbox: emit.outbox },
                emit.span,
            );
        }
        for read in &handler.reads {
            self.add(node, Node::Store(read.store), EdgeKind::Read, read.span);
        }
        for write in &handler.writes {
            self.add(node, Node::Store(write.store), EdgeKind::Write, write.span);
        }
        for call in &handler.calls {
            self.add(node, Node::Handler(call.handler), EdgeKind::Call, call.span);
        }
        for ask in &handler.asks {
            let outbox = ask.outbox;
            self.add(
                node,
                Node::Channel(ask.channel),
                EdgeKind::Emit { outbox },
                ask.span,
            );
        }
        for (saga, span) in &handler.starts {
            self.add(node, Node::Saga(*saga), EdgeKind::Start, *span);
        }
        for (channel, span) in &handler.faults_to {
            self.add(
                node,
                Node::Channel(*channel),
                EdgeKind::Emit { outbox: true },
                *span,
            );
        }
        if let Some((dead_letter, _)) = &handler.needs.dead_letter
            && let Some((to, span)) = dead_letter.to
            && let Some((from, _)) = handler.on
        {
            self.add(Node::Channel(from), Node::Channel(to), EdgeKind::DeadLetter, span);
        }
    }

    fn scatter_edges(&mut self, id: Id<Scatter>, scatter: &Scatter) {
        let node = Node::Scatter(id);
        for (_, channel, span) in &scatter.asks {
            self.add(
                node,
                Node::Channel(*channel),
                EdgeKind::Emit { outbox: true },
                *span,
            );
        }
        for gather in &scatter.gathers {
            self.add(
                Node::Channel(gather.channel),
                node,
                EdgeKind::Deliver,
                gather.span,
            );
        }
    }

    /// A route, and what leads away from it on the way.
    fn route_edges(&mut self, id: Id<Route>, route: &Route) {
        let from = Node::Channel(route.from);
        self.add(from, Node::Channel(route.to), EdgeKind::Route(id), route.span);
        for stage in &route.stages {
            if let StageKind::Tap(channel) = stage.kind {
                self.add(from, Node::Channel(channel), EdgeKind::Tap, stage.span);
            } else if let StageKind::Enrich { handler, .. } = stage.kind {
                self.add(from, Node::Handler(handler), EdgeKind::Call, stage.span);
            }
        }
    }

    fn saga_edges(&mut self, id: Id<Saga>, saga: &Saga) {
        let node = Node::Saga(id);
        if let Some((channel, span)) = saga.on {
            self.add(Node::Channel(channel), node, EdgeKind::Deliver, span);
        }
        for (action, role) in saga.actions() {
            if let Some((_, channel)) = action.awaited() {
                self.add(Node::Channel(channel), node, EdgeKind::Await, action.span);
                continue;
            }
            let (to, kind) = match action.kind {
                ActionKind::Receive { .. } => continue,
                ActionKind::Child { saga, .. } => (Node::Saga(saga), EdgeKind::Step),
                ActionKind::Start { saga, .. } => (Node::Saga(saga), EdgeKind::Start),
                ActionKind::Call { handler, .. } => {
                    let kind = match role {
                        Role::Undo(_) => EdgeKind::Undo,
                        Role::Forward(_) | Role::Alone | Role::Done | Role::Failed => EdgeKind::Step,
                    };
                    (Node::Handler(handler), kind)
                }
                ActionKind::Get { store, .. } => (Node::Store(store), EdgeKind::Read),
                ActionKind::Insert { store, .. }
                | ActionKind::Put { store, .. }
                | ActionKind::Update { store, .. }
                | ActionKind::Delete { store, .. } => (Node::Store(store), EdgeKind::Write),
                // The log of the saga is what an outbox is to a handler.
                ActionKind::Emit { channel, .. } => (Node::Channel(channel), EdgeKind::Emit { outbox: true }),
            };
            self.add(node, to, kind, action.span);
        }
    }

    fn add(&mut self, from: Node, to: Node, kind: EdgeKind, span: SpanId) {
        if let (Some(a), Some(b)) = (self.index.get(&from), self.index.get(&to)) {
            let _ = self.graph.add_edge(*a, *b, Edge { from, to, kind, span });
        }
    }

    /// All nodes, in the order of declaration.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        self.graph.node_weights().copied()
    }

    /// All edges of a view, in the order they were declared.
    pub fn edges(&self, view: View) -> impl Iterator<Item = &Edge> {
        self.graph.edge_weights().filter(move |edge| view.has(edge.kind))
    }

    /// What leads to a node.
    pub fn into(&self, view: View, node: Node) -> Vec<&Edge> {
        self.beside(view, node, Direction::Incoming)
    }

    /// What leads away from a node.
    pub fn out_of(&self, view: View, node: Node) -> Vec<&Edge> {
        self.beside(view, node, Direction::Outgoing)
    }

    fn beside(&self, view: View, node: Node, direction: Direction) -> Vec<&Edge> {
        let Some(at) = self.index.get(&node) else {
            return Vec::new();
        };
        let mut edges: Vec<_> = self.graph.edges_directed(*at, direction).collect();
        edges.sort_by_key(EdgeRef::id);
        edges
            .into_iter()
            .map(|edge| edge.weight())
            .filter(|edge| view.has(edge.kind))
            .collect()
    }

    /// Everything that can be reached from some nodes, those included.
    pub fn reach(&self, view: View, from: impl IntoIterator<Item = Node>) -> HashSet<Node> {
        self.walk(view, from, Direction::Outgoing)
    }

    /// Everything from which some nodes can be reached, those included.
    pub fn reach_back(&self, view: View, to: impl IntoIterator<Item = Node>) -> HashSet<Node> {
        self.walk(view, to, Direction::Incoming)
    }

    /// Groups of nodes that lead to each other, each in the order of declaration.
    pub fn circles(&self, counts: impl Fn(EdgeKind) -> bool) -> Vec<Vec<Node>> {
        let view = EdgeFiltered::from_fn(&self.graph, |edge| counts(edge.weight().kind));
        let mut groups: Vec<Vec<Node>> = tarjan_scc(&view)
            .into_iter()
            .map(|group| {
                group
                    .into_iter()
                    .filter_map(|at| self.graph.node_weight(at).copied())
                    .collect()
            })
            .collect();
        for group in &mut groups {
            group.sort();
        }
        groups.retain(|group| match group.as_slice() {
            [one] => self
                .beside(View::Whole, *one, Direction::Outgoing)
                .iter()
                .any(|edge| edge.to == *one && counts(edge.kind)),
            _ => true,
        });
        groups.sort();
        groups
    }

    fn walk(&self, view: View, from: impl IntoIterator<Item = Node>, direction: Direction) -> HashSet<Node> {
        let mut seen: HashSet<Node> = HashSet::new();
        let mut queue: VecDeque<Node> = from.into_iter().collect();
        while let Some(node) = queue.pop_front() {
            if !seen.insert(node) {
                continue;
            }
            for edge in self.beside(view, node, direction) {
                queue.push_back(if direction == Direction::Outgoing {
                    edge.to
                } else {
                    edge.from
                });
            }
        }
        seen
    }
}
