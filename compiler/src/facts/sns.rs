//! Routes as SNS subscriptions: one for each topic that is published to and each queue behind it.
//!
//! SNS knows no topic behind a topic, so ways over several topics are one subscription here: a message passes when all
//! filters of any way let it pass, and reaches the queue once, as in the embedded engine.

mod condition;
mod filter;
mod policy;

use aqueduct_dsl::source::SpanId;

use crate::model::{Channel, ChannelKind, Filter, Id, Model, Route, TypeDecl};

pub use condition::{Condition, End, Interval, Known};
pub use filter::Coarse;
pub use policy::{Conjunction, FilterPolicy};

/// What a queue gets from a topic.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Published to by a handler.
    pub topic: Id<Channel>,
    /// Behind it.
    pub queue: Id<Channel>,
    /// The ways from one to the other, each a row of routes.
    pub ways: Vec<Vec<Id<Route>>>,
    /// What passes: everything when there is no policy. Or why SNS can't say it; never for a checked model of that
    /// target.
    pub policy: Result<Option<FilterPolicy>, Vec<Obstacle>>,
    /// Numbers that SNS compares less exactly than the language.
    pub coarse: Vec<Coarse>,
}

/// Why a filter can't become a filter policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The part of the filter.
    pub span: SpanId,
    /// What SNS can't do, as a clause that stands alone.
    pub what: String,
    /// What to write instead.
    pub help: String,
}

/// The subscriptions of a system, by topic and queue in the order of declaration. A queue that no message of a topic
/// can reach has none.
pub fn subscriptions(model: &Model) -> Vec<Subscription> {
    let mut found: Vec<Subscription> = Vec::new();
    let sent_to = model.sent_to();
    for (topic, channel) in model.channels.iter() {
        if channel.kind != ChannelKind::Topic || !sent_to.contains(&topic) {
            continue;
        }
        let ways = ways(model, topic);
        let mut queues: Vec<Id<Channel>> = ways.iter().map(|(queue, _)| *queue).collect();
        queues.sort_unstable();
        queues.dedup();
        for queue in queues {
            let ways = ways.iter().filter(|(end, _)| *end == queue);
            found.extend(subscription(
                model,
                topic,
                queue,
                ways.map(|(_, way)| way.clone()),
            ));
        }
    }
    found
}

/// Whether some message could get over all of these routes; where SNS can't say it, it is taken to be possible.
pub fn can_pass(model: &Model, of: Id<TypeDecl>, way: &[Id<Route>]) -> bool {
    let filters = way.iter().flat_map(|route| model.routes[*route].filters());
    let filters: Vec<Filter<'_>> = filters.collect();
    let mut reading = filter::Reading::new(model, of);
    let passing = reading.all(&filters);
    !passing.is_empty() || !reading.obstacles.is_empty()
}

/// Every way from a topic to a queue, as a row of routes.
pub fn ways(model: &Model, topic: Id<Channel>) -> Vec<(Id<Channel>, Vec<Id<Route>>)> {
    let mut ways = Vec::new();
    follow(model, topic, &mut Vec::new(), &mut ways);
    ways
}

/// Goes on from a channel; a way that comes back to where it was leads nowhere.
fn follow(
    model: &Model,
    from: Id<Channel>,
    passed: &mut Vec<Id<Route>>,
    ways: &mut Vec<(Id<Channel>, Vec<Id<Route>>)>,
) {
    for (id, route) in model.routes_from(from) {
        if passed.iter().any(|before| model.routes[*before].from == route.to) || route.to == from {
            continue;
        }
        passed.push(id);
        if model.channels[route.to].kind == ChannelKind::Topic {
            follow(model, route.to, passed, ways);
        } else {
            ways.push((route.to, passed.clone()));
        }
        let _ = passed.pop();
    }
}

fn subscription(
    model: &Model,
    topic: Id<Channel>,
    queue: Id<Channel>,
    ways: impl Iterator<Item = Vec<Id<Route>>>,
) -> Option<Subscription> {
    let ways: Vec<Vec<Id<Route>>> = ways.collect();
    let of = model.channels[topic].carries;
    let mut reading = filter::Reading::new(model, of);
    let all = ways.iter().map(|way| {
        let filters = way.iter().flat_map(|route| model.routes[*route].filters());
        let filters: Vec<Filter<'_>> = filters.collect();
        reading.all(&filters)
    });
    let passing = all.reduce(policy::either)?;
    let policy = if !reading.obstacles.is_empty() {
        Err(reading.obstacles)
    } else if passing.is_empty() {
        return None;
    } else if passing.iter().any(Conjunction::is_empty) {
        Ok(None)
    } else {
        Ok(Some(FilterPolicy {
            alternatives: passing,
        }))
    };
    Some(Subscription {
        topic,
        queue,
        ways,
        policy,
        coarse: reading.coarse,
    })
}

#[cfg(test)]
mod tests;
