//! What the state diagram of a saga shows, computed by a walk through its text.
//!
//! A way through a saga is known by its loose ends, and by where it would turn to if something failed now: both may
//! be several, since a choice may have gone either way.

mod blocks;

use std::collections::{BTreeMap, BTreeSet};

use aqueduct_compiler::model::{Model, OnFault, Retry, Saga, Statement, Step, StepClass, Until};
use aqueduct_saga::TIMEOUT;
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
    pub(super) fn of(header: String, model: &Model, saga: &Saga) -> Self {
        let mut drawing = Drawing::new(model, saga);
        let start = Way {
            ends: vec![("[*]".to_owned(), words::start(model, saga))],
            turns: [Turn::Failed].into(),
        };
        let end = drawing.body(&saga.body, start);
        drawing.join(end.ends, DONE);
        drawing.caught();
        let undos = std::mem::take(&mut drawing.undos);
        drawing.states.extend(undos.into_iter().rev());
        drawing.ending(DONE, "Done", words::finishes(model, saga.done.as_ref()), "done");
        drawing.ending(
            FAILED,
            "Failed",
            words::finishes(model, saga.failed.as_ref()),
            "failed",
        );
        if drawing.arrows.iter().any(|arrow| arrow.to == STUCK) {
            drawing.state(STUCK, "Stuck", vec!["somebody has to look".to_owned()], "failed");
        }
        Self {
            header,
            saga: saga.label.name.to_string(),
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

#[derive(Debug)]
struct Drawing<'a> {
    model: &'a Model,
    saga: &'a Saga,
    states: Vec<State>,
    /// In the order of the steps.
    undos: Vec<State>,
    marks: Vec<(String, &'static str)>,
    arrows: Vec<Arrow>,
    /// How many there are of what has no name of its own, by its word.
    counts: BTreeMap<&'static str, u32>,
    /// Where the branches of the innermost `parallel` meet, whatever became of them.
    meeting: Option<String>,
    /// Where a failure that the saga catches wherever it is would have turned to, in the order of its `on`.
    turned: Vec<BTreeSet<Turn>>,
}

impl<'a> Drawing<'a> {
    fn new(model: &'a Model, saga: &'a Saga) -> Self {
        Self {
            model,
            saga,
            states: Vec::new(),
            undos: Vec::new(),
            marks: Vec::new(),
            arrows: Vec::new(),
            counts: BTreeMap::new(),
            meeting: None,
            turned: vec![BTreeSet::new(); saga.on_fault.len()],
        }
    }

    fn body(&mut self, body: &[Statement], way: Way) -> Way {
        body.iter()
            .fold(way, |way, statement| self.statement(statement, way))
    }

    /// `wait_1`: a step's id has another prefix, so none is the same.
    fn next(&mut self, word: &'static str) -> String {
        let count = self.counts.entry(word).or_default();
        *count += 1;
        format!("{word}_{count}")
    }

    fn statement(&mut self, statement: &Statement, way: Way) -> Way {
        match statement {
            Statement::Step(step) => self.step(step, way),
            Statement::If { arms, otherwise, .. } => self.choice(arms, otherwise, way),
            Statement::Parallel { until, branches, .. } => self.parallel(*until, branches, way),
            Statement::Map(map) => self.map(map, way),
            Statement::Wait { until, otherwise, .. } => {
                let text = match until {
                    Until::Passed(time) => format!("wait {}", words::time(*time)),
                    Until::At(time) => format!("wait until {time}"),
                };
                let turns = way.turns.clone();
                let (id, way) = self.passing("wait", &text, way);
                if let Some(fault) = otherwise {
                    let fault = self.model.types[*fault].label.name.clone();
                    self.turn(&id, &turns, &fault);
                }
                way
            }
            Statement::Alone(action) => {
                let word = if action.begun().is_some() { "start" } else { "emit" };
                self.passing(word, &words::action(self.model, action), way).1
            }
            Statement::Fail(fail) => {
                let id = self.next("fail");
                let fault = &self.model.types[fail.fault].label.name;
                self.state(&id, &format!("fail {fault}"), Vec::new(), "failed");
                self.join(way.ends, &id);
                self.turn(&id, &way.turns, "");
                Way {
                    ends: Vec::new(),
                    turns: BTreeSet::new(),
                }
            }
        }
    }

    /// Something without a name that is passed through.
    fn passing(&mut self, word: &'static str, text: &str, way: Way) -> (String, Way) {
        let id = self.next(word);
        self.state(&id, text, Vec::new(), "readonly");
        self.join(way.ends, &id);
        let way = Way {
            ends: vec![plain(&id)],
            turns: way.turns,
        };
        (id, way)
    }

    fn step(&mut self, step: &Step, way: Way) -> Way {
        let id = step_id(&step.label.name);
        self.state(
            &id,
            &words::title(step),
            words::step(self.model, step),
            look(step.class),
        );
        self.join(way.ends, &id);
        let before = way.turns;
        let itself = self.undo(step, &before);
        let failing = words::failing(self.model, step);
        for Failing { name, known } in failing {
            let turns = if known { &before } else { &itself };
            if step.on.iter().any(|on| self.fault_name(on) == name) {
                continue;
            }
            if let Some(at) = self
                .saga
                .on_fault
                .iter()
                .position(|on| self.fault_name(on) == name)
            {
                self.arrow(id.clone(), caught_id(at), name);
                if let Some(turned) = self.turned.get_mut(at) {
                    turned.extend(turns.iter().cloned());
                }
                continue;
            }
            // A pivot that may have been done is not given up.
            let open = step.class == StepClass::Pivot && !known && step.undo.is_none();
            let stuck = BTreeSet::from([Turn::Stuck]);
            self.turn(&id, if open { &stuck } else { turns }, &name);
        }
        let mut after = Way {
            ends: vec![plain(&id)],
            turns: if step.class == StepClass::Pivot {
                [Turn::Stuck].into()
            } else {
                itself.clone()
            },
        };
        for on in &step.on {
            let start = Way {
                ends: vec![(id.clone(), self.fault_name(on))],
                turns: if on.fault.is_some() {
                    before.clone()
                } else {
                    itself.clone()
                },
            };
            let end = self.body(&on.body, start);
            after.ends.extend(end.ends);
            after.turns.extend(end.turns);
        }
        after
    }

    fn fault_name(&self, on: &OnFault) -> String {
        let name = |fault| self.model.types[fault].label.name.to_string();
        on.fault.map_or_else(|| TIMEOUT.to_owned(), name)
    }

    /// Draws the undo of a step, and says where is turned to once the step may have been done.
    fn undo(&mut self, step: &Step, before: &BTreeSet<Turn>) -> BTreeSet<Turn> {
        let Some(undo) = &step.undo else {
            return before.clone();
        };
        let name = &step.label.name;
        let id = undo_id(name);
        self.undos.push(State {
            id: id.clone(),
            name: format!("undo {name}"),
            details: words::undo(self.model, undo, self.meeting.is_some()),
            look: "undo",
        });
        for turn in before.iter().filter(|turn| **turn != Turn::Stuck) {
            self.arrow(id.clone(), state_of(turn), String::new());
        }
        if Retry::of_undo().count.is_some() {
            self.arrow(id, STUCK.to_owned(), String::new());
        }
        let own = before.iter().map(|turn| match turn {
            Turn::Stuck => Turn::Stuck,
            Turn::Undo(_) | Turn::Failed => Turn::Undo(name.to_string()),
        });
        own.collect()
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

fn caught_id(at: usize) -> String {
    format!("on_{}", at + 1)
}

fn look(class: StepClass) -> &'static str {
    match class {
        StepClass::Compensatable | StepClass::Retriable => "step",
        StepClass::Pivot => "pivot",
        StepClass::ReadOnly => "readonly",
    }
}
