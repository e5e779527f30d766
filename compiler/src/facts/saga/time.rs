//! How long things can take at worst: calls, handlers, steps, the way to the end or to the pivot.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::model::{Call, Handler, Join, Map, Model, Retry, Saga, Statement, Step, StepClass, Until};

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

/// From the start of a saga to the last moment at which something that heeds its deadline can begin: the last try of the
/// last step, or the first of the pivot. Behind that the deadline holds no more, and a way that always ends in `fail`
/// leads nowhere.
pub fn forward(saga: &Saga) -> u64 {
    block(&saga.body).begins
}

/// What a part of a saga may take at worst.
#[derive(Debug, Clone, Copy, Default)]
struct Takes {
    /// All of it.
    whole: u64,
    /// Until the last that heeds the deadline begins.
    begins: u64,
    /// Whether every way through it passes a pivot.
    pivoted: bool,
    /// Whether every way through it ends in `fail`.
    fails: bool,
}

fn block(body: &[Statement]) -> Takes {
    let mut all = Takes::default();
    for statement in body {
        let part = part(statement);
        all.begins = all.whole.saturating_add(part.begins);
        all.whole = all.whole.saturating_add(part.whole);
        all.pivoted |= part.pivoted;
        all.fails |= part.fails;
        if all.pivoted || all.fails {
            break;
        }
    }
    all
}

fn part(statement: &Statement) -> Takes {
    match statement {
        Statement::Step(one) => {
            let whole = step(one);
            let instead = one
                .on
                .iter()
                .map(|on| block(&on.body))
                .filter(|takes| !takes.fails)
                .max_by_key(|takes| takes.whole);
            let pivoted = one.class == StepClass::Pivot;
            let last_try = if pivoted {
                0
            } else {
                whole - one.timeout.value.min(whole)
            };
            match instead {
                Some(instead) => Takes {
                    whole: whole.saturating_add(instead.whole),
                    begins: whole.saturating_add(instead.begins),
                    pivoted,
                    fails: false,
                },
                None => Takes {
                    whole,
                    begins: last_try,
                    pivoted,
                    fails: false,
                },
            }
        }
        // A wait that isn't over by then fails. When a point in time comes nobody knows here.
        Statement::Wait { until, .. } => {
            let time = match until {
                Until::Passed(time) => *time,
                Until::At(_) => 0,
            };
            Takes {
                whole: time,
                begins: time,
                ..Takes::default()
            }
        }
        Statement::Map(map) => each(map),
        Statement::Alone(_) => Takes::default(),
        Statement::Fail(_) => Takes {
            fails: true,
            ..Takes::default()
        },
        Statement::If { .. } => {
            let (back, on): (Vec<Takes>, Vec<Takes>) = statement
                .blocks()
                .into_iter()
                .map(block)
                .partition(|way| way.fails);
            if on.is_empty() {
                longest(&back)
            } else {
                longest(&on)
            }
        }
        Statement::Parallel { until, .. } => {
            let branches: Vec<Takes> = statement.blocks().into_iter().map(block).collect();
            match until {
                Join::All => Takes {
                    fails: branches.iter().any(|branch| branch.fails),
                    ..longest(&branches)
                },
                // The slowest may be the only one that can be done.
                Join::First => longest(&branches),
            }
        }
    }
}

/// As often as there are items, so many at a time; once where nobody knows how many there may be.
fn each(map: &Map) -> Takes {
    let one = block(&map.body);
    let at_once = map.concurrency.map_or(Map::CONCURRENCY, |count| count.value);
    let rounds = map.most.unwrap_or(1).div_ceil(u64::from(at_once.max(1)));
    match rounds.checked_sub(1) {
        Some(before) => Takes {
            whole: one.whole.saturating_mul(rounds),
            begins: one.whole.saturating_mul(before).saturating_add(one.begins),
            ..one
        },
        None => Takes::default(),
    }
}

/// Ways that exclude each other, or are taken at once.
fn longest(ways: &[Takes]) -> Takes {
    Takes {
        whole: ways.iter().map(|way| way.whole).max().unwrap_or_default(),
        begins: ways.iter().map(|way| way.begins).max().unwrap_or_default(),
        pivoted: ways.iter().all(|way| way.pivoted),
        fails: ways.iter().all(|way| way.fails),
    }
}
