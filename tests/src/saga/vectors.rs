//! Every path times every fault: one handler misbehaves, or two do.

use std::collections::BTreeMap;

use aqueduct_saga::definition::{Action, Class, Saga, Statement, Step};
use aqueduct_saga::visit::steps;

use super::{Answer, Vector};

/// For each handler that takes something back inside of a `parallel`: which `parallel`, and which of its branches.
pub fn branches(body: &[Statement]) -> BTreeMap<String, (usize, usize)> {
    let mut all = BTreeMap::new();
    let parallels = body.iter().filter_map(|statement| match statement {
        Statement::Parallel { branches, .. } => Some(branches),
        _ => None,
    });
    for (parallel, branches) in parallels.enumerate() {
        for (index, (_, body)) in branches.iter().enumerate() {
            steps(body, &mut |step| {
                if let Some(Action::Call { handler, .. }) = step.undo.as_ref().map(|undo| &undo.action) {
                    let _ = all.insert(handler.clone(), (parallel, index));
                }
            });
        }
    }
    all
}

/// Every handler that a saga calls, forward or back.
pub fn handlers(saga: &Saga) -> Vec<String> {
    let mut all = Vec::new();
    steps(&saga.body, &mut |step| {
        for action in [Some(&step.action), step.undo.as_ref().map(|undo| &undo.action)] {
            if let Some(Action::Call { handler, .. }) = action
                && !all.contains(handler)
            {
                all.push(handler.clone());
            }
        }
    });
    all
}

/// Something that goes wrong, in words and as answers.
type Wrong = (String, Vec<Answer>);

/// What each handler can do wrong.
fn faults(saga: &Saga) -> Vec<(String, Vec<Wrong>)> {
    let mut all: Vec<(String, Vec<Wrong>)> = Vec::new();
    steps(&saga.body, &mut |step| {
        if let Action::Call { handler, fails, .. } = &step.action
            && all.iter().all(|(known, _)| known != handler)
        {
            all.push((handler.clone(), of_step(step, fails)));
        }
        if let Some(Action::Call { handler, .. }) = step.undo.as_ref().map(|undo| &undo.action)
            && all.iter().all(|(known, _)| known != handler)
        {
            let late = Answer::TimedOut { done: true };
            let wrong = vec![
                ("crashes once".to_owned(), vec![Answer::Crashed, Answer::Ok]),
                ("answers late once".to_owned(), vec![late, Answer::Ok]),
                ("never answers".to_owned(), vec![Answer::TimedOut { done: false }]),
            ];
            all.push((handler.clone(), wrong));
        }
    });
    all
}

fn of_step(step: &Step, fails: &[String]) -> Vec<Wrong> {
    let timed_out = |done| Answer::TimedOut { done };
    let mut wrong: Vec<Wrong> = Vec::new();
    // What is tried until it is done would be tried for ever.
    let endless = step.retry.count.is_none() || step.class == Class::Retriable;
    let for_ever = |name: &str, answer: Answer| (name.to_owned(), vec![answer]);
    let once = |name: &str, answer: Answer| (format!("{name} once"), vec![answer, Answer::Ok]);
    if step.class != Class::Retriable {
        wrong.extend(
            fails
                .iter()
                .map(|fault| for_ever(fault, Answer::Refused(fault.clone()))),
        );
    }
    wrong.push(once("is throttled", Answer::Throttled));
    wrong.push(once("is too late, not done,", timed_out(false)));
    wrong.push(once("is too late, done,", timed_out(true)));
    wrong.push(once("crashes", Answer::Crashed));
    if !endless {
        wrong.push(for_ever("is too late, not done", timed_out(false)));
        wrong.push(for_ever("is too late, done", timed_out(true)));
        wrong.push(for_ever("crashes", Answer::Crashed));
    }
    wrong
}

/// Nothing wrong, one wrong, and all pairs.
pub fn vectors(saga: &Saga) -> Vec<Vector> {
    let faults = faults(saga);
    let mut all = vec![Vector {
        name: format!("{}: all is well", saga.name),
        answers: BTreeMap::new(),
    }];
    for (first, (handler, wrongs)) in faults.iter().enumerate() {
        for (wrong, answers) in wrongs {
            let name = format!("{}: {handler} {wrong}", saga.name);
            let one = BTreeMap::from([(handler.clone(), answers.clone())]);
            for (other, others) in &faults[first + 1..] {
                for (also, more) in others {
                    let mut two = one.clone();
                    let _ = two.insert(other.clone(), more.clone());
                    all.push(Vector {
                        name: format!("{name}, {other} {also}"),
                        answers: two,
                    });
                }
            }
            all.push(Vector { name, answers: one });
        }
    }
    all
}
