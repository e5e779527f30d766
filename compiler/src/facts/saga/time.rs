//! How long things can take at worst: calls, handlers, steps, the way to the end or to the pivot.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::model::{Call, Handler, Model, Retry, Saga, Statement, Step, StepClass};

/// All tries with the waits between them, in milliseconds. What is tried until it is settled counts once.
pub fn tries(timeout: u64, retry: &Retry) -> u64 {
    let again = u64::from(retry.count.unwrap_or(0));
    let mut wait = Decimal::from(retry.backoff);
    let mut all = timeout.saturating_mul(again + 1);
    for _ in 0..again {
        let capped = wait.min(Decimal::from(retry.cap));
        all = all.saturating_add(capped.to_u64().unwrap_or(u64::MAX));
        wait = wait.saturating_mul(retry.factor);
    }
    all
}

/// One call of somebody else.
pub fn call(call: &Call) -> u64 {
    tries(call.timeout.value, &call.retry)
}

/// What the calls of a handler may take, one after the other.
pub fn calls(handler: &Handler) -> u64 {
    handler.calls.iter().map(call).fold(0, u64::saturating_add)
}

/// What one try of somebody else's handler may take, where that is known.
pub fn known_worst(model: &Model, call: &Call) -> Option<u64> {
    let callee = &model.handlers[call.handler];
    let usual = callee.takes.map(|takes| takes.value.1);
    let limit = callee.timeout.span.is_somewhere().then_some(callee.timeout.value);
    limit.max(usual)
}

/// One step with all its tries.
pub fn step(step: &Step) -> u64 {
    tries(step.timeout.value, &step.retry)
}

/// From the start of a saga to the last moment at which a step that heeds the deadline can begin: to the beginning of
/// the last step, or of the pivot, behind which the deadline holds no more.
pub fn forward(saga: &Saga) -> u64 {
    let (time, last, _) = block(&saga.body);
    time.saturating_sub(last)
}

/// What a block takes, how much of that is its last step, and whether its pivot is in it.
fn block(body: &[Statement]) -> (u64, u64, bool) {
    let (mut time, mut last) = (0_u64, 0);
    for statement in body {
        let (takes, ends_with, pivoted) = match statement {
            Statement::Step(one) => {
                let own = step(one);
                let instead = one
                    .on
                    .iter()
                    .map(|on| block(&on.body))
                    .max_by_key(|(takes, ..)| *takes);
                let (more, ends_with, _) = instead.unwrap_or_default();
                let last = if more == 0 { own } else { ends_with };
                (own.saturating_add(more), last, one.class == StepClass::Pivot)
            }
            Statement::Wait { time, .. } => (*time, 0, false),
            Statement::Fail(_) => (0, 0, false),
            Statement::If { .. } | Statement::Parallel { .. } => {
                let ways = statement.blocks().into_iter().map(block);
                ways.max_by_key(|(takes, last, _)| takes - last)
                    .unwrap_or_default()
            }
        };
        time = time.saturating_add(takes);
        last = ends_with;
        if pivoted {
            return (time, last, true);
        }
    }
    (time, last, false)
}
