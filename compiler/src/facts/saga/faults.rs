//! With which faults a saga may end.

use aqueduct_dsl::source::SpanId;

use crate::model::{Action, ActionKind, Id, Model, Saga, Statement, Step, StepClass, TypeDecl};

/// The faults that an action declares: those of its handler, or of its saga.
pub fn declared(model: &Model, action: &Action) -> Vec<Id<TypeDecl>> {
    let faults = match &action.kind {
        ActionKind::Call { handler, .. } => &model.handlers[*handler].fails,
        ActionKind::Child { saga, .. } => &model.sagas[*saga].faults,
        ActionKind::Receive { .. }
        | ActionKind::Start { .. }
        | ActionKind::Insert { .. }
        | ActionKind::Put { .. }
        | ActionKind::Update { .. }
        | ActionKind::Get { .. }
        | ActionKind::Delete { .. }
        | ActionKind::Emit { .. } => return Vec::new(),
    };
    faults.iter().map(|(fault, _)| *fault).collect()
}

/// The faults that end a saga without being told by it, each with what raises it, in the order of the text.
///
/// When `failed` emits one of the declared faults, that one is told in place of every other.
pub fn ending(model: &Model, saga: &Saga) -> Vec<(Id<TypeDecl>, SpanId)> {
    let is_declared = |fault: Id<TypeDecl>| saga.faults.iter().any(|(known, _)| *known == fault);
    let told = saga.failed.iter().flat_map(|ending| &ending.actions);
    if told
        .filter_map(Action::emitted)
        .any(|(sent, _)| is_declared(sent))
    {
        return Vec::new();
    }
    let mut found = Vec::new();
    for statement in saga.statements() {
        match statement {
            Statement::Step(step) => {
                let raised = declared(model, &step.action).into_iter();
                let open = raised.filter(|fault| gives_up(step) && !is_caught(saga, step, *fault));
                found.extend(open.map(|fault| (fault, step.label.span)));
            }
            Statement::Fail(fail) => found.push((fail.fault, fail.span)),
            Statement::Wait {
                otherwise: Some(fault),
                span,
                ..
            } => found.push((*fault, *span)),
            Statement::If { .. }
            | Statement::Parallel { .. }
            | Statement::Map(_)
            | Statement::Wait { .. }
            | Statement::Alone(_) => {}
        }
    }
    found.retain(|(fault, _)| !is_declared(*fault));
    found
}

/// A `retriable` that is tried until it is done never ends the saga.
fn gives_up(step: &Step) -> bool {
    step.class != StepClass::Retriable || step.retry.count.is_some()
}

fn is_caught(saga: &Saga, step: &Step, fault: Id<TypeDecl>) -> bool {
    step.on
        .iter()
        .chain(&saga.on_fault)
        .any(|on| on.fault == Some(fault))
}
