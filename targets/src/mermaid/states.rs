//! What the state diagram of a saga shows, computed by a walk through its text.
//!
//! A way through a saga is known by its loose ends, and by where it would turn to if something failed now: both may
//! be several, since a choice may have gone either way.

use std::collections::BTreeSet;

use aqueduct_saga::definition::{Class, OnFault, Saga, Statement, Step};
use askama::Template;

use super::words::{self, Failing};

#[derive(Debug, Template)]
#[template(path = "mermaid/saga.state.mmd", escape = "mmdline")]
pub(super) struct StateDiagram {
    header: String,
    saga: String,
    states: Vec<State>,
    /// Forks, joins and choices.
    marks: Vec<(String, &'static str)>,
    arrows: Vec<Arrow>,
}

#[derive(Debug)]
struct State {
    id: String,
    name: String,
    /// Smaller lines below.
    details: Vec<String>,
    look: &'static str,
}

#[derive(Debug, PartialEq)]
struct Arrow {
    from: String,
    to: String,
    label: String,
}

/// Where a saga turns to when something fails.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// The undo of a step comes first.
    Undo(String),
    /// There is nothing to take back.
    Failed,
    /// A pivot is done, so there is no way back.
    Stuck,
}

/// A state with what leads out of it.
type End = (String, String);

#[derive(Debug)]
struct Way {
    ends: Vec<End>,
    turns: BTreeSet<Turn>,
}

impl StateDiagram {
    /// `conditions` are the texts of the arms of each choice, in the order of the saga.
    pub(super) fn of(header: String, name: &str, saga: &Saga, conditions: &[Vec<String>]) -> Self {
        let mut drawing = Drawing {
            conditions: conditions.iter(),
            ..Drawing::default()
        };
        let start = Way {
            ends: vec![("[*]".to_owned(), words::start(saga))],
            turns: [Turn::Failed].into(),
        };
        let end = drawing.body(&saga.body, start);
        drawing.join(end.ends, DONE);
        let undos = std::mem::take(&mut drawing.undos);
        drawing.states.extend(undos.into_iter().rev());
        drawing.ending(DONE, "Done", words::finishes(&saga.done), "done");
        drawing.ending(FAILED, "Failed", words::finishes(&saga.failed), "failed");
        if drawing.arrows.iter().any(|arrow| arrow.to == STUCK) {
            drawing.state(STUCK, "Stuck", vec!["somebody has to look".to_owned()], "failed");
        }
        Self {
            header,
            saga: name.to_owned(),
            states: drawing.states,
            marks: drawing.marks,
            arrows: drawing.arrows,
        }
    }
}

// The author's names get a prefix, so that none of them is one of these or a word of Mermaid.
const DONE: &str = "done";
const FAILED: &str = "failed";
const STUCK: &str = "stuck";

#[derive(Debug, Default)]
struct Drawing<'a> {
    states: Vec<State>,
    /// In the order of the steps.
    undos: Vec<State>,
    marks: Vec<(String, &'static str)>,
    arrows: Vec<Arrow>,
    conditions: std::slice::Iter<'a, Vec<String>>,
    /// Where the branches of the innermost `parallel` meet, whatever became of them.
    meeting: Option<String>,
}

