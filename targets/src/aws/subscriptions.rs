//! Which queue hears which topic, and what of it.

use aqueduct_compiler::facts::sns;
use aqueduct_compiler::model::Model;

use super::channels::dead_letters;
use super::ids::Ids;

/// A queue that hears a topic.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) id: String,
    pub(super) topic: String,
    pub(super) queue: String,
    /// Where messages go that SNS can't deliver.
    pub(super) dead_letters: String,
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
        dead_letters: dead_letters(model, ids, found.queue),
        filter: found
            .policy
            .expect("TAR007 refuses what SNS can't say")
            .map(|policy| policy.to_string()),
    });
    subscriptions.collect()
}
