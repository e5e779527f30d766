//! Flowcharts before Mermaid's own parser, and read back against the model.

use std::collections::BTreeSet;

use aqueduct_compiler::graph::{EdgeKind, Graph, Node, View};
use aqueduct_compiler::model::{ChannelKind, Model, StageKind, Target, duration_text};
use aqueduct_tests::{analyzed, corpus};
use serde_json::Value;

use crate::{origin, parsed};

/// How nodes of choreographies begin.
const CLAIM: &str = "choreography";

#[test]
fn mermaid_reads_every_chart_and_finds_the_model_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    let mut expected = Vec::new();
    let odd = include_str!("../../cases/diagrams/odd-labels.flow").to_owned();
    for (name, text) in corpus().into_iter().chain([("odd-labels".to_owned(), odd)]) {
        let (analysis, _) = analyzed(&name, &text);
        let target = aqueduct_targets::by_name("mermaid").unwrap();
        let chart = aqueduct_targets::emit(target, analysis.drawn().expect("the corpus is clean"), &origin());
        let place = folder.path().join(format!("{name}.mmd"));
        std::fs::write(&place, &chart.get("flowchart.mmd").unwrap().text).unwrap();
        files.push(place);
        expected.push((name, of_model(&analysis.model, &analysis.graph)));
    }
    let Some(charts) = parsed(&files) else { return };
    assert_eq!(charts.len(), expected.len());
    for (chart, (name, (nodes, edges))) in charts.iter().zip(expected) {
        assert_eq!(chart.get("error"), None, "{name}");
        assert_eq!(chart["kind"], "flowchart-v2");
        // What a choreography claims is drawn beside what there is, and looked at in a test of its own.
        let mut drawn = pairs(&chart["nodes"], name_of);
        drawn.retain(|node| !node.starts_with(CLAIM));
        assert_eq!(drawn, nodes, "{name}: nodes");
        let labels: Vec<(String, String)> = chart["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| (node[0].as_str().unwrap().to_owned(), name_of(node)))
            .collect();
        let by_id = |id: &Value| {
            labels
                .iter()
                .find(|(known, _)| Some(known.as_str()) == id.as_str())
                .map(|(_, label)| label.clone())
                .unwrap()
        };
        let mut read: BTreeSet<String> = chart["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|edge| {
                format!(
                    "{} -> {} [{}]",
                    by_id(&edge[0]),
                    by_id(&edge[1]),
                    unescaped(edge[2].as_str().unwrap())
                )
            })
            .collect();
        read.retain(|edge| !edge.starts_with(CLAIM));
        assert_eq!(read, edges, "{name}: edges");
    }
}

fn pairs(nodes: &Value, label: impl Fn(&Value) -> String) -> BTreeSet<String> {
    nodes.as_array().unwrap().iter().map(label).collect()
}

/// The kind of a node by its id, and the first line of its label.
fn name_of(node: &Value) -> String {
    let id = node[0].as_str().unwrap();
    let kind = id.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let label = node[1].as_str().unwrap().split("<br").next().unwrap();
    // Several services may have a handler or store of one name: the number tells them apart.
    format!("{kind} {} {}", id.trim_start_matches(kind), unescaped(label))
}

