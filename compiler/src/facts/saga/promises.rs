//! What each step of a saga and its undo can be relied on for, on a target.

use super::contract::{Contract, Profile, Promise, Promises, Tries, check, missing};
use super::way::Way;
use crate::model::{
    Action, ActionKind, Handler, Id, Manner, Model, Repetition, Saga, Step, StepClass, Target,
};

/// A step's contract on a target.
pub fn contract(model: &Model, way: &Way, step: &Step, target: Target) -> Contract {
    let tries = match step.retry.count {
        None => Tries::UntilKnown,
        Some(0) => Tries::Once,
        Some(_) => Tries::Twice,
    };
    Contract {
        has_effect: has_effect(model, step),
        has_undo: step.undo.is_some(),
        may_refuse: may_refuse(model, &step.action),
        retries_refusals: step.class == StepClass::Retriable || !step.retry.on.is_empty(),
        retries_silence: step.class == StepClass::Retriable || step.retry.on.is_empty(),
        may_go_back: way.place(step).turn.is_some(),
        tries,
        promises: promises(model, step),
        profile: profile(model, step, target),
    }
}

/// The contracts of all steps of a saga, in the order of the text.
pub fn contracts<'a>(model: &Model, saga: &'a Saga, target: Target) -> Vec<(&'a Step, Contract)> {
    let way = Way::of(saga);
    let steps = saga.steps().into_iter();
    steps
        .map(|step| (step, contract(model, &way, step, target)))
        .collect()
}

/// The promises that a step lacks, each with the targets on which it breaks its word without them.
///
/// Nothing for a step that no promise would mend.
pub fn missing_on(model: &Model, way: &Way, step: &Step) -> Vec<(Promise, Vec<Target>)> {
    let mut found: Vec<(Promise, Vec<Target>)> = Vec::new();
    for target in &model.targets {
        for promise in missing(&contract(model, way, step, *target)).unwrap_or_default() {
            match found.iter_mut().find(|(known, _)| *known == promise) {
                Some((_, targets)) => targets.push(*target),
                None => found.push((promise, vec![*target])),
            }
        }
    }
    found
}

/// The targets on which a step breaks its word, whatever could be promised.
pub fn broken_on(model: &Model, way: &Way, step: &Step) -> Vec<Target> {
    let broken = |target: &Target| check(&contract(model, way, step, *target)).is_some();
    model.targets.iter().copied().filter(broken).collect()
}

/// Whether there is anything to take back when a step is done.
pub fn has_effect(model: &Model, step: &Step) -> bool {
    step.class != StepClass::ReadOnly
        && match &step.action.kind {
            // What is held is given up by itself in the end, and another saga takes itself back: both are judged there.
            // Waiting for a message changes nothing, and neither does looking at a row.
            ActionKind::Call {
                manner: Manner::Hold, ..
            }
            | ActionKind::Child { .. }
            | ActionKind::Receive { .. }
            | ActionKind::Get { .. } => false,
            ActionKind::Call { handler, .. } => {
                let handler = &model.handlers[*handler];
                !(handler.writes.is_empty() && handler.emits.is_empty() && handler.calls.is_empty())
            }
            ActionKind::Start { .. }
            | ActionKind::Insert { .. }
            | ActionKind::Put { .. }
            | ActionKind::Update { .. }
            | ActionKind::Delete { .. }
            | ActionKind::Emit { .. } => true,
        }
}

fn may_refuse(model: &Model, action: &Action) -> bool {
    match &action.kind {
        ActionKind::Call { handler, .. } => !model.handlers[*handler].fails.is_empty(),
        // The row may be there already, or not be there; a saga may run out of time, whatever it declares.
        ActionKind::Insert { .. }
        | ActionKind::Update { .. }
        | ActionKind::Get { .. }
        | ActionKind::Child { .. } => true,
        ActionKind::Receive { .. }
        | ActionKind::Start { .. }
        | ActionKind::Put { .. }
        | ActionKind::Delete { .. }
        | ActionKind::Emit { .. } => false,
    }
}

