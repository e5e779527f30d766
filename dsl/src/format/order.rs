//! The order of clauses: that of the clause table, in blocks where the order means nothing.

use super::marks::Shape;
use super::tree::{Item, List, Part, What};
use crate::clauses::{self, Owner};

/// Finds out whose block each list is, and sorts the clauses of those whose order says nothing.
pub(super) fn arrange(list: &mut List<'_>, owner: Option<Owner>) {
    list.owner = owner;
    for item in &mut list.items {
        let inner_owner = owner_of(item);
        for part in &mut item.parts {
            if let What::List(inner) = &mut part.what {
                arrange(inner, inner_owner.filter(|_| inner.open == "{"));
            }
        }
    }
    if let Some(owner) = owner.filter(|owner| is_unordered(*owner)) {
        for run in list.items.chunk_by_mut(|one, next| {
            rank(owner, one).is_some() && rank(owner, next).is_some() && next.before.is_empty()
        }) {
            sort(owner, run);
        }
    }
}

/// Clauses that stand together. Blank lines among them were for the old order.
fn sort(owner: Owner, run: &mut [Item<'_>]) {
    let key = |item: &Item<'_>| rank(owner, item);
    // Comments stand before the first: what follows them must not change.
    let begins_with_comment = run.first().is_some_and(|first| !first.before.is_empty());
    let run = run
        .get_mut(usize::from(begins_with_comment)..)
        .unwrap_or_default();
    if run.is_sorted_by_key(key) {
        return;
    }
    let gap = run.first().is_some_and(|first| first.gap);
    run.sort_by_key(key);
    for (index, item) in run.iter_mut().enumerate() {
        item.gap = gap && index == 0;
    }
}

/// Where in the table a clause is.
fn rank(owner: Owner, item: &Item<'_>) -> Option<usize> {
    if item.shape != Shape::Clause {
        return None;
    }
    clauses::rank(owner, item.parts.first()?.word()?)
}

/// Statements, lines of a scenario, values of an enum and ways of a route have an order; options have none.
fn is_unordered(owner: Owner) -> bool {
    matches!(
        owner,
        Owner::System
            | Owner::Domain
            | Owner::Queue
            | Owner::Topic
            | Owner::Bus
            | Owner::Stream
            | Owner::Service
            | Owner::ExternService
            | Owner::Store
            | Owner::Api
            | Owner::Handler
    )
}

/// Whose block an item ends with.
fn owner_of(item: &Item<'_>) -> Option<Owner> {
    let mut words = item.parts.iter().map_while(Part::word);
    let mut word = words.next()?;
    if item.shape == Shape::Flow {
        return (word == "api").then_some(Owner::Api);
    }
    if item.shape != Shape::Declaration {
        return None;
    }
    let external = word == "extern";
    while matches!(word, "extern" | "in" | "out") {
        word = words.next()?;
    }
    Some(match word {
        "system" => Owner::System,
        "domain" => Owner::Domain,
        "queue" => Owner::Queue,
        "topic" => Owner::Topic,
        "bus" => Owner::Bus,
        "stream" => Owner::Stream,
        "service" if external => Owner::ExternService,
        "service" => Owner::Service,
        "store" => Owner::Store,
        "handler" => Owner::Handler,
        "scatter" => Owner::Scatter,
        "scenario" => Owner::Scenario,
        _ => return None,
    })
}