fn unescaped(text: &str) -> String {
    [
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&num;", "#"),
        ("&grave;", "`"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (entity, letter)| {
        text.replace(entity, letter)
    })
}

/// The same facts from the model, by a way of its own: nothing of the target's code is used.
fn of_model(model: &Model, graph: &Graph) -> (BTreeSet<String>, BTreeSet<String>) {
    let label = |node: Node| match node {
        Node::Api(id) => format!("api {} {}", id.index(), model.apis[id].label.name),
        Node::Handler(id) => format!("handler {} {}", id.index(), model.handlers[id].label.name),
        Node::Channel(id) => format!("channel {} {}", id.index(), model.channels[id].label.name),
        Node::Store(id) => format!("store {} {}", id.index(), model.stores[id].label.name),
        Node::Saga(id) => format!("saga {} {}", id.index(), model.sagas[id].label.name),
        Node::Scatter(id) => format!("scatter {} {}", id.index(), model.scatters[id].label.name),
        Node::Schedule(id) => format!("schedule {} {}", id.index(), model.schedules[id].label.name),
    };
    let mut nodes: BTreeSet<String> = graph.nodes().map(label).collect();
    let mut edges = BTreeSet::new();
    for edge in graph.edges(View::Whole) {
        let text = match (edge.kind, edge.from) {
            (EdgeKind::Invoke | EdgeKind::Look, Node::Api(id)) => {
                let api = &model.apis[id];
                format!("{}{}", api.success, if api.may_miss { " or 404" } else { "" })
            }
            (EdgeKind::Emit { outbox: true }, _) => "via outbox".to_owned(),
            (EdgeKind::Route(id), _) => {
                let stages = model.routes[id].stages.iter();
                let texts = stages.filter_map(|stage| happens(model, &stage.kind));
                texts.collect::<Vec<_>>().join(", ")
            }
            (EdgeKind::Deliver, Node::Channel(id)) => {
                let often = if model.targets.contains(&Target::Aws) {
                    "at least once"
                } else {
                    "once"
                };
                let order = model.channels[id].order.as_ref();
                let order = order.map_or("any order".to_owned(), |order| {
                    format!("ordered by {}", order.key())
                });
                format!("{often}, {order}")
            }
            (EdgeKind::DeadLetter, Node::Channel(id)) => format!("after {} starts", attempts(model, id)),
            (EdgeKind::Read, _) => "reads".to_owned(),
            (EdgeKind::Call, _) => "calls".to_owned(),
            (EdgeKind::Step, _) => "step".to_owned(),
            (EdgeKind::Undo, _) => "undo".to_owned(),
            (EdgeKind::Start, _) => "starts".to_owned(),
            (EdgeKind::Await, _) => "awaited".to_owned(),
            (EdgeKind::Tap, _) => "tap".to_owned(),
            (EdgeKind::Invalid, _) => "invalid".to_owned(),
            _ => String::new(),
        };
        let _ = edges.insert(format!("{} -> {} [{text}]", label(edge.from), label(edge.to)));
    }
    for (id, channel) in model.channels.iter() {
        if let ChannelKind::Queue { dead_letter, .. } = &channel.kind
            && dead_letter.to.is_none()
        {
            let dead = format!("dead {} dead letters", id.index());
            let text = format!("after {} starts", dead_letter.after.value);
            let _ = edges.insert(format!("{} -> {dead} [{text}]", label(Node::Channel(id))));
            let _ = nodes.insert(dead);
        }
    }
    (nodes, edges)
}

/// What a stage does with a message, in the words of the language.
fn happens(model: &Model, stage: &StageKind) -> Option<String> {
    Some(match stage {
        StageKind::Tap(_) => return None,
        StageKind::Where(predicate) => predicate.to_string(),
        StageKind::Arm { choose, arm } => {
            let condition = &model.chooses[*choose].arms[*arm].condition;
            condition.as_ref().map_or("else".to_owned(), ToString::to_string)
        }
        StageKind::Recipient { field } => format!("named in {}", field.join(".")),
        StageKind::Delay(time) => format!("after {}", duration_text(*time)),
        StageKind::Split { items, .. } => format!("split {}", items.join(".")),
        StageKind::Aggregate(made) => format!("aggregate {}", model.types[made.message].label.name),
        StageKind::Translate { message, .. } => format!("translate {}", model.types[*message].label.name),
        StageKind::Enrich { handler, .. } => format!("enrich {}", model.handler_name(*handler)),
        StageKind::Claim { field, .. } => format!("claim {}", field.join(".")),
        StageKind::Redeem(field) => format!("redeem {}", field.join(".")),
        other => other.word().to_owned(),
    })
}

fn attempts(model: &Model, id: aqueduct_compiler::model::Id<aqueduct_compiler::model::Channel>) -> u32 {
    match &model.channels[id].kind {
        ChannelKind::Queue { dead_letter, .. } => dead_letter.after.value,
        ChannelKind::Topic | ChannelKind::Bus | ChannelKind::Stream => {
            let parts = model.handlers.values().filter_map(|handler| {
                let (dead, _) = handler.needs.dead_letter.as_ref()?;
                (handler.on?.0 == id).then_some(dead.after.value)
            });
            parts.sum()
        }
    }
}