/// What can go wrong between the coordinator and a step.
///
/// On `local` a handler that asks nobody outside is one transaction with the saga's log: there is nothing to lose.
/// Step Functions doesn't stop a function when it waits no longer: what may run on comes late (AWS re:Post, "Step
/// Functions task timeout").
pub fn profile(model: &Model, step: &Step, target: Target) -> Profile {
    let handler = step.action.called().map(|handler| &model.handlers[handler]);
    // Who answers later may never do so.
    let later = matches!(
        step.action.kind,
        ActionKind::Call {
            manner: Manner::Callback | Manner::Job,
            ..
        }
    );
    match (target, handler) {
        (Target::Local, Some(handler)) if later || !handler.calls.is_empty() => Profile::LOSSY,
        (Target::Local, _) => Profile::PERFECT,
        (Target::Aws | Target::Nats, Some(handler)) if step.timeout.value < handler.timeout.value => {
            Profile::LATE
        }
        (Target::Aws | Target::Nats, _) => Profile::LOSSY,
    }
}

fn promises(model: &Model, step: &Step) -> Promises {
    let forward = step.action.called();
    let paired = step.undo.as_ref().map(|undo| pairing(model, forward, undo));
    let paired = paired.unwrap_or(Pairing::Nothing);
    Promises {
        guard: matches!(paired, Pairing::Kept | Pairing::Rows),
        fence: paired == Pairing::Kept || forward.is_some_and(|id| model.handlers[id].fence.is_some()),
        // Rows are written whole and by their key, and a message has one id for all tries.
        idempotent: forward.is_none_or(|id| {
            let handler = &model.handlers[id];
            handler.repetition.is_some() && forgetful(model, handler).is_none()
        }),
        undone_when_unknown: true,
        // A declared fault says that nothing was done.
        undone_when_failed: false,
    }
}

/// An extern handler that a handler asks again under the same key, and that doesn't promise to see that.
pub fn forgetful(model: &Model, handler: &Handler) -> Option<Id<Handler>> {
    let Some(Repetition::Idempotent { .. }) = handler.repetition else {
        return None;
    };
    let mut asked = handler.calls.iter().map(|call| call.handler);
    asked.find(|id| model.handlers[*id].repetition.is_none())
}

/// How an undo is tied to what it takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pairing {
    /// What was done is remembered by its key, and the undo looks there first.
    Kept,
    /// The engine writes rows in place of what a handler did: that can be repeated, and stops nobody.
    Rows,
    /// The undo doesn't say what it takes back.
    Unpaired,
    /// It does, but what it takes back doesn't remember by that key that it was done.
    NoKey,
    /// Both ask somebody else, who promises nothing.
    NotPromised {
        /// The extern handler that the forward handler asks.
        asked: Id<Handler>,
    },
    /// There is no undo.
    Nothing,
}

/// How a step's undo is tied to the step.
pub fn pairing(model: &Model, forward: Option<Id<Handler>>, undo: &Action) -> Pairing {
    let back = match (forward, undo.called()) {
        // The engine does both, and knows what it did.
        (None, None) => return Pairing::Kept,
        // Whatever was done elsewhere, the rows are written by their key.
        (Some(_), None) => return Pairing::Rows,
        (_, Some(back)) => &model.handlers[back],
    };
    let Some(forward) = forward else {
        return Pairing::Unpaired;
    };
    let Some(undoes) = back.undoes.as_ref().filter(|undoes| undoes.handler == forward) else {
        return Pairing::Unpaired;
    };
    let handler = &model.handlers[forward];
    let remembers =
        matches!(&handler.repetition, Some(Repetition::Idempotent { by, .. }) if *by == undoes.by);
    if !remembers {
        return Pairing::NoKey;
    }
    let promised = |asked: Id<Handler>| {
        back.calls.iter().any(|call| {
            let theirs = &model.handlers[call.handler].undoes;
            theirs.as_ref().is_some_and(|undoes| undoes.handler == asked)
        })
    };
    let broken = handler.calls.iter().find(|call| !promised(call.handler));
    broken.map_or(Pairing::Kept, |call| Pairing::NotPromised { asked: call.handler })
}
