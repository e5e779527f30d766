//! Which queue hears which topic, and what of it.

use aqueduct_compiler::facts::sns;
use aqueduct_compiler::model::Model;

use super::ids::Ids;

/// A queue that hears a topic.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) id: String,
    pub(super) topic: String,
    pub(super) queue: String,
    /// What it wants to hear, as JSON; everything otherwise.
    pub(super) filter: Option<String>,
}

/// One for each topic and each queue behind it, by whatever way.
pub(super) fn subscriptions(model: &Model, ids: &mut Ids) -> Vec<Subscription> {
    let found = sns::subscriptions(model).into_iter();
    let subscriptions = found.map(|found| Subscription {
        id: ids.subscription(found.topic, found.queue),
        topic: ids.channel(found.topic).resource.clone(),
        queue: ids.channel(found.queue).resource.clone(),
        filter: found
            .policy
            .expect("TAR007 refuses what SNS can't say")
            .map(|policy| policy.to_string()),
    });
    subscriptions.collect()
}
