//! How pictures of sagas name things, and what they take for a failure.

use aqueduct_compiler::model::{Predicate, Statement as Line, duration_text};
use aqueduct_saga::definition::{Action, Class, Finish, Retry, Saga, Step, TableKey, Undo};
use aqueduct_saga::{Deed, TIMEOUT};
use serde_json::Value as Json;

/// One way in which a step can fail for good.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Failing {
    pub(super) name: String,
    /// Whether it says that nothing was done.
    pub(super) known: bool,
}

/// All ways in which a step can fail for good; one that is tried for ever can't.
pub(super) fn failing(step: &Step) -> Vec<Failing> {
    let known = known_faults(&step.action)
        .into_iter()
        .map(|name| Failing { name, known: true });
    let timeout = matches!(step.action, Action::Call { .. }).then(|| Failing {
        name: TIMEOUT.to_owned(),
        known: false,
    });
    known
        .chain(timeout)
        .filter(|failing| gives_up(step, failing))
        .collect()
}

fn gives_up(step: &Step, failing: &Failing) -> bool {
    let again = step.class == Class::Retriable
        || match step.retry.on.as_slice() {
            [] => !failing.known,
            on => on.contains(&failing.name),
        };
    !again || step.retry.count.is_some()
}

/// How an action can say no.
fn known_faults(action: &Action) -> Vec<String> {
    let own = |name: &str| vec![name.to_owned()];
    match action {
        Action::Call { fails, .. } => fails.clone(),
        Action::Insert { .. } => own("AlreadyExists"),
        Action::Update { only_if: Some(_), .. } => own("ConditionFailed"),
        Action::Update { .. } | Action::Get { .. } => own("MissingRow"),
        Action::Put { .. } | Action::Delete { .. } | Action::Emit { .. } => Vec::new(),
    }
}

/// `RideCompleted on accounting`
pub(super) fn start(saga: &Saga) -> String {
    let from = saga.queue.as_ref().map(|queue| format!("on {queue}"));
    let until = saga
        .deadline
        .map(|deadline| format!("deadline {}", time(deadline)));
    [from, until].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A step's name, with its class when it isn't taken back.
pub(super) fn title(step: &Step) -> String {
    match step.class {
        Class::Compensatable => step.name.clone(),
        Class::Pivot => format!("{} (pivot)", step.name),
        Class::Retriable => format!("{} (retriable)", step.name),
        Class::ReadOnly => format!("{} (readonly)", step.name),
    }
}

/// What a step does, how often and for how long.
pub(super) fn step(step: &Step) -> Vec<String> {
    let calls = matches!(step.action, Action::Call { .. });
    let limit = calls.then(|| limit(step.class, &step.retry, &time(step.timeout)));
    std::iter::once(action(&step.action)).chain(limit).collect()
}

fn limit(class: Class, retry: &Retry, time: &str) -> String {
    match retry.count {
        Some(0) => format!("at most {time}"),
        Some(count) => format!("{} tries of {time}", count + 1),
        None if class == Class::Retriable => format!("until done, each try {time}"),
        None => format!("until known, each try {time}"),
    }
}

/// What an undo does; in `parallel` not every step needs one.
pub(super) fn undo(undo: &Undo, perhaps: bool) -> Vec<String> {
    let perhaps = perhaps.then(|| "if it was done".to_owned());
    std::iter::once(action(&undo.action)).chain(perhaps).collect()
}

/// `Payments.capture`, `insert fares`, `emit FareCollected`
pub(super) fn action(action: &Action) -> String {
    match action {
        Action::Call { handler, .. } => handler.clone(),
        Action::Insert { table, .. } => format!("insert {}", table_name(table)),
        Action::Put { table, .. } => format!("put {}", table_name(table)),
        Action::Update { table, .. } => format!("update {}", table_name(table)),
        Action::Get { table } => format!("get {}", table_name(table)),
        Action::Delete { table } => format!("delete {}", table_name(table)),
        Action::Emit { kind, .. } => format!("emit {kind}"),
    }
}

/// A table without its service, which is the saga's own.
pub(super) fn table_name(table: &TableKey) -> &str {
    table.name.split_once('.').map_or(&table.name, |(_, name)| name)
}

pub(super) fn finishes(finishes: &[Finish]) -> Vec<String> {
    finishes.iter().map(|finish| action(&finish.action)).collect()
}

/// What is asked for, with the names of what goes along: `capture(key, code)`, `update status`.
pub(super) fn deed(deed: &Deed) -> String {
    match deed {
        Deed::Call { handler, input, .. } => {
            let name = handler.split_once('.').map_or(handler.as_str(), |(_, name)| name);
            format!("{name}({})", names(input))
        }
        Deed::Insert { .. } => "insert".to_owned(),
        Deed::Put { .. } => "put".to_owned(),
        Deed::Update { set, .. } => format!("update {}", set.keys().cloned().collect::<Vec<_>>().join(", ")),
        Deed::Get { .. } => "get".to_owned(),
        Deed::Delete { .. } => "delete".to_owned(),
        Deed::Emit { kind, .. } => kind.clone(),
    }
}

/// What comes back: the names of what an answer is made of.
pub(super) fn answer(deed: &Deed, output: &Json) -> String {
    match (deed, names(output)) {
        (Deed::Get { .. }, _) => "the row".to_owned(),
        (_, names) if names.is_empty() => "ok".to_owned(),
        (_, names) => names,
    }
}

fn names(value: &Json) -> String {
    let fields = value
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.keys().cloned());
    fields.collect::<Vec<_>>().join(", ")
}

/// Milliseconds as they are written in a system.
pub(super) fn time(milliseconds: u64) -> String {
    duration_text(milliseconds)
}

/// The texts of the arms of every choice, in the order in which choices are numbered.
pub(super) fn conditions(body: &[Line]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    gather(body, &mut found);
    found
}

fn gather(body: &[Line], found: &mut Vec<Vec<String>>) {
    for line in body {
        match line {
            Line::Step(step) => step.on.iter().for_each(|on| gather(&on.body, found)),
            Line::If { arms, otherwise, .. } => {
                let text = |(predicate, _): &(Predicate, _)| predicate.to_string();
                found.push(arms.iter().map(text).collect());
                for (_, body) in arms {
                    gather(body, found);
                }
                gather(otherwise, found);
            }
            Line::Parallel { branches, .. } => branches.iter().for_each(|branch| gather(&branch.body, found)),
            Line::Wait { .. } | Line::Fail(_) => {}
        }
    }
}

/// The id of what has no name of the author's: a step's has another prefix, so none is the same.
pub(super) fn own_id(name: &str) -> String {
    name.replace(' ', "_")
}
