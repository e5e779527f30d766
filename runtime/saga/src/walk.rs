//! The one function that says what comes next: forward through the text, or back through what was done.

mod ask;

use std::cell::Cell;

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use ask::{Asked, FINISH};

use crate::definition::{Class, Condition, Finish, Saga, Statement, Step, Undo, Value};
use crate::log::{Ended, Entry, Error, Event, Kind, Log, Outcome};
use crate::record::{End, Records};
use crate::task::{Task, later};
use crate::value::{Data, Maker};

/// What comes next.
#[derive(Debug, PartialEq)]
pub struct Next {
    /// What this is to be noted with: what begins, what was chosen.
    pub entries: Vec<Entry>,
    /// Where the saga stands.
    pub state: State,
}

/// Where a saga stands.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// These are to be done, some of them perhaps later. Those that were to be done before are among them.
    Running(Vec<Task>),
    /// Nothing can be done until somebody has looked.
    Stuck {
        /// In which direction it was going.
        kind: Kind,
        /// Where.
        step: String,
        /// What can't be done.
        error: Error,
    },
    /// Nothing is left to be done.
    Ended(Outcome),
}

/// Says what comes next. `now` is only noted: the same log always gives the same tasks.
pub fn advance(saga: &Saga, log: &Log, now: Timestamp) -> Next {
    if let Some(ended) = &log.ended {
        return Next {
            entries: Vec::new(),
            state: State::Ended(ended.outcome.clone()),
        };
    }
    let mut walk = Walk {
        log,
        records: Records::of(log),
        data: Data::default(),
        now,
        until: saga.deadline.map(|deadline| later(log.started, deadline)),
        pivoted: None,
        touched: Vec::new(),
        next: Noted::default(),
    };
    walk.data.know(&saga.input, &log.input);
    let state = walk.saga(saga);
    Next {
        entries: walk.next.entries,
        state,
    }
}

impl Log {
    /// Notes what comes next, and says where the saga stands then.
    pub fn settle(&mut self, saga: &Saga, now: Timestamp) -> State {
        let Next { entries, state } = advance(saga, self, now);
        self.entries.extend(entries);
        if let State::Stuck { kind, step, error } = &state
            && !self.stuck().iter().any(|(_, known, _)| known == step)
        {
            self.note(now, *kind, step, Event::Stuck { error: error.clone() });
        }
        if let (State::Ended(outcome), None) = (&state, &self.ended) {
            self.ended = Some(Ended {
                at: now,
                outcome: outcome.clone(),
            });
        }
        state
    }
}

/// What comes out of a part of the way.
enum Flow {
    /// It is behind.
    Past,
    /// Something of it is still to be done.
    Busy,
    /// It failed.
    Failed(Blame),
    /// Somebody has to look.
    Stuck(Kind, String, Error),
}

/// What failed, and how.
struct Blame {
    step: String,
    error: Error,
}

#[derive(Default)]
struct Noted {
    entries: Vec<Entry>,
    tasks: Vec<Task>,
}

struct Walk<'a> {
    log: &'a Log,
    records: Records<'a>,
    data: Data<'a>,
    now: Timestamp,
    until: Option<Timestamp>,
    /// The pivot that is done.
    pivoted: Option<&'a str>,
    /// What may have been done, in the order of causes.
    touched: Vec<&'a Step>,
    next: Noted,
}

impl<'a> Walk<'a> {
    fn saga(&mut self, saga: &'a Saga) -> State {
        match self.body(&saga.body) {
            Flow::Past => self.finish(&saga.done, Outcome::Done),
            Flow::Busy => self.running(),
            Flow::Stuck(kind, step, error) => self.stuck(kind, step, error),
            Flow::Failed(Blame { step, error }) if self.pivoted.is_some() => {
                self.stuck(Kind::Forward, step, error)
            }
            Flow::Failed(Blame { error, .. }) => self.back(saga, error),
        }
    }

    fn running(&mut self) -> State {
        State::Running(std::mem::take(&mut self.next.tasks))
    }

    /// What is under way elsewhere goes on first.
    fn stuck(&mut self, kind: Kind, step: String, error: Error) -> State {
        if self.next.tasks.is_empty() {
            State::Stuck { kind, step, error }
        } else {
            self.running()
        }
    }

    fn body(&mut self, body: &'a [Statement]) -> Flow {
        for statement in body {
            match self.statement(statement) {
                Flow::Past => {}
                other => return other,
            }
        }
        Flow::Past
    }

    fn statement(&mut self, statement: &'a Statement) -> Flow {
        match statement {
            Statement::Step(step) => self.step(step),
            Statement::Choice {
                name,
                arms,
                otherwise,
            } => {
                let arm = self.arm(name, arms);
                self.body(arms.get(arm).map_or(otherwise, |(_, body)| body))
            }
            Statement::Parallel { branches, .. } => {
                let flows = branches.iter().map(|(_, body)| self.body(body));
                flows.reduce(worse).unwrap_or(Flow::Past)
            }
            Statement::Wait { name, time } => self.wait(name, *time),
            Statement::Fail { name, fault, fields } => Flow::Failed(Blame {
                step: name.clone(),
                error: Error {
                    fields: self.fields_of(name, fields),
                    ..Error::known(fault, "")
                },
            }),
        }
    }

    fn fields_of(&self, name: &str, fields: &Value) -> Json {
        let maker = Maker {
            log: self.log,
            kind: Kind::Forward,
            step: name,
            begun: self.log.started,
            made: Cell::new(0),
        };
        self.data.value(fields, &maker).unwrap_or_default()
    }

