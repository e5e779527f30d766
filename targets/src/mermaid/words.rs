//! How pictures of sagas name things, and what they take for a failure.

use aqueduct_compiler::facts::saga::faults;
use aqueduct_compiler::model::{
    Action, ActionKind, Ending, Model, Retry, Saga, Step, StepClass, Style, duration_text,
};
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
pub(super) fn failing(model: &Model, step: &Step) -> Vec<Failing> {
    let known = known_faults(model, &step.action)
        .into_iter()
        .map(|name| Failing { name, known: true });
    let timeout = waits(&step.action).then(|| Failing {
        name: TIMEOUT.to_owned(),
        known: false,
    });
    known
        .chain(timeout)
        .filter(|failing| gives_up(model, step, failing))
        .collect()
}

fn gives_up(model: &Model, step: &Step, failing: &Failing) -> bool {
    let named = |fault: &_| model.types[*fault].label.name == failing.name;
    let again = step.class == StepClass::Retriable
        || if step.retry.on.is_empty() {
            !failing.known
        } else {
            step.retry.on.iter().any(named)
        };
    !again || step.retry.count.is_some()
}

/// Whether an action waits for somebody else.
fn waits(action: &Action) -> bool {
    matches!(
        action.kind,
        ActionKind::Call { .. } | ActionKind::Receive { .. } | ActionKind::Child { .. }
    )
}

/// How an action can say no.
fn known_faults(model: &Model, action: &Action) -> Vec<String> {
    let own = |name: &str| vec![name.to_owned()];
    match &action.kind {
        ActionKind::Call { .. } | ActionKind::Child { .. } => {
            let faults = faults::declared(model, action).into_iter();
            faults
                .map(|fault| model.types[fault].label.name.to_string())
                .collect()
        }
        ActionKind::Insert { .. } => own("AlreadyExists"),
        ActionKind::Update { only_if: Some(_), .. } => own("ConditionFailed"),
        ActionKind::Update { .. } | ActionKind::Get { .. } => own("MissingRow"),
        ActionKind::Put { .. }
        | ActionKind::Delete { .. }
        | ActionKind::Emit { .. }
        | ActionKind::Receive { .. }
        | ActionKind::Start { .. } => Vec::new(),
    }
}

/// `on accounting, deadline 10m`
pub(super) fn start(model: &Model, saga: &Saga) -> String {
    let from = saga
        .on
        .map(|(queue, _)| format!("on {}", model.channels[queue].label.name));
    let until = saga
        .deadline
        .map(|deadline| format!("deadline {}", time(deadline.value)));
    let way = match &saga.style {
        Style::Coordinated => None,
        Style::Slip { route, .. } => Some(format!("slip by {route}")),
    };
    [from, until, way]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

/// A step's name, with its class when it isn't taken back.
pub(super) fn title(step: &Step) -> String {
    let name = &step.label.name;
    match step.class {
        StepClass::Compensatable => name.to_string(),
        StepClass::Pivot | StepClass::Retriable | StepClass::ReadOnly => {
            format!("{name} ({})", step.class.word())
        }
    }
}

/// What a step does, how often and for how long.
pub(super) fn step(model: &Model, step: &Step) -> Vec<String> {
    let limit = waits(&step.action).then(|| limit(step.class, &step.retry, &time(step.timeout.value)));
    let heartbeat = step
        .heartbeat
        .map(|limit| format!("a sign of life every {}", time(limit.value)));
    let again = step.again.iter().map(|again| {
        let fault = &model.types[again.fault].label.name;
        format!("{} tries on {fault}", again.count + 1)
    });
    std::iter::once(action(model, &step.action))
        .chain(limit)
        .chain(heartbeat)
        .chain(again)
        .collect()
}

fn limit(class: StepClass, retry: &Retry, time: &str) -> String {
    match retry.count {
        Some(0) => format!("at most {time}"),
        Some(count) => format!("{} tries of {time}", count + 1),
        None if class == StepClass::Retriable => format!("until done, each try {time}"),
        None => format!("until known, each try {time}"),
    }
}

/// What an undo does; in `parallel` not every step needs one.
pub(super) fn undo(model: &Model, undo: &Action, perhaps: bool) -> Vec<String> {
    let perhaps = perhaps.then(|| "if it was done".to_owned());
    std::iter::once(action(model, undo)).chain(perhaps).collect()
}

/// `Payments.capture`, `await Managers.ask`, `insert fares`, `emit FareCollected`
pub(super) fn action(model: &Model, action: &Action) -> String {
    let store = |id| &model.stores[id].label.name;
    match &action.kind {
        ActionKind::Call { handler, manner, .. } => {
            let verb = manner.verb().map(|verb| format!("{verb} ")).unwrap_or_default();
            format!("{verb}{}", model.handler_name(*handler))
        }
        ActionKind::Receive {
            message,
            channel,
            only_if,
        } => {
            let (message, channel) = (
                &model.types[*message].label.name,
                &model.channels[*channel].label.name,
            );
            let only_if = only_if.as_ref().map(|condition| format!(" where {condition}"));
            format!("await {message} on {channel}{}", only_if.unwrap_or_default())
        }
        ActionKind::Child { saga, .. } => format!("saga {}", model.saga_name(*saga)),
        ActionKind::Start { saga, .. } => format!("start {}", model.saga_name(*saga)),
        ActionKind::Insert { store: id, .. } => format!("insert {}", store(*id)),
        ActionKind::Put { store: id, .. } => format!("put {}", store(*id)),
        ActionKind::Update { store: id, .. } => format!("update {}", store(*id)),
        ActionKind::Get { store: id, .. } => format!("get {}", store(*id)),
        ActionKind::Delete { store: id, .. } => format!("delete {}", store(*id)),
        ActionKind::Emit { message, .. } => format!("emit {}", model.types[*message].label.name),
    }
}

pub(super) fn finishes(model: &Model, ending: Option<&Ending>) -> Vec<String> {
    let actions = ending.map(|ending| ending.actions.as_slice()).unwrap_or_default();
    actions.iter().map(|one| action(model, one)).collect()
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

/// The id of what has no name of the author's: a step's has another prefix, so none is the same.
pub(super) fn own_id(name: &str) -> String {
    name.replace(' ', "_")
}
