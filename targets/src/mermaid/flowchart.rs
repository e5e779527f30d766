//! What the flowchart shows, computed: the template only lays it out.

use aqueduct_compiler::check::Checked;
use aqueduct_compiler::facts::delivery::delivery;
use aqueduct_compiler::graph::{Edge, EdgeKind, Node, View};
use aqueduct_compiler::model::{
    Channel, ChannelKind, DeadLetter, Enough, Handler, Id, Model, Repetition, Saga, Scatter, Schedule,
    Service, Stage, StageKind, Times, duration_text,
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
        let boxes = |copies: bool| -> Vec<Shape> {
            let of_kind = model
                .channels
                .iter()
                .filter(move |(_, channel)| channel.kind.copies() == copies);
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
        name: owned(&in_domain(model, service), service.owner.as_deref()),
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
            .chain(
                service
                    .scatters
                    .iter()
                    .map(|id| scatter_shape(*id, &model.scatters[*id])),
            )
            .chain(
                service
                    .schedules
                    .iter()
                    .map(|id| schedule_shape(*id, &model.schedules[*id])),
            )
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
    let kind = match channel.kind {
        ChannelKind::Bus | ChannelKind::Stream => format!("{}: ", channel.kind.word()),
        ChannelKind::Topic | ChannelKind::Queue { .. } => String::new(),
    };
    let outside = channel
        .external
        .map(|(outside, _)| format!("{} ", outside.word()))
        .unwrap_or_default();
    let carries = &model.types[channel.carries].label.name;
    let detail = owned(&format!("{outside}{kind}{carries}"), channel.owner.as_deref());
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

fn scatter_shape(id: Id<Scatter>, scatter: &Scatter) -> Shape {
    let enough = match scatter.until {
        Some((Enough::Count(count), _)) => format!(", until {count} answers"),
        Some((Enough::First, _)) => ", until the first answer".to_owned(),
        Some((Enough::All, _)) | None => String::new(),
    };
    let patience = scatter
        .timeout
        .map(|timeout| format!(", for {}", duration_text(timeout.limit)));
    Shape {
        detail: format!("scatter-gather{enough}{}", patience.unwrap_or_default()),
        ..plain(node_id(Node::Scatter(id)), &scatter.label.name)
    }
}

fn schedule_shape(id: Id<Schedule>, schedule: &Schedule) -> Shape {
    let times = match &schedule.times {
        Times::Every(period) => format!("every {}", duration_text(*period)),
        Times::Cron(times) => times.to_string(),
    };
    Shape {
        detail: times,
        ..plain(node_id(Node::Schedule(id)), &schedule.label.name)
    }
}

/// The name of a service, with its domain in front and the members of its role behind.
fn in_domain(model: &Model, service: &Service) -> String {
    let domain = service
        .domain
        .map(|domain| format!("{} / ", model.domains[domain].label.name));
    let members = service
        .each
        .as_ref()
        .map(|each| format!(" × {}", each.members.len()));
    format!(
        "{}{}{}",
        domain.unwrap_or_default(),
        service.label.name,
        members.unwrap_or_default()
    )
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
            ChannelKind::Queue { .. } | ChannelKind::Topic | ChannelKind::Bus | ChannelKind::Stream => None,
        });
    own.collect()
}

fn arrow(model: &Model, edge: &Edge) -> Arrow {
    let (dotted, label) = match edge.kind {
        EdgeKind::Invoke | EdgeKind::Look => (false, success(model, edge.from)),
        EdgeKind::Emit { outbox: true } => (false, "via outbox".to_owned()),
        EdgeKind::Emit { outbox: false } | EdgeKind::Write => (false, String::new()),
        EdgeKind::Route(id) => {
            let stages = model.routes[id].stages.iter();
            let texts: Vec<String> = stages.filter_map(|stage| stage_text(model, stage)).collect();
            (false, texts.join(", "))
        }
        EdgeKind::Deliver => (false, delivery_label(model, edge.from)),
        EdgeKind::DeadLetter => (true, dead_letter_label(model, edge.from)),
        EdgeKind::Read => (true, "reads".to_owned()),
        EdgeKind::Call => (false, "calls".to_owned()),
        EdgeKind::Step => (false, "step".to_owned()),
        EdgeKind::Undo => (true, "undo".to_owned()),
        EdgeKind::Await => (true, "awaited".to_owned()),
        EdgeKind::Start => (false, "starts".to_owned()),
        EdgeKind::Tap => (true, "tap".to_owned()),
        EdgeKind::Invalid => (true, "invalid".to_owned()),
    };
    Arrow {
        from: node_id(edge.from),
        to: node_id(edge.to),
        dotted,
        label,
    }
}

/// What happens on the way, in a few words.
fn stage_text(model: &Model, stage: &Stage) -> Option<String> {
    Some(match &stage.kind {
        StageKind::Where(predicate) => predicate.to_string(),
        StageKind::Arm { choose, arm } => match &model.chooses[*choose].arms.get(*arm)?.condition {
            Some(condition) => condition.to_string(),
            None => "else".to_owned(),
        },
        StageKind::Recipient { field } => format!("named in {}", field.join(".")),
        StageKind::Tap(_) => return None,
        StageKind::Delay(time) => format!("after {}", duration_text(*time)),
        StageKind::Split { items, .. } => format!("split {}", items.join(".")),
        StageKind::Aggregate(aggregate) => format!("aggregate {}", model.types[aggregate.message].label.name),
        StageKind::Translate { message, .. } => format!("translate {}", model.types[*message].label.name),
        StageKind::Enrich { handler, .. } => format!("enrich {}", model.handler_name(*handler)),
        StageKind::Claim { field, .. } => format!("claim {}", field.join(".")),
        StageKind::Redeem(field) => format!("redeem {}", field.join(".")),
        StageKind::Throttle(..)
        | StageKind::Dedup(_)
        | StageKind::Drop(_)
        | StageKind::DropAfter(..)
        | StageKind::Resequence { .. } => stage.kind.word().to_owned(),
    })
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
    let starts = match &model.channels[id].kind {
        ChannelKind::Queue { dead_letter, .. } => Some(dead_letter.after.value),
        ChannelKind::Topic | ChannelKind::Bus | ChannelKind::Stream => of_reader(model, id),
    };
    starts.map_or_else(String::new, |starts| format!("after {starts} starts"))
}

/// After how many starts whoever reads a stream puts a part of it aside.
fn of_reader(model: &Model, id: Id<Channel>) -> Option<u32> {
    let reads = |handler: &&Handler| handler.on.is_some_and(|(on, _)| on == id);
    let mut readers = model.handlers.values().filter(reads);
    readers.find_map(|handler| {
        handler
            .needs
            .dead_letter
            .as_ref()
            .map(|(dead, _)| dead.after.value)
    })
}

fn node_id(node: Node) -> String {
    match node {
        Node::Api(id) => format!("api{}", id.index()),
        Node::Handler(id) => format!("handler{}", id.index()),
        Node::Channel(id) => format!("channel{}", id.index()),
        Node::Store(id) => format!("store{}", id.index()),
        Node::Saga(id) => format!("saga{}", id.index()),
        Node::Scatter(id) => format!("scatter{}", id.index()),
        Node::Schedule(id) => format!("schedule{}", id.index()),
    }
}

fn dead_id(id: Id<Channel>) -> String {
    format!("dead{}", id.index())
}