    fn step(&mut self, step: &'a Step) -> Flow {
        match self.records.end(Kind::Forward, &step.name) {
            Some(End::Succeeded(output)) => {
                self.data.know(&step.name, output);
                self.touched.push(step);
                if step.class == Class::Pivot {
                    self.pivoted = Some(&step.name);
                }
                Flow::Past
            }
            Some(End::Failed(error)) => {
                if !error.known {
                    self.touched.push(step);
                }
                let Some(on) = step.on.iter().find(|on| on.fault == error.name) else {
                    return Flow::Failed(Blame {
                        step: step.name.clone(),
                        error: error.clone(),
                    });
                };
                let before = self.data.blame(Some(as_data(error)));
                let flow = self.body(&on.body);
                let _ = self.data.blame(before);
                flow
            }
            Some(End::Stuck(error)) => Flow::Stuck(Kind::Forward, step.name.clone(), error.clone()),
            None => {
                let begun = self.begin(Kind::Forward, &step.name);
                let record = self.records.get(Kind::Forward, &step.name);
                // Whether what can't be taken back is done has to be found out, however long it takes.
                let is_final = matches!(step.class, Class::Pivot | Class::Retriable);
                let open = is_final && record.is_some_and(|record| record.is_open);
                let until = self.until.filter(|_| self.pivoted.is_none() && !open);
                self.ask(Asked {
                    kind: Kind::Forward,
                    name: &step.name,
                    action: &step.action,
                    timeout: step.timeout,
                    retry: &step.retry,
                    begun,
                    until,
                });
                Flow::Busy
            }
        }
    }

    /// Which arm is taken: the one that was, or else the first whose condition holds now.
    fn arm(&mut self, name: &str, arms: &[(Condition, Vec<Statement>)]) -> usize {
        let record = self.records.get(Kind::Forward, name);
        if let Some(arm) = record.and_then(|record| record.arm) {
            return arm;
        }
        let holds = |(condition, _): &(_, _)| self.data.holds(condition);
        let arm = arms.iter().position(holds).unwrap_or(arms.len());
        self.note(Kind::Forward, name, Event::Chosen { arm });
        arm
    }

    fn wait(&mut self, name: &str, time: u64) -> Flow {
        match self.records.end(Kind::Timer, name) {
            Some(End::Succeeded(_)) => Flow::Past,
            Some(End::Failed(error) | End::Stuck(error)) => Flow::Failed(Blame {
                step: name.to_owned(),
                error: error.clone(),
            }),
            None => {
                let begun = self.begin(Kind::Timer, name);
                let until = self.until.filter(|_| self.pivoted.is_none());
                let over = later(begun, time);
                let tries = self
                    .records
                    .get(Kind::Timer, name)
                    .map_or(0, |record| record.tries);
                self.next.tasks.push(Task {
                    kind: Kind::Timer,
                    step: name.to_owned(),
                    attempt: tries + 1,
                    deed: None,
                    timeout: 0,
                    due: until.map_or(over, |until| over.min(until)),
                    until,
                    begun,
                    alarm: None,
                });
                Flow::Busy
            }
        }
    }

    /// Takes back what may have been done: the last first, one after the other.
    fn back(&mut self, saga: &'a Saga, error: Error) -> State {
        let _ = self.data.blame(Some(as_data(&error)));
        for step in std::mem::take(&mut self.touched).into_iter().rev() {
            let Some(undo) = &step.undo else { continue };
            match self.records.end(Kind::Undo, &step.name) {
                Some(End::Succeeded(_)) => {}
                Some(End::Failed(error) | End::Stuck(error)) => {
                    return self.stuck(Kind::Undo, step.name.clone(), error.clone());
                }
                None => {
                    self.undo(step, undo);
                    return self.running();
                }
            }
        }
        self.finish(&saga.failed, Outcome::Failed { error })
    }

    fn undo(&mut self, step: &'a Step, undo: &'a Undo) {
        let begun = self.begin(Kind::Undo, &step.name);
        self.ask(Asked {
            kind: Kind::Undo,
            name: &step.name,
            action: &undo.action,
            timeout: undo.timeout,
            retry: &undo.retry,
            begun,
            until: None,
        });
    }

    fn finish(&mut self, finishes: &'a [Finish], outcome: Outcome) -> State {
        for finish in finishes {
            match self.records.end(Kind::Finish, &finish.name) {
                Some(End::Succeeded(_)) => {}
                Some(End::Failed(error) | End::Stuck(error)) => {
                    return self.stuck(Kind::Finish, finish.name.clone(), error.clone());
                }
                None => {
                    let begun = self.begin(Kind::Finish, &finish.name);
                    self.ask(Asked {
                        kind: Kind::Finish,
                        name: &finish.name,
                        action: &finish.action,
                        timeout: FINISH,
                        retry: &finish.retry,
                        begun,
                        until: None,
                    });
                    return self.running();
                }
            }
        }
        State::Ended(outcome)
    }
}

/// What two branches make of the whole: it waits for both, then what is worse decides, and among equals the first.
fn worse(one: Flow, other: Flow) -> Flow {
    let weight = |flow: &Flow| match flow {
        Flow::Past => 0,
        Flow::Failed(_) => 1,
        Flow::Stuck(..) => 2,
        Flow::Busy => 3,
    };
    if weight(&other) > weight(&one) { other } else { one }
}

/// A failure as paths see it.
fn as_data(error: &Error) -> Json {
    let mut data = Map::new();
    data.insert("name".to_owned(), json!(error.name));
    data.insert("message".to_owned(), json!(error.message));
    data.insert("fields".to_owned(), error.fields.clone());
    Json::Object(data)
}
