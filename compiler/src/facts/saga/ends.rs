//! How a saga ends after each fault at each step: what is done, undone, leaked, double.

use super::contract::{Contract, Done, Fault, Settled};
use super::promises::contracts;
use crate::model::{Join, Model, Saga, Statement, StepClass, Target};

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
pub fn table(model: &Model, saga: &Saga, target: Target) -> Vec<Row> {
    let steps = contracts(model, saga, target);
    let mut rows = Vec::new();
    for (at, (step, contract)) in steps.iter().enumerate() {
        let (mut ran, mut passed_by, mut main) = (Vec::new(), Vec::new(), Vec::new());
        let _ = before(&saga.body, &step.label.name, &mut ran, &mut passed_by);
        without_faults(&saga.body, &mut main);
        main.retain(|name| !passed_by.contains(name));
        for fault in Fault::ALL {
            let Some((end, own)) = contract.after(fault) else {
                continue;
            };
            let others = steps.iter().enumerate().map(|(other, (step, contract))| {
                let name = step.label.name.as_str();
                if other == at {
                    own
                } else if ran.contains(&name) || end == Done::Done && main.contains(&name) {
                    other_step(contract, end, step.class)
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
                    Statement::Parallel {
                        until: Join::All, ..
                    } => without_faults(other, ran),
                    // Of those that run for the first place one is done, and nobody knows which.
                    Statement::If { .. }
                    | Statement::Parallel {
                        until: Join::First, ..
                    } => without_faults(other, passed_by),
                    Statement::Step(_)
                    | Statement::Map(_)
                    | Statement::Wait { .. }
                    | Statement::Start(_)
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
            Statement::Wait { .. } | Statement::Start(_) | Statement::Fail(_) => {}
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
