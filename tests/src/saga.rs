//! Sagas under faults: what is done to them, and what a run of one has shown.

mod local;
mod machines;
pub mod vectors;

use std::collections::BTreeMap;

use serde_json::Value;

pub use local::run as locally;
pub use machines::{Interpreter, Plan};

/// How one call of a handler ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It does its work.
    Ok,
    /// It says no, by a fault that it declares.
    Refused(String),
    /// It is not let in, and has not run.
    Throttled,
    /// Nobody answers in time. Whether the work was done is not seen from outside.
    TimedOut {
        /// Whether it was.
        done: bool,
    },
    /// It dies.
    Crashed,
}

/// What happens in one run: for each handler its answers in order, the last of which repeats.
#[derive(Debug, Clone, Default)]
pub struct Vector {
    /// In words.
    pub name: String,
    /// Handlers that aren't named do their work.
    pub answers: BTreeMap<String, Vec<Answer>>,
}

/// What one run has shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// `done`, `failed: CardDeclined` or `stuck`.
    pub end: String,
    /// For each handler the inputs of its calls, in order, with how they ended.
    pub calls: BTreeMap<String, Vec<(Value, String)>>,
    /// What was taken back, in order.
    pub undone: Vec<String>,
    /// For each handler how often its work was done.
    pub done: BTreeMap<String, usize>,
    /// The handlers that take something back.
    back: Vec<String>,
    /// Rows by table.
    pub rows: BTreeMap<String, Vec<Value>>,
    /// Bodies by channel.
    pub sent: BTreeMap<String, Vec<Value>>,
}

/// A saga with what it needs to be run without code.
#[derive(Debug, Clone)]
pub struct Subject {
    /// As engines run it.
    pub saga: aqueduct_saga::definition::Saga,
    /// The system that it belongs to.
    pub topology: aqueduct::Topology,
    /// As Step Functions run it.
    pub machine: Value,
    /// What it begins with.
    pub input: Value,
    /// What each handler replies.
    pub replies: BTreeMap<String, Value>,
    /// Tables and their key fields.
    pub tables: Vec<(String, String)>,
    /// Topics and queues that it sends to.
    pub channels: Vec<(String, bool)>,
}

impl Answer {
    /// As it is called in what was seen.
    fn word(&self) -> String {
        match self {
            Self::Ok => "ok".to_owned(),
            Self::Refused(fault) => fault.clone(),
            Self::Throttled => "throttled".to_owned(),
            Self::TimedOut { .. } => "timed out".to_owned(),
            Self::Crashed => "crashed".to_owned(),
        }
    }

    /// Whether the work is done.
    fn works(&self) -> bool {
        matches!(self, Self::Ok | Self::TimedOut { done: true })
    }
}

/// Takes answers one after the other; the last repeats.
#[derive(Debug)]
struct Script {
    vector: Vector,
    taken: BTreeMap<String, usize>,
}

impl Script {
    fn new(vector: &Vector) -> Self {
        Self {
            vector: vector.clone(),
            taken: BTreeMap::new(),
        }
    }

    fn next(&mut self, handler: &str) -> Answer {
        let Some(answers) = self.vector.answers.get(handler) else {
            return Answer::Ok;
        };
        let taken = self.taken.entry(handler.to_owned()).or_default();
        let answer = answers.get(*taken).or(answers.last());
        *taken += 1;
        answer.cloned().unwrap_or(Answer::Ok)
    }
}

impl Seen {
    /// Notes a call; one that was not let in is none.
    fn call(&mut self, handler: &str, input: Value, answer: &Answer, undo: bool) {
        if *answer == Answer::Throttled {
            return;
        }
        if answer.works() {
            *self.done.entry(handler.to_owned()).or_default() += 1;
        }
        if undo && *answer == Answer::Ok {
            self.undone.push(handler.to_owned());
        }
        let calls = self.calls.entry(handler.to_owned()).or_default();
        calls.push((input, answer.word()));
    }

    /// Leaves only what was done forward.
    pub fn forget_the_way_back(&mut self) {
        self.undone.clear();
        let back = std::mem::take(&mut self.back);
        for handler in &back {
            let _ = self.calls.remove(handler);
            let _ = self.done.remove(handler);
        }
        self.rows.clear();
    }

    fn new() -> Self {
        Self {
            back: Vec::new(),
            end: String::new(),
            calls: BTreeMap::new(),
            undone: Vec::new(),
            done: BTreeMap::new(),
            rows: BTreeMap::new(),
            sent: BTreeMap::new(),
        }
    }

    /// Rows and messages in an order of their own, numbers by their value: what the model leaves open.
    fn settled(mut self, saga: &aqueduct_saga::definition::Saga) -> Self {
        self.undone = in_branches(saga, &self.undone);
        self.back = undoing(saga);
        for values in self.rows.values_mut().chain(self.sent.values_mut()) {
            for value in values.iter_mut() {
                *value = by_value(value);
            }
            values.sort_by_key(Value::to_string);
        }
        self.rows.retain(|_, rows| !rows.is_empty());
        self.sent.retain(|_, bodies| !bodies.is_empty());
        for calls in self.calls.values_mut() {
            for (input, _) in calls {
                *input = by_value(input);
            }
        }
        self
    }
}

/// Fields in the order of their names, `256.50` as `256.5`: JSON doesn't tell them apart.
pub fn by_value(value: &Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) => serde_json::json!(float),
            None => value.clone(),
        },
        Value::Array(items) => Value::Array(items.iter().map(by_value).collect()),
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, Value> = fields
                .iter()
                .map(|(name, value)| (name, by_value(value)))
                .collect();
            Value::Object(
                sorted
                    .into_iter()
                    .map(|(name, value)| (name.clone(), value))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

/// What was taken back, branches of one `parallel` one after the other: the model leaves open how they mix.
fn in_branches(saga: &aqueduct_saga::definition::Saga, undone: &[String]) -> Vec<String> {
    let branches = vectors::branches(&saga.body);
    let branch = |handler: &String| branches.get(handler).copied();
    let mut sorted = undone.to_vec();
    for parallel in 0..branches.len() {
        let inside: Vec<usize> = (0..sorted.len())
            .filter(|place| branch(&sorted[*place]).is_some_and(|(of, _)| of == parallel))
            .collect();
        let mut handlers: Vec<String> = inside.iter().map(|place| sorted[*place].clone()).collect();
        handlers.sort_by_key(|handler| branch(handler).map(|(_, index)| index));
        for (place, handler) in inside.into_iter().zip(handlers) {
            sorted[place] = handler;
        }
    }
    sorted
}

/// The handlers that take something back.
fn undoing(saga: &aqueduct_saga::definition::Saga) -> Vec<String> {
    let mut all = Vec::new();
    aqueduct_saga::visit::steps(&saga.body, &mut |step| {
        if let Some(aqueduct_saga::definition::Action::Call { handler, .. }) =
            step.undo.as_ref().map(|undo| &undo.action)
        {
            all.push(handler.clone());
        }
    });
    all
}
