//! Plays a saga: gives every task an answer and notes what was asked.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::definition::{Action, Class, Finish, OnFault, Retry, Saga, Statement, Step, Undo, Value};
use crate::{Deed, Error, Kind, Log, State, Task};

pub(super) const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

pub(super) struct Player {
    pub(super) saga: Saga,
    pub(super) log: Log,
    pub(super) now: Timestamp,
    /// What was tried, `-` before an undo.
    pub(super) tried: Vec<String>,
}

impl Player {
    pub(super) fn new(saga: Saga) -> Self {
        let input = json!({"ride_id": "r1", "fare": 60, "customer": "ada"});
        Self {
            log: Log::new(&saga.name, "r1", input, "c1", START),
            saga,
            now: START,
            tried: Vec::new(),
        }
    }

    /// Goes on until nothing more can be done; time passes to whatever is due first.
    pub(super) fn play(&mut self, mut answer: impl FnMut(&Task) -> Result<Json, Box<Error>>) -> State {
        for _ in 0..1000 {
            match self.log.settle(&self.saga, self.now) {
                State::Running(tasks) => {
                    let task = tasks.iter().min_by_key(|task| task.due).unwrap();
                    self.now = self.now.max(task.due);
                    self.one(task, &mut answer);
                }
                other => return other,
            }
        }
        panic!("it never ends: {:?}", self.tried);
    }

    pub(super) fn one(&mut self, task: &Task, answer: &mut impl FnMut(&Task) -> Result<Json, Box<Error>>) {
        if task.until.is_some_and(|until| self.now >= until) {
            return self.log.expired(task, self.now);
        }
        let mark = if task.kind == Kind::Undo { "-" } else { "" };
        self.tried.push(format!("{mark}{}", task.step));
        match answer(task) {
            Ok(output) => self.log.succeeded(task, output, self.now),
            Err(error) => self.log.failed(&self.saga, task, *error, self.now),
        }
    }

    pub(super) fn tried(&self) -> String {
        self.tried.join(" ")
    }
}

pub(super) fn saga(body: Vec<Statement>) -> Saga {
    Saga {
        name: "S.Saga".to_owned(),
        queue: None,
        input: "ride".to_owned(),
        by: vec![vec!["ride_id".to_owned()]],
        deadline: Some(600_000),
        body,
        done: vec![finish("done_1")],
        failed: vec![finish("failed_1")],
    }
}

fn finish(name: &str) -> Finish {
    Finish {
        name: name.to_owned(),
        action: Action::Emit {
            channel: "outcomes".to_owned(),
            kind: "Outcome".to_owned(),
            message: Value::Record(vec![
                ("ride_id".to_owned(), path("ride.ride_id")),
                ("reason".to_owned(), path("error.name")),
            ]),
        },
        retry: retry(Some(1)),
    }
}

pub(super) fn retry(count: Option<u32>) -> Retry {
    Retry {
        count,
        backoff: 1_000,
        factor_percent: 200,
        cap: 5_000,
        on: Vec::new(),
        alarm: None,
    }
}

/// A step with an undo that calls handlers of its name.
pub(super) fn step(name: &str) -> Step {
    Step {
        name: name.to_owned(),
        class: Class::Compensatable,
        action: call(name),
        timeout: 5_000,
        retry: retry(Some(0)),
        on: Vec::new(),
        undo: Some(Undo {
            action: call(&format!("un{name}")),
            timeout: 5_000,
            retry: retry(Some(1)),
        }),
    }
}

pub(super) fn steps(names: &[&str]) -> Vec<Statement> {
    names.iter().map(|name| plain(step(name))).collect()
}

pub(super) fn plain(step: Step) -> Statement {
    Statement::Step(Box::new(step))
}

pub(super) fn on(fault: &str, body: Vec<Statement>) -> OnFault {
    OnFault {
        fault: fault.to_owned(),
        body,
    }
}

pub(super) fn call(name: &str) -> Action {
    Action::Call {
        handler: format!("S.{name}"),
        fails: vec!["Declined".to_owned()],
        input: Value::Record(vec![("key".to_owned(), path("ride.ride_id"))]),
    }
}

pub(super) fn path(path: &str) -> Value {
    Value::Path(path.split('.').map(str::to_owned).collect())
}

pub(super) fn input(task: &Task) -> Json {
    match task.deed.clone().unwrap() {
        Deed::Call { input, .. } => input,
        Deed::Emit { message, .. } => message,
        other => panic!("{other:?}"),
    }
}

#[allow(clippy::unnecessary_box_returns, reason = "the other half of an answer")]
pub(super) fn declined() -> Box<Error> {
    Box::new(Error::known("Declined", "the bank said no"))
}

#[allow(clippy::unnecessary_box_returns, reason = "the other half of an answer")]
pub(super) fn timeout() -> Box<Error> {
    Box::new(Error::unknown(crate::TIMEOUT, "it took too long"))
}
