//! What the flowchart shows, computed: the template only lays it out.

use aqueduct_compiler::check::Checked;
use aqueduct_compiler::facts::delivery::delivery;
use aqueduct_compiler::graph::{Edge, EdgeKind, Node, View};
use aqueduct_compiler::model::{
    Channel, ChannelKind, DeadLetter, Handler, Id, Model, Repetition, Saga, Service, duration_text,
};
use askama::Template;

use super::claim::Claim;
use crate::Origin;

#[derive(Debug, Template)]
#[template(path = "mermaid/flowchart.mmd")]
pub(super) struct Flowchart {
    header: String,
    system: String,
    services: Vec<Group>,
    topics: Vec<Shape>,
    queues: Vec<Shape>,
    dead: Vec<Shape>,
    arrows: Vec<Arrow>,
    claims: Vec<Claim>,
}

/// A node: its id is ours, its texts are the author's.
#[derive(Debug)]
struct Shape {
    id: String,
    name: String,
    /// A second, smaller line; may be empty.
    detail: String,
}

#[derive(Debug)]
struct Group {
    id: String,
    name: String,
    apis: Vec<Shape>,
    handlers: Vec<Shape>,
    stores: Vec<Shape>,
}

#[derive(Debug)]
struct Arrow {
    from: String,
    to: String,
    dotted: bool,
    label: String,
}

impl Flowchart {
    pub(super) fn of(checked: Checked<'_>, origin: &Origin) -> Self {
        let model = checked.model();
        let boxes = |topic: bool| -> Vec<Shape> {
            let of_kind = model
                .channels
                .iter()
                .filter(move |(_, channel)| (channel.kind == ChannelKind::Topic) == topic);
            of_kind
                .map(|(id, channel)| channel_shape(model, id, channel))
                .collect()
        };
        let dead = own_dead_letters(model);
        let mut arrows: Vec<Arrow> = checked
            .graph()
            .edges(View::Whole)
            .map(|edge| arrow(model, edge))
            .collect();
        arrows.extend(dead.iter().map(|(id, after)| Arrow {
            from: node_id(Node::Channel(*id)),
            to: dead_id(*id),
            dotted: true,
            label: format!("after {after} starts"),
        }));
        Self {
            header: origin.header(),
            system: model.name.to_string(),
            services: model
                .services
                .iter()
                .map(|(id, service)| group(model, id, service))
                .collect(),
            topics: boxes(true),
            queues: boxes(false),
            dead: dead
                .iter()
                .map(|(id, _)| plain(dead_id(*id), "dead letters"))
                .collect(),
            arrows,
            claims: model
                .choreographies
                .values()
                .enumerate()
                .map(|(at, choreography)| Claim::of(model, at, choreography))
                .collect(),
        }
    }
}

fn group(model: &Model, id: Id<Service>, service: &Service) -> Group {
    Group {
        id: format!("service{}", id.index()),
        name: owned(&service.label.name, service.owner.as_deref()),
        apis: service
            .apis
            .iter()
            .map(|id| plain(node_id(Node::Api(*id)), &model.apis[*id].label.name))
            .collect(),
        handlers: service
            .handlers
            .iter()
            .map(|id| handler_shape(*id, &model.handlers[*id]))
            .chain(service.sagas.iter().map(|id| saga_shape(*id, &model.sagas[*id])))
            .collect(),
        stores: service
            .stores
            .iter()
            .map(|id| plain(node_id(Node::Store(*id)), &model.stores[*id].label.name))
            .collect(),
    }
}

/// A text with who answers for the thing, where that isn't the owner of the system.
fn owned(text: &str, owner: Option<&str>) -> String {
    owner.map_or_else(|| text.to_owned(), |owner| format!("{text} · {owner}"))
}

fn plain(id: String, name: &str) -> Shape {
    Shape {
        id,
        name: name.to_owned(),
        detail: String::new(),
    }
}

fn channel_shape(model: &Model, id: Id<Channel>, channel: &Channel) -> Shape {
    let detail = owned(&model.types[channel.carries].label.name, channel.owner.as_deref());
    Shape {
        detail,
        ..plain(node_id(Node::Channel(id)), &channel.label.name)
    }
}