impl Drawing<'_> {
    fn body(&mut self, body: &[Statement], way: Way) -> Way {
        body.iter()
            .fold(way, |way, statement| self.statement(statement, way))
    }

    fn statement(&mut self, statement: &Statement, way: Way) -> Way {
        match statement {
            Statement::Step(step) => self.step(step, way),
            Statement::Choice {
                name,
                arms,
                otherwise,
            } => self.choice(
                &words::own_id(name),
                arms.iter().map(|(_, body)| body),
                otherwise,
                way,
            ),
            Statement::Parallel { name, branches } => self.parallel(&words::own_id(name), branches, way),
            Statement::Wait { name, time } => {
                let name = &words::own_id(name);
                self.state(
                    name,
                    &format!("wait {}", words::time(*time)),
                    Vec::new(),
                    "readonly",
                );
                self.join(way.ends, name);
                Way {
                    ends: vec![plain(name)],
                    turns: way.turns,
                }
            }
            Statement::Fail { name, fault, .. } => {
                let name = &words::own_id(name);
                self.state(name, &format!("fail {fault}"), Vec::new(), "failed");
                self.join(way.ends, name);
                self.turn(name, &way.turns, "");
                Way {
                    ends: Vec::new(),
                    turns: BTreeSet::new(),
                }
            }
        }
    }

    fn step(&mut self, step: &Step, way: Way) -> Way {
        let id = step_id(&step.name);
        self.state(&id, &words::title(step), words::step(step), look(step.class));
        self.join(way.ends, &id);
        let before = way.turns;
        let itself = self.undo(step, &before);
        let failing = words::failing(step);
        for Failing { name, known } in failing {
            let turns = if known { &before } else { &itself };
            if !step.on.iter().any(|on| on.fault == name) {
                // A pivot that may have been done is not given up.
                let open = step.class == Class::Pivot && !known && step.undo.is_none();
                let stuck = BTreeSet::from([Turn::Stuck]);
                self.turn(&id, if open { &stuck } else { turns }, &name);
            }
        }
        let mut after = Way {
            ends: vec![plain(&id)],
            turns: if step.class == Class::Pivot {
                [Turn::Stuck].into()
            } else {
                itself.clone()
            },
        };
        for OnFault { fault, body } in &step.on {
            let known = fault != aqueduct_saga::TIMEOUT;
            let start = Way {
                ends: vec![(id.clone(), fault.clone())],
                turns: if known { before.clone() } else { itself.clone() },
            };
            let end = self.body(body, start);
            after.ends.extend(end.ends);
            after.turns.extend(end.turns);
        }
        after
    }

    /// Draws the undo of a step, and says where is turned to once the step may have been done.
    fn undo(&mut self, step: &Step, before: &BTreeSet<Turn>) -> BTreeSet<Turn> {
        let Some(undo) = &step.undo else {
            return before.clone();
        };
        let id = undo_id(&step.name);
        self.undos.push(State {
            id: id.clone(),
            name: format!("undo {}", step.name),
            details: words::undo(undo, self.meeting.is_some()),
            look: "undo",
        });
        for turn in before.iter().filter(|turn| **turn != Turn::Stuck) {
            self.arrow(id.clone(), state_of(turn), String::new());
        }
        if undo.retry.count.is_some() {
            self.arrow(id, STUCK.to_owned(), String::new());
        }
        let own = before.iter().map(|turn| match turn {
            Turn::Stuck => Turn::Stuck,
            Turn::Undo(_) | Turn::Failed => Turn::Undo(step.name.clone()),
        });
        own.collect()
    }

    fn choice<'b>(
        &mut self,
        name: &str,
        arms: impl Iterator<Item = &'b Vec<Statement>>,
        otherwise: &'b [Statement],
        way: Way,
    ) -> Way {
        self.marks.push((name.to_owned(), "choice"));
        self.join(way.ends, name);
        let texts = self.conditions.next().map_or(&[][..], Vec::as_slice);
        let mut after = Way {
            ends: Vec::new(),
            turns: BTreeSet::new(),
        };
        let labels = texts.iter().map(String::as_str).chain(["else"]);
        for (label, body) in labels.zip(arms.map(Vec::as_slice).chain([otherwise])) {
            let start = Way {
                ends: vec![(name.to_owned(), label.to_owned())],
                turns: way.turns.clone(),
            };
            let end = self.body(body, start);
            after.ends.extend(end.ends);
            after.turns.extend(end.turns);
        }
        after
    }

    fn parallel(&mut self, name: &str, branches: &[(String, Vec<Statement>)], way: Way) -> Way {
        let end = format!("{name}_end");
        self.marks.push((name.to_owned(), "fork"));
        self.marks.push((end.clone(), "join"));
        self.join(way.ends, name);
        let outer = self.meeting.replace(end.clone());
        // Taken back one after the other, so the undos of a branch follow on those of the branch after it.
        let mut turns = way.turns;
        for (branch, body) in branches {
            let start = Way {
                ends: vec![(name.to_owned(), branch_label(branch, body))],
                turns,
            };
            let Way { ends, turns: after } = self.body(body, start);
            self.join(ends, &end);
            turns = after;
        }
        self.meeting = outer;
        let may_fail = self
            .arrows
            .iter()
            .any(|arrow| arrow.to == end && !arrow.label.is_empty());
        if may_fail {
            self.turn(&end, &turns, "a branch failed");
        }
        Way {
            ends: vec![plain(&end)],
            turns,
        }
    }

    /// Leads from where something failed to where the saga turns to then; in a branch, to where the branches meet.
    fn turn(&mut self, from: &str, turns: &BTreeSet<Turn>, label: &str) {
        if let Some(meeting) = self.meeting.clone() {
            let label = if label.is_empty() { "failed" } else { label };
            return self.arrow(from.to_owned(), meeting, label.to_owned());
        }
        for turn in turns {
            self.arrow(from.to_owned(), state_of(turn), label.to_owned());
        }
    }

    fn state(&mut self, id: &str, name: &str, details: Vec<String>, look: &'static str) {
        self.states.push(State {
            id: id.to_owned(),
            name: name.to_owned(),
            details,
            look,
        });
    }

    fn ending(&mut self, id: &str, name: &str, details: Vec<String>, look: &'static str) {
        if self.arrows.iter().any(|arrow| arrow.to == id) {
            self.state(id, name, details, look);
            self.arrow(id.to_owned(), "[*]".to_owned(), String::new());
        }
    }

    fn join(&mut self, ends: Vec<End>, to: &str) {
        for (from, label) in ends {
            self.arrow(from, to.to_owned(), label);
        }
    }

    /// Two failures that lead the same way share an arrow.
    fn arrow(&mut self, from: String, to: String, label: String) {
        let same = |arrow: &&mut Arrow| arrow.from == from && arrow.to == to && !arrow.label.is_empty();
        match self.arrows.iter_mut().find(same) {
            Some(arrow) if !label.is_empty() => {
                if arrow.label != label {
                    arrow.label = format!("{}, {label}", arrow.label);
                }
            }
            _ => self.arrows.push(Arrow { from, to, label }),
        }
    }
}

fn plain(id: &str) -> End {
    (id.to_owned(), String::new())
}

fn step_id(step: &str) -> String {
    format!("step_{step}")
}

fn undo_id(step: &str) -> String {
    format!("undo_{step}")
}

fn state_of(turn: &Turn) -> String {
    match turn {
        Turn::Undo(step) => undo_id(step),
        Turn::Failed => FAILED.to_owned(),
        Turn::Stuck => STUCK.to_owned(),
    }
}

fn look(class: Class) -> &'static str {
    match class {
        Class::Compensatable | Class::Retriable => "step",
        Class::Pivot => "pivot",
        Class::ReadOnly => "readonly",
    }
}

/// A step that stands in `parallel` alone is a branch of its own name, which needn't be said twice.
fn branch_label(branch: &str, body: &[Statement]) -> String {
    match body {
        [Statement::Step(step)] if step.name == branch => String::new(),
        _ => branch.to_owned(),
    }
}
