//! Where messages go: every channel's queues and filters, worked out once at start.

use std::collections::HashMap;
use std::sync::Arc;

use aqueduct_expr::Expr;
use serde_json::Value;

use crate::topology::Topology;

/// The targets of every channel.
#[derive(Debug, Default)]
pub(crate) struct Routing {
    channels: HashMap<String, Arc<[Target]>>,
}

/// A queue that messages of a channel reach, and the filters on the way, each of which must match.
#[derive(Debug, Clone)]
struct Target {
    queue: usize,
    filters: Vec<Expr>,
}

/// The queues of one message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fan {
    /// Indices in the topology, each at most once.
    pub(crate) queues: Vec<usize>,
    /// How many ways did not let it pass.
    pub(crate) filtered: u32,
}

impl Routing {
    /// Follows every route from every topic to the queues behind it. The topology has no cycle: it was checked.
    pub(crate) fn new(topology: &Topology) -> Self {
        let mut channels = HashMap::new();
        for (index, queue) in topology.queues.iter().enumerate() {
            let target = Target {
                queue: index,
                filters: Vec::new(),
            };
            channels.insert(queue.name.clone(), Arc::from(vec![target]));
        }
        for topic in &topology.topics {
            let mut targets = Vec::new();
            follow(topology, &topic.name, &[], &mut targets);
            channels.insert(topic.name.clone(), Arc::from(targets));
        }
        Self { channels }
    }

    /// The queues that a message reaches; `None` for a channel that does not exist.
    pub(crate) fn fan(&self, channel: &str, body: &Value) -> Option<Fan> {
        let targets = self.channels.get(channel)?;
        let mut fan = Fan {
            queues: Vec::with_capacity(targets.len()),
            filtered: 0,
        };
        for target in targets.iter() {
            if !target.filters.iter().all(|filter| filter.matches(body)) {
                fan.filtered += 1;
            } else if !fan.queues.contains(&target.queue) {
                fan.queues.push(target.queue);
            }
        }
        Some(fan)
    }
}

fn follow(topology: &Topology, from: &str, passed: &[Expr], targets: &mut Vec<Target>) {
    for route in topology.routes.iter().filter(|route| route.from == from) {
        let filters: Vec<_> = passed.iter().chain(&route.filter).cloned().collect();
        match topology.queues.iter().position(|queue| queue.name == route.to) {
            Some(queue) => targets.push(Target { queue, filters }),
            None => follow(topology, &route.to, &filters, targets),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::expr::{field, number};
    use crate::{Queue, Route, Topic};

    #[test]
    fn a_message_reaches_each_queue_once_through_all_filters() {
        let topology = Topology::new("Test")
            .topic(Topic::new("rides"))
            .topic(Topic::new("dear"))
            .queue(Queue::new("all"))
            .queue(Queue::new("far"))
            .route(Route::new("rides", "all"))
            .route(Route::new("rides", "dear").filter(field("fare").ge(number("50"))))
            .route(Route::new("dear", "far").filter(field("distance").ge(number("20"))))
            .route(Route::new("dear", "all"));
        let routing = Routing::new(&topology);
        let fan = |channel: &str, body: Value| routing.fan(channel, &body);
        let both = Fan {
            queues: vec![0, 1],
            filtered: 0,
        };
        assert_eq!(fan("rides", json!({"fare": 50, "distance": 20})), Some(both));
        assert_eq!(
            fan("rides", json!({"fare": 50, "distance": 1})),
            Some(Fan {
                queues: vec![0],
                filtered: 1
            })
        );
        assert_eq!(
            fan("far", json!({})),
            Some(Fan {
                queues: vec![1],
                filtered: 0
            })
        );
        assert_eq!(fan("none", json!({})), None);
    }
}
