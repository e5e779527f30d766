//! What a saga without branches can do, found by trying everything on the pure machine.

use std::collections::BTreeSet;

use aqueduct_saga::definition::{Action, Saga, Statement};
use aqueduct_saga::{Entry, Error, Event, Kind, Log, State, TIMEOUT, Task, Timestamp};
use serde_json::{Value, json};

/// From, to, and what led there: a fault, or nothing when it went well.
pub(crate) type Step = (String, String, String);

const NOW: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// Every task that can follow on another, with every outcome and every arm of every choice.
pub(crate) fn transitions(saga: &Saga) -> BTreeSet<Step> {
    let mut found = BTreeSet::new();
    for arms in combinations(&choices(&saga.body)) {
        let mut log = Log::new(&saga.name, "k", json!({"ride_id": "r"}), "c", NOW);
        for (name, arm) in arms {
            log.entries.push(Entry {
                at: NOW,
                kind: Kind::Forward,
                step: name,
                event: Event::Chosen { arm },
            });
        }
        follow(saga, log, None, &mut found);
    }
    found
}

/// Goes on from a log; `before` is what led to it.
fn follow(saga: &Saga, mut log: Log, before: Option<(String, String)>, found: &mut BTreeSet<Step>) {
    let state = log.settle(saga, NOW);
    let place = place(saga, &state);
    if let Some((from, label)) = before {
        let _ = found.insert((from, place.clone(), label));
    }
    let State::Running(tasks) = state else { return };
    let [task] = tasks.as_slice() else {
        panic!("branches are not followed: {tasks:?}")
    };
    if task.kind == Kind::Finish {
        return;
    }
    let mut good = log.clone();
    good.succeeded(task, Value::Null, NOW);
    follow(saga, good, Some((place.clone(), String::new())), found);
    for error in failures(saga, task) {
        // An undo that fails says no more than that.
        let label = if task.kind == Kind::Undo {
            String::new()
        } else {
            error.name.clone()
        };
        if let Some(bad) = given_up(saga, log.clone(), &error) {
            follow(saga, bad, Some((place.clone(), label)), found);
        }
    }
}

/// The log after a task failed so until it isn't tried again; none when it is tried for ever.
fn given_up(saga: &Saga, mut log: Log, error: &Error) -> Option<Log> {
    for _ in 0..50 {
        let State::Running(tasks) = log.settle(saga, NOW) else {
            return Some(log);
        };
        log.failed(saga, &tasks[0], error.clone(), NOW);
        if !matches!(log.entries.last()?.event, Event::Tried { .. }) {
            return Some(log);
        }
    }
    None
}

fn place(saga: &Saga, state: &State) -> String {
    match state {
        State::Running(tasks) => match tasks[0].kind {
            Kind::Forward => format!("step_{}", tasks[0].step),
            Kind::Undo => format!("undo_{}", tasks[0].step),
            Kind::Timer => tasks[0].step.replace(' ', "_"),
            Kind::Finish if saga.done.iter().any(|finish| finish.name == tasks[0].step) => "done".to_owned(),
            Kind::Finish => "failed".to_owned(),
        },
        State::Stuck { .. } => "stuck".to_owned(),
        State::Ended(_) => panic!("every saga here has something to do at its end"),
    }
}

fn failures(saga: &Saga, task: &Task) -> Vec<Error> {
    match task.kind {
        Kind::Undo => vec![Error::unknown("Broken", "")],
        Kind::Timer | Kind::Finish => Vec::new(),
        Kind::Forward => match action(&saga.body, &task.step).unwrap() {
            Action::Call { fails, .. } => {
                let declared = fails.iter().map(|name| Error::known(name, ""));
                declared.chain([Error::unknown(TIMEOUT, "")]).collect()
            }
            Action::Insert { .. } => vec![Error::known("AlreadyExists", "")],
            Action::Get { .. } => vec![Error::known("MissingRow", "")],
            other => panic!("{other:?}"),
        },
    }
}

fn action<'a>(body: &'a [Statement], name: &str) -> Option<&'a Action> {
    body.iter().find_map(|statement| match statement {
        Statement::Step(step) if step.name == name => Some(&step.action),
        Statement::Step(step) => step.on.iter().find_map(|on| action(&on.body, name)),
        Statement::Choice { arms, otherwise, .. } => {
            let mut bodies = arms.iter().map(|(_, body)| body).chain([otherwise]);
            bodies.find_map(|body| action(body, name))
        }
        _ => None,
    })
}

/// Every choice with the number of its ways.
fn choices(body: &[Statement]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for statement in body {
        if let Statement::Choice {
            name,
            arms,
            otherwise,
        } = statement
        {
            found.push((name.clone(), arms.len() + 1));
            found.extend(arms.iter().flat_map(|(_, body)| choices(body)));
            found.extend(choices(otherwise));
        }
    }
    found
}

fn combinations(choices: &[(String, usize)]) -> Vec<Vec<(String, usize)>> {
    let Some(((name, ways), rest)) = choices.split_first() else {
        return vec![Vec::new()];
    };
    let mut all = Vec::new();
    for arm in 0..*ways {
        for mut combination in combinations(rest) {
            combination.push((name.clone(), arm));
            all.push(combination);
        }
    }
    all
}
