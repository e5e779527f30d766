//! Whether the data that engines run says all of a saga: what it has no word for is refused for every engine.

use aqueduct_compiler::model::{
    Action, ActionKind, Id, Join, Manner, Mapping, Model, Saga, Statement, Style, Until, Value, ValueKind,
};

/// Whether nothing of a saga is passed by in its [`definition`](super::definition).
pub fn is_told(model: &Model, id: Id<Saga>) -> bool {
    let saga = &model.sagas[id];
    let whole = saga.style == Style::Coordinated && saga.on_fault.is_empty() && saga.again.is_empty();
    whole
        && saga.statements().into_iter().all(statement)
        && saga.actions().into_iter().all(|(one, _)| action(one))
}

fn statement(statement: &Statement) -> bool {
    match statement {
        Statement::Step(step) => step.heartbeat.is_none() && step.again.is_empty(),
        Statement::If { arms, .. } => arms.iter().all(|(predicate, _)| !predicate.is_computed()),
        Statement::Parallel { until, .. } => *until == Join::All,
        Statement::Map(_) | Statement::Alone(_) => false,
        Statement::Wait { until, otherwise, .. } => matches!(until, Until::Passed(_)) && otherwise.is_none(),
        Statement::Fail(fail) => mapping(&fail.fields),
    }
}

fn action(action: &Action) -> bool {
    let has_words = match &action.kind {
        ActionKind::Call { manner, .. } => *manner == Manner::Answer,
        ActionKind::Receive { .. } | ActionKind::Child { .. } | ActionKind::Start { .. } => false,
        ActionKind::Update { only_if, .. } => {
            only_if.as_ref().is_none_or(|condition| !condition.is_computed())
        }
        ActionKind::Insert { .. }
        | ActionKind::Put { .. }
        | ActionKind::Get { .. }
        | ActionKind::Delete { .. }
        | ActionKind::Emit { .. } => true,
    };
    has_words && action.mapping().is_none_or(mapping)
}

fn mapping(of: &Mapping) -> bool {
    of.values().into_iter().all(value)
}

fn value(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Path(path) => path.first().is_none_or(|first| first != "meta"),
        ValueKind::Constant(_)
        | ValueKind::New
        | ValueKind::Now
        | ValueKind::List(_)
        | ValueKind::Record(_) => true,
        ValueKind::Each(_) | ValueKind::Arithmetic(..) | ValueKind::Function(..) | ValueKind::Test(_) => {
            false
        }
    }
}
