//! How a saga ends after each fault at each step: what is done, undone, leaked, double.

use super::contract::{Contract, Done, Fault, Settled};
use super::promises::contracts;
use crate::model::{Model, Saga, StepClass, Target};

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

/// The rows of a saga on a target. Steps before the one that fails are done, those after it aren't begun.
pub fn table(model: &Model, saga: &Saga, target: Target) -> Vec<Row> {
    let steps = contracts(model, saga, target);
    let mut rows = Vec::new();
    for (at, (step, contract)) in steps.iter().enumerate() {
        for fault in Fault::ALL {
            let Some((end, own)) = contract.after(fault) else {
                continue;
            };
            let others = steps
                .iter()
                .enumerate()
                .map(|(other, (step, contract))| match other.cmp(&at) {
                    std::cmp::Ordering::Equal => own,
                    std::cmp::Ordering::Greater if end == Done::Undone => Settled::Nothing,
                    std::cmp::Ordering::Less | std::cmp::Ordering::Greater => {
                        other_step(contract, end, step.class)
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
