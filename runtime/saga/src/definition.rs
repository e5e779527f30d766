//! A saga as data: what targets write, what the engine runs, what Step Functions' states are made from.
//!
//! Names, not positions: a running saga's log speaks of steps by name, and so survives a new version of the program.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::visit;

/// A saga.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saga {
    /// `Service.Saga`.
    pub name: String,
    /// The queue that starts it; `None` when only something else does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// What its input is called in paths.
    pub input: String,
    /// Paths in the input that together tell runs apart.
    pub by: Vec<Vec<String>>,
    /// No step is begun later than this after the start, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<u64>,
    /// In order.
    pub body: Vec<Statement>,
    /// What follows a good end, in order; each is named.
    pub done: Vec<Finish>,
    /// What follows when everything is taken back, in order.
    pub failed: Vec<Finish>,
}

impl Saga {
    /// Shows every action with the name of what it belongs to: steps and their undos, then the outcomes.
    pub fn actions<'a>(&'a self, see: &mut dyn FnMut(&'a str, &'a Action)) {
        visit::steps(&self.body, &mut |step| {
            see(&step.name, &step.action);
            if let Some(undo) = &step.undo {
                see(&step.name, &undo.action);
            }
        });
        for finish in self.done.iter().chain(&self.failed) {
            see(&finish.name, &finish.action);
        }
    }
}

/// One line of a saga.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statement {
    /// A step.
    Step(Box<Step>),
    /// The first arm whose condition holds, or else the last block.
    Choice {
        /// Unique in the saga: `choice 1`, `choice 2` in the order of the text.
        name: String,
        /// Conditions with what they guard.
        arms: Vec<(Condition, Vec<Statement>)>,
        /// When none holds.
        otherwise: Vec<Statement>,
    },
    /// Every branch runs to its end, whatever becomes of the others.
    Parallel {
        /// Unique in the saga: `parallel 1` in the order of the text.
        name: String,
        /// Name and body.
        branches: Vec<(String, Vec<Statement>)>,
    },
    /// Time passes, in milliseconds.
    Wait {
        /// Unique in the saga: `wait 1` in the order of the text.
        name: String,
        /// How long.
        time: u64,
    },
    /// It fails, as if a step had failed so.
    Fail {
        /// Unique in the saga: `fail 1` in the order of the text.
        name: String,
        /// The name of the fault.
        fault: String,
        /// Its fields.
        fields: Value,
    },
}

/// A step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Unique in the saga.
    pub name: String,
    /// What a failure of it leads to.
    pub class: Class,
    /// What it does.
    pub action: Action,
    /// How long one try may take, in milliseconds.
    pub timeout: u64,
    /// How often it is tried.
    pub retry: Retry,
    /// What leads elsewhere than back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<OnFault>,
    /// What takes it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
}

/// What kind of step it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Taken back when something after it fails.
    Compensatable,
    /// Once it is done, the saga only goes forward.
    Pivot,
    /// Tried until it is done.
    Retriable,
    /// Leaves nothing to take back.
    ReadOnly,
}

/// What takes a step back. It is tried until it succeeds or its tries are used up, and then the saga is stuck.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// What it does.
    pub action: Action,
    /// How long one try may take, in milliseconds.
    pub timeout: u64,
    /// How often it is tried.
    pub retry: Retry,
}

/// One action of an outcome: tried until it is done or its tries are used up, and then the saga is stuck.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finish {
    /// Unique in the saga: `done 1`, `failed 1` in the order of the text.
    pub name: String,
    /// What it does; never a call.
    pub action: Action,
    /// How often it is tried.
    pub retry: Retry,
}

/// How often something is tried, and when again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// Tries after the first; `None` is as often as it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Before the second try, in milliseconds.
    pub backoff: u64,
    /// What each wait is longer than the one before, in hundredths: 200 is twice as long.
    pub factor_percent: u32,
    /// The longest wait, in milliseconds.
    pub cap: u64,
    /// Only these declared faults are tried again; empty is everything that is no declared fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<String>,
    /// After which time a person is called, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm: Option<u64>,
}

/// What is done in a step's place when it fails so, after its tries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnFault {
    /// The name of a declared fault, or `Timeout`.
    pub fault: String,
    /// What is done.
    pub body: Vec<Statement>,
}

/// What a step, an undo or an outcome does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A handler of the system runs.
    Call {
        /// `Service.handler`.
        handler: String,
        /// Faults that it declares: it says no, and has done nothing.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fails: Vec<String>,
        /// Its input.
        input: Value,
    },
    /// A row is added that must not be there.
    Insert {
        /// Where.
        table: TableKey,
        /// The whole row.
        row: Value,
    },
    /// A row is written, new or not.
    Put {
        /// Where.
        table: TableKey,
        /// The whole row.
        row: Value,
    },
    /// A row that must be there changes.
    Update {
        /// Where.
        table: TableKey,
        /// The fields that change.
        set: Vec<(String, Value)>,
        /// Over the row as it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only_if: Option<Condition>,
    },
    /// A row is read; it is the step's result.
    Get {
        /// Where.
        table: TableKey,
    },
    /// A row is taken away, there or not.
    Delete {
        /// Where.
        table: TableKey,
    },
    /// A message is sent.
    Emit {
        /// The topic or queue.
        channel: String,
        /// The name of its type.
        kind: String,
        /// Its body.
        message: Value,
    },
}

/// A table and the key of a row in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableKey {
    /// `Service.table`.
    pub name: String,
    /// The field that the key is in.
    pub field: String,
    /// The key.
    pub key: Value,
}

/// A value made from what the saga knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// First the input's name, a step or `error` (with `name` and `message`), then fields. Absent when it isn't there.
    Path(Vec<String>),
    /// Stands for itself.
    Constant(Json),
    /// An id, the same each time that the step is tried.
    New,
    /// The time at which the step was begun, the same each time that it is tried.
    Now,
    /// In order.
    List(Vec<Value>),
    /// Fields in order; those whose value is absent are left out.
    Record(Vec<(String, Value)>),
}

/// A condition over what the saga knows, or over a row; a comparison with what is absent doesn't hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// All of them.
    All(Vec<Condition>),
    /// At least one of them.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// Two values compared.
    Compare(Comparison, Value, Value),
    /// One of these.
    In(Value, Vec<Value>),
    /// The text begins with this.
    StartsWith(Value, String),
    /// The text ends with this.
    EndsWith(Value, String),
    /// The text contains this.
    Contains(Value, String),
    /// Something is there.
    Present(Value),
    /// A boolean.
    Holds(Value),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}
