//! Whether a run that began under another version of its saga can go on under this one.

use std::fmt;

use crate::definition::{Class, Saga, Statement};
use crate::log::{Entry, Event, Kind, Log};
use crate::outcome::find;
use crate::walk::{State, advance};

/// Why a run can't go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Of which step, wait, choice or action at the end its log speaks.
    pub step: String,
    /// What doesn't fit.
    pub problem: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.step, self.problem)
    }
}

/// What of a log doesn't fit a saga; nothing when the run can go on where it stands. A run that has ended always fits.
pub fn misfits(saga: &Saga, log: &Log) -> Vec<Misfit> {
    if log.ended.is_some() {
        return Vec::new();
    }
    let mut found: Vec<Misfit> = Vec::new();
    for entry in &log.entries {
        if let Some(problem) = problem(saga, entry)
            && !found.iter().any(|known| known.step == entry.step)
        {
            found.push(Misfit {
                step: entry.step.clone(),
                problem: problem.to_owned(),
            });
        }
    }
    if found.is_empty() {
        found.extend(elsewhere(saga, log));
    }
    found
}

/// What is wrong with one entry.
fn problem(saga: &Saga, entry: &Entry) -> Option<&'static str> {
    let step = find(&saga.body, &entry.step);
    match (entry.kind, &entry.event) {
        (Kind::Forward, Event::Chosen { arm }) => match arms(&saga.body, &entry.step) {
            None => Some("the choice is gone"),
            Some(arms) if *arm > arms => Some("the branch that was chosen is gone"),
            Some(_) => None,
        },
        (Kind::Forward, Event::Stuck { .. } | Event::Resumed) if step.is_none() => None,
        (Kind::Forward, _) => step.is_none().then_some("the step is gone"),
        (Kind::Undo, _) => match step {
            None => Some("the step is gone, and it is being taken back"),
            Some(step) if step.undo.is_none() => Some("its undo is gone, and it is being taken back"),
            Some(_) => None,
        },
        (Kind::Finish, _) => {
            let mut all = saga.done.iter().chain(&saga.failed);
            let is_there = all.any(|finish| finish.name == entry.step);
            (!is_there).then_some("the action at the end is gone")
        }
        (Kind::Timer, _) => (!waits(&saga.body, &entry.step)).then_some("the wait is gone"),
    }
}

/// A run that would go on elsewhere than it stands.
fn elsewhere(saga: &Saga, log: &Log) -> Option<Misfit> {
    let next = advance(saga, log, log.touched());
    if let Some(entry) = next.entries.first() {
        return Some(Misfit {
            step: entry.step.clone(),
            problem: "it is new, at a place that the run has passed".to_owned(),
        });
    }
    let tasks = match next.state {
        State::Running(tasks) => tasks,
        State::Stuck { .. } | State::Ended(_) => Vec::new(),
    };
    let open = log.under_way().into_iter();
    let mut lost =
        open.filter(|(kind, step)| !tasks.iter().any(|task| task.kind == *kind && task.step == *step));
    if let Some((_, step)) = lost.next() {
        return Some(Misfit {
            step: step.to_owned(),
            problem: "it is under way, at a place that the run doesn't come to any more".to_owned(),
        });
    }
    turned(saga, log)
}

/// A step that is done and was a point of no return, or has become one.
fn turned(saga: &Saga, log: &Log) -> Option<Misfit> {
    let goes_back = log.entries.iter().any(|entry| entry.kind == Kind::Undo);
    let mut done = log
        .entries
        .iter()
        .filter(|entry| entry.kind == Kind::Forward && matches!(entry.event, Event::Succeeded { .. }));
    let pivot = done.find(|entry| {
        find(&saga.body, &entry.step).is_some_and(|step| step.class == Class::Pivot) && goes_back
    })?;
    Some(Misfit {
        step: pivot.step.clone(),
        problem: "it has become a pivot, and the run goes back beyond it".to_owned(),
    })
}

/// How many conditions a choice has.
fn arms(body: &[Statement], wanted: &str) -> Option<usize> {
    look(body, &mut |statement| match statement {
        Statement::Choice { name, arms, .. } if name == wanted => Some(arms.len()),
        _ => None,
    })
}

fn waits(body: &[Statement], wanted: &str) -> bool {
    let found = look(body, &mut |statement| match statement {
        Statement::Wait { name, .. } if name == wanted => Some(()),
        _ => None,
    });
    found.is_some()
}

/// The first statement that is what is looked for.
fn look<T>(body: &[Statement], seen: &mut dyn FnMut(&Statement) -> Option<T>) -> Option<T> {
    body.iter().find_map(|statement| {
        seen(statement).or_else(|| match statement {
            Statement::Step(step) => step.on.iter().find_map(|on| look(&on.body, seen)),
            Statement::Choice { arms, otherwise, .. } => {
                let arm = arms.iter().find_map(|(_, body)| look(body, seen));
                arm.or_else(|| look(otherwise, seen))
            }
            Statement::Parallel { branches, .. } => branches.iter().find_map(|(_, body)| look(body, seen)),
            Statement::Wait { .. } | Statement::Fail { .. } => None,
        })
    })
}
