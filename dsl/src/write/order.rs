//! In which order entries stand where their order means nothing, and which of them stand together.

use crate::ast::{Clause, Entry, Head, Shape};
use crate::clauses::{self, Owner};

/// What stands at the top level, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum TopLevel {
    /// What the file is: a system, or a domain of one.
    Head,
    /// Types and messages.
    Vocabulary,
    Channels,
    Routes,
    Services,
    Samples,
    Scenarios,
    Rest,
}

/// What stands in a service, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Member {
    Clause,
    Store,
    /// What calls from outside: HTTP operations and schedules.
    Entrance,
    Operation,
    Rest,
}

/// The parts of a saga, whose lines stand as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Setting,
    Statement,
    Ending,
}

/// The entries of a system, sorted, in paragraphs.
pub(super) fn of_file(mut entries: Vec<&Entry>) -> Vec<Vec<&Entry>> {
    entries.sort_by_key(|entry| top_level(entry));
    paragraphs(&entries, top_level)
}

/// The entries of a service, sorted, in paragraphs.
pub(super) fn of_service(entries: &[Entry]) -> Vec<Vec<&Entry>> {
    let mut entries: Vec<&Entry> = entries.iter().collect();
    entries.sort_by_key(|entry| member(entry));
    // What a service is and what it owns are said in one breath.
    paragraphs(&entries, |entry| member(entry).max(Member::Store))
}

/// The lines of a saga, in paragraphs.
pub(super) fn of_saga(entries: &[Entry]) -> Vec<Vec<&Entry>> {
    paragraphs(&entries.iter().collect::<Vec<_>>(), act)
}

/// Cut where the kind changes.
fn paragraphs<'a, K: PartialEq>(entries: &[&'a Entry], kind: fn(&Entry) -> K) -> Vec<Vec<&'a Entry>> {
    let alike = entries.chunk_by(|one, next| kind(one) == kind(next));
    alike.map(<[&Entry]>::to_vec).collect()
}

fn top_level(entry: &Entry) -> TopLevel {
    match &entry.shape {
        Shape::Named(named) if matches!(named.kind.text.as_str(), "system" | "domain") => TopLevel::Head,
        Shape::TypeDef(_) | Shape::Message(_) => TopLevel::Vocabulary,
        Shape::Channel(_) => TopLevel::Channels,
        Shape::Flow(_) if alone(entry).is_none() => TopLevel::Routes,
        Shape::Service(_) => TopLevel::Services,
        Shape::Sample(_) => TopLevel::Samples,
        Shape::Scenario(_) => TopLevel::Scenarios,
        Shape::Spread(_)
        | Shape::Field(_)
        | Shape::Operation(_)
        | Shape::Step(_)
        | Shape::Store(_)
        | Shape::Branching(_)
        | Shape::Named(_)
        | Shape::Flow(_) => TopLevel::Rest,
    }
}

fn member(entry: &Entry) -> Member {
    match &entry.shape {
        Shape::Flow(_) if alone(entry).is_some() => Member::Clause,
        Shape::Flow(_) => Member::Entrance,
        Shape::Store(_) => Member::Store,
        Shape::Operation(_) => Member::Operation,
        Shape::Spread(_)
        | Shape::Field(_)
        | Shape::Step(_)
        | Shape::Sample(_)
        | Shape::Channel(_)
        | Shape::Message(_)
        | Shape::TypeDef(_)
        | Shape::Service(_)
        | Shape::Scenario(_)
        | Shape::Branching(_)
        | Shape::Named(_) => Member::Rest,
    }
}

fn act(entry: &Entry) -> Act {
    let Some(Clause {
        head: Head::Word(word),
        ..
    }) = alone(entry)
    else {
        return Act::Statement;
    };
    let knows = |owner| clauses::rank(owner, &word.text).is_some();
    match word.text.as_str() {
        "done" | "failed" => Act::Ending,
        _ if knows(Owner::Saga) && !knows(Owner::Statements) => Act::Setting,
        _ => Act::Statement,
    }
}

/// The clause of a flow without arrows.
fn alone(entry: &Entry) -> Option<&Clause> {
    let Shape::Flow(flow) = &entry.shape else {
        return None;
    };
    let [clause] = flow.clauses.as_slice() else {
        return None;
    };
    Some(clause)
}
