//! Which queue hears which topic, and what of it.

use aqueduct_compiler::model::{Channel, Comparison, Constant, Id, Model, Predicate, PredicateKind};

use super::ids::Ids;
use super::plan::Subscription;

/// All subscriptions with their two ends.
pub(super) fn all(model: &Model, ids: &mut Ids) -> Vec<(Id<Channel>, Id<Channel>, Subscription)> {
    let routes: Vec<_> = model.routes.values().collect();
    routes
        .into_iter()
        .map(|route| {
            let mut parts = Vec::new();
            for filter in &route.filters {
                collect(&filter.predicate, &mut parts);
            }
            let subscription = Subscription {
                id: ids.subscription(route.from, route.to),
                topic: ids.channel(route.from).resource.clone(),
                queue: ids.channel(route.to).resource.clone(),
                filter: (!parts.is_empty()).then(|| format!("{{{}}}", parts.join(", "))),
            };
            (route.from, route.to, subscription)
        })
        .collect()
}

fn collect(predicate: &Predicate, parts: &mut Vec<String>) {
    match &predicate.kind {
        PredicateKind::All(inner) => inner.iter().for_each(|one| collect(one, parts)),
        PredicateKind::Compare(Comparison::AtLeast, left, right) => {
            if let (Ok(path), Err(Constant::Number(number))) = (&left.value, &right.value) {
                parts.push(format!(
                    "\"{}\": [{{\"numeric\": [\">=\", {number}]}}]",
                    path.text()
                ));
            }
        }
        _ => {}
    }
}
