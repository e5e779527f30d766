//! Flowcharts before Mermaid's own parser, and read back against the model.

use std::collections::BTreeSet;

use aqueduct_compiler::graph::{EdgeKind, Graph, Node, View};
use aqueduct_compiler::model::{ChannelKind, Model, Target};
use aqueduct_tests::{analyzed, systems};
use serde_json::Value;

use crate::{origin, parsed};

#[test]
fn mermaid_reads_every_chart_and_finds_the_model_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    let mut expected = Vec::new();
    let odd = include_str!("../../cases/diagrams/odd-labels.flow").to_owned();
    for (name, text) in systems().into_iter().chain([("odd-labels".to_owned(), odd)]) {
        let (analysis, _) = analyzed(&name, &text);
        let target = aqueduct_targets::by_name("mermaid").unwrap();
        let chart = aqueduct_targets::emit(
            target,
            analysis.checked().expect("the corpus is clean"),
            &origin(),
        );
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
        assert_eq!(pairs(&chart["nodes"], name_of), nodes, "{name}: nodes");
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
        let read: BTreeSet<String> = chart["edges"]
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
                let filters = model.routes[id]
                    .filters
                    .iter()
                    .map(|filter| filter.predicate.to_string());
                filters.collect::<Vec<_>>().join(" and ")
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

fn attempts(model: &Model, id: aqueduct_compiler::model::Id<aqueduct_compiler::model::Channel>) -> u32 {
    match &model.channels[id].kind {
        ChannelKind::Queue { dead_letter, .. } => dead_letter.after.value,
        ChannelKind::Topic => 0,
    }
}
