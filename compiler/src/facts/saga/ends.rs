//! How a saga ends after each fault at each step: what is done, undone, leaked, double.

use super::contract::{Contract, Done, Fault, Settled};
use super::faults;
use super::promises::contracts;
use crate::model::{Join, Model, Saga, Statement, Step, StepClass, Target};

/// One row: a fault at a step, and what becomes of every step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The step that it happens at.
    pub step: String,
    /// What happens, at each of its tries.
    pub fault: Fault,
    /// How the saga ends.
    pub end: Done,
    /// What has become of each step, in the order of the text.
    pub settled: Vec<Settled>,
}

/// The rows of a saga on a target.
///
/// Steps before the one that fails are done, what runs beside it comes to its end, and those after it aren't begun.
/// There are no rows for steps of which it is open how the saga goes on without them: those that run for the first
/// place, and those whose failures lead elsewhere wherever they happen.
pub fn table(model: &Model, saga: &Saga, target: Target) -> Vec<Row> {
    let steps = contracts(model, saga, target);
    let raced = raced(saga);
    let mut rows = Vec::new();
    for (at, (step, contract)) in steps.iter().enumerate() {
        if raced.contains(&step.label.name.as_str()) {
            continue;
        }
        let (mut ran, mut passed_by, mut main) = (Vec::new(), Vec::new(), Vec::new());
        let _ = before(&saga.body, &step.label.name, &mut ran, &mut passed_by);
        without_faults(&saga.body, &mut main);
        main.retain(|name| !passed_by.contains(name));
        for fault in Fault::ALL {
            let Some((end, own)) = contract
                .after(fault)
                .filter(|_| !is_caught(model, saga, step, fault))
            else {
                continue;
            };
            let others = steps.iter().enumerate().map(|(other, (step, contract))| {
                let name = step.label.name.as_str();
                if other == at {
                    own
                } else if ran.contains(&name) || end == Done::Done && main.contains(&name) {
                    let settled = other_step(contract, end, step.class);
                    if settled == Settled::Done && raced.contains(&name) {
                        Settled::OneOfThem
                    } else {
                        settled
                    }
                } else {
                    Settled::Nothing
                }
            });
            rows.push(Row {
                step: step.label.name.to_string(),
                fault,
                end,
                settled: others.collect(),
            });
        }
    }
    rows
}

/// The steps of which one branch alone is done in the end.
fn raced(saga: &Saga) -> Vec<&str> {
    let mut found = Vec::new();
    for statement in saga.statements() {
        if let Statement::Parallel {
            until: Join::First,
            branches,
            ..
        } = statement
        {
            for branch in branches {
                without_faults(&branch.body, &mut found);
            }
        }
    }
    found
}

/// Whether the saga itself says what a failure of a step leads to.
fn is_caught(model: &Model, saga: &Saga, step: &Step, fault: Fault) -> bool {
    let declared = faults::declared(model, &step.action);
    saga.on_fault.iter().any(|on| match (fault, on.fault) {
        (Fault::Refused, Some(fault)) => declared.contains(&fault),
        (Fault::Refused, None) => false,
        (Fault::QuestionLost | Fault::AnswerLost | Fault::TooLate, fault) => fault.is_none(),
    })
}

/// What is done when a step begins, and which arms were passed by for it; whether the step is in there.
fn before<'a>(
    body: &'a [Statement],
    name: &str,
    ran: &mut Vec<&'a str>,
    passed_by: &mut Vec<&'a str>,
) -> bool {
    for statement in body {
        if matches!(statement, Statement::Step(step) if step.label.name == name) {
            return true;
        }
        let blocks = statement.blocks();
        for (at, block) in blocks.iter().enumerate() {
            let mut inside = ran.clone();
            if !before(block, name, &mut inside, passed_by) {
                continue;
            }
            *ran = inside;
            for (_, other) in blocks.iter().enumerate().filter(|(other, _)| *other != at) {
                match statement {
                    Statement::Parallel { until: Join::All, .. } => without_faults(other, ran),
                    // Of those that run for the first place one is done, and nobody knows which.
                    Statement::If { .. }
                    | Statement::Parallel {
                        until: Join::First, ..
                    } => without_faults(other, passed_by),
                    Statement::Step(_)
                    | Statement::Map(_)
                    | Statement::Wait { .. }
                    | Statement::Alone(_)
                    | Statement::Fail(_) => {}
                }
            }
            return true;
        }
        without_faults(std::slice::from_ref(statement), ran);
    }
    false
}

/// The steps that may run when nothing fails.
fn without_faults<'a>(body: &'a [Statement], found: &mut Vec<&'a str>) {
    for statement in body {
        match statement {
            Statement::Step(step) => found.push(&step.label.name),
            Statement::If { .. } | Statement::Parallel { .. } | Statement::Map(_) => {
                for block in statement.blocks() {
                    without_faults(block, found);
                }
            }
            Statement::Wait { .. } | Statement::Alone(_) | Statement::Fail(_) => {}
        }
    }
}

/// A step at which nothing went wrong.
fn other_step(contract: &Contract, end: Done, class: StepClass) -> Settled {
    if class == StepClass::ReadOnly || !contract.has_effect {
        return Settled::Nothing;
    }
    match (end, contract.has_undo) {
        (Done::Done, _) => Settled::Done,
        (Done::Undone, true) => Settled::Undone,
        (Done::Undone, false) => Settled::Leaked,
    }
}