fn handler_shape(id: Id<Handler>, handler: &Handler) -> Shape {
    let detail = match &handler.repetition {
        Some(Repetition::Idempotent { by, window, .. }) => {
            let keys: Vec<String> = by.iter().map(|path| path.join(".")).collect();
            let window = window
                .map(|window| format!(" for {}", duration_text(window)))
                .unwrap_or_default();
            format!("once per {}{window}", keys.join(", "))
        }
        Some(Repetition::Natural { .. }) => "may be repeated".to_owned(),
        None => String::new(),
    };
    Shape {
        detail,
        ..plain(node_id(Node::Handler(id)), &handler.label.name)
    }
}

fn saga_shape(id: Id<Saga>, saga: &Saga) -> Shape {
    Shape {
        detail: format!("saga, once per {}", saga.key()),
        ..plain(node_id(Node::Saga(id)), &saga.label.name)
    }
}

/// Queues with dead letters of their own, and after how many starts.
fn own_dead_letters(model: &Model) -> Vec<(Id<Channel>, u32)> {
    let own = model
        .channels
        .iter()
        .filter_map(|(id, channel)| match &channel.kind {
            ChannelKind::Queue {
                dead_letter: DeadLetter { to: None, after },
                ..
            } => Some((id, after.value)),
            ChannelKind::Queue { .. } | ChannelKind::Topic => None,
        });
    own.collect()
}

fn arrow(model: &Model, edge: &Edge) -> Arrow {
    let (dotted, label) = match edge.kind {
        EdgeKind::Invoke | EdgeKind::Look => (false, success(model, edge.from)),
        EdgeKind::Emit { outbox: true } => (false, "via outbox".to_owned()),
        EdgeKind::Emit { outbox: false } | EdgeKind::Write => (false, String::new()),
        EdgeKind::Route(id) => {
            let filters = &model.routes[id].filters;
            let texts: Vec<String> = filters
                .iter()
                .map(|filter| filter.predicate.to_string())
                .collect();
            (false, texts.join(" and "))
        }
        EdgeKind::Deliver => (false, delivery_label(model, edge.from)),
        EdgeKind::DeadLetter => (true, dead_letter_label(model, edge.from)),
        EdgeKind::Read => (true, "reads".to_owned()),
        EdgeKind::Call => (false, "calls".to_owned()),
        EdgeKind::Step => (false, "step".to_owned()),
        EdgeKind::Undo => (true, "undo".to_owned()),
        EdgeKind::Await => (true, "awaited".to_owned()),
        EdgeKind::Start => (false, "starts".to_owned()),
    };
    Arrow {
        from: node_id(edge.from),
        to: node_id(edge.to),
        dotted,
        label,
    }
}

fn success(model: &Model, node: Node) -> String {
    let Node::Api(id) = node else { return String::new() };
    let api = &model.apis[id];
    if api.may_miss {
        format!("{} or 404", api.success)
    } else {
        api.success.to_string()
    }
}

/// What the handler has to expect on some target of the system.
fn delivery_label(model: &Model, node: Node) -> String {
    let Node::Channel(id) = node else {
        return String::new();
    };
    let channel = &model.channels[id];
    let all = || model.targets.iter().map(|target| delivery(*target, channel));
    let often = if all().any(|one| one.duplicates.is_some()) {
        "at least once"
    } else {
        "once"
    };
    match all().find_map(|one| one.order) {
        Some(order) => format!("{often}, ordered by {}", order.key()),
        None => format!("{often}, any order"),
    }
}

fn dead_letter_label(model: &Model, node: Node) -> String {
    let Node::Channel(id) = node else {
        return String::new();
    };
    match &model.channels[id].kind {
        ChannelKind::Queue { dead_letter, .. } => format!("after {} starts", dead_letter.after.value),
        ChannelKind::Topic => String::new(),
    }
}

fn node_id(node: Node) -> String {
    match node {
        Node::Api(id) => format!("api{}", id.index()),
        Node::Handler(id) => format!("handler{}", id.index()),
        Node::Channel(id) => format!("channel{}", id.index()),
        Node::Store(id) => format!("store{}", id.index()),
        Node::Saga(id) => format!("saga{}", id.index()),
    }
}

fn dead_id(id: Id<Channel>) -> String {
    format!("dead{}", id.index())
}
